//! Directories of TIFF and EXIF (标签目录), as far as pages and resolutions need them.

use super::resolution::DotsPerMm;
use crate::ConvertError;

const SUBFILE_TYPE: u16 = 254;
const X_RESOLUTION: u16 = 282;
const Y_RESOLUTION: u16 = 283;
const RESOLUTION_UNIT: u16 = 296;
/// Bits of the subfile type: a thumbnail, a mask.
const NO_PAGE: u32 = 1 | 4;
/// Entries of a directory that are looked at; common ones have twenty.
const ENTRIES: u64 = 500;

/// What a directory says.
#[derive(Debug, Default)]
pub(super) struct Tags {
    /// Where it begins in the file.
    at: u64,
    subfile_type: u32,
    x: Option<f32>,
    y: Option<f32>,
    unit: Option<u32>,
}

impl Tags {
    /// All directories of a file, in their order.
    pub(super) fn directories(bytes: &[u8], most: usize) -> Result<Vec<Self>, ConvertError> {
        let damaged = || ConvertError::Damaged { problem: "the TIFF's directories cannot be followed".into() };
        let reader = Reader::new(bytes).ok_or_else(damaged)?;
        let mut at = reader.offset(reader.first_at()).ok_or_else(damaged)?;
        let mut found: Vec<Self> = Vec::new();
        while at != 0 {
            if found.len() >= most {
                return if most == 1 { Ok(found) } else { Err(too_many(most)) };
            }
            if found.iter().any(|tags| tags.at == at) {
                return Err(damaged()); // it bites its tail
            }
            let (tags, next) = reader.directory(at).ok_or_else(damaged)?;
            found.push(tags);
            at = next;
        }
        Ok(found)
    }

    /// True unless it is a thumbnail or a mask.
    pub(super) const fn is_page(&self) -> bool {
        self.subfile_type & NO_PAGE == 0
    }

    /// Dots a millimetre.
    pub(super) fn resolution(&self) -> Option<DotsPerMm> {
        let unit_mm = match self.unit.unwrap_or(2) {
            2 => 25.4,
            3 => 10.0,
            _ => return None, // a mere ratio
        };
        DotsPerMm::new(self.x? / unit_mm, self.y? / unit_mm)
    }

    /// Lets the header of the file point at this directory.
    pub(super) fn make_first(&self, bytes: &mut [u8]) {
        let Some(reader) = Reader::new(bytes) else { return };
        let (at, is_big, is_little) = (reader.first_at(), reader.is_big, reader.is_little);
        let size = if is_big { 8 } else { 4 };
        let mut number = self.at.to_be_bytes();
        let number = &mut number[8 - size..];
        if is_little {
            number.reverse();
        }
        if let Some(place) = usize::try_from(at).ok().and_then(|at| bytes.get_mut(at..at + size)) {
            place.copy_from_slice(number);
        }
    }
}

fn too_many(most: usize) -> ConvertError {
    ConvertError::TooLarge { what: "pages", limit: u64::try_from(most).unwrap_or(u64::MAX) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    is_little: bool,
    /// BigTIFF: offsets of eight bytes.
    is_big: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let is_little = match bytes.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let mut reader = Self { bytes, is_little, is_big: false };
        match reader.number(2, 2)? {
            42 => {}
            43 => reader.is_big = true,
            _ => return None,
        }
        Some(reader)
    }

    /// Where the offset of the first directory stands.
    const fn first_at(&self) -> u64 {
        if self.is_big { 8 } else { 4 }
    }

    fn number(&self, at: u64, size: u64) -> Option<u64> {
        let (start, end) = (usize::try_from(at).ok()?, usize::try_from(at.checked_add(size)?).ok()?);
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        let bytes = self.bytes.get(start..end)?;
        Some(if self.is_little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
    }

    fn offset(&self, at: u64) -> Option<u64> {
        self.number(at, if self.is_big { 8 } else { 4 })
    }

    /// A directory and where the next one begins.
    fn directory(&self, at: u64) -> Option<(Tags, u64)> {
        let (count_size, entry_size) = if self.is_big { (8, 20) } else { (2, 12) };
        let count = self.number(at, count_size)?;
        let entries = at.checked_add(count_size)?;
        let mut tags = Tags { at, ..Tags::default() };
        for index in 0..count.min(ENTRIES) {
            self.entry(entries.checked_add(index.checked_mul(entry_size)?)?, &mut tags)?;
        }
        let next = self.offset(entries.checked_add(count.checked_mul(entry_size)?)?)?;
        Some((tags, next))
    }

    fn entry(&self, at: u64, tags: &mut Tags) -> Option<()> {
        let (tag, kind) = (self.number(at, 2)?, self.number(at.checked_add(2)?, 2)?);
        let value_at = at.checked_add(if self.is_big { 12 } else { 8 })?;
        let short = || self.number(value_at, if kind == 3 { 2 } else { 4 }).and_then(|value| u32::try_from(value).ok());
        match u16::try_from(tag).ok()? {
            SUBFILE_TYPE => tags.subfile_type = short()?,
            RESOLUTION_UNIT => tags.unit = short(),
            X_RESOLUTION => tags.x = self.ratio(value_at),
            Y_RESOLUTION => tags.y = self.ratio(value_at),
            _ => {}
        }
        Some(())
    }

    /// Two numbers of four bytes, elsewhere in plain TIFF.
    fn ratio(&self, value_at: u64) -> Option<f32> {
        let at = if self.is_big { value_at } else { self.offset(value_at)? };
        let (above, below) = (self.number(at, 4)?, self.number(at.checked_add(4)?, 4)?);
        #[expect(clippy::cast_precision_loss, reason = "a resolution")]
        Some(above as f32 / below as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Directories with a subfile type each, 18 bytes long.
    fn chain(kinds: &[u8], last: u8) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        for (index, kind) in kinds.iter().enumerate() {
            bytes.extend([1, 0, 254, 0, 4, 0, 1, 0, 0, 0, *kind, 0, 0, 0]);
            let next = if index + 1 == kinds.len() { last } else { u8::try_from(8 + 18 * (index + 1)).unwrap() };
            bytes.extend([next, 0, 0, 0]);
        }
        bytes
    }

    #[test]
    fn directories_are_followed_and_thumbnails_told_apart() {
        let found = Tags::directories(&chain(&[0, 1, 2, 4], 0), 10).unwrap();
        assert_eq!(found.iter().map(Tags::is_page).collect::<Vec<_>>(), [true, false, true, false]);
    }

    #[test]
    fn chains_without_an_end_are_refused() {
        assert!(matches!(Tags::directories(&chain(&[0, 0], 8), 10), Err(ConvertError::Damaged { .. })));
        assert!(matches!(Tags::directories(&chain(&[0, 0], 200), 10), Err(ConvertError::Damaged { .. })));
        assert!(matches!(Tags::directories(&chain(&[0; 5], 0), 4), Err(ConvertError::TooLarge { .. })));
        assert!(matches!(Tags::directories(b"II", 4), Err(ConvertError::Damaged { .. })));
    }

    #[test]
    fn another_directory_can_be_made_the_first() {
        let mut bytes = chain(&[0, 2], 0);
        let second = Tags::directories(&bytes, 10).unwrap().remove(1);
        second.make_first(&mut bytes);
        let found = Tags::directories(&bytes, 10).unwrap();
        assert_eq!(found.iter().map(|tags| tags.subfile_type).collect::<Vec<_>>(), [2]);
    }
}
