//! How much a report for people shows (限额): every number with its reason.

use eseal_api::Language;

use crate::text::clean_to;

/// Signatures that are told in full: more than anyone reads; JSON has all of them.
pub(crate) const SIGNATURES: usize = 100;
/// Signatures whose seal is shown: each picture is some 50 KiB.
pub(crate) const SEAL_PICTURES: usize = 30;
/// Longest side of a shown seal, in pixels: 4 cm at 220 dpi.
pub(crate) const SEAL_SIDE: u32 = 360;
/// Most pages that are shown: two rows on A4 for the eye, the document itself has the rest.
pub const MAX_PAGE_PICTURES: usize = 8;
/// Uncovered parts, later changes, deviations that are listed.
pub(crate) const PARTS: usize = 100;
/// Places of one signature that are listed: a cross-page seal has one a page.
pub(crate) const PLACES: usize = 40;
/// Certificates of a path: as deep as paths are built.
pub(crate) const PATH: usize = 12;
/// A file name: 255 bytes is what file systems take.
pub(crate) const FILE_NAME_CHARS: usize = 255;
/// One entry of a list.
const ENTRY_CHARS: usize = 300;

/// At most `most` entries, each fit to be shown, and a last one that says how many more there are.
pub(crate) fn listed<T: AsRef<str>>(entries: &[T], most: usize, language: Language) -> Vec<String> {
    let mut shown: Vec<String> = entries.iter().take(most).map(|entry| clean_to(entry.as_ref(), ENTRY_CHARS)).collect();
    let left = entries.len().saturating_sub(most);
    if left > 0 {
        shown.push(match language {
            Language::Chinese => format!("……另有 {left} 项"),
            Language::English => format!("… and {left} more"),
        });
    }
    shown
}
