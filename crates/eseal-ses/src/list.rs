//! Who may use a seal (签章人证书列表).

use eseal_asn1::{Children, Error, Node, tag};

use crate::{Deviation, MAX_LIST, deviation::Found};

/// `SES_CertList` (签章人证书信息列表): whose certificates may sign with a seal.
///
/// ```text
/// SES_CertList   ::= CHOICE { certs CertInfoList, certDigestList CertDigestList }    -- told apart by certListType
/// CertInfoList   ::= SEQUENCE OF OCTET STRING
/// CertDigestList ::= SEQUENCE OF SEQUENCE { type PrintableString, value OCTET STRING }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertList<'a> {
    /// 1: certificates, DER.
    Certificates(Vec<&'a [u8]>),
    /// 2: digests of certificates.
    Digests(Vec<CertDigest<'a>>),
    /// Another type: nobody is listed.
    Unknown {
        /// `certListType`.
        list_type: i64,
        /// The whole list.
        raw: &'a [u8],
    },
}

/// One digest of a certificate (证书摘要).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertDigest<'a> {
    /// `type`; its content is not standardised, normally `SM3`.
    pub kind: String,
    /// `value`.
    pub value: &'a [u8],
}

impl<'a> CertList<'a> {
    pub(crate) fn read(list_type: i64, list: &Node<'a>, found: &mut Found) -> Result<Self, Error> {
        match list_type {
            1 => Ok(Self::Certificates(items(list.children(), found, certificate)?)),
            2 => Ok(Self::Digests(items(list.children(), found, digest)?)),
            _ => Ok(Self::Unknown { list_type, raw: list.raw }),
        }
    }

    /// Whether the holder of `certificate` (DER) may use the seal: byte by byte, or by its SM3.
    #[must_use]
    pub fn lists(&self, certificate: &[u8]) -> bool {
        match self {
            Self::Certificates(certificates) => certificates.contains(&certificate),
            Self::Digests(digests) => {
                let sm3 = eseal_gm::sm3(certificate);
                digests.iter().any(|digest| digest.value == sm3)
            }
            Self::Unknown { .. } => false,
        }
    }

    /// The certificates that stand in it.
    #[must_use]
    pub fn certificates(&self) -> &[&'a [u8]] {
        match self {
            Self::Certificates(certificates) => certificates,
            Self::Digests(_) | Self::Unknown { .. } => &[],
        }
    }
}

/// Every element of a list that is one; others are passed over and noted.
fn items<'a, T>(
    mut list: Children<'a>,
    found: &mut Found,
    item: impl Fn(&Node<'a>, &mut Found) -> Option<T>,
) -> Result<Vec<T>, Error> {
    let mut items = Vec::new();
    while let Some(node) = list.read()? {
        if items.len() >= MAX_LIST {
            return Err(Error::Field { field: "certList of at most 10000 elements", offset: node.offset });
        }
        match item(&node, found) {
            Some(item) => items.push(item),
            None => found.note(Deviation::CertListForm),
        }
    }
    Ok(items)
}

/// A certificate in an OCTET STRING, or one that stands there itself.
fn certificate<'a>(node: &Node<'a>, found: &mut Found) -> Option<&'a [u8]> {
    match node.tag {
        tag::OCTET_STRING => Some(node.body),
        tag::SEQUENCE if node.children().peek_tag() == Some(tag::SEQUENCE) => {
            found.note(Deviation::CertListForm);
            Some(node.raw)
        }
        _ => None,
    }
}

/// `SEQUENCE { type, value }`, or the value alone.
fn digest<'a>(node: &Node<'a>, found: &mut Found) -> Option<CertDigest<'a>> {
    if node.tag == tag::OCTET_STRING {
        found.note(Deviation::CertListForm);
        return Some(CertDigest { kind: String::new(), value: node.body });
    }
    let mut fields = (node.tag == tag::SEQUENCE).then(|| node.children())?;
    let kind = fields.any("type").ok()?;
    found.note_if(kind.tag != tag::PRINTABLE_STRING, Deviation::TagVariant);
    let value = fields.expect(tag::OCTET_STRING, "value").ok()?.body;
    Some(CertDigest { kind: kind.text(), value })
}
