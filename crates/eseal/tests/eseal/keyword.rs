//! Seals at keywords (关键字定位): which matches are taken, and where the seal stands relative to them.

use std::time::Instant;

use eseal::{KeywordRule, MoveType, PageSelection, Placed, Placement, PlacementError, PrepareError, SearchOrder};
use eseal_testkit::{OFD_KEYWORD, PDF_KEYWORD};

use crate::world::{World, entries, packed};

fn rule(keyword: &str) -> KeywordRule {
    KeywordRule {
        keyword: keyword.into(),
        pages: PageSelection::All,
        number: 1,
        order: SearchOrder::Forward,
        move_type: MoveType::Over,
        move_right_mm: 0.0,
        move_up_mm: 0.0,
    }
}

fn places(world: &World, bytes: &[u8], rule: KeywordRule) -> Result<Vec<Placed>, PlacementError> {
    match world.prepare(bytes, &[Placement::Keyword(rule)]) {
        Ok(prepared) => Ok(prepared.placements),
        Err(PrepareError::Placement { index: 0, error }) => Err(error),
        Err(error) => panic!("{error:?}"),
    }
}

/// A one-page OFD with those objects.
fn ofd_page(objects: &str) -> Vec<u8> {
    let mut parts = entries(&eseal_testkit::ofd(1));
    for (name, content) in &mut parts {
        if name.ends_with("Content.xml") {
            let text = String::from_utf8(content.clone()).unwrap();
            let (before, rest) = text.split_once("<ofd:TextObject").unwrap();
            let (_, after) = rest.split_once("</ofd:TextObject>").unwrap();
            *content = [before, objects, after].concat().into_bytes();
        }
    }
    packed(&parts)
}

fn text(attributes: &str, content: &str) -> String {
    format!(
        "<ofd:TextObject Font=\"910\" Size=\"5\" {attributes}><ofd:TextCode X=\"0\" Y=\"5\" DeltaX=\"g 20 5\">{content}\
         </ofd:TextCode></ofd:TextObject>"
    )
}

#[test]
fn number_order_and_pages_select_among_the_matches() {
    let world = World::new();
    let (forward, backward) = (SearchOrder::Forward, SearchOrder::Backward);
    let some = || PageSelection::Ranges(vec![(3, 4), (1, 1), (-1, -1)]);
    let last = || PageSelection::Ranges(vec![(-1, -1)]);
    let (pdf, ofd) = (eseal_testkit::pdf(5), eseal_testkit::ofd(5));
    // Each page of the PDF has it once; in the OFD all but the second have.
    for (bytes, keyword, pages, number, order, expected) in [
        (&pdf, "Contract", PageSelection::All, 0, forward, Ok(vec![1, 2, 3, 4, 5])),
        (&pdf, "Contract", PageSelection::All, 0, backward, Ok(vec![5, 4, 3, 2, 1])),
        (&pdf, "Contract", PageSelection::All, 2, forward, Ok(vec![2])),
        (&pdf, "Contract", PageSelection::All, 2, backward, Ok(vec![4])),
        (&pdf, "Contract", some(), 0, forward, Ok(vec![1, 3, 4, 5])),
        (&pdf, "Contract", some(), 2, forward, Ok(vec![3])),
        (&pdf, "Contract", some(), 4, backward, Ok(vec![1])),
        (&pdf, "Contract", some(), 5, forward, Err(PlacementError::KeywordNotFound { found: 4 })),
        (&pdf, "Contract", last(), 1, forward, Ok(vec![5])),
        (&pdf, "Ｃｏｎ ｔｒａｃｔ，", last(), 1, forward, Ok(vec![5])),
        (
            &pdf,
            "Contract",
            PageSelection::Ranges(vec![(6, 6)]),
            1,
            forward,
            Err(PlacementError::NoSuchPage { page: 6, pages: 5 }),
        ),
        (&ofd, "合同正", PageSelection::All, 0, forward, Ok(vec![1, 3, 4, 5])),
        (&ofd, "合同正", PageSelection::All, 2, forward, Ok(vec![3])),
        (&ofd, "合同正", some(), 1, backward, Ok(vec![5])),
        (
            &ofd,
            "合同正",
            PageSelection::Ranges(vec![(2, 2)]),
            1,
            forward,
            Err(PlacementError::KeywordNotFound { found: 0 }),
        ),
    ] {
        let what = format!("{keyword} {number} {order:?} of {pages:?}");
        let found = places(&world, bytes, KeywordRule { pages, number, order, ..rule(keyword) });
        assert_eq!(found.map(|found| found.iter().map(|place| place.page).collect::<Vec<_>>()), expected, "{what}");
    }
    // On one page: the upper one first.
    let first = || PageSelection::Ranges(vec![(1, 1)]);
    for (number, order, bottom) in
        [(1, forward, 200.0), (2, forward, 141.0), (1, backward, 141.0), (2, backward, 200.0)]
    {
        let found = places(&world, &pdf, KeywordRule { pages: first(), number, order, ..rule("page") }).unwrap();
        let middle = f64::midpoint(found[0].bottom_mm, found[0].top_mm);
        assert!(found.len() == 1 && (middle - bottom).abs() < 4.0, "{number} {order:?}: {found:?}");
    }
}

