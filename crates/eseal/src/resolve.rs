//! From rules to places (签章规则求解): which part of the seal picture stands where on which page.

use crate::{Across, PageSelection, PageSize, Placed, Placement, PlacementError, Side};

/// How far a seal may reach over the edge of a page before it counts as off the page, mm: less than a printer's
/// accuracy, more than the rounding of page boxes in points.
const EDGE_TOLERANCE_MM: f64 = 0.3;

/// Narrowest slice of a cross-page seal unless the rule says otherwise, mm: below that nothing is recognisable, so
/// longer documents get further seals.
const MIN_SLICE_MM: f64 = 1.0;

/// A box in mm from the lower left of the displayed page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BoxMm {
    pub(crate) left: f64,
    pub(crate) bottom: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
}

impl BoxMm {
    /// A box of the given size with its lower left corner at the given place.
    pub(crate) fn sized(left: f64, bottom: f64, width: f64, height: f64) -> Self {
        Self { left, bottom, right: left + width, top: bottom + height }
    }
}

/// One mark of a seal on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Page, from 1.
    pub(crate) page: usize,
    /// Where the complete picture would stand; parts of it may lie off the page.
    pub(crate) full: BoxMm,
    /// The part that is shown.
    pub(crate) visible: BoxMm,
}

impl Mark {
    /// As the caller is told.
    pub(crate) fn placed(&self) -> Placed {
        let BoxMm { left, bottom, right, top } = self.visible;
        Placed { page: self.page, left_mm: left, bottom_mm: bottom, right_mm: right, top_mm: top }
    }
}

/// What the resolver knows of document and seal.
pub(crate) struct Ground<'a> {
    /// Number of pages.
    pub(crate) page_count: usize,
    /// Displayed size of a page, from 1: asked for where a mark stands, since a size may cost reading the page.
    pub(crate) page_size: &'a dyn Fn(usize) -> Option<PageSize>,
    /// Width of the seal, mm.
    pub(crate) seal_width_mm: f64,
    /// Height of the seal, mm.
    pub(crate) seal_height_mm: f64,
}

/// Marks of a rule that needs no text; a keyword's marks come from `crate::keyword`.
pub(crate) fn resolve(rule: &Placement, ground: &Ground<'_>) -> Result<Vec<Mark>, PlacementError> {
    match rule {
        Placement::Rectangle { pages, left_mm, bottom_mm, right_mm, top_mm } => {
            let full = rectangle(*left_mm, *bottom_mm, *right_mm, *top_mm, ground)?;
            let numbers = selected(pages, ground.page_count)?;
            numbers.into_iter().map(|page| on_page(page, full, ground)).collect()
        }
        Placement::Across(across) => slices(across, ground),
        Placement::Keyword(_) => Err(PlacementError::Nonsense("a keyword needs text")),
    }
}

/// A mark that must lie on its page.
pub(crate) fn on_page(page: usize, full: BoxMm, ground: &Ground<'_>) -> Result<Mark, PlacementError> {
    let size = size_of(page, ground)?;
    let inside = full.left >= -EDGE_TOLERANCE_MM
        && full.bottom >= -EDGE_TOLERANCE_MM
        && full.right <= size.width_mm + EDGE_TOLERANCE_MM
        && full.top <= size.height_mm + EDGE_TOLERANCE_MM;
    if !inside {
        return Err(PlacementError::OffPage {
            page,
            left_mm: full.left,
            bottom_mm: full.bottom,
            right_mm: full.right,
            top_mm: full.top,
            width_mm: size.width_mm,
            height_mm: size.height_mm,
        });
    }
    Ok(Mark { page, full, visible: full })
}

fn size_of(page: usize, ground: &Ground<'_>) -> Result<PageSize, PlacementError> {
    let missing =
        || PlacementError::NoSuchPage { page: i64::try_from(page).unwrap_or(i64::MAX), pages: ground.page_count };
    (ground.page_size)(page).ok_or_else(missing)
}

fn rectangle(
    left: f64,
    bottom: f64,
    right: Option<f64>,
    top: Option<f64>,
    ground: &Ground<'_>,
) -> Result<BoxMm, PlacementError> {
    let right = right.unwrap_or(left + ground.seal_width_mm);
    let top = top.unwrap_or(bottom + ground.seal_height_mm);
    // Known clients swap the two, so the lower number is the lower edge.
    let found = BoxMm { left: left.min(right), bottom: bottom.min(top), right: left.max(right), top: bottom.max(top) };
    if [found.left, found.bottom, found.right, found.top].iter().any(|edge| !edge.is_finite()) {
        return Err(PlacementError::Nonsense("an edge is not a number"));
    }
    if found.right - found.left < 1.0 || found.top - found.bottom < 1.0 {
        return Err(PlacementError::Nonsense("the rectangle is narrower than 1 mm"));
    }
    Ok(found)
}

