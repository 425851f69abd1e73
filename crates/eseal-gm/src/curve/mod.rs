//! The curve of GB/T 32918.5 (推荐曲线): scalars modulo n and points.
//!
//! Functions whose names say `vartime` and those on [`Tables`] take public numbers; all others are
//! constant-time.  The arithmetic comes from a [`Backend`], chosen once per call from outside in.
#![expect(clippy::indexing_slicing, reason = "limbs and rows of fixed size, constant indices")]

mod cache;
mod comb;
mod field;
mod jacobian;
mod limbs;
mod scalar;

use std::sync::LazyLock;

pub(crate) use self::{
    comb::Affine,
    field::{Backend, Fe, Portable},
    scalar::{Prepared, Scalar},
};
use self::{
    comb::{Comb, Multiples},
    jacobian::Jacobian,
};
#[cfg(target_arch = "x86_64")]
use crate::x86;

/// G.
const GENERATOR: Affine = Affine {
    x: Fe([0x6132_8990_f418_029e, 0x3e79_81ed_dca6_c050, 0xd6a1_ed99_ac24_c3c3, 0x9116_7a5e_e1c1_3b05]),
    y: Fe([0xc135_4e59_3c2d_0ddd, 0xc1f5_e578_8d32_95fa, 0x8d4c_fb06_6e2a_48f8, 0x63cd_65d4_81d7_35bd]),
};
/// b.
const B: Fe = Fe([0x90d2_3063_2bc0_dd42, 0x71cf_379a_e9b5_37ab, 0x5279_8150_5ea5_1c3c, 0x240f_e188_ba20_e2c8]);

/// Multiples of G, computed when first used (under two milliseconds).
static BASE: LazyLock<Comb> = LazyLock::new(|| Comb::new::<Portable>(&GENERATOR));

/// Runs an expression with the best arithmetic of this machine.
macro_rules! with_backend {
    ($backend:ident => $expression:expr) => {{
        #[cfg(target_arch = "x86_64")]
        if x86::has_adx() {
            type $backend = x86::Adx;
            return $expression;
        }
        type $backend = Portable;
        $expression
    }};
}

/// A point on the curve other than infinity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point(Affine);

