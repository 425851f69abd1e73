//! Why something could not be had (取证失败).

/// Why something could not be had.  It is then unknown, which is never the same as good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The URL is not `http` or `https` with a host, or has user names in it.
    #[error("not a usable URL")]
    Url,
    /// Scheme, host and port are not listed.
    #[error("{origin} is not on the allow-list")]
    NotListed {
        /// What was asked for.
        origin: String,
    },
    /// The host's address is private and not listed.
    #[error("{host} has an address that is not public")]
    PrivateAddress {
        /// Whose.
        host: String,
    },
    /// The host failed so often that it is left alone for a while.
    #[error("{origin} did not answer before and is left alone for a while")]
    LeftAlone {
        /// Which one.
        origin: String,
    },
    /// Too many requests at once.
    #[error("too many requests at once")]
    Busy,
    /// It took too long.
    #[error("no answer in time")]
    TimedOut,
    /// The host cannot be found or reached, or the connection broke.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// TLS did not come about: the certificate, the name or the protocol.
    #[error("TLS: {0}")]
    Tls(String),
    /// It answered with a redirection, which is not followed.
    #[error("redirected, which is not followed")]
    Redirect,
    /// It answered with another status than 200.
    #[error("answered with status {0}")]
    Status(u16),
    /// The answer is of another kind.
    #[error("answered with content type {0:?}")]
    ContentType(String),
    /// The answer is longer than it may be.
    #[error("answered with more than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// The answer is not what was asked for, or is stale.
    #[error("the answer is of no use: {0}")]
    Useless(String),
}

impl FetchError {
    /// Its name, for logs and counters: never changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Url => "URL",
            Self::NotListed { .. } => "NOT_LISTED",
            Self::PrivateAddress { .. } => "PRIVATE_ADDRESS",
            Self::LeftAlone { .. } => "LEFT_ALONE",
            Self::Busy => "BUSY",
            Self::TimedOut => "TIMED_OUT",
            Self::Unreachable(_) => "UNREACHABLE",
            Self::Tls(_) => "TLS",
            Self::Redirect => "REDIRECT",
            Self::Status(_) => "STATUS",
            Self::ContentType(_) => "CONTENT_TYPE",
            Self::TooLarge { .. } => "TOO_LARGE",
            Self::Useless(_) => "USELESS",
        }
    }

    /// True if it says something about the host's health: then it counts for leaving it alone.
    pub(crate) const fn is_outage(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Unreachable(_) | Self::Tls(_) | Self::Status(500..))
    }

    /// True if asking again at once would end in the same way: then it is kept for a while.
    pub(crate) const fn is_kept(&self) -> bool {
        !matches!(self, Self::Busy | Self::LeftAlone { .. })
    }
}
