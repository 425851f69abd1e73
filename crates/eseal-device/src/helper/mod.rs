//! Vendor code in a process of its own (辅助进程): its crash or hang ends requests, never the server.
//!
//! [`Helper`] starts the program, tells it the profile and the keys over a socket that is its standard input, and asks
//! it for signatures; [`serve`] is that program.  Frames have a length that is bounded, and there is no request to call
//! any other function.  A call that takes too long ends the process.  It is started again at once, and after failures
//! in a row only when a pause is over that doubles with each; in the pause requests are refused without waiting.

mod client;
mod frame;
mod server;

pub use client::{Helper, HelperConfig, HelperError, HelperKey, HelperSigner};
pub use server::serve;
