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

    #[inline(always)]
    pub(super) fn select(mask: u64, a: &Self, b: &Self) -> Self {
        Self { x: Fe::select(mask, &a.x, &b.x), y: Fe::select(mask, &a.y, &b.y), z: Fe::select(mask, &a.z, &b.z) }
    }

    /// 2P, for a = −3 (dbl-2001-b).  No case is special: n is odd, so no point has y = 0.
    #[inline]
    pub(super) fn double<B: Backend>(&self) -> Self {
        let delta = B::sqr(&self.z);
        let gamma = B::sqr(&self.y);
        let beta = B::mul(&self.x, &gamma);
        let product = B::mul(&self.x.sub(&delta), &self.x.add(&delta));
        let alpha = product.double().add(&product);
        let beta4 = beta.double().double();
        let x = B::sqr(&alpha).sub(&beta4.double());
        let z = B::sqr(&self.y.add(&self.z)).sub(&gamma).sub(&delta);
        let gamma_squared8 = B::sqr(&gamma.double()).double();
        let y = B::mul(&alpha, &beta4.sub(&x)).sub(&gamma_squared8);
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
        let h = B::mul(&other.x, &zz).sub(&self.x);
        let r = B::mul(&other.y, &B::mul(&self.z, &zz)).sub(&self.y);
        let hh = B::sqr(&h);
        let hhh = B::mul(&h, &hh);
        let v = B::mul(&self.x, &hh);
        let x = B::sqr(&r).sub(&hhh).sub(&v.double());
        let y = B::mul(&r, &v.sub(&x)).sub(&B::mul(&self.y, &hhh));
        (Self { x, y, z: B::mul(&self.z, &h) }, h, r)
    }

    #[inline(always)]
    fn add_raw<B: Backend>(&self, other: &Self) -> (Self, Fe, Fe) {
        let (zz1, zz2) = (B::sqr(&self.z), B::sqr(&other.z));
        let (u1, u2) = (B::mul(&self.x, &zz2), B::mul(&other.x, &zz1));
        let s1 = B::mul(&self.y, &B::mul(&other.z, &zz2));
        let s2 = B::mul(&other.y, &B::mul(&self.z, &zz1));
        let (h, r) = (u2.sub(&u1), s2.sub(&s1));
        let hh = B::sqr(&h);
        let hhh = B::mul(&h, &hh);
        let v = B::mul(&u1, &hh);
        let x = B::sqr(&r).sub(&hhh).sub(&v.double());
        let y = B::mul(&r, &v.sub(&x)).sub(&B::mul(&s1, &hhh));
        (Self { x, y, z: B::mul(&B::mul(&self.z, &other.z), &h) }, h, r)
    }

    /// P + Q for public points, in all cases.
    pub(super) fn add_vartime<B: Backend>(&self, other: &Self) -> Self {
        if self.is_infinity() {
            return *other;
        }
        if other.is_infinity() {
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
        let (sum, h, r) = self.add_raw::<B>(other); // Z = 0 by itself for P = −Q
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
