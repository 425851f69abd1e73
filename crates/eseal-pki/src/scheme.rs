//! Signatures of others (国外算法签名): RSA and ECDSA, how they were made and whether they fit.

use eseal_asn1::{Node, tag, write};
use eseal_gm::{
    Hash,
    foreign::{self, Curve},
};

use crate::{PublicKey, SignatureCheck, oid};

/// Smallest RSA modulus that is acceptable, in bits: 1024 bits are within reach.
pub const RSA_MODULUS_MIN_BITS: usize = 2048;

/// How a signature of others was made (签名体制).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scheme {
    /// RSA with PKCS#1 v1.5 padding.
    RsaPkcs1(Hash),
    /// RSA-PSS with MGF1 of the same digest.
    RsaPss {
        /// Digest of message and mask.
        hash: Hash,
        /// Length of the salt.
        salt_bytes: usize,
    },
    /// ECDSA.
    Ecdsa(Hash),
}

impl Scheme {
    /// Reads an AlgorithmIdentifier (DER).  `stated` is the digest that is named beside it, which counts where the
    /// identifier names none (CMS: `rsaEncryption`).
    #[must_use]
    pub fn read(identifier: &[u8], stated: Option<Hash>) -> Option<Self> {
        let mut fields = Node::root(identifier).expect(tag::SEQUENCE, "AlgorithmIdentifier").ok()?.children();
        let kind = fields.expect(tag::OID, "algorithm").ok()?.body;
        match kind {
            oid::RSA => return stated.map(Self::RsaPkcs1),
            oid::EC_PUBLIC_KEY => return stated.map(Self::Ecdsa),
            oid::RSA_PSS => {
                let parameters = fields.optional(tag::SEQUENCE).ok()?;
                fields.finish().ok()?;
                return Self::read_pss(parameters);
            }
            _ => {}
        }
        let find = |list: &[(&[u8], Hash)]| list.iter().find(|(oid, _)| *oid == kind).map(|(_, hash)| *hash);
        find(oid::RSA_WITH).map(Self::RsaPkcs1).or_else(|| find(oid::ECDSA_WITH).map(Self::Ecdsa))
    }

    /// ```text
    /// RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] DEFAULT sha1, maskGenAlgorithm [1] DEFAULT mgf1SHA1,
    ///     saltLength [2] INTEGER DEFAULT 20, trailerField [3] INTEGER DEFAULT 1 }
    /// ```
    fn read_pss(parameters: Option<Node<'_>>) -> Option<Self> {
        let (mut hash, mut mask, mut salt, mut trailer) = (Hash::Sha1, Hash::Sha1, 20, 1);
        if let Some(parameters) = parameters {
            let mut fields = parameters.children();
            while let Some(field) = fields.read().ok()? {
                let mut inner = field.children();
                let value = inner.any("parameter").ok()?;
                inner.finish().ok()?;
                match field.tag {
                    kind if kind == tag::context(0) => hash = algorithm(&value)?,
                    kind if kind == tag::context(1) => {
                        let mut mgf = value.children();
                        if mgf.expect(tag::OID, "maskGenAlgorithm").ok()?.body != oid::MGF1 {
                            return None;
                        }
                        mask = algorithm(&mgf.expect(tag::SEQUENCE, "maskGenAlgorithm").ok()?)?;
                        mgf.finish().ok()?;
                    }
                    kind if kind == tag::context(2) => salt = value.unsigned()?,
                    kind if kind == tag::context(3) => trailer = value.unsigned()?,
                    _ => return None,
                }
            }
        }
        let salt_bytes = usize::try_from(salt).ok().filter(|salt| *salt <= foreign::RSA_MODULUS_MAX_BITS / 8)?;
        (hash == mask && trailer == 1).then_some(Self::RsaPss { hash, salt_bytes })
    }

    /// The digest that is signed.
    #[must_use]
    pub const fn hash(self) -> Hash {
        match self {
            Self::RsaPkcs1(hash) | Self::RsaPss { hash, .. } | Self::Ecdsa(hash) => hash,
        }
    }

    /// Its name, as reports give it.
    #[must_use]
    pub fn name(self) -> String {
        let kind = match self {
            Self::RsaPkcs1(_) => "RSA",
            Self::RsaPss { .. } => "RSA-PSS",
            Self::Ecdsa(_) => "ECDSA",
        };
        format!("{kind} {}", self.hash().name())
    }

    /// Whether `signature` over `message` fits `key`.
    #[must_use]
    pub fn check(self, key: &PublicKey<'_>, message: &[u8], signature: &[u8]) -> SignatureCheck {
        self.check_digest(key, &self.hash().digest(message), signature)
    }

