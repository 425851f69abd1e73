//! Where a seal goes (签章位置): the rules of a request, and the places they lead to.
//!
//! All lengths are millimetres from the lower left corner of the *displayed* page (rotation and CropBox applied).

use serde::{Deserialize, Serialize};

/// One rule of a request (签章规则).  All rules of a request make one seal signature.
#[derive(Clone, Debug, PartialEq)]
pub enum Placement {
    /// A rectangle on some pages (`RECTANGLE`).
    Rectangle {
        /// Pages that get the seal.
        pages: PageSelection,
        /// Left edge, mm.
        left_mm: f64,
        /// Lower edge, mm.
        bottom_mm: f64,
        /// Right edge, mm; without it the seal's own width is used.
        right_mm: Option<f64>,
        /// Upper edge, mm; without it the seal's own height is used.  `top` and `bottom` may come swapped.
        top_mm: Option<f64>,
    },
    /// At a keyword (`KEYWORD`, 关键字).
    Keyword(KeywordRule),
    /// A seal across several pages (`ACROSS`, 骑缝章).
    Across(Across),
}

/// Pages of a rule; page 1 is the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageSelection {
    /// Every page (`"0"`).
    All,
    /// First and last page of each range; −1 is the last page of the document.
    Ranges(Vec<(i64, i64)>),
}

/// `keywordRule` (关键字规则).
#[derive(Clone, Debug, PartialEq)]
pub struct KeywordRule {
    /// What is looked for; blanks and full/half width do not matter.
    pub keyword: String,
    /// Pages that are searched.
    pub pages: PageSelection,
    /// 0 for every match, n for the n-th of all these pages.
    pub number: usize,
    /// From the beginning or from the end.
    pub order: SearchOrder,
    /// Where the seal stands relative to the match.
    pub move_type: MoveType,
    /// Further to the right, mm.
    pub move_right_mm: f64,
    /// Further up, mm.
    pub move_up_mm: f64,
}

/// `searchOrder` (查找顺序).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchOrder {
    /// 1: first page first, top to bottom.
    Forward,
    /// 2: the reverse.
    Backward,
}

/// `moveType` (偏移方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveType {
    /// 1: the seal's centre on the match.
    Over,
    /// 2: below its last line.
    Below,
    /// 3: right of its last character.
    Right,
}

/// `acrossRule` (骑缝章规则).
#[derive(Clone, Debug, PartialEq)]
pub struct Across {
    /// First page, from 1.
    pub start_page: i64,
    /// Last page; −1 is the last of the document.
    pub end_page: i64,
    /// Edge of the pages that carries the slices.
    pub side: Side,
    /// Where along that edge the seal's lower (left) end stands, mm from the bottom (left).
    pub position_mm: f64,
    /// Most pages that share one seal; further pages get the next.
    pub pages_per_seal: Option<usize>,
    /// Narrowest slice, mm; more pages than fit make further groups.
    pub min_slice_mm: Option<f64>,
}

/// Edge of a displayed page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Right edge.
    Right,
    /// Left edge.
    Left,
    /// Upper edge.
    Top,
    /// Lower edge.
    Bottom,
}

/// Where a seal, or a slice of one, will stand or stands (签章落点): the visible part, on the displayed page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// Page, from 1.
    pub page: usize,
    /// Left edge, mm.
    pub left_mm: f64,
    /// Lower edge, mm.
    pub bottom_mm: f64,
    /// Right edge, mm.
    pub right_mm: f64,
    /// Upper edge, mm.
    pub top_mm: f64,
}

/// Why a rule leads nowhere.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlacementError {
    /// The document has no such page.
    #[error("page {page} of {pages}")]
    NoSuchPage {
        /// Page asked for.
        page: i64,
        /// Pages there are.
        pages: usize,
    },
    /// The place lies off the page.
    #[error(
        "{left_mm:.1},{bottom_mm:.1}..{right_mm:.1},{top_mm:.1} lies off page {page} of {width_mm:.1}×{height_mm:.1} mm"
    )]
    OffPage {
        /// Page, from 1.
        page: usize,
        /// Left edge, mm.
        left_mm: f64,
        /// Lower edge, mm.
        bottom_mm: f64,
        /// Right edge, mm.
        right_mm: f64,
        /// Upper edge, mm.
        top_mm: f64,
        /// Width of the page, mm.
        width_mm: f64,
        /// Height of the page, mm.
        height_mm: f64,
    },
    /// The keyword does not occur, or not so often.
    #[error("keyword found {found} times")]
    KeywordNotFound {
        /// How often it was found.
        found: usize,
    },
    /// A rectangle without area, a range from high to low, a cross-page seal on one page.
    #[error("rule makes no sense: {0}")]
    Nonsense(&'static str),
    /// More placements than the limit.
    #[error("{found} placements, at most {limit}")]
    TooMany {
        /// Placements asked for.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The document's text is not searchable within the limits.
    #[error("text cannot be searched: {0}")]
    TextUnreadable(String),
}
