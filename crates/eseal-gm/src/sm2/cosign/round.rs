//! One signature of two parties (协同签名过程).

use zeroize::Zeroize as _;

use super::{CosignError, PhoneShare, ServerShare, keys::Share};
use crate::{
    curve::{Point, Scalar},
    equal,
    sm2::{Signature, random_scalar},
};

/// What the phone sends first: `e ‖ 04 ‖ Q1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstMessage(pub [u8; 97]);

/// What the server answers: `r ‖ s1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerPart(pub [u8; 64]);

/// The phone's open round.  It borrows the share, so that no second one can be open; dropping it destroys w1.
pub struct PhoneRound<'share> {
    share: &'share Share,
    w1: Scalar,
    e: [u8; 32],
}

impl PhoneShare {
    /// Begins a round on the digest that the phone computed itself.
    ///
    /// One after another is well:
    /// ```
    /// # use eseal_gm::sm2::cosign::{CosignError, PhoneShare};
    /// fn one_by_one(share: &mut PhoneShare) -> Result<(), CosignError> {
    ///     let (first, _) = share.begin(&[1; 32])?;
    ///     drop(first);
    ///     let (second, _) = share.begin(&[2; 32])?;
    ///     drop(second);
    ///     Ok(())
    /// }
    /// ```
    /// A second round beside the first does not compile:
    /// ```compile_fail,E0499
    /// # use eseal_gm::sm2::cosign::{CosignError, PhoneShare};
    /// fn beside(share: &mut PhoneShare) -> Result<(), CosignError> {
    ///     let (first, _) = share.begin(&[1; 32])?;
    ///     let (second, _) = share.begin(&[2; 32])?;
    ///     drop(first);
    ///     drop(second);
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`CosignError::Random`].
    pub fn begin(&mut self, e: &[u8; 32]) -> Result<(PhoneRound<'_>, FirstMessage), CosignError> {
        let w1 = random_scalar()?;
        let q1 = Point::mul_base(&w1).ok_or(CosignError::Retry)?;
        let mut message = FirstMessage([0; 97]);
        message.0.iter_mut().zip(e.iter().copied().chain(q1.to_bytes())).for_each(|(to, from)| *to = from);
        Ok((PhoneRound { share: &self.0, w1, e: *e }, message))
    }
}

impl ServerShare {
    /// Answers a first message, if it is about the digest `e` that the server holds.
    ///
    /// The caller lets one round of a key be open at a time, and checks PIN and approval before.
    ///
    /// # Errors
    /// [`CosignError::WrongDigest`], [`CosignError::Malformed`], [`CosignError::Random`].
    pub fn answer(&self, e: &[u8; 32], first: &FirstMessage) -> Result<ServerPart, CosignError> {
        let (theirs, q1) = first.0.split_at(32);
        if !equal(e, theirs) {
            return Err(CosignError::WrongDigest);
        }
        let q1 = Point::from_bytes(q1).ok_or(CosignError::Malformed)?;
        let shared = q1.mul(&self.0.inverse).ok_or(CosignError::Malformed)?;
        loop {
            let mut w2 = random_scalar()?;
            let r = Point::mul_base(&w2)
                .and_then(|point| point.add(&shared))
                .map(|point| Scalar::reduce(e).add(&Scalar::reduce(&point.x())))
                .filter(|r| !r.is_zero());
            let s1 = r.map(|r| self.0.d.mul(&r.add(&w2)));
            w2.zeroize();
            if let (Some(r), Some(s1)) = (r, s1) {
                return Ok(ServerPart(Signature { r: r.to_bytes(), s: s1.to_bytes() }.to_raw()));
            }
        }
    }
}

impl PhoneRound<'_> {
    /// Ends the round with a signature that verifies on the phone's own digest.
    ///
    /// # Errors
    /// [`CosignError::Malformed`]; [`CosignError::Retry`] for the rare numbers that ask for a new round;
    /// [`CosignError::WrongResult`] if the server did not keep to the protocol.
    pub fn finish(self, part: &ServerPart) -> Result<Signature, CosignError> {
        let part = Signature::from_raw64(&part.0);
        let (Some(r), Some(s1)) = (Scalar::from_bytes(&part.r), Scalar::from_bytes(&part.s)) else {
            return Err(CosignError::Malformed);
        };
        let s = self.share.d.mul(&s1.add(&self.w1)).sub(&r);
        if s.is_zero() || r.is_zero() || r.add(&s).is_zero() {
            return Err(CosignError::Retry);
        }
        let signature = Signature { r: r.to_bytes(), s: s.to_bytes() };
        let verified = self.share.key.verify_prehash(&self.e, &signature);
        if verified { Ok(signature) } else { Err(CosignError::WrongResult) }
    }
}

impl Drop for PhoneRound<'_> {
    fn drop(&mut self) {
        self.w1.zeroize();
    }
}

impl std::fmt::Debug for PhoneRound<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhoneRound(…)")
    }
}
