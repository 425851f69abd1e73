//! Answers (时间戳响应).

use std::fmt;

use eseal_asn1::{Node, tag};

use crate::CertificateError;

/// `TimeStampResp` (时间戳响应), RFC 3161, 2.4.2.
///
/// ```text
/// TimeStampResp ::= SEQUENCE {
///     status SEQUENCE { status INTEGER, statusString SEQUENCE OF UTF8String OPTIONAL, failInfo BIT STRING OPTIONAL },
///     timeStampToken ContentInfo OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStampResponse<'a> {
    /// 0 granted, 1 granted with changes, 2 rejected, 3 waiting, 4 and 5 about revocation.
    pub status: Option<i64>,
    /// What the authority says to it.
    pub text: String,
    /// Why there is none.
    pub failure: Option<TimeStampFailure>,
    /// The token, DER.
    pub token: Option<&'a [u8]>,
}

/// `PKIFailureInfo` (失败原因): the number of its first bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeStampFailure(
    /// Number of the bit.
    pub u8,
);

impl TimeStampFailure {
    /// Algorithm unknown or not supported.
    pub const BAD_ALGORITHM: Self = Self(0);
    /// Not permitted, or not supported.
    pub const BAD_REQUEST: Self = Self(2);
    /// Of the wrong form.
    pub const BAD_DATA_FORMAT: Self = Self(5);
    /// The source of time is not available.
    pub const TIME_NOT_AVAILABLE: Self = Self(14);
    /// The policy that is asked for is not supported.
    pub const UNACCEPTED_POLICY: Self = Self(15);
    /// An extension is not supported.
    pub const UNACCEPTED_EXTENSION: Self = Self(16);
    /// Something else failed.
    pub const SYSTEM_FAILURE: Self = Self(25);
}

impl fmt::Display for TimeStampFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self {
            Self::BAD_ALGORITHM => "badAlg",
            Self::BAD_REQUEST => "badRequest",
            Self::BAD_DATA_FORMAT => "badDataFormat",
            Self::TIME_NOT_AVAILABLE => "timeNotAvailable",
            Self::UNACCEPTED_POLICY => "unacceptedPolicy",
            Self::UNACCEPTED_EXTENSION => "unacceptedExtension",
            Self::SYSTEM_FAILURE => "systemFailure",
            _ => "a failure that is not known",
        })
    }
}

impl<'a> TimeStampResponse<'a> {
    /// Reads a response.
    ///
    /// # Errors
    /// [`CertificateError`] with the byte at fault.
    pub fn from_der(der: &'a [u8]) -> Result<Self, CertificateError> {
        let mut parts = Node::root(der).expect(tag::SEQUENCE, "TimeStampResp")?.children();
        let mut status = parts.expect(tag::SEQUENCE, "status")?.children();
        let number = status.expect(tag::INTEGER, "status")?.integer();
        let text = match status.optional(tag::SEQUENCE)? {
            Some(list) => list.children().all()?.iter().map(Node::text).collect::<Vec<_>>().join("; "),
            None => String::new(),
        };
        let failure = match status.optional(tag::BIT_STRING)? {
            Some(bits) => first_bit(bits.bits()?),
            None => None,
        };
        let token = parts.optional(tag::SEQUENCE)?.map(|token| token.raw);
        Ok(Self { status: number, text, failure, token })
    }

    /// The token, if it was granted.
    #[must_use]
    pub fn granted(&self) -> Option<&'a [u8]> {
        self.token.filter(|_| matches!(self.status, Some(0 | 1)))
    }
}

fn first_bit(bits: &[u8]) -> Option<TimeStampFailure> {
    let (at, byte) = bits.iter().enumerate().find(|(_, byte)| **byte != 0)?;
    let bit = u32::try_from(at).ok()?.checked_mul(8)?.checked_add(byte.leading_zeros())?;
    u8::try_from(bit).ok().map(TimeStampFailure)
}
