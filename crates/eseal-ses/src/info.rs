//! What a seal says (印章信息): the part that all versions have.

use eseal_asn1::{Children, Error, Node, tag};
use jiff::Timestamp;

use crate::{CertList, Deviation, MAX_LIST, Version, deviation::Found, field};

/// `SES_SealInfo` (印章信息).
///
/// ```text
/// SES_SealInfo ::= SEQUENCE {
///     header    SES_Header,
///     esID      IA5String,
///     property  SES_ESPropertyInfo,
///     picture   SES_ESPictureInfo,
///     extDatas  ExtensionDatas OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SesSealInfo<'a> {
    /// The whole structure: from V4 on exactly what the maker signed.
    pub raw: &'a [u8],
    /// 头信息.
    pub header: SesHeader,
    /// 电子印章标识: the seal's code.
    pub es_id: String,
    /// 印章属性信息.
    pub property: SesEsPropertyInfo<'a>,
    /// 印章图像数据.
    pub picture: SesEsPictureInfo<'a>,
    /// 自定义数据.
    pub ext_datas: Option<ExtensionDatas<'a>>,
}

/// `SES_Header` (头信息).
///
/// ```text
/// SES_Header ::= SEQUENCE { ID IA5String, version INTEGER, Vid IA5String }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SesHeader {
    /// 头标识, `ES`.
    pub id: String,
    /// 版本号.
    pub version: i64,
    /// 厂商标识.
    pub vid: String,
}

/// `SES_ESPropertyInfo` (印章属性信息).
///
/// ```text
/// SES_ESPropertyInfo ::= SEQUENCE {
///     type          INTEGER,
///     name          UTF8String,
///     certListType  INTEGER,            -- not in V1
///     certList      SES_CertList,
///     createDate    GeneralizedTime,    -- V1: UTCTime
///     validStart    GeneralizedTime,
///     validEnd      GeneralizedTime }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SesEsPropertyInfo<'a> {
    /// 印章类型.
    pub kind: i64,
    /// 印章名称.
    pub name: String,
    /// 证书信息类型; none in V1.
    pub cert_list_type: Option<i64>,
    /// 签章人证书信息列表.
    pub cert_list: CertList<'a>,
    /// 印章制作日期.
    pub create_date: Timestamp,
    /// 有效起始日期.
    pub valid_start: Timestamp,
    /// 有效终止日期.
    pub valid_end: Timestamp,
}

/// `SES_ESPictureInfo` (印章图像数据).
///
/// ```text
/// SES_ESPictureInfo ::= SEQUENCE { type IA5String, data OCTET STRING, width INTEGER, height INTEGER }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SesEsPictureInfo<'a> {
    /// 图像类型, such as `PNG`, in any letter case.
    pub kind: String,
    /// 图像数据.
    pub data: &'a [u8],
    /// 显示宽度, mm.
    pub width_mm: i64,
    /// 显示高度, mm.
    pub height_mm: i64,
}

/// `ExtensionDatas` (自定义数据).
///
/// ```text
/// ExtensionDatas ::= SEQUENCE OF ExtData
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionDatas<'a> {
    /// The whole element, with its tag if it has one.
    pub raw: &'a [u8],
    /// Those that can be read, in order.
    pub all: Vec<ExtData<'a>>,
}

/// `ExtData` (扩展项).
///
/// ```text
/// ExtData ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtData<'a> {
    /// `extnID`: content octets of the OID.
    pub extn_id: &'a [u8],
    /// `critical`; FALSE may be written out.
    pub critical: bool,
    /// `extnValue`.
    pub extn_value: &'a [u8],
}

impl<'a> SesSealInfo<'a> {
    pub(crate) fn read(node: &Node<'a>, shape: Version, found: &mut Found) -> Result<Self, Error> {
        let mut fields = node.children();
        let header = SesHeader::read(&fields.expect(tag::SEQUENCE, "header")?, found)?;
        let es_id = field::string(&mut fields, tag::IA5_STRING, "esID", found)?;
        let property = SesEsPropertyInfo::read(&fields.expect(tag::SEQUENCE, "property")?, shape, found)?;
        let picture = SesEsPictureInfo::read(&fields.expect(tag::SEQUENCE, "picture")?, found)?;
        let ext_datas = ExtensionDatas::read_untagged(&mut fields, found)?;
        fields.finish()?;
        Ok(Self { raw: node.raw, header, es_id, property, picture, ext_datas })
    }
}

impl SesHeader {
    fn read(node: &Node<'_>, found: &mut Found) -> Result<Self, Error> {
        let mut fields = node.children();
        let id = field::string(&mut fields, tag::IA5_STRING, "ID", found)?;
        let version = field::integer(&mut fields, "header version")?;
        let vid = field::string(&mut fields, tag::IA5_STRING, "Vid", found)?;
        fields.finish()?;
        Ok(Self { id, version, vid })
    }
}

