//! From rules to marks (签章位置): every rule of a request, in order.

use super::{PrepareError, keyword};
use crate::{
    Document, Placement, PlacementError,
    resolve::{Ground, Mark, resolve},
};

/// Marks of all rules, and remarks.
pub(super) fn find(
    document: &Document,
    rules: &[Placement],
    seal_width_mm: f64,
    seal_height_mm: f64,
) -> Result<(Vec<Mark>, Vec<String>), PrepareError> {
    let page_size = |page| document.page_size(page);
    let ground = Ground { page_count: document.page_count(), page_size: &page_size, seal_width_mm, seal_height_mm };
    let (mut marks, mut warnings) = (Vec::new(), Vec::new());
    for (index, rule) in rules.iter().enumerate() {
        let found = match rule {
            Placement::Keyword(rule) => keyword::find(document, rule, &ground, &mut warnings),
            rule => resolve(rule, &ground),
        };
        marks.extend(found.map_err(|error| PrepareError::Placement { index, error })?);
        let limit = document.limits.placements;
        if marks.len() > limit {
            let error = PlacementError::TooMany { found: marks.len(), limit };
            return Err(PrepareError::Placement { index, error });
        }
    }
    if marks.is_empty() {
        return Err(PrepareError::Placement { index: 0, error: PlacementError::Nonsense("there is no rule") });
    }
    if overlap(&marks) {
        warnings.push("marks overlap".into());
    }
    Ok((marks, warnings))
}

/// True if two marks of one page share more than an edge.
fn overlap(marks: &[Mark]) -> bool {
    let meet = |a: &Mark, b: &Mark| {
        a.page == b.page
            && a.visible.left < b.visible.right
            && b.visible.left < a.visible.right
            && a.visible.bottom < b.visible.top
            && b.visible.bottom < a.visible.top
    };
    marks.iter().enumerate().any(|(index, a)| marks.iter().skip(index.saturating_add(1)).any(|b| meet(a, b)))
}
