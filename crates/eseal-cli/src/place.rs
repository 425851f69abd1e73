//! Where a seal goes, on the command line (签章位置).

use std::str::FromStr;

use eseal::{Across, KeywordRule, MoveType, PageSelection, Placement, SearchOrder, Side};

/// `--place page,left,bottom[,right,top]`: a page is `3`, `2-5`, `0` for all or `-1` for the last; lengths in mm.
#[derive(Clone, Debug)]
pub(crate) struct Place(pub(crate) Placement);

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let pages = pages(parts.next().unwrap_or_default())?;
        let lengths = parts.map(length).collect::<Result<Vec<f64>, String>>()?;
        let (left_mm, bottom_mm, right_mm, top_mm) = match lengths[..] {
            [left, bottom] => (left, bottom, None, None),
            [left, bottom, right, top] => (left, bottom, Some(right), Some(top)),
            _ => return Err("a place is page,left,bottom or page,left,bottom,right,top".into()),
        };
        Ok(Self(Placement::Rectangle { pages, left_mm, bottom_mm, right_mm, top_mm }))
    }
}

/// `--across side,position[,first,last]`: a seal over the edges of several pages (骑缝章).
#[derive(Clone, Debug)]
pub(crate) struct AcrossPlace(pub(crate) Placement);

impl FromStr for AcrossPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(',').collect();
        let (side, position, first, last) = match parts[..] {
            [side, position] => (side, position, 1, -1),
            [side, position, first, last] => (side, position, page(first)?, page(last)?),
            _ => return Err("a cross-page seal is side,position or side,position,first,last".into()),
        };
        let side = match side {
            "right" => Side::Right,
            "left" => Side::Left,
            "top" => Side::Top,
            "bottom" => Side::Bottom,
            other => return Err(format!("{other} is none of right, left, top, bottom")),
        };
        Ok(Self(Placement::Across(Across {
            start_page: first,
            end_page: last,
            side,
            position_mm: length(position)?,
            pages_per_seal: None,
            min_slice_mm: None,
        })))
    }
}

/// `--keyword WORD[:n]`: on the n-th occurrence of a word, 0 for every one; the first if nothing is said (关键字).
#[derive(Clone, Debug)]
pub(crate) struct KeywordPlace(pub(crate) Placement);

impl FromStr for KeywordPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (keyword, number) = match text.rsplit_once(':').map(|(word, number)| (word, number.parse())) {
            Some((word, Ok(number))) => (word, number),
            _ => (text, 1),
        };
        if keyword.is_empty() {
            return Err("a keyword is needed".into());
        }
        Ok(Self(Placement::Keyword(KeywordRule {
            keyword: keyword.into(),
            pages: PageSelection::All,
            number,
            order: SearchOrder::Forward,
            move_type: MoveType::Over,
            move_right_mm: 0.0,
            move_up_mm: 0.0,
        })))
    }
}

fn pages(text: &str) -> Result<PageSelection, String> {
    if text == "0" {
        return Ok(PageSelection::All);
    }
    // The hyphen of -1 stands first, that of a range does not.
    let range = text.char_indices().skip(1).find(|(_, character)| *character == '-').map(|(at, _)| text.split_at(at));
    let range = match range {
        Some((first, last)) => (page(first)?, page(&last[1..])?),
        None => (page(text)?, page(text)?),
    };
    Ok(PageSelection::Ranges(vec![range]))
}

fn page(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("{text:?} is no page"))
}

fn length(text: &str) -> Result<f64, String> {
    text.trim()
        .parse()
        .ok()
        .filter(|length: &f64| length.is_finite())
        .ok_or_else(|| format!("{text:?} is no length in mm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_as_they_are_documented() {
        let rectangle = |text: &str| text.parse::<Place>().map(|place| place.0);
        let ranges = |ranges: &[(i64, i64)]| PageSelection::Ranges(ranges.to_vec());
        for (text, expected) in [
            ("1,20,30", ranges(&[(1, 1)])),
            ("2-5,20,30", ranges(&[(2, 5)])),
            ("3--1,20,30", ranges(&[(3, -1)])),
            ("-1,20,30", ranges(&[(-1, -1)])),
            ("0,20,30", PageSelection::All),
        ] {
            let Ok(Placement::Rectangle { pages, left_mm, bottom_mm, right_mm: None, top_mm: None }) = rectangle(text)
            else {
                panic!("{text}")
            };
            assert_eq!((pages, left_mm, bottom_mm), (expected, 20.0, 30.0), "{text}");
        }
        assert!(matches!(
            rectangle("1,20,30,60,70"),
            Ok(Placement::Rectangle { right_mm: Some(_), top_mm: Some(_), .. })
        ));
        for text in ["", "1", "1,2", "1,2,3,4", "x,2,3", "1,NaN,3"] {
            assert!(rectangle(text).is_err(), "{text}");
        }
    }

    #[test]
    fn cross_page_seals_and_keywords_read_as_they_are_documented() {
        let across = "left,120,2,-1".parse::<AcrossPlace>().map(|place| place.0);
        assert!(matches!(across, Ok(Placement::Across(Across { start_page: 2, end_page: -1, side: Side::Left, .. }))));
        assert!("inside,120".parse::<AcrossPlace>().is_err());
        for (text, keyword, number) in [("盖章处", "盖章处", 1), ("甲方:2", "甲方", 2), ("甲方:", "甲方:", 1)]
        {
            let Ok(Placement::Keyword(rule)) = text.parse::<KeywordPlace>().map(|place| place.0) else {
                panic!("{text}")
            };
            assert_eq!((rule.keyword.as_str(), rule.number), (keyword, number), "{text}");
        }
    }
}
