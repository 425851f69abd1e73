//! What the platform states to the agent beside a USBKey (票据), as `eseal-ticket` writes it.

pub use eseal_ticket::*;

impl From<TicketError> for crate::Error {
    /// What the platform writes itself fits; if it does not, that is its fault.
    fn from(error: TicketError) -> Self {
        Self::Internal(error.to_string())
    }
}
