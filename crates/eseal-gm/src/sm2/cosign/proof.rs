//! Proof of knowledge of x in X = [x]G (知识证明): Schnorr, made non-interactive with SM3.

use crate::{
    RandomError, Sm3,
    curve::{Point, Scalar},
    sm2::{cosign::keys::Role, random_scalar},
};

/// Challenge and answer.
#[derive(Clone, Copy)]
pub(super) struct Proof {
    challenge: Scalar,
    answer: Scalar,
}

impl Proof {
    pub(super) fn new(role: Role, context: &[u8], x: &Scalar, public: &Point) -> Result<Self, RandomError> {
        let v = random_scalar()?;
        let Some(commitment) = Point::mul_base(&v) else { return Err(RandomError) };
        let challenge = challenge(role, context, public, &commitment);
        Ok(Self { challenge, answer: v.add(&challenge.mul(x)) })
    }

    /// `[z]G − [c]X` must be what the challenge was made of.
    pub(super) fn verifies(&self, role: Role, context: &[u8], public: &Point) -> bool {
        Point::double_mul_vartime(&self.answer, &public.negate(), &self.challenge)
            .is_some_and(|commitment| challenge(role, context, public, &commitment).equals(&self.challenge))
    }

    pub(super) fn from_bytes(challenge: &[u8; 32], answer: &[u8; 32]) -> Option<Self> {
        Some(Self { challenge: Scalar::from_bytes(challenge)?, answer: Scalar::from_bytes(answer)? })
    }

    pub(super) fn to_bytes(self) -> [[u8; 32]; 2] {
        [self.challenge.to_bytes(), self.answer.to_bytes()]
    }
}

fn challenge(role: Role, context: &[u8], public: &Point, commitment: &Point) -> Scalar {
    let mut hash = Sm3::new();
    hash.update(b"eseal-gm cosign proof v1");
    hash.update(&[role.byte()]);
    hash.update(&public.to_bytes());
    hash.update(&commitment.to_bytes());
    hash.update(context);
    Scalar::reduce(&hash.finish())
}
