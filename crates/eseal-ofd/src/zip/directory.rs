//! Reading the central directory.

use std::collections::BTreeSet;

use eseal_bytes::ByteSource;

use super::{
    Archive, CENTRAL_HEADER, CENTRAL_HEADER_BYTES, DESCRIPTOR, DESCRIPTOR_SIGNATURE, ENCRYPTED, END_LOCATOR_64,
    END_RECORD, END_RECORD_64, END_RECORD_BYTES, Entry, LOCAL_HEADER, LOCAL_HEADER_BYTES, UTF8, array_at, u16_at,
    u32_at, u64_at,
};
use crate::{
    Error, Limits,
    limits::{DIRECTORY_BYTES_PER_ENTRY, END_RECORD_CANDIDATES, END_RECORD_WINDOW},
    path,
};

const END_RECORD_64_BYTES: u64 = 56;
const END_LOCATOR_64_BYTES: u64 = 20;
const EXTRA_ZIP64: u16 = 0x0001;
const EXTRA_UNICODE_PATH: u16 = 0x7075;

/// Where the directory lies, from the end record.
struct End {
    entries: u64,
    /// Where the directory really begins.
    start: u64,
    size: u64,
    /// Where it should begin by the record.
    stated_start: u64,
    /// True if something follows the end record that is not its comment.
    suffix: bool,
}

impl Archive {
    /// Reads the directory and every local header; unpacks nothing.
    pub(crate) fn read(source: &dyn ByteSource, limits: &Limits) -> Result<Self, Error> {
        let mut deviations = BTreeSet::new();
        let end = find_end(source)?;
        check_limit("entries", end.entries, limits.entries)?;
        let most = limits.entries.saturating_mul(DIRECTORY_BYTES_PER_ENTRY).saturating_add(END_RECORD_WINDOW);
        check_limit("bytes of the ZIP directory", end.size, most)?;
        let central = source.read_range(end.start..end.start.saturating_add(end.size), most)?;
        let base = end.start.checked_sub(end.stated_start);
        if end.suffix || base != Some(0) {
            deviations.insert("ZIP_GARBAGE");
        }
        let mut entries = read_records(&central, &end, base.unwrap_or(0), limits, &mut deviations)?;
        check_sizes(&entries, source.len(), limits)?;
        read_local_headers(source, &mut entries, end.start, &mut deviations)?;
        check_names(&entries)?;
        Ok(Self { entries, central, deviations })
    }
}

fn check_limit(what: &'static str, found: u64, limit: u64) -> Result<(), Error> {
    if found > limit { Err(Error::TooLarge { what, found, limit }) } else { Ok(()) }
}

/// The last end record whose directory is where it says.
fn find_end(source: &dyn ByteSource) -> Result<End, Error> {
    let len = source.len();
    let window = len.min(END_RECORD_WINDOW);
    let tail_at = len.saturating_sub(window);
    let tail = source.read_range(tail_at..len, END_RECORD_WINDOW)?;
    let mut before = tail.len();
    for _ in 0..END_RECORD_CANDIDATES {
        let Some(at) = tail.get(..before).and_then(|part| rfind(part, END_RECORD)) else { break };
        before = at.saturating_add(3).min(before.saturating_sub(1));
        let offset = tail_at.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
        if let Some(end) = tail.get(at..).and_then(|record| read_end(source, offset, record)) {
            return Ok(end);
        }
    }
    Err(Error::NotOfd)
}

fn rfind(bytes: &[u8], wanted: [u8; 4]) -> Option<usize> {
    bytes.windows(4).rposition(|window| window == wanted)
}

