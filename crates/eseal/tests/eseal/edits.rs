//! Random edits of good files never go unnoticed: a file that is still VALID differs only in bytes that no reader shows.
//!
//! `ESEAL_EDITS` sets the number of edits a sample; the long run has 10,000.

use std::{collections::BTreeMap, sync::Arc, thread};

use eseal::{Conclusion, Document, Evidence, Limits, Policy, Report, SealValidityAt, examine_seal, judge, judge_seal};
use eseal_asn1::{Node, tag};
use eseal_testkit::conformance::{Case, Class, ConformanceWorld, cases};
use jiff::Timestamp;

/// Edits a sample when nothing else is said.
const EDITS: usize = 12;
/// Samples of every kind: version, carrier, list, time stamp, several signatures, coverage.
const SAMPLES: [&str; 31] = [
    "seal-v1",
    "seal-v4",
    "seal-v5-stamped",
    "seal-v4-digest-list",
    "v1-pdf",
    "v1-ofd",
    "v4-pdf",
    "v4-ofd",
    "v5-pdf",
    "v5-ofd",
    "v4-stamped-pdf",
    "v4-stamped-ofd",
    "v4-extension-ofd",
    "cms-attributes-pdf",
    "cms-attributes-ofd",
    "cms-digest-pdf",
    "cms-digest-ofd",
    "cms-rsa-pdf",
    "cms-ecdsa-ofd",
    "cms-ber-ofd",
    "pdf-twice",
    "pdf-dss",
    "pdf-certified",
    "pdf-metadata",
    "ofd-twice",
    "ofd-seal-file",
    "ofd-locked",
    "ofd-entry-uncovered",
    "ofd-unused-part",
    "ofd-across",
    "q14-zip-prefix",
];

/// Why an edited file may be VALID.
const NAMED: &str = "encoding of the value, named as a deviation";
const WRAPPER: &str = "fields of a SignedData that nothing rests on";

/// Numbers that look random and are the same every time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// One edit: bits, bytes, insertions, removals, copies.
fn edited(file: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = file.to_vec();
    let (at, len) = (random.below(file.len()), 1 + random.below(40));
    let end = (at + len).min(file.len());
    match random.below(8) {
        0..=2 => bytes[at] ^= 1 << random.below(8),
        3 => bytes[at] = random.byte(),
        4 => drop(bytes.drain(at..end)),
        5 => drop(bytes.splice(at..at, (0..len).map(|_| random.byte()).collect::<Vec<_>>())),
        6 => {
            let to = random.below(file.len());
            drop(bytes.splice(to..to, file[at..end].to_vec()));
        }
        _ => {
            let to = random.below(file.len() - (end - at) + 1);
            bytes[to..to + (end - at)].copy_from_slice(&file[at..end]);
        }
    }
    bytes
}

/// Everything that judging needs.
struct World {
    evidence: Evidence,
    now: Timestamp,
}

impl World {
    fn report(&self, bytes: &[u8]) -> Option<Report> {
        let document = Document::open(Arc::new(bytes.to_vec()), &Limits::default()).ok()?;
        Some(judge(&document.examine().ok()?, &self.evidence, &Policy::default(), self.now))
    }

    /// Why an edited file may be VALID, or what is wrong with that; none if it is not VALID.
    fn class(&self, case: &Case, bytes: &[u8]) -> Option<Result<&'static str, String>> {
        if bytes == case.bytes {
            return Some(Ok("the same bytes"));
        }
        if case.extension == "esl" {
            let policy = Policy { seal_validity_at: SealValidityAt::Now, ..Policy::default() };
            let report = judge_seal(&examine_seal(bytes), &self.evidence, &policy, self.now);
            return (report.conclusion == Conclusion::Valid).then(|| {
                if !report.deviations.is_empty() {
                    Ok(NAMED)
                } else if only_wrapper_differs(&case.bytes, bytes) {
                    Ok(WRAPPER)
                } else {
                    Err("a seal".into())
                }
            });
        }
        let report = self.report(bytes).filter(|report| report.conclusion == Conclusion::Valid)?;
        Some(if case.extension == "pdf" {
            pdf_class(&case.bytes, bytes, &report)
        } else {
            ofd_class(&case.bytes, bytes, &report)
        })
    }
}

