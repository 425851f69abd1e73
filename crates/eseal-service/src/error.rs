//! Why a use case did not do what it was asked (错误): data, not prose.
//!
//! One variant a code of appendix B; the codes and their messages are in `eseal-api`.

use std::time::Duration;

use eseal_api::{Expected, FieldError, FieldErrorKind};

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong (附录 B).  Exhaustive on purpose: whoever answers matches every variant.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 40000: the request is not the JSON envelope.
    #[error("not the JSON envelope: {problem}")]
    InvalidEnvelope {
        /// What is wrong with it.
        problem: String,
    },
    /// 40001, 40002, 41302: a field is missing or malformed, or a list is too long.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// 40002: a field is well-formed, but its value makes no sense here.
    #[error("{field}: {problem}")]
    BadParameter {
        /// JSON pointer into `content`.
        field: String,
        /// What is wrong with it, in English.
        problem: String,
    },
    /// 40003: the algorithm is not supported.
    #[error("{field}: unsupported algorithm")]
    UnsupportedAlgorithm {
        /// JSON pointer into `content`, or the name of a header.
        field: String,
    },
    /// 40101: the calling system is not registered, or switched off.
    #[error("unknown system")]
    UnknownSystem,
    /// 40102: the request's signature is wrong or absent.
    #[error("wrong request signature")]
    BadRequestSignature,
    /// 40103: the request's time is outside the window.
    #[error("timestamp outside the window")]
    TimestampOutsideWindow,
    /// 40104: the nonce was used before.
    #[error("replayed nonce")]
    Replayed,
    /// 40105: the access token is unknown or expired.
    #[error("invalid token")]
    InvalidToken,
    /// 40301: the system may not call this function.
    #[error("function not allowed")]
    FunctionNotAllowed,
    /// 40302: there is no grant, or it does not cover this.
    #[error("not granted")]
    NotGranted,
    /// 40303: the grant is over.
    #[error("grant expired")]
    GrantExpired,
    /// 40304: the scene is not allowed for system, grant or seal.
    #[error("scene not allowed")]
    SceneNotAllowed,
    /// 40305: central signing is for government seals.
    #[error("government seals only")]
    GovernmentSealsOnly,
    /// 40306: the caller's address is not on its list.
    #[error("address not allowed")]
    AddressNotAllowed,
    /// 40400: there is no such interface.
    #[error("no such interface")]
    NoSuchInterface,
    /// 40401: the organisation is not known.
    #[error("organization not found")]
    OrganizationNotFound,
    /// 40402: the seal does not exist, or not for this caller.
    #[error("seal not found")]
    SealNotFound,
    /// 40403: the file or prepared digest does not exist, or not for this caller.
    #[error("file not found")]
    FileNotFound,
    /// 40404: the task does not exist, or not for this caller.
    #[error("task not found")]
    TaskNotFound,
    /// 40901: the phone has not signed yet.
    #[error("not signed yet")]
    NotSignedYet,
    /// 40902: composed before, with another value.
    #[error("already composed")]
    AlreadyComposed,
    /// 40903: the request number was used for something else.
    #[error("reqId reused for another content")]
    ReqIdReused,
    /// 40904: the same request is still being worked on.
    #[error("same request is running")]
    SameRequestRunning,
    /// 40910: the holder has not collected the seal.
    #[error("seal not collected")]
    SealNotCollected,
    /// 40911: the seal is frozen.
    #[error("seal frozen")]
    SealFrozen,
    /// 40912: the seal is revoked.
    #[error("seal revoked")]
    SealRevoked,
    /// 40913: the seal is outside its validity.
    #[error("seal outside its validity")]
    SealOutsideValidity,
    /// 40914: the seal's key is kept elsewhere.
    #[error("the key is kept by another carrier")]
    WrongCarrier,
    /// 41001: it existed, and its time is over.
    #[error("{what} expired")]
    Expired {
        /// What expired.
        what: Expired,
    },
    /// 41301: the file or body is too large.
    #[error("more than {limit_bytes} bytes")]
    FileTooLarge {
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// 41501: the kind of file is not supported here.
    #[error("unsupported file type")]
    UnsupportedFileType,
    /// 42201: the file is damaged.
    #[error("damaged file: {problem}")]
    FileDamaged {
        /// What is wrong with it, in English; never its content.
        problem: String,
    },
    /// 42202: the file is encrypted.
    #[error("encrypted file")]
    FileEncrypted,
    /// 42203: a place lies off the page.
    #[error("off the page: {problem}")]
    OffPage {
        /// Which place, in English.
        problem: String,
    },
    /// 42204: the keyword does not occur.
    #[error("keyword found {found} times")]
    KeywordNotFound {
        /// How often it was found.
        found: usize,
    },
    /// 42205: the document is locked against further seals.
    #[error("document locked")]
    DocumentLocked,
    /// 42206: the signature value does not fit.
    #[error("wrong signature value")]
    WrongSignatureValue,
    /// 42207: the certificate is not in the seal's list, or not the one that was prepared.
    #[error("certificate not in the seal's list")]
    CertificateNotListed,
    /// 42208: the certificate is outside its period.
    #[error("certificate outside its period")]
    CertificateOutsidePeriod,
    /// 42209: the certificate is revoked, or that cannot be ruled out.
    #[error("certificate revoked or status unknown")]
    CertificateRevoked,
    /// 42210: the certificate leads to no anchor, or may not sign.
    #[error("certificate not trusted")]
    CertificateNotTrusted,
    /// 42211: the answer does not belong to the challenge, or the match code is wrong.
    #[error("challenge mismatch")]
    ChallengeMismatch,
    /// 42212: this conversion is not offered.
    #[error("unsupported conversion")]
    UnsupportedConversion,
    /// 42213: a sealed file is not converted.
    #[error("sealed input")]
    SealedInput,
    /// 42214: the signer refused.
    #[error("refused by the signer")]
    RefusedBySigner,
    /// 42901: too many requests.
    #[error("too many requests, again in {retry_after:?}")]
    TooManyRequests {
        /// When to come again.
        retry_after: Duration,
    },
    /// 50000: our fault; the cause goes to the log, never to the caller.
    #[error("internal: {0}")]
    Internal(String),
    /// 50301: the cryptographic device does not answer.
    #[error("device unavailable: {0}")]
    DeviceUnavailable(String),
    /// 50301: a server seal whose key is in none of the devices.
    #[error("no device has the key of seal {0}")]
    NoKey(String),
    /// 50302: the conversion service does not answer.
    #[error("conversion unavailable: {0}")]
    ConversionUnavailable(String),
    /// 50302: what reads office documents is not installed.
    #[error("LibreOffice is not installed")]
    OfficeNotInstalled,
    /// 50303: database or object store do not answer.
    #[error("storage unavailable: {0}")]
    StorageUnavailable(String),
    /// One of the above, with the field that it is about.
    #[error("{field}: {error}")]
    At {
        /// JSON pointer into `content`.
        field: String,
        /// What is wrong there.
        error: Box<Self>,
    },
}

