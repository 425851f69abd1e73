//! From objects to characters of the displayed page (页面).

use std::collections::VecDeque;

use eseal_ofd::{BoxMm, Package, PageSize, PartId, xml};
use roxmltree::Node;

use super::{
    content::{Item, items},
    resource::Composites,
    space::{Drawn, Ink, Matrix, PAPER, Region},
};
use crate::{MAX_CHARS, PageText, PositionedChar, TextError};

/// Most composites in each other: one that shows itself ends here.
const DEEPEST: usize = 8;
/// Most composites that one page shows: maps have some 10,000 symbols.
const MOST_COMPOSITES: usize = 100_000;
/// Most filled areas that are remembered, the latest: tables of banded rows have hundreds.
const MOST_AREAS: usize = 4_096;

/// Puts characters on a page.
pub(super) struct Placer<F> {
    size: PageSize,
    page: Region,
    /// Composites of the page and its templates.
    own: Composites,
    /// Gives those of the document, which most pages do not need.
    shared: F,
    composites: usize,
    run: usize,
    /// What was filled so far, in the order of drawing.
    ground: VecDeque<(Region, Ink)>,
    text: PageText,
}

impl<'a, F: Fn() -> &'a Composites> Placer<F> {
    pub(super) fn new(size: PageSize, shared: F) -> Self {
        let page = Region { left: 0.0, top: 0.0, right: size.width, bottom: size.height };
        let (own, text) = (Composites::default(), PageText::default());
        Self { size, page, own, shared, composites: 0, run: 0, ground: VecDeque::new(), text }
    }

    pub(super) fn finish(self) -> PageText {
        self.text
    }

    /// A page or a template.
    pub(super) fn page(&mut self, package: &Package, part: PartId, root: Node<'_, '_>) -> Result<(), TextError> {
        for location in xml::children(root, "PageRes").map(xml::text) {
            self.own.read(package, part, &location);
        }
        let Some(content) = xml::child(root, "Content") else { return Ok(()) };
        self.block(content, Matrix::IDENTITY, None)
    }

    /// Objects under `node`, which are in a space of their own.
    pub(super) fn block(&mut self, node: Node<'_, '_>, to: Matrix, frame: Option<Region>) -> Result<(), TextError> {
        let seen = frame.map_or(self.page, |frame| frame.within(self.page));
        self.items(&items(node), to, seen, DEEPEST)
    }

    fn items(&mut self, items: &[Item], to: Matrix, seen: Region, deeper: usize) -> Result<(), TextError> {
        for item in items {
            match item {
                Item::Text(glyphs) => {
                    self.run = self.run.saturating_add(1);
                    for glyph in glyphs {
                        self.glyph(glyph, to, seen)?;
                    }
                }
                Item::Fill { area, ink } => {
                    if self.ground.len() >= MOST_AREAS {
                        self.ground.pop_front();
                    }
                    self.ground.push_back((area.mapped(to).within(seen), *ink));
                }
                Item::Composite { id, to: inner, frame } => self.composite(id, (to, *inner), *frame, seen, deeper)?,
            }
        }
        Ok(())
    }

    fn composite(
        &mut self,
        id: &str,
        (to, inner): (Matrix, Matrix),
        frame: Option<Region>,
        seen: Region,
        deeper: usize,
    ) -> Result<(), TextError> {
        let Some(deeper) = deeper.checked_sub(1) else { return Ok(()) };
        self.composites = self.composites.saturating_add(1);
        within("composites of a page", self.composites, MOST_COMPOSITES)?;
        let found = self.own.find(id).or_else(|| (self.shared)().find(id));
        let seen = frame.map_or(seen, |frame| frame.mapped(to).within(seen));
        found.map_or(Ok(()), |found| self.items(&found, to.after(inner), seen, deeper))
    }

    fn glyph(&mut self, glyph: &Drawn, to: Matrix, seen: Region) -> Result<(), TextError> {
        let area = Region::around(&glyph.corners.map(|corner| to.apply(corner)));
        let up = |point| {
            let (x, y) = to.apply(point);
            (x, self.size.height - y)
        };
        let (origin, next, over) = (up(glyph.origin), up(glyph.next), up(glyph.over));
        let finite = [area.left, area.top, area.right, area.bottom, origin.0, origin.1, next.0, next.1, over.0, over.1];
        if !finite.iter().all(|value| value.is_finite()) {
            return Ok(());
        }
        let (dx, dy) = (next.0 - origin.0, next.1 - origin.1);
        within("characters of a page", self.text.chars.len().saturating_add(1), MAX_CHARS)?;
        self.text.chars.push(PositionedChar {
            text: glyph.text,
            bounds: BoxMm {
                left: area.left,
                bottom: self.size.height - area.bottom,
                right: area.right,
                top: self.size.height - area.top,
            },
            origin,
            advance_mm: dx.hypot(dy),
            size_mm: (over.0 - origin.0).hypot(over.1 - origin.1),
            direction: if dx == 0.0 && dy == 0.0 { 0.0 } else { dy.atan2(dx).to_degrees() },
            hidden: glyph.ink.is_lost_on(self.below(&area)) || seen.misses(&area),
            run: self.run,
        });
        Ok(())
    }

    /// What the middle of a character stands on: what was filled there last, else paper.
    fn below(&self, character: &Region) -> Ink {
        let (x, y) = ((character.left + character.right) / 2.0, (character.top + character.bottom) / 2.0);
        let middle = Region { left: x, top: y, right: x, bottom: y };
        self.ground.iter().rev().find(|(area, _)| !area.misses(&middle)).map_or(PAPER, |(_, ink)| *ink)
    }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), TextError> {
    let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
    if found > limit {
        return Err(TextError::TooLarge { what, found: number(found), limit: number(limit) });
    }
    Ok(())
}
