//! Files made to cost: pictures that claim to be huge, ten thousand pages, circles, more bytes than fit.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eseal_bytes::{ByteSource, ReadError};
use eseal_ofd::{Limits as OfdLimits, Ofd};
use eseal_pdf::{PdfDocument, PdfLimits};
use eseal_render::{
    Document, FontLibrary, Limits, OfdOptions, OfdPages, Options, PdfOptions, PdfPages, RenderError, ofd_to_pdf,
    page_text, pdf_to_ofd,
};

use crate::{
    package::{Package, told, zip},
    pdf::assembled,
};

/// More than any of these may take, in debug mode on a busy machine.
const SOON: Duration = Duration::from_secs(60);

fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what}: {:?}", start.elapsed());
    assert!(start.elapsed() < SOON, "{what}: {:?}", start.elapsed());
    done
}

/// Heads of pictures of 60,000 by 60,000 pixels and more, with hardly anything behind them.
fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    let side = 60_000_u32;
    let png = {
        let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
        out.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
        out.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        out
    };
    let jpeg = b"\xFF\xD8\xFF\xC0\0\x11\x08\xEA\x60\xEA\x60\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xFF\xDA".to_vec();
    let bmp = {
        let mut out = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
        out.extend([side.to_le_bytes(), side.to_le_bytes()].concat());
        out.extend([1, 0, 24, 0]);
        out.resize(54, 0);
        out
    };
    let gif = b"GIF89a\xFF\xFF\xFF\xFF\0\0\0,\0\0\0\0\xFF\xFF\xFF\xFF\0\x08\x01\0\0;".to_vec();
    let tiff = {
        let mut out = b"II*\0\x08\0\0\0\x05\0".to_vec();
        for (tag, value) in [(256_u16, side), (257, side), (258, 8), (262, 1), (273, 8)] {
            out.extend(tag.to_le_bytes());
            out.extend(4_u16.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        out.extend([0; 4]);
        out
    };
    let jbig2 = {
        let mut out = b"\x97JB2\r\n\x1a\n\x01\0\0\0\x01\0\0\0\0\x30\0\x01\0\0\0\x13".to_vec();
        out.extend([u32::MAX.to_be_bytes(), u32::MAX.to_be_bytes()].concat());
        out.extend([0; 11]);
        out
    };
    let jpeg2000 = {
        let mut out = b"\xFF\x4F\xFF\x51\0\x29\0\0".to_vec();
        for value in [side, side, 0, 0, side, side, 0, 0] {
            out.extend(value.to_be_bytes());
        }
        out.extend([0, 1, 7, 1, 1]);
        out
    };
    vec![
        ("PNG", png),
        ("JPEG", jpeg),
        ("BMP", bmp),
        ("GIF", gif),
        ("TIFF", tiff),
        ("JBIG2", jbig2),
        ("JPEG 2000", jpeg2000),
    ]
}

#[test]
fn pictures_that_claim_to_be_huge_are_missing_pictures() {
    for (name, bytes) in pictures() {
        let list = "<ofd:MultiMedias><ofd:MultiMedia ID=\"10\" Type=\"Image\"><ofd:MediaFile>a.dat</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>";
        let object = "<ofd:ImageObject ID=\"5\" ResourceID=\"10\" Boundary=\"0 0 60 40\" CTM=\"60 0 0 40 0 0\"/>";
        let package = Package::of(object).resources(list).part("Doc/a.dat", bytes);
        let rendered = soon(name, || package.render(30.0)).unwrap();
        let told = told(&rendered);
        assert!(told.len() == 1 && told[0].starts_with("IMAGE_MISSING ImageObject 5: "), "{name}: {told:?}");
    }
}

#[test]
fn ten_thousand_pages_of_ofd_are_opened_and_any_is_drawn() {
    const PAGES: usize = 10_000;
    const XML: &str = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
    let mut parts = vec![(
        "OFD.xml".to_owned(),
        format!("<ofd:OFD {XML}><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>")
            .into_bytes(),
    )];
    let list: String = (1..=PAGES).map(|page| format!("<ofd:Page ID=\"{page}\" BaseLoc=\"P/{page}.xml\"/>")).collect();
    let document = format!(
        "<ofd:Document {XML}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 60 40</ofd:PhysicalBox></ofd:PageArea>\
         </ofd:CommonData><ofd:Pages>{list}</ofd:Pages></ofd:Document>"
    );
    parts.push(("D/Document.xml".into(), document.into_bytes()));
    for page in 1..=PAGES {
        let content = format!(
            "<ofd:Page {XML}><ofd:Content><ofd:Layer ID=\"2\"><ofd:TextObject ID=\"3\" Boundary=\"5 5 50 10\" Size=\"6\"><ofd:TextCode X=\"0\" \
             Y=\"6\">{page}</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"
        );
        parts.push((format!("D/P/{page}.xml"), content.into_bytes()));
    }
    let bytes = zip(&parts);
    let fonts = FontLibrary::shipped();
    let ofd = soon("OFD of 10,000 pages, opened", || Ofd::open(Arc::new(bytes), &OfdLimits::default())).unwrap();
    assert_eq!(ofd.pages().len(), PAGES);
    let pages = OfdPages::new(&ofd, &fonts, Limits::default()).unwrap();
    soon("five of its pages", || {
        for number in [1, 2, 5_000, 9_999, PAGES] {
            let text: String = pages.text(number).unwrap().chars.iter().map(|found| found.text).collect();
            assert_eq!(text, number.to_string());
            pages.render(number, 48.0).unwrap();
        }
    });
    assert!(matches!(pages.render(PAGES + 1, 48.0), Err(RenderError::NoSuchPage { .. })));
}

#[test]
fn ten_thousand_pages_of_pdf_are_opened_and_any_is_drawn() {
    const PAGES: usize = 10_000;
    let kids: String = (0..PAGES).map(|page| format!("{} 0 R ", page + 4)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{kids}]/Count {PAGES}/MediaBox[0 0 170 113]>>"),
        "<</Length 22>>stream\n1 0 0 rg 0 0 20 20 re f\nendstream".to_owned(),
    ];
    objects.extend((0..PAGES).map(|_| "<</Type/Page/Parent 2 0 R/Contents 3 0 R>>".to_owned()));
    let bytes = assembled(&objects, 0).concat();
    let fonts = FontLibrary::shipped();
    let document =
        soon("PDF of 10,000 pages, opened", || PdfDocument::open(Arc::new(bytes), &PdfLimits::default())).unwrap();
    assert_eq!(document.page_count(), PAGES);
    let pages = soon("PDF of 10,000 pages, prepared", || PdfPages::new(&document)).unwrap();
    soon("three of its pages", || {
        for number in [1, 5_000, PAGES] {
            let picture = pages.render(number, &Options::new(48.0, &fonts)).unwrap().picture;
            assert!(picture.rgb.chunks(3).any(|pixel| pixel == [255, 0, 0]));
        }
    });
}

