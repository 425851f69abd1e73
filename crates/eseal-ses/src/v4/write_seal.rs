//! Making a seal (制章): the info, which the maker signs, then the seal around it.

use eseal_asn1::write;
use jiff::Timestamp;

use super::{CriticalFalse, ExtData, WriteError, element, extensions, ia5, time};
use crate::oid;

/// What a seal shall say (待制印章).
#[derive(Clone, Debug)]
pub struct SealTemplate<'a> {
    /// Vid, 厂商标识.
    pub vid: &'a str,
    /// esID, 电子印章标识: the seal's code.
    pub es_id: &'a str,
    /// 印章类型.
    pub kind: i64,
    /// 印章名称.
    pub name: &'a str,
    /// 签章人证书信息列表.
    pub cert_list: ListTemplate<'a>,
    /// 印章制作日期, whole seconds.
    pub create_date: Timestamp,
    /// 有效起始日期, whole seconds.
    pub valid_start: Timestamp,
    /// 有效终止日期, whole seconds.
    pub valid_end: Timestamp,
    /// 印章图像数据.
    pub picture: PictureTemplate<'a>,
    /// 自定义数据.
    pub ext_datas: &'a [ExtData<'a>],
    /// How `critical` FALSE is written.
    pub critical_false: CriticalFalse,
}

/// Who may use the seal.
#[derive(Clone, Copy, Debug)]
pub enum ListTemplate<'a> {
    /// The holders of these certificates, DER; they stand in the seal.
    Certificates(&'a [&'a [u8]]),
    /// The holders of these certificates, DER; only their SM3 stands in the seal.
    Digests(&'a [&'a [u8]]),
}

/// The seal's picture.
#[derive(Clone, Copy, Debug)]
pub struct PictureTemplate<'a> {
    /// 图像类型, such as `PNG`.
    pub kind: &'a str,
    /// 图像数据.
    pub data: &'a [u8],
    /// 显示宽度, mm.
    pub width_mm: u16,
    /// 显示高度, mm.
    pub height_mm: u16,
}

/// A seal that its maker has not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedSeal {
    info: Vec<u8>,
}

impl SealTemplate<'_> {
    /// DER of `SES_SealInfo`, to be signed by the maker.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn info(&self) -> Result<UnsignedSeal, WriteError> {
        if self.valid_start > self.valid_end {
            return Err(WriteError::Nonsense { field: "validEnd" });
        }
        let header = write::sequence(&[&write::ia5("ES"), &write::integer_i64(4), &ia5(self.vid, "Vid")?]);
        let (list_type, list) = self.cert_list.to_der()?;
        let property = write::sequence(&[
            &write::integer_i64(self.kind),
            &write::utf8(self.name),
            &write::integer_i64(list_type),
            &list,
            &time(self.create_date)?,
            &time(self.valid_start)?,
            &time(self.valid_end)?,
        ]);
        let info = write::sequence(&[
            &header,
            &ia5(self.es_id, "esID")?,
            &property,
            &self.picture.to_der()?,
            &extensions(self.ext_datas, self.critical_false),
        ]);
        Ok(UnsignedSeal { info })
    }
}

impl ListTemplate<'_> {
    fn to_der(self) -> Result<(i64, Vec<u8>), WriteError> {
        let digest = |certificate: &[u8]| {
            write::sequence(&[&write::printable("SM3"), &write::octet_string(&eseal_gm::sm3(certificate))])
        };
        let (list_type, list): (i64, Vec<Vec<u8>>) = match self {
            Self::Certificates(all) => (1, all.iter().map(|certificate| write::octet_string(certificate)).collect()),
            Self::Digests(all) => (2, all.iter().map(|certificate| digest(certificate)).collect()),
        };
        if list.is_empty() {
            return Err(WriteError::Nonsense { field: "certList" });
        }
        Ok((list_type, write::sequence_of(&list)))
    }
}

impl PictureTemplate<'_> {
    fn to_der(self) -> Result<Vec<u8>, WriteError> {
        if self.width_mm == 0 || self.height_mm == 0 {
            return Err(WriteError::Nonsense { field: "picture" });
        }
        Ok(write::sequence(&[
            &ia5(self.kind, "picture type")?,
            &write::octet_string(self.data),
            &write::integer_i64(self.width_mm.into()),
            &write::integer_i64(self.height_mm.into()),
        ]))
    }
}

impl UnsignedSeal {
    /// Exactly the bytes that the maker signs: `e = SM3(Z_maker ‖ these)`.
    #[must_use]
    pub fn signed_bytes(&self) -> &[u8] {
        &self.info
    }

    /// DER of `SESeal`: `signature` is DER `SEQUENCE{r,s}` over [`Self::signed_bytes`].
    ///
    /// # Errors
    /// The certificate or the signature is not one ASN.1 element.
    pub fn seal(&self, maker_certificate: &[u8], signature: &[u8]) -> Result<Vec<u8>, WriteError> {
        Ok(write::sequence(&[
            &self.info,
            &write::octet_string(element(maker_certificate, "cert")?),
            &write::oid(oid::SM3_WITH_SM2),
            &write::bit_string(element(signature, "signedValue")?),
        ]))
    }
}
