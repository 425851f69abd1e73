//! Public keys of certificates (公钥).

use eseal_asn1::{Node, tag};

use crate::{CertificateError, oid};

/// Public key of a certificate (公钥).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey<'a> {
    /// SM2: the point, as it stands, normally `04 ‖ x ‖ y`.
    Sm2(&'a [u8]),
    /// P-256: the point, as it stands.
    P256(&'a [u8]),
    /// P-384: the point, as it stands.
    P384(&'a [u8]),
    /// RSA: content octets of modulus and exponent.
    Rsa {
        /// n.
        modulus: &'a [u8],
        /// e.
        exponent: &'a [u8],
    },
    /// Anything else.
    Other {
        /// Content octets of the algorithm's OID.
        algorithm: &'a [u8],
        /// The key's bits.
        bits: &'a [u8],
    },
}

impl<'a> PublicKey<'a> {
    /// Reads `SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }`.
    ///
    /// SM2 is known by its curve as the parameter, or by its own OID as the algorithm, which some write.
    pub(crate) fn read(spki: &Node<'a>) -> Result<Self, CertificateError> {
        let mut parts = spki.children();
        let mut algorithm = parts.expect(tag::SEQUENCE, "algorithm")?.children();
        let bits = parts.expect(tag::BIT_STRING, "subjectPublicKey")?.whole_bytes()?;
        let kind = algorithm.expect(tag::OID, "algorithm")?.body;
        let curve = algorithm.optional(tag::OID)?.map(|curve| curve.body);
        Ok(match (kind, curve) {
            (oid::EC_PUBLIC_KEY, Some(oid::SM2)) | (oid::SM2, _) => Self::Sm2(bits),
            (oid::EC_PUBLIC_KEY, Some(oid::P256)) => Self::P256(bits),
            (oid::EC_PUBLIC_KEY, Some(oid::P384)) => Self::P384(bits),
            (oid::RSA, _) => Self::read_rsa(bits).unwrap_or(Self::Other { algorithm: kind, bits }),
            _ => Self::Other { algorithm: kind, bits },
        })
    }

    fn read_rsa(bits: &'a [u8]) -> Result<Self, CertificateError> {
        let mut parts = Node::root(bits).expect(tag::SEQUENCE, "RSAPublicKey")?.children();
        let modulus = parts.expect(tag::INTEGER, "modulus")?.body;
        Ok(Self::Rsa { modulus, exponent: parts.expect(tag::INTEGER, "publicExponent")?.body })
    }

    /// The point of an elliptic-curve key; the modulus of an RSA key; else the key's bits.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Sm2(point) | Self::P256(point) | Self::P384(point) => point,
            Self::Rsa { modulus, .. } => modulus,
            Self::Other { bits, .. } => bits,
        }
    }

    /// The SM2 point, if it is an SM2 key.
    #[must_use]
    pub const fn sm2(&self) -> Option<&'a [u8]> {
        match self {
            Self::Sm2(point) => Some(point),
            _ => None,
        }
    }
}
