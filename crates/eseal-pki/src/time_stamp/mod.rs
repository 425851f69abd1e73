//! Asking for time stamps and being answered (时间戳请求与响应), RFC 3161 and GB/T 20520.
//!
//! Tokens are made by [`TokenTemplate`](crate::issue::TokenTemplate); reading them is the business of who reads
//! SignedData.

mod request;
mod response;

pub use request::{TimeStampRequest, time_stamp_request};
pub use response::{TimeStampFailure, TimeStampResponse};
