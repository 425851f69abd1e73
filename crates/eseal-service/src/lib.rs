//! Use cases of the electronic seal platform (用例): one function an interface, and who may do what.
//!
//! Nothing here knows HTTP.  [`App`] holds the world — store, signers, trust, clock — and every use case has the form
//! `async fn(&Arc<App>, &Caller, Request) -> Result<Answer>`.  Whoever serves them authenticates the caller with
//! [`authenticate`], counts the request with [`check_rate`] and runs the sixteen interfaces through [`call`], which
//! checks rights and parameters and does nothing twice.

mod access;
mod app;
mod authenticate;
pub mod basic;
mod caller;
pub mod central;
mod clean_up;
mod clock;
mod code;
mod config;
mod error;
mod evidence;
pub mod files;
mod fonts;
mod hub;
mod idempotency;
mod keyless;
pub mod login;
pub mod mobile;
mod network;
mod office;
mod platform_keys;
mod pool;
pub mod random;
mod rate_limit;
mod receipts;
pub mod revocation;
mod seal_info;
mod seal_status;
mod secret;
pub mod signing;
pub mod tasks;
pub mod tickets;
mod trust;
mod use_case;
pub mod use_log;
pub mod verification;

pub use app::{App, Parts};
pub use authenticate::{Credentials, authenticate, device_signer, signed_text};
pub use caller::{Caller, CallingDevice, CallingSystem, Identity};
pub use clean_up::{clean_up, keep_clean, remove_left_behind};
pub use clock::{Clock, FixedClock, SystemClock};
pub use config::{AtSealing, Config, ConfigError, Limits, Mode, Phones, seconds};
pub use error::{Error, Expired, Result};
pub use fonts::{Fonts, font_folder, font_library};
pub use hub::{Hub, POLL, Subscription};
pub use keyless::{Keyless, seals_without_key};
pub use network::{Network, NotANetwork};
pub use office::{OfficeQueue, office_settings};
pub use platform_keys::{PlatformKey, PlatformKeys, public_keys};
pub use pool::Pool;
pub use rate_limit::{RateLimits, check_rate};
pub use seal_status::{SealChange, change_seal, seal_status};
pub use secret::secret_hash;
pub use trust::Trust;
pub use use_case::{UseCase, admit, call};
