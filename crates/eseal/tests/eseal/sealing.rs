//! Documents are sealed, once and many times, everywhere on the page.

use std::sync::Arc;

use eseal::{
    Across, Conclusion, Document, FileType, KeywordRule, Limits, MoveType, PageSelection, Placement, SearchOrder, Side,
    SignatureKind, prepare_detached,
};
use eseal_bytes::ByteSource;
use eseal_testkit::{OFD_KEYWORD, PDF_KEYWORD, SEAL_NAME};

use crate::world::{World, at, bytes_of, documents, open, sign};

#[test]
fn a_sealed_document_is_valid_and_says_everything_of_its_seal() {
    let world = World::new();
    for (name, bytes) in documents(3) {
        let sealed = world.seal(&bytes, &[at(1, 120.0, 40.0)]);
        let report = world.report(&sealed);
        assert_eq!(report.conclusion, Conclusion::Valid, "{name}: {report:#?}");
        assert!(report.coverage.complete && report.coverage.uncovered.is_empty(), "{name}: {:?}", report.coverage);
        let [signature] = &report.signatures[..] else { panic!("{name}") };
        assert_eq!(signature.kind, SignatureKind::Gbt38540);
        assert_eq!(signature.sign_time, Some(world.now));
        assert_eq!((&*signature.region, signature.recognised.as_str()), ("深圳", "issuer"));
        assert!(signature.covers_whole_file && signature.later_changes.is_empty() && signature.deviations.is_empty());
        let (seal, signer) = (signature.seal.as_ref().unwrap(), signature.signer.as_ref().unwrap());
        assert_eq!((&*seal.name, &seal.der, &signer.der), (SEAL_NAME, &world.seal, &world.pki.signer.certificate));
        let [place] = signature.placements[..] else { panic!("{name}: {:?}", signature.placements) };
        let edges = [place.left_mm, place.bottom_mm, place.right_mm, place.top_mm];
        let near = edges.iter().zip([120.0, 40.0, 162.0, 82.0]).all(|(found, wanted)| (found - wanted).abs() < 0.1);
        assert!(place.page == 1 && near, "{name}: {place:?}");
    }
}

#[test]
fn the_default_policy_accepts_what_is_good_now() {
    let world = World { policy: eseal::Policy::default(), ..World::new() };
    for (name, bytes) in documents(1) {
        let sealed = world.seal(&bytes, &[at(1, 20.0, 20.0)]);
        assert_eq!(world.report(&sealed).conclusion, Conclusion::Valid, "{name}");
    }
}

#[test]
fn twenty_seals_one_after_another_are_all_valid() {
    let world = World::new();
    for (name, mut bytes) in documents(2) {
        for number in 0..20 {
            let (column, row) = (f64::from(number % 4), f64::from(number / 4));
            bytes = world.seal(&bytes, &[at(1, 5.0 + 45.0 * column, 10.0 + 45.0 * row)]);
        }
        assert_eq!(open(&bytes).signature_count(), 20, "{name}");
        let report = world.report(&bytes);
        assert_eq!(report.conclusion, Conclusion::Valid, "{name}: {:#?}", report.summary);
        assert_eq!(report.signatures.len(), 20);
        for signature in &report.signatures {
            assert_eq!(signature.conclusion, Conclusion::Valid, "{name} {}: {:?}", signature.index, signature.summary);
            assert_eq!(signature.later_changes.is_empty(), signature.index == 19, "{name} {}", signature.index);
        }
    }
}

#[test]
fn one_signature_carries_marks_on_many_pages_and_edges() {
    let world = World::new();
    for side in [Side::Right, Side::Left, Side::Top, Side::Bottom] {
        for (name, bytes) in documents(5) {
            let across = Across {
                start_page: 1,
                end_page: -1,
                side,
                position_mm: 100.0,
                pages_per_seal: None,
                min_slice_mm: None,
            };
            let everywhere = Placement::Rectangle {
                pages: PageSelection::Ranges(vec![(1, 2), (-1, -1)]),
                left_mm: 30.0,
                bottom_mm: 50.0,
                right_mm: Some(60.0),
                top_mm: Some(20.0),
            };
            let sealed = world.seal(&bytes, &[everywhere, Placement::Across(across)]);
            let report = world.report(&sealed);
            assert_eq!(report.conclusion, Conclusion::Valid, "{name} {side:?}: {:?}", report.summary);
            assert_eq!(report.signatures.len(), 1);
            assert_eq!(report.signatures[0].placements.len(), 8, "{name} {side:?}");
        }
    }
}

