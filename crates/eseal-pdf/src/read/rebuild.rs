//! Reconstruction of cross-reference data (重建交叉引用) of damaged files.

use std::collections::BTreeMap;

use eseal_bytes::ByteSource;

use super::{
    filter,
    load::{ObjectStream, parse_direct, parse_indirect, stream_range},
    scan::{Found, scan},
    xref::{Chain, Entry, Kind, Section},
};
use crate::{
    PdfLimits,
    error::PdfError,
    limits::MAX_NUMBER,
    number::to_u64,
    object::{Dict, Object, Ref},
};

/// Most trailers, cross-reference and object streams that a reconstruction looks into: later ones count.
const MAX_LOOKS: usize = 10_000;

#[derive(Default)]
struct Findings {
    objects: BTreeMap<u32, (u64, u16)>,
    trailers: Vec<u64>,
    xref_streams: Vec<u64>,
    object_streams: Vec<(u32, u64)>,
    catalog: Option<Ref>,
}

/// One section with everything that scanning finds; of equal numbers the last one counts.
pub(crate) fn rebuild(source: &dyn ByteSource, limits: &PdfLimits) -> Result<Chain, PdfError> {
    let mut findings = Findings::default();
    let mut latest = None;
    let mut too_many = false;
    scan(source, |found| {
        match (found, latest) {
            (Found::Object(reference, offset), _) => {
                latest = Some((reference, offset));
                if findings.objects.len() < limits.entries {
                    findings.objects.insert(reference.number, (offset, reference.generation));
                } else {
                    too_many = true;
                }
            }
            (Found::Trailer(offset), _) => findings.trailers.push(offset),
            (Found::ObjectStream, Some((reference, offset))) => {
                findings.object_streams.push((reference.number, offset));
            }
            (Found::XrefStream, Some((_, offset))) => findings.xref_streams.push(offset),
            (Found::Catalog, Some((reference, _))) => findings.catalog = Some(reference),
            _ => {}
        }
        for list in [&mut findings.trailers, &mut findings.xref_streams] {
            if list.len() > MAX_LOOKS {
                list.remove(0);
            }
        }
    })?;
    let limit = to_u64(limits.entries);
    if too_many {
        return Err(PdfError::TooLarge { what: "cross-reference entries", found: limit.saturating_add(1), limit });
    }
    let mut trailer = find_trailer(source, limits, &findings)?;
    for key in [b"Prev".as_slice(), b"XRefStm", b"Size"] {
        trailer.remove(key);
    }
    let entries = all_entries(source, limits, &findings);
    if entries.is_empty() {
        return Err(PdfError::damaged(0, "no objects"));
    }
    let packed = entries.values().any(|(_, entry)| matches!(entry, Entry::Inside { .. }));
    let section = Section {
        offset: source.len(),
        end: source.len(),
        kind: if packed { Kind::Stream } else { Kind::Table },
        entries: entries.into_iter().map(|(number, (_, entry))| (number, entry)).collect(),
        trailer,
    };
    Ok(Chain { sections: vec![section], bias: 0 })
}

/// The last trailer with a `/Root`; an `/Encrypt` anywhere counts.
fn find_trailer(source: &dyn ByteSource, limits: &PdfLimits, findings: &Findings) -> Result<Dict, PdfError> {
    let tables = findings.trailers.iter().rev().filter_map(|offset| match parse_direct(source, *offset, limits) {
        Ok((Object::Dict(dict), _)) => Some(dict),
        _ => None,
    });
    let streams = findings.xref_streams.iter().rev().filter_map(|offset| {
        let dict = parse_indirect(source, *offset, limits).ok()?.object.as_dict()?.clone();
        dict.is(b"Type", b"XRef").then_some(dict)
    });
    let mut best: Option<Dict> = None;
    for dict in tables.chain(streams) {
        if dict.get(b"Encrypt").is_some_and(|value| !value.is_null()) {
            return Err(PdfError::Encrypted);
        }
        let has_root = dict.get(b"Root").and_then(Object::as_ref).is_some();
        if best.is_none() && has_root {
            best = Some(dict);
        }
    }
    if let Some(dict) = best {
        return Ok(dict);
    }
    let root = findings.catalog.ok_or(PdfError::damaged(0, "no catalog"))?;
    let mut dict = Dict::new();
    dict.set(b"Root", Object::Ref(root));
    Ok(dict)
}

/// Number → position in the file that decides which definition is the last, and the entry.
fn all_entries(source: &dyn ByteSource, limits: &PdfLimits, findings: &Findings) -> BTreeMap<u32, (u64, Entry)> {
    let plain = findings.objects.iter().map(|(number, (offset, generation))| {
        (*number, (*offset, Entry::At { offset: *offset, generation: *generation }))
    });
    let mut entries: BTreeMap<u32, (u64, Entry)> = plain.collect();
    for (number, offset) in findings.object_streams.iter().take(MAX_LOOKS) {
        // Superseded streams are passed over.
        if findings.objects.get(number).map(|(latest, _)| latest) != Some(offset) {
            continue;
        }
        for (index, inner) in numbers_inside(source, *offset, limits).into_iter().enumerate() {
            let Ok(index) = u32::try_from(index) else { break };
            let older = entries.get(&inner).is_none_or(|(known, _)| known < offset);
            if older && inner <= MAX_NUMBER && entries.len() < limits.entries {
                entries.insert(inner, (*offset, Entry::Inside { stream: *number, index }));
            }
        }
    }
    entries
}

fn numbers_inside(source: &dyn ByteSource, offset: u64, limits: &PdfLimits) -> Vec<u32> {
    let read = || -> Option<Vec<u32>> {
        let Object::Stream(stream) = parse_indirect(source, offset, limits).ok()?.object else { return None };
        if !stream.dict.is(b"Type", b"ObjStm") {
            return None;
        }
        let range = stream_range(source, &stream, None).ok()?;
        let raw = source.read_range(range, limits.stream_bytes).ok()?;
        let data = filter::decode(&raw, &stream.dict, limits.stream_bytes).ok()?;
        let number = |key: &[u8]| stream.dict.get(key).and_then(Object::as_integer);
        let inside = ObjectStream::new(data, number(b"First")?, number(b"N")?)?;
        Some(inside.index.into_iter().map(|(number, _)| number).collect())
    };
    read().unwrap_or_default()
}
