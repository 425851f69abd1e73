//! Bytes that are read where they lie (字节来源): memory, a mapped file, ranges of an object store.
//!
//! A large document is never held whole.  Readers ask a [`ByteSource`] for the ranges they need, writers
//! describe their output as an [`Assembly`]: ranges of the original and new bytes, one after another.

use std::{fmt, ops::Range, sync::Arc};

/// Why bytes could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The range lies beyond the end.
    #[error("range {offset}+{len} lies beyond the end at {size} bytes")]
    OutOfRange {
        /// First byte asked for.
        offset: u64,
        /// Number of bytes asked for.
        len: u64,
        /// Size of the source in bytes.
        size: u64,
    },
    /// More bytes were asked for than the caller's limit.
    #[error("{len} bytes are more than the limit of {limit}")]
    TooLarge {
        /// Number of bytes asked for.
        len: u64,
        /// The caller's limit in bytes.
        limit: u64,
    },
    /// The place where the bytes are kept failed.
    #[error("storage: {0}")]
    Storage(String),
}

/// Something that has a length and can be read at any offset (字节来源).
///
/// Blocking, because parsers are: call it through `spawn_blocking` where the bytes come over a network.
pub trait ByteSource: Send + Sync {
    /// Length in bytes.
    fn len(&self) -> u64;

    /// True if there is not a single byte.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buffer` from `offset` on.
    ///
    /// # Errors
    /// [`ReadError::OutOfRange`] if the source ends before the buffer is full.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError>;

    /// Reads `range` into a new vector.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] above `limit` bytes, [`ReadError::OutOfRange`] past the end.
    fn read_range(&self, range: Range<u64>, limit: u64) -> Result<Vec<u8>, ReadError> {
        let len = range.end.saturating_sub(range.start);
        check(range.start, len, self.len())?;
        if len > limit {
            return Err(ReadError::TooLarge { len, limit });
        }
        let size = usize::try_from(len).map_err(|_| ReadError::TooLarge { len, limit })?;
        let mut bytes = vec![0; size];
        self.read_at(range.start, &mut bytes)?;
        Ok(bytes)
    }

    /// Reads everything into a new vector.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] above `limit` bytes.
    fn read_all(&self, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.read_range(0..self.len(), limit)
    }
}

/// Size of the pieces in which [`for_each_chunk`] reads, in bytes: large enough to hash at full speed,
/// small enough that a hundred requests at once need no more than 25 MiB.
pub const CHUNK_BYTES: usize = 256 << 10;

/// Hands `range` of `source` to `take`, piece by piece.
///
/// # Errors
/// The source's, at the first piece that cannot be read.
pub fn for_each_chunk(
    source: &dyn ByteSource,
    range: Range<u64>,
    mut take: impl FnMut(&[u8]),
) -> Result<(), ReadError> {
    let len = range.end.saturating_sub(range.start);
    check(range.start, len, source.len())?;
    let mut buffer = vec![0; CHUNK_BYTES.min(usize::try_from(len).unwrap_or(CHUNK_BYTES))];
    let mut offset = range.start;
    while offset < range.end {
        let left = usize::try_from(range.end - offset).unwrap_or(usize::MAX);
        let size = left.min(buffer.len());
        let (piece, _) = buffer.split_at_mut(size);
        source.read_at(offset, piece)?;
        take(piece);
        offset = offset.saturating_add(u64::try_from(size).unwrap_or(u64::MAX));
    }
    Ok(())
}

fn check(offset: u64, len: u64, size: u64) -> Result<(), ReadError> {
    match offset.checked_add(len) {
        Some(end) if end <= size => Ok(()),
        _ => Err(ReadError::OutOfRange { offset, len, size }),
    }
}

impl ByteSource for [u8] {
    fn len(&self) -> u64 {
        u64::try_from(Self::len(self)).unwrap_or(u64::MAX)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let size = u64::try_from(Self::len(self)).unwrap_or(u64::MAX);
        let len = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        let out_of_range = ReadError::OutOfRange { offset, len, size };
        let start = usize::try_from(offset).map_err(|_| out_of_range.clone())?;
        let end = start.checked_add(buffer.len()).ok_or_else(|| out_of_range.clone())?;
        let found = self.get(start..end).ok_or(out_of_range)?;
        buffer.copy_from_slice(found);
        Ok(())
    }
}

impl ByteSource for Vec<u8> {
    fn len(&self) -> u64 {
        ByteSource::len(self.as_slice())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        self.as_slice().read_at(offset, buffer)
    }
}

impl<T: ByteSource + ?Sized> ByteSource for Arc<T> {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        (**self).read_at(offset, buffer)
    }
}

