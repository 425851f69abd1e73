//! Client of the sixteen interfaces for third-party systems (接口客户端), and of the agent beside a USBKey.
//!
//! ```no_run
//! use eseal_api::{GetSealList, Request as _};
//! use eseal_client::{Client, Signer};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new("https://seals.example", "MY-SYSTEM", Signer::hmac_sm3(b"the key that was agreed on"));
//! let request = GetSealList::from_content(&serde_json::json!({ "grantCode": "…" }))?;
//! for seal in client.call(&request)?.data.seal_list {
//!     println!("{} {}", seal.seal_code, seal.seal_name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A request is one of the types of [`eseal_api`]; which answer belongs to it is known at compile time, see
//! [`Interface`].  Every request is signed with HMAC-SM3 or SM2, has a nonce and a `reqId` of its own, and is sent once:
//! to send it again, use [`Client::call_as`] with the same `reqId`, and nothing is done twice.  Blocking.

mod agent;
mod client;
mod error;
mod interface;
mod signer;

pub use agent::{AgentClient, AgentKey, AgentLogin, AgentSignature};
pub use client::{Answer, Client};
pub use error::ClientError;
pub use interface::Interface;
pub use signer::{Signer, signed_text};
