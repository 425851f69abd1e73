//! 验章 `verify`: interfaces 4-1 and 4-2, and the same for the public.

mod report;

pub use report::{Reader, Wording, mask_id, mask_numbers, report_to_wire, seal_report_to_wire};
