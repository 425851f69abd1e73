//! GM/T 0031—2025 (V5): as V4, and a seal may carry a time stamp; only read.

use eseal_asn1::{Error, Node};

use crate::{Version, deviation::Found, time_stamp};

pub use crate::v4::{SesSignature, TbsSign};

/// `SESeal` (电子印章数据), GM/T 0031—2025.
///
/// ```text
/// SESeal ::= SEQUENCE {
///     eSealInfo    SES_SealInfo,
///     cert         OCTET STRING,
///     signAlgID    OBJECT IDENTIFIER,
///     signedValue  BIT STRING,
///     timeStamp    [0] EXPLICIT BIT STRING OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeSeal<'a> {
    /// All but the time stamp is as in V4; `raw` is the whole seal.
    pub seal: crate::v4::SeSeal<'a>,
    /// 时间戳 over the maker's signature value: the token, DER.
    pub time_stamp: Option<&'a [u8]>,
}

impl<'a> SeSeal<'a> {
    pub(crate) fn read(node: &Node<'a>) -> Result<Self, Error> {
        let (mut seal, mut rest) = crate::v4::SeSeal::read_first_four(node, Version::V5)?;
        let mut found = Found::default();
        let time_stamp = time_stamp::read_field(&mut rest, &mut found)?;
        rest.finish()?;
        for deviation in found.into_vec() {
            if !seal.deviations.contains(&deviation) {
                seal.deviations.push(deviation);
            }
        }
        Ok(Self { seal, time_stamp })
    }
}
