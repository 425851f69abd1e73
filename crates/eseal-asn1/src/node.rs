//! One element (元素).

use std::borrow::Cow;

use jiff::{Timestamp, tz::Offset};

use crate::{Children, Clock, Error, length, tag, text, time};

/// One element of the input (元素): its bytes, and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// The tag octet, with class and form.
    pub tag: u8,
    /// Tag, length and content, exactly as they were read.
    pub raw: &'a [u8],
    /// The content.
    pub body: &'a [u8],
    /// Where it begins in the whole input.
    pub offset: usize,
    pub(crate) depth: u8,
    pub(crate) header: usize,
}

/// A BIT STRING (位串), as it is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitString<'a> {
    /// How many bits of the last byte are said to be unused, 0 to 7.
    pub unused: u8,
    /// The whole bytes.
    pub bytes: &'a [u8],
}

impl<'a> Node<'a> {
    /// The elements at the top of `der`.
    #[must_use]
    pub const fn root(der: &'a [u8]) -> Children<'a> {
        Children::new(der, 0, 0)
    }

    /// The one element that `der` is.
    ///
    /// # Errors
    /// It is none, or something follows.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        let mut top = Self::root(der);
        let node = top.any("element")?;
        top.finish()?;
        Ok(node)
    }

    /// The element at the beginning of `der`, whatever follows, such as the zeros of a placeholder.
    ///
    /// # Errors
    /// It does not begin with an element.
    pub fn parse_first(der: &'a [u8]) -> Result<Self, Error> {
        let extent = length::measure(der, 0, 0)?;
        Self::parse(der.get(..extent.total).unwrap_or(der))
    }

    /// What is in it, as elements; also of a string that holds elements.
    #[must_use]
    pub const fn children(&self) -> Children<'a> {
        Children::new(self.body, self.offset.saturating_add(self.header), self.depth.saturating_add(1))
    }

    /// A BIT STRING with what it says of its last byte.
    ///
    /// # Errors
    /// It is empty, or says that more than seven bits are unused.
    pub fn bit_string(&self) -> Result<BitString<'a>, Error> {
        match self.body {
            [unused @ 0..=7, bytes @ ..] => Ok(BitString { unused: *unused, bytes }),
            _ => Err(Error::Field { field: "bits", offset: self.offset }),
        }
    }

    /// Whole bytes of a BIT STRING.  The number of unused bits is passed over: some write it wrong.
    ///
    /// # Errors
    /// As [`Self::bit_string`].
    pub fn bits(&self) -> Result<&'a [u8], Error> {
        self.bit_string().map(|bits| bits.bytes)
    }

    /// Whole bytes of a BIT STRING that says so: signatures and keys of certificates, which nobody writes otherwise.
    ///
    /// # Errors
    /// As [`Self::bit_string`]; any bit is said to be unused.
    pub fn whole_bytes(&self) -> Result<&'a [u8], Error> {
        match self.bit_string()? {
            BitString { unused: 0, bytes } => Ok(bytes),
            _ => Err(Error::Field { field: "unused bits", offset: self.offset }),
        }
    }

    /// An INTEGER that is a number of at most 64 bits and not negative.
    #[must_use]
    pub fn unsigned(&self) -> Option<u64> {
        let fold = |number: u64, byte: &u8| number.checked_mul(256)?.checked_add(u64::from(*byte));
        self.unsigned_bytes()?.iter().try_fold(0, fold)
    }

    /// An INTEGER that is not negative, big-endian, without leading zero bytes; zero is no byte.
    #[must_use]
    pub fn unsigned_bytes(&self) -> Option<&'a [u8]> {
        let is_negative = self.body.first().is_none_or(|first| *first >= 0x80);
        let zeros = self.body.iter().take_while(|byte| **byte == 0).count();
        if is_negative { None } else { self.body.get(zeros..) }
    }

    /// An INTEGER of at most 64 bits.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        let first = self.body.first()?;
        let sign = if *first >= 0x80 { -1_i64 } else { 0 };
        let fold = |number: i64, byte: &u8| number.checked_mul(256)?.checked_add(i64::from(*byte));
        self.body.iter().try_fold(sign, fold)
    }

    /// A BOOLEAN; everything but zero is true.
    #[must_use]
    pub fn boolean(&self) -> bool {
        self.body.iter().any(|byte| *byte != 0)
    }

    /// The bytes of a string, joined if it is written in pieces.
    ///
    /// # Errors
    /// The pieces are no elements.
    pub fn octets(&self) -> Result<Cow<'a, [u8]>, Error> {
        if self.tag & tag::CONSTRUCTED == 0 {
            return Ok(Cow::Borrowed(self.body));
        }
        let mut joined = Vec::new();
        let mut pieces = self.children();
        while let Some(piece) = pieces.read()? {
            joined.extend_from_slice(&piece.octets()?);
        }
        Ok(Cow::Owned(joined))
    }

    /// The text of a string of any type; characters that cannot be read are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        text::read(self.tag, self.body)
    }

    /// A UTCTime or GeneralizedTime, with or without seconds, in UTC or with an offset.
    ///
    /// # Errors
    /// It is none, or names no zone.
    pub fn time(&self) -> Result<Timestamp, Error> {
        let clock = self.clock()?;
        clock.offset.and_then(|offset| offset.to_timestamp(clock.local).ok()).ok_or(Error::Time { offset: self.offset })
    }

    /// As [`Self::time`]; where no zone is named, `otherwise` is taken and the second answer is false.
    ///
    /// # Errors
    /// It is no time.
    pub fn time_or(&self, otherwise: Offset) -> Result<(Timestamp, bool), Error> {
        let clock = self.clock()?;
        let offset = clock.offset.unwrap_or(otherwise);
        let at = offset.to_timestamp(clock.local).map_err(|_| Error::Time { offset: self.offset })?;
        Ok((at, clock.offset.is_some()))
    }

    fn clock(&self) -> Result<Clock, Error> {
        str::from_utf8(self.body)
            .ok()
            .and_then(|text| time::parse_time(self.tag, text))
            .ok_or(Error::Time { offset: self.offset })
    }
}
