//! Hostile files: a coded error, no panic, bounded work.

use std::{sync::Arc, time::Instant};

use eseal::{Document, Limits, OpenError};
use eseal_testkit::zip;

use crate::world::{World, at, documents};

fn open(bytes: Vec<u8>) -> Result<Document, OpenError> {
    Document::open(Arc::new(bytes), &Limits::default())
}

#[test]
fn truncated_files_are_refused_or_not_valid() {
    let world = World::new();
    for (name, bytes) in documents(2) {
        let sealed = world.seal(&bytes, &[at(1, 20.0, 20.0)]);
        for part in 0..40 {
            let cut = sealed[..sealed.len() * part / 40].to_vec();
            let Ok(document) = open(cut) else { continue };
            let Ok(examination) = document.examine() else { continue };
            let report = eseal::judge(&examination, &world.evidence, &world.policy, world.now);
            assert_ne!(report.conclusion, eseal::Conclusion::Valid, "{name} cut at {part}/40");
        }
    }
}

#[test]
fn a_package_of_a_million_entries_is_refused_quickly() {
    let (count, mut out) = (1_000_000_u32, Vec::new());
    out.extend(b"PK\x03\x04");
    out.resize(64, 0);
    let start = out.len();
    for _ in 0..count {
        let mut header = b"PK\x01\x02".to_vec();
        header.resize(46, 0);
        header[28] = 1;
        out.extend(header);
        out.push(b'a');
    }
    let size = u32::try_from(out.len() - start).unwrap();
    out.extend(b"PK\x06\x06");
    let zip64 = u64::try_from(out.len() - 4).unwrap();
    out.extend(44_u64.to_le_bytes());
    out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.extend(u64::from(count).to_le_bytes());
    out.extend(u64::from(count).to_le_bytes());
    out.extend(u64::from(size).to_le_bytes());
    out.extend(u64::try_from(start).unwrap().to_le_bytes());
    out.extend(b"PK\x06\x07\0\0\0\0");
    out.extend(zip64.to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    out.extend(b"PK\x05\x06\0\0\0\0\xFF\xFF\xFF\xFF");
    out.extend(size.to_le_bytes());
    out.extend(u32::try_from(start).unwrap().to_le_bytes());
    out.extend([0, 0]);
    let begin = Instant::now();
    let refused = open(out);
    assert!(matches!(refused, Err(OpenError::TooLarge { .. })), "{:?}", refused.map(|_| ()));
    assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
}

#[test]
fn deep_nesting_is_refused_or_read() {
    let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    assert!(open(zip(&[("OFD.xml", deep.as_bytes())])).is_err());
    let pdf = String::from_utf8_lossy(&eseal_testkit::pdf(1)).into_owned();
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    let broken = pdf.replace("/Parent 2 0 R", &format!("/Parent 2 0 R/X {nested}"));
    if let Ok(document) = open(broken.into_bytes()) {
        let _ = document.examine();
    }
    let world = World::new();
    let value = [0x30, 0x80].repeat(100_000);
    assert!(eseal::examine_seal(&value).judge_is_invalid(&world));
}

/// Shorthand of this file.
trait JudgedInvalid {
    fn judge_is_invalid(&self, world: &World) -> bool;
}

impl JudgedInvalid for eseal::ExaminedSeal {
    fn judge_is_invalid(&self, world: &World) -> bool {
        eseal::judge_seal(self, &world.evidence, &world.policy, world.now).conclusion == eseal::Conclusion::Invalid
    }
}

#[test]
fn a_package_without_pages_or_with_names_twice_is_refused_or_empty() {
    let twice = zip(&[("OFD.xml", b"<a/>"), ("OFD.xml", b"<a/>")]);
    assert!(matches!(open(twice), Err(OpenError::Damaged(_))));
    let no_pages = zip(&[
        ("OFD.xml", br#"<OFD xmlns="http://www.ofdspec.org/2016"><DocBody><DocRoot>D.xml</DocRoot></DocBody></OFD>"#),
        ("D.xml", br#"<Document xmlns="http://www.ofdspec.org/2016"/>"#),
    ]);
    let document = open(no_pages).unwrap();
    assert_eq!((document.page_count(), document.signature_count()), (0, 0));
    let world = World::new();
    assert!(document.prepare(&world.request(&[at(1, 1.0, 1.0)])).is_err());
}

#[test]
fn seals_cut_anywhere_are_refused() {
    let world = World::new();
    for len in (0..world.seal.len()).step_by(7) {
        let seal = eseal::examine_seal(&world.seal[..len]);
        assert!(seal.judge_is_invalid(&world), "{len}");
    }
}
