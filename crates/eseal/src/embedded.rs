//! Evidence that comes with a document or a signature (内嵌证据): it helps, and is never trusted by itself.

use eseal_asn1::{Error, Node, tag, write};
use serde::{Deserialize, Serialize};

/// Certificates, lists and responses that came along, DER (内嵌证据).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Embedded {
    /// Certificates.
    #[serde(default, with = "base64_list")]
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists.
    #[serde(default, with = "base64_list")]
    pub crls: Vec<Vec<u8>>,
    /// Status responses.
    #[serde(default, with = "base64_list")]
    pub ocsps: Vec<Vec<u8>>,
}

/// id-ri-ocsp-response, 1.3.6.1.5.5.7.16.2 (RFC 5940).
const OCSP_RESPONSE: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 16, 2];
/// adbe-revocationInfoArchival, 1.2.840.113583.1.1.8 (ISO 32000-2, 12.8.3.3.2).
const REVOCATION_ARCHIVAL: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x2F, 1, 1, 8];
/// Most values of one archival attribute: lists and responses for a few paths.
const MAX_ARCHIVED: usize = 64;

impl Embedded {
    /// What stands in a SignedData: `certificates`, `crls`, whose elements are lists or responses, and what its signers
    /// archived among their signed attributes, as PDF writers do.
    pub(crate) fn of_signed_data(data: &eseal_ses::cms::SignedData<'_>) -> Self {
        let mut embedded =
            Self { certificates: data.certificates.iter().map(|der| der.to_vec()).collect(), ..Self::default() };
        for item in &data.crls {
            match response_in(item) {
                Some(response) => embedded.ocsps.push(response.to_vec()),
                None => embedded.crls.push(item.to_vec()),
            }
        }
        for attributes in data.signers.iter().filter_map(|signer| signer.attributes) {
            // What cannot be read there is no evidence; the signature is judged all the same.
            let _ = embedded.add_archived(&write::element(tag::SET, &[attributes]));
        }
        embedded
    }

    /// Adds what the archival attribute of a SET of attributes holds.
    ///
    /// ```text
    /// RevocationInfoArchival ::= SEQUENCE {
    ///     crl          [0] EXPLICIT SEQUENCE OF CertificateList OPTIONAL,
    ///     ocsp         [1] EXPLICIT SEQUENCE OF OCSPResponse OPTIONAL,
    ///     otherRevInfo [2] EXPLICIT SEQUENCE OF OtherRevInfo OPTIONAL }
    /// ```
    fn add_archived(&mut self, attributes: &[u8]) -> Result<(), Error> {
        let mut attributes = Node::parse(attributes)?.children();
        while let Some(attribute) = attributes.read()? {
            let mut fields = attribute.children();
            if fields.expect(tag::OID, "attribute type")?.body != REVOCATION_ARCHIVAL {
                continue;
            }
            let mut values = fields.expect(tag::SET, "attribute values")?.children();
            let mut archive = values.expect(tag::SEQUENCE, "RevocationInfoArchival")?.children();
            for (number, list) in [(0, &mut self.crls), (1, &mut self.ocsps)] {
                let Some(explicit) = archive.optional(tag::context(number))? else { continue };
                let mut items = explicit.children().expect(tag::SEQUENCE, "revocation values")?.children();
                while let Some(item) = items.read()?.filter(|_| list.len() < MAX_ARCHIVED) {
                    list.push(item.raw.to_vec());
                }
            }
        }
        Ok(())
    }

    /// True if nothing came along.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.crls.is_empty() && self.ocsps.is_empty()
    }
}

impl From<eseal_pdf::Dss> for Embedded {
    fn from(store: eseal_pdf::Dss) -> Self {
        Self { certificates: store.certificates, crls: store.crls, ocsps: store.ocsps }
    }
}

/// `OtherRevocationInfoFormat ::= [1] IMPLICIT SEQUENCE { otherRevInfoFormat OBJECT IDENTIFIER, otherRevInfo ANY }`.
fn response_in(item: &[u8]) -> Option<&[u8]> {
    let node = Node::parse(item).ok().filter(|node| node.tag == tag::context(1))?;
    let mut fields = node.children();
    let kind = fields.expect(tag::OID, "otherRevInfoFormat").ok()?;
    let value = fields.any("otherRevInfo").ok()?;
    (kind.body == OCSP_RESPONSE).then_some(value.raw)
}

mod base64_list {
    //! A list of values as base64 in JSON.
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(list: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|value| BASE64_STANDARD.encode(value)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
        let list = Vec::<String>::deserialize(deserializer)?;
        list.iter().map(|text| BASE64_STANDARD.decode(text).map_err(D::Error::custom)).collect()
    }
}
