//! The one place where failures become codes of appendix B (返回码).

use eseal_api::{EntryStatus, ErrorCode, FieldErrorKind, Language};

use crate::Error;

impl Error {
    /// Its code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidEnvelope { .. } => ErrorCode::BadEnvelope,
            Self::Field(error) => match error.kind {
                FieldErrorKind::Missing => ErrorCode::MissingParameter,
                FieldErrorKind::Malformed { .. } => ErrorCode::BadParameter,
                FieldErrorKind::TooLong { .. } => ErrorCode::ListTooLong,
            },
            Self::BadParameter { .. } => ErrorCode::BadParameter,
            Self::UnsupportedAlgorithm { .. } => ErrorCode::UnsupportedAlgorithm,
            Self::UnknownSystem => ErrorCode::UnknownSystem,
            Self::BadRequestSignature => ErrorCode::BadRequestSignature,
            Self::TimestampOutsideWindow => ErrorCode::TimestampOutOfWindow,
            Self::Replayed => ErrorCode::Replay,
            Self::InvalidToken => ErrorCode::BadToken,
            Self::FunctionNotAllowed => ErrorCode::FunctionNotAllowed,
            Self::NotGranted => ErrorCode::NotGranted,
            Self::GrantExpired => ErrorCode::GrantExpired,
            Self::SceneNotAllowed => ErrorCode::SceneNotAllowed,
            Self::GovernmentSealsOnly => ErrorCode::GovernmentSealOnly,
            Self::AddressNotAllowed => ErrorCode::AddressNotAllowed,
            Self::NoSuchInterface => ErrorCode::UnknownFunction,
            Self::OrganizationNotFound => ErrorCode::OrganizationNotFound,
            Self::SealNotFound => ErrorCode::SealNotFound,
            Self::FileNotFound => ErrorCode::FileNotFound,
            Self::TaskNotFound => ErrorCode::TaskNotFound,
            Self::NotSignedYet => ErrorCode::NotSignedYet,
            Self::AlreadyComposed => ErrorCode::AlreadyComposed,
            Self::ReqIdReused => ErrorCode::RequestIdReused,
            Self::SameRequestRunning => ErrorCode::RequestInProgress,
            Self::SealNotCollected => ErrorCode::SealNotCollected,
            Self::SealFrozen => ErrorCode::SealFrozen,
            Self::SealRevoked => ErrorCode::SealRevoked,
            Self::SealOutsideValidity => ErrorCode::SealOutsideValidity,
            Self::WrongCarrier => ErrorCode::WrongCarrier,
            Self::Expired { .. } => ErrorCode::Expired,
            Self::FileTooLarge { .. } => ErrorCode::TooLarge,
            Self::UnsupportedFileType => ErrorCode::UnsupportedFileType,
            Self::FileDamaged { .. } => ErrorCode::DamagedFile,
            Self::FileEncrypted => ErrorCode::EncryptedFile,
            Self::OffPage { .. } => ErrorCode::OffPage,
            Self::KeywordNotFound { .. } => ErrorCode::KeywordNotFound,
            Self::DocumentLocked => ErrorCode::Locked,
            Self::WrongSignatureValue => ErrorCode::BadSignatureValue,
            Self::CertificateNotListed => ErrorCode::CertificateNotListed,
            Self::CertificateOutsidePeriod => ErrorCode::CertificateOutsideValidity,
            Self::CertificateRevoked => ErrorCode::CertificateRevoked,
            Self::CertificateNotTrusted => ErrorCode::CertificateNotTrusted,
            Self::ChallengeMismatch => ErrorCode::ChallengeMismatch,
            Self::UnsupportedConversion => ErrorCode::UnsupportedConversion,
            Self::SealedInput => ErrorCode::SignedFileNotConvertible,
            Self::RefusedBySigner => ErrorCode::RefusedBySigner,
            Self::TooManyRequests { .. } => ErrorCode::TooManyRequests,
            Self::Internal(_) => ErrorCode::Internal,
            Self::DeviceUnavailable(_) | Self::NoKey(_) => ErrorCode::DeviceUnavailable,
            Self::ConversionUnavailable(_) | Self::OfficeNotInstalled => ErrorCode::ConverterUnavailable,
            Self::StorageUnavailable(_) => ErrorCode::StorageUnavailable,
            Self::At { error, .. } => error.code(),
        }
    }

    /// What to do about it, for the caller.
    #[must_use]
    pub fn hint(&self, language: Language) -> String {
        match self {
            Self::Field(error) => error.hint(language),
            Self::OfficeNotInstalled => {
                let packages = eseal_office::PACKAGES.join(" ");
                match language {
                    Language::Chinese => {
                        format!("服务器未安装办公文档转换组件，请管理员安装：apt-get install {packages}")
                    }
                    Language::English => format!("The server has no LibreOffice; install: apt-get install {packages}"),
                }
            }
            Self::NoKey(code) => match language {
                Language::Chinese => {
                    format!("印章 {code} 的密钥不在任何密码设备中，重试无用，请平台管理员配置其密钥。")
                }
                Language::English => {
                    format!(
                        "No device has the key of seal {code}: trying again will not help, its operator must set it up."
                    )
                }
            },
            other => other.code().hint(language).to_owned(),
        }
    }

    /// Status of the entry of a list that failed for this reason.
    #[must_use]
    pub fn entry_status(&self, language: Language) -> EntryStatus {
        if self.is_transient() {
            tracing::error!(error = %self, "Could not carry out an entry of a list");
        }
        EntryStatus {
            hint: Some(self.hint(language)),
            ..EntryStatus::failed(self.code(), self.field().map(str::to_owned), language)
        }
    }
}

/// An entry of a list: its content if it succeeded, and its status.
pub(crate) fn entry<T>(result: crate::Result<T>, language: Language) -> (Option<T>, EntryStatus) {
    match result {
        Ok(found) => (Some(found), EntryStatus::success(language)),
        Err(error) => (None, error.entry_status(language)),
    }
}
