//! Keywords in positioned characters (关键字定位).
//!
//! What is compared is folded: full and half width and other compatibility forms are alike, blanks and zero-width marks do
//! not count.  A match may go over runs and line ends, in vertical text too.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    ops::Range,
};

use eseal_ofd::BoxMm;

use crate::{
    PositionedChar,
    fold::{fold, is_ignored},
};

/// Most characters of a keyword that are compared: longer is no keyword.
pub const MAX_KEYWORD_CHARS: usize = 256;

/// Largest gap within a line, in type sizes: tables set words wide apart.
const GAP_IN_LINE: f64 = 10.0;
/// Largest step to the next line, in type sizes.
const LINE_STEP: f64 = 3.5;
/// How far baselines of one line may differ, in type sizes: superscripts.
const SAME_LINE: f64 = 0.55;
/// Largest difference of directions within a match, degrees.
const SAME_DIRECTION: f64 = 20.0;
/// The same character closer than this, in type sizes, was drawn twice: to look bold, or as a layer of recognised text
/// over the visible one.  Less than the width of the narrowest letter.
const DOUBLED: f64 = 0.18;

/// One place where the keyword stands (关键字位置).
#[derive(Clone, Debug, PartialEq)]
pub struct KeywordMatch {
    /// Page, from 1.
    pub page: usize,
    /// Box around the whole match.
    pub bounds: BoxMm,
    /// Box of the first character.
    pub first: BoxMm,
    /// Box of the last character.
    pub last: BoxMm,
    /// Box of the fragment on the line that holds most of it; the whole match if it does not go over a line end.
    pub longest: BoxMm,
    /// Box of the fragment on its last line.
    pub last_line: BoxMm,
    /// True if any character of it cannot be seen.
    pub hidden: bool,
}

/// 查找顺序 (`searchOrder`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchOrder {
    /// First page first, top to bottom, left to right.
    Forward,
    /// The reverse.
    Backward,
}

/// All matches of one page, top to bottom, then left to right.  They do not overlap.
#[must_use]
pub fn find_in_page(page: usize, chars: &[PositionedChar], keyword: &str) -> Vec<KeywordMatch> {
    let wanted: Vec<char> = fold(keyword.chars()).take(MAX_KEYWORD_CHARS.saturating_add(1)).collect();
    if wanted.is_empty() || wanted.len() > MAX_KEYWORD_CHARS {
        return Vec::new();
    }
    let drawn = without_twins(chars);
    if !has_all(&drawn, &wanted) {
        return Vec::new();
    }
    let all: Vec<usize> = (0..drawn.len()).collect();
    let seen: Vec<usize> =
        all.iter().copied().filter(|index| drawn.get(*index).is_some_and(|found| !found.hidden)).collect();
    let (mut used, mut found) = (HashSet::new(), Vec::new());
    // What is seen comes first, so that hidden text in between neither breaks a match nor takes its characters.
    search(&drawn, &seen, &wanted, &mut used, &mut found);
    search(&drawn, &in_reading_order(&drawn, &seen), &wanted, &mut used, &mut found);
    if seen.len() < all.len() {
        search(&drawn, &all, &wanted, &mut used, &mut found);
        search(&drawn, &in_reading_order(&drawn, &all), &wanted, &mut used, &mut found);
    }
    let mut matches: Vec<(Match<'_>, KeywordMatch)> =
        found.into_iter().filter_map(|found| Some((found.clone(), found.describe(page)?))).collect();
    sort(&mut matches);
    matches.into_iter().map(|(_, found)| found).collect()
}

/// Takes from the matches of all pages, in page order, those that are asked for: number 0 is all, n the n-th.
#[must_use]
pub fn select(mut matches: Vec<KeywordMatch>, order: SearchOrder, number: usize) -> Vec<KeywordMatch> {
    matches.sort_by_key(|found| found.page);
    if order == SearchOrder::Backward {
        matches.reverse();
    }
    match number.checked_sub(1) {
        None => matches,
        Some(index) => matches.into_iter().nth(index).into_iter().collect(),
    }
}

/// Characters that count, in drawing order, each place once; of two the one that is seen.
fn without_twins(chars: &[PositionedChar]) -> Vec<&PositionedChar> {
    let mut kept: Vec<&PositionedChar> = Vec::with_capacity(chars.len());
    let mut by_place: HashMap<(char, i64, i64), Vec<usize>> = HashMap::new();
    for found in chars.iter().filter(|found| !is_ignored(found.text)) {
        let reach = DOUBLED * found.size_mm;
        let cell = |value: f64| whole(value / PLACE_MM);
        let (x, y) = found.origin;
        let mut twin = None;
        // No further cells than a twin can be in; large type has few characters.
        for column in cell(x - reach.min(MOST_REACH_MM))..=cell(x + reach.min(MOST_REACH_MM)) {
            for row in cell(y - reach.min(MOST_REACH_MM))..=cell(y + reach.min(MOST_REACH_MM)) {
                let near = |index: &&usize| {
                    kept.get(**index).is_some_and(|other| {
                        other.run != found.run && (x - other.origin.0).hypot(y - other.origin.1) < reach
                    })
                };
                let candidates = by_place.get(&(found.text, column, row));
                twin = twin.or(candidates.and_then(|indexes| indexes.iter().rev().take(4).find(near)).copied());
            }
        }
        match twin {
            None => {
                by_place.entry((found.text, cell(x), cell(y))).or_default().push(kept.len());
                kept.push(found);
            }
            Some(index) => {
                if let Some(other) = kept.get_mut(index).filter(|other| other.hidden && !found.hidden) {
                    *other = found;
                }
            }
        }
    }
    kept
}

/// Grid on which twins are looked for, mm: about the reach of common type.
const PLACE_MM: f64 = 1.0;
/// Farthest a twin is looked for, mm: letters of 20 mm are on no contract.
const MOST_REACH_MM: f64 = 4.0;

/// To the whole number below, within ±10^9: farther off there is no page.
fn whole(value: f64) -> i64 {
    #[expect(clippy::as_conversions, reason = "bounded just before; there is no other way from f64")]
    let whole = value.floor().clamp(-1e9, 1e9) as i64;
    whole
}

/// True if every character of the keyword is on the page at all: most pages end here.
fn has_all(chars: &[&PositionedChar], wanted: &[char]) -> bool {
    let mut missing: HashSet<char> = wanted.iter().copied().collect();
    for found in chars {
        for folded in fold(std::iter::once(found.text)) {
            missing.remove(&folded);
        }
        if missing.is_empty() {
            return true;
        }
    }
    false
}

/// One match: its characters in order.
#[derive(Clone)]
struct Match<'a>(Vec<&'a PositionedChar>);

