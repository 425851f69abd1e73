//! Documents that mean harm, and such as are broken: a coded answer, nothing leaves, nothing is read.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use eseal_office::{OfficeError, WarningKind};

use crate::{convert, documents, is_installed, judged, kept, zip::zip};

/// Counts who comes.
struct Canary {
    url: String,
    visits: Arc<AtomicUsize>,
}

impl Canary {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let visits = Arc::new(AtomicUsize::new(0));
        let seen = visits.clone();
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { url, visits }
    }
}

/// A red picture, which would be seen in the PDF.
fn picture() -> Vec<u8> {
    let mut pixels = b"BM".to_vec();
    pixels.extend((54_u32 + 16 * 16 * 3).to_le_bytes());
    pixels.extend([0; 4]);
    for number in [54_u32, 40, 16, 16, 1 | 24 << 16, 0, 16 * 16 * 3, 0, 0, 0, 0] {
        pixels.extend(number.to_le_bytes());
    }
    pixels.extend([0, 0, 255].repeat(16 * 16));
    pixels
}

#[test]
fn nothing_leaves_and_nothing_is_read() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let canary = Canary::new();
    let planted = folder.path().join("planted.bmp");
    std::fs::write(&planted, picture()).unwrap();
    std::fs::write(folder.path().join("planted.txt"), "PLANTED").unwrap();
    let (url, file) = (&canary.url, format!("file://{}", folder.path().display()));
    let page = format!(
        "<html><head><link rel=stylesheet href=\"{url}/s.css\"><script src=\"{url}/x.js\"></script>\
         <style>@import url({url}/i.css); body {{ background:url({url}/b.png) }}</style></head><body background=\"{url}/c.png\">\
         words <img src=\"{url}/a.png\"><img src=\"{file}/planted.bmp\"><iframe src=\"{file}/planted.txt\"></iframe>\
         <object data=\"{file}/planted.txt\"></object><embed src=\"{url}/e\"></body></html>"
    );
    let outside = [
        ("rId8", "image", format!("{url}/word.png")),
        ("rId9", "image", format!("{file}/planted.bmp")),
        ("rId10", "attachedTemplate", format!("{url}/template.dotx")),
    ];
    let outside: Vec<(&str, &str, &str)> =
        outside.iter().map(|(id, kind, target)| (*id, *kind, target.as_str())).collect();
    let more = ["rId8", "rId9"].map(documents::picture_elsewhere).concat();
    let fields = format!(
        "{{\\rtf1 words {{\\field{{\\*\\fldinst INCLUDEPICTURE \"{url}/r.png\"}}{{\\fldrslt x}}}}\
         {{\\field{{\\*\\fldinst INCLUDETEXT \"{file}/planted.txt\"}}{{\\fldrslt y}}}}}}"
    );
    for (name, bytes) in [
        ("HTML", page.into_bytes()),
        ("DOCX", documents::docx_with(&more, &outside, &[])),
        ("RTF", fields.into_bytes()),
    ] {
        let converted = convert(&bytes, name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let pictures = converted.warnings.iter().filter(|warning| warning.kind == WarningKind::ImageMissing).count();
        assert!(pictures > 0, "{name}: {:?}", converted.warnings);
        let path = kept(folder.path(), &format!("hostile-{name}"), &converted.bytes);
        let path = path.to_str().unwrap();
        if let Some((_, images)) = judged("pdfimages", &["-list", path]) {
            assert!(!images.contains(" 16  "), "{name}: the planted picture is in it\n{images}");
        }
        if let Some((_, text)) = judged("pdftotext", &[path, "-"]) {
            assert!(!text.contains("PLANTED"), "{name}\n{text}");
        }
    }
    assert_eq!(canary.visits.load(Ordering::SeqCst), 0, "somebody came");
}

