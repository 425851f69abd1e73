//! The curve of GB/T 32918.5 (椭圆曲线): scalars modulo n and points.

use sm2::{
    AffinePoint, ProjectivePoint,
    elliptic_curve::{
        PrimeField as _,
        sec1::{FromSec1Point as _, Sec1Point, ToSec1Point as _},
    },
};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

/// A number modulo the order n.
#[derive(Clone, Copy)]
pub(crate) struct Scalar(sm2::Scalar);

impl Scalar {
    pub(crate) const ONE: Self = Self(sm2::Scalar::ONE);

    /// The number, if it is below n.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        Option::from(sm2::Scalar::from_repr((*bytes).into())).map(Self)
    }

    /// The number modulo n.
    pub(crate) fn reduce(bytes: &[u8; 32]) -> Self {
        use sm2::elliptic_curve::ops::Reduce as _;
        let bytes: sm2::elliptic_curve::FieldBytes<sm2::Sm2> = (*bytes).into();
        Self(sm2::Scalar::reduce(&bytes))
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        self.0.to_repr().into()
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.ct_eq(&sm2::Scalar::ZERO).into()
    }

    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        Self(self.0 + other.0)
    }

    pub(crate) fn sub(&self, other: &Self) -> Self {
        Self(self.0 - other.0)
    }

    pub(crate) fn mul(&self, other: &Self) -> Self {
        Self(self.0 * other.0)
    }

    /// The inverse; zero for zero.
    pub(crate) fn invert(&self) -> Self {
        Self(Option::from(self.0.invert()).unwrap_or(sm2::Scalar::ZERO))
    }
}

impl Zeroize for Scalar {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// A point on the curve other than infinity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point(AffinePoint);

impl Point {
    /// Reads `04 ‖ x ‖ y` or a compressed point, and checks that it is on the curve.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if !matches!(bytes.first(), Some(2..=4)) {
            return None;
        }
        let encoded = Sec1Point::<sm2::Sm2>::from_bytes(bytes).ok()?;
        Option::from(AffinePoint::from_sec1_point(&encoded)).map(Self)
    }

    pub(crate) fn to_bytes(self) -> [u8; 65] {
        let mut bytes = [0; 65];
        bytes.copy_from_slice(self.0.to_sec1_point(false).as_bytes());
        bytes
    }

    pub(crate) fn x(&self) -> [u8; 32] {
        let bytes = self.to_bytes();
        std::array::from_fn(|index| bytes.get(1 + index).copied().unwrap_or(0))
    }

    fn of(point: ProjectivePoint) -> Option<Self> {
        let affine = point.to_affine();
        (!bool::from(affine.is_identity())).then_some(Self(affine))
    }

    /// `[k]G`, in constant time; `None` for infinity.
    pub(crate) fn mul_base(k: &Scalar) -> Option<Self> {
        Self::of(ProjectivePoint::GENERATOR * k.0)
    }

    /// `[k]P`, in constant time; `None` for infinity.
    pub(crate) fn mul(&self, k: &Scalar) -> Option<Self> {
        Self::of(ProjectivePoint::from(self.0) * k.0)
    }

    /// `[a]G + [b]P` of public numbers.
    pub(crate) fn double_mul(a: &Scalar, point: &Self, b: &Scalar) -> Option<Self> {
        Self::of(ProjectivePoint::GENERATOR * a.0 + ProjectivePoint::from(point.0) * b.0)
    }

    pub(crate) fn add(&self, other: &Self) -> Option<Self> {
        Self::of(ProjectivePoint::from(self.0) + ProjectivePoint::from(other.0))
    }

    pub(crate) fn negate(&self) -> Self {
        Self(-self.0)
    }

    pub(crate) fn generator() -> Self {
        Self(AffinePoint::GENERATOR)
    }
}