/// Holes of the file's signatures, from `<` to `>`.
fn holes(pdf: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = pdf[from..].windows(10).position(|window| window == b"/Contents<") {
        let start = from + at + 9;
        let Some(len) = pdf[start..].iter().position(|byte| *byte == b'>') else { break };
        found.push(start..start + len + 1);
        from = start + len;
    }
    found
}

/// End of the part that the newest signature covers.
fn signed_end(pdf: &[u8]) -> usize {
    let at = pdf.windows(11).rposition(|window| window == b"/ByteRange[").unwrap() + 11;
    let text = String::from_utf8_lossy(&pdf[at..at + 80]).into_owned();
    let numbers: Vec<usize> = text.split(']').next().unwrap().split_whitespace().map(|n| n.parse().unwrap()).collect();
    numbers[2] + numbers[3]
}

/// The hexadecimal value in a hole, without its padding.
fn value(hole: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = hole.iter().copied().filter(u8::is_ascii_hexdigit).collect();
    let text = String::from_utf8(digits).unwrap();
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2).unwrap_or("00"), 16).unwrap();
    let bytes: Vec<u8> = (0..text.len()).step_by(2).map(byte).collect();
    let len = Node::parse_first(&bytes).map_or(bytes.len(), |node| node.raw.len());
    bytes[..len].to_vec()
}

/// A PDF that is VALID has its protected bytes: what differs is in the holes, or white space at the end.
fn pdf_class(original: &[u8], bytes: &[u8], report: &Report) -> Result<&'static str, String> {
    let (was, is) = (holes(original), holes(bytes));
    let outside = |file: &[u8], holes: &[std::ops::Range<usize>]| {
        let mut rest = file.to_vec();
        for hole in holes.iter().rev() {
            rest.drain(hole.clone());
        }
        rest.truncate(rest.trim_ascii_end().len());
        rest
    };
    let end = signed_end(original);
    if end < original.len() && bytes.get(..end) == original.get(..end) {
        let is_reported = report.signatures.iter().all(|one| !one.later_changes.is_empty() || one.covers_whole_file);
        return if is_reported {
            Ok("bytes behind the signed part, reported")
        } else {
            Err("bytes behind the end".into())
        };
    }
    if was.len() != is.len() || outside(original, &was) != outside(bytes, &is) {
        // The end of the file may have been cut off: an earlier revision is a document of its own.
        let is_earlier =
            original.starts_with(bytes.trim_ascii_end()) && report.signatures.iter().all(|one| one.covers_whole_file);
        return if is_earlier {
            Ok("an earlier revision")
        } else {
            Err("bytes of the PDF outside of the values".into())
        };
    }
    let values: Vec<_> =
        was.iter().zip(&is).map(|(was, is)| (value(&original[was.clone()]), value(&bytes[is.clone()]))).collect();
    if values.iter().all(|(was, is)| was == is) {
        return Ok("letter case of digits, padding, white space at the end");
    }
    value_class(values.iter().map(|(was, is)| (&was[..], &is[..])), report)
}

/// A package that is VALID has its protected parts.
fn ofd_class(original: &[u8], bytes: &[u8], report: &Report) -> Result<&'static str, String> {
    let (was, is) = (parts(original), parts(bytes));
    let names: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let changed: Vec<&String> = names.into_iter().filter(|name| was.get(*name) != is.get(*name)).collect();
    if changed.is_empty() {
        return Ok("ZIP fields that no reader shows");
    }
    let is_reported = |name: &str| {
        let path = format!("/{name}");
        report.coverage.uncovered.contains(&path)
            || report.signatures.iter().any(|one| one.later_changes.iter().any(|change| change.en.contains(&path)))
    };
    let mut values = Vec::new();
    let mut class = "parts that are reported as unprotected";
    for name in changed {
        if name.ends_with("Signatures.xml") {
            class = "the list of signatures";
        } else if name.ends_with("SignedValue.dat") {
            let bytes = |parts: &BTreeMap<String, Vec<u8>>| parts.get(name).cloned().unwrap_or_default();
            values.push((bytes(&was), bytes(&is)));
        } else if !is_reported(name) {
            return Err(format!("the part {name}"));
        }
    }
    if values.is_empty() {
        return Ok(class);
    }
    value_class(values.iter().map(|(was, is)| (&was[..], &is[..])), report)
}

