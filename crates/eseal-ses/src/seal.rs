//! Seals of any version (电子印章).

use std::borrow::Cow;

use eseal_asn1::{Error, Node, write};

use crate::{CertList, Deviation, SesSealInfo, SignatureBits, Version, v1, v4, v5};

/// A seal (电子印章) of any version; its shape decides which.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seal<'a> {
    /// GM/T 0031—2014: two elements.
    V1(v1::SeSeal<'a>),
    /// GB/T 38540—2020: four elements.
    V4(v4::SeSeal<'a>),
    /// GM/T 0031—2025: five elements, or four with header.version 5.
    V5(v5::SeSeal<'a>),
}

impl<'a> Seal<'a> {
    /// Reads a seal; nothing may follow it.
    ///
    /// # Errors
    /// Kind and byte offset of what cannot be read.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        Self::read(&Node::parse(der)?)
    }

    pub(crate) fn read(node: &Node<'a>) -> Result<Self, Error> {
        let fields = node.children().all()?;
        match fields.len() {
            2 => v1::SeSeal::read(node).map(Self::V1),
            4 if header_version(fields.first()) != Some(5) => v4::SeSeal::read(node).map(Self::V4),
            4 | 5 => v5::SeSeal::read(node).map(Self::V5),
            _ => Err(Error::Field { field: "SESeal of 2, 4 or 5 elements", offset: node.offset }),
        }
    }

    /// Which version its shape shows.
    #[must_use]
    pub const fn version(&self) -> Version {
        match self {
            Self::V1(_) => Version::V1,
            Self::V4(_) => Version::V4,
            Self::V5(_) => Version::V5,
        }
    }

    /// The whole seal, as it was read.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        match self {
            Self::V1(seal) => seal.raw,
            Self::V4(seal) | Self::V5(v5::SeSeal { seal, .. }) => seal.raw,
        }
    }

    /// 印章信息.
    #[must_use]
    pub const fn info(&self) -> &SesSealInfo<'a> {
        match self {
            Self::V1(seal) => &seal.eseal_info,
            Self::V4(seal) | Self::V5(v5::SeSeal { seal, .. }) => &seal.eseal_info,
        }
    }

    /// 印章编码.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.info().es_id
    }

    /// 印章名称.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.info().property.name
    }

    /// Who may use it.
    #[must_use]
    pub const fn cert_list(&self) -> &CertList<'a> {
        &self.info().property.cert_list
    }

    /// 制章人证书, DER; none if a V1 seal's signature cannot be read.
    #[must_use]
    pub fn maker_certificate(&self) -> Option<&'a [u8]> {
        match self {
            Self::V1(seal) => seal.sign_info.as_ref().map(|sign| sign.cert),
            Self::V4(seal) | Self::V5(v5::SeSeal { seal, .. }) => Some(seal.cert),
        }
    }

    /// Content octets of the OID of the maker's algorithm.
    #[must_use]
    pub fn maker_algorithm(&self) -> Option<&'a [u8]> {
        match self {
            Self::V1(seal) => seal.sign_info.as_ref().map(|sign| sign.signature_algorithm),
            Self::V4(seal) | Self::V5(v5::SeSeal { seal, .. }) => Some(seal.sign_alg_id),
        }
    }

    /// The maker's signature value.
    #[must_use]
    pub fn maker_signature(&self) -> Option<SignatureBits<'a>> {
        match self {
            Self::V1(seal) => seal.sign_info.as_ref().map(|sign| sign.sign_data),
            Self::V4(seal) | Self::V5(v5::SeSeal { seal, .. }) => Some(seal.signed_value),
        }
    }

    /// What the maker signed by the rule of this version.
    #[must_use]
    pub fn signed_bytes(&self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::V1(seal) => seal.signed_bytes().map(Cow::Owned),
            Self::V4(seal) | Self::V5(v5::SeSeal { seal, .. }) => Some(Cow::Borrowed(seal.eseal_info.raw)),
        }
    }

    /// What the maker would have signed by the other version's rule, [`Deviation::SealTbsOtherVersion`].
    #[must_use]
    pub fn signed_bytes_of_other_version(&self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::V1(seal) => Some(Cow::Borrowed(seal.eseal_info.raw)),
            Self::V4(seal) | Self::V5(v5::SeSeal { seal, .. }) => {
                Some(Cow::Owned(write::sequence(&[seal.eseal_info.raw, seal.cert_tlv, seal.algorithm_tlv])))
            }
        }
    }

    /// 时间戳 over the maker's signature value: the token, DER.
    #[must_use]
    pub const fn time_stamp(&self) -> Option<&'a [u8]> {
        match self {
            Self::V5(seal) => seal.time_stamp,
            Self::V1(_) | Self::V4(_) => None,
        }
    }

    /// What deviates from the standard.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        match self {
            Self::V1(seal) => &seal.deviations,
            Self::V4(seal) | Self::V5(v5::SeSeal { seal, .. }) => &seal.deviations,
        }
    }
}

/// `eSealInfo.header.version`, if the first element of a seal is one.
fn header_version(info: Option<&Node<'_>>) -> Option<i64> {
    let header = info?.children().read().ok()??;
    let mut fields = header.children();
    fields.read().ok()??;
    fields.read().ok()??.integer()
}
