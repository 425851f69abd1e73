//! Points in Jacobian coordinates (雅可比坐标): x = X/Z², y = Y/Z³; Z = 0 is infinity.

use super::{
    comb::Affine,
    field::{Backend, Fe},
};

#[derive(Clone, Copy)]
pub(super) struct Jacobian {
    pub(super) x: Fe,
    pub(super) y: Fe,
    pub(super) z: Fe,
}

/// A point to be added several times: with Z² and Z³.
pub(super) struct Summand {
    point: Jacobian,
    zz: Fe,
    zzz: Fe,
}

impl Summand {
    pub(super) fn negate(&self) -> Self {
        Self { point: self.point.negate(), ..*self }
    }
}

/// X and Y of a sum from one point's coordinates on a common denominator, and the differences to the other's.
#[inline(always)]
fn sum<B: Backend>(u: &Fe, s: &Fe, h: &Fe, r: &Fe) -> (Fe, Fe) {
    let hh = B::sqr(h);
    let hhh = B::mul(h, &hh);
    let v = B::mul(u, &hh);
    let x = B::sub(&B::sub(&B::sqr(r), &hhh), &B::double(&v));
    let y = B::sub(&B::mul(r, &B::sub(&v, &x)), &B::mul(s, &hhh));
    (x, y)
}

impl Jacobian {
    pub(super) const INFINITY: Self = Self { x: Fe::ONE, y: Fe::ONE, z: Fe::ZERO };

    pub(super) fn from_affine(point: &Affine) -> Self {
        Self { x: point.x, y: point.y, z: Fe::ONE }
    }

    pub(super) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    #[inline(always)]
    pub(super) fn negate(&self) -> Self {
        Self { y: self.y.negate(), ..*self }
    }

    /// `a` where the mask is set, else `b`; behind a barrier, since the compiler would make a branch of it.
    #[inline(always)]
    pub(super) fn select(mask: u64, a: &Self, b: &Self) -> Self {
        let mask = std::hint::black_box(mask);
        Self { x: Fe::select(mask, &a.x, &b.x), y: Fe::select(mask, &a.y, &b.y), z: Fe::select(mask, &a.z, &b.z) }
    }

    /// 2P, for a = −3 (dbl-2001-b).  No case is special: n is odd, so no point has y = 0.
    #[inline]
    pub(super) fn double<B: Backend>(&self) -> Self {
        let delta = B::sqr(&self.z);
        let gamma = B::sqr(&self.y);
        let beta = B::mul(&self.x, &gamma);
        let product = B::mul(&B::sub(&self.x, &delta), &B::add(&self.x, &delta));
        let alpha = B::add(&B::double(&product), &product);
        let beta4 = B::double(&B::double(&beta));
        let x = B::sub(&B::sqr(&alpha), &B::double(&beta4));
        let z = B::sub(&B::sub(&B::sqr(&B::add(&self.y, &self.z)), &gamma), &delta);
        let gamma_squared8 = B::double(&B::sqr(&B::double(&gamma)));
        let y = B::sub(&B::mul(&alpha, &B::sub(&beta4, &x)), &gamma_squared8);
        Self { x, y, z }
    }

    /// P + Q in constant time, where either may be infinity; not for P = ±Q.
    #[inline]
    pub(super) fn add_affine<B: Backend>(&self, other: &Affine) -> Self {
        let self_infinite = self.z.zero_mask();
        let other_infinite = other.infinity_mask();
        let (sum, ..) = self.add_affine_raw::<B>(other);
        let sum = Self::select(self_infinite, &Self::from_affine(other), &sum);
        Self::select(other_infinite, self, &sum)
    }

    /// P + Q for public points, in all cases; Q is not infinity.
    #[inline]
    pub(super) fn add_affine_vartime<B: Backend>(&self, other: &Affine) -> Self {
        if self.is_infinity() {
            return Self::from_affine(other);
        }
        match self.add_affine_raw::<B>(other) {
            (sum, h, _) if !h.is_zero() => sum,
            (_, _, r) if r.is_zero() => self.double::<B>(),
            _ => Self::INFINITY,
        }
    }

