//! Questions (状态请求).

use eseal_asn1::{Node, tag, write};
use eseal_gm::Hash;

use super::{CertId, MAX_SINGLES, OcspError, cert_id};
use crate::{Certificate, Extension, issue, oid};

/// `OCSPRequest` (状态请求), RFC 6960, 4.1.1; a signature of it is passed over.
///
/// ```text
/// OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest, optionalSignature [0] EXPLICIT Signature OPTIONAL }
/// TBSRequest  ::= SEQUENCE {
///     version [0] EXPLICIT INTEGER DEFAULT v1, requestorName [1] EXPLICIT GeneralName OPTIONAL,
///     requestList SEQUENCE OF SEQUENCE { reqCert CertID, singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL },
///     requestExtensions [2] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest<'a> {
    /// Which certificates are asked for.
    pub certificates: Vec<CertId<'a>>,
    /// Value of the extension nonce, as it stands; a response repeats it.
    pub nonce: Option<&'a [u8]>,
}

impl<'a> OcspRequest<'a> {
    /// Reads a request.
    ///
    /// # Errors
    /// See [`OcspError`].
    pub fn from_der(der: &'a [u8]) -> Result<Self, OcspError> {
        let mut parts = Node::root(der).expect(tag::SEQUENCE, "OCSPRequest")?.children();
        let mut fields = parts.expect(tag::SEQUENCE, "tbsRequest")?.children();
        let _version = fields.optional(tag::context(0))?;
        let _requestor = fields.optional(tag::context(1))?;
        let mut list = fields.expect(tag::SEQUENCE, "requestList")?.children();
        let mut certificates = Vec::new();
        while let Some(request) = list.read()? {
            if certificates.len() == MAX_SINGLES {
                return Err(OcspError::TooLarge { what: "requests" });
            }
            certificates.push(CertId::read(&request.children().expect(tag::SEQUENCE, "reqCert")?)?);
        }
        let nonce = match fields.optional(tag::context(2))? {
            Some(extensions) => nonce(&extensions)?,
            None => None,
        };
        Ok(Self { certificates, nonce })
    }
}

/// The value of the extension nonce among `[n] EXPLICIT Extensions`.
fn nonce<'a>(extensions: &Node<'a>) -> Result<Option<&'a [u8]>, OcspError> {
    let mut list = extensions.children().expect(tag::SEQUENCE, "requestExtensions")?.children();
    while let Some(node) = list.read()? {
        let extension = Extension::read(&node)?;
        if extension.oid == oid::OCSP_NONCE {
            return Ok(Some(extension.value));
        }
    }
    Ok(None)
}

/// Asks for the status of `certificate`, which `issuer` issued (生成状态请求): DER of an `OCSPRequest`.
///
/// `hash` names the issuer in it: SHA-1 is what every responder understands, SM3 what some in China prefer.  `nonce`
/// is 1 to 32 random bytes (RFC 9654), or none where responders answer with prepared responses.
#[must_use]
pub fn ocsp_request(
    certificate: &Certificate<'_>,
    issuer: &Certificate<'_>,
    hash: Hash,
    nonce: Option<&[u8]>,
) -> Vec<u8> {
    let id = cert_id::to_der(hash, certificate.issuer.raw, certificate.serial, issuer);
    let list = write::sequence(&[&write::sequence(&[&id])]);
    let extensions = nonce.map(|nonce| {
        let nonce = issue::extension(oid::OCSP_NONCE, false, &write::octet_string(nonce));
        write::context(2, &write::sequence(&[&nonce]))
    });
    write::sequence(&[&write::sequence(&[&list, &extensions.unwrap_or_default()])])
}
