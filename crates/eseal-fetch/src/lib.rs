//! Outbound requests (对外取证): revocation lists, OCSP answers, time stamps and the status of seals, over HTTP and HTTPS.
//!
//! A document names URLs, and whoever makes a document chooses them.  So nothing is contacted but what the operator
//! lists ([`AllowList`]: scheme, host and port), at an address that is public or listed too; the address that was checked
//! is the one that is connected to; redirects are not followed; bytes, time and concurrency are bounded ([`Limits`]).
//! What was had is kept until it is stale, failures are kept for a short while, equal requests at one time are one
//! request, and a host that does not answer is left alone for a while.
//!
//! Every failure is a value ([`FetchError`]): whoever asked then does not know, and says so.
//!
//! Blocking: call it through `spawn_blocking`.
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod address;
mod allow;
mod breaker;
mod cache;
mod client;
mod error;
mod fetcher;
mod kinds;
mod limits;
mod slots;

pub use address::{Network, NotANetwork};
pub use allow::{AllowList, NotAnOrigin, Origin};
pub use client::{Roots, RootsError};
pub use error::FetchError;
pub use fetcher::{Body, Fetcher, Kept, Request};
pub use kinds::{crl, ocsp, seal_status, time_stamp};
pub use limits::Limits;
