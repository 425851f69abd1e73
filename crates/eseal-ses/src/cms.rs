//! SignedData (签名数据), GB/T 35275 and CMS (RFC 5652): read, never written.
//!
//! Which bytes a signature of it is over is for whoever judges: the attributes as a SET ([`SignerInfo::attributes_as_set`]),
//! the content, or the document.

use std::borrow::Cow;

use eseal_asn1::{Children, Error, Node, tag, write};
use jiff::Timestamp;

use crate::{MAX_LIST, oid};

/// `SignedData` (签名数据) with the ContentInfo around it.
///
/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT SignedData }
/// SignedData  ::= SEQUENCE {
///     version INTEGER, digestAlgorithms SET OF AlgorithmIdentifier,
///     contentInfo SEQUENCE { OBJECT IDENTIFIER, content [0] EXPLICIT OCTET STRING OPTIONAL },
///     certificates [0] IMPLICIT SET OPTIONAL, crls [1] IMPLICIT SET OPTIONAL, signerInfos SET OF SignerInfo }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedData<'a> {
    /// The whole ContentInfo, without what may follow it.
    pub raw: &'a [u8],
    /// Content octets of the OID of the whole: GB/T 35275's or PKCS#7's signedData.
    pub outer_type: &'a [u8],
    /// 版本.
    pub version: i64,
    /// Content octets of the OID of what is signed.
    pub content_type: &'a [u8],
    /// What is signed, if it is inside.
    pub content: Option<Cow<'a, [u8]>>,
    /// 证书, DER.
    pub certificates: Vec<&'a [u8]>,
    /// 证书吊销列表, DER.
    pub crls: Vec<&'a [u8]>,
    /// 签名者.
    pub signers: Vec<SignerInfo<'a>>,
    /// True if something stands where nothing is expected: parameters of algorithms that have none, elements behind the
    /// last.  Nothing signs that and nothing rests on it.
    pub has_unread: bool,
}

/// `SignerInfo` (签名者信息).
///
/// ```text
/// SignerInfo ::= SEQUENCE {
///     version INTEGER, issuerAndSerialNumber SEQUENCE { Name, INTEGER }, digestAlgorithm AlgorithmIdentifier,
///     authenticatedAttributes [0] IMPLICIT SET OPTIONAL, digestEncryptionAlgorithm AlgorithmIdentifier,
///     encryptedDigest OCTET STRING, unauthenticatedAttributes [1] IMPLICIT SET OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerInfo<'a> {
    /// Whose certificate it is.
    pub id: SignerId<'a>,
    /// Content octets of the digest algorithm's OID.
    pub digest_algorithm: &'a [u8],
    /// 签名属性: what stands in the `[0]`.
    pub attributes: Option<&'a [u8]>,
    /// True if an attribute that matters stands twice, has not exactly one value, or cannot be read: what the signer
    /// said is then in doubt.
    pub attributes_in_doubt: bool,
    /// Attribute contentType: content octets of the OID.
    pub content_type: Option<&'a [u8]>,
    /// Attribute messageDigest.
    pub message_digest: Option<&'a [u8]>,
    /// Attribute signingTime.
    pub signing_time: Option<Timestamp>,
    /// Attribute signingCertificate or signingCertificateV2: digests of the signer's certificate.
    pub certificate_digests: Vec<CertificateDigest<'a>>,
    /// The whole AlgorithmIdentifier of the signature.
    pub signature_identifier: &'a [u8],
    /// Content octets of the signature algorithm's OID.
    pub signature_algorithm: &'a [u8],
    /// 签名值.
    pub signature: &'a [u8],
    /// Unsigned attribute timeStampToken: a token over the signature value.
    pub time_stamp: Option<&'a [u8]>,
}

