//! One signer of a SignedData (签名者), formats.md §5: which bytes were signed, and whether they mean the document.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use eseal_gm::{
    Hash,
    sm2::{Form, Signature, VerifyingKey},
};
use eseal_pki::{Certificate, PublicKey, Scheme, is_weak};
use eseal_ses::{
    Deviation,
    cms::{CertificateDigest, SignedData, SignerInfo},
    oid,
};
use jiff::Timestamp;

use super::{
    Fit, Original, StampFacts, Wanted,
    cms::{certificate_of, digest_of},
};
use crate::CertificateFacts;

/// One signer (签名者).
#[derive(Clone, Debug)]
pub(crate) struct SignerFacts {
    /// The certificate that it names; none if it did not come with the signature.
    pub(crate) certificate: Option<CertificateFacts>,
    /// Algorithm, as people call it.
    pub(crate) algorithm: String,
    /// Whether the value fits what was signed.
    pub(crate) fit: Fit,
    /// What was signed.
    pub(crate) signed: Signed,
    /// Whether that means the document.
    pub(crate) binding: Binding,
    /// Claimed time of signing.
    pub(crate) claimed: Option<Timestamp>,
    /// Time stamp over the value.
    pub(crate) time_stamp: Option<StampFacts>,
    /// Why it is in doubt what the signer said.
    pub(crate) doubt: Option<&'static str>,
    /// Tolerated deviations.
    pub(crate) deviations: Vec<Deviation>,
}

/// Which bytes a value is over (被签内容).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    /// The attributes, as a SET.
    Attributes,
    /// The content inside the SignedData.
    Content,
    /// The document.
    Document,
    /// The document's SM3, taken as e.
    DigestAsE,
}

impl Signed {
    /// In words, for evidence.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Attributes => "over attributes",
            Self::Content => "over the content",
            Self::Document => "over the document",
            Self::DigestAsE => "over the document's SM3 taken as e",
        }
    }
}

/// Whether what was signed means the document (与原文的关系).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    /// It does.
    Same,
    /// It does, by a digest that is broken.
    SameByWeakDigest,
    /// It means another document.
    Other,
    /// Attributes without messageDigest mean nothing.
    NotStated,
    /// The value is over the document itself, so only the value can tell.
    ByValue,
    /// The document's digest is of an algorithm that is not supported.
    Unsupported,
    /// The document cannot be found.
    NoDocument,
}

impl SignerFacts {
    pub(super) fn of(data: &SignedData<'_>, signer: &SignerInfo<'_>, original: &Original) -> Self {
        let certificate = certificate_of(data, signer);
        let mut deviations = Vec::new();
        let der = certificate.as_ref().map(|certificate| &certificate.der[..]);
        let (fit, signed) = value(data, signer, der, original);
        let digest = digest_of(signer.digest_algorithm);
        if signed == Signed::DigestAsE {
            deviations.push(Deviation::CmsDigestAsE);
        }
        if oid::is_sm2_signature(signer.signature_algorithm) {
            match Signature::read_any(signer.signature) {
                Ok((_, Form::Raw64 | Form::Skf128)) => deviations.push(Deviation::SignatureRaw),
                Ok((_, Form::TrimmedDer)) => deviations.push(Deviation::BitStringTrimmed),
                Ok((_, Form::NegativeDer)) => deviations.push(Deviation::IntegerNegative),
                _ => {}
            }
        }
        let binding =
            digest.map_or(Binding::Unsupported, |hash| binding(data, signer, hash, original, &mut deviations));
        Self {
            doubt: doubt(data, signer, der),
            algorithm: algorithm(signer),
            fit: digest.map_or(Fit::Unsupported, |hash| weaken(fit, hash)),
            signed,
            binding,
            claimed: signer.signing_time,
            time_stamp: signer.time_stamp.map(|token| StampFacts::read(token, signer.signature)),
            certificate,
            deviations,
        }
    }
}

/// A value that fits proves nothing if the digest beside it is broken.
pub(super) const fn weaken(fit: Fit, digest: Hash) -> Fit {
    match fit {
        Fit::Good if is_weak(digest) => Fit::Weak,
        fit => fit,
    }
}

