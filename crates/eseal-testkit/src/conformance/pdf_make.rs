//! PDF files with any number of signatures, each an incremental update (PDF 的构造).

use super::ses_make::SignatureMake;
use crate::document::assemble;

/// Room for a value, in bytes.
const ROOM: usize = 4_096;

/// Object numbers of the document.
pub(super) mod object {
    pub(crate) const CATALOG: u32 = 1;
    pub(crate) const PAGES: u32 = 2;
    pub(crate) const FONT: u32 = 3;
    pub(crate) const PAGE_1: u32 = 4;
    pub(crate) const CONTENT_1: u32 = 5;
    pub(crate) const FIELD: u32 = 8;
    pub(crate) const FIELD_LOOK: u32 = 9;
    pub(crate) const IMAGE: u32 = 10;
    pub(crate) const INFO: u32 = 11;
    /// First free one.
    pub(crate) const FREE: u32 = 12;
}

/// A file in the making.
#[derive(Clone)]
pub(super) struct PdfMake {
    pub(super) bytes: Vec<u8>,
    /// Next free object number.
    pub(super) next: u32,
    /// Fields of the form.
    pub(super) fields: Vec<u32>,
    /// Widgets on page 1.
    pub(super) widgets: Vec<u32>,
    /// Further entries of the catalog.
    pub(super) catalog: String,
}

/// How a signature is put in.
pub(super) struct PutPdf<'a> {
    /// `/Type`.
    pub(super) kind: &'a str,
    pub(super) filter: &'a str,
    pub(super) sub_filter: &'a str,
    /// Further entries of the signature dictionary.
    pub(super) entries: &'a str,
    /// `/M`.
    pub(super) at: &'a str,
    /// Further entries of the field.
    pub(super) field: &'a str,
    /// `/ByteRange` as text, of where the hole begins, where it ends, and the length of the file.
    pub(super) range: &'a dyn Fn(usize, usize, usize) -> String,
    /// The bytes that are signed.
    pub(super) signed: &'a dyn Fn(&[u8], usize, usize) -> Vec<u8>,
    /// What stands between the brackets, of the digits.
    pub(super) digits: &'a dyn Fn(String) -> String,
    /// True for a field without widget on a page.
    pub(super) is_hidden: bool,
    /// Entry of the catalog that this signature brings.
    pub(super) catalog: &'a str,
}

impl Default for PutPdf<'_> {
    fn default() -> Self {
        Self {
            kind: "Sig",
            filter: "ESEAL.GMPkiLite",
            sub_filter: "GM.sm2seal",
            entries: "",
            at: "D:20261124160000+08'00'",
            field: "",
            range: &|from, to, len| format!("[0 {from} {to} {}]", len - to),
            signed: &|file, from, to| [&file[..from], &file[to..]].concat(),
            digits: &|digits| digits,
            is_hidden: false,
            catalog: "",
        }
    }
}