fn read_end(source: &dyn ByteSource, offset: u64, record: &[u8]) -> Option<End> {
    let fixed: [u8; 22] = array_at(record, 0)?;
    let comment = u64::from(u16_at(&fixed, 20));
    let suffix = offset.checked_add(END_RECORD_BYTES)?.checked_add(comment)? != source.len();
    let mut entries = u64::from(u16_at(&fixed, 10));
    let mut size = u64::from(u32_at(&fixed, 12));
    let mut stated_start = u64::from(u32_at(&fixed, 16));
    let mut directory_end = offset;
    if (entries == 0xFFFF || size == 0xFFFF_FFFF || stated_start == 0xFFFF_FFFF)
        && let Some((at, record)) = read_end_64(source, offset)
    {
        entries = u64_at(&record, 32);
        size = u64_at(&record, 40);
        stated_start = u64_at(&record, 48);
        directory_end = at;
    }
    let starts = [directory_end.checked_sub(size), Some(stated_start)];
    let start = starts.into_iter().flatten().find(|start| entries == 0 && size == 0 || has_record(source, *start))?;
    (start.checked_add(size)? <= directory_end).then_some(End { entries, start, size, stated_start, suffix })
}

fn has_record(source: &dyn ByteSource, at: u64) -> bool {
    let mut signature = [0; 4];
    source.read_at(at, &mut signature).is_ok() && signature == CENTRAL_HEADER
}

/// The ZIP64 end record that belongs to the end record at `offset`, and where it is.
fn read_end_64(source: &dyn ByteSource, offset: u64) -> Option<(u64, [u8; 56])> {
    let locator_at = offset.checked_sub(END_LOCATOR_64_BYTES)?;
    let mut locator = [0; 20];
    source.read_at(locator_at, &mut locator).ok()?;
    if !locator.starts_with(&END_LOCATOR_64) {
        return None;
    }
    [locator_at.checked_sub(END_RECORD_64_BYTES)?, u64_at(&locator, 8)].into_iter().find_map(|at| {
        let mut record = [0; 56];
        source.read_at(at, &mut record).ok()?;
        record.starts_with(&END_RECORD_64).then_some((at, record))
    })
}

fn read_records(
    central: &[u8],
    end: &End,
    base: u64,
    limits: &Limits,
    deviations: &mut BTreeSet<&'static str>,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::with_capacity(usize::try_from(end.entries).unwrap_or(0));
    let mut at = 0;
    while at < central.len() {
        check_limit("entries", u64::try_from(entries.len()).unwrap_or(u64::MAX).saturating_add(1), limits.entries)?;
        let offset = end.start.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
        let damaged = |what| Error::Damaged { what, offset };
        let rest = central.get(at..).unwrap_or_default();
        if rest.len() < CENTRAL_HEADER_BYTES || !rest.starts_with(&CENTRAL_HEADER) {
            return Err(damaged("the ZIP directory"));
        }
        let (name_len, extra_len) = (usize::from(u16_at(rest, 28)), usize::from(u16_at(rest, 30)));
        let comment_len = usize::from(u16_at(rest, 32));
        let name_end = CENTRAL_HEADER_BYTES.saturating_add(name_len);
        let extra_end = name_end.saturating_add(extra_len);
        let record_len = extra_end.saturating_add(comment_len);
        let (Some(raw_name), Some(extra)) = (rest.get(CENTRAL_HEADER_BYTES..name_end), rest.get(name_end..extra_end))
        else {
            return Err(damaged("the ZIP directory"));
        };
        let flags = u16_at(rest, 8);
        if flags & ENCRYPTED != 0 {
            return Err(Error::Encrypted);
        }
        let (text, unclear_name) = decode_name(raw_name, flags, extra).ok_or_else(|| damaged("an entry name"))?;
        let mut entry = Entry {
            is_folder: text.ends_with(['/', '\\']),
            name: path::normalise(&text)?,
            method: u16_at(rest, 10),
            crc: u32_at(rest, 16),
            compressed: u64::from(u32_at(rest, 20)),
            size: u64::from(u32_at(rest, 24)),
            header_at: u64::from(u32_at(rest, 42)),
            data_at: 0,
            end: 0,
            record: at..at.saturating_add(record_len),
            unclear_name,
        };
        read_zip64(&mut entry, extra);
        entry.header_at = entry.header_at.checked_add(base).ok_or_else(|| damaged("the ZIP directory"))?;
        if unclear_name {
            deviations.insert("ZIP_NAME_ENCODING");
        }
        if text.contains('\\') || text.starts_with('/') {
            deviations.insert("PACKAGE_PATH");
        }
        entries.push(entry);
        at = at.saturating_add(record_len);
    }
    if at != central.len() || !matches_count(entries.len(), end.entries) {
        return Err(Error::Damaged { what: "the number of entries", offset: end.start });
    }
    Ok(entries)
}

