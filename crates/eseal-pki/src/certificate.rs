//! Certificates (证书).

use eseal_asn1::{Node, tag};

use crate::{CertificateError, Extensions, Name, PublicKey, SignatureAlgorithm, SignatureCheck, Validity};

/// `Certificate` (证书), GB/T 20518 and RFC 5280: what it says, with the bytes it says it in.
///
/// ```text
/// Certificate    ::= SEQUENCE { tbsCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
/// TBSCertificate ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier, issuer Name,
///     validity Validity, subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo,
///     issuerUniqueID [1] IMPLICIT BIT STRING OPTIONAL, subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,
///     extensions [3] EXPLICIT SEQUENCE OF Extension OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    /// The whole certificate, without what may follow it.
    pub raw: &'a [u8],
    /// Exactly the bytes that the issuer signed.
    pub tbs: &'a [u8],
    /// Content octets of the serial number, as they stand.
    pub serial: &'a [u8],
    /// Who issued it.
    pub issuer: Name<'a>,
    /// When it is valid.
    pub validity: Validity,
    /// For whom.
    pub subject: Name<'a>,
    /// The whole SubjectPublicKeyInfo.
    pub spki: &'a [u8],
    /// The subject's key.
    pub public_key: PublicKey<'a>,
    /// The extensions; empty for versions 1 and 2.
    pub extensions: Extensions<'a>,
    /// How it is signed, as stated outside the signed bytes.
    pub signature_algorithm: SignatureAlgorithm<'a>,
    /// The same as stated inside; the two must agree.
    pub inner_algorithm: SignatureAlgorithm<'a>,
    /// The signature value.
    pub signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads a certificate; bytes after it are left alone.
    ///
    /// # Errors
    /// [`CertificateError`] with the byte at fault, if the frame cannot be read.  An extension that cannot be read is
    /// noted in [`Extensions`] instead.
    pub fn from_der(der: &'a [u8]) -> Result<Self, CertificateError> {
        let whole = Node::root(der).expect(tag::SEQUENCE, "certificate")?;
        let mut parts = whole.children();
        let signed = parts.expect(tag::SEQUENCE, "tbsCertificate")?;
        let signature_algorithm = SignatureAlgorithm::read(&parts.expect(tag::SEQUENCE, "signatureAlgorithm")?)?;
        let signature = parts.expect(tag::BIT_STRING, "signatureValue")?.whole_bytes()?;

        let mut fields = signed.children();
        let _version = fields.optional(tag::context(0))?;
        let serial = fields.expect(tag::INTEGER, "serialNumber")?.body;
        let inner_algorithm = SignatureAlgorithm::read(&fields.expect(tag::SEQUENCE, "signature")?)?;
        let issuer = Name::read(&fields.expect(tag::SEQUENCE, "issuer")?)?;
        let validity = Validity::read(&fields.expect(tag::SEQUENCE, "validity")?)?;
        let subject = Name::read(&fields.expect(tag::SEQUENCE, "subject")?)?;
        let spki = fields.expect(tag::SEQUENCE, "subjectPublicKeyInfo")?;
        let public_key = PublicKey::read(&spki)?;
        let mut extensions = Extensions::default();
        while let Some(field) = fields.read()? {
            if field.tag == tag::context(3) {
                extensions = Extensions::read(&field)?;
            }
        }
        Ok(Self {
            raw: whole.raw,
            tbs: signed.raw,
            serial,
            issuer,
            validity,
            subject,
            spki: spki.raw,
            public_key,
            extensions,
            signature_algorithm,
            inner_algorithm,
            signature,
        })
    }

    /// Whether the signature was made with `issuer_key`; also bad if the two algorithm identifiers disagree.
    #[must_use]
    pub fn check_signature(&self, issuer_key: &PublicKey<'_>) -> SignatureCheck {
        if !self.signature_algorithm.agrees_with(&self.inner_algorithm) {
            return SignatureCheck::Bad;
        }
        self.signature_algorithm.check(issuer_key, self.tbs, self.signature)
    }

    /// True if issuer and subject are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer.matches(&self.subject)
    }

    /// Serial number as lower-case hex, without leading zero bytes.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        use std::fmt::Write;
        let zeros = self.serial.iter().take_while(|byte| **byte == 0).count().min(self.serial.len().saturating_sub(1));
        self.serial.iter().skip(zeros).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
