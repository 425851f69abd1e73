//! Questions (时间戳请求).

use eseal_asn1::{Node, tag, write};
use eseal_gm::Hash;

use crate::CertificateError;

/// `TimeStampReq` (时间戳请求), RFC 3161, 2.4.1.
///
/// ```text
/// TimeStampReq ::= SEQUENCE {
///     version INTEGER, messageImprint SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING },
///     reqPolicy OBJECT IDENTIFIER OPTIONAL, nonce INTEGER OPTIONAL, certReq BOOLEAN DEFAULT FALSE,
///     extensions [0] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStampRequest<'a> {
    /// 版本: 1.
    pub version: Option<i64>,
    /// Whole AlgorithmIdentifier of the imprint, DER; a token repeats it.
    pub imprint_identifier: &'a [u8],
    /// The digest algorithm, if it is known.
    pub hash: Option<Hash>,
    /// Digest of what is to be stamped.
    pub imprint: &'a [u8],
    /// Content octets of the OID of the policy that is asked for.
    pub policy: Option<&'a [u8]>,
    /// Content octets of the nonce; a token repeats it.
    pub nonce: Option<&'a [u8]>,
    /// Whether the authority's certificate shall come with the token.
    pub wants_certificate: bool,
    /// True if it has extensions, of which none is known here.
    pub has_extensions: bool,
}

impl<'a> TimeStampRequest<'a> {
    /// Reads a request.
    ///
    /// # Errors
    /// [`CertificateError`] with the byte at fault.
    pub fn from_der(der: &'a [u8]) -> Result<Self, CertificateError> {
        let whole = Node::parse(der)?;
        if whole.tag != tag::SEQUENCE {
            return Err(CertificateError::Field { field: "TimeStampReq", offset: 0 });
        }
        let mut fields = whole.children();
        let version = fields.expect(tag::INTEGER, "version")?.integer();
        let mut imprint = fields.expect(tag::SEQUENCE, "messageImprint")?.children();
        let identifier = imprint.expect(tag::SEQUENCE, "hashAlgorithm")?;
        let hash = Hash::from_oid(identifier.children().expect(tag::OID, "hashAlgorithm")?.body);
        let imprint = imprint.expect(tag::OCTET_STRING, "hashedMessage")?.body;
        let policy = fields.optional(tag::OID)?.map(|policy| policy.body);
        let nonce = fields.optional(tag::INTEGER)?.map(|nonce| nonce.body);
        let wants_certificate = fields.optional(tag::BOOLEAN)?.is_some_and(|wants| wants.boolean());
        let has_extensions = fields.optional(tag::context(0))?.is_some();
        Ok(Self {
            version,
            imprint_identifier: identifier.raw,
            hash,
            imprint,
            policy,
            nonce,
            wants_certificate,
            has_extensions,
        })
    }

    /// True if the imprint is as long as its algorithm's digests are.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.version == Some(1) && self.hash.is_some_and(|hash| hash.size_bytes() == self.imprint.len())
    }
}

/// Asks for a time stamp over what has this digest, with the authority's certificate (生成时间戳请求): DER of a
/// `TimeStampReq`.
///
/// `nonce` is some random bytes, at most 32 (a first bit that is set is kept by a zero byte); `policy` the content
/// octets of an OID.
#[must_use]
pub fn time_stamp_request(hash: Hash, digest: &[u8], nonce: Option<&[u8]>, policy: Option<&[u8]>) -> Vec<u8> {
    let algorithm = write::sequence(&[&write::oid(hash.oid().der), &write::null()]);
    let imprint = write::sequence(&[&algorithm, &write::octet_string(digest)]);
    let policy = policy.map(write::oid).unwrap_or_default();
    let nonce = nonce.map(write::integer).unwrap_or_default();
    write::sequence(&[&write::integer_i64(1), &imprint, &policy, &nonce, &write::boolean(true)])
}