/// Digest of the signer's certificate, as ESSCertID and ESSCertIDv2 (RFC 5035) have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateDigest<'a> {
    /// Content octets of the digest algorithm's OID; none for the default of the attribute's version.
    pub algorithm: Option<&'a [u8]>,
    /// True for version 2, whose default is SHA-256; else SHA-1.
    pub is_v2: bool,
    /// Digest.
    pub digest: &'a [u8],
}

/// Whose certificate a signature names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerId<'a> {
    /// By issuer and serial number.
    IssuerAndSerial {
        /// DER of the issuer's Name.
        issuer: &'a [u8],
        /// Content octets of the serial number.
        serial: &'a [u8],
    },
    /// By subject key identifier.
    KeyId(&'a [u8]),
}

/// True if `bytes` begin as a SignedData does: a SEQUENCE whose first element is the OID of one.
#[must_use]
pub fn is_signed_data(bytes: &[u8]) -> bool {
    // Only the beginning is looked at: a placeholder follows, or the rest is damaged.
    let Ok(top) = Node::parse_first(bytes) else { return false };
    let first = top.children().read().ok().flatten();
    first.is_some_and(|first| {
        first.tag == tag::OID && [oid::GM_SIGNED_DATA, oid::PKCS7_SIGNED_DATA].contains(&first.body)
    })
}

impl<'a> SignedData<'a> {
    /// Reads the SignedData at the beginning of `bytes`, whatever follows.
    ///
    /// # Errors
    /// Kind and byte offset of what cannot be read.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let whole = Node::parse_first(bytes)?;
        let mut outer = whole.children();
        let outer_type = outer.expect(tag::OID, "contentType")?;
        let mut unread = Unread::default();
        if ![oid::GM_SIGNED_DATA, oid::PKCS7_SIGNED_DATA].contains(&outer_type.body) {
            return Err(Error::Field { field: "signedData", offset: outer_type.offset });
        }
        let explicit = outer.expect(tag::context(0), "content")?;
        unread.behind(&outer);
        let mut inner = explicit.children();
        let mut fields = inner.expect(tag::SEQUENCE, "SignedData")?.children();
        unread.behind(&inner);
        let version = crate::field::integer(&mut fields, "version")?;
        let mut digests = fields.expect(tag::SET, "digestAlgorithms")?.children();
        while let Some(identifier) = digests.read()? {
            unread.parameters(&identifier)?;
        }
        let mut info = fields.expect(tag::SEQUENCE, "contentInfo")?.children();
        let content_type = info.expect(tag::OID, "eContentType")?.body;
        let content = match info.optional(tag::context(0))? {
            Some(explicit) => {
                let mut inner = explicit.children();
                inner.any("eContent")?;
                unread.behind(&inner);
                Some(content(&explicit)?)
            }
            None => None,
        };
        unread.behind(&info);
        let certificates = raw_items(fields.optional(tag::context(0))?, "certificates")?;
        let crls = raw_items(fields.optional(tag::context(1))?, "crls")?;
        let signers = signers(fields.expect(tag::SET, "signerInfos")?.children(), &mut unread)?;
        unread.behind(&fields);
        Ok(Self {
            raw: whole.raw,
            outer_type: outer_type.body,
            version,
            content_type,
            content,
            certificates,
            crls,
            signers,
            has_unread: unread.found,
        })
    }

    /// True if a signer's contentType attribute names another content than the SignedData does.
    #[must_use]
    pub fn content_types_disagree(&self) -> bool {
        self.signers.iter().filter_map(|signer| signer.content_type).any(|named| named != self.content_type)
    }
}

impl SignerInfo<'_> {
    /// The signed attributes as the SET that was signed: as they were received, with the tag of a SET.
    #[must_use]
    pub fn attributes_as_set(&self) -> Option<Vec<u8>> {
        self.attributes.map(|attributes| write::element(tag::SET, &[attributes]))
    }
}

