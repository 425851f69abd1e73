//! Writing a package again: kept entries as ranges of the original, new ones behind them, a new directory.

use std::{collections::BTreeSet, io::Write};

use eseal_bytes::{ByteSource, Segment};
use flate2::{Compression, Crc, write::DeflateEncoder};

use super::{
    Archive, CENTRAL_HEADER, CENTRAL_HEADER_BYTES, DEFLATED, END_LOCATOR_64, END_RECORD, END_RECORD_64, Entry,
    LOCAL_HEADER, STORED, UTF8, directory::extras, u16_at, u32_at,
};
use crate::Error;

/// Version 2.0: deflate and folders.
const VERSION: u16 = 20;
/// 1 January 1980: the same package gives the same bytes.
const DOS_DATE: u16 = 0x0021;

/// An entry that is added, or replaces one of the same name.
pub(crate) struct NewEntry<'a> {
    /// Name without leading slash.
    pub(crate) name: &'a str,
    /// Content.
    pub(crate) bytes: &'a [u8],
}

/// The package with `new` added and entries of the same names left out.
pub(crate) fn rewrite(source: &dyn ByteSource, archive: &Archive, new: &[NewEntry<'_>]) -> Result<Vec<Segment>, Error> {
    let replaced: BTreeSet<String> = new.iter().map(|entry| crate::path::key(entry.name)).collect();
    let mut kept: Vec<&Entry> = archive
        .entries
        .iter()
        .filter(|entry| entry.is_folder || !replaced.contains(&crate::path::key(&entry.name)))
        .collect();
    kept.sort_by_key(|entry| entry.header_at);
    let mut out = Output::default();
    for entry in kept {
        let at = out.len;
        if entry.unclear_name {
            out.push(Segment::New(clear_header(source, entry)?))?;
            out.push(Segment::Original(entry.data_at..entry.end))?;
        } else {
            out.push(Segment::Original(entry.header_at..entry.end))?;
        }
        let record = archive.central.get(entry.record.clone()).unwrap_or_default();
        out.directory.extend(kept_record(entry, record, at)?);
        out.entries = out.entries.saturating_add(1);
    }
    for entry in new {
        out.add(entry)?;
    }
    out.finish()
}

#[derive(Default)]
pub(super) struct Output {
    segments: Vec<Segment>,
    pub(super) len: u64,
    directory: Vec<u8>,
    entries: u64,
}

impl Output {
    fn push(&mut self, segment: Segment) -> Result<(), Error> {
        self.len = self.len.saturating_add(segment.len());
        let limit = u64::from(u32::MAX);
        if self.len > limit {
            // Larger packages would need ZIP64 offsets, which many OFD readers lack.
            return Err(Error::TooLarge { what: "bytes of the sealed package", found: self.len, limit });
        }
        match (self.segments.last_mut(), segment) {
            (Some(Segment::Original(last)), Segment::Original(next)) if last.end == next.start => last.end = next.end,
            (Some(Segment::New(last)), Segment::New(next)) => last.extend(next),
            (_, segment) => self.segments.push(segment),
        }
        Ok(())
    }

    pub(super) fn add(&mut self, entry: &NewEntry<'_>) -> Result<(), Error> {
        let too_large =
            || Error::TooLarge { what: "bytes of a new entry", found: u64::MAX, limit: u64::from(u32::MAX) };
        let packed = deflate(entry.bytes);
        let (method, data) = match &packed {
            Some(packed) if packed.len() < entry.bytes.len() => (DEFLATED, packed.as_slice()),
            _ => (STORED, entry.bytes),
        };
        let mut crc = Crc::new();
        crc.update(entry.bytes);
        let flags = if entry.name.is_ascii() { 0 } else { UTF8 };
        let mut fields = Vec::with_capacity(26);
        for field in [VERSION, flags, method, 0, DOS_DATE] {
            fields.extend(field.to_le_bytes());
        }
        fields.extend(crc.sum().to_le_bytes());
        fields.extend(u32::try_from(data.len()).map_err(|_| too_large())?.to_le_bytes());
        fields.extend(u32::try_from(entry.bytes.len()).map_err(|_| too_large())?.to_le_bytes());
        fields.extend(u16::try_from(entry.name.len()).map_err(|_| too_large())?.to_le_bytes());
        fields.extend([0, 0]);
        let offset = u32::try_from(self.len).map_err(|_| too_large())?;
        self.directory.extend(CENTRAL_HEADER);
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend_from_slice(&fields);
        // No comment, first volume, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(entry.name.as_bytes());
        self.entries = self.entries.saturating_add(1);
        self.push(Segment::New([&LOCAL_HEADER, fields.as_slice(), entry.name.as_bytes(), data].concat()))
    }

    pub(super) fn finish(mut self) -> Result<Vec<Segment>, Error> {
        let start = self.len;
        let mut tail = std::mem::take(&mut self.directory);
        let size = u64::try_from(tail.len()).unwrap_or(u64::MAX);
        if self.entries >= 0xFFFF {
            tail.extend(end_64(self.entries, size, start));
        }
        let count = u16::try_from(self.entries).unwrap_or(u16::MAX);
        tail.extend(END_RECORD);
        tail.extend([0; 4]);
        tail.extend(count.to_le_bytes());
        tail.extend(count.to_le_bytes());
        tail.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
        tail.extend(u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
        tail.extend([0, 0]);
        self.push(Segment::New(tail))?;
        Ok(self.segments)
    }
}

fn end_64(entries: u64, size: u64, start: u64) -> Vec<u8> {
    let mut record = END_RECORD_64.to_vec();
    record.extend(44_u64.to_le_bytes());
    record.extend(45_u16.to_le_bytes());
    record.extend(45_u16.to_le_bytes());
    record.extend([0; 8]);
    for field in [entries, entries, size, start] {
        record.extend(field.to_le_bytes());
    }
    record.extend(END_LOCATOR_64);
    record.extend([0; 4]);
    record.extend(start.saturating_add(size).to_le_bytes());
    record.extend(1_u32.to_le_bytes());
    record
}

fn deflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// The local header again, with the name in marked UTF-8: whoever reads the sealed file sees the name that is signed.
fn clear_header(source: &dyn ByteSource, entry: &Entry) -> Result<Vec<u8>, Error> {
    let header = source.read_range(entry.header_at..entry.data_at, 1 << 18)?;
    let name = written_name(entry);
    let name_len = usize::from(u16_at(&header, 26));
    let fixed = header.get(..26).unwrap_or_default();
    let extra = header.get(30_usize.saturating_add(name_len)..).unwrap_or_default();
    clear(fixed, 6, name.as_bytes(), &header_lengths(&name, extra)?, extra)
}

fn kept_record(entry: &Entry, record: &[u8], at: u64) -> Result<Vec<u8>, Error> {
    let damaged = || Error::DamagedPart { part: entry.name.clone(), what: "is not described" };
    let offset = u32::try_from(at).map_err(|_| damaged())?;
    let name_len = usize::from(u16_at(record, 28));
    let extra_len = usize::from(u16_at(record, 30));
    let extra_at = CENTRAL_HEADER_BYTES.saturating_add(name_len);
    let mut bytes = if entry.unclear_name {
        let name = written_name(entry);
        let extra = record.get(extra_at..extra_at.saturating_add(extra_len)).unwrap_or_default();
        let comment = record.get(extra_at.saturating_add(extra_len)..).unwrap_or_default();
        let rest = record.get(32..CENTRAL_HEADER_BYTES).unwrap_or_default();
        let lengths = [header_lengths(&name, extra)?.as_slice(), rest].concat();
        let tail = [extra, comment].concat();
        clear(record.get(..28).unwrap_or_default(), 8, name.as_bytes(), &lengths, &tail)?
    } else {
        record.to_vec()
    };
    if u32_at(record, 42) == u32::MAX {
        patch_zip64_offset(&mut bytes, record, at);
    } else if let Some(field) = bytes.get_mut(42..CENTRAL_HEADER_BYTES) {
        field.copy_from_slice(&offset.to_le_bytes());
    }
    Ok(bytes)
}

/// Header fields before the lengths, lengths and further fields, name, rest; with the UTF-8 flag set at `flags_at`.
fn clear(fixed: &[u8], flags_at: usize, name: &[u8], lengths: &[u8], rest: &[u8]) -> Result<Vec<u8>, Error> {
    let mut fixed = fixed.to_vec();
    let flags = (u16_at(&fixed, flags_at) | UTF8).to_le_bytes();
    if let Some(field) = fixed.get_mut(flags_at..flags_at.saturating_add(2)) {
        field.copy_from_slice(&flags);
    }
    Ok([fixed.as_slice(), lengths, name, rest].concat())
}

fn header_lengths(name: &str, extra: &[u8]) -> Result<Vec<u8>, Error> {
    let too_long = |_| Error::UnsafeName { name: name.to_owned() };
    let name_len = u16::try_from(name.len()).map_err(too_long)?;
    let extra_len = u16::try_from(extra.len()).map_err(too_long)?;
    Ok([name_len.to_le_bytes(), extra_len.to_le_bytes()].concat())
}

fn written_name(entry: &Entry) -> String {
    if entry.is_folder { format!("{}/", entry.name) } else { entry.name.clone() }
}

/// The offset is the last 8-byte field of the ZIP64 extra that is present.
fn patch_zip64_offset(bytes: &mut [u8], record: &[u8], at: u64) {
    let name_len = usize::from(u16_at(record, 28));
    let extra_at = CENTRAL_HEADER_BYTES.saturating_add(name_len);
    let extra = record.get(extra_at..extra_at.saturating_add(usize::from(u16_at(record, 30)))).unwrap_or_default();
    let before = usize::from(u32_at(record, 24) == u32::MAX) + usize::from(u32_at(record, 20) == u32::MAX);
    // The name may have changed its length: count from the end, where extra and comment are unchanged.
    let mut position = 0_usize;
    for (kind, body) in extras(extra) {
        if kind == 1 {
            let from_end = record.len().saturating_sub(extra_at).saturating_sub(position).saturating_sub(4);
            let start = bytes.len().saturating_sub(from_end).saturating_add(before.saturating_mul(8));
            if let Some(field) = bytes.get_mut(start..start.saturating_add(8)) {
                field.copy_from_slice(&at.to_le_bytes());
            }
            return;
        }
        position = position.saturating_add(body.len()).saturating_add(4);
    }
}
