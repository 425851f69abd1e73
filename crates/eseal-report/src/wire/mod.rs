//! Reports on the wire (报告的接口形式): the answers of 4-1 and 4-2, and their one serialisation.

mod json;
mod mask;
mod report;
mod schema;

pub use json::canonical_json;
pub use mask::{mask_id, mask_numbers};
pub use report::{Reader, Wording, placement_info, report_to_wire, seal_report_to_wire};
pub use schema::report_schema;
