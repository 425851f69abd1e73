//! Fields that occur in several structures, read with the tolerance that real files need.

use eseal_asn1::{Children, Error, Node, tag};
use jiff::{Timestamp, tz::Offset};

use crate::{Deviation, SignatureBits, deviation::Found};

/// Where a time names no zone: Chinese standard time.
pub(crate) const CHINA: Offset = Offset::constant(8);

/// Tags of strings.
const STRINGS: &[u8] = &[
    tag::UTF8_STRING,
    tag::IA5_STRING,
    tag::PRINTABLE_STRING,
    0x14, // TeletexString
    0x1A, // VisibleString
    tag::BMP_STRING,
    tag::UNIVERSAL_STRING,
];

/// An INTEGER of at most 64 bits.
pub(crate) fn integer(fields: &mut Children<'_>, field: &'static str) -> Result<i64, Error> {
    let node = fields.expect(tag::INTEGER, field)?;
    node.integer().ok_or(Error::Field { field, offset: node.offset })
}

/// A string; another type than `wanted` is a deviation.
pub(crate) fn string(
    fields: &mut Children<'_>,
    wanted: u8,
    field: &'static str,
    found: &mut Found,
) -> Result<String, Error> {
    let node = fields.expect_any(STRINGS, field)?;
    found.note_if(node.tag != wanted, Deviation::TagVariant);
    Ok(node.text())
}

/// A time; another type than `wanted` is a deviation, and so is a time without a zone.
pub(crate) fn time(
    fields: &mut Children<'_>,
    wanted: u8,
    field: &'static str,
    found: &mut Found,
) -> Result<Timestamp, Error> {
    let node = fields.expect_any(&[tag::GENERALIZED_TIME, tag::UTC_TIME], field)?;
    found.note_if(node.tag != wanted, Deviation::TagVariant);
    let (at, has_zone) = node.time_or(CHINA)?;
    found.note_if(!has_zone, Deviation::TimeFreeText);
    Ok(at)
}

/// A certificate in an OCTET STRING; one that stands there itself is a deviation.
pub(crate) fn certificate<'a>(
    fields: &mut Children<'a>,
    field: &'static str,
    found: &mut Found,
) -> Result<Node<'a>, Error> {
    let node = fields.expect_any(&[tag::OCTET_STRING, tag::SEQUENCE], field)?;
    found.note_if(node.tag == tag::SEQUENCE, Deviation::TagVariant);
    Ok(node)
}

/// The certificate in a node of [`certificate`].
pub(crate) const fn certificate_in<'a>(node: &Node<'a>) -> &'a [u8] {
    if node.tag == tag::SEQUENCE { node.raw } else { node.body }
}

/// A bare OID; an AlgorithmIdentifier instead is a deviation.  Gives the element and the OID's content.
pub(crate) fn algorithm<'a>(
    fields: &mut Children<'a>,
    field: &'static str,
    found: &mut Found,
) -> Result<(Node<'a>, &'a [u8]), Error> {
    let node = fields.expect_any(&[tag::OID, tag::SEQUENCE], field)?;
    let named = if node.tag == tag::OID {
        node.body
    } else {
        found.note(Deviation::TagVariant);
        node.children().expect(tag::OID, field)?.body
    };
    found.note_if(named == crate::oid::SM3_WITH_SM2_TYPO, Deviation::AlgorithmOid);
    Ok((node, named))
}

/// A BIT STRING of whole bytes; an OCTET STRING instead is a deviation.  Gives the number of unused bits and the bytes.
pub(crate) fn bits<'a>(node: &Node<'a>, found: &mut Found) -> Result<(u8, &'a [u8]), Error> {
    if node.tag == tag::OCTET_STRING {
        found.note(Deviation::TagVariant);
        return Ok((0, node.body));
    }
    let bits = node.bit_string()?;
    found.note_if(bits.unused != 0, Deviation::BitStringTrimmed);
    Ok((bits.unused, bits.bytes))
}

/// A signature value, whose form is noted if the algorithm is SM2.
pub(crate) fn signature<'a>(
    fields: &mut Children<'a>,
    algorithm: &[u8],
    field: &'static str,
    found: &mut Found,
) -> Result<SignatureBits<'a>, Error> {
    let node = fields.expect_any(&[tag::BIT_STRING, tag::OCTET_STRING], field)?;
    let (_, bytes) = bits(&node, found)?;
    let value = SignatureBits { raw: node.raw, bytes };
    if crate::oid::is_sm2_signature(algorithm) {
        value.deviation().into_iter().for_each(|deviation| found.note(deviation));
    }
    Ok(value)
}

/// A dataHash of 32 bytes; zeros that were cut off its end are put back.
pub(crate) fn hash(bytes: &[u8], found: &mut Found) -> Option<[u8; 32]> {
    let missing = 32_usize.checked_sub(bytes.len()).filter(|_| !bytes.is_empty())?;
    found.note_if(missing > 0, Deviation::BitStringTrimmed);
    [bytes, [0; 32].get(..missing).unwrap_or_default()].concat().try_into().ok()
}
