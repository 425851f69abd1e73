//! Any bytes as an OFD package: pages, text and signatures.

use std::sync::Arc;

use eseal_ofd::{Limits, Ofd};

/// Pages whose text is read.
const PAGES: usize = 3;

pub(crate) fn check(data: &[u8]) {
    let limits =
        Limits { unpacked_bytes: 64 << 20, part_bytes: 4 << 20, ratio_floor_bytes: 4 << 20, ..Limits::default() };
    let Ok(ofd) = Ofd::open(Arc::new(data.to_vec()), &limits) else { return };
    for page in 1..=ofd.pages().len().min(PAGES) {
        let _ = (ofd.page_size(page), eseal_text::ofd::page_chars(&ofd, page));
    }
    let examined = ofd.examine();
    for index in 0..examined.signatures.len() {
        let _ = examined.uncovered_by(index).count();
    }
    let _ = examined.uncovered_by_all().count();
}
