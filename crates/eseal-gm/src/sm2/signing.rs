//! Private keys and signing (数字签名生成), GB/T 32918.2, 6.

use zeroize::{Zeroize, Zeroizing};

use super::{IdError, Signature, VerifyingKey, nonce::NonceSource};
use crate::{
    RandomError,
    curve::{self, Point, Prepared, Scalar},
    declassify, random,
};

/// The number is no private key: it is not in [1, n − 2].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no SM2 private key: it is not between 1 and n - 2")]
pub struct KeyError;

/// Signatures that share one inversion: at 32 its share of each is 3 %, and their points fit into the first cache.
const BATCH: usize = 32;

/// A private key (签名私钥), prepared once: (1 + d)⁻¹, the public key and Z are kept.
#[derive(Clone)]
pub struct SigningKey {
    d: Scalar,
    inverse: Prepared,
    nonces: NonceSource,
    verifying: VerifyingKey,
}

impl SigningKey {
    /// Draws a new key.
    ///
    /// # Errors
    /// [`RandomError`] if the operating system gives no random numbers.
    pub fn generate() -> Result<Self, RandomError> {
        loop {
            let bytes = Zeroizing::new(random()?);
            if let Ok(key) = Self::from_bytes(&bytes) {
                return Ok(key);
            }
        }
    }

    /// Reads d, big-endian.
    ///
    /// # Errors
    /// [`KeyError`] if it is not in [1, n − 2].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let d = Scalar::from_secret(bytes).ok_or(KeyError)?;
        let sum = d.add(&Scalar::ONE); // 0 for d = n − 1
        let point = Point::mul_base(&d).filter(|_| !declassify(sum.is_zero())).ok_or(KeyError)?;
        Ok(Self {
            d,
            inverse: sum.invert().prepare(),
            nonces: NonceSource::new(bytes),
            verifying: VerifyingKey::new(point),
        })
    }

    /// The same key under another identifier than the default one.
    ///
    /// # Errors
    /// [`IdError`] if the identifier is too long.
    pub fn with_id(mut self, id: &[u8]) -> Result<Self, IdError> {
        self.verifying = self.verifying.clone().with_id(id)?;
        Ok(self)
    }

    /// d, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.d.to_bytes())
    }

    /// The public key, `04 ‖ x ‖ y`.
    #[must_use]
    pub fn public_key(&self) -> [u8; 65] {
        self.verifying.to_bytes()
    }

    /// The public key, prepared.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// Signs a message; DER.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_prehash(&self.verifying.e(message)).to_der()
    }

    /// Signs e = SM3(Z ‖ M).
    #[must_use]
    pub fn sign_prehash(&self, e: &[u8; 32]) -> Signature {
        let fresh = NonceSource::fresh();
        let mut attempt = 0;
        loop {
            let mut k = self.nonces.nonce(e, &fresh, attempt);
            let signature = self.sign_with(e, &k, &curve::mul_base_x(&k));
            k.zeroize();
            if let Some(signature) = signature {
                return signature;
            }
            attempt += 1;
        }
    }

    /// Signs many messages, cheaper than one by one; DER.
    #[must_use]
    pub fn sign_batch(&self, messages: &[&[u8]]) -> Vec<Vec<u8>> {
        let digests: Vec<_> = messages.iter().map(|message| self.verifying.e(message)).collect();
        self.sign_prehash_batch(&digests).iter().map(Signature::to_der).collect()
    }

    /// Signs many digests e, cheaper than one by one.
    #[must_use]
    pub fn sign_prehash_batch(&self, digests: &[[u8; 32]]) -> Vec<Signature> {
        digests.chunks(BATCH).flat_map(|digests| self.sign_together(digests)).collect()
    }

    /// Makes memcheck watch the secrets of this key.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(super) fn classify(&mut self) {
        crate::x86::probe::classify(&mut self.d);
        crate::x86::probe::classify(&mut self.inverse);
        crate::x86::probe::classify(self.nonces.0.state_mut());
    }

    pub(super) fn d(&self) -> &Scalar {
        &self.d
    }

    fn sign_together(&self, digests: &[[u8; 32]]) -> Vec<Signature> {
        let fresh = NonceSource::fresh();
        let mut nonces: Vec<Scalar> =
            (0_u32..).zip(digests).map(|(attempt, e)| self.nonces.nonce(e, &fresh, attempt)).collect();
        let signatures = curve::mul_base_x_many(&nonces)
            .iter()
            .zip(nonces.iter().zip(digests))
            .map(|(x, (k, e))| self.sign_with(e, k, x).unwrap_or_else(|| self.sign_prehash(e)))
            .collect();
        nonces.iter_mut().for_each(Zeroize::zeroize);
        signatures
    }

    /// One try with a given nonce k and x of [k]G: `None` asks for another.
    fn sign_with(&self, e: &[u8; 32], k: &Scalar, x: &Scalar) -> Option<Signature> {
        let r = Scalar::reduce(e).add(x);
        let mut sum = r.add(k);
        // s = (1+d)⁻¹(k − rd) = (1+d)⁻¹(k + r) − r
        let s = sum.mul_prepared(&self.inverse).sub(&r);
        let rejected = r.is_zero() | sum.is_zero() | s.is_zero();
        sum.zeroize();
        (!declassify(rejected)).then(|| declassify(Signature { r: r.to_bytes(), s: s.to_bytes() }))
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        self.d.zeroize();
        self.inverse.zeroize();
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(value: &serde_json::Value) -> [u8; 32] {
        hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_given_nonce_gives_the_published_signature() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../testdata/gm-base-vectors.json")).unwrap();
        let v = &vectors["sm2_sign_gbt32918_5"];
        let key = SigningKey::from_bytes(&hex(&v["d"])).unwrap();
        assert_eq!(key.public_key()[1..33], hex(&v["Px"]));
        assert_eq!(key.public_key()[33..], hex(&v["Py"]));
        let e = key.verifying_key().e(b"message digest");
        assert_eq!(e, hex(&v["e"]));
        let k = Scalar::from_bytes(&hex(&v["k"])).unwrap();
        assert_eq!(curve::mul_base_x(&k).to_bytes(), hex(&v["x1"]));
        let signature = key.sign_with(&e, &k, &curve::mul_base_x(&k)).unwrap();
        assert_eq!((signature.r, signature.s), (hex(&v["r"]), hex(&v["s"])));
        assert_eq!(hex::encode_upper(signature.to_der()), v["sig_der"].as_str().unwrap());
        assert!(key.verifying_key().verify(b"message digest", &signature.to_der()));
    }
}
