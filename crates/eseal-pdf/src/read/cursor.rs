//! A moving window over a source (缓冲读取).

use eseal_bytes::{ByteSource, ReadError};

use super::lexer::{is_regular, is_space};
use crate::number::to_u64;

/// Bytes that are fetched at once: a page of most file systems and stores, several objects long.
pub(crate) const WINDOW_BYTES: u64 = 16 << 10;

/// Up to `size` bytes from `offset` on, fewer where the source ends.
pub(crate) fn window(source: &dyn ByteSource, offset: u64, size: u64) -> Result<Vec<u8>, ReadError> {
    let end = offset.saturating_add(size).min(source.len());
    if offset >= end { Ok(Vec::new()) } else { source.read_range(offset..end, size) }
}

/// Reads bytes one after another.
pub(crate) struct Cursor<'a> {
    source: &'a dyn ByteSource,
    buffer: Vec<u8>,
    start: u64,
    index: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(source: &'a dyn ByteSource, offset: u64) -> Self {
        Self { source, buffer: Vec::new(), start: offset, index: 0 }
    }

    /// Offset of the next byte in the source.
    pub(crate) fn offset(&self) -> u64 {
        self.start.saturating_add(to_u64(self.index))
    }

    pub(crate) fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        if self.index >= self.buffer.len() {
            self.start = self.offset();
            self.index = 0;
            self.buffer = window(self.source, self.start, WINDOW_BYTES)?;
        }
        Ok(self.buffer.get(self.index).copied())
    }

    pub(crate) const fn advance(&mut self) {
        self.index = self.index.saturating_add(1);
    }

    /// The regular characters after white space and comments, at most `limit` of them.
    pub(crate) fn token(&mut self, limit: usize) -> Result<Vec<u8>, ReadError> {
        let mut comment = false;
        while let Some(byte) = self.peek()? {
            comment = if comment { byte != b'\n' && byte != b'\r' } else { byte == b'%' };
            if !comment && !is_space(byte) {
                break;
            }
            self.advance();
        }
        let mut token = Vec::new();
        while let Some(byte) = self.peek()? {
            if !is_regular(byte) || token.len() >= limit {
                break;
            }
            token.push(byte);
            self.advance();
        }
        Ok(token)
    }
}
