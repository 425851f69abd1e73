//! Why there is no answer (错误).

use eseal_api::ErrorCode;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The server, or the agent, answered with an error.
    #[error("{code} {message} {hint}")]
    Refused {
        /// Code of Appendix B.
        code: u32,
        /// In words.
        message: String,
        /// What to do.
        hint: String,
        /// Which field is at fault: a JSON pointer into `content`.
        field: Option<String>,
        /// Seconds after which to try again, for 42901.
        retry_after_s: Option<u64>,
    },
    /// There was no answer: whether the request was carried out is unknown; the same `reqId` may be sent again.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The answer is not what the contract says.
    #[error("the answer is malformed: {0}")]
    Malformed(String),
    /// There are no random numbers.
    #[error(transparent)]
    Random(#[from] eseal_gm::RandomError),
}

impl ClientError {
    /// The code, if it is one of Appendix B.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { code, .. } => ErrorCode::find_number(*code),
            _ => None,
        }
    }
}