fn search<'a>(
    chars: &[&'a PositionedChar],
    sequence: &[usize],
    wanted: &[char],
    used: &mut HashSet<usize>,
    found: &mut Vec<Match<'a>>,
) {
    let mut folded = Vec::with_capacity(sequence.len());
    for index in sequence {
        if let Some(positioned) = chars.get(*index) {
            folded.extend(fold(std::iter::once(positioned.text)).map(|c| (c, *index)));
        }
    }
    let mut at = 0_usize;
    while let Some(window) = folded.get(at..at.saturating_add(wanted.len())) {
        at = at.saturating_add(1);
        if !window.iter().map(|(c, _)| c).eq(wanted) {
            continue;
        }
        let mut indexes: Vec<usize> = window.iter().map(|(_, index)| *index).collect();
        indexes.dedup();
        let members: Vec<&PositionedChar> = indexes.iter().filter_map(|index| chars.get(*index).copied()).collect();
        let joined = members.iter().zip(members.iter().skip(1)).all(|(a, b)| link(a, b) != Link::Apart);
        if joined && indexes.iter().all(|index| !used.contains(index)) {
            used.extend(indexes);
            found.push(Match(members));
            at = at.saturating_add(wanted.len()).saturating_sub(1);
        }
    }
}

/// How a character follows another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    SameLine,
    NextLine,
    Apart,
}

fn link(a: &PositionedChar, b: &PositionedChar) -> Link {
    let turn = (a.direction - b.direction).rem_euclid(360.0);
    if turn.min(360.0 - turn) > SAME_DIRECTION {
        return Link::Apart;
    }
    let size = a.size_mm.max(b.size_mm);
    let (along, down) = in_frame(a, (b.origin.0 - a.origin.0, b.origin.1 - a.origin.1));
    if down.abs() <= SAME_LINE * size && along > -0.5 * size && along <= GAP_IN_LINE * size {
        Link::SameLine
    } else if down > 0.0 && down <= LINE_STEP * size && along < size {
        Link::NextLine
    } else {
        Link::Apart
    }
}

/// A vector as (along the baseline of `a`, towards its next line).
fn in_frame(a: &PositionedChar, (x, y): (f64, f64)) -> (f64, f64) {
    let (sin, cos) = a.direction.to_radians().sin_cos();
    (x * cos + y * sin, x * sin - y * cos)
}