/// Digests of the document that are needed to judge a signer.
pub(super) fn wanted(data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Vec<Wanted> {
    let digest = digest_of(signer.digest_algorithm);
    let mut list: Vec<Wanted> = digest.map(Wanted::plain).into_iter().collect();
    list.extend(data.content.iter().flat_map(|content| digests_of_size(content.len())).map(Wanted::plain));
    if signer.attributes.is_some() {
        return list;
    }
    if !oid::is_sm2_signature(signer.signature_algorithm) {
        list.extend(Scheme::read(signer.signature_identifier, digest).map(|scheme| Wanted::plain(scheme.hash())));
    } else if let Some(key) = certificate_of(data, signer).and_then(|certificate| sm2_key(&certificate.der)) {
        list.extend([Wanted::plain(Hash::Sm3), Wanted { hash: Hash::Sm3, z: Some(*key.z()) }]);
    }
    list
}

/// Digests that a content of this length may be.
fn digests_of_size(bytes: usize) -> impl Iterator<Item = Hash> {
    Hash::ALL.into_iter().filter(move |hash| hash.size_bytes() == bytes)
}

fn sm2_key(certificate: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(Certificate::from_der(certificate).ok()?.public_key.sm2()?).ok()
}

/// The order of formats.md §5: attributes as SET, content, document, the document's SM3 itself as e.
///
/// Attributes that are there are what was signed: nothing else is tried, or they could be changed.
fn value(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    certificate: Option<&[u8]>,
    original: &Original,
) -> (Fit, Signed) {
    let first = match (&signer.attributes, &data.content) {
        (Some(_), _) => Signed::Attributes,
        (None, Some(_)) => Signed::Content,
        (None, None) => Signed::Document,
    };
    let Some(certificate) = certificate else { return (Fit::Unreadable, first) };
    if let Some(attributes) = signer.attributes_as_set() {
        return (fit_message(certificate, signer, &attributes), first);
    }
    let fit = |signed: Signed| match (signed, &data.content) {
        (Signed::Content, Some(content)) => fit_message(certificate, signer, content),
        (Signed::Document | Signed::DigestAsE, _) => fit_document(certificate, signer, original, signed),
        _ => Fit::Bad,
    };
    let own = fit(first);
    let others = [Signed::Document, Signed::DigestAsE].into_iter().filter(|_| own == Fit::Bad);
    let found = others.map(|signed| (fit(signed), signed)).find(|(fit, _)| matches!(fit, Fit::Good | Fit::Weak));
    found.unwrap_or((own, first))
}

/// Whether the value fits a message.
pub(super) fn fit_message(certificate: &[u8], signer: &SignerInfo<'_>, message: &[u8]) -> Fit {
    if oid::is_sm2_signature(signer.signature_algorithm) {
        return Fit::of(certificate, signer.signature_algorithm, message, signer.signature);
    }
    fit_foreign(certificate, signer, |scheme| Some(scheme.hash().digest(message)))
}

fn fit_document(certificate: &[u8], signer: &SignerInfo<'_>, original: &Original, signed: Signed) -> Fit {
    if !oid::is_sm2_signature(signer.signature_algorithm) {
        let digest = |scheme: Scheme| original.digest(&Wanted::plain(scheme.hash())).map(<[u8]>::to_vec);
        return if signed == Signed::Document { fit_foreign(certificate, signer, digest) } else { Fit::Bad };
    }
    let Some(key) = sm2_key(certificate) else { return Fit::Unsupported };
    let z = (signed == Signed::Document).then(|| *key.z());
    let e = original.digest(&Wanted { hash: Hash::Sm3, z }).and_then(|digest| <[u8; 32]>::try_from(digest).ok());
    e.map_or(Fit::Bad, |e| Fit::of_sm2(&key, &e, signer.signature))
}

fn fit_foreign(certificate: &[u8], signer: &SignerInfo<'_>, digest: impl Fn(Scheme) -> Option<Vec<u8>>) -> Fit {
    let Ok(certificate) = Certificate::from_der(certificate) else { return Fit::Unreadable };
    if matches!(certificate.public_key, PublicKey::Sm2(_)) {
        return Fit::Unsupported;
    }
    let scheme = Scheme::read(signer.signature_identifier, digest_of(signer.digest_algorithm));
    let Some(scheme) = scheme else { return Fit::Unsupported };
    digest(scheme)
        .map_or(Fit::Bad, |digest| scheme.check_digest(&certificate.public_key, &digest, signer.signature).into())
}

/// Whether messageDigest and the content mean the document.
fn binding(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    hash: Hash,
    original: &Original,
    deviations: &mut Vec<Deviation>,
) -> Binding {
    let Some(document) = original.digest(&Wanted::plain(hash)) else { return Binding::NoDocument };
    let content = data.content.as_deref();
    let meaning = content.map(|content| Meaning::of(content, hash, document, original));
    let weakest = match meaning {
        Some(Meaning::Other) => return Binding::Other,
        Some(Meaning::Text) => {
            deviations.push(Deviation::CmsDigestText);
            hash
        }
        Some(Meaning::Digest(by)) if is_weak(by) => by,
        Some(Meaning::Digest(_) | Meaning::Whole) | None => hash,
    };
    let same = if is_weak(weakest) { Binding::SameByWeakDigest } else { Binding::Same };
    match (signer.attributes, signer.message_digest) {
        (Some(_), None) => Binding::NotStated,
        (Some(_), Some(stated)) => {
            let of_content = content.is_some_and(|content| hash.digest(content) == stated);
            if stated == document || of_content { same } else { Binding::Other }
        }
        (None, _) if content.is_some() => same,
        (None, _) => Binding::ByValue,
    }
}

/// How a content means the document.
enum Meaning {
    /// It is its digest, by this algorithm: `adbe.pkcs7.sha1` has SHA-1 whatever the signer's digest is.
    Digest(Hash),
    /// It is its digest in Base64.
    Text,
    /// It is the document.
    Whole,
    /// It does not.
    Other,
}

impl Meaning {
    fn of(content: &[u8], hash: Hash, document: &[u8], original: &Original) -> Self {
        let is_by = |hash: &Hash| original.digest(&Wanted::plain(*hash)) == Some(content);
        if let Some(by) = digests_of_size(content.len()).find(is_by) {
            Self::Digest(by)
        } else if hash.digest(content) == document {
            Self::Whole
        } else if BASE64.decode(content.trim_ascii()).is_ok_and(|decoded| decoded == document) {
            Self::Text
        } else {
            Self::Other
        }
    }
}

/// What the attributes leave open, or contradict.
fn doubt(data: &SignedData<'_>, signer: &SignerInfo<'_>, certificate: Option<&[u8]>) -> Option<&'static str> {
    signer.attributes?;
    let is_data = |kind: &[u8]| [oid::GM_DATA, oid::PKCS7_DATA].contains(&kind);
    let names_other = |stated: &CertificateDigest<'_>| certificate.is_some_and(|der| !is_digest_of(stated, der));
    match signer.content_type {
        _ if signer.attributes_in_doubt => Some("an attribute is repeated or cannot be read"),
        None => Some("the attributes name no content type"),
        Some(kind) if kind != data.content_type && !(is_data(kind) && is_data(data.content_type)) => {
            Some("the attributes name another content type")
        }
        _ if signer.certificate_digests.iter().any(names_other) => Some("the attributes name another certificate"),
        _ => None,
    }
}

pub(super) fn is_digest_of(stated: &CertificateDigest<'_>, certificate: &[u8]) -> bool {
    let default = if stated.is_v2 { Hash::Sha256 } else { Hash::Sha1 };
    let hash = stated.algorithm.map_or(Some(default), digest_of);
    hash.is_some_and(|hash| hash.digest(certificate) == stated.digest)
}

fn algorithm(signer: &SignerInfo<'_>) -> String {
    if oid::is_sm2_signature(signer.signature_algorithm) {
        return "SM2".into();
    }
    let scheme = Scheme::read(signer.signature_identifier, digest_of(signer.digest_algorithm));
    scheme.map_or_else(|| eseal_asn1::oid::dotted(signer.signature_algorithm), Scheme::name)
}
