//! GM/T 0031—2014 (V1): seals and seal signatures as they were before GB/T 38540; only read.

use eseal_asn1::{Error, Node, tag, write};

use crate::{Deviation, Seal, SesSealInfo, SignatureBits, TimeInfo, Version, deviation::Found, field};

/// `SESeal` (电子印章数据), GM/T 0031—2014.
///
/// ```text
/// SESeal ::= SEQUENCE { esealInfo SES_SealInfo, signInfo SES_SignInfo }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeSeal<'a> {
    /// The whole seal.
    pub raw: &'a [u8],
    /// 印章信息.
    pub eseal_info: SesSealInfo<'a>,
    /// 印章签名信息; none if it cannot be read.
    pub sign_info: Option<SesSignInfo<'a>>,
    /// What deviates from the standard.
    pub deviations: Vec<Deviation>,
}

/// `SES_SignInfo` (印章签名信息).
///
/// ```text
/// SES_SignInfo ::= SEQUENCE { cert OCTET STRING, signatureAlgorithm OBJECT IDENTIFIER, signData BIT STRING }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SesSignInfo<'a> {
    /// The maker's certificate, as the whole element that was signed.
    pub cert_tlv: &'a [u8],
    /// The maker's certificate, DER.
    pub cert: &'a [u8],
    /// The algorithm, as the whole element that was signed.
    pub algorithm_tlv: &'a [u8],
    /// Content octets of the algorithm's OID.
    pub signature_algorithm: &'a [u8],
    /// 签名值.
    pub sign_data: SignatureBits<'a>,
}

/// `TBS_Sign` (待签章数据), GM/T 0031—2014.
///
/// ```text
/// TBS_Sign ::= SEQUENCE {
///     version INTEGER, eseal SESeal, timeInfo BIT STRING, dataHash BIT STRING, propertyInfo IA5String,
///     cert OCTET STRING, signatureAlgorithm OBJECT IDENTIFIER }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TbsSign<'a> {
    /// Exactly the bytes that were signed.
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
    /// 原文属性.
    pub property_info: String,
    /// The signer's certificate, DER.
    pub cert: &'a [u8],
    /// Content octets of the algorithm's OID.
    pub signature_algorithm: &'a [u8],
}

/// `SES_Signature` (电子签章数据), GM/T 0031—2014.
///
/// ```text
/// SES_Signature ::= SEQUENCE { toSign TBS_Sign, signature BIT STRING }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SesSignature<'a> {
    /// The whole signature.
    pub raw: &'a [u8],
    /// 待签章数据.
    pub to_sign: TbsSign<'a>,
    /// 签名值.
    pub signature: SignatureBits<'a>,
    /// What deviates from the standard, without what the seal has of its own.
    pub deviations: Vec<Deviation>,
}

impl<'a> SeSeal<'a> {
    pub(crate) fn read(node: &Node<'a>) -> Result<Self, Error> {
        let mut found = Found::default();
        let mut fields = node.children();
        let info = fields.expect(tag::SEQUENCE, "esealInfo")?;
        let eseal_info = SesSealInfo::read(&info, Version::V1, &mut found)?;
        let sign_info = SesSignInfo::read(&fields.any("signInfo")?, &mut found).ok();
        fields.finish()?;
        // The text counts versions on its own ("e.g. 11"); only the numbers of later versions are out of place.
        found.note_if(matches!(eseal_info.header.version, 4 | 5), Deviation::VersionMismatch);
        Ok(Self { raw: node.raw, eseal_info, sign_info, deviations: found.into_vec() })
    }

    /// What the maker signed: a SEQUENCE of info, certificate and algorithm that stands nowhere in the file.
    #[must_use]
    pub fn signed_bytes(&self) -> Option<Vec<u8>> {
        let sign = self.sign_info.as_ref()?;
        Some(write::sequence(&[self.eseal_info.raw, sign.cert_tlv, sign.algorithm_tlv]))
    }
}

impl<'a> SesSignInfo<'a> {
    fn read(node: &Node<'a>, found: &mut Found) -> Result<Self, Error> {
        let mut fields = Node::root(node.raw).expect(tag::SEQUENCE, "signInfo")?.children();
        let cert = field::certificate(&mut fields, "cert", found)?;
        let (algorithm, signature_algorithm) = field::algorithm(&mut fields, "signatureAlgorithm", found)?;
        let sign_data = field::signature(&mut fields, signature_algorithm, "signData", found)?;
        Ok(Self {
            cert_tlv: cert.raw,
            cert: field::certificate_in(&cert),
            algorithm_tlv: algorithm.raw,
            signature_algorithm,
            sign_data,
        })
    }
}

impl<'a> TbsSign<'a> {
    fn read(node: &Node<'a>, found: &mut Found) -> Result<Self, Error> {
        let mut fields = node.children();
        let version = field::integer(&mut fields, "version")?;
        let eseal = Seal::read(&fields.expect(tag::SEQUENCE, "eseal")?)?;
        let time_info = TimeInfo::read_v1(&mut fields, found)?;
        let hash = fields.expect_any(&[tag::BIT_STRING, tag::OCTET_STRING], "dataHash")?;
        let (_, data_hash) = field::bits(&hash, found)?;
        let data_hash_sm3 = field::hash(data_hash, found);
        let property_info = field::string(&mut fields, tag::IA5_STRING, "propertyInfo", found)?;
        let cert = field::certificate_in(&field::certificate(&mut fields, "cert", found)?);
        let (_, signature_algorithm) = field::algorithm(&mut fields, "signatureAlgorithm", found)?;
        fields.finish()?;
        found.note_if(eseal.version() != Version::V1, Deviation::VersionMismatch);
        Ok(Self {
            raw: node.raw,
            version,
            eseal,
            time_info,
            data_hash,
            data_hash_sm3,
            property_info,
            cert,
            signature_algorithm,
        })
    }
}

impl<'a> SesSignature<'a> {
    pub(crate) fn read(node: &Node<'a>) -> Result<Self, Error> {
        let mut found = Found::default();
        let mut fields = node.children();
        let to_sign = TbsSign::read(&fields.expect(tag::SEQUENCE, "toSign")?, &mut found)?;
        let signature = field::signature(&mut fields, to_sign.signature_algorithm, "signature", &mut found)?;
        fields.finish()?;
        Ok(Self { raw: node.raw, to_sign, signature, deviations: found.into_vec() })
    }
}
