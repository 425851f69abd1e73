//! Key agreement (密钥交换协议), GB/T 32918.3.

use zeroize::{Zeroize as _, Zeroizing};

use super::{SigningKey, VerifyingKey};
use crate::{
    RandomError, Sm3,
    curve::{Point, Scalar},
    kdf,
};

/// Which side of the exchange (发起方 / 响应方).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Began the exchange: A.
    Initiator,
    /// Answered: B.
    Responder,
}

/// The other side's point is not on the curve, or the agreement ended in infinity (协商失败).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no key can be agreed upon with this point")]
pub struct AgreeError;

/// The number of one exchange (临时密钥); used up by [`Ephemeral::agree`].
pub struct Ephemeral {
    secret: Scalar,
    public: Point,
}

/// What both sides have now (协商结果).
pub struct Agreed {
    /// The key.
    pub key: Zeroizing<Vec<u8>>,
    /// What this side sends to confirm (S_B of the responder, S_A of the initiator).
    pub confirmation: [u8; 32],
    /// What the other side has to send.
    pub expected: [u8; 32],
}

impl Ephemeral {
    /// Draws a number; the point is to be sent to the other side.
    ///
    /// # Errors
    /// [`RandomError`].
    pub fn new() -> Result<(Self, [u8; 65]), RandomError> {
        Self::of(super::random_scalar()?).ok_or(RandomError)
    }

    fn of(secret: Scalar) -> Option<(Self, [u8; 65])> {
        let public = Point::mul_base(&secret)?;
        Some((Self { secret, public }, public.to_bytes()))
    }

    /// The key of `len_bytes` that both long-term keys and both numbers give.
    ///
    /// Compare the other side's confirmation with [`Agreed::expected`] in constant time before using the key.
    ///
    /// # Errors
    /// [`AgreeError`].
    pub fn agree(
        self,
        side: Side,
        own: &SigningKey,
        other: &VerifyingKey,
        other_ephemeral: &[u8],
        len_bytes: usize,
    ) -> Result<Agreed, AgreeError> {
        let theirs = Point::from_bytes(other_ephemeral).ok_or(AgreeError)?;
        let t = own.d().add(&truncated(&self.public).mul(&self.secret));
        let shared = theirs
            .mul(&truncated(&theirs))
            .and_then(|point| point.add(other.point()))
            .and_then(|point| point.mul(&t)) // the cofactor h is 1
            .ok_or(AgreeError)?;
        let (x, y) = shared.xy();
        let (a, b) = match side {
            Side::Initiator => ((own.verifying_key(), &self.public), (other, &theirs)),
            Side::Responder => ((other, &theirs), (own.verifying_key(), &self.public)),
        };
        let (za, zb) = (a.0.z(), b.0.z());
        let key = kdf(Zeroizing::new([x, y, *za, *zb].concat()).as_slice(), len_bytes);
        let mut inner = Sm3::new();
        for part in [&x, za, zb] {
            inner.update(part);
        }
        for point in [a.1, b.1] {
            inner.update(point.to_bytes().get(1..).unwrap_or_default());
        }
        let inner = inner.finish();
        let tagged = |tag: u8| {
            let mut hash = Sm3::new();
            hash.update(&[tag]);
            hash.update(&y);
            hash.update(&inner);
            hash.finish()
        };
        let (from_responder, from_initiator) = (tagged(2), tagged(3));
        Ok(match side {
            Side::Initiator => Agreed { key, confirmation: from_initiator, expected: from_responder },
            Side::Responder => Agreed { key, confirmation: from_responder, expected: from_initiator },
        })
    }
}

impl Drop for Ephemeral {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl std::fmt::Debug for Ephemeral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ephemeral(…)")
    }
}

impl std::fmt::Debug for Agreed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Agreed(…)")
    }
}

/// x̄ = 2¹²⁷ + (x mod 2¹²⁷).
fn truncated(point: &Point) -> Scalar {
    let x = u128::from_be_bytes(point.x().last_chunk().copied().unwrap_or_default());
    let mut bytes = [0; 32];
    if let Some(low) = bytes.last_chunk_mut() {
        *low = (x | 1 << 127).to_be_bytes();
    }
    Scalar::reduce(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(hex: &str) -> [u8; 32] {
        hex::decode(hex).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_given_numbers_give_the_published_key_on_both_sides() {
        // GB/T 32918.5, annex B.
        let key = |hex| SigningKey::from_bytes(&number(hex)).unwrap();
        let a = key("81EB26E941BB5AF16DF116495F90695272AE2CD63D6C4AE1678418BE48230029");
        let b = key("785129917D45A9EA5437A59356B82338EAADDA6CEB199088F14AE10DEFA229B5");
        let ephemeral = |hex| Ephemeral::of(Scalar::from_bytes(&number(hex)).unwrap()).unwrap();
        let (ea, ra) = ephemeral("D4DE15474DB74D06491C440D305E012400990F3E390C7E87153C12DB2EA60BB3");
        let (eb, rb) = ephemeral("7E07124814B309489125EAED101113164EBF0F3458C5BD88335C1F9D596243D6");
        let at_a = ea.agree(Side::Initiator, &a, b.verifying_key(), &rb, 16).unwrap();
        let at_b = eb.agree(Side::Responder, &b, a.verifying_key(), &ra, 16).unwrap();
        assert_eq!(hex::encode_upper(&*at_a.key), "6C89347354DE2484C60B4AB1FDE4C6E5");
        assert_eq!(at_a.key, at_b.key);
        assert_eq!((at_a.confirmation, at_a.expected), (at_b.expected, at_b.confirmation));
        assert_eq!(at_a.expected, number("D3A0FE15DEE185CEAE907A6B595CC32A266ED7B3367E9983A896DC32FA20F8EB"));
        assert_eq!(at_a.confirmation, number("18C7894B3816DF16CF07B05C5EC0BEF5D655D58F779CC1B400A4F3884644DB88"));
    }

    #[test]
    fn points_off_the_curve_end_the_exchange() {
        let key = SigningKey::from_bytes(&[5; 32]).unwrap();
        let (ephemeral, mut point) = Ephemeral::new().unwrap();
        point[64] ^= 1;
        assert!(ephemeral.agree(Side::Initiator, &key, key.verifying_key(), &point, 16).is_err());
    }
}
