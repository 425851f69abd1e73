//! Spaces of OFD (坐标空间): affine maps, upright regions, and characters in them.  Y grows downwards.

use eseal_ofd::xml;
use roxmltree::Node;

/// An affine map `(a b c d e f)` as OFD writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix([f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// The CTM of an object.
    pub(super) fn of(node: Node<'_, '_>) -> Self {
        let numbers = xml::attribute(node, "CTM").and_then(xml::numbers);
        numbers.and_then(|numbers| numbers.try_into().ok()).map_or(Self::IDENTITY, Self)
    }

    pub(super) fn shift((x, y): (f64, f64)) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    pub(super) fn apply(self, (x, y): (f64, f64)) -> (f64, f64) {
        let Self([a, b, c, d, e, f]) = self;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// First `inner`, then this.
    pub(super) fn after(self, inner: Self) -> Self {
        let Self([a, b, c, d, ..]) = self;
        let Self([p, q, r, s, u, v]) = inner;
        let (e, f) = self.apply((u, v));
        Self([a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, e, f])
    }
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Region {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Region {
    /// The `Boundary` of an object.
    pub(super) fn boundary(node: Node<'_, '_>) -> Option<Self> {
        let [left, top, width, height] = xml::numbers(xml::attribute(node, "Boundary")?)?.try_into().ok()?;
        Some(Self { left, top, right: left + width, bottom: top + height })
    }

    pub(super) fn around(corners: &[(f64, f64)]) -> Self {
        let none =
            Self { left: f64::INFINITY, top: f64::INFINITY, right: f64::NEG_INFINITY, bottom: f64::NEG_INFINITY };
        corners.iter().fold(none, |found, (x, y)| Self {
            left: found.left.min(*x),
            top: found.top.min(*y),
            right: found.right.max(*x),
            bottom: found.bottom.max(*y),
        })
    }

    /// Around what it becomes.
    pub(super) fn mapped(self, to: Matrix) -> Self {
        let Self { left, top, right, bottom } = self;
        Self::around(&[(left, top), (right, top), (left, bottom), (right, bottom)].map(|corner| to.apply(corner)))
    }

    pub(super) fn within(self, outer: Self) -> Self {
        Self {
            left: self.left.max(outer.left),
            top: self.top.max(outer.top),
            right: self.right.min(outer.right),
            bottom: self.bottom.min(outer.bottom),
        }
    }

    /// True if they have no point in common.
    pub(super) fn misses(&self, other: &Self) -> bool {
        other.right < self.left || other.left > self.right || other.bottom < self.top || other.top > self.bottom
    }
}

/// One character in the space of its page, template, annotation or composite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawn {
    pub(super) text: char,
    pub(super) corners: [(f64, f64); 4],
    /// Where its baseline begins.
    pub(super) origin: (f64, f64),
    /// Where the next one would begin.
    pub(super) next: (f64, f64),
    /// One type size over the origin.
    pub(super) over: (f64, f64),
    pub(super) ink: Ink,
}

/// What something is drawn with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ink {
    /// Nothing: clipped away, without paint, or fully transparent.
    None,
    /// Red, green, blue, 0 to 255.
    Color([f64; 3]),
    /// Another color space, a pattern, or nothing that is said here.
    Unknown,
}

/// White paper.
pub(super) const PAPER: Ink = Ink::Color([255.0; 3]);
/// Colors that differ by no more than this in any part cannot be told apart: 250 is as white as paper.
const ALIKE: f64 = 5.0;

impl Ink {
    /// True if nobody sees it on that ground.
    pub(super) fn is_lost_on(self, ground: Self) -> bool {
        match (self, ground) {
            (Self::None, _) => true,
            (Self::Color(one), Self::Color(other)) => one.iter().zip(other).all(|(a, b)| (a - b).abs() <= ALIKE),
            _ => false,
        }
    }
}
