//! Why an office document was not converted (转换错误).

use crate::install::PACKAGES;

/// Why an office document was not converted.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfficeError {
    /// The content is of no kind that is converted here.
    #[error("not an office document that is known")]
    UnknownKind,
    /// It is protected by a password.
    #[error("the document is encrypted")]
    Encrypted,
    /// It is broken, or LibreOffice cannot read it.
    #[error("the document is damaged: {problem}")]
    Damaged {
        /// What is wrong; never its content.
        problem: String,
    },
    /// A limit is exceeded.
    #[error("{what}: more than the limit of {limit}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// LibreOffice is not installed.
    #[error("{missing} is not installed; on Debian: apt-get install --no-install-recommends {}", PACKAGES.join(" "))]
    NotInstalled {
        /// What was looked for.
        missing: &'static str,
    },
    /// This machine cannot confine a worker, and no other is started.
    #[error("workers cannot be confined here: {0}")]
    NotConfined(String),
    /// The worker could not be started, or ended in the middle of the job.
    #[error("the office worker failed: {0}")]
    WorkerFailed(String),
    /// The job took too long; its worker was ended.
    #[error("the conversion took more than {seconds} s")]
    TimedOut {
        /// The limit.
        seconds: u64,
    },
}

impl OfficeError {
    /// True if the cause is the machine's or the moment's, not the document's.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::NotInstalled { .. } | Self::NotConfined(_) | Self::WorkerFailed(_) | Self::TimedOut { .. })
    }
}
