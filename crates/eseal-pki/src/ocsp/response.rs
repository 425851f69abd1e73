//! Answers (状态响应).

use std::fmt;

use eseal_asn1::{Node, tag};
use jiff::{SignedDuration, Timestamp};

use super::{CertId, MAX_CERTIFICATES, MAX_RESPONSE_BYTES, MAX_SINGLES, OcspError};
use crate::{CertificateError, Extension, Name, SignatureAlgorithm, oid};

/// How long an answer without nextUpdate is good: it says that a newer one can be had at any time, so it is good for as
/// long as it takes to judge by it.
const WITHOUT_NEXT_UPDATE: SignedDuration = SignedDuration::from_hours(1);

/// `BasicOCSPResponse` (状态响应), RFC 6960, 4.2.1, with or without the `OCSPResponse` around it.
///
/// ```text
/// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED,
///     responseBytes [0] EXPLICIT SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING } OPTIONAL }
/// BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData, signatureAlgorithm AlgorithmIdentifier,
///     signature BIT STRING, certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// ResponseData ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER DEFAULT v1, responderID CHOICE { byName [1] Name, byKey [2] OCTET STRING },
///     producedAt GeneralizedTime, responses SEQUENCE OF SingleResponse, responseExtensions [1] EXPLICIT OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspResponse<'a> {
    /// The whole structure, without what may follow it.
    pub raw: &'a [u8],
    /// Exactly the bytes that were signed.
    pub tbs: &'a [u8],
    /// Who says that it answers.
    pub responder: ResponderId<'a>,
    /// When it was signed.
    pub produced_at: Timestamp,
    /// The answers.
    pub singles: Vec<SingleResponse<'a>>,
    /// Value of the extension nonce, as it stands.
    pub nonce: Option<&'a [u8]>,
    /// True if it says something critical about itself that is not understood here: then it proves nothing.
    pub unknown_critical: bool,
    /// How it is signed.
    pub signature_algorithm: SignatureAlgorithm<'a>,
    /// The signature value.
    pub signature: &'a [u8],
    /// Certificates that came with it, DER.
    pub certificates: Vec<&'a [u8]>,
}

/// Who says that it answers (响应者).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponderId<'a> {
    /// By name.
    Name(Name<'a>),
    /// By SHA-1 of its key.
    Key(&'a [u8]),
}

/// One answer (单个证书的状态).
///
/// ```text
/// SingleResponse ::= SEQUENCE {
///     certID CertID, certStatus CHOICE { good [0] NULL, revoked [1] IMPLICIT SEQUENCE { revocationTime GeneralizedTime,
///         revocationReason [0] EXPLICIT CRLReason OPTIONAL }, unknown [2] NULL },
///     thisUpdate GeneralizedTime, nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL,
///     singleExtensions [1] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SingleResponse<'a> {
    /// Which certificate.
    pub certificate: CertId<'a>,
    /// Its status.
    pub status: CertStatus,
    /// When that was known to be so.
    pub this_update: Timestamp,
    /// Until when it is good, if stated.
    pub next_update: Option<Timestamp>,
    /// Extension archiveCutoff: certificates that ended no earlier are still answered for.
    pub archive_cutoff: Option<Timestamp>,
    /// Extension invalidityDate of the entry, if it is repeated here.
    pub invalid_since: Option<Timestamp>,
    /// True if a critical extension of it is not understood here.
    pub unknown_critical: bool,
}

/// Status of a certificate (证书状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked, as far as the responder knows.
    Good,
    /// Revoked.
    Revoked {
        /// Since when.
        since: Timestamp,
        /// `CRLReason`, if stated.
        reason: Option<u8>,
    },
    /// The responder does not know it.
    Unknown,
}

/// Why a responder did not answer (响应状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspStatus(
    /// `responseStatus`.
    pub u8,
);

impl fmt::Display for OcspStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            1 => "malformedRequest",
            2 => "internalError",
            3 => "tryLater",
            5 => "sigRequired",
            6 => "unauthorized",
            _ => "a status that is not known",
        })
    }
}

impl<'a> OcspResponse<'a> {
    /// Reads a response: an `OCSPResponse`, or the `BasicOCSPResponse` alone, which some store.
    ///
    /// # Errors
    /// See [`OcspError`].
    pub fn from_der(der: &'a [u8]) -> Result<Self, OcspError> {
        if der.len() > MAX_RESPONSE_BYTES {
            return Err(OcspError::TooLarge { what: "bytes" });
        }
        let whole = Node::root(der).expect(tag::SEQUENCE, "OCSPResponse")?;
        let mut parts = whole.children();
        let basic = match parts.optional(tag::ENUMERATED)? {
            None => whole,
            Some(status) => match status.body {
                [0] => basic_in(parts.optional(tag::context(0))?)?,
                body => return Err(OcspError::NotAnswered(OcspStatus(body.last().copied().unwrap_or(0)))),
            },
        };
        Self::read(whole.raw, &basic)
    }

