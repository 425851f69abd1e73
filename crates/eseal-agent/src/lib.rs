//! The agent between a web page and a USBKey (USBKey 代理), interfaces 2-4 and 3-3: a page asks, the platform's ticket says
//! what for, the user agrees with the PIN, the key signs.
//!
//! | threat | answer |
//! |---|---|
//! | any page may ask | exact `Origin`, from a policy that the platform signed; `Host` is a loopback name with our port |
//! | a page has anything signed | typed operations; nothing without a ticket that the pinned platform key signed |
//! | a ticket is used twice | its nonce is kept, on the disk too, until it expires |
//! | a page reads the PIN | asked on the terminal, or in a window of another origin that no page can frame or read |
//! | the key stays open | `ClearSecureState` after each transaction, see [`eseal_skf`] |
//! | guessing, flooding | a page has few requests a minute; one question at a time; three PINs a question |
//!
//! The order of checks is that of [`Agent::sign`].

mod agent;
mod config;
mod dialog;
mod error;
mod http;
mod limits;
mod nonces;
mod watch;

pub use agent::{Agent, KeyInfo, Parts, SignedEntry, SignedLogin};
pub use config::{AgentConfig, ConfigError, DialogKind, LIBRARY_PROCESS, Secret};
pub use dialog::{Answer, Dialog, FixedPin, PageDialog, Purpose, Question, Shown, Terminal};
pub use error::AgentError;
pub use http::{bind, serve};