/// Page numbers of a selection, each once, in order of the document.
pub(crate) fn selected(pages: &PageSelection, count: usize) -> Result<Vec<usize>, PlacementError> {
    let PageSelection::Ranges(ranges) = pages else {
        return Ok((1..=count).collect());
    };
    let mut found = std::collections::BTreeSet::new();
    for (first, last) in ranges {
        let (first, last) = (page_number(*first, count)?, page_number(*last, count)?);
        if first > last {
            return Err(PlacementError::Nonsense("a page range runs backwards"));
        }
        found.extend(first..=last);
    }
    if found.is_empty() {
        return Err(PlacementError::Nonsense("no page is named"));
    }
    Ok(found.into_iter().collect())
}

/// A page number of a rule, −1 being the last.
fn page_number(page: i64, count: usize) -> Result<usize, PlacementError> {
    if page == -1 && count > 0 {
        return Ok(count);
    }
    match usize::try_from(page) {
        Ok(number) if (1..=count).contains(&number) => Ok(number),
        _ => Err(PlacementError::NoSuchPage { page, pages: count }),
    }
}

/// Slices of a cross-page seal, formats.md §10.5 (GM/T 0099 practice).
fn slices(rule: &Across, ground: &Ground<'_>) -> Result<Vec<Mark>, PlacementError> {
    let count = ground.page_count;
    let (first, last) = (page_number(rule.start_page, count)?, page_number(rule.end_page, count)?);
    if first >= last {
        return Err(PlacementError::Nonsense("a cross-page seal needs two pages"));
    }
    let along = if rule.side.is_vertical() { ground.seal_width_mm } else { ground.seal_height_mm };
    let group = group_size(rule, along)?;
    let pages: Vec<usize> = (first..=last).collect();
    let mut marks = Vec::with_capacity(pages.len());
    for group in groups(&pages, group) {
        let parts = count_f64(group.len());
        for (index, page) in group.iter().enumerate() {
            marks.push(slice(rule, *page, index, parts, ground)?);
        }
    }
    Ok(marks)
}

/// Most pages that share one seal.
fn group_size(rule: &Across, along: f64) -> Result<usize, PlacementError> {
    let narrowest = rule.min_slice_mm.unwrap_or(MIN_SLICE_MM);
    if !(narrowest.is_finite() && narrowest > 0.0) {
        return Err(PlacementError::Nonsense("minSliceMm must be above 0"));
    }
    let mut by_width = 1_usize;
    while count_f64(by_width.saturating_add(1)) * narrowest <= along + 1e-9 {
        by_width = by_width.saturating_add(1);
        if by_width > 10_000 {
            break; // a slice of a hundredth of a millimetre: no seal has that many
        }
    }
    let wanted = rule.pages_per_seal.unwrap_or(usize::MAX).min(by_width);
    if wanted < 2 {
        return Err(PlacementError::Nonsense("a cross-page seal needs at least two pages a seal"));
    }
    Ok(wanted)
}

/// Groups of at most `size` pages; a left-over single page joins the group before it.
fn groups(pages: &[usize], size: usize) -> Vec<&[usize]> {
    let mut rest = pages;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let mut take = size.min(rest.len());
        if rest.len() == take.saturating_add(1) {
            take = rest.len();
        }
        let (group, later) = rest.split_at(take);
        found.push(group);
        rest = later;
    }
    found
}

fn slice(rule: &Across, page: usize, index: usize, parts: f64, ground: &Ground<'_>) -> Result<Mark, PlacementError> {
    let size = size_of(page, ground)?;
    let (width, height) = (ground.seal_width_mm, ground.seal_height_mm);
    let at = rule.position_mm;
    let number = count_f64(index);
    // The picture's slices run left to right (top to bottom) over the pages; on the left and upper edge the first
    // page shows the last slice, since there the fanned-out pile is read from the last page on.
    let (full, visible) = match rule.side {
        Side::Right => {
            let part = width / parts;
            let full = BoxMm::sized(size.width_mm - part * (number + 1.0), at, width, height);
            (full, BoxMm { left: size.width_mm - part, right: size.width_mm, ..full })
        }
        Side::Left => {
            let part = width / parts;
            let full = BoxMm::sized(-part * (parts - 1.0 - number), at, width, height);
            (full, BoxMm { left: 0.0, right: part, ..full })
        }
        Side::Bottom => {
            // Slice 0 is the top of the picture and stands on the lower edge of the first page.
            let part = height / parts;
            let full = BoxMm::sized(at, part * (number + 1.0) - height, width, height);
            (full, BoxMm { bottom: 0.0, top: part, ..full })
        }
        Side::Top => {
            let part = height / parts;
            let top = size.height_mm + part * (parts - 1.0 - number);
            let full = BoxMm { left: at, bottom: top - height, right: at + width, top };
            (full, BoxMm { bottom: size.height_mm - part, top: size.height_mm, ..full })
        }
    };
    let mark = on_page(page, visible, ground)?;
    Ok(Mark { full, ..mark })
}

impl Side {
    /// True for the edges that run up and down.
    const fn is_vertical(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }
}

