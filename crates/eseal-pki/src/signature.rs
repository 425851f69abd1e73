//! Signatures of certificates and CRLs (证书签名).

use eseal_asn1::{Node, tag};
use eseal_gm::sm2;

use crate::{CertificateError, PublicKey, Scheme, oid};

/// `AlgorithmIdentifier` of a signature (签名算法): absent and NULL parameters are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureAlgorithm<'a> {
    /// The whole AlgorithmIdentifier, DER.
    pub raw: &'a [u8],
    /// Content octets of its OID.
    pub oid: &'a [u8],
}

/// Whether a signature fits (签名验证结果).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureCheck {
    /// It fits.
    Good,
    /// It does not.
    Bad,
    /// It fits, but its digest is broken or its key too short: it proves nothing.
    Weak,
    /// Its algorithm cannot be checked here.
    Unsupported,
}

impl<'a> SignatureAlgorithm<'a> {
    pub(crate) fn read(node: &Node<'a>) -> Result<Self, CertificateError> {
        Ok(Self { raw: node.raw, oid: node.children().expect(tag::OID, "algorithm")?.body })
    }

    /// True for SM3withSM2, under its own OID or under that of the SM2 signature (some write that).
    #[must_use]
    pub fn is_sm2(&self) -> bool {
        [oid::SM3_WITH_SM2, oid::SM2_SIGN].contains(&self.oid)
    }

    /// Whether two identifiers name the same algorithm; parameters count for RSA-PSS, which is nothing without them.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        self.oid == other.oid && (self.oid != oid::RSA_PSS || self.raw == other.raw)
    }

    pub(crate) fn check(&self, key: &PublicKey<'_>, message: &[u8], signature: &[u8]) -> SignatureCheck {
        match key {
            PublicKey::Sm2(point) if self.is_sm2() => check_sm2(point, message, signature),
            PublicKey::Sm2(_) => SignatureCheck::Bad, // an SM2 key signs with SM3withSM2 and nothing else
            _ => Scheme::read(self.raw, None)
                .map_or(SignatureCheck::Unsupported, |scheme| scheme.check(key, message, signature)),
        }
    }
}

fn check_sm2(point: &[u8], message: &[u8], signature: &[u8]) -> SignatureCheck {
    let verified = sm2::VerifyingKey::from_bytes(point).is_ok_and(|key| key.verify(message, signature));
    if verified { SignatureCheck::Good } else { SignatureCheck::Bad }
}
