//! Signature servers (签名验签服务器): GB/T 38629 over HTTP, Annex A.
//!
//! A signature server takes the text and digests it itself, so it is given `TBS_Sign`; what it gives is verified against
//! our own e like every other value.  Transport is HTTP over TLS, with the authority that the profile names, or plain where
//! the standard places these servers, in a security domain of their own; TLCP ends at a proxy.  `wire` holds what is written on the wire, with what is inferred about it.

mod client;
mod wire;

pub use client::{Svs, SvsError, SvsKey, SvsSigner};