/// How many of them a test makes: fewer than the figure in the docs, which are from a run with the variable set.
fn many(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn long_documents_go_there_and_back_in_bounded_time_and_each_page_is_told() {
    let count = many("ESEAL_PAGES", 500);
    let kids: String = (0..count).map(|page| format!("{} 0 R ", page + 4)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!(
            "<</Type/Pages/Kids[{kids}]/Count {count}/MediaBox[0 0 170 113]/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        ),
        "<</Length 35>>stream\nBT /F 14 Tf 20 60 Td (a page) Tj ET\nendstream".to_owned(),
    ];
    objects.extend((0..count).map(|_| "<</Type/Page/Parent 2 0 R/Contents 3 0 R>>".to_owned()));
    let document = PdfDocument::open(Arc::new(assembled(&objects, 0).concat()), &PdfLimits::default()).unwrap();
    let fonts = FontLibrary::shipped();
    let told = std::cell::Cell::new(0);
    let tell = |done, of| {
        assert_eq!((done, of), (told.get() + 1, count));
        told.set(done);
        true
    };
    let options = OfdOptions { progress: Some(&tell), ..OfdOptions::default() };
    let written = soon("many pages to OFD", || pdf_to_ofd(&document, &fonts, &options)).unwrap();
    assert_eq!((written.page_count, told.replace(0)), (count, count));
    let ofd = Ofd::open(Arc::new(written.bytes), &OfdLimits::default()).unwrap();
    let options = PdfOptions { progress: Some(&tell), ..PdfOptions::default() };
    let written = soon("many pages to PDF", || ofd_to_pdf(&ofd, &fonts, &options)).unwrap();
    assert_eq!((written.page_count, told.get()), (count, count));
}

#[test]
fn a_pdf_of_very_many_objects_is_read_drawn_and_converted() {
    let count = many("ESEAL_OBJECTS", 100_000);
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        // All are led to by the page, in a chain and in one list.
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 170 113]/Contents 4 0 R/PieceInfo<</A<</Private {} 0 R>>>>>>",
            count + 4
        ),
        "<</Length 22>>stream\n1 0 0 rg 0 0 20 20 re f\nendstream".to_owned(),
    ];
    objects.extend((0..count).map(|number| format!("<</Last {} 0 R/Number {number}>>", number + 4)));
    let bytes = assembled(&objects, 0).concat();
    let fonts = FontLibrary::shipped();
    let document =
        soon("very many objects, opened", || PdfDocument::open(Arc::new(bytes), &PdfLimits::default())).unwrap();
    let pages = soon("very many objects, prepared", || PdfPages::new(&document)).unwrap();
    let picture = soon("their page", || pages.render(1, &Options::new(48.0, &fonts))).unwrap().picture;
    assert!(picture.rgb.chunks(3).any(|pixel| pixel == [255, 0, 0]));
    let text = soon("its text", || page_text(Document::Pdf(&document), 1, &Options::new(48.0, &fonts)));
    assert!(text.unwrap().chars.is_empty());
    let written = soon("to OFD", || pdf_to_ofd(&document, &fonts, &OfdOptions::default())).unwrap();
    assert!(written.page_count == 1 && written.bytes.len() < 100_000);
}

