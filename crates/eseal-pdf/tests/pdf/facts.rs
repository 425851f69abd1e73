//! Facts about signatures, and what came after them.

use eseal_pdf::{ByteRangeFault, LaterChange, Mark, PdfSignature};

use crate::support::*;

fn sealed() -> Vec<u8> {
    seal(&contract(), &[Mark::whole(place(1, 20.0, 20.0, 40.0))])
}

fn signatures(bytes: &[u8]) -> Vec<PdfSignature> {
    open(bytes).signatures().unwrap()
}

/// Later changes of the only signature, after appending `objects`.
fn after(bytes: &[u8], objects: &[(u32, &str)]) -> Vec<LaterChange> {
    let mut found = signatures(&append(bytes, objects));
    found.remove(0).later_changes
}

fn edited(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let at = bytes.windows(old.len()).rposition(|found| found == old.as_bytes()).unwrap();
    let mut bytes = bytes.to_vec();
    bytes[at..at + new.len()].copy_from_slice(new.as_bytes());
    bytes
}

#[test]
fn the_frame_is_checked_number_by_number() {
    let file = sealed();
    let range = signatures(&file)[0].byte_range.unwrap();
    let [_, first, second, rest] = range;
    let text = format!("[0 {first:12} {second:12} {rest:12}]");
    let with = |a: u64, b: u64, c: u64, d: u64| {
        let new = format!("[{a} {b:12} {c:12} {d:12}]");
        signatures(&edited(&file, &text, &new))[0].faults.clone()
    };
    assert_eq!(with(0, first, second, rest), []);
    assert_eq!(with(1, first, second, rest), [ByteRangeFault::DoesNotStartAtZero, ByteRangeFault::GapIsNotContents]);
    assert_eq!(with(0, first + 1, second, rest), [ByteRangeFault::GapIsNotContents]);
    assert_eq!(with(0, first, second - 1, rest), [ByteRangeFault::GapIsNotContents]);
    assert_eq!(with(0, first, second, rest + 1), [ByteRangeFault::BeyondEnd]);
    assert_eq!(with(0, second, first, rest), [ByteRangeFault::Overlap, ByteRangeFault::GapIsNotContents]);
    let words = format!("[0 {:>12} {second:12} {rest:12}]", "-5");
    assert_eq!(signatures(&edited(&file, &text, &words))[0].faults, [ByteRangeFault::NotFourIntegers]);
    let contents = "<3003020105";
    assert_eq!(signatures(&edited(&file, contents, "<30030201xy"))[0].faults, [ByteRangeFault::NotHexadecimal]);
}

