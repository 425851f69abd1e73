//! ASN.1 as certificates need it: fields by tag on the way in, whole structures on the way out.

use crate::CertificateError;

pub(crate) mod tag {
    //! Tag octets.
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0A;
    pub(crate) const UTF8_STRING: u8 = 0x0C;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const UNIVERSAL_STRING: u8 = 0x1C;
    pub(crate) const BMP_STRING: u8 = 0x1E;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// `[number]`, constructed.
    pub(crate) const fn context(number: u8) -> u8 {
        0xA0 | number
    }

    /// `[number] IMPLICIT` of a primitive type.
    pub(crate) const fn implicit(number: u8) -> u8 {
        0x80 | number
    }
}

/// One element of the input: its bytes and what is in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) tag: u8,
    /// Tag, length and content.
    pub(crate) raw: &'a [u8],
    pub(crate) body: &'a [u8],
    /// Where it begins in the whole input.
    pub(crate) offset: usize,
}

/// Elements one after another.
#[derive(Clone, Debug)]
pub(crate) struct Children<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Node<'a> {
    /// The elements at the top of `der`.
    pub(crate) const fn root(der: &'a [u8]) -> Children<'a> {
        Children { rest: der, offset: 0 }
    }

    /// What is in it.
    pub(crate) fn children(&self) -> Children<'a> {
        let header = self.raw.len().saturating_sub(self.body.len());
        Children { rest: self.body, offset: self.offset.saturating_add(header) }
    }

    /// Whole bytes of a BIT STRING.  The number of unused bits is passed over: some write it wrong.
    pub(crate) fn bits(&self) -> Result<&'a [u8], CertificateError> {
        match self.body {
            [0..=7, bits @ ..] => Ok(bits),
            _ => Err(CertificateError::Field { field: "bits", offset: self.offset }),
        }
    }

    /// An INTEGER that is a number of at most 64 bits and not negative.
    pub(crate) fn unsigned(&self) -> Option<u64> {
        let is_negative = self.body.first().is_none_or(|first| *first >= 0x80);
        let fold = |number: u64, byte: &u8| number.checked_mul(256)?.checked_add(u64::from(*byte));
        if is_negative { None } else { self.body.iter().try_fold(0, fold) }
    }
}

impl<'a> Children<'a> {
    /// The next element, which stays.
    pub(crate) fn peek(&self) -> Result<Option<Node<'a>>, CertificateError> {
        self.clone().next()
    }

    /// The next element of any type.
    pub(crate) fn any(&mut self, field: &'static str) -> Result<Node<'a>, CertificateError> {
        let offset = self.offset;
        self.next()?.ok_or(CertificateError::Field { field, offset })
    }

    /// The next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8, field: &'static str) -> Result<Node<'a>, CertificateError> {
        let offset = self.offset;
        self.next()?.filter(|node| node.tag == tag).ok_or(CertificateError::Field { field, offset })
    }

    /// The next element if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Node<'a>>, CertificateError> {
        if self.peek()?.is_some_and(|node| node.tag == tag) { self.next() } else { Ok(None) }
    }
}

impl<'a> Children<'a> {
    /// The next element, none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Node<'a>>, CertificateError> {
        let Some((tag, after)) = self.rest.split_first() else { return Ok(None) };
        let malformed = CertificateError::Asn1 { offset: self.offset };
        let (length, header) = length(after).ok_or_else(|| malformed.clone())?;
        let total =
            header.checked_add(1).and_then(|header| header.checked_add(length)).ok_or_else(|| malformed.clone())?;
        let (raw, rest) = self.rest.split_at_checked(total).ok_or_else(|| malformed.clone())?;
        // Tags above 30 have no place in a certificate.
        let body = raw.get(header.saturating_add(1)..).filter(|_| tag & 0x1F != 0x1F).ok_or(malformed)?;
        let node = Node { tag: *tag, raw, body, offset: self.offset };
        self.rest = rest;
        self.offset = self.offset.saturating_add(total);
        Ok(Some(node))
    }
}

/// A definite length and the number of its octets.
fn length(after: &[u8]) -> Option<(usize, usize)> {
    let (first, rest) = after.split_first()?;
    let count = usize::from(first & 0x7F);
    match first {
        0..=0x7F => Some((usize::from(*first), 1)),
        0x81..=0x84 => {
            let bytes = rest.get(..count)?;
            let number = bytes.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
            Some((usize::try_from(number).ok()?, count.checked_add(1)?))
        }
        _ => None,
    }
}

/// One element in DER.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = body.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let significant = length.get(zeros..).unwrap_or_default();
    let mut out = vec![tag];
    match significant {
        [] => out.push(0),
        [short @ 0..=0x7F] => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(0x7F));
            out.extend_from_slice(long);
        }
    }
    out.extend(body);
    out
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(tag::SEQUENCE, parts)
}

/// A SET of one element, which needs no order.
pub(crate) fn set(part: &[u8]) -> Vec<u8> {
    element(tag::SET, &[part])
}

pub(crate) fn oid(content: &[u8]) -> Vec<u8> {
    element(tag::OID, &[content])
}

pub(crate) fn utf8(text: &str) -> Vec<u8> {
    element(tag::UTF8_STRING, &[text.as_bytes()])
}

pub(crate) fn printable(text: &str) -> Vec<u8> {
    element(tag::PRINTABLE_STRING, &[text.as_bytes()])
}

pub(crate) fn octet_string(bytes: &[u8]) -> Vec<u8> {
    element(tag::OCTET_STRING, &[bytes])
}

/// A BIT STRING of whole bytes.
pub(crate) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    bit_string_with(0, bytes)
}

pub(crate) fn bit_string_with(unused: u8, bytes: &[u8]) -> Vec<u8> {
    element(tag::BIT_STRING, &[&[unused], bytes])
}

/// A number that is not negative, big-endian.
pub(crate) fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let significant = number.get(zeros..).unwrap_or_default();
    let needs_zero = significant.first().is_none_or(|first| *first >= 0x80);
    element(tag::INTEGER, &[if needs_zero { &[0] } else { &[] }, significant])
}

pub(crate) fn enumerated(number: u8) -> Vec<u8> {
    element(tag::ENUMERATED, &[&[number]])
}

pub(crate) fn boolean_true() -> Vec<u8> {
    element(tag::BOOLEAN, &[&[0xFF]])
}

pub(crate) fn utc_time(text: &str) -> Vec<u8> {
    element(tag::UTC_TIME, &[text.as_bytes()])
}

pub(crate) fn generalized_time(text: &str) -> Vec<u8> {
    element(tag::GENERALIZED_TIME, &[text.as_bytes()])
}

/// `[number]` around whole elements.
pub(crate) fn context(number: u8, content: &[u8]) -> Vec<u8> {
    element(tag::context(number), &[content])
}

/// `[number] IMPLICIT` of a primitive type.
pub(crate) fn implicit(number: u8, content: &[u8]) -> Vec<u8> {
    element(tag::implicit(number), &[content])
}

/// An OID in dotted form, from its content octets.
pub(crate) fn dotted(content: &[u8]) -> String {
    let mut arcs = Vec::new();
    let mut arc = 0_u64;
    for byte in content {
        arc = arc.wrapping_shl(7) | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            arcs.push(std::mem::take(&mut arc));
        }
    }
    let first = arcs.first().copied().unwrap_or(0);
    let top = (first / 40).min(2);
    let rest = std::iter::once(first.saturating_sub(top.saturating_mul(40))).chain(arcs.iter().skip(1).copied());
    rest.fold(top.to_string(), |text, arc| format!("{text}.{arc}"))
}
