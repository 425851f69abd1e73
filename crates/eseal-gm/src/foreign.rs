//! Signatures of others (国外算法签名): RSA and ECDSA, verification only.
//!
//! Certificates and CMS signatures that meet a seal may be made with them.  Each function answers whether
//! the signature is good; a key, digest or signature that cannot be read makes it bad.

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, PublicKey};

use crate::{Hash, der};

/// Largest modulus in bits: more takes milliseconds for nothing (the largest in use is 8192).
pub const RSA_MODULUS_MAX_BITS: usize = 8192;

/// A curve of others (椭圆曲线).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
}

impl Curve {
    /// The curve of an identifier's content octets.
    #[must_use]
    pub fn from_oid(der: &[u8]) -> Option<Self> {
        [(Self::P256, crate::oid::P256), (Self::P384, crate::oid::P384)]
            .into_iter()
            .find_map(|(curve, oid)| (oid.der == der).then_some(curve))
    }
}

/// RSA with PKCS#1 v1.5 padding over `digest`, which `hash` made.
///
/// `key` is the content of the BIT STRING in the key's certificate:
///
/// ```text
/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
/// ```
#[must_use]
pub fn verify_rsa_pkcs1v15(key: &[u8], hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
    let padding = Pkcs1v15Sign { hash_len: Some(hash.size_bytes()), prefix: digest_info_prefix(hash).into() };
    rsa_key(key).is_some_and(|key| key.verify(padding, digest, signature).is_ok())
}

/// RSA-PSS over `digest`, which `hash` made, with MGF1 of the same hash.
///
/// `salt_bytes` as the parameters of the signature state it (20 where they do not).
#[must_use]
pub fn verify_rsa_pss(key: &[u8], hash: Hash, salt_bytes: usize, digest: &[u8], signature: &[u8]) -> bool {
    let Some(key) = rsa_key(key) else { return false };
    let verified = match hash {
        Hash::Sha1 => key.verify(Pss::<sha1::Sha1>::new_with_salt(salt_bytes), digest, signature),
        Hash::Sha256 => key.verify(Pss::<sha2::Sha256>::new_with_salt(salt_bytes), digest, signature),
        Hash::Sha384 => key.verify(Pss::<sha2::Sha384>::new_with_salt(salt_bytes), digest, signature),
        Hash::Sha512 => key.verify(Pss::<sha2::Sha512>::new_with_salt(salt_bytes), digest, signature),
        Hash::Sm3 | Hash::Md5 | Hash::Sha224 => return false, // nobody signs so
    };
    digest.len() == hash.size_bytes() && verified.is_ok()
}

/// ECDSA over `digest` with a public key in SEC 1 form (`04 ‖ x ‖ y` or compressed) and a DER signature.
#[must_use]
pub fn verify_ecdsa(curve: Curve, key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    match curve {
        Curve::P256 => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key);
            let signature = p256::ecdsa::Signature::from_der(signature);
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_prehash(digest, &signature).is_ok())
        }
        Curve::P384 => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key);
            let signature = p384::ecdsa::Signature::from_der(signature);
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_prehash(digest, &signature).is_ok())
        }
    }
}

fn rsa_key(pkcs1: &[u8]) -> Option<PublicKey> {
    let mut input = pkcs1;
    let mut body = der::take(&mut input, der::SEQUENCE)?;
    let modulus = der::take(&mut body, der::INTEGER)?;
    let exponent = der::take(&mut body, der::INTEGER)?;
    if !input.is_empty() || !body.is_empty() {
        return None;
    }
    PublicKey::new(positive(modulus, RSA_MODULUS_MAX_BITS)?, positive(exponent, 64)?).ok()
}

fn positive(content: &[u8], max_bits: usize) -> Option<BoxedUint> {
    if content.first().is_none_or(|first| *first >= 0x80) {
        return None;
    }
    let start = content.iter().position(|byte| *byte != 0)?;
    let digits = content.get(start..)?;
    (digits.len() <= max_bits / 8).then(|| BoxedUint::from_be_slice_vartime(digits))
}

/// What stands before the digest in a PKCS#1 v1.5 block.
///
/// ```text
/// DigestInfo ::= SEQUENCE { digestAlgorithm SEQUENCE { OID, NULL }, digest OCTET STRING }
/// ```
fn digest_info_prefix(hash: Hash) -> Vec<u8> {
    let (mut algorithm, mut sequence, mut info) = (Vec::new(), Vec::new(), Vec::new());
    der::put(&mut algorithm, der::OID, hash.oid().der);
    der::put(&mut algorithm, der::NULL, &[]);
    der::put(&mut sequence, der::SEQUENCE, &algorithm);
    der::put(&mut sequence, der::OCTET_STRING, &vec![0; hash.size_bytes()]);
    der::put(&mut info, der::SEQUENCE, &sequence);
    info.truncate(info.len() - hash.size_bytes());
    info
}
