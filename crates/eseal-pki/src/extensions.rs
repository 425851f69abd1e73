//! Extensions of a certificate (证书扩展): those that matter here, read; all others, as they stand.

use eseal_asn1::{Children, Node, tag};

use crate::{CertificateError, KeyUsage, oid};

/// One extension as it stands (扩展项).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Content octets of its OID.
    pub oid: &'a [u8],
    /// Whether whoever does not understand it must not go on.
    pub critical: bool,
    /// What stands in its OCTET STRING.
    pub value: &'a [u8],
}

/// `BasicConstraints` (基本约束).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether it may issue certificates.
    pub ca: bool,
    /// How many CAs may stand below it.
    pub path_len: Option<u64>,
}

/// Extensions of a certificate (证书扩展).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions<'a> {
    /// All of them, in order.
    pub all: Vec<Extension<'a>>,
    /// 密钥用途, if stated.
    pub key_usage: Option<KeyUsage>,
    /// True if it is stated and cannot be read.
    pub key_usage_unreadable: bool,
    /// 基本约束, if stated.
    pub basic_constraints: Option<BasicConstraints>,
    /// True if they are stated and cannot be read.
    pub basic_constraints_unreadable: bool,
    /// 扩展密钥用途: content octets of the OIDs.
    pub extended_key_usage: Vec<&'a [u8]>,
    /// 主体密钥标识.
    pub subject_key_id: Option<&'a [u8]>,
    /// 颁发者密钥标识.
    pub authority_key_id: Option<&'a [u8]>,
    /// CRL 分发点: URLs as they stand, facts and nothing more.
    pub crl_urls: Vec<String>,
    /// Where OCSP answers can be had: URLs as they stand.
    pub ocsp_urls: Vec<String>,
    /// Where the issuer's certificate can be had: URLs as they stand.
    pub issuer_urls: Vec<String>,
    /// OIDs of critical extensions that are not understood here.
    pub unknown_critical: Vec<&'a [u8]>,
}

/// Extensions that are understood, or that restrict nothing a seal is judged by.
const UNDERSTOOD: &[&[u8]] = &[
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::ISSUER_ALT_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::CERTIFICATE_POLICIES,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::EXTENDED_KEY_USAGE,
    oid::AUTHORITY_INFO_ACCESS,
    oid::OCSP_NO_CHECK,
];

impl<'a> Extensions<'a> {
    /// Reads `[3] EXPLICIT SEQUENCE OF Extension`.
    pub(crate) fn read(field: &Node<'a>) -> Result<Self, CertificateError> {
        let mut extensions = Self::default();
        let mut list = field.children().expect(tag::SEQUENCE, "extensions")?.children();
        while let Some(node) = list.read()? {
            let extension = Extension::read(&node)?;
            extensions.note(&extension);
            if extension.critical && !UNDERSTOOD.contains(&extension.oid) {
                extensions.unknown_critical.push(extension.oid);
            }
            extensions.all.push(extension);
        }
        Ok(extensions)
    }

    /// An extension by the content octets of its OID.
    #[must_use]
    pub fn find(&self, oid: &[u8]) -> Option<&Extension<'a>> {
        self.all.iter().find(|extension| extension.oid == oid)
    }

    fn note(&mut self, extension: &Extension<'a>) {
        let value = extension.value;
        match extension.oid {
            oid::KEY_USAGE => {
                self.key_usage = key_usage(value).ok();
                self.key_usage_unreadable = self.key_usage.is_none();
            }
            oid::BASIC_CONSTRAINTS => {
                self.basic_constraints = basic_constraints(value).ok();
                self.basic_constraints_unreadable = self.basic_constraints.is_none();
            }
            oid::EXTENDED_KEY_USAGE => self.extended_key_usage = purposes(value).unwrap_or_default(),
            oid::SUBJECT_KEY_IDENTIFIER => self.subject_key_id = octets(Node::root(value)).ok(),
            oid::AUTHORITY_KEY_IDENTIFIER => self.authority_key_id = authority_key_id(value).unwrap_or_default(),
            oid::CRL_DISTRIBUTION_POINTS => self.crl_urls = distribution_points(value).unwrap_or_default(),
            oid::AUTHORITY_INFO_ACCESS => {
                self.ocsp_urls = access(value, oid::ACCESS_OCSP).unwrap_or_default();
                self.issuer_urls = access(value, oid::ACCESS_CA_ISSUERS).unwrap_or_default();
            }
            _ => {}
        }
    }
}

