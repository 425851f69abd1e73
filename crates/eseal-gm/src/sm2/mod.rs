//! SM2 (椭圆曲线公钥密码算法), GB/T 32918—2016 and GB/T 35276—2017.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use eseal_gm::sm2::SigningKey;
//!
//! let key = SigningKey::generate()?;
//! let signature = key.sign(b"message");
//! assert!(key.verifying_key().verify(b"message", &signature));
//! # Ok(())
//! # }
//! ```

pub mod cosign;
pub mod encryption;
pub mod envelope;
pub mod exchange;
mod id;
mod nonce;
#[cfg(all(test, target_arch = "x86_64"))]
mod secrets;
mod signature;
mod signing;
mod verifying;

pub use self::{
    id::{DEFAULT_ID, ID_MAX_BYTES, IdError},
    signature::{Form, Signature, SignatureError},
    signing::{KeyError, SigningKey},
    verifying::{PointError, VerifyingKey},
};

use zeroize::Zeroizing;

use crate::{RandomError, curve::Scalar, random};

/// A random number in [1, n − 1].
fn random_scalar() -> Result<Scalar, RandomError> {
    loop {
        let bytes = Zeroizing::new(random()?);
        if let Some(scalar) = Scalar::from_bytes(&bytes).filter(|scalar| !scalar.is_zero()) {
            return Ok(scalar);
        }
    }
}