/// One piece of an output file.
#[derive(Clone, PartialEq, Eq)]
pub enum Segment {
    /// These bytes of the original, unchanged.
    Original(Range<u64>),
    /// New bytes.
    New(Vec<u8>),
}

impl Segment {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Original(range) => range.end.saturating_sub(range.start),
            Self::New(bytes) => ByteSource::len(bytes),
        }
    }

    /// True if the piece has no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Original(range) => write!(f, "Original({range:?})"),
            Self::New(bytes) => write!(f, "New({} bytes)", bytes.len()),
        }
    }
}

/// An output file described by ranges of its original and new bytes (装配), readable like any source.
#[derive(Clone)]
pub struct Assembly {
    original: Arc<dyn ByteSource>,
    /// Each piece with the offset of its first byte in the output.
    pieces: Vec<(u64, Segment)>,
    len: u64,
}

impl Assembly {
    /// Puts `segments` one behind another.
    ///
    /// # Errors
    /// [`ReadError::OutOfRange`] if a piece names bytes that the original does not have.
    pub fn new(original: Arc<dyn ByteSource>, segments: Vec<Segment>) -> Result<Self, ReadError> {
        let size = original.len();
        let mut pieces = Vec::with_capacity(segments.len());
        let mut len = 0_u64;
        for segment in segments {
            if let Segment::Original(range) = &segment {
                check(range.start, segment.len(), size)?;
            }
            if segment.is_empty() {
                continue;
            }
            let own = segment.len();
            pieces.push((len, segment));
            len = len.checked_add(own).ok_or(ReadError::TooLarge { len: u64::MAX, limit: u64::MAX })?;
        }
        Ok(Self { original, pieces, len })
    }

    /// The pieces in order.
    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.pieces.iter().map(|(_, segment)| segment)
    }

    /// The file that the original pieces come from.
    #[must_use]
    pub fn original(&self) -> &Arc<dyn ByteSource> {
        &self.original
    }
}

impl fmt::Debug for Assembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.segments()).finish()
    }
}

impl ByteSource for Assembly {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        check(offset, u64::try_from(buffer.len()).unwrap_or(u64::MAX), self.len)?;
        let first = self.pieces.partition_point(|(start, segment)| start.saturating_add(segment.len()) <= offset);
        let (mut offset, mut rest) = (offset, buffer);
        for (start, segment) in self.pieces.iter().skip(first) {
            if rest.is_empty() {
                break;
            }
            let within = offset.saturating_sub(*start);
            let left = segment.len().saturating_sub(within);
            let size = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let (now, later) = rest.split_at_mut(size);
            match segment {
                Segment::Original(range) => self.original.read_at(range.start.saturating_add(within), now)?,
                Segment::New(bytes) => bytes.read_at(within, now)?,
            }
            offset = offset.saturating_add(u64::try_from(size).unwrap_or(u64::MAX));
            rest = later;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Assembly {
        let original: Arc<dyn ByteSource> = Arc::new(b"0123456789".to_vec());
        let segments = vec![
            Segment::Original(0..4),
            Segment::New(b"abc".to_vec()),
            Segment::New(vec![]),
            Segment::Original(8..10),
        ];
        Assembly::new(original, segments).unwrap()
    }

    #[test]
    fn pieces_are_read_in_order_from_any_offset() {
        let assembly = sample();
        assert_eq!(assembly.read_all(100).unwrap(), b"0123abc89");
        for start in 0..9 {
            for end in start..=9 {
                let read = assembly.read_range(start..end, 100).unwrap();
                assert_eq!(read, &b"0123abc89"[start as usize..end as usize]);
            }
        }
    }

    #[test]
    fn reading_past_the_end_is_an_error() {
        assert_eq!(sample().read_range(8..10, 100), Err(ReadError::OutOfRange { offset: 8, len: 2, size: 9 }));
        assert!(sample().read_range(u64::MAX - 1..u64::MAX, 100).is_err());
    }

    #[test]
    fn a_piece_outside_the_original_is_refused() {
        let original: Arc<dyn ByteSource> = Arc::new(b"0123".to_vec());
        assert!(Assembly::new(original, vec![Segment::Original(2..5)]).is_err());
    }

    #[test]
    fn chunks_cover_the_range_once() {
        let bytes: Vec<u8> = (0..CHUNK_BYTES * 2 + 17).map(|n| (n % 251) as u8).collect();
        let mut seen = Vec::new();
        for_each_chunk(&bytes, 5..ByteSource::len(&bytes), |piece| seen.extend_from_slice(piece)).unwrap();
        assert_eq!(seen, bytes[5..]);
    }
}