impl<'a> SignerInfo<'a> {
    fn read(node: &Node<'a>, unread: &mut Unread) -> Result<Self, Error> {
        let mut fields = node.children();
        let _version = crate::field::integer(&mut fields, "version")?;
        let id = signer_id(&fields.any("issuerAndSerialNumber")?)?;
        let digest_algorithm = unread.parameters(&fields.expect(tag::SEQUENCE, "digestAlgorithm")?)?;
        let attributes = fields.optional(tag::context(0))?;
        let identifier = fields.expect(tag::SEQUENCE, "digestEncryptionAlgorithm")?;
        let signature_algorithm = unread.parameters(&identifier)?;
        let signature = fields.expect(tag::OCTET_STRING, "encryptedDigest")?.body;
        let unsigned = fields.optional(tag::context(1))?;
        unread.behind(&fields);
        let mut signer = Self {
            id,
            digest_algorithm,
            attributes: attributes.map(|node| node.body),
            attributes_in_doubt: false,
            content_type: None,
            message_digest: None,
            signing_time: None,
            certificate_digests: Vec::new(),
            signature_identifier: identifier.raw,
            signature_algorithm,
            signature,
            time_stamp: unsigned.and_then(|node| time_stamp(node.children())),
        };
        if let Some(attributes) = attributes {
            signer.note_attributes(attributes.children())?;
        }
        Ok(signer)
    }

    /// Notes the attributes that matter; of an attribute that stands twice, the first.
    fn note_attributes(&mut self, mut list: Children<'a>) -> Result<(), Error> {
        let mut seen: Vec<&[u8]> = Vec::new();
        while let Some(attribute) = list.read()? {
            let mut fields = attribute.children();
            let kind = fields.expect(tag::OID, "attribute type")?.body;
            if ![oid::CONTENT_TYPE, oid::MESSAGE_DIGEST, oid::SIGNING_TIME, oid::ESS_V1, oid::ESS_V2].contains(&kind) {
                continue;
            }
            let mut values = fields.expect(tag::SET, "attribute values")?.children();
            let value = values.read()?;
            self.attributes_in_doubt |= seen.contains(&kind) || value.is_none() || values.read()?.is_some();
            seen.push(kind);
            if let Some(value) = value {
                self.note_attribute(kind, &value);
            }
        }
        Ok(())
    }

    fn note_attribute(&mut self, kind: &[u8], value: &Node<'a>) {
        let is = |tag: u8| (value.tag == tag).then_some(value.body);
        let read = match kind {
            oid::CONTENT_TYPE => {
                self.content_type = self.content_type.or_else(|| is(tag::OID));
                self.content_type.is_some()
            }
            oid::MESSAGE_DIGEST => {
                self.message_digest = self.message_digest.or_else(|| is(tag::OCTET_STRING));
                self.message_digest.is_some()
            }
            oid::SIGNING_TIME => {
                self.signing_time = self.signing_time.or_else(|| value.time().ok());
                self.signing_time.is_some()
            }
            _ => {
                let digest = certificate_digest(value, kind == oid::ESS_V2);
                self.certificate_digests.extend(digest);
                digest.is_ok()
            }
        };
        self.attributes_in_doubt |= !read;
    }
}

/// Whether something stands where nothing is expected.
#[derive(Default)]
struct Unread {
    found: bool,
}

impl Unread {
    /// Elements behind the last that are expected.
    const fn behind(&mut self, rest: &Children<'_>) {
        self.found |= rest.finish().is_err();
    }

    /// Content octets of an AlgorithmIdentifier's OID; notes parameters that are neither absent nor NULL (RFC 5754,
    /// 5758).  RSA-PSS has parameters: whoever reads them judges them.
    fn parameters<'a>(&mut self, identifier: &Node<'a>) -> Result<&'a [u8], Error> {
        let mut fields = identifier.children();
        let kind = fields.expect(tag::OID, "algorithm")?.body;
        let parameters = fields.read()?;
        self.behind(&fields);
        self.found |= parameters.is_some_and(|node| match node.tag {
            tag::NULL => !node.body.is_empty(),
            tag::SEQUENCE => kind != eseal_gm::oid::RSA_PSS.der,
            _ => true,
        });
        Ok(kind)
    }
}

