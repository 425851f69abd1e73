//! What the platform states to the agent beside a USBKey (票据): tickets for signing, messages for login, the agent's
//! policy.
//!
//! Pure functions over bytes: the platform writes with them, the agent reads and verifies with the same ones.  A text of
//! each kind begins with a line of its own, so that none can be taken for another, nor for a TBS_Sign (which begins 0x30).
#![warn(clippy::as_conversions, clippy::indexing_slicing)]

mod fields;
mod login;
mod policy;
mod sign;

pub use login::{LOGIN_PREFIX, LoginMessage};
pub use policy::{AgentPolicy, ORIGINS_MAX, POLICY_PREFIX};
pub use sign::{SignTicket, TICKET_BYTES, TICKET_ENTRIES, TICKET_PREFIX, TicketEntry};

/// Why a ticket, login message or policy is not accepted, or was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// It is not such a text, or not written as it should be.
    #[error("not a {expected}")]
    Shape {
        /// What it should be.
        expected: &'static str,
    },
    /// It is longer than anything the platform writes.
    #[error("too long")]
    TooLong,
    /// The platform's key did not sign it.
    #[error("not signed by the platform")]
    WrongSignature,
    /// Its time is over, or has not come.
    #[error("out of its time")]
    Expired,
    /// It was made for another page.
    #[error("made for another origin")]
    OtherOrigin,
}
