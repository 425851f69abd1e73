//! Which certificate is meant (证书标识).

use eseal_asn1::{Node, tag, write};
use eseal_gm::Hash;

use crate::{Certificate, CertificateError};

/// `CertID` (证书标识), RFC 6960, 4.1.1.
///
/// ```text
/// CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING,
///     serialNumber INTEGER }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertId<'a> {
    /// The whole CertID, DER; a response repeats it.
    pub raw: &'a [u8],
    /// Content octets of the digest algorithm's OID.
    pub hash_algorithm: &'a [u8],
    /// Digest of the issuer's Name.
    pub issuer_name_hash: &'a [u8],
    /// Digest of the issuer's key.
    pub issuer_key_hash: &'a [u8],
    /// Content octets of the serial number.
    pub serial: &'a [u8],
}

impl<'a> CertId<'a> {
    pub(super) fn read(node: &Node<'a>) -> Result<Self, CertificateError> {
        let mut fields = node.children();
        let mut algorithm = fields.expect(tag::SEQUENCE, "hashAlgorithm")?.children();
        Ok(Self {
            raw: node.raw,
            hash_algorithm: algorithm.expect(tag::OID, "hashAlgorithm")?.body,
            issuer_name_hash: fields.expect(tag::OCTET_STRING, "issuerNameHash")?.body,
            issuer_key_hash: fields.expect(tag::OCTET_STRING, "issuerKeyHash")?.body,
            serial: fields.expect(tag::INTEGER, "serialNumber")?.body,
        })
    }

    /// Whether it means `certificate`, which `issuer` issued: by SHA-1, SHA-2 or SM3.
    ///
    /// SHA-1 is good enough to name something; who may answer is decided by a signature.  MD5 is not taken.
    #[must_use]
    pub fn is_of(&self, certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> bool {
        crate::crl::significant(self.serial) == crate::crl::significant(certificate.serial)
            && self.is_issued_by(certificate.issuer.raw, issuer)
    }

    /// Whether it means a certificate of `issuer`, whose name stands as `name` in it.
    fn is_issued_by(&self, name: &[u8], issuer: &Certificate<'_>) -> bool {
        let Some(hash) = Hash::from_oid(self.hash_algorithm).filter(|hash| *hash != Hash::Md5) else { return false };
        // The name may be encoded otherwise in the certificate than in its issuer's.
        let is_name = |name: &[u8]| hash.digest(name) == self.issuer_name_hash;
        (is_name(name) || is_name(issuer.subject.raw)) && issuer_key_hash(hash, issuer) == self.issuer_key_hash
    }

    /// Whether it means some certificate of `issuer`.
    #[must_use]
    pub fn names_issuer(&self, issuer: &Certificate<'_>) -> bool {
        self.is_issued_by(issuer.subject.raw, issuer)
    }
}

/// DER of the CertID of `certificate` under `issuer`.
pub(crate) fn to_der(hash: Hash, issuer_name: &[u8], serial: &[u8], issuer: &Certificate<'_>) -> Vec<u8> {
    write::sequence(&[
        &write::sequence(&[&write::oid(hash.oid().der), &write::null()]),
        &write::octet_string(&hash.digest(issuer_name)),
        &write::octet_string(&issuer_key_hash(hash, issuer)),
        &write::element(tag::INTEGER, &[serial]),
    ])
}

/// Digest of the BIT STRING of a certificate's key, without tag, length and number of unused bits (密钥杂凑值).
#[must_use]
pub fn issuer_key_hash(hash: Hash, issuer: &Certificate<'_>) -> Vec<u8> {
    hash.digest(key_bits(issuer.spki).unwrap_or_default())
}

fn key_bits(spki: &[u8]) -> Option<&[u8]> {
    let mut fields = Node::parse(spki).ok()?.children();
    fields.expect(tag::SEQUENCE, "algorithm").ok()?;
    fields.expect(tag::BIT_STRING, "subjectPublicKey").ok()?.bits().ok()
}
