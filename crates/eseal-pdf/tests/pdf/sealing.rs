//! Adding seals.

use eseal_gm::sm3;
use eseal_pdf::{
    FinishError, Locked, Mark, PdfDocument, PdfError, PdfLimits, Picture, PreparedPdf, SealError, Shape, Step,
};

use crate::support::*;

fn one(page: usize) -> [Mark; 1] {
    [Mark::whole(place(page, 100.0, 50.0, 42.0))]
}

#[test]
fn a_seal_is_an_update_that_changes_no_earlier_byte() {
    let original = contract();
    let prepared = prepare_marks(&original, &one(1), false).unwrap();
    let sealed = finish(&original, &prepared, &[0x30, 0x01, 0x00]);
    assert!(sealed.starts_with(&original));
    let [zero, first, second, rest] = prepared.byte_range.map(|number| number as usize);
    assert_eq!((zero, second + rest), (0, sealed.len()));
    let gap = &sealed[first..second];
    assert!(gap.starts_with(b"<300100000000") && gap.ends_with(b"00>"));
    assert_eq!(gap.len(), 2 + 2 * 4096);
    assert_eq!(sm3(&[&sealed[..first], &sealed[second..]].concat()), prepared.data_hash);
    assert_eq!(prepared.property_info(), format!("ByteRange:[0 {first} {second} {rest}]"));
    let signatures = open(&sealed).signatures().unwrap();
    assert_eq!(signatures.len(), 1);
    let signature = &signatures[0];
    assert!(signature.is_well_framed() && signature.revision_complete && signature.covers_whole_file, "{signature:?}");
    assert_eq!(signature.byte_range, Some(prepared.byte_range));
    assert_eq!(signature.fields, ["Seal1"]);
    assert_eq!(signature.reason.as_deref(), Some("合同签订"));
    assert_eq!(signature.contents.len(), 4096);
}

#[test]
fn a_prepared_seal_survives_json_and_gives_the_same_bytes() {
    let original = contract();
    let prepared = prepare_marks(&original, &one(2), false).unwrap();
    let json = serde_json::to_string(&prepared).unwrap();
    let back: PreparedPdf = serde_json::from_str(&json).unwrap();
    assert_eq!(back, prepared);
    assert_eq!(finish(&original, &back, b"value"), finish(&original, &prepared, b"value"));
    assert_eq!(prepare_marks(&original, &one(2), false).unwrap(), prepared, "the same input gives the same bytes");
    assert_eq!(
        prepared.finish(original.len() as u64, &[0; 4097]),
        Err(FinishError::TooLarge { len: 4097, room: 4096 })
    );
    assert!(matches!(prepared.finish(1, b""), Err(FinishError::OtherOriginal { .. })));
}

#[test]
fn marks_stand_where_they_were_asked_for_on_turned_and_cropped_pages() {
    for turn in [0, 90, 180, 270] {
        let page = format!("/Rotate {turn}/CropBox[20 30 575 812]/UserUnit 1.5");
        let original = table_file(&contract_objects("", [&page, "", ""]));
        let wanted = place(1, 33.0, 44.0, 40.0);
        let sealed = seal(&original, &[Mark::whole(wanted)]);
        let found = open(&sealed).signatures().unwrap()[0].placements.clone();
        assert_eq!(found.len(), 1);
        let edges = |at: &eseal_pdf::PdfPlaced| [at.left_mm, at.bottom_mm, at.right_mm, at.top_mm];
        let near = edges(&found[0]).iter().zip(edges(&wanted)).all(|(a, b)| (a - b).abs() < 0.001);
        assert!(near && found[0].page == 1, "{turn}: {found:?}");
    }
}

#[test]
fn many_marks_are_one_signature() {
    let marks: Vec<Mark> = (1..=3)
        .flat_map(|page| {
            let slice = f64::from(page as u32 - 1) / 3.0;
            [
                Mark::whole(place(page, 20.0, 20.0, 40.0)),
                Mark { place: place(page, 150.0, 100.0, 14.0), part: [slice, 0.0, slice + 1.0 / 3.0, 1.0] },
            ]
        })
        .collect();
    let sealed = seal(&contract(), &marks);
    let signatures = open(&sealed).signatures().unwrap();
    assert_eq!(signatures.len(), 1);
    assert_eq!(signatures[0].placements.len(), 6);
    assert_eq!(signatures[0].fields.len(), 6);
}

