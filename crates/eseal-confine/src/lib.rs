//! System calls that a process with others' code does without (系统调用过滤): vendors' libraries, LibreOffice.
//!
//! A filter is a list of refused calls; everything else is allowed.  It can only be added to, is inherited by what the
//! process starts, and lasts as long as the process.
//!
//! ```no_run
//! # #[cfg(target_os = "linux")] {
//! use eseal_confine::{Filter, Refusal, Sockets};
//!
//! let mut filter = Filter::new(Refusal::NotPermitted);
//! filter.keep_sockets(Sockets::Local);
//! filter.refuse(eseal_confine::PROGRAMS);
//! filter.apply_to_process()?;
//! # }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Only Linux has such filters; elsewhere this crate is empty, and who needs one must say that there is none.

#[cfg(target_os = "linux")]
mod filter;

#[cfg(target_os = "linux")]
pub use filter::{CONNECTING, Filter, PROGRAMS, Refusal, Sockets};
