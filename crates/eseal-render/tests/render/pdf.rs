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
    let [body, end] = assembled(&objects, 0);
    [body, end].concat()
}

/// Objects from number 1 on, the catalog first; and the table behind them, `gap` bytes later.
pub(crate) fn assembled(objects: &[String], gap: usize) -> [Vec<u8>; 2] {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    let (start, size) = (out.len() + gap, objects.len() + 1);
    let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n").into_bytes();
    for offset in offsets {
        end.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    end.extend(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    [out, end]
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
fn annotations_that_bring_no_picture_of_themselves_are_told() {
    let fonts = FontLibrary::shipped();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Annots[<</Subtype/Highlight/Rect[0 0 9 9]>><</Subtype/Link/Rect[0 0 9 9]>>\
         <</Subtype/Ink/F 2/Rect[0 0 9 9]>><</Subtype/Widget/FT/Tx/V(text)/Rect[0 0 9 9]>><</Subtype/Widget/FT/Tx/Rect[0 0 9 9]>>\
         <</Subtype/Widget/FT/Btn/AS/Off/AP<</N<</Yes 4 0 R>>>>/Rect[0 0 9 9]>><</Subtype/Square/AP<</N 4 0 R>>/Rect[0 0 9 9]>>]>>"
            .to_owned(),
        "<</Subtype/Form/BBox[0 0 9 9]/Length 0>>stream\n\nendstream".to_owned(),
    ];
    let document = PdfDocument::open(Arc::new(assembled(&objects, 0).concat()), &PdfLimits::default()).unwrap();
    let rendered = PdfPages::new(&document).unwrap().render(1, &Options::new(48.0, &fonts)).unwrap();
    assert_eq!(
        crate::package::told(&rendered),
        [
            "FEATURE_DROPPED an annotation without a picture of itself: Highlight",
            "FEATURE_DROPPED the value of a form field without a picture of itself",
        ]
    );
}

#[test]
fn old_chinese_fonts_are_read_as_gbk() {
    let fonts = FontLibrary::shipped();
    let file = |name: &str| {
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 40]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>".to_owned(),
            "<</Length 42>>stream\nBT /F 20 Tf 10 10 Td <C4BFC2BC2041> Tj ET \nendstream".to_owned(),
            format!(
                "<</Type/Font/Subtype/TrueType/BaseFont/{name}/Encoding/WinAnsiEncoding/FirstChar 0/LastChar 0/Widths[500]>>"
            ),
        ];
        PdfDocument::open(Arc::new(assembled(&objects, 0).concat()), &PdfLimits::default()).unwrap()
    };
    for (name, expected) in [("#CB#CE#CC#E5", "目录 A"), ("#b7#c2#cb#ce_GB2312", "目录 A"), ("SomeFont", "Ä¿Â¼ A")]
    {
        let document = file(name);
        let page = eseal_render::Document::Pdf(&document);
        let text = eseal_render::page_text(page, 1, &Options::new(96.0, &fonts)).unwrap();
        // The blank of half a width has a code of its own.
        let plain = |text: char| if text.is_whitespace() { ' ' } else { text };
        let text: String = text.chars.iter().map(|found| plain(found.text)).collect();
        assert_eq!(text, expected, "{name}");
        let drawn = PdfPages::new(&document).unwrap().render(1, &Options::new(96.0, &fonts)).unwrap();
        assert!(drawn.picture.rgb.chunks(3).filter(|pixel| pixel[0] < 128).count() > 100, "{name}");
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