/// The first, which is the signer's.
///
/// ```text
/// SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF ESSCertID(v2), policies SEQUENCE OPTIONAL }
/// ESSCertID              ::= SEQUENCE { certHash OCTET STRING, issuerSerial SEQUENCE OPTIONAL }
/// ESSCertIDv2            ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT sha256, certHash, issuerSerial }
/// ```
fn certificate_digest<'a>(value: &Node<'a>, is_v2: bool) -> Result<CertificateDigest<'a>, Error> {
    let mut list = value.children().expect(tag::SEQUENCE, "certs")?.children();
    let mut fields = list.expect(tag::SEQUENCE, "ESSCertID")?.children();
    let algorithm = match fields.peek_tag() {
        Some(tag::SEQUENCE) if is_v2 => Some(algorithm(&mut fields, "hashAlgorithm")?),
        _ => None,
    };
    Ok(CertificateDigest { algorithm, is_v2, digest: fields.expect(tag::OCTET_STRING, "certHash")?.body })
}

/// The token among unsigned attributes; what cannot be read there proves nothing.
fn time_stamp(mut list: Children<'_>) -> Option<&[u8]> {
    while let Some(attribute) = list.read().ok()? {
        let mut fields = attribute.children();
        if fields.expect(tag::OID, "attribute type").ok()?.body == oid::TIME_STAMP_TOKEN {
            return Some(fields.expect(tag::SET, "attribute values").ok()?.children().read().ok()??.raw);
        }
    }
    None
}

/// The content of `[0] EXPLICIT`: an OCTET STRING, whole or in pieces; anything else as it stands.
fn content<'a>(explicit: &Node<'a>) -> Result<Cow<'a, [u8]>, Error> {
    let inner = explicit.children().any("eContent")?;
    match inner.tag {
        tag::OCTET_STRING => Ok(Cow::Borrowed(inner.body)),
        constructed if constructed == tag::OCTET_STRING | tag::CONSTRUCTED => inner.octets(),
        _ => Ok(Cow::Borrowed(inner.raw)),
    }
}

fn raw_items<'a>(list: Option<Node<'a>>, field: &'static str) -> Result<Vec<&'a [u8]>, Error> {
    let mut items = Vec::new();
    let Some(list) = list else { return Ok(items) };
    let mut nodes = list.children();
    while let Some(node) = nodes.read()? {
        if items.len() >= MAX_LIST {
            return Err(Error::Field { field, offset: node.offset });
        }
        items.push(node.raw);
    }
    Ok(items)
}

fn signers<'a>(mut list: Children<'a>, unread: &mut Unread) -> Result<Vec<SignerInfo<'a>>, Error> {
    let mut signers = Vec::new();
    while let Some(node) = list.read()? {
        if signers.len() >= MAX_LIST {
            return Err(Error::Field { field: "signerInfos", offset: node.offset });
        }
        signers.push(SignerInfo::read(&node, unread)?);
    }
    Ok(signers)
}

fn signer_id<'a>(node: &Node<'a>) -> Result<SignerId<'a>, Error> {
    if node.tag == tag::implicit(0) {
        return Ok(SignerId::KeyId(node.body));
    }
    if node.tag != tag::SEQUENCE {
        return Err(Error::Field { field: "signerIdentifier", offset: node.offset });
    }
    let mut fields = node.children();
    let issuer = fields.expect(tag::SEQUENCE, "issuer")?.raw;
    Ok(SignerId::IssuerAndSerial { issuer, serial: fields.expect(tag::INTEGER, "serialNumber")?.body })
}

fn algorithm<'a>(fields: &mut Children<'a>, field: &'static str) -> Result<&'a [u8], Error> {
    Ok(fields.expect(tag::SEQUENCE, field)?.children().expect(tag::OID, field)?.body)
}