    /// The same where the digest of the message is known.
    #[must_use]
    pub fn check_digest(self, key: &PublicKey<'_>, digest: &[u8], signature: &[u8]) -> SignatureCheck {
        let fits = match (key, self) {
            (PublicKey::Rsa { modulus, exponent }, Self::RsaPkcs1(hash)) => {
                foreign::verify_rsa_pkcs1v15(&rsa_key(modulus, exponent), hash, digest, signature)
            }
            (PublicKey::Rsa { modulus, exponent }, Self::RsaPss { hash, salt_bytes }) => {
                foreign::verify_rsa_pss(&rsa_key(modulus, exponent), hash, salt_bytes, digest, signature)
            }
            (PublicKey::P256(point), Self::Ecdsa(_)) => foreign::verify_ecdsa(Curve::P256, point, digest, signature),
            (PublicKey::P384(point), Self::Ecdsa(_)) => foreign::verify_ecdsa(Curve::P384, point, digest, signature),
            (PublicKey::Other { .. }, _) => return SignatureCheck::Unsupported,
            _ => false, // a key of another kind
        };
        match (fits, is_weak(self.hash()) || is_short(key)) {
            (false, _) => SignatureCheck::Bad,
            (true, true) => SignatureCheck::Weak,
            (true, false) => SignatureCheck::Good,
        }
    }
}

/// True for digests that are broken: two messages with the same digest can be made.
#[must_use]
pub const fn is_weak(hash: Hash) -> bool {
    matches!(hash, Hash::Md5 | Hash::Sha1)
}

fn is_short(key: &PublicKey<'_>) -> bool {
    let PublicKey::Rsa { modulus, .. } = key else { return false };
    let digits = modulus.iter().skip_while(|byte| **byte == 0);
    let leading = digits.clone().next().map_or(0, |byte| byte.leading_zeros());
    let bits = digits.count().saturating_mul(8).saturating_sub(usize::try_from(leading).unwrap_or(0));
    bits < RSA_MODULUS_MIN_BITS
}

fn rsa_key(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::element(tag::INTEGER, &[modulus]), &write::element(tag::INTEGER, &[exponent])])
}

/// A digest's identifier, whose parameters are absent or NULL.
fn algorithm(node: &Node<'_>) -> Option<Hash> {
    let mut fields = node.children();
    let hash = Hash::from_oid(fields.expect(tag::OID, "hashAlgorithm").ok()?.body);
    let is_plain = fields.optional(tag::NULL).ok()?.is_none_or(|null| null.body.is_empty());
    fields.finish().ok()?;
    hash.filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(kind: &[u8], parameters: &[u8]) -> Vec<u8> {
        write::sequence(&[&write::oid(kind), parameters])
    }

    fn salt_value() -> Vec<u8> {
        write::integer_i64(32)
    }

    fn pss(hash: &[u8], mask: &[u8], rest: &[u8]) -> Vec<u8> {
        let (hash, mask) = (identifier(hash, &[]), identifier(oid::MGF1, &identifier(mask, &[])));
        let parameters = write::sequence(&[&write::context(0, &hash), &write::context(1, &mask), rest]);
        identifier(oid::RSA_PSS, &parameters)
    }

    #[test]
    fn identifiers_say_what_was_signed_and_how() {
        let (sha1, sha256) = (Hash::Sha1.oid().der, Hash::Sha256.oid().der);
        let salt = write::context(2, &salt_value());
        let long = write::context(2, &write::integer_i64(4_000));
        let trailer = write::context(3, &write::integer_i64(2));
        for (der, stated, expected) in [
            (identifier(oid::RSA, &write::null()), Some(Hash::Sha256), Some(Scheme::RsaPkcs1(Hash::Sha256))),
            (identifier(oid::RSA, &write::null()), None, None),
            (identifier(eseal_gm::oid::RSA_SHA1.der, &[]), None, Some(Scheme::RsaPkcs1(Hash::Sha1))),
            (identifier(eseal_gm::oid::RSA_SHA512.der, &[]), Some(Hash::Md5), Some(Scheme::RsaPkcs1(Hash::Sha512))),
            (identifier(eseal_gm::oid::ECDSA_SHA384.der, &[]), None, Some(Scheme::Ecdsa(Hash::Sha384))),
            (identifier(oid::RSA_PSS, &[]), None, Some(Scheme::RsaPss { hash: Hash::Sha1, salt_bytes: 20 })),
            (pss(sha256, sha256, &salt), None, Some(Scheme::RsaPss { hash: Hash::Sha256, salt_bytes: 32 })),
            (pss(sha256, sha1, &salt), None, None),
            (pss(sha256, sha256, &long), None, None),
            (pss(sha256, sha256, &trailer), None, None),
            (pss(sha256, sha256, &write::context(2, &[salt_value(), write::null()].concat())), None, None),
            (write::sequence(&[&write::oid(oid::RSA_PSS), &write::sequence(&[]), &write::null()]), None, None),
            (identifier(oid::SM3_WITH_SM2, &[]), Some(Hash::Sm3), None),
            (Vec::new(), Some(Hash::Sha256), None),
        ] {
            assert_eq!(Scheme::read(&der, stated), expected, "{der:02x?}");
        }
    }

    #[test]
    fn moduli_are_measured_in_bits() {
        for (modulus, short) in [(vec![0x80; 256], false), (vec![0x7F; 256], true), (vec![0; 300], true)] {
            assert_eq!(is_short(&PublicKey::Rsa { modulus: &modulus, exponent: &[3] }), short);
            let padded = [&[0][..], &modulus].concat();
            assert_eq!(is_short(&PublicKey::Rsa { modulus: &padded, exponent: &[3] }), short);
        }
    }
}