#[test]
fn the_seal_stands_over_below_or_right_of_the_match() {
    let world = World::new();
    let seal = places(&world, &eseal_testkit::pdf(2), rule(PDF_KEYWORD)).unwrap()[0];
    let (width, height) = (seal.right_mm - seal.left_mm, seal.top_mm - seal.bottom_mm);
    let lines = [text("Boundary=\"100 100 90 9\"", "法定代"), text("Boundary=\"30 108 90 9\"", "表人")].concat();
    // Left, bottom, right and top of what counts for each of the three.
    for (name, bytes, keyword, over, below, right) in [
        // Helvetica of 16 points at 40,200 mm: its letters are 4.168 type sizes wide.
        ("PDF", eseal_testkit::pdf(2), PDF_KEYWORD, [40.0, 199.21, 63.53, 204.85], None, None),
        // The page turned clockwise: what was up is right.
        (
            "turned PDF",
            eseal_testkit::pdf_with(2, "/Rotate 90"),
            PDF_KEYWORD,
            [199.21, 146.47, 204.85, 170.0],
            None,
            None,
        ),
        (
            "cut PDF",
            eseal_testkit::pdf_with(2, "/CropBox[28.35 28.35 595.28 841.89]"),
            PDF_KEYWORD,
            [30.0, 189.21, 53.53, 194.85],
            None,
            None,
        ),
        ("OFD", eseal_testkit::ofd(2), OFD_KEYWORD, [40.0, 200.22, 56.8, 205.82], None, None),
        (
            "two lines",
            ofd_page(&lines),
            "法定代表人",
            [100.0, 191.3, 115.0, 196.3],
            Some([30.0, 183.3, 40.0, 188.3]),
            Some([35.0, 183.3, 40.0, 188.3]),
        ),
        (
            "down the page",
            ofd_page(&text("Boundary=\"100 100 9 90\" CTM=\"0 1 -1 0 9 0\"", "签章")),
            "签章",
            [103.3, 187.0, 108.3, 197.0],
            None,
            None,
        ),
    ] {
        // Of a turned or single line all count alike, but for the last character, which matters only across it.
        let (below, right) = (below.unwrap_or(over), right.unwrap_or(over));
        let middle = |place: [f64; 4]| (f64::midpoint(place[0], place[2]), f64::midpoint(place[1], place[3]));
        for (move_type, x, y) in [
            (MoveType::Over, middle(over).0 - width / 2.0, middle(over).1 - height / 2.0),
            (MoveType::Below, middle(below).0 - width / 2.0, below[1] - height),
            (MoveType::Right, right[2], middle(right).1 - height / 2.0),
        ] {
            let rule = KeywordRule { move_type, move_right_mm: 3.0, move_up_mm: -2.0, ..rule(keyword) };
            let found = places(&world, &bytes, rule).unwrap();
            let place = found[0];
            // Right of the last character: its middle differs from the line's where the line does not lie flat.
            let flat = over[2] - over[0] > over[3] - over[1];
            let near = (place.left_mm - x - 3.0).abs() < 0.05
                && (!flat && move_type == MoveType::Right || (place.bottom_mm - y + 2.0).abs() < 0.05);
            assert!(near, "{name} {move_type:?}: {place:?}, not {x} {y}");
            assert!(
                (place.right_mm - place.left_mm - width).abs() < 1e-6
                    && (place.top_mm - place.bottom_mm - height).abs() < 1e-6
            );
        }
    }
}

