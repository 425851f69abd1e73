//! Packages that want to hurt: bombs, names, overlaps, truncation, random bytes.

use std::{sync::Arc, time::Instant};

use eseal_ofd::{Error, Limits, Ofd};
use proptest::prelude::*;

use crate::made::{Entry, deflate, end, open, plain, plain_entries, request, sealed, stamp, try_open, zip_of};

fn refusal(bytes: Vec<u8>) -> Error {
    try_open(bytes).err().expect("to be refused")
}

fn with(entry: Entry) -> Vec<u8> {
    let mut entries = plain_entries();
    entries.push(entry);
    zip_of(&entries)
}

#[test]
fn names_that_lead_astray_are_refused() {
    for name in ["../a", "a/../../b", "Doc_0\\..\\..\\x"] {
        assert!(matches!(refusal(with(Entry::new(name, "x"))), Error::UnsafeName { .. }), "{name}");
    }
    for name in ["OFD.xml", "/OFD.xml", "ofd.XML", "./OFD.xml", "Doc_0\\Document.xml"] {
        assert!(matches!(refusal(with(Entry::new(name, "x"))), Error::DuplicateName { .. }), "{name}");
    }
}

#[test]
fn encrypted_packages_are_named_so() {
    assert_eq!(refusal(with(Entry { flags: 1, ..Entry::new("x", "x") })), Error::Encrypted);
    assert_eq!(refusal(with(Entry::new("Encryptions.xml", "<a/>"))), Error::Encrypted);
    assert_eq!(refusal(zip_of(&[Entry::new("entriesmap.dat", "x")])), Error::Encrypted);
}

#[test]
fn what_is_no_package_is_named_so() {
    for bytes in [vec![], b"PK".to_vec(), vec![0; 5000], b"%PDF-1.7".to_vec(), zip_of(&[Entry::new("a", "b")])] {
        assert_eq!(refusal(bytes), Error::NotOfd);
    }
}

#[test]
fn a_million_entries_are_refused_at_once() {
    let mut directory = Vec::new();
    let record = [b"PK\x01\x02".as_slice(), &[0; 42]].concat();
    (0..1_000_000).for_each(|_| directory.extend(&record));
    let bytes = end(Vec::new(), directory, 1_000_000);
    let start = Instant::now();
    assert!(matches!(refusal(bytes), Error::TooLarge { .. }));
    assert!(start.elapsed().as_secs() < 2);
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let zeros = deflate(&vec![0; 10 << 20]);
    // One honest entry that grows a thousandfold, many times over.
    let many: Vec<Entry> = (0..40).map(|n| Entry::new(&format!("z{n}"), vec![0; 10 << 20])).collect();
    assert!(matches!(
        refusal(zip_of(&many)),
        Error::TooLarge { what: "unpacked bytes for a package of this size", .. }
    ));

    // An entry that states one byte and unpacks to ten million.
    let mut bytes = with(Entry { deflate: false, ..Entry::new("Doc_0/lie", zeros) });
    let name = b"Doc_0/lie";
    for at in (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect::<Vec<_>>() {
        let is_local = bytes[..at].ends_with(&[0, 0]) && bytes[at - 30..].starts_with(b"PK\x03\x04");
        let (method, size) = if is_local { (at - 22, at - 8) } else { (at - 36, at - 22) };
        bytes[method] = 8;
        bytes[size..size + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    let ofd = open(bytes);
    let part = ofd.package().find("", "Doc_0/lie").unwrap();
    assert_eq!(
        ofd.package().read(part),
        Err(Error::DamagedPart { part: "Doc_0/lie".into(), what: "unpacks to more than it says" })
    );
    assert!(ofd.prepare(&request(&[stamp(1, 1.0)])).is_err());
}

#[test]
fn overlapping_entries_are_refused() {
    // Two names for the same local entry.
    let bytes = zip_of(&[Entry::new("a", "x")]);
    let directory_at = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let record = &bytes[directory_at..bytes.len() - 22];
    let mut second = record.to_vec();
    let last = second.len() - 1;
    second[last] = b'b';
    let mut local = bytes[..directory_at].to_vec();
    assert!(matches!(
        refusal(end(local.clone(), [record, &second].concat(), 2)),
        Error::DamagedPart { .. } | Error::HeadersDisagree { .. }
    ));
    // The same with names that agree with the local header is a duplicate; a different local name is noticed.
    local[30] = b'c';
    assert!(matches!(refusal(end(local, record.to_vec(), 1)), Error::HeadersDisagree { .. }));
}

#[test]
fn expensive_xml_is_refused() {
    let deep = format!("<a>{}{}</a>", "<b>".repeat(300_000), "</b>".repeat(300_000));
    let wide = format!("<a {}/>", (0..5000).map(|n| format!("a{n}=\"\" ")).collect::<String>());
    let spaces: String = (0..500).map(|n| format!("<a xmlns:p{n}=\"u{n}\">")).collect();
    let laughs = "<!DOCTYPE a [<!ENTITY b \"b\">]><a>&b;</a>".to_owned();
    for (name, text) in [("wide", wide), ("namespaces", spaces), ("entities", laughs)] {
        let mut entries = plain_entries();
        entries[0].content = text.into();
        assert!(matches!(refusal(zip_of(&entries)), Error::Xml { .. }), "{name}");
    }
    let mut entries = plain_entries();
    entries[0].content = deep.clone().into();
    assert!(try_open(zip_of(&entries)).is_err());
    // A deep page does not hurt either.
    let mut entries = plain_entries();
    entries[3].content = deep.replace("<a>", "<a><PageRes>x</PageRes>").into();
    let examination = open(zip_of(&entries)).examine();
    assert_eq!(examination.dangling.len(), 1);
}

#[test]
fn too_many_pages_are_refused() {
    let mut entries = plain_entries();
    let text = String::from_utf8(entries[1].content.clone()).unwrap();
    let pages: String = (0..60_000).map(|n| format!("<ofd:Page ID=\"p{n}\" BaseLoc=\"x\"/>")).collect();
    entries[1].content = text.replace("</ofd:Pages>", &format!("{pages}</ofd:Pages>")).into();
    assert!(matches!(refusal(zip_of(&entries)), Error::TooLarge { what: "pages", .. }));
}

#[test]
fn truncated_packages_never_panic() {
    let bytes = sealed(plain(), &request(&[stamp(1, 1.0)]));
    for len in (0..bytes.len()).step_by(7) {
        let _ = try_open(bytes[..len].to_vec()).map(|ofd| ofd.examine());
        let _ = try_open(bytes[len..].to_vec()).map(|ofd| ofd.examine());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn damaged_packages_never_panic(changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = sealed(plain(), &request(&[stamp(1, 1.0)]));
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(ofd) = Ofd::open(Arc::new(bytes), &Limits::default()) {
            let _ = ofd.examine();
            let _ = ofd.prepare(&request(&[stamp(1, 1.0)]));
            let _ = ofd.page_size(1);
        }
    }
}