impl PdfMake {
    /// Two pages with text, a picture and a text field.
    pub(super) fn new() -> Self {
        let stream =
            |entries: &str, data: &str| format!("<<{entries}/Length {}>>\nstream\n{data}\nendstream", data.len());
        let content = |words: &str| {
            stream("", &format!("BT /F1 16 Tf 72 700 Td ({words}) Tj ET\nq 60 0 0 60 300 600 cm /Im1 Do Q"))
        };
        let page = |content: u32, annots: &str| {
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>/XObject<</Im1 10 0 R>>>>/Contents {content} 0 R{annots}>>"
            )
        };
        let objects = [
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[8 0 R]/DA(/F1 11 Tf)/DR<</Font<</F1 3 0 R>>>>>>>>".into(),
            "<</Type/Pages/Count 2/Kids[4 0 R 6 0 R]>>".into(),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".into(),
            page(5, "/Annots[8 0 R]"),
            content("Amount 100"),
            page(7, ""),
            content("No text below"),
            "<</Type/Annot/Subtype/Widget/FT/Tx/T(Name)/F 4/Rect[72 600 200 620]/P 4 0 R/V(Zhang)/AP<</N 9 0 R>>>>"
                .into(),
            stream(
                "/Type/XObject/Subtype/Form/BBox[0 0 128 20]/Resources<</Font<</F1 3 0 R>>>>",
                "BT /F1 11 Tf 2 5 Td (Zhang) Tj ET",
            ),
            stream(
                "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/ASCIIHexDecode",
                "80>",
            ),
            "<</Producer(test)>>".into(),
        ];
        Self {
            bytes: assemble(&objects),
            next: object::FREE,
            fields: vec![object::FIELD],
            widgets: vec![object::FIELD],
            catalog: String::new(),
        }
    }

    /// Catalog and page 1 as they are now, with further entries.
    pub(super) fn catalog_object(&self, more: &str) -> String {
        let fields = references(&self.fields);
        format!(
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]/SigFlags 3/DA(/F1 11 Tf)/DR<</Font<</F1 3 0 R>>>>>>{}{more}>>",
            self.catalog
        )
    }

    pub(super) fn page_object(&self, annots: &str) -> String {
        let widgets = references(&self.widgets);
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>/XObject<</Im1 10 0 R>>>>/Contents 5 0 R/Annots[{widgets} {annots}]>>"
        )
    }

    /// An incremental update that defines these objects.
    pub(super) fn update(&mut self, objects: &[(u32, String)]) {
        self.update_with(objects, "");
    }

    /// The same with further entries of the trailer.
    pub(super) fn update_with(&mut self, objects: &[(u32, String)], trailer: &str) {
        let previous = self.start();
        let mut table = String::from("xref\n");
        for (number, object) in objects {
            self.next = self.next.max(number + 1);
            table.push_str(&format!("{number} 1\n{:010} 00000 n \n", self.bytes.len()));
            self.bytes.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
        }
        self.finish(&table, previous, trailer);
    }

    /// An update whose cross-reference table is given.
    pub(super) fn finish(&mut self, table: &str, previous: usize, trailer: &str) {
        let root = if trailer.contains("/Root") { "" } else { "/Root 1 0 R" };
        let start = self.bytes.len();
        let size = self.next;
        self.bytes.extend(
            format!("{table}trailer\n<</Size {size}{root}{trailer}/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n")
                .into_bytes(),
        );
    }

    /// Offset of the newest cross-reference section.
    pub(super) fn start(&self) -> usize {
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        let (_, after) = text.rsplit_once("startxref\n").expect("a trailer");
        after.split('\n').next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// Adds a signature; `value` is given the signed bytes and what tells the range.
    pub(super) fn sign(&mut self, put: &PutPdf<'_>, value: impl FnOnce(&[u8], &str) -> Vec<u8>) {
        let (signature, field, look) = (self.next, self.next + 1, self.next + 2);
        self.fields.push(field);
        if !put.is_hidden {
            self.widgets.push(field);
        }
        self.catalog.push_str(&put.catalog.replace("SELF", &format!("{signature} 0 R")));
        let (blank, token) = (" ".repeat(60), format!("<{}>", "00".repeat(ROOM)));
        let dict = format!(
            "<</Type/{}/Filter/{}/SubFilter/{}/ByteRange[{blank}]/Contents{token}/M({}){}>>",
            put.kind, put.filter, put.sub_filter, put.at, put.entries
        );
        let number = self.fields.len();
        let rect = if put.is_hidden { "0 0 0 0" } else { "300 400 419 519" };
        let widget = format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal{number})/F 132/Rect[{rect}]/P 4 0 R/V {signature} 0 R/AP<</N {look} 0 R>>{}>>",
            put.field
        );
        let drawing = "1 0 0 RG 5 5 109 109 re S";
        let look_object = format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 119 119]/Length {}>>\nstream\n{drawing}\nendstream",
            drawing.len()
        );
        let mut objects = vec![(object::CATALOG, self.catalog_object(""))];
        if !put.is_hidden {
            objects.push((object::PAGE_1, self.page_object("")));
        }
        objects.extend([(signature, dict), (field, widget), (look, look_object)]);
        self.update(&objects);
        let at = find_last(&self.bytes, format!("[{blank}]").as_bytes());
        let from = find_last(&self.bytes, token.as_bytes());
        let to = from + token.len();
        let range = (put.range)(from, to, self.bytes.len());
        assert!(range.len() <= blank.len() + 2, "{range}");
        let padded = format!("{range}{}", " ".repeat(blank.len() + 2 - range.len()));
        self.bytes[at..at + padded.len()].copy_from_slice(padded.as_bytes());
        let signed = (put.signed)(&self.bytes, from, to);
        let value = value(&signed, &format!("ByteRange:{range}"));
        let mut digits: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(digits.len() <= 2 * ROOM, "{} bytes", value.len());
        digits.push_str(&"0".repeat(2 * ROOM - digits.len()));
        let digits = (put.digits)(digits);
        assert_eq!(digits.len(), 2 * ROOM);
        self.bytes[from + 1..to - 1].copy_from_slice(digits.as_bytes());
    }

    /// Adds a seal signature.
    pub(super) fn seal(&mut self, put: &PutPdf<'_>, make: &SignatureMake) {
        self.sign(put, |document, range| make.der(document, range));
    }

    /// Replaces the last occurrence of some bytes by as many others.
    pub(super) fn replace(&mut self, from: &str, to: &str) {
        assert_eq!(from.len(), to.len());
        let at = find_last(&self.bytes, from.as_bytes());
        self.bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
}

/// A file with one seal signature.
pub(super) fn sealed_pdf(make: &SignatureMake) -> PdfMake {
    let mut file = PdfMake::new();
    let at = format!("{}", make.stated.strftime("D:%Y%m%d%H%M%SZ"));
    file.seal(&PutPdf { at: &at, ..PutPdf::default() }, make);
    file
}

/// `8 0 R 13 0 R`.
pub(super) fn references(numbers: &[u32]) -> String {
    numbers.iter().map(|number| format!("{number} 0 R")).collect::<Vec<_>>().join(" ")
}

/// A stream object.
pub(super) fn stream(entries: &str, data: &str) -> String {
    format!("<<{entries}/Length {}>>\nstream\n{data}\nendstream", data.len())
}

pub(super) fn find_last(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).rposition(|window| window == wanted).expect("it is there")
}