#[test]
fn twenty_seals_stay_valid_one_after_another() {
    let mut file = contract();
    let mut prepared = Vec::new();
    for count in 0..20 {
        let next = prepare_at(&file, &one(count % 3 + 1), false, 1_780_000_000 + count as i64).unwrap();
        file = finish(&file, &next, b"\x30\x03\x02\x01\x05");
        prepared.push(next);
    }
    let document = open(&file);
    let signatures = document.signatures().unwrap();
    assert_eq!(signatures.len(), 20);
    let digests = document.digests(&signatures).unwrap();
    assert_eq!(digests.file, sm3(&file));
    for (index, (signature, digest)) in signatures.iter().zip(&digests.signed).enumerate() {
        assert_eq!(*digest, Some(prepared[index].data_hash), "{index}");
        assert!(signature.is_well_framed() && signature.revision_complete, "{index}");
        assert_eq!(signature.later_changes.len(), 19 - index, "{:?}", signature.later_changes);
        assert!(
            signature.later_changes.iter().all(eseal_pdf::LaterChange::is_harmless),
            "{:?}",
            signature.later_changes
        );
        let end = usize::try_from(signature.signed_end().unwrap()).unwrap();
        assert_eq!(digests.beginnings[&(end as u64)], sm3(&file[..end]), "{index}");
    }
    assert_eq!(document.revisions().unwrap().len(), 21);
}

#[test]
fn every_form_of_form_and_annotation_list_is_extended() {
    let form = "<</Fields[12 0 R]/DA(/Helv 0 Tf 0 g)>>";
    let field = "<</FT/Tx/T(name)/Subtype/Widget/Type/Annot/Rect[1 1 20 20]/P 4 0 R/F 4>>";
    for (catalog, page, extra) in [
        (format!("/AcroForm{form}"), "/Annots[12 0 R]", vec!["null", "null", field]),
        ("/AcroForm 10 0 R".to_owned(), "/Annots 11 0 R", vec![form, "[12 0 R]", field]),
        ("/AcroForm 10 0 R".to_owned(), "/Annots 11 0 R", vec!["<</Fields 13 0 R>>", "[12 0 R]", field, "[12 0 R]"]),
        ("/AcroForm null".to_owned(), "/Annots null", vec!["null", "null", "null"]),
        ("/AcroForm 99 0 R".to_owned(), "/Annots 99 0 R", vec!["null"]),
    ] {
        let mut objects = contract_objects(&catalog, [page, "", page]);
        objects.extend(extra.iter().map(|text| (*text).to_owned()));
        let original = table_file(&objects);
        // Twice: what the first one made is extended by the second one.
        let sealed = seal(&seal(&original, &[one(1)[0], one(3)[0]]), &[one(1)[0], one(3)[0]]);
        let signatures = open(&sealed).signatures().unwrap();
        assert_eq!(signatures.len(), 2, "{catalog}");
        for signature in &signatures {
            assert_eq!(signature.placements.len(), 2, "{catalog} {page}: {signature:?}");
        }
        assert!(signatures[0].later_changes.iter().all(eseal_pdf::LaterChange::is_harmless), "{:?}", signatures[0]);
        let text = String::from_utf8_lossy(&sealed);
        if extra.contains(&field) {
            let last = text.rfind("/Fields").unwrap();
            assert!(text.contains("12 0 R"), "{}", &text[last..]);
        }
    }
}

#[test]
fn a_locked_file_takes_no_further_seal() {
    let certified = finish(&contract(), &prepare_marks(&contract(), &one(1), true).unwrap(), b"\x30\x00");
    assert!(matches!(open(&certified).locked().unwrap(), Some(Locked::Certified { .. })));
    assert!(matches!(prepare_marks(&certified, &one(1), false), Err(SealError::Locked(Locked::Certified { .. }))));
    assert_eq!(open(&certified).signatures().unwrap()[0].doc_mdp, Some(1));
    // The second seal locks by its fields.
    let first = seal(&contract(), &one(1));
    let second = finish(&first, &prepare_marks(&first, &one(2), true).unwrap(), b"\x30\x00");
    assert!(matches!(prepare_marks(&second, &one(1), false), Err(SealError::Locked(Locked::FieldLock { .. }))));
    let signatures = open(&second).signatures().unwrap();
    assert!(signatures[0].later_changes.iter().all(eseal_pdf::LaterChange::is_harmless));
    assert_eq!(signatures[1].field_lock, Some(eseal_pdf::FieldLock::All));
}

