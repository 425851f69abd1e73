//! Any bytes as a document that is verified, from opening to the report.

use std::sync::Arc;

use eseal::{Document, Evidence, Limits, Policy, judge};
use jiff::Timestamp;

pub(crate) fn check(data: &[u8]) {
    let limits = Limits { unpacked_bytes: 64 << 20, part_bytes: 4 << 20, ..Limits::default() };
    let Ok(document) = Document::open(Arc::new(data.to_vec()), &limits) else { return };
    let Ok(examination) = document.examine() else { return };
    let _ = judge(&examination, &Evidence::default(), &Policy::default(), Timestamp::UNIX_EPOCH);
}