impl Point {
    /// Reads `04 ‖ x ‖ y` or a compressed point, and checks that it is on the curve.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&form, rest) = bytes.split_first()?;
        match (form, rest.as_chunks::<32>()) {
            (4, ([x, y], [])) => Self::checked(Fe::from_bytes(x)?, Fe::from_bytes(y)?),
            (2 | 3, ([x], [])) => Self::decompress(Fe::from_bytes(x)?, form & 1 == 1),
            _ => None,
        }
    }

    fn checked(x: Fe, y: Fe) -> Option<Self> {
        (Portable::sqr(&y) == curve_side(&x)).then_some(Self(Affine { x, y }))
    }

    fn decompress(x: Fe, odd: bool) -> Option<Self> {
        let y = curve_side(&x).square_root::<Portable>()?;
        let is_odd = y.to_plain()[0] & 1 == 1;
        Self::checked(x, if is_odd == odd { y } else { y.negate() })
    }

    pub(crate) fn to_bytes(self) -> [u8; 65] {
        let mut bytes = [4; 65];
        let (x, y) = (self.0.x.to_bytes(), self.0.y.to_bytes());
        bytes[1..33].copy_from_slice(&x);
        bytes[33..].copy_from_slice(&y);
        bytes
    }

    pub(crate) fn x(&self) -> [u8; 32] {
        self.0.x.to_bytes()
    }

    pub(crate) fn xy(&self) -> ([u8; 32], [u8; 32]) {
        (self.0.x.to_bytes(), self.0.y.to_bytes())
    }

    pub(crate) fn generator() -> Self {
        Self(GENERATOR)
    }

    pub(crate) fn negate(&self) -> Self {
        Self(Affine { x: self.0.x, y: self.0.y.negate() })
    }

    fn of<F: Backend>(point: Jacobian) -> Option<Self> {
        (!crate::declassify(point.is_infinity())).then(|| Self(point.to_affine::<F>()))
    }

    /// `[k]G`; `None` for infinity.
    pub(crate) fn mul_base(k: &Scalar) -> Option<Self> {
        with_backend!(F => Self::of::<F>(BASE.mul::<F>(k)))
    }

    /// `[k]P`; `None` for infinity.
    pub(crate) fn mul(&self, k: &Scalar) -> Option<Self> {
        with_backend!(F => Self::of::<F>(Multiples::mul::<F>(&self.0, k)))
    }

    pub(crate) fn add(&self, other: &Self) -> Option<Self> {
        let (one, two) = (Jacobian::from_affine(&self.0), Jacobian::from_affine(&other.0));
        Self::of::<Portable>(one.add::<Portable>(&two))
    }

    /// `[a]G + [b]P` of public numbers.
    pub(crate) fn double_mul_vartime(a: &Scalar, point: &Self, b: &Scalar) -> Option<Self> {
        with_backend!(F => Self::of::<F>(BASE.mul_vartime::<F>(a, Multiples::mul_vartime::<F>(&point.0, b))))
    }

    /// Whether x([a]G + [b]P) mod n is `x`, for public numbers, computed anew.
    pub(crate) fn double_mul_is_vartime(&self, a: &Scalar, b: &Scalar, x: &Scalar) -> bool {
        with_backend!(F => has_x::<F>(&BASE.mul_vartime::<F>(a, Multiples::mul_vartime::<F>(&self.0, b)), x))
    }

    /// As [`Self::double_mul_is_vartime`], with tables for points seen before.
    pub(crate) fn double_mul_is_cached(&self, a: &Scalar, b: &Scalar, x: &Scalar) -> bool {
        let Some(table) = cache::find_or_build(&self.0, || self.table()) else {
            return self.double_mul_is_vartime(a, b, x);
        };
        with_backend!(F => has_x::<F>(&BASE.mul_vartime::<F>(a, table.mul_vartime::<F>(b, Jacobian::INFINITY)), x))
    }

    fn table(&self) -> Comb {
        with_backend!(F => Comb::new::<F>(&self.0))
    }
}

/// x([k]G) mod n for many numbers, none 0, which share one inversion.
pub(crate) fn mul_base_x_many(numbers: &[Scalar]) -> Vec<Scalar> {
    with_backend!(F => {
        let points: Vec<Jacobian> = numbers.iter().map(|k| BASE.mul::<F>(k)).collect();
        Jacobian::to_affine_many::<F>(&points).iter().map(|point| Scalar::from_limbs(&point.x.to_plain())).collect()
    })
}

/// x([k]G) mod n, for k other than 0.
pub(crate) fn mul_base_x(k: &Scalar) -> Scalar {
    with_backend!(F => {
        let point = BASE.mul::<F>(k);
        let inverse = point.z.invert::<F>();
        Scalar::from_limbs(&F::mul(&point.x, &F::sqr(&inverse)).to_plain())
    })
}

/// x³ − 3x + b.
fn curve_side(x: &Fe) -> Fe {
    let cube = Portable::mul(&Portable::sqr(x), x);
    cube.sub(x).sub(x).sub(x).add(&B)
}

/// Whether the point is finite and its x mod n is `x`, without an inversion: X = x·Z² for x or for x + n, if below p.
fn has_x<F: Backend>(point: &Jacobian, x: &Scalar) -> bool {
    if point.is_infinity() {
        return false;
    }
    let zz = F::sqr(&point.z);
    let is = |candidate: &limbs::Limbs| F::mul(&Fe::from_plain(candidate), &zz) == point.x;
    let (above, carry) = limbs::add(&x.0, &scalar::N);
    is(&x.0) || (!carry && limbs::subtract(&above, &field::P).1 && is(&above))
}

#[cfg(test)]
mod tests;
#[cfg(all(test, target_arch = "x86_64"))]
mod timing;