/// Indexes by lines and places on them, whatever order they were drawn in.
fn in_reading_order(chars: &[&PositionedChar], indexes: &[usize]) -> Vec<usize> {
    struct Place {
        direction: i64,
        along: f64,
        down: f64,
        size: f64,
        index: usize,
    }
    let place = |index: &usize| {
        let found = chars.get(*index)?;
        let (along, down) = in_frame(found, found.origin);
        Some(Place { direction: quarter(found.direction), along, down, size: found.size_mm, index: *index })
    };
    let mut places: Vec<Place> = indexes.iter().filter_map(place).collect();
    places.sort_by(|a, b| a.direction.cmp(&b.direction).then(a.down.total_cmp(&b.down)));
    let mut start = 0;
    while start < places.len() {
        let mut end = start;
        let mut first: Option<(i64, f64)> = None;
        while let Some(place) = places.get(end) {
            let same = first.is_none_or(|(direction, down)| {
                direction == place.direction && place.down - down <= SAME_LINE * place.size
            });
            if !same {
                break;
            }
            first = first.or(Some((place.direction, place.down)));
            end = end.saturating_add(1);
        }
        if let Some(line) = places.get_mut(start..end) {
            line.sort_by(|a, b| a.along.total_cmp(&b.along));
        }
        start = end.max(start.saturating_add(1));
    }
    places.into_iter().map(|place| place.index).collect()
}

/// Direction to the nearest quarter turn, for grouping.
fn quarter(direction: f64) -> i64 {
    match direction.rem_euclid(360.0) {
        turn if !(45.0..315.0).contains(&turn) => 0,
        turn if turn < 135.0 => 1,
        turn if turn < 225.0 => 2,
        _ => 3,
    }
}

impl Match<'_> {
    fn describe(&self, page: usize) -> Option<KeywordMatch> {
        let (first, last) = (self.0.first()?, self.0.last()?);
        let fragments = self.fragments();
        let bounds_of = |range: &Range<usize>| union(self.0.get(range.clone()).unwrap_or_default());
        let longest = fragments.iter().rev().max_by_key(|range| range.len())?;
        Some(KeywordMatch {
            page,
            bounds: union(&self.0)?,
            first: first.bounds,
            last: last.bounds,
            longest: bounds_of(longest)?,
            last_line: bounds_of(fragments.last()?)?,
            hidden: self.0.iter().any(|found| found.hidden),
        })
    }

    /// Parts on one line each.
    fn fragments(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut start = 0;
        for (index, (a, b)) in self.0.iter().zip(self.0.iter().skip(1)).enumerate() {
            if link(a, b) == Link::NextLine {
                let end = index.saturating_add(1);
                found.push(start..end);
                start = end;
            }
        }
        found.push(start..self.0.len());
        found
    }
}

fn union(chars: &[&PositionedChar]) -> Option<BoxMm> {
    chars.iter().map(|found| found.bounds).reduce(|a, b| BoxMm {
        left: a.left.min(b.left),
        bottom: a.bottom.min(b.bottom),
        right: a.right.max(b.right),
        top: a.top.max(b.top),
    })
}

/// Top to bottom, on one line left to right; a line is what differs by less than half a type size.
fn sort(matches: &mut [(Match<'_>, KeywordMatch)]) {
    let key = |found: &Match<'_>| found.0.first().map_or((0.0, 0.0, 0.0), |c| (c.origin.1, c.origin.0, c.size_mm));
    matches.sort_by(|(a, _), (b, _)| key(b).0.total_cmp(&key(a).0));
    let mut lines = Vec::with_capacity(matches.len());
    let (mut line, mut upper) = (0_usize, f64::INFINITY);
    for (found, _) in matches.iter() {
        let (y, _, size) = key(found);
        if upper - y > SAME_LINE * size {
            line = line.saturating_add(1);
            upper = y;
        }
        lines.push(line);
    }
    let mut order: Vec<(usize, (Match<'_>, KeywordMatch))> = lines.into_iter().zip(matches.iter().cloned()).collect();
    order.sort_by(|(line_a, (a, _)), (line_b, (b, _))| {
        line_a.cmp(line_b).then_with(|| key(a).1.partial_cmp(&key(b).1).unwrap_or(Ordering::Equal))
    });
    for (place, (_, found)) in matches.iter_mut().zip(order) {
        *place = found;
    }
}
