//! 集中签章 `central`: interfaces 5-1 to 5-3.

mod download_file;
mod sign_file;
mod upload_file;

pub use download_file::{DownloadFile, DownloadFileResult};
pub use sign_file::{Operator, SignFile, SignFileEntry, SignFileResult, SignedFile, SignedFileEntry, SignedFiles};
pub use upload_file::UploadFile;
