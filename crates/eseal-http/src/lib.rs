//! The interfaces over HTTP (接口服务): router, envelope, caller authentication, streams, description, reference.
//!
//! [`router`] is everything as one service, for tests and for embedding; [`serve`] listens.  Every answer but streamed
//! bytes, events and pages is the envelope `{code, msg, reqId, data}` under the HTTP status that the code begins with:
//! broken JSON, unknown paths, over-long bodies and panics included.
//!
//! A request goes this way: head (language, client address) → the first 64 KiB of the body (for `reqId`) →
//! authentication ([`eseal_service::authenticate`]) → the rest of the body, checked against its announced digest → rate →
//! envelope → use case ([`eseal_service::call`]) → envelope.

mod address;
mod answer;
mod body;
mod download;
mod envelope;
mod function;
mod head;
mod layers;
mod limits;
mod metrics;
mod mobile;
mod openapi;
mod pages;
mod public;
mod receive;
mod reference;
mod report;
mod req_id;
mod router;
mod serve;
mod state;
mod task;
mod upload;

pub use axum;

pub use router::router;
pub use serve::{Options, interrupted, serve};
pub use state::ServeError;

/// The description that `GET /openapi.json` answers (接口描述), OpenAPI 3.1.
#[must_use]
pub fn openapi_document() -> &'static serde_json::Value {
    &openapi::DOCUMENT
}

/// The page that `GET /docs` answers (接口参考): self-contained HTML.
#[must_use]
pub fn reference_page(language: eseal_api::Language) -> bytes::Bytes {
    reference::page(language)
}
