//! First and further seals, locks, cross-page seals, odd packages.

use std::sync::Arc;

use eseal_bytes::{ByteSource, Segment};
use eseal_ofd::{
    BoxMm, Examination, FinishError, Limits, Ofd, PrepareError, PreparedOfd, ReferenceOutcome, Role, SealFile, Stamp,
};

use crate::made::{Entry, SEAL, VALUE, open, plain, plain_entries, request, sealed, stamp, zip_of};

/// Every reference good, everything but machinery covered, seal and value as given.
fn check_good(examination: &Examination, signatures: usize) {
    assert_eq!(examination.signatures.len(), signatures);
    assert!(examination.list_errors.is_empty());
    for signature in &examination.signatures {
        assert_eq!(signature.error, None);
        let bad: Vec<_> =
            signature.references.iter().filter(|reference| reference.outcome != ReferenceOutcome::Good).collect();
        assert!(bad.is_empty() && !signature.references.is_empty(), "{}: {bad:?}", signature.id);
        assert_eq!(signature.signed_value.as_deref(), Some(VALUE));
        assert!(matches!(&signature.seal, SealFile::Found { bytes, .. } if bytes == SEAL));
        assert_eq!(signature.signature_xml_sm3, eseal_gm::sm3(&signature.signature_xml));
        assert!(signature.deviations.is_empty(), "{:?}", signature.deviations);
    }
    assert_eq!(examination.uncovered_by_all().count(), 0);
    let paths: std::collections::BTreeSet<_> = examination.parts.iter().map(|part| &part.path).collect();
    assert_eq!(paths.len(), examination.parts.len());
}

#[test]
fn a_first_seal_covers_everything_and_moves_nothing() {
    let original = plain();
    let source: Arc<dyn ByteSource> = Arc::new(original.clone());
    let stamps = [stamp(2, 30.0), stamp(3, 100.0)];
    let prepared = Ofd::open(source.clone(), &Limits::default()).unwrap().prepare(&request(&stamps)).unwrap();
    assert_eq!(prepared.property_info, "/Doc_0/Signs/Sign_0/Signature.xml");
    assert_eq!(prepared.signature_id, "s001");

    // Restarted between digest and composition.
    let stored = serde_json::to_string(&prepared).unwrap();
    let prepared: PreparedOfd = serde_json::from_str(&stored).unwrap();
    let segments = prepared.finish(&*source, VALUE).unwrap();
    assert!(
        matches!(segments.first(), Some(Segment::Original(range)) if range.start > 0),
        "OFD.xml stood first and is new"
    );

    let result = sealed(original, &request(&stamps));
    let ofd = open(result);
    let examination = ofd.examine();
    check_good(&examination, 1);
    assert!(examination.deviations.is_empty(), "{:?}", examination.deviations);
    let signature = &examination.signatures[0];
    assert_eq!(signature.signature_xml, prepared.signature_xml);
    assert_eq!(signature.signature_xml_sm3, prepared.data_hash);
    assert_eq!(signature.date_time, "20270115080000Z");
    assert!(!signature.covers_signature_list);
    let boxes: Vec<_> = signature.stamps.iter().map(|stamp| (stamp.page, stamp.boxes.unwrap().0)).collect();
    assert_eq!(boxes, [(Some(2), stamps[0].full), (Some(3), stamps[1].full)]);
    let entry = examination.parts.iter().find(|part| part.path == "/OFD.xml").unwrap();
    assert_eq!((entry.role, entry.covered_by.as_slice()), (Role::Entry, &[0][..]));
    assert_eq!(examination.uncovered_by(0).count(), 0);
}

#[test]
fn twenty_seals_one_after_another_all_stay_good() {
    let mut bytes = plain();
    for number in 1..=20 {
        let before = open(bytes.clone()).package().source().read_all(1 << 20).unwrap();
        bytes = sealed(bytes, &request(&[stamp(number % 3 + 1, 5.0 * number as f64)]));
        let examination = open(bytes.clone()).examine();
        check_good(&examination, number);
        let last = examination.signatures.last().unwrap();
        assert_eq!(last.covers_signatures, (0..number - 1).collect::<Vec<_>>());
        assert_eq!(last.path, format!("/Doc_0/Signs/Sign_{}/Signature.xml", number - 1));
        assert!(bytes.len() > before.len());
    }
    let ids: std::collections::BTreeSet<_> = open(bytes)
        .examine()
        .signatures
        .iter()
        .flat_map(|signature| {
            std::iter::once(signature.id.clone()).chain(signature.stamps.iter().map(|stamp| stamp.id.clone()))
        })
        .collect();
    assert_eq!(ids.len(), 40, "ids of signatures and stamps share one counter");
}