impl<'a> Extension<'a> {
    /// `SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`; FALSE may be written out.
    pub(crate) fn read(node: &Node<'a>) -> Result<Self, CertificateError> {
        let mut parts = node.children();
        let oid = parts.expect(tag::OID, "extnID")?.body;
        let critical = parts.optional(tag::BOOLEAN)?.is_some_and(|value| value.boolean());
        Ok(Self { oid, critical, value: parts.expect(tag::OCTET_STRING, "extnValue")?.body })
    }
}

fn octets<'a>(mut nodes: Children<'a>) -> Result<&'a [u8], CertificateError> {
    Ok(nodes.expect(tag::OCTET_STRING, "octets")?.body)
}

fn sequence(value: &[u8]) -> Result<Children<'_>, CertificateError> {
    Ok(Node::root(value).expect(tag::SEQUENCE, "extension value")?.children())
}

fn key_usage(value: &[u8]) -> Result<KeyUsage, CertificateError> {
    Ok(KeyUsage::from_bits(Node::root(value).expect(tag::BIT_STRING, "keyUsage")?.bits()?))
}

fn basic_constraints(value: &[u8]) -> Result<BasicConstraints, CertificateError> {
    let mut parts = sequence(value)?;
    let ca = parts.optional(tag::BOOLEAN)?.is_some_and(|value| value.boolean());
    let path_len = match parts.optional(tag::INTEGER)? {
        Some(node) => {
            Some(node.unsigned().ok_or(CertificateError::Field { field: "pathLenConstraint", offset: node.offset })?)
        }
        None => None,
    };
    Ok(BasicConstraints { ca, path_len })
}

fn purposes(value: &[u8]) -> Result<Vec<&[u8]>, CertificateError> {
    let mut list = sequence(value)?;
    let mut purposes = Vec::new();
    while let Some(purpose) = list.read()? {
        purposes.push(purpose.body);
    }
    Ok(purposes)
}

fn authority_key_id(value: &[u8]) -> Result<Option<&[u8]>, CertificateError> {
    Ok(sequence(value)?.optional(tag::implicit(0))?.map(|node| node.body))
}

/// URLs of `SEQUENCE OF { distributionPoint [0] { fullName [0] GeneralNames } … }`.
fn distribution_points(value: &[u8]) -> Result<Vec<String>, CertificateError> {
    let mut urls = Vec::new();
    let mut points = sequence(value)?;
    while let Some(point) = points.read()? {
        let Some(name) = point.children().optional(tag::context(0))? else { continue };
        let Some(names) = name.children().optional(tag::context(0))? else { continue };
        let mut names = names.children();
        while let Some(name) = names.read()? {
            urls.extend(url(&name));
        }
    }
    Ok(urls)
}

/// URLs of `SEQUENCE OF { accessMethod OID, accessLocation GeneralName }`.
fn access(value: &[u8], method: &[u8]) -> Result<Vec<String>, CertificateError> {
    let mut urls = Vec::new();
    let mut list = sequence(value)?;
    while let Some(description) = list.read()? {
        let mut parts = description.children();
        if parts.expect(tag::OID, "accessMethod")?.body == method {
            urls.extend(parts.read()?.as_ref().and_then(url));
        }
    }
    Ok(urls)
}

/// `uniformResourceIdentifier [6] IA5String` of a GeneralName.
pub(crate) fn url(name: &Node<'_>) -> Option<String> {
    (name.tag == tag::implicit(6)).then(|| String::from_utf8_lossy(name.body).into_owned())
}
