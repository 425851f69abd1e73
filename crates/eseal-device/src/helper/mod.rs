//! Vendor code in a process of its own (辅助进程): its crash or hang ends requests, never the server.
//!
//! [`Helper`] starts the program, tells it the profile and the keys over a socket that is its standard input, and asks
//! it for signatures; [`serve`] is that program.  Frames have a length that is bounded, and there is no request to call
//! any other function.  A call that takes too long ends the process.  It is started again at once, and after failures
//! in a row only when a pause is over that doubles with each; in the pause requests are refused without waiting.
//! Before the library is loaded, the process gives away what rights it can ([`confine`]).

mod client;
mod frame;
mod opening;
mod process;
mod server;
mod signer;

use std::process::ExitCode;

use eseal_helper::standard_input;

pub use client::{Helper, HelperConfig, HelperError, HelperKey};
pub use eseal_helper::{Confinement, confine};
pub use server::serve;
pub use signer::{HelperSigner, HelperWrapper};

/// The whole of a helper program (辅助进程主函数): speaks frames over the standard input, which is a socket, so that a
/// library may print what it likes.
#[must_use]
pub fn main() -> ExitCode {
    match standard_input().and_then(|(input, output)| serve(input, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eseal-device-helper: {error}");
            ExitCode::FAILURE
        }
    }
}
