//! Documents in compound files (DOC, XLS, PPT, and what Kingsoft calls WPS, ET, DPS).

use std::io::{Cursor, Read as _};

use super::Inspected;
use crate::{Kind, OfficeError, rules::RULES};

/// Streams that tell the kind.
const MAIN: &[(&str, Kind)] = &[
    ("/WordDocument", Kind::Doc),
    ("/Workbook", Kind::Xls),
    ("/Book", Kind::Xls),
    ("/PowerPoint Document", Kind::Ppt),
];
/// Storages of macros in the three kinds.
const MACROS: &[&str] = &["/Macros", "/_VBA_PROJECT_CUR", "/VBA"];
/// Bytes of the main stream that are looked at.
const HEAD: u64 = 4 << 20;
/// Records of a workbook before its first sheet.
const RECORDS: usize = 100_000;

type Compound<'a> = cfb::CompoundFile<Cursor<&'a [u8]>>;

pub(super) fn inspect(bytes: &[u8]) -> Result<Inspected, OfficeError> {
    let damaged = |error: std::io::Error| OfficeError::Damaged { problem: format!("compound file: {error}") };
    let mut file = Compound::open(Cursor::new(bytes)).map_err(damaged)?;
    // OOXML with a password.
    if file.exists("/EncryptedPackage") || file.exists("/EncryptionInfo") {
        return Err(OfficeError::Encrypted);
    }
    let main = MAIN.iter().find(|(name, _)| file.exists(name)).ok_or(OfficeError::UnknownKind)?;
    let mut found = Inspected::new(main.1);
    let head = read(&mut file, main.0).map_err(damaged)?;
    let is_encrypted = match main.1 {
        Kind::Doc => u16_at(&head, 10).is_some_and(|flags| flags & 0x0100 != 0), // FibBase.fEncrypted, [MS-DOC] 2.5.2
        Kind::Xls => workbook(&head, &mut found),
        // CurrentUserAtom.headerToken, [MS-PPT] 2.3.2
        _ => read(&mut file, "/Current User").is_ok_and(|user| user.get(12..16) == Some(&[0xDF, 0xC4, 0xD1, 0xF3])),
    };
    if is_encrypted {
        return Err(OfficeError::Encrypted);
    }
    if MACROS.iter().any(|name| file.exists(name)) {
        found.macros();
    }
    fonts(bytes, &mut found);
    Ok(found)
}

fn read(file: &mut Compound<'_>, name: &str) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.open_stream(name)?.take(HEAD).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first records of a workbook, [MS-XLS] 2.4: true if it is encrypted.
fn workbook(bytes: &[u8], found: &mut Inspected) -> bool {
    const FILE_PASS: u16 = 0x002F;
    const BOUND_SHEET: u16 = 0x0085;
    const END: u16 = 0x000A;
    let mut at = 0;
    for _ in 0..RECORDS {
        let (Some(kind), Some(length)) = (u16_at(bytes, at), u16_at(bytes, at + 2)) else { return false };
        let end = at + 4 + usize::from(length);
        let body = bytes.get(at + 4..end).unwrap_or_default();
        match kind {
            FILE_PASS => return true,
            END => return false,
            BOUND_SHEET if body.get(4).is_some_and(|state| state & 3 != 0) => found.hidden_sheet(&sheet_name(body)),
            _ => {}
        }
        at = end;
    }
    false
}

/// `ShortXLUnicodeString` of a BoundSheet8.
fn sheet_name(body: &[u8]) -> String {
    let (length, is_wide) = (body.get(6).copied().unwrap_or(0), body.get(7).is_some_and(|flags| flags & 1 != 0));
    let text = body.get(8..).unwrap_or_default();
    if is_wide {
        let units: Vec<u16> = text.chunks_exact(2).take(length.into()).filter_map(|pair| u16_at(pair, 0)).collect();
        String::from_utf16_lossy(&units)
    } else {
        text.iter().take(length.into()).map(|byte| char::from(*byte)).collect()
    }
}

/// Known names, as these formats write them: in UTF-16.
fn fonts(bytes: &[u8], found: &mut Inspected) {
    // One pass: a name is only compared where its first character stands.
    let names: Vec<(Vec<u8>, &str)> = RULES
        .iter()
        .flat_map(|rule| rule.names)
        .map(|name| (name.encode_utf16().flat_map(u16::to_le_bytes).collect(), *name))
        .collect();
    let ends = |at: usize| u16_at(bytes, at).is_none_or(|unit| !is_letter(unit));
    let firsts: std::collections::BTreeSet<&[u8]> = names.iter().filter_map(|(name, _)| name.get(..2)).collect();
    for at in 0..bytes.len().saturating_sub(1) {
        if !bytes.get(at..at + 2).is_some_and(|pair| firsts.contains(pair)) {
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        for (encoded, name) in &names {
            if rest.starts_with(encoded) && ends(at + encoded.len()) {
                found.font(name);
            }
        }
    }
}

/// A name that goes on is another name.
fn is_letter(unit: u16) -> bool {
    char::from_u32(unit.into()).is_some_and(|character| character.is_alphanumeric() || " _-".contains(character))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}