/// Old writers let the 16-bit count wrap.
fn matches_count(found: usize, stated: u64) -> bool {
    u64::try_from(found).is_ok_and(|found| found == stated || stated < 0x1_0000 && found % 0x1_0000 == stated)
}

/// Extra fields as (kind, body).
pub(super) fn extras(mut extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = u16::from_le_bytes(array_at(extra, 0)?);
        let len = usize::from(u16::from_le_bytes(array_at(extra, 2)?));
        let body = extra.get(4..4_usize.checked_add(len)?)?;
        extra = extra.get(4_usize.checked_add(len)?..)?;
        Some((kind, body))
    })
}

fn read_zip64(entry: &mut Entry, extra: &[u8]) {
    let Some((_, body)) = extras(extra).find(|(kind, _)| *kind == EXTRA_ZIP64) else { return };
    let mut at = 0_usize;
    for field in [&mut entry.size, &mut entry.compressed, &mut entry.header_at] {
        if *field == 0xFFFF_FFFF
            && let Some(bytes) = array_at(body, at)
        {
            *field = u64::from_le_bytes(bytes);
            at = at.saturating_add(8);
        }
    }
}

/// The name and whether other readers may read it differently.
fn decode_name(raw: &[u8], flags: u16, extra: &[u8]) -> Option<(String, bool)> {
    if raw.is_ascii() || flags & UTF8 != 0 {
        return Some((std::str::from_utf8(raw).ok()?.to_owned(), false));
    }
    let unicode = extras(extra).find(|(kind, _)| *kind == EXTRA_UNICODE_PATH).and_then(|(_, body)| body.get(5..));
    if let Some(name) = unicode.and_then(|name| std::str::from_utf8(name).ok()) {
        return Some((name.to_owned(), true));
    }
    if let Ok(name) = std::str::from_utf8(raw) {
        return Some((name.to_owned(), true));
    }
    let (name, malformed) = encoding_rs::GB18030.decode_without_bom_handling(raw);
    if malformed {
        return Some((raw.iter().map(|byte| char::from(*byte)).collect(), true));
    }
    Some((name.into_owned(), true))
}

/// Sizes are believed only within the limits, and no two entries may share bytes (overlapping bombs).
fn check_sizes(entries: &[Entry], file_len: u64, limits: &Limits) -> Result<(), Error> {
    let total = entries.iter().fold(0_u64, |total, entry| total.saturating_add(entry.size));
    check_limit("unpacked bytes", total, limits.unpacked_bytes)?;
    let most = file_len.saturating_mul(limits.ratio).max(limits.ratio_floor_bytes);
    check_limit("unpacked bytes for a package of this size", total, most)
}

fn read_local_headers(
    source: &dyn ByteSource,
    entries: &mut [Entry],
    directory_at: u64,
    deviations: &mut BTreeSet<&'static str>,
) -> Result<(), Error> {
    let mut order: Vec<&mut Entry> = entries.iter_mut().collect();
    order.sort_by_key(|entry| entry.header_at);
    let mut previous_end = 0;
    for entry in order {
        read_local_header(source, entry, directory_at, deviations)?;
        if entry.header_at < previous_end {
            return Err(Error::DamagedPart { part: entry.name.clone(), what: "overlaps another entry" });
        }
        if entry.header_at > previous_end {
            deviations.insert("ZIP_GARBAGE");
        }
        previous_end = entry.end;
    }
    Ok(())
}