    fn read(raw: &'a [u8], basic: &Node<'a>) -> Result<Self, OcspError> {
        let mut parts = basic.children();
        let data = parts.expect(tag::SEQUENCE, "tbsResponseData")?;
        let signature_algorithm = SignatureAlgorithm::read(&parts.expect(tag::SEQUENCE, "signatureAlgorithm")?)?;
        let signature = parts.expect(tag::BIT_STRING, "signature")?.whole_bytes()?;
        let certificates = match parts.optional(tag::context(0))? {
            Some(certificates) => certificates.children().expect(tag::SEQUENCE, "certs")?.children().all()?,
            None => Vec::new(),
        };
        if certificates.len() > MAX_CERTIFICATES {
            return Err(OcspError::TooLarge { what: "certificates" });
        }
        let mut fields = data.children();
        let _version = fields.optional(tag::context(0))?;
        let responder = responder(&fields.any("responderID")?)?;
        let produced_at = fields.any("producedAt")?.time()?;
        let mut list = fields.expect(tag::SEQUENCE, "responses")?.children();
        let mut singles = Vec::new();
        while let Some(single) = list.read()? {
            if singles.len() == MAX_SINGLES {
                return Err(OcspError::TooLarge { what: "answers" });
            }
            singles.push(SingleResponse::read(&single)?);
        }
        let (mut nonce, mut unknown_critical) = (None, false);
        for extension in extensions(fields.optional(tag::context(1))?)? {
            match extension.oid {
                oid::OCSP_NONCE => nonce = Some(extension.value),
                oid::OCSP_EXTENDED_REVOKE => {}
                _ => unknown_critical |= extension.critical,
            }
        }
        Ok(Self {
            raw,
            tbs: data.raw,
            responder,
            produced_at,
            singles,
            nonce,
            unknown_critical,
            signature_algorithm,
            signature,
            certificates: certificates.iter().map(|node| node.raw).collect(),
        })
    }

    /// Whether it answers the request that had this nonce (its bytes, without the OCTET STRING around them).
    ///
    /// A response without one may be prepared in advance: whoever asked decides by its age.
    #[must_use]
    pub fn has_nonce(&self, nonce: &[u8]) -> Option<bool> {
        let own = self.nonce?;
        // Old responders repeat the bare bytes.
        let inner = Node::parse(own).ok().filter(|node| node.tag == tag::OCTET_STRING).map_or(own, |node| node.body);
        Some(inner == nonce || own == nonce)
    }
}

impl<'a> SingleResponse<'a> {
    fn read(node: &Node<'a>) -> Result<Self, OcspError> {
        let mut fields = node.children();
        let certificate = CertId::read(&fields.expect(tag::SEQUENCE, "certID")?)?;
        let status = CertStatus::read(&fields.any("certStatus")?)?;
        let this_update = fields.any("thisUpdate")?.time()?;
        let next_update = match fields.optional(tag::context(0))? {
            Some(next) => Some(next.children().any("nextUpdate")?.time()?),
            None => None,
        };
        let (mut archive_cutoff, mut invalid_since, mut unknown_critical) = (None, None, false);
        for extension in extensions(fields.optional(tag::context(1))?)? {
            match extension.oid {
                oid::OCSP_ARCHIVE_CUTOFF => archive_cutoff = Some(Node::parse(extension.value)?.time()?),
                oid::INVALIDITY_DATE => invalid_since = Some(Node::parse(extension.value)?.time()?),
                oid::CRL_REASON | oid::OCSP_CRL => {}
                _ => unknown_critical |= extension.critical,
            }
        }
        Ok(Self { certificate, status, this_update, next_update, archive_cutoff, invalid_since, unknown_critical })
    }

    /// Whether the answer tells about the state at `at`: it was still good then, or given later.
    #[must_use]
    pub fn tells_of(&self, at: Timestamp) -> bool {
        let good_until = self.next_update.or_else(|| self.this_update.checked_add(WITHOUT_NEXT_UPDATE).ok());
        self.this_update >= at || good_until.is_some_and(|until| until >= at)
    }
}

impl CertStatus {
    fn read(node: &Node<'_>) -> Result<Self, OcspError> {
        let wrong = CertificateError::Field { field: "certStatus", offset: node.offset };
        match node.tag & !tag::CONSTRUCTED {
            0x80 => Ok(Self::Good),
            0x81 => {
                let mut fields = node.children();
                let since = fields.any("revocationTime")?.time()?;
                let reason = match fields.optional(tag::context(0))? {
                    Some(reason) => {
                        let reason = reason.children().expect(tag::ENUMERATED, "revocationReason")?;
                        reason.body.first().copied()
                    }
                    None => None,
                };
                Ok(Self::Revoked { since, reason })
            }
            0x82 => Ok(Self::Unknown),
            _ => Err(wrong.into()),
        }
    }
}

fn basic_in<'a>(bytes: Option<Node<'a>>) -> Result<Node<'a>, OcspError> {
    let mut fields = bytes.ok_or(OcspError::NotBasic)?.children().expect(tag::SEQUENCE, "responseBytes")?.children();
    if fields.expect(tag::OID, "responseType")?.body != oid::OCSP_BASIC {
        return Err(OcspError::NotBasic);
    }
    let response = fields.expect(tag::OCTET_STRING, "response")?;
    Ok(response.children().expect(tag::SEQUENCE, "BasicOCSPResponse")?)
}

fn responder<'a>(node: &Node<'a>) -> Result<ResponderId<'a>, OcspError> {
    let wrong = CertificateError::Field { field: "responderID", offset: node.offset };
    match node.tag {
        kind if kind == tag::context(1) => {
            Ok(ResponderId::Name(Name::read(&node.children().expect(tag::SEQUENCE, "byName")?)?))
        }
        kind if kind == tag::context(2) => {
            Ok(ResponderId::Key(node.children().expect(tag::OCTET_STRING, "byKey")?.body))
        }
        _ => Err(wrong.into()),
    }
}

fn extensions<'a>(field: Option<Node<'a>>) -> Result<Vec<Extension<'a>>, OcspError> {
    let Some(field) = field else { return Ok(Vec::new()) };
    let nodes = field.children().expect(tag::SEQUENCE, "extensions")?.children().all()?;
    Ok(nodes.iter().map(Extension::read).collect::<Result<_, _>>()?)
}
