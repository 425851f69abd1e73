//! Processes in which vendors' libraries run (辅助进程): how they are started, spoken with and confined.
//!
//! What is said is the business of those who use this: `eseal-device` for server devices, `eseal-skf` for USBKeys.  The
//! process has no listening socket; its standard input is one end of a socket pair, so that a library may print what it
//! likes.  [Frames](frame) have a length that is bounded; [`confine`] gives rights away before the library is loaded.

mod confine;
pub mod frame;
mod process;

pub use confine::{Confinement, confine};
pub use process::{Spawned, end, spawn, standard_input};