#[test]
fn what_cannot_be_sealed_is_refused_with_its_reason() {
    let file = contract();
    let refused = |marks: &[Mark]| prepare_marks(&file, marks, false).unwrap_err();
    assert_eq!(refused(&[]), SealError::NoMarks);
    assert_eq!(refused(&one(4)), SealError::NoSuchPage { index: 0, page: 4, pages: 3 });
    assert_eq!(refused(&[Mark::whole(place(1, 500.0, 1.0, 9.0))]), SealError::BadMark { index: 0 });
    assert_eq!(refused(&[Mark::whole(place(1, f64::NAN, 1.0, 9.0))]), SealError::BadMark { index: 0 });
    assert_eq!(refused(&[Mark { part: [0.5, 0.0, 0.5, 1.0], ..one(1)[0] }]), SealError::BadMark { index: 0 });
    assert!(Picture::from_rgba(2, 2, vec![0; 15]).is_err());
    assert!(Picture::from_rgba(0, 2, vec![]).is_err());
    let shape = |steps: Vec<Step>| vec![Shape { steps, color: [0; 3], alpha: 255, even_odd: false }];
    let good = [Step::Move([1.0, 1.0]), Step::Line([2.0, 1.0]), Step::Line([2.0, 2.0]), Step::Close];
    assert!(Picture::from_shapes(42.0, 42.0, shape(good.to_vec())).is_ok());
    for (width, steps) in [
        (0.0, good.to_vec()),
        (f64::NAN, good.to_vec()),
        (f64::INFINITY, good.to_vec()),
        (42.0, vec![]),
        (42.0, good[1..].to_vec()),
        (42.0, [&good[..], &[Step::Line([f64::NAN, 1.0])]].concat()),
        (42.0, [&good[..], &[Step::Curve([[1.0; 2], [1e9, 0.0], [1.0; 2]])]].concat()),
        (42.0, good.repeat(60_000)),
    ] {
        assert!(Picture::from_shapes(width, 42.0, shape(steps.clone())).is_err(), "{width}, {} steps", steps.len());
    }
    let text = String::from_utf8_lossy(&file).replace("/Root 1 0 R", "/Root 1 0 R/Encrypt 3 0 R");
    assert_eq!(prepare_marks(text.as_bytes(), &one(1), false), Err(SealError::Pdf(PdfError::Encrypted)));
    let nothing = PdfDocument::open(std::sync::Arc::new(b"hello".to_vec()), &PdfLimits::default());
    assert!(matches!(nothing, Err(PdfError::NotPdf)));
}

#[test]
fn a_damaged_file_is_sealed_with_a_full_table_unless_it_has_signatures() {
    let broken = |bytes: &[u8]| -> Vec<u8> {
        let at = bytes.windows(9).rposition(|word| word == b"startxref").unwrap();
        [&bytes[..at], b"startxref\n7\n%%EOF\n"].concat()
    };
    let damaged = broken(&contract());
    assert!(open(&damaged).is_rebuilt());
    let sealed = seal(&damaged, &one(3));
    let document = open(&sealed);
    assert!(!document.is_rebuilt());
    assert_eq!(document.page_count(), 3);
    assert!(document.signatures().unwrap()[0].covers_whole_file);
    let signed = broken(&seal(&contract(), &one(1)));
    assert_eq!(prepare_marks(&signed, &one(1), false), Err(SealError::DamagedAndSigned));
}

#[test]
fn junk_before_and_behind_the_file_does_no_harm() {
    let original = contract();
    for (before, behind) in [("junk\r\n", ""), ("", "\0\0\0"), ("junk\n", "\r\n\r\n"), ("", "trailing words")] {
        let file = [before.as_bytes(), &original, behind.as_bytes()].concat();
        let sealed = seal(&seal(&file, &one(1)), &one(2));
        assert!(sealed.starts_with(&file));
        let document = open(&sealed);
        assert_eq!(document.page_count(), 3);
        let signatures = document.signatures().unwrap();
        assert_eq!(signatures.len(), 2, "{before:?} {behind:?}");
        assert!(signatures.iter().all(|one| one.is_well_framed() && one.revision_complete), "{signatures:?}");
        assert_eq!(signatures[0].later_changes.len(), 1);
    }
}

#[test]
fn an_appearance_is_written_once_for_equal_marks() {
    let marks: Vec<Mark> = (0..100).map(|at| Mark::whole(place(at % 3 + 1, 1.0, at as f64, 30.0))).collect();
    let many = prepare_marks(&contract(), &marks, false).unwrap().appended_bytes();
    let few = prepare_marks(&contract(), &marks[..1], false).unwrap().appended_bytes();
    assert!(many - few < 100 * 400, "{few} bytes with one mark, {many} with a hundred");
}
