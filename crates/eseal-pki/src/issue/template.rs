//! One certificate to be issued (待签发证书).

use eseal_asn1::write;
use jiff::Timestamp;

use super::{IssueError, SignTbs, Subject, extension};
use crate::{Certificate, oid};

/// What a certificate is for: decides key usage and constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// 根证书: signs certificates and CRLs.
    Root,
    /// 中级证书: as a root, below one, with at most this many further CAs below itself.
    Intermediate {
        /// `pathLenConstraint`.
        path_len: u8,
    },
    /// 制章人: signs seals.
    SealMaker,
    /// 签章人, of an organisation or a person: signs documents.
    Signer,
    /// 时间戳服务: signs time stamps, nothing else.
    Tsa,
    /// 证书状态响应者: signs OCSP responses for its issuer, and need not be checked itself.
    OcspResponder,
    /// 移动终端: signs requests of a phone.
    Phone,
    /// 加密证书: decrypts, must not sign; for tests of key usage.
    Encryption,
}

/// One certificate to be issued (待签发证书).
#[derive(Clone, Debug)]
pub struct CertificateTemplate<'a> {
    /// Serial number: 1 to 20 bytes, at random so that it cannot be guessed; its sign bit is cleared.
    pub serial: &'a [u8],
    /// For whom.
    pub subject: &'a Subject,
    /// SM2 public key, `04 ‖ x ‖ y`.
    pub public_key: &'a [u8],
    /// What for.
    pub profile: Profile,
    /// First moment of validity, whole seconds.
    pub not_before: Timestamp,
    /// Last moment of validity, whole seconds.
    pub not_after: Timestamp,
    /// Where the issuer's CRL can be had.
    pub crl_url: Option<&'a str>,
}

impl CertificateTemplate<'_> {
    /// Issues a certificate that is its own issuer (自签名证书).
    ///
    /// # Errors
    /// See [`IssueError`].
    pub fn self_signed(&self, sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
        self.issue(&self.subject.to_der(), self.public_key, &[], sign)
    }

    /// Issues a certificate under `issuer`, whose key `sign` uses (签发证书).
    ///
    /// # Errors
    /// See [`IssueError`].
    pub fn issued_by(&self, issuer: &[u8], sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
        self.issued_by_with(issuer, &[], sign)
    }

    /// As [`Self::issued_by`], with further extensions (DER), such as
    /// [`authority_info_access`](super::authority_info_access).
    ///
    /// # Errors
    /// See [`IssueError`].
    pub fn issued_by_with(
        &self,
        issuer: &[u8],
        extensions: &[Vec<u8>],
        sign: SignTbs<'_>,
    ) -> Result<Vec<u8>, IssueError> {
        let issuer = Certificate::from_der(issuer)?;
        self.issue(issuer.subject.raw, issuer.public_key.bytes(), extensions, sign)
    }

    fn issue(
        &self,
        issuer: &[u8],
        issuer_key: &[u8],
        more: &[Vec<u8>],
        sign: SignTbs<'_>,
    ) -> Result<Vec<u8>, IssueError> {
        if self.public_key.len() != 65 || self.public_key.first() != Some(&4) {
            return Err(IssueError::PublicKey);
        }
        let validity = write::sequence(&[&time(self.not_before)?, &time(self.not_after)?]);
        let tbs = write::sequence(&[
            &write::context(0, &write::integer(&[2])),
            &serial(self.serial)?,
            &signature_algorithm(),
            issuer,
            &validity,
            &self.subject.to_der(),
            &spki(self.public_key),
            &write::context(3, &extension::of_certificate(self, issuer_key, more)),
        ]);
        finish(&tbs, sign)
    }
}

/// The signed structure around `tbs`.
pub(super) fn finish(tbs: &[u8], sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
    let signature = sign(tbs).map_err(IssueError::Sign)?;
    Ok(write::sequence(&[tbs, &signature_algorithm(), &write::bit_string(&signature)]))
}

/// SM3withSM2, without parameters.
pub(super) fn signature_algorithm() -> Vec<u8> {
    write::sequence(&[&write::oid(oid::SM3_WITH_SM2)])
}

/// A positive serial number.
pub(super) fn serial(bytes: &[u8]) -> Result<Vec<u8>, IssueError> {
    match bytes {
        [first, rest @ ..] if rest.len() < 20 => Ok(write::integer(&[&[first & 0x7F], rest].concat())),
        _ => Err(IssueError::Serial),
    }
}

/// UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5).
pub(super) fn time(at: Timestamp) -> Result<Vec<u8>, IssueError> {
    match jiff::tz::Offset::UTC.to_datetime(at).year() {
        1950..=2049 => Ok(write::utc_time(at)),
        2050..=9999 => Ok(write::generalized_time(at)),
        _ => Err(IssueError::Time(at)),
    }
}

fn spki(public_key: &[u8]) -> Vec<u8> {
    let algorithm = write::sequence(&[&write::oid(oid::EC_PUBLIC_KEY), &write::oid(oid::SM2)]);
    write::sequence(&[&algorithm, &write::bit_string(public_key)])
}
