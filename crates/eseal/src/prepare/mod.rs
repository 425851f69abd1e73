//! Preparing and composing a seal signature (生成摘要, 签章合成).

mod build;
mod compose;
mod keyword;
mod ofd_picture;
mod picture;
mod places;
mod signer_value;
pub(crate) mod vouch;

use eseal_bytes::{Assembly, ReadError};
use eseal_ofd::PreparedOfd;
use eseal_pdf::PreparedPdf;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use build::prepare_detached;

use crate::{Check, Evidence, FileType, Limits, OpenError, Placed, Placement, PlacementError, Policy};

/// `/Filter` and `/SubFilter` of PDF signatures, from configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PdfNames {
    /// Vendor's handler.
    pub filter: String,
    /// Format of Contents.
    pub sub_filter: String,
}

impl Default for PdfNames {
    fn default() -> Self {
        Self { filter: "ESEAL.GMPkiLite".into(), sub_filter: "GM.sm2seal".into() }
    }
}

/// What [`crate::Document::prepare`] needs to know.
#[derive(Clone, Copy)]
pub struct PrepareRequest<'a> {
    /// The seal: SESeal, DER, embedded byte for byte.
    pub seal: &'a [u8],
    /// The signer's certificate, DER.
    pub signer_certificate: &'a [u8],
    /// Where the seal goes: at least one rule.
    pub placements: &'a [Placement],
    /// True if nobody may seal the document afterwards.
    pub lock: bool,
    /// Reason to show in PDF viewers.
    pub reason: Option<&'a str>,
    /// `timeInfo`: when it is signed.
    pub signing_time: Timestamp,
    /// Names in PDF.
    pub pdf: &'a PdfNames,
    /// Anchors, CRLs: the seal and the signer are verified before anything is written.
    pub evidence: &'a Evidence,
    /// Rules of that verification.
    pub policy: &'a Policy,
}

/// Why nothing was prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The document cannot be used.
    #[error(transparent)]
    Document(#[from] OpenError),
    /// A rule leads nowhere.
    #[error("rule {index}: {error}")]
    Placement {
        /// Which rule, from 0.
        index: usize,
        /// Why.
        error: PlacementError,
    },
    /// The document is locked against further seals.
    #[error("the document is locked")]
    Locked,
    /// An earlier signature is broken.
    #[error("signature {index} of the document is broken")]
    EarlierSignatureBroken {
        /// Which signature, from 0.
        index: usize,
    },
    /// The seal cannot be read or is not what its maker signed.
    #[error("the seal is not good")]
    SealNotGood {
        /// The checks that did not pass.
        checks: Vec<Check>,
    },
    /// The seal is outside its validity.
    #[error("the seal is outside its validity")]
    SealOutsideValidity,
    /// The signer's certificate is not in the seal's list.
    #[error("the signer's certificate is not in the seal's list")]
    SignerNotListed,
    /// The signer's certificate is outside its period.
    #[error("the signer's certificate is outside its period")]
    SignerOutsidePeriod,
    /// The signer's certificate is revoked, or that cannot be ruled out.
    #[error("the signer's certificate is revoked or its status is not known")]
    SignerRevoked,
    /// The signer's or the maker's certificate leads to no anchor, or may not sign.
    #[error("certificate is not trusted")]
    NotTrusted,
    /// What the caller wants written cannot be written, such as a time beyond the year 9999.
    #[error("bad request: {0}")]
    BadRequest(String),
}

/// A document ready for its signature value (待签章文件).
///
/// Small and serialisable: it names ranges of the original instead of holding it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Prepared {
    /// Kind of document; none for digest-only preparation.
    pub file_type: Option<FileType>,
    /// DER of TBS_Sign.
    #[serde(with = "crate::prepare::base64_bytes")]
    pub tbs: Vec<u8>,
    /// e = SM3(Z ‖ TBS_Sign), what devices sign.
    pub e: [u8; 32],
    /// `dataHash`: SM3 of the protected bytes.
    pub data_hash: [u8; 32],
    /// The signer's certificate, DER.
    #[serde(with = "crate::prepare::base64_bytes")]
    pub signer_certificate: Vec<u8>,
    /// Where the marks will stand.
    pub placements: Vec<Placed>,
    /// Remarks, such as a keyword found in hidden text.
    pub warnings: Vec<String>,
    /// What is written around the signature.
    body: Body,
    /// `timeInfo`.
    signing_time: Timestamp,
    /// Limits of the document, for the verification of what is composed.
    limits: Limits,
}

/// What is written around the signature.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Body {
    Pdf(PreparedPdf),
    Ofd(Box<PreparedOfd>),
    Detached,
}

pub(crate) mod base64_bytes {
    //! Bytes as base64 in JSON.
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A signature value in any of the forms that callers send (签名值).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureValue {
    /// DER SEQUENCE{r,s}, raw r‖s of 64 bytes or an SKF blob of 128 bytes, told apart by shape.
    Bytes(Vec<u8>),
    /// GB/T 35275 SignedData around such a value (`p7SignResult`).
    SignedData(Vec<u8>),
}

/// Why a value was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The value does not fit e and the signer's certificate.
    #[error("the signature value does not fit")]
    WrongSignature,
    /// The caller names another certificate than the prepared one, or one that the seal does not list.
    #[error("the certificate is not the one that was prepared")]
    OtherCertificate,
    /// The time stamp is none, or not one of the signature value.
    #[error("the time stamp does not fit")]
    WrongTimeStamp,
    /// The original could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The composed file did not pass our own verification: nothing is handed out.
    #[error("the composed file does not verify: {0}")]
    SelfCheck(String),
}

/// A sealed file, or a seal signature alone for digest-only preparation (已签章文件).
pub struct Sealed {
    /// The file; for digest-only preparation the DER of the seal signature.
    pub bytes: Assembly,
    /// DER of the seal signature.
    pub seal_signature: Vec<u8>,
    /// Normalised DER of the signature value.
    pub signature_value: Vec<u8>,
    /// SM3 of `bytes`.
    pub sm3: [u8; 32],
}
