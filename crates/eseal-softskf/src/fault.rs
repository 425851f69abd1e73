//! Faults on purpose (故障注入), so that callers can be tested against a bad key.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use eseal_gm::random;

use crate::Sar;

/// What goes wrong when signing (故障): the words of `ESEAL_SOFTSKF_FAULT`.
#[derive(Debug, Default)]
pub enum Fault {
    /// Nothing: the variable is absent or empty.
    #[default]
    None,
    /// `garbage`: random bytes instead of a signature, all of them.
    Garbage,
    /// `zeros`: a signature of zeros, and success.
    Zeros,
    /// `sleep:MS`: waits, then goes on.
    Sleep(Duration),
    /// `removed:N`: the first N times the device is said to be removed.
    Removed(AtomicU32),
    /// `crash`: ends the process, as broken code would.
    Crash,
    /// `vendor`: a code that no standard knows.
    Vendor,
}

impl Fault {
    /// Reads the variable's text; `None` if it is no such word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.split_once(':').unwrap_or((text, "")) {
            ("", "") => Self::None,
            ("garbage", "") => Self::Garbage,
            ("zeros", "") => Self::Zeros,
            ("sleep", ms) => Self::Sleep(Duration::from_millis(ms.parse().ok()?)),
            ("removed", times) => Self::Removed(AtomicU32::new(times.parse().ok()?)),
            ("crash", "") => Self::Crash,
            ("vendor", "") => Self::Vendor,
            _ => return None,
        })
    }

    /// Before a signature is made.
    pub(crate) fn strike(&self) -> Result<(), Sar> {
        match self {
            Self::Sleep(time) => thread::sleep(*time),
            Self::Removed(times) => {
                let left = times.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
                return left.map_or(Ok(()), |_| Err(Sar::REMOVED));
            }
            Self::Crash => std::process::abort(),
            Self::Vendor => return Err(Sar::VENDOR),
            Self::None | Self::Garbage | Self::Zeros => {}
        }
        Ok(())
    }

    /// After it was made.
    pub(crate) fn spoil(&self, signature: &mut [u8]) {
        match self {
            Self::Garbage => {
                signature.chunks_mut(16).for_each(|part| {
                    let noise = random::<16>().unwrap_or([0xA5; 16]);
                    part.iter_mut().zip(noise).for_each(|(byte, noise)| *byte = noise);
                });
            }
            Self::Zeros => signature.fill(0),
            _ => {}
        }
    }
}

impl Sar {
    /// Beyond the standard's numbers, as vendors add them.
    const VENDOR: Self = Self::other(0xF7);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_words_are_faults() {
        for word in ["", "garbage", "zeros", "sleep:10", "removed:2", "crash", "vendor"] {
            assert!(Fault::parse(word).is_some(), "{word}");
        }
        for word in ["sleep", "sleep:x", "removed:-1", "garbage:1", "other"] {
            assert!(Fault::parse(word).is_none(), "{word}");
        }
        let removed = Fault::parse("removed:1").expect("a fault");
        assert_eq!(removed.strike(), Err(Sar::REMOVED));
        assert_eq!(removed.strike(), Ok(()));
    }
}
