//! Names of subjects and issuers (名称).

use std::fmt;

use eseal_asn1::{Node, tag};

use crate::{CertificateError, oid};

/// One attribute of a name (名称属性).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Content octets of its type's OID.
    pub oid: &'a [u8],
    /// Its text; characters that cannot be read are replaced.
    pub value: String,
}

/// `Name` (名称): a list of attributes, in the order of the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The whole Name, DER.
    pub raw: &'a [u8],
    /// All attributes.
    pub attributes: Vec<Attribute<'a>>,
}

impl<'a> Name<'a> {
    pub(crate) fn read(name: &Node<'a>) -> Result<Self, CertificateError> {
        let mut attributes = Vec::new();
        let mut sets = name.children();
        while let Some(set) = sets.read()? {
            let mut pairs = set.children();
            while let Some(pair) = pairs.read()? {
                let mut parts = pair.children();
                let oid = parts.expect(tag::OID, "attribute type")?.body;
                let value = parts.read()?.map(|value| value.text()).unwrap_or_default();
                attributes.push(Attribute { oid, value });
            }
        }
        Ok(Self { raw: name.raw, attributes })
    }

    /// CN: the last one, which is the most specific.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.find(oid::COMMON_NAME)
    }

    /// O.
    #[must_use]
    pub fn organization(&self) -> Option<&str> {
        self.find(oid::ORGANIZATION)
    }

    fn find(&self, oid: &[u8]) -> Option<&str> {
        self.attributes.iter().rev().find(|attribute| attribute.oid == oid).map(|attribute| attribute.value.as_str())
    }

    /// True for the same name, though the text may be encoded in another string type, other letter case or blanks
    /// (RFC 5280, 7.1).
    #[must_use]
    pub fn matches(&self, other: &Name<'_>) -> bool {
        self.raw == other.raw
            || (!self.attributes.is_empty()
                && self.attributes.len() == other.attributes.len()
                && self
                    .attributes
                    .iter()
                    .zip(&other.attributes)
                    .all(|(ours, theirs)| ours.oid == theirs.oid && folded(&ours.value) == folded(&theirs.value)))
    }
}

/// One line, such as `C=CN, O=示范公司, CN=44030000000001`.
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, attribute) in self.attributes.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            let short = oid::ATTRIBUTE_NAMES.iter().find(|(oid, _)| *oid == attribute.oid).map(|(_, name)| *name);
            match short {
                Some(short) => write!(f, "{separator}{short}={}", attribute.value)?,
                None => write!(f, "{separator}{}={}", eseal_asn1::oid::dotted(attribute.oid), attribute.value)?,
            }
        }
        Ok(())
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
