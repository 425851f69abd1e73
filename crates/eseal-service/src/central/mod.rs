//! 集中签章 `central`: interfaces 5-1 to 5-3.

mod download_file;
mod sign_file;
mod upload_file;

pub use download_file::{download_bytes, download_file};
pub(crate) use sign_file::run_task;
pub use sign_file::sign_file;
pub use upload_file::upload_file;