fn read_local_header(
    source: &dyn ByteSource,
    entry: &mut Entry,
    directory_at: u64,
    deviations: &mut BTreeSet<&'static str>,
) -> Result<(), Error> {
    let damaged = |what| Error::DamagedPart { part: entry.name.clone(), what };
    let mut header = [0; 30];
    source.read_at(entry.header_at, &mut header).map_err(|_| damaged("lies outside the file"))?;
    if !header.starts_with(&LOCAL_HEADER) {
        return Err(damaged("has no header of its own"));
    }
    let (name_len, extra_len) = (u64::from(u16_at(&header, 26)), u64::from(u16_at(&header, 28)));
    let name_at = entry.header_at.saturating_add(LOCAL_HEADER_BYTES);
    let extra_at = name_at.saturating_add(name_len);
    let data_at = extra_at.saturating_add(extra_len);
    let flags = u16_at(&header, 6);
    let raw_name =
        source.read_range(name_at..extra_at, u64::from(u16::MAX)).map_err(|_| damaged("lies outside the file"))?;
    let extra =
        if raw_name.is_ascii() { Vec::new() } else { source.read_range(extra_at..data_at, u64::from(u16::MAX))? };
    let same_name = decode_name(&raw_name, flags, &extra)
        .and_then(|(name, _)| path::normalise(&name).ok())
        .is_some_and(|name| name == entry.name);
    // Names beyond ASCII differ in their encodings between the two headers; plain ones must not differ.
    if !same_name && (entry.name.is_ascii() || raw_name.is_ascii()) {
        return Err(Error::HeadersDisagree { name: entry.name.clone() });
    }
    let stated =
        (u16_at(&header, 8), u32_at(&header, 14), u64::from(u32_at(&header, 18)), u64::from(u32_at(&header, 22)));
    let is_zip64 = stated.2 == 0xFFFF_FFFF || stated.3 == 0xFFFF_FFFF;
    let expected = (entry.method, entry.crc, entry.compressed, entry.size);
    if !same_name || stated.0 != expected.0 || flags & DESCRIPTOR == 0 && !is_zip64 && stated != expected {
        deviations.insert("ZIP_HEADER_MISMATCH");
    }
    let data_end = data_at.checked_add(entry.compressed).ok_or_else(|| damaged("lies outside the file"))?;
    if data_end > directory_at {
        return Err(damaged("runs into the directory"));
    }
    let end = data_end.saturating_add(descriptor_bytes(source, entry, flags, data_end));
    entry.data_at = data_at;
    entry.end = if end > directory_at { data_end } else { end };
    Ok(())
}

/// Length of the data descriptor behind the data: 0, 12, 16, 20 or 24 bytes.
fn descriptor_bytes(source: &dyn ByteSource, entry: &Entry, flags: u16, at: u64) -> u64 {
    if flags & DESCRIPTOR == 0 {
        return 0;
    }
    let mut bytes = [0; 24];
    let len = usize::try_from(source.len().saturating_sub(at)).unwrap_or(24).min(24);
    let Some(found) = bytes.get_mut(..len) else { return 0 };
    if source.read_at(at, found).is_err() {
        return 0;
    }
    let signed = found.starts_with(&DESCRIPTOR_SIGNATURE);
    let fields = found.get(if signed { 4 } else { 0 }..).unwrap_or_default();
    let own = if signed { 4 } else { 0 };
    if u64::from(u32_at(fields, 4)) == entry.compressed && u64::from(u32_at(fields, 8)) == entry.size {
        own + 12
    } else if u64_at(fields, 4) == entry.compressed && u64_at(fields, 12) == entry.size {
        own + 20
    } else {
        0
    }
}

/// Names must be unique in the form in which they are compared.
fn check_names(entries: &[Entry]) -> Result<(), Error> {
    let mut seen = std::collections::HashSet::with_capacity(entries.len());
    for entry in entries.iter().filter(|entry| !entry.is_folder) {
        if !seen.insert(path::unique_key(&entry.name)) {
            return Err(Error::DuplicateName { name: entry.name.clone() });
        }
    }
    Ok(())
}
