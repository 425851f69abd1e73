//! Seals (电子印章数据).

use eseal_asn1::{Children, Error, Node, tag};

use crate::{Deviation, SesSealInfo, SignatureBits, Version, deviation::Found, field};

/// `SESeal` (电子印章数据), GB/T 38540—2020.
///
/// ```text
/// SESeal ::= SEQUENCE {
///     eSealInfo    SES_SealInfo,
///     cert         OCTET STRING,
///     signAlgID    OBJECT IDENTIFIER,
///     signedValue  BIT STRING }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeSeal<'a> {
    /// The whole seal.
    pub raw: &'a [u8],
    /// 印章信息; its raw bytes are what the maker signed.
    pub eseal_info: SesSealInfo<'a>,
    /// The maker's certificate, as the whole element.
    pub cert_tlv: &'a [u8],
    /// 制章人证书, DER.
    pub cert: &'a [u8],
    /// The algorithm, as the whole element.
    pub algorithm_tlv: &'a [u8],
    /// 签名算法标识: content octets of the OID.
    pub sign_alg_id: &'a [u8],
    /// 签名值.
    pub signed_value: SignatureBits<'a>,
    /// What deviates from the standard.
    pub deviations: Vec<Deviation>,
}

impl<'a> SeSeal<'a> {
    pub(crate) fn read(node: &Node<'a>) -> Result<Self, Error> {
        let (seal, rest) = Self::read_first_four(node, Version::V4)?;
        rest.finish()?;
        Ok(seal)
    }

    /// The four elements that V4 and V5 share, and what follows them.
    pub(crate) fn read_first_four(node: &Node<'a>, version: Version) -> Result<(Self, Children<'a>), Error> {
        let mut found = Found::default();
        let mut fields = node.children();
        let eseal_info = SesSealInfo::read(&fields.expect(tag::SEQUENCE, "eSealInfo")?, version, &mut found)?;
        let cert = field::certificate(&mut fields, "cert", &mut found)?;
        let (algorithm, sign_alg_id) = field::algorithm(&mut fields, "signAlgID", &mut found)?;
        let signed_value = field::signature(&mut fields, sign_alg_id, "signedValue", &mut found)?;
        let number = if version == Version::V5 { 5 } else { 4 };
        found.note_if(eseal_info.header.version != number, Deviation::VersionMismatch);
        let seal = Self {
            raw: node.raw,
            eseal_info,
            cert_tlv: cert.raw,
            cert: field::certificate_in(&cert),
            algorithm_tlv: algorithm.raw,
            sign_alg_id,
            signed_value,
            deviations: found.into_vec(),
        };
        Ok((seal, fields))
    }
}
