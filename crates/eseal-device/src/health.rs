//! How devices are (设备健康): for health pages, metrics and operators.  There are no secrets in it.

use std::fmt;

use crate::{BreakerState, SignDigestError};

/// What went wrong last (最近错误): a code or one word, never a text of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LastError {
    /// The device returned a code of its standard.
    Code(u32),
    /// It did not answer in time.
    Timeout,
    /// The process that holds it, or the connection, ended.
    Ended,
    /// It could not be opened again.
    NotOpened,
    /// What it gave was no signature.
    WrongValue,
    /// All its sessions were in use, or it does not answer.
    Unavailable,
}

impl LastError {
    /// One word for a metric.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code(_) => "code",
            Self::Timeout => "timeout",
            Self::Ended => "ended",
            Self::NotOpened => "not-opened",
            Self::WrongValue => "wrong-value",
            Self::Unavailable => "unavailable",
        }
    }

    pub(crate) const fn of(error: &SignDigestError) -> Self {
        match error {
            SignDigestError::Device { code } => Self::Code(*code),
            SignDigestError::WrongValue => Self::WrongValue,
            SignDigestError::Unavailable(_) => Self::Unavailable,
        }
    }
}

impl fmt::Display for LastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code:#010x}"),
            other => f.write_str(other.name()),
        }
    }
}

/// How a device is (设备健康状态).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceHealth {
    /// Its name in the configuration.
    pub name: String,
    /// True if it can be asked now.
    pub is_up: bool,
    /// Whether requests go through.
    pub breaker: BreakerState,
    /// Open sessions, and the most there may be; `None` for devices without.
    pub sessions: Option<(u64, u64)>,
    /// The last failure since the start.
    pub last_error: Option<LastError>,
    /// How often the process that holds it was started again.
    pub restarts: u64,
}

impl fmt::Display for DeviceHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_up { "up" } else { "down" };
        write!(f, "device {} {state}, breaker {}", self.name, self.breaker.name())?;
        if let Some((open, most)) = self.sessions {
            write!(f, ", sessions {open} of {most}, restarts {}", self.restarts)?;
        }
        match self.last_error {
            Some(error) => write!(f, ", last error {error}"),
            None => f.write_str(", no error"),
        }
    }
}

/// A device that is open (已打开的设备): how it is, beside the signers with its keys.
pub trait Device: Send + Sync {
    /// How it is now; answers at once, from what is known.
    fn health(&self) -> DeviceHealth;

    /// True if it says of itself that it is for development: production mode refuses it.
    fn is_for_development(&self) -> bool;

    /// What is known about it, one fact a line (设备检测结果): lengths, alignment, missing symbols, rights.
    fn facts(&self) -> Vec<String>;

    /// Tries what can be tried without harm, with the key at that place: each trial and whether it went well.  Blocking.
    fn try_out(&self, key: usize) -> Vec<(String, bool)>;
}