#[test]
fn what_leads_in_circles_in_a_pdf_ends() {
    let fonts = FontLibrary::shipped();
    let form = |name: &str, resources: &str, content: &str| {
        format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<<{resources}>>/Length {}>>stream\n{content}\nendstream%{name}",
            content.len()
        )
    };
    let page = |resources: &str| {
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<<{resources}>>/Contents 4 0 R>>")
    };
    let stream = |content: &str| format!("<</Length {}>>stream\n{content}\nendstream", content.len());
    let start = ["<</Type/Catalog/Pages 2 0 R>>".to_owned(), "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned()];
    let cases = [
        ("a form that draws itself", page("/XObject<</A 5 0 R>>"), "/A Do", form("A", "/XObject<</A 5 0 R>>", "/A Do")),
        (
            "a form that draws itself many times",
            page("/XObject<</A 5 0 R>>"),
            "/A Do",
            form("A", "/XObject<</A 5 0 R>>", &"/A Do ".repeat(20)),
        ),
        (
            "a pattern painted with itself",
            page("/Pattern<</P 5 0 R>>"),
            "/Pattern cs /P scn 0 0 100 100 re f",
            "<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<</Pattern<</P 5 0 R>>>>\
             /Length 32>>stream\n/Pattern cs /P scn 0 0 9 9 re f \nendstream"
                .to_owned(),
        ),
        (
            "a mask that is masked by itself",
            page("/ExtGState<</G 5 0 R>>"),
            "/G gs 0 0 100 100 re f",
            "<</Type/ExtGState/SMask<</S/Luminosity/G 6 0 R>>>>".to_owned(),
        ),
        (
            "a Type 3 font whose glyph is written in itself",
            page("/Font<</F 5 0 R>>"),
            "BT /F 10 Tf (a) Tj ET",
            "<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[1]\
             /Encoding<</Differences[97/a]>>/CharProcs<</a 7 0 R>>/Resources<</Font<</F 5 0 R>>>>>>"
                .to_owned(),
        ),
    ];
    for (name, page, content, object) in cases {
        let mut objects = start.to_vec();
        objects.extend([page, stream(content), object]);
        objects.push(form("M", "/ExtGState<</G 5 0 R>>", "/G gs 0 0 50 50 re f"));
        objects.push(stream("1 0 d0 BT /F 1 Tf (a) Tj ET"));
        let document = PdfDocument::open(Arc::new(assembled(&objects, 0).concat()), &PdfLimits::default()).unwrap();
        let pages = PdfPages::new(&document).unwrap();
        let outcome = soon(name, || pages.render(1, &Options::new(48.0, &fonts)));
        let is_fine = matches!(&outcome, Ok(_) | Err(RenderError::TooLarge { .. } | RenderError::Unreadable { .. }));
        assert!(is_fine, "{name}: {outcome:?}");
    }
}

/// A beginning and an end with blanks between, which are nowhere kept.
struct Sparse {
    start: Vec<u8>,
    gap: u64,
    end: Vec<u8>,
}

impl ByteSource for Sparse {
    fn len(&self) -> u64 {
        self.start.len() as u64 + self.gap + self.end.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let (size, len) = (self.len(), buffer.len() as u64);
        if offset + len > size {
            return Err(ReadError::OutOfRange { offset, len, size });
        }
        for (place, byte) in (offset..).zip(buffer.iter_mut()) {
            let behind = place.checked_sub(self.start.len() as u64 + self.gap);
            *byte = match (self.start.get(place as usize), behind) {
                (Some(byte), _) => *byte,
                (None, Some(behind)) => self.end[behind as usize],
                (None, None) => b'\n',
            };
        }
        Ok(())
    }
}

#[test]
fn a_pdf_of_more_bytes_than_are_read_whole_is_refused_by_that_limit() {
    let gap = 600_usize << 20;
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>".to_owned(),
    ];
    let [start, end] = assembled(&objects, gap);
    let source = Arc::new(Sparse { start, gap: gap as u64, end });
    let document = soon("PDF of 600 MiB, opened", || PdfDocument::open(source, &PdfLimits::default())).unwrap();
    assert_eq!(document.page_count(), 1);
    let outcome = PdfPages::new(&document).map(drop);
    let limit = Limits::default().file_bytes;
    assert!(
        matches!(&outcome, Err(RenderError::TooLarge { what: "bytes of the file", limit: told }) if *told == limit)
    );
    assert_eq!(outcome.unwrap_err().to_string(), format!("bytes of the file: more than the limit of {limit}"));
}