/// What had a time limit (41001).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expired {
    /// A prepared digest, `fileUniqueId`.
    Digest,
    /// A phone's signing task.
    SignTask,
    /// A QR code.
    QrCode,
    /// A login challenge; used ones count as expired.
    Challenge,
}

impl std::fmt::Display for Expired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Digest => "prepared digest",
            Self::SignTask => "signing task",
            Self::QrCode => "QR code",
            Self::Challenge => "challenge",
        })
    }
}

impl Error {
    /// A required parameter is missing; `field` is a JSON pointer.
    pub fn missing(field: impl Into<String>) -> Self {
        Self::Field(FieldError { pointer: field.into(), kind: FieldErrorKind::Missing })
    }

    /// A parameter is not what is expected there; `field` is a JSON pointer.
    pub fn malformed(field: impl Into<String>, expected: Expected) -> Self {
        Self::Field(FieldError { pointer: field.into(), kind: FieldErrorKind::Malformed { expected } })
    }

    /// A list has more than `limit` entries; `field` is a JSON pointer.
    pub fn too_long(field: impl Into<String>, limit: usize) -> Self {
        Self::Field(FieldError { pointer: field.into(), kind: FieldErrorKind::TooLong { limit } })
    }

    /// A parameter makes no sense; `field` is a JSON pointer.
    pub fn bad(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::BadParameter { field: field.into(), problem: problem.into() }
    }

    /// The same error, about `field` (a JSON pointer) unless it names one already.
    #[must_use]
    pub fn at(self, field: impl Into<String>) -> Self {
        if self.field().is_some() { self } else { Self::At { field: field.into(), error: Box::new(self) } }
    }

