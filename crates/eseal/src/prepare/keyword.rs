//! Marks at a keyword (关键字定位), documents.md §6.

use eseal_text::{KeywordMatch, PageText, TextError, find_in_page, ofd::OfdText, pdf::PdfText, select};

use crate::{
    Document, KeywordRule, MoveType, PlacementError, SearchOrder,
    document::Carrier,
    resolve::{BoxMm, Ground, Mark, on_page, selected},
};

/// Marks of a keyword rule.
pub(super) fn find(
    document: &Document,
    rule: &KeywordRule,
    ground: &Ground<'_>,
    warnings: &mut Vec<String>,
) -> Result<Vec<Mark>, PlacementError> {
    if rule.keyword.trim().is_empty() {
        return Err(PlacementError::Nonsense("the keyword is empty"));
    }
    if !(rule.move_right_mm.is_finite() && rule.move_up_mm.is_finite()) {
        return Err(PlacementError::Nonsense("an offset is not a number"));
    }
    let mut pages = selected(&rule.pages, ground.page_count)?;
    if rule.order == SearchOrder::Backward {
        pages.reverse();
    }
    let text = Text::of(document)?;
    let limit = document.limits.placements;
    let (mut chosen, mut found, mut unmapped) = (Vec::new(), 0_usize, 0_usize);
    for page in pages {
        let mut content = text.page(page).map_err(|error| PlacementError::TextUnreadable(error.to_string()))?;
        if let Some(size) = (ground.page_size)(page) {
            content.keep_on_page(size.width_mm, size.height_mm);
        }
        unmapped = unmapped.saturating_add(content.unmapped);
        let matches = find_in_page(page, &content.chars, &rule.keyword);
        let before = found;
        found = found.saturating_add(matches.len());
        // One page is held at a time, and none is read after the one that was asked for.
        let number = if rule.number == 0 { Some(0) } else { rule.number.checked_sub(before) };
        chosen.extend(number.map(|number| select(matches, order(rule.order), number)).unwrap_or_default());
        if rule.number == 0 && chosen.len() > limit {
            return Err(PlacementError::TooMany { found: chosen.len(), limit });
        }
        if rule.number > 0 && found >= rule.number {
            break;
        }
    }
    if chosen.is_empty() {
        return Err(PlacementError::KeywordNotFound { found });
    }
    if unmapped > 0 {
        warnings.push(format!("{unmapped} glyphs could not be read and were not searched"));
    }
    if chosen.iter().any(|found| found.hidden) {
        warnings.push("the keyword was found in hidden text".into());
    }
    chosen.iter().map(|found| on_page(found.page, beside(found, rule, ground), ground)).collect()
}

const fn order(order: SearchOrder) -> eseal_text::SearchOrder {
    match order {
        SearchOrder::Forward => eseal_text::SearchOrder::Forward,
        SearchOrder::Backward => eseal_text::SearchOrder::Backward,
    }
}

/// Where the seal stands relative to the match.
fn beside(found: &KeywordMatch, rule: &KeywordRule, ground: &Ground<'_>) -> BoxMm {
    let (width, height) = (ground.seal_width_mm, ground.seal_height_mm);
    let middle = |a: f64, b: f64| f64::midpoint(a, b);
    let (left, bottom) = match rule.move_type {
        MoveType::Over => {
            let place = found.longest;
            (middle(place.left, place.right) - width / 2.0, middle(place.bottom, place.top) - height / 2.0)
        }
        MoveType::Below => {
            let place = found.last_line;
            (middle(place.left, place.right) - width / 2.0, place.bottom - height)
        }
        MoveType::Right => {
            let place = found.last;
            (place.right, middle(place.bottom, place.top) - height / 2.0)
        }
    };
    BoxMm::sized(left + rule.move_right_mm, bottom + rule.move_up_mm, width, height)
}

/// The text of a document, page by page.
enum Text<'a> {
    Ofd(OfdText<'a>),
    Pdf(PdfText<'a>),
}

impl<'a> Text<'a> {
    fn of(document: &'a Document) -> Result<Self, PlacementError> {
        let (size, limit) = (document.source.len(), document.limits.keyword_bytes);
        if size > limit {
            return Err(PlacementError::TextUnreadable(format!("{size} bytes are more than the limit of {limit}")));
        }
        match &document.carrier {
            Carrier::Ofd(ofd) => Ok(Self::Ofd(OfdText::new(ofd))),
            Carrier::Pdf(pdf) => Ok(Self::Pdf(PdfText::new(pdf))),
        }
    }

    fn page(&self, page: usize) -> Result<PageText, TextError> {
        match self {
            Self::Ofd(ofd) => ofd.page_chars(page),
            Self::Pdf(pdf) => pdf.page_chars(page),
        }
    }
}