/// A count as a number to calculate with; exact below 2³².
fn count_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A4: PageSize = PageSize { width_mm: 210.0, height_mm: 297.0 };

    fn resolved(rule: &Placement, pages: usize) -> Result<Vec<Mark>, PlacementError> {
        let page_size = |page: usize| (1..=pages).contains(&page).then_some(A4);
        resolve(rule, &Ground { page_count: pages, page_size: &page_size, seal_width_mm: 40.0, seal_height_mm: 40.0 })
    }

    fn across(side: Side) -> Across {
        Across { start_page: 1, end_page: -1, side, position_mm: 120.0, pages_per_seal: None, min_slice_mm: None }
    }

    #[test]
    fn five_pages_on_the_right_are_placed_as_in_a_public_sample() {
        // h.ofd of ofdrw: 5 pages, 210 mm: Boundary x 202 with Clip 0..8, then 194 with Clip 8..16.
        let marks = resolved(&Placement::Across(across(Side::Right)), 5).unwrap();
        let lefts: Vec<(f64, f64)> =
            marks.iter().map(|mark| (mark.full.left, mark.visible.left - mark.full.left)).collect();
        assert_eq!(lefts, [(202.0, 0.0), (194.0, 8.0), (186.0, 16.0), (178.0, 24.0), (170.0, 32.0)]);
        assert!(marks.iter().all(|mark| mark.visible.right == 210.0 && mark.visible.bottom == 120.0));
    }

    #[test]
    fn slices_make_one_whole_seal_on_every_side() {
        for side in [Side::Right, Side::Left, Side::Top, Side::Bottom] {
            for count in [2, 3, 7, 40] {
                let marks = resolved(&Placement::Across(across(side)), count).unwrap();
                let mut shown: Vec<(f64, f64)> = marks
                    .iter()
                    .map(|mark| match side {
                        Side::Right | Side::Left => {
                            (mark.visible.left - mark.full.left, mark.visible.right - mark.full.left)
                        }
                        Side::Top | Side::Bottom => {
                            (mark.full.top - mark.visible.top, mark.full.top - mark.visible.bottom)
                        }
                    })
                    .collect();
                shown.sort_by(|a, b| a.0.total_cmp(&b.0));
                assert!(shown[0].0.abs() < 1e-9 && (shown[count - 1].1 - 40.0).abs() < 1e-9, "{side:?} {count}");
                assert!(shown.windows(2).all(|pair| (pair[0].1 - pair[1].0).abs() < 1e-9), "{side:?} {count}");
            }
        }
    }

    #[test]
    fn a_left_over_page_joins_the_group_before_it() {
        let rule = Across { pages_per_seal: Some(3), ..across(Side::Right) };
        let marks = resolved(&Placement::Across(rule), 7).unwrap();
        let widths: Vec<f64> = marks.iter().map(|mark| mark.visible.right - mark.visible.left).collect();
        assert!((widths[0] - 40.0 / 3.0).abs() < 1e-9);
        assert!(widths[3..].iter().all(|width| (width - 10.0).abs() < 1e-9));
    }

    #[test]
    fn long_documents_get_further_seals() {
        let marks = resolved(&Placement::Across(across(Side::Right)), 100).unwrap();
        assert!(marks.iter().all(|mark| mark.visible.right - mark.visible.left >= 1.0 - 1e-9));
    }

    #[test]
    fn swapped_edges_are_put_right() {
        let rule = Placement::Rectangle {
            pages: PageSelection::Ranges(vec![(1, 2), (-1, -1)]),
            left_mm: 25.0,
            bottom_mm: 70.0,
            right_mm: Some(65.0),
            top_mm: Some(30.0),
        };
        let marks = resolved(&rule, 3).unwrap();
        let pages: Vec<usize> = marks.iter().map(|mark| mark.page).collect();
        assert_eq!(pages, [1, 2, 3]);
        assert_eq!(marks[0].full, BoxMm { left: 25.0, bottom: 30.0, right: 65.0, top: 70.0 });
    }

    #[test]
    fn what_leads_nowhere_is_told() {
        let rectangle =
            |pages, left_mm| Placement::Rectangle { pages, left_mm, bottom_mm: 20.0, right_mm: None, top_mm: None };
        let off = resolved(&rectangle(PageSelection::All, 5000.0), 3);
        assert!(matches!(off, Err(PlacementError::OffPage { page: 1, .. })), "{off:?}");
        for page in [0, 4, -2, i64::MAX, i64::MIN] {
            let none = resolved(&rectangle(PageSelection::Ranges(vec![(page, page)]), 20.0), 3);
            assert!(matches!(none, Err(PlacementError::NoSuchPage { .. })), "{none:?}");
        }
        assert!(resolved(&rectangle(PageSelection::All, f64::NAN), 3).is_err());
        let single = Across { end_page: 1, ..across(Side::Left) };
        assert!(matches!(resolved(&Placement::Across(single), 3), Err(PlacementError::Nonsense(_))));
    }
}