#[test]
fn a_locked_package_takes_no_further_seal() {
    let stamps = [stamp(1, 10.0)];
    let once = sealed(plain(), &request(&stamps));
    let locked = sealed(once, &eseal_ofd::SealRequest { lock: true, ..request(&stamps) });
    let ofd = open(locked);
    let examination = ofd.examine();
    check_good(&examination, 2);
    assert!(examination.signatures[1].covers_signature_list && !examination.signatures[0].covers_signature_list);
    let refused = ofd.prepare(&request(&stamps)).unwrap_err();
    assert_eq!(refused, PrepareError::Locked { id: "s003".into(), path: "/Doc_0/Signs/Signatures.xml".into() });
}

#[test]
fn slices_of_a_cross_page_seal_come_back() {
    let stamps: Vec<Stamp> = (0..3)
        .map(|index| {
            let part = 40.0 / 3.0;
            let left = 210.0 - part * (index as f64 + 1.0);
            let full = BoxMm { left, bottom: 120.0, right: left + 40.0, top: 160.0 };
            Stamp { page: index + 1, full, visible: BoxMm { left: 210.0 - part, right: 210.0, ..full } }
        })
        .collect();
    let examination = open(sealed(plain(), &request(&stamps))).examine();
    check_good(&examination, 1);
    let mut whole = 0.0;
    for (found, stamp) in examination.signatures[0].stamps.iter().zip(&stamps) {
        let (full, visible) = found.boxes.unwrap();
        assert!((full.left - stamp.full.left).abs() < 0.001 && (visible.right - 210.0).abs() < 0.002);
        whole += visible.right - visible.left;
    }
    assert!((whole - 40.0).abs() < 1e-6, "slices add up to one seal, got {whole}");
    let xml = String::from_utf8(examination.signatures[0].signature_xml.clone()).unwrap();
    assert!(xml.contains("Boundary=\"196.667 137 40 40\" Clip=\"0 0 13.333 40\""), "{xml}");
}

#[test]
fn stamps_that_make_no_sense_are_refused() {
    let ofd = open(plain());
    for (stamps, expected) in [
        (vec![], PrepareError::NoStamp),
        (vec![stamp(4, 1.0)], PrepareError::NoSuchPage { page: 4 }),
        (vec![stamp(0, 1.0)], PrepareError::NoSuchPage { page: 0 }),
        (vec![stamp(1, f64::NAN)], PrepareError::EmptyStamp { index: 0 }),
        (vec![stamp(1, 1.0), stamp(1, 1e300)], PrepareError::EmptyStamp { index: 1 }),
    ] {
        assert_eq!(ofd.prepare(&request(&stamps)).unwrap_err(), expected);
    }
}

#[test]
fn another_original_is_noticed() {
    let ofd = open(plain());
    let prepared = ofd.prepare(&request(&[stamp(1, 1.0)])).unwrap();
    let mut other = plain_entries();
    other[3].content.push(b' ');
    assert_eq!(prepared.finish(&zip_of(&other), VALUE), Err(FinishError::OtherOriginal));
    assert_eq!(prepared.finish(&plain()[1..].to_vec(), VALUE), Err(FinishError::OtherOriginal));
}