impl<'a> SesEsPropertyInfo<'a> {
    fn read(node: &Node<'a>, shape: Version, found: &mut Found) -> Result<Self, Error> {
        let mut fields = node.children();
        let kind = field::integer(&mut fields, "type")?;
        let name = field::string(&mut fields, tag::UTF8_STRING, "name", found)?;
        let has_type = fields.peek_tag() == Some(tag::INTEGER) || shape != Version::V1;
        let cert_list_type = if has_type { Some(field::integer(&mut fields, "certListType")?) } else { None };
        found.note_if(has_type && shape == Version::V1, Deviation::VersionMismatch);
        let list = fields.expect(tag::SEQUENCE, "certList")?;
        let cert_list = CertList::read(cert_list_type.unwrap_or(1), &list, found)?;
        let wanted = if shape == Version::V1 { tag::UTC_TIME } else { tag::GENERALIZED_TIME };
        let create_date = field::time(&mut fields, wanted, "createDate", found)?;
        let valid_start = field::time(&mut fields, wanted, "validStart", found)?;
        let valid_end = field::time(&mut fields, wanted, "validEnd", found)?;
        fields.finish()?;
        Ok(Self { kind, name, cert_list_type, cert_list, create_date, valid_start, valid_end })
    }
}

impl<'a> SesEsPictureInfo<'a> {
    fn read(node: &Node<'a>, found: &mut Found) -> Result<Self, Error> {
        let mut fields = node.children();
        let kind = field::string(&mut fields, tag::IA5_STRING, "picture type", found)?;
        let data = fields.expect(tag::OCTET_STRING, "picture data")?.body;
        let width_mm = field::integer(&mut fields, "width")?;
        let height_mm = field::integer(&mut fields, "height")?;
        fields.finish()?;
        Ok(Self { kind, data, width_mm, height_mm })
    }
}

impl<'a> ExtensionDatas<'a> {
    /// Those of a seal, which carry no tag; one of `[0]` is a deviation.
    fn read_untagged(fields: &mut Children<'a>, found: &mut Found) -> Result<Option<Self>, Error> {
        match fields.peek_tag() {
            Some(tag::SEQUENCE) => Self::read_list(&fields.any("extDatas")?).map(Some),
            Some(tag) if tag == tag::context(0) => {
                found.note(Deviation::TagVariant);
                let outer = fields.any("extDatas")?;
                let list = outer.children().expect(tag::SEQUENCE, "extDatas")?;
                Ok(Some(Self { raw: outer.raw, ..Self::read_list(&list)? }))
            }
            _ => Ok(None),
        }
    }

    /// Those of `TBS_Sign`, `[0] EXPLICIT`; untagged or IMPLICIT ones are a deviation.
    pub(crate) fn read_tagged(fields: &mut Children<'a>, found: &mut Found) -> Result<Option<Self>, Error> {
        match fields.peek_tag() {
            Some(tag::SEQUENCE) => {
                found.note(Deviation::ExtUntagged);
                Self::read_list(&fields.any("extDatas")?).map(Some)
            }
            Some(tag) if tag == tag::context(0) => {
                let outer = fields.any("extDatas")?;
                let first = outer.children().read()?;
                // With IMPLICIT, the first element is an ExtData itself and begins with its OID.
                let is_implicit = first.is_some_and(|node| node.children().peek_tag() == Some(tag::OID));
                found.note_if(is_implicit, Deviation::ExtUntagged);
                let list = if is_implicit { Some(outer) } else { first };
                let all = list.map(|list| Self::read_list(&list)).transpose()?.map(|list| list.all);
                Ok(Some(Self { raw: outer.raw, all: all.unwrap_or_default() }))
            }
            _ => Ok(None),
        }
    }

    /// What is no ExtData is passed over: seals of 2014 hold data of their makers there.
    fn read_list(node: &Node<'a>) -> Result<Self, Error> {
        let mut all = Vec::new();
        let mut list = node.children();
        while let Some(item) = list.read()? {
            if all.len() >= MAX_LIST {
                return Err(Error::Field { field: "extDatas of at most 10000 elements", offset: item.offset });
            }
            all.extend(ExtData::read(&item).ok());
        }
        Ok(Self { raw: node.raw, all })
    }

    /// An extension by the content octets of its OID.
    #[must_use]
    pub fn find(&self, extn_id: &[u8]) -> Option<&ExtData<'a>> {
        self.all.iter().find(|data| data.extn_id == extn_id)
    }
}

impl<'a> ExtData<'a> {
    fn read(node: &Node<'a>) -> Result<Self, Error> {
        let mut fields = node.children();
        let extn_id = fields.expect(tag::OID, "extnID")?.body;
        let critical = fields.optional(tag::BOOLEAN)?.is_some_and(|value| value.boolean());
        let extn_value = fields.expect(tag::OCTET_STRING, "extnValue")?.body;
        Ok(Self { extn_id, critical, extn_value })
    }
}
