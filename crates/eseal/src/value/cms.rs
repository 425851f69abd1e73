//! SignedData (签名数据), GB/T 35275 and CMS: its signers, each with what was signed and whether it is the document.

use eseal_gm::Hash;
use eseal_ses::{
    Deviation,
    cms::{SignedData, SignerId, SignerInfo},
    oid,
};

use super::{Fit, Original, SignerFacts, StampFacts, Wanted, signer, stamp};
use crate::{CertificateFacts, Embedded, SignatureKind};

/// Most signers that are judged: each costs a verification, and real files have one or two.
const MAX_SIGNERS: usize = 64;

/// A SignedData (签名数据).
#[derive(Clone, Debug)]
pub(crate) struct CmsFacts {
    /// The whole SignedData.
    pub(crate) der: Vec<u8>,
    /// What is known of the document.
    pub(crate) original: Original,
    /// True if a signature is of SM2.
    pub(crate) is_sm2: bool,
    /// What it says it signs.
    pub(crate) content: ContentKind,
    /// All signers.
    pub(crate) signers: Vec<SignerFacts>,
    /// If it is a time stamp: of the document or of something else.
    pub(crate) token: Option<StampFacts>,
    /// What came with it.
    pub(crate) embedded: Embedded,
    /// Names of tolerated deviations.
    pub(crate) deviations: Vec<String>,
}

/// What a SignedData says it signs (内容类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentKind {
    /// Data: a document.
    Data,
    /// A time stamp, which is a statement about a document and no signature of it.
    TimeStamp,
    /// Something else.
    Other,
}

impl CmsFacts {
    /// `original` must have what [`wanted`] asks for.
    pub(crate) fn read(bytes: &[u8], original: &Original) -> Result<Self, String> {
        let data = parse(bytes)?;
        let content = match data.content_type {
            oid::GM_DATA | oid::PKCS7_DATA => ContentKind::Data,
            oid::TST_INFO => ContentKind::TimeStamp,
            _ => ContentKind::Other,
        };
        let signers: Vec<SignerFacts> =
            data.signers.iter().map(|signer| SignerFacts::of(&data, signer, original)).collect();
        let mut deviations: Vec<String> = Vec::new();
        if data.content_types_disagree() || outer_and_inner_disagree(&data) {
            deviations.push(Deviation::CmsContentType.as_str().to_owned());
        }
        if data.has_unread {
            deviations.push(Deviation::CmsUnread.as_str().to_owned());
        }
        for found in signers.iter().flat_map(|signer| &signer.deviations) {
            let name = found.as_str().to_owned();
            if !deviations.contains(&name) {
                deviations.push(name);
            }
        }
        Ok(Self {
            der: data.raw.to_vec(),
            original: original.clone(),
            is_sm2: data.signers.iter().any(|signer| oid::is_sm2_signature(signer.signature_algorithm)),
            content,
            signers,
            token: (content == ContentKind::TimeStamp).then(|| StampFacts::of_document(data.raw, original)),
            embedded: Embedded::of_signed_data(&data),
            deviations,
        })
    }

    pub(crate) const fn kind(&self) -> SignatureKind {
        if self.is_sm2 { SignatureKind::CmsSm2 } else { SignatureKind::Cms }
    }
}

fn parse(bytes: &[u8]) -> Result<SignedData<'_>, String> {
    let data = SignedData::parse(bytes).map_err(|error| error.to_string())?;
    if data.signers.len() > MAX_SIGNERS {
        return Err(format!("{} signers are more than the limit of {MAX_SIGNERS}", data.signers.len()));
    }
    Ok(data)
}

/// GB/T 35275 around PKCS#7 data, or the other way round.
fn outer_and_inner_disagree(data: &SignedData<'_>) -> bool {
    matches!(
        (data.outer_type, data.content_type),
        (oid::GM_SIGNED_DATA, oid::PKCS7_DATA) | (oid::PKCS7_SIGNED_DATA, oid::GM_DATA)
    )
}

/// Digests of the document that a value needs; none if it is no SignedData.
pub(crate) fn wanted(bytes: &[u8]) -> Vec<Wanted> {
    let Ok(data) = parse(bytes) else { return Vec::new() };
    if data.content_type == oid::TST_INFO {
        return stamp::wanted(data.raw).into_iter().collect();
    }
    let mut list = Vec::new();
    for wanted in data.signers.iter().flat_map(|signer| signer::wanted(&data, signer)) {
        if !list.contains(&wanted) {
            list.push(wanted);
        }
    }
    list
}

/// Whether the one signer of `data` signed its content, by way of attributes as every token has them; and with which
/// certificate.
pub(super) fn check_content(data: &SignedData<'_>) -> (Option<Vec<u8>>, Fit) {
    let [signer] = &data.signers[..] else { return (None, Fit::Unreadable) };
    if data.has_unread {
        return (None, Fit::Unreadable);
    }
    let Some(certificate) = certificate_of(data, signer) else { return (None, Fit::Unreadable) };
    let fit = match (&data.content, signer.attributes_as_set(), digest_of(signer.digest_algorithm)) {
        (Some(content), Some(attributes), Some(hash)) => {
            let names_content = signer.message_digest.is_some_and(|digest| hash.digest(content) == digest)
                && signer.content_type == Some(data.content_type)
                && !signer.attributes_in_doubt
                && signer.certificate_digests.iter().all(|stated| signer::is_digest_of(stated, &certificate.der));
            if names_content {
                signer::weaken(signer::fit_message(&certificate.der, signer, &attributes), hash)
            } else {
                Fit::Bad
            }
        }
        _ => Fit::Unsupported,
    };
    (Some(certificate.der), fit)
}

/// The digest of an identifier's content; SM3 also under the names of its keyed and unkeyed forms.
pub(super) fn digest_of(algorithm: &[u8]) -> Option<Hash> {
    let is_sm3 = [eseal_gm::oid::SM3_UNKEYED.der, eseal_gm::oid::SM3_HMAC.der].contains(&algorithm);
    if is_sm3 { Some(Hash::Sm3) } else { Hash::from_oid(algorithm) }
}

/// The certificate that a signer names, among those that came with it.
pub(super) fn certificate_of(data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Option<CertificateFacts> {
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