#[test]
fn odd_packages_are_sealed_and_named() {
    let odd = |change: &dyn Fn(&mut Vec<Entry>)| {
        let mut entries = plain_entries();
        change(&mut entries);
        zip_of(&entries)
    };
    let with_prefix = {
        let mut entries = b"junk before".to_vec();
        entries.extend(plain());
        entries.extend(b"and behind");
        entries
    };
    let gbk = encoding_rs::GBK.encode("Doc_0/附件/说明.txt").0.into_owned();
    for (name, bytes, deviation) in [
        ("stored", odd(&|entries| entries.iter_mut().for_each(|entry| entry.deflate = false)), None),
        ("data descriptors", odd(&|entries| entries.iter_mut().for_each(|entry| entry.descriptor = true)), None),
        ("garbage around", with_prefix, Some("ZIP_GARBAGE")),
        ("a folder", odd(&|entries| entries.push(Entry::new("Doc_0/Res/", "").stored())), None),
        ("an unused part", odd(&|entries| entries.push(Entry::new("notes & <more>.txt", "x"))), None),
        ("a Chinese name", odd(&|entries| entries.push(Entry::new("Doc_0/附件/说明.txt", "x"))), None),
        (
            "a GBK name",
            odd(&|entries| entries.push(Entry { name: gbk.clone(), ..Entry::new("", "x") })),
            Some("ZIP_NAME_ENCODING"),
        ),
        (
            "backslashes",
            odd(&|entries| {
                entries.iter_mut().for_each(|entry| {
                    entry.name.iter_mut().for_each(|c| {
                        if *c == b'/' {
                            *c = b'\\'
                        }
                    })
                })
            }),
            Some("PACKAGE_PATH"),
        ),
        ("lower case", odd(&|entries| entries[0].name = b"ofd.xml".to_vec()), Some("PACKAGE_PATH")),
        (
            "a mark before OFD.xml",
            odd(&|entries| entries[0].content.splice(..0, *b"\xef\xbb\xbf").for_each(drop)),
            None,
        ),
        (
            "another namespace",
            odd(&|entries| {
                let text = String::from_utf8(entries[0].content.clone()).unwrap();
                entries[0].content = text.replace("/2016", "").into();
            }),
            Some("XML_NAMESPACE"),
        ),
        (
            "GBK text",
            odd(&|entries| {
                let text = String::from_utf8(entries[0].content.clone()).unwrap();
                let text = text.replace("UTF-8", "GBK").replace("0123456789abcdef", "文档");
                entries[0].content = encoding_rs::GBK.encode(&text).0.into_owned();
            }),
            Some("XML_ENCODING"),
        ),
        (
            "a list that is named and missing",
            odd(&|entries| {
                let text = String::from_utf8(entries[0].content.clone()).unwrap();
                let named = "</ofd:DocRoot><ofd:Signatures>Doc_0/Sigs/List.xml</ofd:Signatures>";
                entries[0].content = text.replace("</ofd:DocRoot>", named).into();
            }),
            None,
        ),
        ("a stray list", odd(&|entries| entries.push(Entry::new("Doc_0/Signs/Signatures.xml", "<a/>"))), None),
    ] {
        let ofd = open(bytes.clone());
        let found: Vec<_> = ofd.deviations().iter().copied().collect();
        assert_eq!(found, deviation.into_iter().collect::<Vec<_>>(), "{name}");
        let once = sealed(bytes, &request(&[stamp(1, 10.0)]));
        check_good(&open(once.clone()).examine(), 1);
        let twice = sealed(once, &request(&[stamp(2, 10.0)]));
        let examination = open(twice).examine();
        check_good(&examination, 2);
        assert!(
            !examination.deviations.contains("ZIP_NAME_ENCODING"),
            "{name}: the sealed package names parts clearly"
        );
        assert!(!examination.deviations.contains("ZIP_GARBAGE"), "{name}");
    }
}

#[test]
fn a_package_of_more_than_65535_entries_is_sealed_with_zip64() {
    let mut entries = plain_entries();
    entries.extend((0..66_000).map(|n| Entry { deflate: false, ..Entry::new(&format!("x/{n}"), "") }));
    let bytes = sealed(zip_of(&entries), &request(&[stamp(1, 10.0)]));
    let examination = open(bytes).examine();
    check_good(&examination, 1);
    assert_eq!(examination.parts.len(), 66_000 + 6 + 4);
}

