//! Length-coded fields (定长前缀字段): two bytes of length, big-endian, and the bytes, one field after another.

use super::TicketError;

/// Writes fields after a first line.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new(prefix: &[u8]) -> Self {
        Self(prefix.to_vec())
    }

    /// Appends a field; none is longer than 65,535 bytes.
    pub(super) fn field(&mut self, bytes: &[u8]) -> Result<(), TicketError> {
        let length = u16::try_from(bytes.len()).map_err(|_| TicketError::TooLong)?;
        self.0.extend(length.to_be_bytes());
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads them back, strictly: nothing missing, nothing left over.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    expected: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], prefix: &[u8], expected: &'static str) -> Result<Self, TicketError> {
        let rest = bytes.strip_prefix(prefix).ok_or(TicketError::Shape { expected })?;
        Ok(Self { rest, expected })
    }

    pub(super) const fn error(&self) -> TicketError {
        TicketError::Shape { expected: self.expected }
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], TicketError> {
        let (length, rest) = self.rest.split_first_chunk::<2>().ok_or(self.error())?;
        let (field, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(self.error())?;
        self.rest = rest;
        Ok(field)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], TicketError> {
        self.bytes()?.try_into().map_err(|_| self.error())
    }

    pub(super) fn text(&mut self) -> Result<String, TicketError> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| self.error())
    }

    /// A value written as its text.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self) -> Result<T, TicketError> {
        self.text()?.parse().map_err(|_| self.error())
    }

    pub(super) const fn end(&self) -> Result<(), TicketError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.error()) }
    }
}
