//! GB/T 38540—2020 (V4): seals and seal signatures, read and written.

mod seal;
mod signature;
mod write_seal;
mod write_signature;

pub use crate::{
    CertDigest, CertList, ExtData, ExtensionDatas, SesEsPictureInfo, SesEsPropertyInfo, SesHeader, SesSealInfo,
};
pub use seal::SeSeal;
pub use signature::{SesSignature, TbsSign};
pub use write_seal::{ListTemplate, PictureTemplate, SealTemplate, UnsignedSeal};
pub use write_signature::{TbsTemplate, signature};

/// How `critical` FALSE of an extension is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CriticalFalse {
    /// `01 01 00`, as every vendor does and some readers ask for, though it is not DER.
    #[default]
    Written,
    /// Left out, as DER asks.
    Omitted,
}

/// Why a structure cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A text that must be ASCII is not, or is empty.
    #[error("{field} must be ASCII and not empty")]
    NotAscii {
        /// Which field.
        field: &'static str,
    },
    /// A time is outside the years 0 to 9999.
    #[error("{0} cannot be written")]
    Time(jiff::Timestamp),
    /// What must be one element is not.
    #[error("{field} is not one ASN.1 element")]
    NotAsn1 {
        /// Which field.
        field: &'static str,
    },
    /// The list of certificates is empty, the validity ends before it begins, or the picture has no size.
    #[error("{field} makes no sense")]
    Nonsense {
        /// Which field.
        field: &'static str,
    },
}

/// An IA5String that is not empty.
fn ia5(text: &str, field: &'static str) -> Result<Vec<u8>, WriteError> {
    if text.is_ascii() && !text.is_empty() {
        Ok(eseal_asn1::write::ia5(text))
    } else {
        Err(WriteError::NotAscii { field })
    }
}

fn time(at: jiff::Timestamp) -> Result<Vec<u8>, WriteError> {
    match jiff::tz::Offset::UTC.to_datetime(at).year() {
        0..=9999 => Ok(eseal_asn1::write::generalized_time(at)),
        _ => Err(WriteError::Time(at)),
    }
}

/// Bytes that are one element and nothing else.
fn element<'a>(der: &'a [u8], field: &'static str) -> Result<&'a [u8], WriteError> {
    eseal_asn1::Node::parse(der).map(|_| der).map_err(|_| WriteError::NotAsn1 { field })
}

/// `ExtensionDatas`; nothing if there are none.
fn extensions(all: &[ExtData<'_>], critical_false: CriticalFalse) -> Vec<u8> {
    use eseal_asn1::write;
    let one = |data: &ExtData<'_>| {
        let is_written = data.critical || critical_false == CriticalFalse::Written;
        let critical = if is_written { write::boolean(data.critical) } else { Vec::new() };
        write::sequence(&[&write::oid(data.extn_id), &critical, &write::octet_string(data.extn_value)])
    };
    if all.is_empty() { Vec::new() } else { write::sequence_of(&all.iter().map(one).collect::<Vec<_>>()) }
}
