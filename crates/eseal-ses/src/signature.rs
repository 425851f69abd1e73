//! Seal signatures of any version (电子签章数据).

use eseal_asn1::{Error, Node};

use crate::{Deviation, ExtensionDatas, Seal, SignatureBits, TimeInfo, Version, v1, v4, v5};

/// A seal signature (电子签章数据) of any version; its shape decides which.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealSignature<'a> {
    /// GM/T 0031—2014: two elements.
    V1(v1::SesSignature<'a>),
    /// GB/T 38540—2020: four or five elements.
    V4(v4::SesSignature<'a>),
    /// GM/T 0031—2025: the same with a seal whose header.version is 5.
    V5(v5::SesSignature<'a>),
}

impl<'a> SealSignature<'a> {
    /// Reads a seal signature; nothing may follow it.
    ///
    /// # Errors
    /// Kind and byte offset of what cannot be read.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        Self::read(&Node::parse(der)?)
    }

    /// Reads the seal signature at the beginning of `bytes`, and gives what follows it, such as the zeros of a placeholder.
    ///
    /// # Errors
    /// Kind and byte offset of what cannot be read.
    pub fn parse_first(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        let node = Node::parse_first(bytes)?;
        Ok((Self::read(&node)?, bytes.get(node.raw.len()..).unwrap_or_default()))
    }

    fn read(node: &Node<'a>) -> Result<Self, Error> {
        match node.children().all()?.len() {
            2 => v1::SesSignature::read(node).map(Self::V1),
            4 | 5 => {
                let signature = v4::SesSignature::read(node)?;
                let is_v5 = signature.to_sign.eseal.info().header.version == 5;
                Ok(if is_v5 { Self::V5(signature) } else { Self::V4(signature) })
            }
            _ => Err(Error::Field { field: "SES_Signature of 2, 4 or 5 elements", offset: node.offset }),
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

    /// The whole signature, as it was read.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        match self {
            Self::V1(signature) => signature.raw,
            Self::V4(signature) | Self::V5(signature) => signature.raw,
        }
    }

    /// What the signer signed: `TBS_Sign` as it was read.
    #[must_use]
    pub const fn signed_bytes(&self) -> &'a [u8] {
        match self {
            Self::V1(signature) => signature.to_sign.raw,
            Self::V4(signature) | Self::V5(signature) => signature.to_sign.raw,
        }
    }

    /// 版本信息 of `TBS_Sign`, which need not agree with the shape.
    #[must_use]
    pub const fn tbs_version(&self) -> i64 {
        match self {
            Self::V1(signature) => signature.to_sign.version,
            Self::V4(signature) | Self::V5(signature) => signature.to_sign.version,
        }
    }

    /// The seal inside.
    #[must_use]
    pub const fn seal(&self) -> &Seal<'a> {
        match self {
            Self::V1(signature) => &signature.to_sign.eseal,
            Self::V4(signature) | Self::V5(signature) => &signature.to_sign.eseal,
        }
    }

    /// 签章人证书, DER.
    #[must_use]
    pub const fn signer_certificate(&self) -> &'a [u8] {
        match self {
            Self::V1(signature) => signature.to_sign.cert,
            Self::V4(signature) | Self::V5(signature) => signature.cert,
        }
    }

    /// Content octets of the OID of the signer's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> &'a [u8] {
        match self {
            Self::V1(signature) => signature.to_sign.signature_algorithm,
            Self::V4(signature) | Self::V5(signature) => signature.signature_alg_id,
        }
    }

    /// 签名值.
    #[must_use]
    pub const fn signature(&self) -> SignatureBits<'a> {
        match self {
            Self::V1(signature) => signature.signature,
            Self::V4(signature) | Self::V5(signature) => signature.signature,
        }
    }

    /// 签章时间.
    #[must_use]
    pub const fn time_info(&self) -> TimeInfo<'a> {
        match self {
            Self::V1(signature) => signature.to_sign.time_info,
            Self::V4(signature) | Self::V5(signature) => signature.to_sign.time_info,
        }
    }

    /// 原文杂凑值, as it stands.
    #[must_use]
    pub const fn data_hash_bytes(&self) -> &'a [u8] {
        match self {
            Self::V1(signature) => signature.to_sign.data_hash,
            Self::V4(signature) | Self::V5(signature) => signature.to_sign.data_hash,
        }
    }

    /// 原文杂凑值 as 32 bytes; none if it is not that.
    #[must_use]
    pub const fn data_hash(&self) -> Option<[u8; 32]> {
        match self {
            Self::V1(signature) => signature.to_sign.data_hash_sm3,
            Self::V4(signature) | Self::V5(signature) => signature.to_sign.data_hash_sm3,
        }
    }

    /// 原文数据的属性: tells the protected range.
    #[must_use]
    pub fn property_info(&self) -> &str {
        match self {
            Self::V1(signature) => &signature.to_sign.property_info,
            Self::V4(signature) | Self::V5(signature) => &signature.to_sign.property_info,
        }
    }

    /// 自定义数据; V1 has none.
    #[must_use]
    pub const fn ext_datas(&self) -> Option<&ExtensionDatas<'a>> {
        match self {
            Self::V1(_) => None,
            Self::V4(signature) | Self::V5(signature) => signature.to_sign.ext_datas.as_ref(),
        }
    }

    /// 时间戳 over the signature value: the token, DER.
    #[must_use]
    pub const fn time_stamp(&self) -> Option<&'a [u8]> {
        match self {
            Self::V1(_) => None,
            Self::V4(signature) | Self::V5(signature) => signature.time_stamp,
        }
    }

    /// What deviates from the standards, in the signature and in the seal inside.
    #[must_use]
    pub fn deviations(&self) -> Vec<Deviation> {
        let mut all = match self {
            Self::V1(signature) => signature.deviations.clone(),
            Self::V4(signature) | Self::V5(signature) => signature.deviations.clone(),
        };
        for deviation in self.seal().deviations() {
            if !all.contains(deviation) {
                all.push(*deviation);
            }
        }
        all
    }
}
