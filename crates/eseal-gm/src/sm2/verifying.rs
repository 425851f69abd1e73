//! Public keys and verification (数字签名验证), GB/T 32918.2, 7.

use super::{
    DEFAULT_ID, IdError, Signature,
    id::{midstate, z},
};
use crate::{
    Sm3,
    curve::{Point, Scalar},
};

/// The bytes are no point of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no SM2 public key: not a point of the curve")]
pub struct PointError;

/// A public key (公钥), prepared once: checked to be on the curve, with SM3 after Z.
#[derive(Clone)]
pub struct VerifyingKey {
    point: Point,
    z: [u8; 32],
    prefix: Sm3,
}

impl VerifyingKey {
    pub(super) fn new(point: Point) -> Self {
        let z = z(DEFAULT_ID, &point).unwrap_or_default(); // the default identifier is short enough
        Self { point, z, prefix: midstate(&z) }
    }

    /// Reads `04 ‖ x ‖ y`, or `02`/`03 ‖ x`.
    ///
    /// # Errors
    /// [`PointError`] if it is not a point of the curve, or infinity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PointError> {
        Point::from_bytes(bytes).map(Self::new).ok_or(PointError)
    }

    /// The same key under another identifier than the default one.
    ///
    /// # Errors
    /// [`IdError`] if the identifier is too long.
    pub fn with_id(self, id: &[u8]) -> Result<Self, IdError> {
        let z = z(id, &self.point)?;
        Ok(Self { z, prefix: midstate(&z), ..self })
    }

    /// `04 ‖ x ‖ y`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 65] {
        self.point.to_bytes()
    }

    /// e = SM3(Z ‖ M): what a device signs (签名摘要).
    #[must_use]
    pub fn e(&self, message: &[u8]) -> [u8; 32] {
        let mut hash = self.hasher();
        hash.update(message);
        hash.finish()
    }

    /// Z, the digest of identifier, curve and key (签名者标识杂凑值).
    #[must_use]
    pub fn z(&self) -> &[u8; 32] {
        &self.z
    }

    pub(super) fn point(&self) -> &Point {
        &self.point
    }

    /// SM3 after Z, for a message that comes in pieces.
    #[must_use]
    pub fn hasher(&self) -> Sm3 {
        self.prefix.clone()
    }

    /// Whether `der` is a good signature of `message`; strict DER.
    #[must_use]
    pub fn verify(&self, message: &[u8], der: &[u8]) -> bool {
        Signature::from_der(der).is_ok_and(|signature| self.verify_prehash(&self.e(message), &signature))
    }

    /// Whether `signature` is a good signature of e = SM3(Z ‖ M).
    #[must_use]
    pub fn verify_prehash(&self, e: &[u8; 32], signature: &Signature) -> bool {
        ranges(signature).is_some_and(|(r, s, t)| self.point.double_mul_is_cached(&s, &t, &r.sub(&Scalar::reduce(e))))
    }

    /// As [`Self::verify_prehash`], neither using nor filling the tables of keys seen before.
    #[must_use]
    pub fn verify_prehash_uncached(&self, e: &[u8; 32], signature: &Signature) -> bool {
        ranges(signature).is_some_and(|(r, s, t)| self.point.double_mul_is_vartime(&s, &t, &r.sub(&Scalar::reduce(e))))
    }

    /// Whether each is a good signature: pairs of message and DER, answered in their order.
    #[must_use]
    pub fn verify_batch(&self, items: &[(&[u8], &[u8])]) -> Vec<bool> {
        items.iter().map(|(message, der)| self.verify(message, der)).collect()
    }

    /// Whether each is a good signature: pairs of e and signature, answered in their order.
    #[must_use]
    pub fn verify_prehash_batch(&self, items: &[([u8; 32], Signature)]) -> Vec<bool> {
        items.iter().map(|(e, signature)| self.verify_prehash(e, signature)).collect()
    }
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl Eq for VerifyingKey {}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifyingKey(")?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// r, s and t = r + s, if all three are in [1, n − 1].
fn ranges(signature: &Signature) -> Option<(Scalar, Scalar, Scalar)> {
    let (r, s) = (Scalar::from_bytes(&signature.r)?, Scalar::from_bytes(&signature.s)?);
    let t = r.add(&s);
    (!r.is_zero() && !s.is_zero() && !t.is_zero()).then_some((r, s, t))
}
