//! Z, the digest of signer and curve that stands before every message (签名者标识), GB/T 32918.2, 5.5.

use crate::{Sm3, curve::Point};

/// The identifier that everybody uses (默认用户标识).
pub const DEFAULT_ID: &[u8] = b"1234567812345678";
/// Longest identifier: its length in bits has to fit into two bytes.
pub const ID_MAX_BYTES: usize = 8191;

/// The identifier is longer than [`ID_MAX_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the identifier has more than {ID_MAX_BYTES} bytes")]
pub struct IdError;

/// a ‖ b ‖ Gx ‖ Gy of the recommended curve, GB/T 32918.5.
const CURVE: [u8; 128] = *b"\
\xFF\xFF\xFF\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFC\
\x28\xE9\xFA\x9E\x9D\x9F\x5E\x34\x4D\x5A\x9E\x4B\xCF\x65\x09\xA7\xF3\x97\x89\xF5\x15\xAB\x8F\x92\xDD\xBC\xBD\x41\x4D\x94\x0E\x93\
\x32\xC4\xAE\x2C\x1F\x19\x81\x19\x5F\x99\x04\x46\x6A\x39\xC9\x94\x8F\xE3\x0B\xBF\xF2\x66\x0B\xE1\x71\x5A\x45\x89\x33\x4C\x74\xC7\
\xBC\x37\x36\xA2\xF4\xF6\x77\x9C\x59\xBD\xCE\xE3\x6B\x69\x21\x53\xD0\xA9\x87\x7C\xC6\x2A\x47\x40\x02\xDF\x32\xE5\x21\x39\xF0\xA0";

/// `Z = SM3(ENTL ‖ ID ‖ a ‖ b ‖ Gx ‖ Gy ‖ Px ‖ Py)`.
pub(super) fn z(id: &[u8], point: &Point) -> Result<[u8; 32], IdError> {
    let bits = if id.len() > ID_MAX_BYTES { None } else { u16::try_from(8 * id.len()).ok() };
    let mut hash = Sm3::new();
    hash.update(&bits.ok_or(IdError)?.to_be_bytes());
    hash.update(id);
    hash.update(&CURVE);
    hash.update(point.to_bytes().get(1..).unwrap_or_default());
    Ok(hash.finish())
}

/// SM3 after Z: where the digest of every message begins.
pub(super) fn midstate(z: &[u8; 32]) -> Sm3 {
    let mut hash = Sm3::new();
    hash.update(z);
    hash
}