#[test]
fn what_was_changed_after_a_signature_is_named() {
    let file = sealed();
    let catalog = open(&file).object(eseal_pdf::Ref { number: 1, generation: 0 }).unwrap();
    let form = catalog.as_dict().unwrap().get(b"AcroForm").unwrap().as_ref().unwrap().number;
    let catalog = |extra: &str| format!("<</Type/Catalog/Pages 2 0 R/AcroForm {form} 0 R{extra}>>");
    let page = |number: usize, extra: &str| contract_objects("", ["", "", extra])[number - 1].clone();
    let content = |number: usize| LaterChange::Object { object: number as u32, what: "was replaced".into() };
    assert_eq!(after(&file, &[(5, "<</Length 2>>\nstream\n  \nendstream")]), [content(5)]);
    assert_eq!(after(&file, &[(3, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")]), [content(3)]);
    assert_eq!(after(&file, &[(3, "<</Subtype/Type1/Type/Font/BaseFont/Helvetica>>")]), [], "written again as it was");
    assert_eq!(
        after(&file, &[(6, &page(6, "").replace("5.28", "5.29"))]),
        [LaterChange::Page { page: 2, object: 6, entry: "MediaBox".to_owned() }]
    );
    assert_eq!(
        after(&file, &[(6, &page(6, "").replace("/Parent", "/Annots[50 0 R]/Parent")), (50, "<</Subtype/Stamp>>")]),
        [
            LaterChange::Page { page: 2, object: 6, entry: "Annots".to_owned() },
            LaterChange::Object { object: 50, what: "was added without being part of a signature".into() }
        ]
    );
    assert_eq!(
        after(&file, &[(1, &catalog("/OpenAction 60 0 R")), (60, "<</S/JavaScript/JS(1)>>")]),
        [
            LaterChange::Catalog { entry: "OpenAction".to_owned() },
            LaterChange::Object { object: 60, what: "was added without being part of a signature".into() }
        ]
    );
    let dss = [(1, &*catalog("/DSS 60 0 R")), (60, "<</Certs[61 0 R]>>"), (61, "<</Length 0>>\nstream\n\nendstream")];
    assert_eq!(after(&file, &dss), [LaterChange::ValidationData]);
    let meta = [(1, &*catalog("/Metadata 60 0 R")), (60, "<</Type/Metadata/Length 0>>\nstream\n\nendstream")];
    assert_eq!(after(&file, &meta), [LaterChange::Metadata]);
    assert_eq!(after(&file, &[(2, "<</Type/Pages/Count 1/Kids[4 0 R]>>")]), [content(2)]);
    assert_eq!(after(&file, &[(70, "(never used)")]).len(), 1);
}

#[test]
fn a_second_signature_may_not_bring_anything_else() {
    let mark = [Mark::whole(place(2, 20.0, 20.0, 40.0))];
    let file = seal(&sealed(), &mark);
    let all = signatures(&file);
    assert!(matches!(all[0].later_changes[..], [LaterChange::Signature { .. }]));
    assert!(!all[0].covers_whole_file && all[1].covers_whole_file);
    // The appearance of the first seal is exchanged.
    let text = String::from_utf8_lossy(&sealed()).into_owned();
    let at = text.find("/AP <</N ").unwrap();
    let number: u32 = text[at + 9..].split(' ').next().unwrap().parse().unwrap();
    let changes =
        after(&file, &[(number, "<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length 0>>\nstream\n\nendstream")]);
    assert!(changes.contains(&LaterChange::Object { object: number, what: "was replaced".into() }), "{changes:?}");
}

#[test]
fn a_widget_of_a_signature_cannot_be_moved_and_its_value_not_replaced() {
    let file = sealed();
    let text = String::from_utf8_lossy(&file).into_owned();
    let widget = text.find("/Subtype /Widget").unwrap();
    let begin = text[..widget].rfind(" 0 obj").unwrap();
    let number: u32 = text[..begin].rsplit('\n').next().unwrap().parse().unwrap();
    let body = text[begin + 7..].split("\nendobj").next().unwrap();
    let moved = body.replace("/Rect [", "/Rect [1");
    assert_eq!(
        after(&file, &[(number, &moved)]),
        [LaterChange::Object { object: number, what: "a signature field was changed".into() }]
    );
    let at = body.find("/V ").unwrap();
    let value = signatures(&file)[0].reference;
    let replaced = format!("{}/V 90 0 R>>", &body[..at]);
    let all = signatures(&append(&file, &[(number, &replaced), (90, "<</Type/Sig>>")]));
    let changes = &all.iter().find(|signature| signature.reference == value).unwrap().later_changes;
    let expected = LaterChange::Object { object: number, what: "the value of a signature field was replaced".into() };
    assert!(changes.contains(&expected), "{changes:?}");
}

#[test]
fn a_redefined_signature_dictionary_is_seen_twice() {
    let file = sealed();
    let number = signatures(&file)[0].reference.number;
    let again = append(&file, &[(number, "<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>")]);
    let all = signatures(&again);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all.iter().any(|signature| signature.redefined));
    assert!(!all.iter().any(|signature| signature.is_well_framed()));
}

#[test]
fn a_dictionary_that_no_field_refers_to_is_found() {
    let file = append(&contract(), &[(50, "<</Type/Sig/ByteRange[0 10 20 30]/Contents<3000>>>")]);
    let all = signatures(&file);
    assert_eq!(all.len(), 1);
    assert!(all[0].fields.is_empty() && all[0].placements.is_empty());
    assert_eq!(all[0].contents, [0x30, 0]);
    // Even if no cross-reference names it.
    let mut hidden = contract();
    hidden.extend(b"77 0 obj\n<</Type/Sig/ByteRange[0 10 20 30]/Contents<3000>>>\nendobj\n");
    assert_eq!(signatures(&hidden).len(), 1);
    // But not what is data of a stream.
    let data = "50 0 obj <</Type/Sig/ByteRange[0 10 20 30]/Contents<3000>>> endobj";
    let attached = format!("<</Length {}>>\nstream\n{data}\nendstream", data.len());
    assert_eq!(signatures(&append(&contract(), &[(51, &attached)])).len(), 0);
}

#[test]
fn fields_that_share_a_value_are_one_signature() {
    let marks = [Mark::whole(place(1, 20.0, 20.0, 40.0)), Mark::whole(place(2, 20.0, 20.0, 40.0))];
    let all = signatures(&seal(&contract(), &marks));
    assert_eq!((all.len(), all[0].fields.len(), all[0].placements.len()), (1, 2, 2));
}

#[test]
fn a_later_field_cannot_borrow_an_earlier_signature() {
    let file = sealed();
    let value = signatures(&file)[0].reference.number;
    let catalog = open(&file).object(eseal_pdf::Ref { number: 1, generation: 0 }).unwrap();
    let form = catalog.as_dict().unwrap().get(b"AcroForm").unwrap().as_ref().unwrap();
    let fields = open(&file).object(form).unwrap();
    let known = fields.as_dict().unwrap().get(b"Fields").unwrap().as_array().unwrap()[0].as_ref().unwrap().number;
    let changes = after(
        &file,
        &[
            (form.number, &format!("<</Fields[{known} 0 R 80 0 R]/SigFlags 3>>")),
            (80, &format!("<</FT/Sig/T(Copy)/Subtype/Widget/Rect[1 1 99 99]/P 6 0 R/V {value} 0 R>>")),
            (6, &contract_objects("", ["", "", ""])[5].replace("/Parent", "/Annots[80 0 R]/Parent")),
        ],
    );
    assert!(!changes.iter().all(LaterChange::is_harmless), "{changes:?}");
}

#[test]
fn a_reference_that_led_nowhere_cannot_be_filled_unseen() {
    let mut objects = contract_objects("", ["", "", ""]);
    objects[3] = objects[3].replace("/Parent", "/Annots[12 0 R 13 0 R 14 0 R 15 0 R 16 0 R]/Parent");
    let original = table_file(&objects);
    let first = seal(&original, &[Mark::whole(place(3, 20.0, 20.0, 40.0))]);
    let second = seal(&first, &[Mark::whole(place(2, 20.0, 20.0, 40.0))]);
    let changes = &signatures(&second)[0].later_changes;
    let filled =
        |change: &LaterChange| matches!(change, LaterChange::Object { what, .. } if what.contains("led nowhere"));
    assert!(changes.iter().any(filled), "{changes:?}");
}

#[test]
fn an_object_cannot_reach_beyond_the_signed_part() {
    // The signed file has a stream whose length leads behind its end.
    let mut objects = contract_objects("", ["", "", ""]);
    objects[4] = "<</Length 20000>>\nstream\nBT ET\nendstream".to_owned();
    let file = seal(&table_file(&objects), &[Mark::whole(place(1, 20.0, 20.0, 40.0))]);
    let start = file.windows(6).position(|word| word == b"BT ET\n").unwrap();
    let mut longer = file;
    longer.resize(start + 20_000, b' ');
    longer.extend(b"\nendstream\n");
    let longer = append(&longer, &[(70, "null")]);
    // The text says where the previous section is: it is still the last `startxref`.
    let changes = &signatures(&longer)[0].later_changes;
    assert!(
        changes.contains(&LaterChange::Object { object: 5, what: "reaches beyond the signed part".into() }),
        "{changes:?}"
    );
}

#[test]
fn bytes_behind_the_last_revision_are_named() {
    let mut file = sealed();
    let len = file.len() as u64;
    file.extend(b"<script>");
    assert_eq!(signatures(&file)[0].later_changes, [LaterChange::StrayBytes { offset: len, len: 8 }]);
    assert!(!signatures(&file)[0].covers_whole_file);
    let mut blank = sealed();
    blank.extend(b"\r\n \n");
    assert!(signatures(&blank)[0].covers_whole_file);
}

#[test]
fn any_flip_changes_the_digest_or_the_facts() {
    let file = sealed();
    let document = open(&file);
    let good = document.signatures().unwrap();
    let digest = document.digests(&good).unwrap().signed;
    for at in (0..file.len()).step_by(41) {
        let mut flipped = file.clone();
        flipped[at] ^= 0x01;
        let source = std::sync::Arc::new(flipped);
        let Ok(document) = eseal_pdf::PdfDocument::open(source, &eseal_pdf::PdfLimits::default()) else { continue };
        let Ok(found) = document.signatures() else { continue };
        let same = found == good && document.digests(&found).unwrap().signed == digest;
        assert!(!same, "byte {at}");
    }
}