#[test]
fn only_what_is_on_the_page_counts_and_what_is_unseen_is_said() {
    let world = World::new();
    let visible = text("Boundary=\"80 100 50 9\"", "签章处");
    for (name, objects, expected) in [
        ("seen", visible.clone(), Some(false)),
        ("without paint", text("Boundary=\"80 100 50 9\" Fill=\"false\"", "签章处"), Some(true)),
        ("both", [text("Boundary=\"80 100 50 9\" Fill=\"false\"", "签章处"), visible].concat(), Some(false)),
        ("switched off", text("Boundary=\"80 100 50 9\" Visible=\"false\"", "签章处"), None),
        // Layers of recognised text are such (OCR over a scan).
        ("transparent", text("Boundary=\"80 100 50 9\" Alpha=\"0\"", "签章处"), Some(true)),
        ("off the page", text("Boundary=\"300 100 50 9\"", "签章处"), None),
    ] {
        let prepared = world.prepare(&ofd_page(&objects), &[Placement::Keyword(rule("签章处"))]);
        match (prepared, expected) {
            (Ok(prepared), Some(hidden)) => {
                let said = prepared.warnings.iter().any(|warning| warning.contains("hidden text"));
                assert_eq!(said, hidden, "{name}: {:?}", prepared.warnings);
            }
            (Err(PrepareError::Placement { error: PlacementError::KeywordNotFound { found: 0 }, .. }), None) => {}
            (other, _) => panic!("{name}: {:?}", other.map(|prepared| prepared.placements)),
        }
    }
}

#[test]
fn a_seal_that_a_keyword_leads_off_the_page_is_refused() {
    let world = World::new();
    for (right, up) in [(200.0, 0.0), (-60.0, 0.0), (0.0, 100.0), (0.0, -250.0)] {
        for (bytes, keyword) in [(eseal_testkit::pdf(2), PDF_KEYWORD), (eseal_testkit::ofd(2), OFD_KEYWORD)] {
            let found = places(&world, &bytes, KeywordRule { move_right_mm: right, move_up_mm: up, ..rule(keyword) });
            assert!(matches!(found, Err(PlacementError::OffPage { page: 2, .. })), "{keyword} {right} {up}: {found:?}");
        }
    }
    let nonsense = places(&world, &eseal_testkit::pdf(2), KeywordRule { move_up_mm: f64::NAN, ..rule(PDF_KEYWORD) });
    assert!(matches!(nonsense, Err(PlacementError::Nonsense(_))), "{nonsense:?}");
}

/// What a search costs: `cargo test -p eseal --release -- --ignored --nocapture a_thousand`.
#[test]
#[ignore = "measures"]
fn a_thousand_pages_are_searched() {
    let world = World::new();
    for (name, bytes, keyword) in
        [("PDF", eseal_testkit::pdf(1_000), PDF_KEYWORD), ("OFD", eseal_testkit::ofd(1_000), OFD_KEYWORD)]
    {
        for (order, what) in [(SearchOrder::Forward, "page 2 of 1,000"), (SearchOrder::Backward, "all pages")] {
            let start = Instant::now();
            let found = places(&world, &bytes, KeywordRule { order, ..rule(keyword) }).unwrap();
            assert_eq!(found[0].page, 2);
            println!("{name}, {} bytes, {what}: {:?}", bytes.len(), start.elapsed());
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}
