//! Seal signatures (电子签章数据).

use eseal_asn1::{Error, Node, tag};

use crate::{Deviation, ExtensionDatas, Seal, SignatureBits, TimeInfo, deviation::Found, field, time_stamp};

/// What the signer signs: `TBS_Sign` (待签章数据), GB/T 38540—2020.
///
/// ```text
/// TBS_Sign ::= SEQUENCE {
///     version       INTEGER,
///     eseal         SESeal,
///     timeInfo      GeneralizedTime,
///     dataHash      BIT STRING,
///     propertyInfo  IA5String,
///     extDatas      [0] EXPLICIT ExtensionDatas OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TbsSign<'a> {
    /// Exactly the bytes that were signed: hash these, never a re-encoding.
    pub raw: &'a [u8],
    /// 版本信息.
    pub version: i64,
    /// 电子印章.
    pub eseal: Seal<'a>,
    /// 签章时间.
    pub time_info: TimeInfo<'a>,
    /// 原文杂凑值, as it stands.
    pub data_hash: &'a [u8],
    /// The same as 32 bytes, if it is that.
    pub data_hash_sm3: Option<[u8; 32]>,
    /// 原文数据的属性.
    pub property_info: String,
    /// 自定义数据.
    pub ext_datas: Option<ExtensionDatas<'a>>,
}

/// `SES_Signature` (电子签章数据), GB/T 38540—2020.
///
/// ```text
/// SES_Signature ::= SEQUENCE {
///     toSign          TBS_Sign,
///     cert            OCTET STRING,
///     signatureAlgID  OBJECT IDENTIFIER,
///     signature       BIT STRING,
///     timeStamp       [0] EXPLICIT BIT STRING OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SesSignature<'a> {
    /// The whole signature.
    pub raw: &'a [u8],
    /// 待签章数据.
    pub to_sign: TbsSign<'a>,
    /// 签章人证书, DER.
    pub cert: &'a [u8],
    /// 签名算法标识: content octets of the OID.
    pub signature_alg_id: &'a [u8],
    /// 签名值.
    pub signature: SignatureBits<'a>,
    /// 时间戳: the token, DER.
    pub time_stamp: Option<&'a [u8]>,
    /// What deviates from the standard, without what the seal has of its own.
    pub deviations: Vec<Deviation>,
}

impl<'a> TbsSign<'a> {
    /// Reads the structure.  Whether it may be trusted is for whoever judges.
    ///
    /// # Errors
    /// Kind and byte offset of what cannot be read.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        Self::read(&Node::parse(der)?, &mut Found::default())
    }

    fn read(node: &Node<'a>, found: &mut Found) -> Result<Self, Error> {
        let mut fields = node.children();
        let version = field::integer(&mut fields, "version")?;
        let eseal = Seal::read(&fields.expect(tag::SEQUENCE, "eseal")?)?;
        let time_info = TimeInfo::read(&mut fields, found)?;
        let hash = fields.expect_any(&[tag::BIT_STRING, tag::OCTET_STRING], "dataHash")?;
        let (_, data_hash) = field::bits(&hash, found)?;
        let data_hash_sm3 = field::hash(data_hash, found);
        let property_info = field::string(&mut fields, tag::IA5_STRING, "propertyInfo", found)?;
        let ext_datas = ExtensionDatas::read_tagged(&mut fields, found)?;
        fields.finish()?;
        found.note_if(version != eseal.info().header.version, Deviation::VersionMismatch);
        Ok(Self { raw: node.raw, version, eseal, time_info, data_hash, data_hash_sm3, property_info, ext_datas })
    }
}

impl<'a> SesSignature<'a> {
    pub(crate) fn read(node: &Node<'a>) -> Result<Self, Error> {
        let mut found = Found::default();
        let mut fields = node.children();
        let to_sign = TbsSign::read(&fields.expect(tag::SEQUENCE, "toSign")?, &mut found)?;
        let cert = field::certificate_in(&field::certificate(&mut fields, "cert", &mut found)?);
        let (_, signature_alg_id) = field::algorithm(&mut fields, "signatureAlgID", &mut found)?;
        let signature = field::signature(&mut fields, signature_alg_id, "signature", &mut found)?;
        let time_stamp = time_stamp::read_field(&mut fields, &mut found)?;
        fields.finish()?;
        Ok(Self { raw: node.raw, to_sign, cert, signature_alg_id, signature, time_stamp, deviations: found.into_vec() })
    }
}