#[test]
fn large_parts_are_hashed_in_pieces() {
    let large: Vec<u8> = (0..3_000_001_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let digest = eseal_gm::sm3(&large).to_vec();
    for entry in [Entry::new("Doc_0/large", large.clone()), Entry::new("Doc_0/large", large).stored()] {
        let mut entries = plain_entries();
        entries.push(entry);
        let ofd = open(zip_of(&entries));
        let part = ofd.package().find("OFD.xml", "Doc_0/large").unwrap();
        assert_eq!(ofd.package().digest(part, eseal_gm::Hash::Sm3).unwrap(), (digest.clone(), true));
    }
}

#[test]
fn everything_that_pages_use_is_reachable() {
    let mut entries = plain_entries();
    let mut set = |name: &str, content: &str| match entries.iter_mut().find(|entry| entry.name == name.as_bytes()) {
        Some(entry) => {
            let text = String::from_utf8(entry.content.clone()).unwrap();
            let (find, put) = content.split_once("=>").unwrap();
            entry.content = text.replace(find, put).into();
        }
        None => entries.push(Entry::new(name, content)),
    };
    set(
        "Doc_0/PublicRes.xml",
        "</ofd:Fonts>=></ofd:Fonts><ofd:MultiMedias><ofd:MultiMedia ID=\"3\"><ofd:MediaFile>a.png\
        </ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>",
    );
    set(
        "Doc_0/Document.xml",
        "</ofd:Pages>=></ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>\
        <ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments><ofd:Extensions>none.xml</ofd:Extensions>",
    );
    set("Doc_0/Pages/Page_0/Content.xml", "<ofd:Content>=><ofd:PageRes>PageRes.xml</ofd:PageRes><ofd:Content>");
    set("Doc_0/Res/a.png", "picture");
    set(
        "Doc_0/Annots/Annotations.xml",
        "<Annotations><Page PageID=\"1\"><FileLoc>Page_0/A.xml</FileLoc></Page></Annotations>",
    );
    set("Doc_0/Annots/Page_0/A.xml", "<PageAnnot/>");
    set(
        "Doc_0/Attachs/Attachments.xml",
        "<Attachments><Attachment ID=\"1\"><FileLoc>x.xml</FileLoc></Attachment></Attachments>",
    );
    set("Doc_0/Attachs/x.xml", "no XML at all");
    set(
        "Doc_0/Pages/Page_0/PageRes.xml",
        "<Res BaseLoc=\"R\"><Fonts><Font ID=\"1\"><FontFile>f.ttf</FontFile></Font></Fonts></Res>",
    );
    set("Doc_0/Pages/Page_0/R/f.ttf", "font");
    set("Doc_0/stray.xml", "<stray/>");
    let examination = open(zip_of(&entries)).examine();
    let unused: Vec<_> =
        examination.parts.iter().filter(|part| part.role == Role::Unused).map(|part| &part.path).collect();
    assert_eq!(unused, ["/Doc_0/stray.xml"]);
    assert!(examination.parts.iter().all(|part| part.is_readable));
    assert_eq!(
        examination.dangling.into_iter().collect::<Vec<_>>(),
        [("none.xml".to_owned(), "Doc_0/Document.xml".to_owned())]
    );
}

#[test]
fn a_part_added_after_sealing_is_seen() {
    let bytes = sealed(plain(), &request(&[stamp(1, 10.0)]));
    let ofd = open(bytes);
    let package = ofd.package();
    let mut entries: Vec<Entry> =
        package.parts().map(|part| Entry::new(package.name(part), package.read(part).unwrap())).collect();
    entries.push(Entry::new("Doc_0/added.txt", "x"));
    let examination = open(zip_of(&entries)).examine();
    let uncovered: Vec<_> = examination.uncovered_by(0).map(|part| (part.path.as_str(), part.role)).collect();
    assert_eq!(uncovered, [("/Doc_0/added.txt", Role::Unused)]);
}

#[test]
fn reachable_parts_without_protection_are_told_apart() {
    // A signature that covers OFD.xml and the first page only, as old writers did.
    let stamps = [stamp(1, 10.0)];
    let ofd = open(sealed(plain(), &request(&stamps)));
    let package = ofd.package();
    let entries: Vec<Entry> = package
        .parts()
        .map(|part| {
            let mut content = package.read(part).unwrap();
            if package.name(part).ends_with("Signature.xml") {
                let text = String::from_utf8(content).unwrap();
                let start = text.find("<ofd:Reference FileRef=\"/Doc_0/Pages/Page_1").unwrap();
                let end = text[start..].find("</ofd:Reference>").unwrap() + start + "</ofd:Reference>".len();
                content = [&text[..start], &text[end..]].concat().into();
            }
            Entry::new(package.name(part), content)
        })
        .collect();
    let examination = open(zip_of(&entries)).examine();
    let uncovered: Vec<_> = examination.uncovered_by_all().map(|part| (part.path.as_str(), part.role)).collect();
    assert_eq!(uncovered, [("/Doc_0/Pages/Page_1/Content.xml", Role::Reachable)]);
}
