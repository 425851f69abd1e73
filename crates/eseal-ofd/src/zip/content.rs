//! Unpacking one entry, piece by piece.

use eseal_bytes::ByteSource;
use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{DEFLATED, Entry, STORED};
use crate::{Error, limits::INFLATE_CHUNK};

/// Hands the unpacked bytes of `entry` to `take`; tells whether its CRC-32 is right.
///
/// A wrong CRC is not an error here: digests say better what was changed.
///
/// # Errors
/// [`Error::DamagedPart`] if it does not unpack to exactly the stated size.
pub(crate) fn for_each_chunk(
    source: &dyn ByteSource,
    entry: &Entry,
    mut take: impl FnMut(&[u8]),
) -> Result<bool, Error> {
    let range = entry.data_at..entry.data_at.saturating_add(entry.compressed);
    let mut crc = Crc::new();
    match entry.method {
        STORED if entry.compressed == entry.size => {
            eseal_bytes::for_each_chunk(source, range, |piece| {
                crc.update(piece);
                take(piece);
            })?;
        }
        STORED => return Err(damaged(entry, "stored with two sizes")),
        DEFLATED => {
            let mut inflater = Inflater::new(entry);
            let mut failed = None;
            eseal_bytes::for_each_chunk(source, range, |piece| {
                if failed.is_none() {
                    failed = inflater
                        .feed(piece, |unpacked| {
                            crc.update(unpacked);
                            take(unpacked);
                        })
                        .err();
                }
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
            inflater.finish()?;
        }
        _ => return Err(damaged(entry, "packed by an unknown method")),
    }
    Ok(crc.sum() == entry.crc)
}

fn damaged(entry: &Entry, what: &'static str) -> Error {
    Error::DamagedPart { part: entry.name.clone(), what }
}

struct Inflater<'a> {
    entry: &'a Entry,
    state: Decompress,
    buffer: Vec<u8>,
    ended: bool,
}

impl<'a> Inflater<'a> {
    fn new(entry: &'a Entry) -> Self {
        let size = usize::try_from(entry.size.saturating_add(1)).unwrap_or(INFLATE_CHUNK).min(INFLATE_CHUNK);
        Self { entry, state: Decompress::new(false), buffer: vec![0; size], ended: false }
    }

    fn feed(&mut self, mut packed: &[u8], mut take: impl FnMut(&[u8])) -> Result<(), Error> {
        while !self.ended {
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self
                .state
                .decompress(packed, &mut self.buffer, FlushDecompress::None)
                .map_err(|_| damaged(self.entry, "does not unpack"))?;
            if self.state.total_out() > self.entry.size {
                return Err(damaged(self.entry, "unpacks to more than it says"));
            }
            let produced = usize::try_from(self.state.total_out().saturating_sub(written)).unwrap_or(usize::MAX);
            take(self.buffer.get(..produced).unwrap_or_default());
            let consumed = usize::try_from(self.state.total_in().saturating_sub(read)).unwrap_or(usize::MAX);
            packed = packed.get(consumed..).unwrap_or_default();
            self.ended = status == Status::StreamEnd;
            if consumed == 0 && produced == 0 || packed.is_empty() && produced < self.buffer.len() {
                break;
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), Error> {
        if !self.ended || self.state.total_out() != self.entry.size {
            return Err(damaged(self.entry, "unpacks to less than it says"));
        }
        Ok(())
    }
}
