//! Who a certificate is for (主体).

use eseal_asn1::write;

use crate::oid;

/// The subject of a certificate, as GB/T 20518 and government practice fill it in; empty fields are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// C, two letters.
    pub country: String,
    /// ST, province.
    pub province: String,
    /// L, city.
    pub locality: String,
    /// O: the unified social credit code followed by the name.
    pub organization: String,
    /// OU.
    pub organizational_unit: String,
    /// CN: the seal's or unit's 14-digit code, or a name.
    pub common_name: String,
}

impl Subject {
    /// A subject in China with a common name alone.
    #[must_use]
    pub fn named(common_name: &str) -> Self {
        Self { country: "CN".into(), common_name: common_name.into(), ..Self::default() }
    }

    /// A subject in China: `organization` is the unified social credit code and the name.
    #[must_use]
    pub fn of(organization: &str, common_name: &str) -> Self {
        Self { organization: organization.into(), ..Self::named(common_name) }
    }

    /// DER of the Name.
    pub(crate) fn to_der(&self) -> Vec<u8> {
        let fields = [
            (oid::COUNTRY, &self.country),
            (oid::PROVINCE, &self.province),
            (oid::LOCALITY, &self.locality),
            (oid::ORGANIZATION, &self.organization),
            (oid::ORGANIZATIONAL_UNIT, &self.organizational_unit),
            (oid::COMMON_NAME, &self.common_name),
        ];
        let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let sets: Vec<Vec<u8>> = filled
            .map(|(kind, value)| {
                // RFC 5280: countryName is a PrintableString; everything else is UTF-8.
                let value = if kind == oid::COUNTRY { write::printable(value) } else { write::utf8(value) };
                write::set(&write::sequence(&[&write::oid(kind), &value]))
            })
            .collect();
        write::sequence_of(&sets)
    }
}
