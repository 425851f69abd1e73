//! One certificate to be issued (待签发证书).

use jiff::Timestamp;

use super::{IssueError, SignTbs, Subject, extension};
use crate::{Certificate, der, oid};

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
        self.issue(&self.subject.to_der(), self.public_key, sign)
    }

    /// Issues a certificate under `issuer`, whose key `sign` uses (签发证书).
    ///
    /// # Errors
    /// See [`IssueError`].
    pub fn issued_by(&self, issuer: &[u8], sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
        let issuer = Certificate::from_der(issuer)?;
        self.issue(issuer.subject.raw, issuer.public_key.bytes(), sign)
    }

    fn issue(&self, issuer: &[u8], issuer_key: &[u8], sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
        if self.public_key.len() != 65 || self.public_key.first() != Some(&4) {
            return Err(IssueError::PublicKey);
        }
        let validity = der::sequence(&[&time(self.not_before)?, &time(self.not_after)?]);
        let tbs = der::sequence(&[
            &der::context(0, &der::integer(&[2])),
            &serial(self.serial)?,
            &signature_algorithm(),
            issuer,
            &validity,
            &self.subject.to_der(),
            &spki(self.public_key),
            &der::context(3, &extension::of_certificate(self, issuer_key)),
        ]);
        finish(&tbs, sign)
    }
}

/// The signed structure around `tbs`.
pub(super) fn finish(tbs: &[u8], sign: SignTbs<'_>) -> Result<Vec<u8>, IssueError> {
    let signature = sign(tbs).map_err(IssueError::Sign)?;
    Ok(der::sequence(&[tbs, &signature_algorithm(), &der::bit_string(&signature)]))
}

/// SM3withSM2, without parameters.
pub(super) fn signature_algorithm() -> Vec<u8> {
    der::sequence(&[&der::oid(oid::SM3_WITH_SM2)])
}

/// A positive serial number.
pub(super) fn serial(bytes: &[u8]) -> Result<Vec<u8>, IssueError> {
    match bytes {
        [first, rest @ ..] if rest.len() < 20 => Ok(der::integer(&[&[first & 0x7F], rest].concat())),
        _ => Err(IssueError::Serial),
    }
}

/// UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5).
pub(super) fn time(at: Timestamp) -> Result<Vec<u8>, IssueError> {
    let civil = jiff::tz::Offset::UTC.to_datetime(at);
    match civil.year() {
        1950..=2049 => Ok(der::utc_time(&civil.strftime("%y%m%d%H%M%SZ").to_string())),
        2050..=9999 => Ok(der::generalized_time(&civil.strftime("%Y%m%d%H%M%SZ").to_string())),
        _ => Err(IssueError::Time(at)),
    }
}

fn spki(public_key: &[u8]) -> Vec<u8> {
    let algorithm = der::sequence(&[&der::oid(oid::EC_PUBLIC_KEY), &der::oid(oid::SM2)]);
    der::sequence(&[&algorithm, &der::bit_string(public_key)])
}
