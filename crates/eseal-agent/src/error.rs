//! Why the agent does not sign (错误), and the codes that pages are told.

use eseal_api::ErrorCode;
use eseal_skf::SkfError;
use eseal_ticket::TicketError;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The request was not sent to a loopback name with the agent's port.
    #[error("the Host is not this agent's")]
    Host,
    /// The page may not speak with the agent.
    #[error("the page's origin is not allowed")]
    Origin,
    /// There is no such operation.
    #[error("no such operation")]
    NoSuchOperation,
    /// The body is no JSON object, or too long.
    #[error("the body is not JSON")]
    NotJson,
    /// The body is longer than any ticket.
    #[error("the body is too long")]
    TooLong,
    /// A parameter is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A parameter is not what it should be.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// The platform did not say this.
    #[error("the ticket was not signed by the platform")]
    NotThePlatform,
    /// The time is over.
    #[error("the ticket has expired")]
    Expired,
    /// The ticket was used before.
    #[error("the ticket was used before")]
    Used,
    /// The ticket is for another page.
    #[error("the ticket is for another page")]
    OtherOrigin,
    /// No plugged-in key has the certificate.
    #[error("the key with this certificate is not plugged in")]
    NoKey,
    /// The user said no, or nothing.
    #[error("the user refused")]
    Refused,
    /// The PIN was wrong, and the user did not try again.
    #[error("wrong PIN, {attempts_left} attempts left")]
    WrongPin {
        /// Until the key locks itself.
        attempts_left: u32,
    },
    /// The PIN is locked.
    #[error("the PIN is locked; the administrator's PIN opens it")]
    Locked,
    /// Another question is on the screen.
    #[error("another request waits for its answer")]
    Busy,
    /// The page asks too often.
    #[error("too many requests")]
    TooMany {
        /// Until the next one is heard, in seconds.
        retry_after_s: u64,
    },
    /// The key or its library failed.
    #[error("the key is not available: {0}")]
    Device(String),
    /// Something of the agent's own failed.
    #[error("{0}")]
    Internal(String),
}

impl AgentError {
    /// The code of Appendix B.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Host | Self::Origin | Self::OtherOrigin => ErrorCode::AddressNotAllowed,
            Self::NoSuchOperation => ErrorCode::UnknownFunction,
            Self::NotJson => ErrorCode::BadEnvelope,
            Self::TooLong => ErrorCode::TooLarge,
            Self::Missing(_) => ErrorCode::MissingParameter,
            Self::Malformed(_) => ErrorCode::BadParameter,
            Self::NotThePlatform => ErrorCode::NotGranted,
            Self::Expired => ErrorCode::Expired,
            Self::Used => ErrorCode::Replay,
            Self::Refused | Self::WrongPin { .. } => ErrorCode::RefusedBySigner,
            Self::Busy => ErrorCode::RequestInProgress,
            Self::TooMany { .. } => ErrorCode::TooManyRequests,
            Self::NoKey | Self::Locked | Self::Device(_) => ErrorCode::DeviceUnavailable,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }
}

impl From<TicketError> for AgentError {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::WrongSignature => Self::NotThePlatform,
            TicketError::Expired => Self::Expired,
            TicketError::OtherOrigin => Self::OtherOrigin,
            _ => Self::Malformed("ticket"),
        }
    }
}

impl From<SkfError> for AgentError {
    fn from(error: SkfError) -> Self {
        match error {
            SkfError::NoKey | SkfError::Removed => Self::NoKey,
            SkfError::Locked => Self::Locked,
            SkfError::WrongPin { attempts_left } => Self::WrongPin { attempts_left },
            other => Self::Device(other.to_string()),
        }
    }
}
