//! Evidence that comes with a document or a signature (内嵌证据): it helps, and is never trusted by itself.

use eseal_asn1::{Node, tag};
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

impl Embedded {
    /// What stands in a SignedData: `certificates`, and `crls`, whose elements are lists or responses.
    pub(crate) fn of_signed_data(data: &eseal_ses::cms::SignedData<'_>) -> Self {
        let mut embedded =
            Self { certificates: data.certificates.iter().map(|der| der.to_vec()).collect(), ..Self::default() };
        for item in &data.crls {
            match response_in(item) {
                Some(response) => embedded.ocsps.push(response.to_vec()),
                None => embedded.crls.push(item.to_vec()),
            }
        }
        embedded
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
