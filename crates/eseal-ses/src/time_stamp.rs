//! Time stamps (时间戳), GB/T 20520 and RFC 3161.

use eseal_asn1::{Children, Error, Node, tag};
use jiff::Timestamp;

use crate::{Deviation, cms::SignedData, deviation::Found, field, oid};

/// A time-stamp token (时间戳令牌): a SignedData whose content is a [`TstInfo`].
#[derive(Clone, Debug)]
pub struct TimeStampToken<'a> {
    /// The SignedData around it.
    pub signed_data: SignedData<'a>,
    /// What it says.
    pub info: TstInfo,
}

/// `TSTInfo` (时间戳信息).
///
/// ```text
/// TSTInfo ::= SEQUENCE {
///     version INTEGER, policy OBJECT IDENTIFIER, messageImprint SEQUENCE { AlgorithmIdentifier, OCTET STRING },
///     serialNumber INTEGER, genTime GeneralizedTime, accuracy Accuracy OPTIONAL, ordering BOOLEAN DEFAULT FALSE,
///     nonce INTEGER OPTIONAL, tsa [0] GeneralName OPTIONAL, extensions [1] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TstInfo {
    /// Version; 1, and 2 is seen.
    pub version: i64,
    /// Content octets of the policy's OID.
    pub policy: Vec<u8>,
    /// Content octets of the digest algorithm's OID.
    pub imprint_algorithm: Vec<u8>,
    /// Digest of what is stamped.
    pub imprint: Vec<u8>,
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// 时间.
    pub gen_time: Timestamp,
    /// Content octets of the nonce, which repeats that of the request.
    pub nonce: Option<Vec<u8>>,
}

impl<'a> TimeStampToken<'a> {
    /// Reads a token, or the token in a whole `TimeStampResp`.
    ///
    /// # Errors
    /// Kind and byte offset of what cannot be read.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        let signed_data = SignedData::parse(token_in(der))?;
        let wrong = Error::Field { field: "TSTInfo", offset: 0 };
        if signed_data.content_type != oid::TST_INFO {
            return Err(wrong);
        }
        let info = TstInfo::parse(signed_data.content.as_deref().ok_or(wrong)?)?;
        Ok(Self { signed_data, info })
    }
}

impl TstInfo {
    fn parse(der: &[u8]) -> Result<Self, Error> {
        let mut fields = Node::parse(der)?.children();
        let version = field::integer(&mut fields, "version")?;
        let policy = fields.expect(tag::OID, "policy")?.body.to_vec();
        let mut imprint = fields.expect(tag::SEQUENCE, "messageImprint")?.children();
        let mut algorithm = imprint.expect(tag::SEQUENCE, "hashAlgorithm")?.children();
        let imprint_algorithm = algorithm.expect(tag::OID, "hashAlgorithm")?.body.to_vec();
        let imprint = imprint.expect(tag::OCTET_STRING, "hashedMessage")?.body.to_vec();
        let serial = fields.expect(tag::INTEGER, "serialNumber")?.body.to_vec();
        let gen_time = fields.expect(tag::GENERALIZED_TIME, "genTime")?.time()?;
        let _accuracy = fields.optional(tag::SEQUENCE)?;
        let _ordering = fields.optional(tag::BOOLEAN)?;
        let nonce = fields.optional(tag::INTEGER)?.map(|nonce| nonce.body.to_vec());
        Ok(Self { version, policy, imprint_algorithm, imprint, serial, gen_time, nonce })
    }
}

/// `timeStamp [0] EXPLICIT BIT STRING OPTIONAL`; also IMPLICIT, or untagged, as a deviation.
pub(crate) fn read_field<'a>(fields: &mut Children<'a>, found: &mut Found) -> Result<Option<&'a [u8]>, Error> {
    let Some(node) = fields.peek()? else { return Ok(None) };
    let bits = match node.tag {
        number if number == tag::context(0) => {
            let inner = node.children().expect_any(&[tag::BIT_STRING, tag::OCTET_STRING], "timeStamp")?;
            field::bits(&inner, found)?.1
        }
        number if number == tag::implicit(0) || number == tag::BIT_STRING => {
            found.note(Deviation::TagVariant);
            node.bits()?
        }
        _ => return Err(Error::Field { field: "timeStamp", offset: node.offset }),
    };
    fields.read()?;
    Ok(Some(token_in(bits)))
}

/// The token in a `TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken }`; anything else as it stands.
pub(crate) fn token_in(bytes: &[u8]) -> &[u8] {
    let token = || {
        let mut fields = Node::root(bytes).expect(tag::SEQUENCE, "TimeStampResp").ok()?.children();
        fields.expect(tag::SEQUENCE, "status").ok()?;
        Some(fields.expect(tag::SEQUENCE, "timeStampToken").ok()?.raw)
    };
    token().unwrap_or(bytes)
}
