//! 验章 `verify`: interfaces 4-1 and 4-2, and the same for the public.

mod report_file;
mod verify_file;
mod verify_seal;

pub use eseal_report::{
    Reader, Wording, content_security_policy, mask_id, mask_numbers, report_to_wire, seal_report_to_wire,
};
pub use report_file::{ReportFile, ReportForm, ReportRequest, report_bytes_publicly, report_file};
pub use verify_file::{verify_bytes_publicly, verify_file, verify_file_publicly};
pub use verify_seal::verify_seal;
