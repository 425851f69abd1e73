//! Rules of a request become placements of the library (签章规则).

use eseal::{Across, KeywordRule, MoveType, PageSelection, Placement, SearchOrder, Side};
use eseal_api::{EdgeSide, Pages, Rule};

/// The same rules in the library's words, with the contract's defaults.
pub(crate) fn placements(rules: &[Rule]) -> Vec<Placement> {
    rules.iter().map(placement).collect()
}

fn placement(rule: &Rule) -> Placement {
    match rule {
        Rule::Rectangle { rule } => Placement::Rectangle {
            pages: selection(&rule.page),
            left_mm: rule.left,
            bottom_mm: rule.bottom,
            right_mm: rule.right,
            top_mm: rule.top,
        },
        Rule::Keyword { rule } => Placement::Keyword(KeywordRule {
            keyword: rule.keyword.clone(),
            pages: rule.page_no.as_ref().map_or(PageSelection::All, selection),
            number: usize::try_from(rule.keyword_num.unwrap_or(1)).unwrap_or(usize::MAX),
            order: match rule.search_order {
                Some(eseal_api::SearchOrder::Backward) => SearchOrder::Backward,
                Some(eseal_api::SearchOrder::Forward) | None => SearchOrder::Forward,
            },
            move_type: match rule.move_type {
                Some(eseal_api::MoveType::Over) | None => MoveType::Over,
                Some(eseal_api::MoveType::Below) => MoveType::Below,
                Some(eseal_api::MoveType::Right) => MoveType::Right,
            },
            move_right_mm: rule.move_size.unwrap_or(0.0),
            move_up_mm: rule.height_move_size.unwrap_or(0.0),
        }),
        Rule::Across { rule } => Placement::Across(Across {
            start_page: i64::from(rule.start_page.unwrap_or(1)),
            end_page: i64::from(rule.end_page.unwrap_or(-1)),
            side: match rule.side {
                Some(EdgeSide::Right) | None => Side::Right,
                Some(EdgeSide::Left) => Side::Left,
                Some(EdgeSide::Top) => Side::Top,
                Some(EdgeSide::Bottom) => Side::Bottom,
            },
            position_mm: rule.position,
            pages_per_seal: rule.pages_per_seal.and_then(|pages| usize::try_from(pages).ok()),
            min_slice_mm: rule.min_slice_mm,
        }),
    }
}

fn selection(pages: &Pages) -> PageSelection {
    match pages {
        Pages::All => PageSelection::All,
        Pages::Ranges(ranges) => PageSelection::Ranges(ranges.clone()),
    }
}