fn parts(package: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let Ok(package) = eseal_ofd::Package::open(Arc::new(package.to_vec()), &eseal_ofd::Limits::default()) else {
        return BTreeMap::new();
    };
    package.parts().map(|part| (package.name(part).to_owned(), package.read(part).unwrap_or_default())).collect()
}

/// A value that still fits differs in its encoding, which is named, or in fields of a SignedData that nothing rests on.
fn value_class<'a>(
    values: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    report: &Report,
) -> Result<&'static str, String> {
    if report.signatures.iter().any(|one| !one.deviations.is_empty()) {
        return Ok(NAMED);
    }
    for (was, is) in values {
        if was != is && !only_wrapper_differs(was, is) {
            return Err(format!("a value of {} bytes", is.len()));
        }
    }
    Ok(WRAPPER)
}

/// Nothing rests on version and digestAlgorithms of a SignedData and on the version of a signer: they are neither signed
/// nor used.  A seal signature may carry such a SignedData as its time stamp, everything else must be the same.
fn only_wrapper_differs(was: &[u8], is: &[u8]) -> bool {
    let (Some(was), Some(is)) = (essence(was), essence(is)) else { return false };
    was == is
}

/// What a value says, without fields that nothing rests on.
fn essence(der: &[u8]) -> Option<Vec<Vec<u8>>> {
    let all = Node::parse_first(der).ok()?.children().all().ok()?;
    if all.first()?.tag == tag::OID {
        return signed_data(&all);
    }
    let (last, rest) = all.split_last()?;
    let mut kept: Vec<Vec<u8>> = rest.iter().map(|node| node.raw.to_vec()).collect();
    if last.tag == tag::context(0) {
        let token = last.children().read().ok()??.bits().ok()?;
        kept.extend(signed_data(&Node::parse_first(token).ok()?.children().all().ok()?)?);
    } else {
        kept.push(last.raw.to_vec());
    }
    Some(kept)
}

fn signed_data(content_info: &[Node<'_>]) -> Option<Vec<Vec<u8>>> {
    let data = content_info.get(1)?.children().read().ok()??.children().all().ok()?;
    let (signers, rest) = data.split_last()?;
    let mut kept = vec![content_info.first()?.raw.to_vec()];
    kept.extend(rest.iter().skip(2).map(|node| node.raw.to_vec()));
    for signer in signers.children().all().ok()? {
        kept.extend(signer.children().all().ok()?.iter().skip(1).map(|node| node.raw.to_vec()));
    }
    Some(kept)
}

#[test]
fn random_edits_never_go_unnoticed() {
    let corpus = ConformanceWorld::new();
    let samples: Vec<Case> = cases(&corpus)
        .into_iter()
        .filter(|case| case.class == Class::Good && SAMPLES.contains(&case.name.as_str()))
        .collect();
    assert_eq!(samples.len(), SAMPLES.len());
    let world = World {
        evidence: Evidence {
            anchors: vec![eseal::Anchor { certificate: corpus.pki.anchor(), region: String::new(), own: true }],
            crls: corpus.crls(),
            ..Evidence::default()
        },
        now: corpus.now,
    };
    let edits: usize = std::env::var("ESEAL_EDITS").ok().and_then(|number| number.parse().ok()).unwrap_or(EDITS);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(2);
    let results: Vec<(BTreeMap<&'static str, usize>, Vec<String>)> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                let (samples, world) = (&samples, &world);
                scope.spawn(move || {
                    let (mut counts, mut wrong) = (BTreeMap::new(), Vec::new());
                    for (index, case) in samples.iter().enumerate().filter(|(index, _)| index % workers == worker) {
                        let mut random = Random(0x5EA1 + u64::try_from(index).unwrap());
                        for number in 0..edits {
                            let bytes = edited(&case.bytes, &mut random);
                            let class = match world.class(case, &bytes) {
                                None => "noticed",
                                Some(Ok(class)) => class,
                                Some(Err(what)) => {
                                    wrong.push(format!("{} edit {number}: {what} changed and still VALID", case.name));
                                    "unnoticed"
                                }
                            };
                            *counts.entry(class).or_insert(0) += 1;
                        }
                    }
                    (counts, wrong)
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (some, _) in &results {
        for (class, count) in some {
            *counts.entry(class).or_default() += count;
        }
    }
    println!("{edits} edits of {} samples: {counts:#?}", samples.len());
    let wrong: Vec<&String> = results.iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(counts["noticed"] * 2 > edits * samples.len());
}
