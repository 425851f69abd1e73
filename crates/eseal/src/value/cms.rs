//! SignedData (签名数据), GB/T 35275 and CMS: recognised, with what it says of signer, time and document.

use eseal_gm::Hash;
use eseal_ses::cms::{SignedData, SignerId, SignerInfo};
use jiff::Timestamp;

use super::Fit;
use crate::{CertificateFacts, SignatureKind};

/// A SignedData (签名数据).
#[derive(Clone, Debug)]
pub(crate) struct CmsFacts {
    /// True if the signature or the digest is of SM2 and SM3.
    pub(crate) is_sm2: bool,
    /// Certificate of the one signer.
    pub(crate) signer: Option<CertificateFacts>,
    /// Number of signers.
    pub(crate) signers: usize,
    /// Claimed time of signing.
    pub(crate) signing_time: Option<Timestamp>,
    /// SM3 of the document, as the attributes or the content state it; none if neither does.
    pub(crate) stated_digest: Option<Vec<u8>>,
    /// Names of tolerated deviations.
    pub(crate) deviations: Vec<String>,
}

impl CmsFacts {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let data = SignedData::parse(bytes).map_err(|error| error.to_string())?;
        let signer = match &data.signers[..] {
            [signer] => Some(signer),
            _ => None,
        };
        let is_sm3 = |signer: &SignerInfo<'_>| signer.digest_algorithm == eseal_ses::oid::SM3;
        let is_sm2 = |signer: &SignerInfo<'_>| eseal_ses::oid::is_sm2_signature(signer.signature_algorithm);
        let mut deviations = Vec::new();
        if data.content_types_disagree() {
            deviations.push(eseal_ses::Deviation::CmsContentType.as_str().to_owned());
        }
        Ok(Self {
            is_sm2: data.signers.iter().any(is_sm2),
            signer: signer.and_then(|signer| certificate_of(&data, signer)),
            signers: data.signers.len(),
            signing_time: signer.and_then(|signer| signer.signing_time),
            stated_digest: signer.filter(|signer| is_sm3(signer)).and_then(|signer| stated_digest(&data, signer)),
            deviations,
        })
    }

    pub(crate) const fn kind(&self) -> SignatureKind {
        if self.is_sm2 { SignatureKind::CmsSm2 } else { SignatureKind::Cms }
    }
}

/// Whether the one signer of `data` signed its content, by way of attributes as every token has them; and with which
/// certificate.
pub(super) fn check_content(data: &SignedData<'_>) -> (Option<Vec<u8>>, Fit) {
    let [signer] = &data.signers[..] else { return (None, Fit::Unreadable) };
    let Some(certificate) = certificate_of(data, signer) else { return (None, Fit::Unreadable) };
    let fit = match (&data.content, signer.attributes_as_set(), Hash::from_oid(signer.digest_algorithm)) {
        (Some(content), Some(attributes), Some(hash)) => {
            let names_content = signer.message_digest.is_some_and(|digest| hash.digest(content) == digest)
                && signer.content_type == Some(data.content_type);
            if names_content {
                Fit::of(&certificate.der, signer.signature_algorithm, &attributes, signer.signature)
            } else {
                Fit::Bad
            }
        }
        _ => Fit::Unsupported,
    };
    (Some(certificate.der), fit)
}

fn certificate_of(data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Option<CertificateFacts> {
    let found = data.certificates.iter().find(|der| {
        eseal_pki::Certificate::from_der(der).is_ok_and(|certificate| match signer.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                certificate.issuer.raw == issuer && certificate.serial == serial
            }
            SignerId::KeyId(id) => certificate.extensions.subject_key_id == Some(id),
            _ => false,
        })
    });
    found.and_then(|der| CertificateFacts::read(der))
}

/// messageDigest, or a content that has the length of a digest (GB/T 35275 in OFD and PDF).
fn stated_digest(data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Option<Vec<u8>> {
    match (signer.message_digest, data.content.as_deref()) {
        (Some(digest), None) => Some(digest.to_vec()),
        (None, Some(content)) if content.len() == 32 => Some(content.to_vec()),
        _ => None,
    }
}