#[test]
fn a_keyword_is_found_where_it_stands() {
    let world = World::new();
    let word = |keyword: &str, move_type| {
        Placement::Keyword(KeywordRule {
            keyword: keyword.into(),
            pages: PageSelection::All,
            number: 1,
            order: SearchOrder::Forward,
            move_type,
            move_right_mm: 2.0,
            move_up_mm: -1.0,
        })
    };
    for (bytes, keyword) in [(eseal_testkit::pdf(3), PDF_KEYWORD), (eseal_testkit::ofd(3), OFD_KEYWORD)] {
        let over = world.prepare(&bytes, &[word(keyword, MoveType::Over)]).unwrap().placements;
        let below = world.prepare(&bytes, &[word(keyword, MoveType::Below)]).unwrap().placements;
        let right = world.prepare(&bytes, &[word(keyword, MoveType::Right)]).unwrap().placements;
        let middle = |place: &eseal::Placed| {
            (f64::midpoint(place.left_mm, place.right_mm), f64::midpoint(place.bottom_mm, place.top_mm))
        };
        // The word stands 40 mm from the left and 200 mm from the bottom of page 2.
        let (x, y) = middle(&over[0]);
        assert!(over[0].page == 2 && (42.0..68.0).contains(&x) && (197.0..206.0).contains(&y), "{keyword}: {over:?}");
        assert!(below[0].top_mm < y && (middle(&below[0]).0 - x).abs() < 0.1, "{keyword}: {below:?}");
        assert!(right[0].left_mm > x && (middle(&right[0]).1 - y).abs() < 2.0, "{keyword}: {right:?}");
    }
}

#[test]
fn a_digest_is_sealed_without_its_document() {
    let world = World::new();
    let hash = eseal_gm::sm3(b"document elsewhere");
    let prepared = prepare_detached(hash, "elsewhere", &world.request(&[])).unwrap();
    assert_eq!((prepared.file_type, prepared.data_hash), (None, hash));
    let value = sign(&world.pki.signer, &prepared);
    let sealed = prepared.compose(Arc::new(Vec::new()), &value, None).unwrap();
    assert_eq!(bytes_of(&sealed), sealed.seal_signature);
    let read = eseal_ses::SealSignature::parse(&sealed.seal_signature).unwrap();
    assert_eq!((read.data_hash(), read.property_info(), read.deviations().len()), (Some(hash), "elsewhere", 0));
}

#[test]
fn documents_say_what_they_are() {
    for ((_, bytes), file_type) in documents(3).into_iter().zip([FileType::Pdf, FileType::Ofd]) {
        let document = open(&bytes);
        assert_eq!((document.file_type(), document.page_count(), document.signature_count()), (file_type, 3, 0));
        let size = document.page_size(3).unwrap();
        assert!((size.width_mm - 210.0).abs() < 0.1 && (size.height_mm - 297.0).abs() < 0.1);
        assert!(document.page_size(0).is_none() && document.page_size(4).is_none());
    }
}

/// A source that counts what is read of it.
struct Counted(Vec<u8>, std::sync::atomic::AtomicUsize);

impl ByteSource for Counted {
    fn len(&self) -> u64 {
        ByteSource::len(&self.0)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), eseal_bytes::ReadError> {
        self.1.fetch_max(buffer.len(), std::sync::atomic::Ordering::Relaxed);
        self.0.read_at(offset, buffer)
    }
}

/// A PDF of one page with an unused stream of that length.
fn large_pdf(length: usize) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Count 1/Kids[3 0 R]>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]>>".to_owned(),
        format!("<</Length {length}>>\nstream\n{}\nendstream", "x".repeat(length)),
    ];
    let (mut out, mut table) = ("%PDF-1.7\n".to_owned(), "xref\n0 5\n0000000000 65535 f \n".to_owned());
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = out.len();
    out += &format!("{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    out.into_bytes()
}

#[test]
fn a_large_document_is_never_read_at_once() {
    let world = World::new();
    let bytes = large_pdf(8_000_000);
    let source = Arc::new(Counted(bytes, Default::default()));
    let document = Document::open(source.clone(), &Limits::default()).unwrap();
    let places = [at(1, 20.0, 20.0)];
    let prepared = document.prepare(&world.request(&places)).unwrap();
    let value = sign(&world.pki.signer, &prepared);
    let sealed = prepared.compose(source.clone(), &value, None).unwrap();
    assert!(sealed.bytes.len() > 8_000_000);
    let largest = source.1.load(std::sync::atomic::Ordering::Relaxed);
    assert!(largest <= 1 << 20, "{largest} bytes at once");
}

/// A source that adds up what is read of it.
struct Summed(Vec<u8>, std::sync::atomic::AtomicUsize);

impl ByteSource for Summed {
    fn len(&self) -> u64 {
        ByteSource::len(&self.0)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), eseal_bytes::ReadError> {
        self.1.fetch_add(buffer.len(), std::sync::atomic::Ordering::Relaxed);
        self.0.read_at(offset, buffer)
    }
}

#[test]
fn what_is_read_grows_with_the_file_and_not_with_its_signatures() {
    let world = World::new();
    for (name, mut bytes) in documents(1) {
        // How many times over the file is read, with twelve signatures and with twice as many.
        let mut times_over = Vec::new();
        for number in 1..=24_u32 {
            bytes = world.seal(&bytes, &[at(1, 5.0 + 5.0 * f64::from(number), 20.0)]);
            if number % 12 != 0 {
                continue;
            }
            let source = Arc::new(Summed(bytes.clone(), Default::default()));
            let document = Document::open(source.clone(), &Limits::default()).unwrap();
            assert_eq!(document.signature_count(), usize::try_from(number).unwrap());
            document.examine().unwrap();
            times_over.push(source.1.load(std::sync::atomic::Ordering::Relaxed) as f64 / bytes.len() as f64);
        }
        assert!(times_over[1] < 1.2 * times_over[0], "{name}: {times_over:?}");
    }
}