    /// The field that is at fault, as JSON pointer into `content`.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field(error) => Some(&error.pointer),
            Self::BadParameter { field, .. } | Self::UnsupportedAlgorithm { field } | Self::At { field, .. } => {
                Some(field)
            }
            _ => None,
        }
    }

    /// The error itself, without its place.
    #[must_use]
    pub fn kind(&self) -> &Self {
        match self {
            Self::At { error, .. } => error.kind(),
            other => other,
        }
    }

    /// True if the same request may succeed later: such an answer is not remembered for its `reqId`.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        self.code().is_temporary()
    }
}

impl From<eseal_store::StoreError> for Error {
    fn from(error: eseal_store::StoreError) -> Self {
        Self::StorageUnavailable(error.to_string())
    }
}

impl From<eseal::OpenError> for Error {
    fn from(error: eseal::OpenError) -> Self {
        use eseal::OpenError;
        match error {
            OpenError::UnknownType => Self::UnsupportedFileType,
            OpenError::Damaged(problem) => Self::FileDamaged { problem },
            OpenError::Encrypted => Self::FileEncrypted,
            OpenError::TooLarge { limit, .. } => Self::FileTooLarge { limit_bytes: limit },
            OpenError::Read(error) => error.into(),
            other => Self::FileDamaged { problem: other.to_string() },
        }
    }
}

impl From<eseal_bytes::ReadError> for Error {
    fn from(error: eseal_bytes::ReadError) -> Self {
        use eseal_bytes::ReadError;
        match error {
            ReadError::Storage(problem) => Self::StorageUnavailable(problem),
            ReadError::TooLarge { limit, .. } => Self::FileTooLarge { limit_bytes: limit },
            other => Self::FileDamaged { problem: other.to_string() },
        }
    }
}

impl Error {
    /// Why the entry at `pointer` (`/sealDataList/0`) was not prepared.
    #[must_use]
    pub fn of_prepare(error: eseal::PrepareError, pointer: &str) -> Self {
        use eseal::PrepareError;
        match error {
            PrepareError::Document(error) => Self::from(error),
            PrepareError::Placement { index, error } => Self::of_placement(error, &format!("{pointer}/rules/{index}")),
            PrepareError::Locked => Self::DocumentLocked,
            PrepareError::EarlierSignatureBroken { index } => {
                Self::FileDamaged { problem: format!("signature {index} of the document is broken") }
            }
            PrepareError::SealOutsideValidity => Self::SealOutsideValidity,
            PrepareError::SignerNotListed => Self::CertificateNotListed,
            PrepareError::SignerOutsidePeriod => Self::CertificateOutsidePeriod,
            PrepareError::SignerRevoked => Self::CertificateRevoked,
            PrepareError::SealNotGood { checks } => Self::of_seal(&checks, pointer),
            PrepareError::NotTrusted => Self::CertificateNotTrusted,
            PrepareError::BadRequest(problem) => Self::bad(pointer, problem),
            other => Self::Internal(other.to_string()),
        }
    }

    /// A seal that cannot be read or drawn is damaged; one whose maker is not vouched for is not trusted.
    fn of_seal(checks: &[eseal::Check], pointer: &str) -> Self {
        match checks.iter().find(|check| check.code == eseal::CheckCode::SealFormat) {
            Some(check) => Self::FileDamaged { problem: check.reason.en.clone() }.at(format!("{pointer}/sealCode")),
            None => Self::CertificateNotTrusted,
        }
    }

    fn of_placement(error: eseal::PlacementError, pointer: &str) -> Self {
        use eseal::PlacementError;
        match error {
            PlacementError::KeywordNotFound { found } => Self::KeywordNotFound { found }.at(pointer),
            PlacementError::TooMany { limit, .. } => Self::too_long(pointer, limit),
            PlacementError::Nonsense(problem) => Self::bad(pointer, problem),
            PlacementError::TextUnreadable(problem) => Self::FileDamaged { problem }.at(pointer),
            other => Self::OffPage { problem: other.to_string() }.at(pointer),
        }
    }
}

impl From<eseal::ComposeError> for Error {
    fn from(error: eseal::ComposeError) -> Self {
        use eseal::ComposeError;
        match error {
            ComposeError::WrongSignature => Self::WrongSignatureValue,
            ComposeError::OtherCertificate => Self::CertificateNotListed,
            ComposeError::Read(error) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_once() {
        let error = Error::SealNotFound.at("/sealCode").at("/other");
        assert_eq!(error.field(), Some("/sealCode"));
        assert!(matches!(error.kind(), Error::SealNotFound));
    }
}
