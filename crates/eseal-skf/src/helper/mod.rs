//! The library in a process of its own (辅助进程): its crash or hang ends a request, never the program that asks.
//!
//! [`SkfHelper`] has the questions of [`Skf`]; [`main`] is the process.  A call that takes too long ends the process, and
//! the next question starts it again, after failures in a row only when a pause is over.  Questions without a PIN are
//! asked once more if the process ended meanwhile; signatures never are, because whether the PIN was tried is unknown.

mod client;
mod wire;

use std::{
    io::{self, Read, Write},
    process::ExitCode,
    time::Duration,
};

use eseal_helper::{confine, frame, standard_input};

pub use client::{SkfHelper, SkfHelperConfig};
pub use eseal_helper::Confinement;

use crate::{Skf, SkfError, SkfProfile};
use wire::{Ask, Said, Start};

/// Who watches is the program that asks; here nothing ends before it does.
const FOR_EVER: Duration = Duration::from_secs(86_400);

/// The whole of a helper program (辅助进程主函数).
#[must_use]
pub fn main() -> ExitCode {
    match standard_input().and_then(|(input, output)| serve(input, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("USBKey library: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Loads the library that the first frame names, says whether that went well, then answers until the input ends.
fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let start = Start::read(&frame::read(&mut input)?).ok_or(io::ErrorKind::InvalidData)?;
    let loaded = open(start);
    frame::write(&mut output, &wire::answer(loaded.as_ref().map(|_| &Said::Ready).map_err(Clone::clone)))?;
    let Ok(skf) = loaded else { return Ok(()) };
    loop {
        let body = match frame::read(&mut input) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        };
        let ask = Ask::read(&body).ok_or(io::ErrorKind::InvalidData)?;
        drop(body);
        let said = match ask {
            Ask::Devices => skf.devices().map(Said::Devices),
            Ask::Info(device) => skf.info(&device).map(Said::Info),
            Ask::Keys => skf.keys().map(Said::Keys),
            Ask::PinInfo(place) => skf.pin_info(&place).map(Said::PinInfo),
            Ask::Sign { key, pin, digests } => skf.sign(&key, pin, &digests).map(Said::Signed),
        };
        frame::write(&mut output, &wire::answer(said.as_ref().map_err(Clone::clone)))?;
    }
}

fn open(start: Start) -> Result<Skf, SkfError> {
    let path = start.profile.path.clone();
    confine(start.confinement)
        .map_err(|error| SkfError::Load { path, error: format!("the process cannot be confined: {error}") })?;
    Skf::open(SkfProfile { call_timeout: FOR_EVER, ..start.profile })
}
