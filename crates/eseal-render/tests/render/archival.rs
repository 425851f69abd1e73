//! PDF/A-2b (长期保存): what the standard asks of a file is in what is written, ISO 19005-2.

use std::sync::Arc;

use eseal_ofd::{Limits as OfdLimits, Ofd};
use eseal_pdf::{Dict, Object, PdfDocument, PdfLimits};
use eseal_render::{FontLibrary, OfdOptions, PdfOptions, RenderError, ofd_to_pdf, pdf_to_ofd};

use crate::varied;

/// The words of the XMP, the output intents and all dictionaries of fonts.
struct Found {
    metadata: String,
    intents: Vec<Dict>,
    descriptors: Vec<Dict>,
    forbidden: Vec<&'static str>,
}

/// Walks the whole file from its catalog.
fn found(bytes: &[u8]) -> Found {
    let document = PdfDocument::open(Arc::new(bytes.to_vec()), &PdfLimits::default()).unwrap();
    let root = document.resolve(document.trailer().get(b"Root").unwrap()).unwrap();
    let catalog = root.as_dict().unwrap().clone();
    let mut found =
        Found { metadata: String::new(), intents: Vec::new(), descriptors: Vec::new(), forbidden: Vec::new() };
    if let Some(intents) = catalog.get(b"OutputIntents") {
        for intent in document.resolve(intents).unwrap().as_array().unwrap() {
            found.intents.push(document.resolve(intent).unwrap().as_dict().unwrap().clone());
        }
    }
    let mut todo = vec![Object::Dict(catalog)];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(object) = todo.pop() {
        match &object {
            Object::Ref(reference) if seen.insert(reference.number) => {
                todo.push(document.object(*reference).unwrap());
            }
            Object::Array(parts) => todo.extend(parts.iter().cloned()),
            Object::Dict(_) | Object::Stream(_) => {
                let dict = object.as_dict().unwrap();
                if dict.is(b"Type", b"FontDescriptor") {
                    found.descriptors.push(dict.clone());
                }
                for (key, name) in [
                    (&b"EmbeddedFiles"[..], "an embedded file"),
                    (b"JavaScript", "a script"),
                    (b"Encrypt", "encryption"),
                    (b"TR", "a transfer function"),
                ] {
                    if dict.get(key).is_some() {
                        found.forbidden.push(name);
                    }
                }
                todo.extend(dict.iter().map(|(_, value)| value.clone()));
            }
            _ => {}
        }
    }
    let text = String::from_utf8_lossy(bytes);
    if let Some((_, metadata)) = text.split_once("<?xpacket begin") {
        found.metadata = metadata.split("<?xpacket end").next().unwrap_or_default().to_owned();
    }
    found
}

#[test]
fn an_archival_pdf_says_so_and_has_what_it_needs() {
    let fonts = FontLibrary::shipped();
    let mut count = 0;
    for varied in varied::all() {
        let document = PdfDocument::open(Arc::new(varied.bytes), &PdfLimits::default()).unwrap();
        let ofd = pdf_to_ofd(&document, &fonts, &OfdOptions::default()).unwrap().bytes;
        let ofd = Ofd::open(Arc::new(ofd), &OfdLimits::default()).unwrap();
        let archival = PdfOptions { archival: true, ..PdfOptions::default() };
        let written = ofd_to_pdf(&ofd, &fonts, &archival).unwrap_or_else(|error| panic!("{}: {error}", varied.name));
        let found = found(&written.bytes);
        let name = varied.name;
        assert!(written.bytes.starts_with(b"%PDF-1.7"), "{name}");
        assert!(found.metadata.contains("<pdfaid:part>2</pdfaid:part>"), "{name}: {}", found.metadata);
        assert!(found.metadata.contains("<pdfaid:conformance>B</pdfaid:conformance>"), "{name}: {}", found.metadata);
        let [intent] = &found.intents[..] else { panic!("{name}: {} output intents", found.intents.len()) };
        assert!(intent.is(b"S", b"GTS_PDFA1") && intent.get(b"DestOutputProfile").is_some(), "{name}: {intent:?}");
        let embedded =
            |font: &Dict| [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|key| font.get(key).is_some());
        assert!(found.descriptors.iter().all(embedded), "{name}: {:?}", found.descriptors);
        assert!(found.forbidden.is_empty(), "{name}: {:?}", found.forbidden);
        count += found.descriptors.len();
        if name == "an attachment" {
            let told: Vec<_> = written.warnings.iter().map(|warning| warning.kind.as_str()).collect();
            assert!(told.contains(&"ATTACHMENT_DROPPED"), "{told:?}");
            // The plain PDF is none of this.
            let plain = ofd_to_pdf(&ofd, &fonts, &PdfOptions::default()).unwrap();
            let found = self::found(&plain.bytes);
            assert!(!found.metadata.contains("pdfaid") && found.intents.is_empty());
            assert_eq!(found.forbidden, ["an embedded file"]);
        }
    }
    assert!(count >= 20, "{count} fonts");
}

#[test]
fn whoever_does_not_want_the_pdf_any_more_is_heard_after_each_page() {
    let fonts = FontLibrary::shipped();
    let document = varied::all().remove(0).bytes;
    let document = PdfDocument::open(Arc::new(document), &PdfLimits::default()).unwrap();
    let ofd = pdf_to_ofd(&document, &fonts, &OfdOptions::default()).unwrap().bytes;
    let ofd = Ofd::open(Arc::new(ofd), &OfdLimits::default()).unwrap();
    let heard = std::cell::RefCell::new(Vec::new());
    let tell = |done, count| {
        heard.borrow_mut().push((done, count));
        false
    };
    let outcome = ofd_to_pdf(&ofd, &fonts, &PdfOptions { progress: Some(&tell), ..PdfOptions::default() });
    assert!(matches!(outcome, Err(RenderError::Canceled)), "{outcome:?}");
    assert_eq!(*heard.borrow(), [(1, 1)]);
}
