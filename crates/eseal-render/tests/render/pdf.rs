//! Pages of PDF.

use std::sync::Arc;

use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_render::{FontLibrary, Limits, Options, PdfPages, RenderError};

/// A page of 60 by 40 mm, turned, with that content.
fn pdf(content: &str, rotate: u32) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 170.08 113.39]/Rotate {rotate}/Contents 4 0 R/Resources<<>>>>"),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len() + 1),
    ];
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    let start = out.len();
    out.extend(b"xref\n0 5\n0000000000 65535 f \n");
    for offset in offsets {
        out.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    out.extend(format!("trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

#[test]
fn the_page_is_turned_as_it_is_displayed() {
    let fonts = FontLibrary::shipped();
    // Red in the lower left corner of user space; one more row clockwise with each quarter turn.
    for (rotate, size, corner) in [
        (0, (227, 151), (5, 145)),
        (90, (151, 227), (5, 5)),
        (180, (227, 151), (220, 5)),
        (270, (151, 227), (145, 220)),
    ] {
        let document =
            PdfDocument::open(Arc::new(pdf("1 0 0 rg 0 0 20 20 re f", rotate)), &PdfLimits::default()).unwrap();
        let pages = PdfPages::new(&document).unwrap();
        let picture = pages.render(1, &Options::new(96.0, &fonts)).unwrap().picture;
        assert_eq!((picture.width, picture.height), size, "{rotate}");
        let at = ((corner.1 * picture.width + corner.0) * 3) as usize;
        assert_eq!(picture.rgb[at..at + 3], [255, 0, 0], "{rotate}");
        let red = picture.rgb.chunks(3).filter(|pixel| pixel == &[255, 0, 0]).count();
        assert!((600..=729).contains(&red), "{rotate}: {red}");
        assert!(pages.svg(1, &Options::new(96.0, &fonts)).unwrap().markup.starts_with("<svg"));
    }
}

#[test]
fn pages_that_cost_too_much_are_refused() {
    let fonts = FontLibrary::shipped();
    let content = "0 0 170 113 re f\n".repeat(20_000);
    let document = PdfDocument::open(Arc::new(pdf(&content, 0)), &PdfLimits::default()).unwrap();
    let pages = PdfPages::new(&document).unwrap();
    for limits in
        [Limits { objects: 10_000, ..Limits::default() }, Limits { painted_pixels: 100_000_000, ..Limits::default() }]
    {
        let outcome = pages.render(1, &Options { dpi: 96.0, fonts: &fonts, limits });
        assert!(matches!(outcome, Err(RenderError::TooLarge { .. })), "{outcome:?}");
    }
}
