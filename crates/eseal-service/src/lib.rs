//! Use cases of the electronic seal platform (用例): one function an interface, and who may do what.
//!
//! Nothing here knows HTTP.  [`App`] holds the world — store, signers, trust, clock — and every use case has the form
//! `async fn(&Arc<App>, &Caller, Request) -> Result<Answer>`.

mod caller;
mod clock;
mod code;
mod config;
mod error;
mod hub;
mod pool;
pub mod random;
pub mod signing;
pub mod verification;

pub use caller::{Caller, CallingDevice, CallingSystem, Identity};
pub use clock::{Clock, FixedClock, SystemClock};
pub use config::{Config, ConfigError, Mode, seconds};
pub use error::{Error, Expired, Result};
pub use hub::{Hub, POLL, Subscription};
pub use pool::Pool;
