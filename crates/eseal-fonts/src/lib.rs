//! 字库: the two open fonts that are shipped, as bytes.
//!
//! Both hold ASCII, GB 2312 and some characters of names beyond it; both are under the SIL Open Font License 1.1
//! (`assets/fonts/OFL.txt`), which is not the licence of the code.  `assets/fonts/README.md` tells how they were made.

#![warn(clippy::as_conversions, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::as_conversions, clippy::indexing_slicing))]

/// 宋体粗: Noto Serif CJK SC Bold, for the characters of seals.
pub const SERIF_BOLD: &[u8] = include_bytes!("../../../assets/fonts/NotoSerifSC-Bold-GB2312.otf");

/// 黑体: Noto Sans CJK SC Regular, for the text of converted documents and the numbers of seals.
pub const SANS_REGULAR: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC-Regular-GB2312.otf");
