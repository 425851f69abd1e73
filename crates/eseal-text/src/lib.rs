//! Positioned characters of PDF and OFD pages (定位文字), and keywords found in them.
//!
//! ```text
//! OfdText::page_chars(page)   PdfText::page_chars(page)  →  PageText  →  keyword::find_in_page  →  KeywordMatch
//! ```
#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

mod fold;
pub mod keyword;
pub mod legacy;
pub mod ofd;
pub mod pdf;

pub use eseal_ofd::BoxMm;
pub use keyword::{KeywordMatch, SearchOrder, find_in_page, select};

/// One character and where it stands on the displayed page (定位字符).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositionedChar {
    /// The character as Unicode; a ligature gives several entries with the same box.
    pub text: char,
    /// Upright box around it, in mm from the lower left of the displayed page.
    pub bounds: BoxMm,
    /// Where the baseline begins under the character, in mm from the lower left.
    pub origin: (f64, f64),
    /// Advance along the baseline, mm.
    pub advance_mm: f64,
    /// Size of the type as it appears, mm.
    pub size_mm: f64,
    /// Direction in which the next character follows, degrees counter-clockwise from "to the right"; −90 is downwards.
    pub direction: f64,
    /// True if nobody sees it: invisible mode, white on white, clipped away, or off the page.
    pub hidden: bool,
    /// Text object (run) it belongs to, counted on the page in drawing order.
    pub run: usize,
}

/// Characters of one page (页面文字).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageText {
    /// In drawing order.
    pub chars: Vec<PositionedChar>,
    /// Glyphs whose character is not known.
    pub unmapped: usize,
}

impl PageText {
    /// Drops what lies off a page of that size: pages are cut out of larger sheets, and watermarks reach beyond the edge.
    pub fn keep_on_page(&mut self, width_mm: f64, height_mm: f64) {
        self.chars.retain(|found| {
            let BoxMm { left, bottom, right, top } = found.bounds;
            right > 0.0 && top > 0.0 && left < width_mm && bottom < height_mm
        });
    }
}

/// Why a page's text is not known.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The document has no such page.
    #[error("no page {page}")]
    NoSuchPage {
        /// Page, from 1.
        page: usize,
    },
    /// The page cannot be read.
    #[error("page {page}: {reason}")]
    Unreadable {
        /// Page, from 1.
        page: usize,
        /// Why.
        reason: String,
    },
    /// A limit is exceeded.
    #[error("{what}: {found} is more than the limit of {limit}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// What the page has.
        found: u64,
        /// The limit.
        limit: u64,
    },
}

/// Most characters of one page: the page of a telephone directory has 20,000.
pub const MAX_CHARS: usize = 1_000_000;
