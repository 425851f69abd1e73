//! Faults on order (故障注入), so that callers can be tested against devices that misbehave.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use crate::Sdr;

/// What goes wrong (故障), from `ESEAL_SOFTSDF_FAULT`.
#[derive(Debug, Default)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// `garbage`: the signature is random bytes.
    Garbage,
    /// `short`: half of the signature is written.
    Short,
    /// `long`: sixteen bytes more than the structure has are written.
    Long,
    /// `sleep:N`: the call takes N milliseconds longer.
    Sleep(Duration),
    /// `print`: the library writes to the standard output, as some do.
    Print,
    /// `abort`: the process ends.
    Abort,
    /// `lose-right:N`: the first N calls forget the access right and answer `SDR_PRKRERR`.
    LoseRight(AtomicU32),
    /// `commfail:N`: the first N calls answer `SDR_COMMFAIL`.
    Communication(AtomicU32),
    /// `wrong-key`: another key signs.
    WrongKey,
    /// `sessions:N`: the device has N sessions.
    Sessions(u32),
    /// `hang-open:N`: after N sessions, opening one never returns.
    HangOpen(AtomicU32),
}

impl Fault {
    /// Reads the variable's text; `None` if it names no fault.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, number) = text.split_once(':').unwrap_or((text, "1"));
        let number: u32 = number.parse().ok()?;
        Some(match name {
            "" => Self::None,
            "garbage" => Self::Garbage,
            "short" => Self::Short,
            "long" => Self::Long,
            "sleep" => Self::Sleep(Duration::from_millis(number.into())),
            "print" => Self::Print,
            "abort" => Self::Abort,
            "lose-right" => Self::LoseRight(number.into()),
            "commfail" => Self::Communication(number.into()),
            "wrong-key" => Self::WrongKey,
            "sessions" => Self::Sessions(number),
            "hang-open" => Self::HangOpen(number.into()),
            _ => return None,
        })
    }

    /// Lets happen what happens before the signature is made.
    pub(crate) fn strike(&self) -> Result<(), Sdr> {
        match self {
            Self::Sleep(time) => thread::sleep(*time),
            Self::Print => println!("libsoftsdf: signing"),
            Self::Abort => std::process::abort(),
            Self::LoseRight(left) if take(left) => return Err(Sdr::ACCESS_RIGHT),
            Self::Communication(left) if take(left) => return Err(Sdr::COMMUNICATION),
            _ => {}
        }
        Ok(())
    }

    /// Lets happen what happens before a session is opened beside so many.
    pub(crate) fn strike_session(&self, open: usize) -> Result<(), Sdr> {
        match self {
            Self::Sessions(most) if open >= *most as usize => return Err(Sdr::OPEN_SESSION),
            Self::HangOpen(left) if !take(left) => loop {
                thread::park();
            },
            _ => {}
        }
        Ok(())
    }

    /// Spoils the bytes of a signature.
    pub(crate) fn spoil(&self, signature: &mut Vec<u8>) {
        match self {
            Self::Garbage => {
                for byte in signature.iter_mut() {
                    *byte = byte.wrapping_mul(31).wrapping_add(7);
                }
            }
            Self::Short => signature.truncate(signature.len() / 2),
            Self::Long => signature.extend([0x5A; 16]),
            _ => {}
        }
    }
}

fn take(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}
