//! Frames (帧): a length and a body, fields in a fixed order.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

/// Longest frame: the first one holds the passwords and public keys of all keys, some hundred bytes each.
const FRAME_MAX_BYTES: u32 = 1 << 20;

/// Writes a frame (帧).
///
/// # Errors
/// The stream's; `InvalidInput` if the body is too long.
pub fn write(to: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= FRAME_MAX_BYTES);
    let length = length.ok_or(io::ErrorKind::InvalidInput)?;
    to.write_all(&Zeroizing::new([&length.to_be_bytes(), body].concat()))?;
    to.flush()
}

/// Reads a frame (帧).
///
/// # Errors
/// The stream's; `InvalidData` if it says to be too long.
pub fn read(from: &mut impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > FRAME_MAX_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = Zeroizing::new(vec![0; length as usize]);
    from.read_exact(&mut body)?;
    Ok(body)
}

/// A body in the making (帧体).
#[derive(Default)]
pub struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    /// With room for so many bytes: growing would leave copies of what is secret behind.
    #[must_use]
    pub fn with_room(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    /// The body.
    #[must_use]
    pub fn body(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    /// A number.
    pub fn number(&mut self, number: u64) {
        self.0.extend(number.to_be_bytes());
    }

    /// Bytes, with their length.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }

    /// Texts, with their number.
    pub fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.number(texts.len() as u64);
        texts.for_each(|text| self.bytes(text.as_bytes()));
    }
}

/// What is left of a body (余下帧体).
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads a body from its beginning.
    #[must_use]
    pub const fn new(body: &'a [u8]) -> Self {
        Self(body)
    }

    /// All that is left.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// A number.
    pub fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*number))
    }

    /// A number of 32 bits.
    pub fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    /// 0 or 1.
    pub fn flag(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// Bytes.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A text.
    pub fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    /// A list; how long it says to be is not believed.
    pub fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.number()?).map(|_| item(self)).collect()
    }

    /// The value that was read, if nothing is left.
    pub fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_or_a_list_that_says_it_is_long_is_not_believed() {
        assert!(read(&mut [0xFF; 8].as_slice()).is_err());
        let mut stream = Vec::new();
        write(&mut stream, b"abc").expect("written");
        assert_eq!(read(&mut stream.as_slice()).expect("read").as_slice(), b"abc");
        assert!(Reader::new(&[0xFF; 16]).list(Reader::text).is_none());
    }
}
