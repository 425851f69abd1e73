//! Making a seal signature (签章): `TBS_Sign`, which the signer signs, then the signature around it.

use eseal_asn1::write;
use jiff::Timestamp;

use super::{CriticalFalse, ExtData, WriteError, element, extensions, ia5, time};
use crate::oid;

/// What a signer shall sign (待签章数据).
#[derive(Clone, Debug)]
pub struct TbsTemplate<'a> {
    /// The seal, DER, as it was issued: it is embedded byte for byte.
    pub seal: &'a [u8],
    /// 签章时间, whole seconds.
    pub time: Timestamp,
    /// 原文杂凑值: SM3 of the protected bytes.
    pub data_hash: [u8; 32],
    /// 原文数据的属性, ASCII.
    pub property_info: &'a str,
    /// 自定义数据.
    pub ext_datas: &'a [ExtData<'a>],
    /// How `critical` FALSE is written.
    pub critical_false: CriticalFalse,
}

impl TbsTemplate<'_> {
    /// DER of `TBS_Sign`: `e = SM3(Z_signer ‖ these)`.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn to_der(&self) -> Result<Vec<u8>, WriteError> {
        let extensions = extensions(self.ext_datas, self.critical_false);
        let extensions = if extensions.is_empty() { extensions } else { write::context(0, &extensions) };
        Ok(write::sequence(&[
            &write::integer_i64(4),
            element(self.seal, "eseal")?,
            &time(self.time)?,
            &write::bit_string(&self.data_hash),
            &ia5(self.property_info, "propertyInfo")?,
            &extensions,
        ]))
    }
}

/// DER of `SES_Signature` around `tbs` (电子签章数据): `signature` is DER `SEQUENCE{r,s}`, `time_stamp` a token.
///
/// # Errors
/// One of them is not one ASN.1 element.
pub fn signature(
    tbs: &[u8],
    signer_certificate: &[u8],
    signature: &[u8],
    time_stamp: Option<&[u8]>,
) -> Result<Vec<u8>, WriteError> {
    let time_stamp = match time_stamp {
        Some(token) => write::context(0, &write::bit_string(element(token, "timeStamp")?)),
        None => Vec::new(),
    };
    Ok(write::sequence(&[
        element(tbs, "toSign")?,
        &write::octet_string(element(signer_certificate, "cert")?),
        &write::oid(oid::SM3_WITH_SM2),
        &write::bit_string(element(signature, "signature")?),
        &time_stamp,
    ]))
}