#[test]
fn bombs_are_refused_before_a_worker_sees_them() {
    let zeros = vec![b' '; 100 << 20];
    let bomb = documents::docx_with("", &[], &[("word/media/bomb.xml", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    let start = Instant::now();
    let refused = convert(&bomb, "DOCX").map(drop);
    assert!(matches!(refused, Err(OfficeError::TooLarge { .. })), "{refused:?}");
    // A directory that lies about sizes.
    let mut liar = documents::docx_with("", &[], &[("word/media/bomb.xml", &zeros[..30 << 20])]);
    let said = u32::to_le_bytes(30 << 20);
    let places: Vec<usize> = (0..liar.len() - 4).filter(|at| liar[*at..*at + 4] == said).collect();
    for place in places {
        liar[place..place + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let refused = convert(&liar, "DOCX").map(drop);
    assert!(matches!(refused, Err(OfficeError::Damaged { .. } | OfficeError::TooLarge { .. })), "{refused:?}");
    println!("{:?}", start.elapsed());
}

#[test]
fn what_is_too_large_encrypted_or_unknown_is_told_apart() {
    let mut limits = crate::settings(std::path::Path::new("unused"));
    limits.limits.source_bytes = 100;
    let office = eseal_office::Office::new(limits);
    let bytes = documents::docx();
    let job = eseal_office::Job { bytes: &bytes, ..Default::default() };
    assert!(matches!(office.convert(&job, &|_| ()), Err(OfficeError::TooLarge { limit: 100, .. })));

    let manifest = b"<manifest:manifest xmlns:manifest=\"m\"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let odt = zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("META-INF/manifest.xml", manifest)]);
    assert!(matches!(convert(&odt, "ODT"), Err(OfficeError::Encrypted)));
    for (stream, content) in [
        ("EncryptedPackage", vec![0_u8; 5_000]),
        ("WordDocument", [&[0xEC, 0xA5, 0xC1, 0, 0, 0, 0, 0, 0, 0, 0, 1][..], &[0; 5_000]].concat()),
        ("Workbook", [&[0x09, 0x08, 0, 0, 0x2F, 0, 2, 0, 0, 0][..], &[0; 5_000]].concat()),
    ] {
        let refused = convert(&compound(&[(stream, &content)]), "").map(drop);
        assert!(matches!(refused, Err(OfficeError::Encrypted)), "{stream}: {refused:?}");
    }
    for unknown in [&b"plain text"[..], b"", b"\x89PNG\r\n\x1a\n"] {
        assert!(matches!(convert(unknown, "DOCX"), Err(OfficeError::UnknownKind)));
    }
    assert!(matches!(convert(&zip(&[("a.txt", b"text")]), "DOCX"), Err(OfficeError::UnknownKind)));
    assert!(matches!(convert(&compound(&[("Other", b"x")]), "DOC"), Err(OfficeError::UnknownKind)));
}

/// A compound file of some streams.
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write as _;
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    for (name, content) in streams {
        file.create_stream(format!("/{name}")).unwrap().write_all(content).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn broken_documents_are_damaged_and_the_worker_goes_on() {
    if !is_installed() {
        return;
    }
    let docx = documents::docx();
    let broken = documents::docx_with("<w:p><w:r></w:p>", &[], &[]);
    let empty = zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"no XML at all")]);
    let doc = compound(&[("WordDocument", &[0; 5_000])]);
    for (name, bytes) in [
        ("cut in half", docx[..docx.len() / 2].to_vec()),
        ("tags that do not fit", broken),
        ("no parts", empty),
        ("a Word file of nonsense", doc),
        ("a flipped byte", {
            let mut flipped = docx.clone();
            flipped[400] ^= 0x55;
            flipped
        }),
    ] {
        let refused = convert(&bytes, "DOCX").map(drop);
        assert!(matches!(refused, Err(OfficeError::Damaged { .. })), "{name}: {refused:?}");
    }
    assert!(convert(&docx, "DOCX").is_ok());
}

#[test]
fn a_huge_document_is_bounded_work() {
    if !is_installed() {
        return;
    }
    let row = "<p>一二三四五六七八九十，电子印章应用服务接口。</p>".repeat(4_000);
    let start = Instant::now();
    let done = convert(format!("<html>{row}</html>").as_bytes(), "HTML");
    println!("{} KB of HTML: {:?}, {:?}", row.len() / 1024, done.as_ref().map(|done| done.page_count), start.elapsed());
    match done {
        Ok(converted) => assert!(converted.page_count > 60),
        Err(error) => assert!(error.is_unavailable(), "{error}"),
    }
}