    /// The generic sum, with H and r: both are zero for P = Q, H alone for P = −Q.
    #[inline(always)]
    fn add_affine_raw<B: Backend>(&self, other: &Affine) -> (Self, Fe, Fe) {
        let zz = B::sqr(&self.z);
        let h = B::sub(&B::mul(&other.x, &zz), &self.x);
        let r = B::sub(&B::mul(&other.y, &B::mul(&self.z, &zz)), &self.y);
        let (x, y) = sum::<B>(&self.x, &self.y, &h, &r);
        (Self { x, y, z: B::mul(&self.z, &h) }, h, r)
    }

    #[inline(always)]
    fn add_raw<B: Backend>(&self, other: &Summand) -> (Self, Fe, Fe) {
        let zz = B::sqr(&self.z);
        let u = B::mul(&self.x, &other.zz);
        let s = B::mul(&self.y, &other.zzz);
        let h = B::sub(&B::mul(&other.point.x, &zz), &u);
        let r = B::sub(&B::mul(&other.point.y, &B::mul(&self.z, &zz)), &s);
        let (x, y) = sum::<B>(&u, &s, &h, &r);
        (Self { x, y, z: B::mul(&B::mul(&self.z, &other.point.z), &h) }, h, r)
    }

    /// The point with the powers of Z that every sum with it needs.
    pub(super) fn summand<B: Backend>(self) -> Summand {
        let zz = B::sqr(&self.z);
        Summand { zz, zzz: B::mul(&self.z, &zz), point: self }
    }

    /// P + Q for public points, in all cases.
    #[inline]
    pub(super) fn add_vartime<B: Backend>(&self, other: &Summand) -> Self {
        if self.is_infinity() {
            return other.point;
        }
        if other.point.is_infinity() {
            return *self;
        }
        match self.add_raw::<B>(other) {
            (sum, h, _) if !h.is_zero() => sum,
            (_, _, r) if r.is_zero() => self.double::<B>(),
            _ => Self::INFINITY,
        }
    }

    /// P + Q in constant time, in all cases: sum and double are both computed.
    pub(super) fn add<B: Backend>(&self, other: &Self) -> Self {
        let (sum, h, r) = self.add_raw::<B>(&other.summand::<B>()); // Z = 0 by itself for P = −Q
        let same = h.zero_mask() & r.zero_mask();
        let sum = Self::select(same, &self.double::<B>(), &sum);
        let sum = Self::select(other.z.zero_mask(), self, &sum);
        Self::select(self.z.zero_mask(), other, &sum)
    }

    /// x and y; (0, 0) for infinity.
    pub(super) fn to_affine<B: Backend>(self) -> Affine {
        self.scale::<B>(&self.z.invert::<B>())
    }

    /// x and y, given 1/Z.
    #[inline(always)]
    fn scale<B: Backend>(&self, inverse: &Fe) -> Affine {
        let squared = B::sqr(inverse);
        Affine { x: B::mul(&self.x, &squared), y: B::mul(&self.y, &B::mul(inverse, &squared)) }
    }

    /// x and y of many points, none infinity, with one inversion (Montgomery's trick).
    pub(super) fn to_affine_many<B: Backend>(points: &[Self]) -> Vec<Affine> {
        let mut product = Fe::ONE;
        let before: Vec<Fe> = points
            .iter()
            .map(|point| {
                let before = product;
                product = B::mul(&product, &point.z);
                before
            })
            .collect();
        let mut inverse = product.invert::<B>();
        let mut affine: Vec<Affine> = points
            .iter()
            .zip(&before)
            .rev()
            .map(|(point, before)| {
                let own = B::mul(&inverse, before);
                inverse = B::mul(&inverse, &point.z);
                point.scale::<B>(&own)
            })
            .collect();
        affine.reverse();
        affine
    }
}
