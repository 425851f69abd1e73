//! What a PDF has besides its pages (文档信息, 大纲, 链接, 附件): ISO 32000-1, 12.3, 12.5.6.5, 7.11.4 and 14.3.3.

use std::{collections::HashMap, fmt::Write as _};

use eseal_ofd::xml::escape;
use eseal_pdf::PdfDocument;
use hayro_interpret::kurbo::{Affine, Point, Rect};
use hayro_syntax::{
    Pdf,
    object::{Array, DateTime, Dict, MaybeRef, Name, Object, Stream, String as PdfString},
};

use super::{
    WrittenPage,
    device::Shared,
    failed,
    object::{boxed, number},
    xml::{HEAD, NAMESPACE},
};
use crate::{
    RenderError, pdf,
    warning::{WarningKind, Warnings},
};

/// Most entries of an outline.
const ENTRIES: usize = 10_000;
/// Most levels of an outline, and of a tree of names.
const LEVELS: usize = 16;
/// Most links of a document.
const LINKS: usize = 100_000;
/// Most attachments.
const ATTACHMENTS: usize = 1_000;
/// Most bytes of all attachments together.
const ATTACHED_BYTES: usize = 256 << 20;
/// Most bytes of an address.
const URI_BYTES: usize = 8_192;

/// 文档元数据.
#[derive(Default)]
pub(super) struct Info {
    pub(super) title: String,
    pub(super) author: String,
    pub(super) subject: String,
    pub(super) keywords: Vec<String>,
    /// As `yyyy-mm-dd`, empty if not said.
    pub(super) created: String,
    pub(super) modified: String,
}

/// What goes into the OFD besides pages.
#[derive(Default)]
pub(super) struct Extras {
    pub(super) info: Info,
    entries: Vec<Entry>,
    links: Vec<Link>,
    attachments: Vec<(String, Vec<u8>)>,
}

struct Entry {
    title: String,
    target: Option<Target>,
    inner: Vec<Self>,
}

/// Where a link or an entry leads.
#[derive(Clone)]
enum Target {
    /// Page from 0, and mm from its upper left corner.
    Page {
        index: usize,
        left: f64,
        top: f64,
    },
    Uri(String),
}

struct Link {
    /// Page from 0.
    page: usize,
    bounds: Rect,
    target: Target,
}

/// What reading needs.
struct Reader<'r> {
    document: &'r PdfDocument,
    catalog: Dict<'r>,
    /// Page from 0 by the number of its object.
    pages: HashMap<u32, usize>,
    named: HashMap<Vec<u8>, Object<'r>>,
}

impl Extras {
    pub(super) fn read((document, pdf): (&PdfDocument, &Pdf), warnings: &mut Warnings) -> Self {
        let mut extras = Self { info: Info::read(pdf), ..Self::default() };
        let Some(catalog) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else { return extras };
        let numbers = (1..=document.page_count()).filter_map(|number| document.page(number));
        let pages = numbers.enumerate().map(|(index, page)| (page.reference.number, index)).collect();
        let mut reader = Reader { document, catalog, pages, named: HashMap::new() };
        reader.read_names();
        extras.entries = reader.outline();
        extras.links = reader.links(pdf, warnings);
        extras.attachments = reader.attachments(warnings);
        for (key, what) in [
            ("StructTreeRoot", "tags of the structure"),
            ("OCProperties", "optional layers: those that are shown are kept, and cannot be switched"),
            ("OpenAction", "what happens when the document is opened"),
            ("AA", "actions of the document"),
        ] {
            if reader.catalog.contains_key(key) {
                warnings.add(WarningKind::FeatureDropped, what);
            }
        }
        let form = reader.catalog.get::<Dict<'_>>("AcroForm");
        if form.as_ref().is_some_and(|form| form.get::<bool>("NeedAppearances") == Some(true)) {
            let what = "form fields that viewers are to draw from their values: they look as the file has them";
            warnings.add(WarningKind::FeatureDropped, what);
        }
        if form
            .and_then(|form| form.get::<Array<'_>>("Fields"))
            .is_some_and(|fields| fields.raw_iter().next().is_some())
        {
            warnings.add(WarningKind::FeatureDropped, "form fields: they are drawn, and can no longer be filled in");
        }
        extras
    }

    /// `Outlines`, or nothing.
    pub(super) fn outlines(&self, pages: &[WrittenPage]) -> String {
        if self.entries.is_empty() {
            return String::new();
        }
        let mut out = String::from("<ofd:Outlines>");
        for entry in &self.entries {
            entry.write(&mut out, pages);
        }
        out.push_str("</ofd:Outlines>");
        out
    }

    /// Writes links as annotations; false if there are none.
    pub(super) fn write_links(&self, pages: &[WrittenPage], shared: &mut Shared) -> Result<bool, RenderError> {
        let mut list = String::new();
        let date = [&self.info.modified, &self.info.created].into_iter().find(|date| !date.is_empty());
        let date = date.map_or("1970-01-01", String::as_str);
        for run in self.links.chunk_by(|a, b| a.page == b.page) {
            let Some((index, page)) = run.first().and_then(|link| Some((link.page, pages.get(link.page)?))) else {
                continue;
            };
            let mut out = format!("{HEAD}<ofd:PageAnnot {NAMESPACE}>");
            for link in run {
                let Some(action) = link.target.action(pages) else { continue };
                let (id, object) = (shared.id(), shared.id());
                let (bounds, width, height) =
                    (boxed(link.bounds), number(link.bounds.width()), number(link.bounds.height()));
                let _ = write!(
                    out,
                    r#"<ofd:Annot ID="{id}" Type="Link" Creator="eseal" LastModDate="{date}"><ofd:Appearance Boundary="{bounds}"><ofd:PathObject ID="{object}" Boundary="0 0 {width} {height}" Stroke="false"><ofd:Actions>{action}</ofd:Actions><ofd:AbbreviatedData>M 0 0 L {width} 0 L {width} {height} L 0 {height} C</ofd:AbbreviatedData></ofd:PathObject></ofd:Appearance></ofd:Annot>"#
                );
            }
            out.push_str("</ofd:PageAnnot>");
            shared.package.add(&format!("Doc_0/Annots/Page_{index}/Annotation.xml"), out.as_bytes()).map_err(failed)?;
            let _ = write!(
                list,
                r#"<ofd:Page PageID="{}"><ofd:FileLoc>Page_{index}/Annotation.xml</ofd:FileLoc></ofd:Page>"#,
                page.id
            );
        }
        if list.is_empty() {
            return Ok(false);
        }
        let all = format!("{HEAD}<ofd:Annotations {NAMESPACE}>{list}</ofd:Annotations>");
        shared.package.add("Doc_0/Annots/Annotations.xml", all.as_bytes()).map_err(failed)?;
        Ok(true)
    }

    /// Writes the attachments, the original first; false if there are none.
    pub(super) fn write_attachments(
        &self,
        original: Option<(&str, &[u8])>,
        shared: &mut Shared,
    ) -> Result<bool, RenderError> {
        let own = self.attachments.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        let mut list = String::new();
        for (index, (name, bytes)) in original.into_iter().chain(own).enumerate() {
            let extension: String = name
                .rsplit_once('.')
                .map(|(_, extension)| extension.chars().filter(char::is_ascii_alphanumeric).take(8).collect())
                .unwrap_or_default();
            let file = if extension.is_empty() { format!("file_{index}") } else { format!("file_{index}.{extension}") };
            shared.package.add(&format!("Doc_0/Attachs/{file}"), bytes).map_err(failed)?;
            let format = if extension.is_empty() { String::new() } else { format!(r#" Format="{extension}""#) };
            // Kilobytes, GB/T 33190 §20.
            let size = number(crate::number::float(crate::number::long(bytes.len())) / 1_024.0);
            let id = shared.id();
            let _ = write!(
                list,
                r#"<ofd:Attachment ID="{id}" Name="{}"{format} Size="{size}"><ofd:FileLoc>{file}</ofd:FileLoc></ofd:Attachment>"#,
                escape(name)
            );
        }
        if list.is_empty() {
            return Ok(false);
        }
        let all = format!("{HEAD}<ofd:Attachments {NAMESPACE}>{list}</ofd:Attachments>");
        shared.package.add("Doc_0/Attachs/Attachments.xml", all.as_bytes()).map_err(failed)?;
        Ok(true)
    }
}

impl Info {
    fn read(pdf: &Pdf) -> Self {
        let data = pdf.metadata();
        let read = |bytes: &Option<Box<[u8]>>| bytes.as_deref().map(|bytes| text(bytes, 1_000)).unwrap_or_default();
        let date = |date: &Option<DateTime>| {
            date.as_ref()
                .filter(|date| (1..=12).contains(&date.month) && (1..=31).contains(&date.day))
                .map(|date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day))
                .unwrap_or_default()
        };
        let words = read(&data.keywords);
        Self {
            title: read(&data.title),
            author: read(&data.author),
            subject: read(&data.subject),
            keywords: words
                .split([',', ';', '，', '；'])
                .map(|word| word.trim().to_owned())
                .filter(|word| !word.is_empty())
                .take(100)
                .collect(),
            created: date(&data.creation_date),
            modified: date(&data.modification_date),
        }
    }
}

impl Entry {
    fn write(&self, out: &mut String, pages: &[WrittenPage]) {
        let _ = write!(out, r#"<ofd:OutlineElem Title="{}""#, escape(&self.title));
        if !self.inner.is_empty() {
            let _ = write!(out, r#" Count="{}""#, self.inner.len());
        }
        out.push('>');
        if let Some(action) = self.target.as_ref().and_then(|target| target.action(pages)) {
            let _ = write!(out, "<ofd:Actions>{action}</ofd:Actions>");
        }
        for inner in &self.inner {
            inner.write(out, pages);
        }
        out.push_str("</ofd:OutlineElem>");
    }
}

impl Target {
    fn action(&self, pages: &[WrittenPage]) -> Option<String> {
        match self {
            Self::Page { index, left, top } => {
                let id = pages.get(*index)?.id;
                Some(format!(
                    r#"<ofd:Action Event="CLICK"><ofd:Goto><ofd:Dest Type="XYZ" PageID="{id}" Left="{}" Top="{}" Right="0" Bottom="0" Zoom="0"/></ofd:Goto></ofd:Action>"#,
                    number(*left),
                    number(*top)
                ))
            }
            Self::Uri(uri) => {
                Some(format!(r#"<ofd:Action Event="CLICK"><ofd:URI URI="{}"/></ofd:Action>"#, escape(uri)))
            }
        }
    }
}

impl<'r> Reader<'r> {
    /// Names of places: the old dictionary and the tree.
    fn read_names(&mut self) {
        if let Some(old) = self.catalog.get::<Dict<'_>>("Dests") {
            for key in old.keys().take(ENTRIES) {
                if let Some(place) = old.get::<Object<'_>>(&*key) {
                    self.named.insert(key.to_vec(), place);
                }
            }
        }
        if let Some(tree) = self.catalog.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("Dests")) {
            let mut found = Vec::new();
            leaves(&tree, 1, &mut found);
            self.named.extend(found);
        }
    }

    fn outline(&self) -> Vec<Entry> {
        let mut count = 0;
        let root = self.catalog.get::<Dict<'_>>("Outlines");
        root.map(|root| self.entries(&root, 1, &mut count)).unwrap_or_default()
    }

    fn entries(&self, parent: &Dict<'r>, level: usize, count: &mut usize) -> Vec<Entry> {
        let mut found = Vec::new();
        let mut next = parent.get::<Dict<'_>>("First");
        while let Some(item) = next {
            *count = count.saturating_add(1);
            if *count > ENTRIES || level > LEVELS {
                break;
            }
            let title = item.get::<PdfString<'_>>("Title").map(|title| text(title.as_bytes(), 500)).unwrap_or_default();
            found.push(Entry {
                title,
                target: self.target(&item),
                inner: self.entries(&item, level.saturating_add(1), count),
            });
            next = item.get::<Dict<'_>>("Next");
        }
        found
    }

    /// Where an entry or a link leads, by its destination or its action.
    fn target(&self, item: &Dict<'r>) -> Option<Target> {
        if let Some(place) = item.get::<Object<'_>>("Dest") {
            return self.place(place, 1);
        }
        let action = item.get::<Dict<'_>>("A")?;
        match action.get::<Name<'_>>("S")?.as_str() {
            "GoTo" => self.place(action.get::<Object<'_>>("D")?, 1),
            "URI" => {
                let uri = action.get::<PdfString<'_>>("URI")?;
                let uri = text(uri.as_bytes(), URI_BYTES);
                Some(uri).filter(|uri| !uri.is_empty()).map(Target::Uri)
            }
            _ => None,
        }
    }

    fn place(&self, object: Object<'r>, level: usize) -> Option<Target> {
        if level > LEVELS {
            return None;
        }
        let inner = level.saturating_add(1);
        match object {
            Object::Array(array) => self.array_place(&array),
            Object::Dict(dict) => self.place(dict.get::<Object<'_>>("D")?, inner),
            Object::Name(name) => self.place(self.named.get(&*name)?.clone(), inner),
            Object::String(name) => self.place(self.named.get(name.as_bytes())?.clone(), inner),
            _ => None,
        }
    }

    fn array_place(&self, array: &Array<'r>) -> Option<Target> {
        let mut items = array.raw_iter();
        let index = match items.next()? {
            MaybeRef::Ref(page) => *self.pages.get(&page.obj_number)?,
            MaybeRef::NotRef(number) => usize::try_from(number.into_i32()?).ok()?,
        };
        let page = self.document.page(index.checked_add(1)?)?;
        let kind = match items.next() {
            Some(MaybeRef::NotRef(Object::Name(name))) => name.as_str().to_owned(),
            _ => String::new(),
        };
        let mut number = || match items.next() {
            Some(MaybeRef::NotRef(number)) => number.into_f32().map(f64::from),
            _ => None,
        };
        let (x, y) = match kind.as_str() {
            "XYZ" => (number(), number()),
            "FitH" | "FitBH" => (None, number()),
            "FitV" | "FitBV" => (number(), None),
            "FitR" => {
                let left = number();
                let _ = (number(), number());
                (left, number())
            }
            _ => (None, None),
        };
        let [left, _, _, top] = page.visible;
        let at = pdf::displayed(page) * Point::new(x.unwrap_or(left), y.unwrap_or(top));
        let inside = |value: f64, most: f64| if value.is_finite() { value.clamp(0.0, most) } else { 0.0 };
        Some(Target::Page {
            index,
            left: inside(at.x, page.width_mm()),
            top: inside(page.height_mm() - at.y, page.height_mm()),
        })
    }

    fn links(&self, pdf: &'r Pdf, warnings: &mut Warnings) -> Vec<Link> {
        let mut found = Vec::new();
        for (index, own) in pdf.pages().iter().enumerate() {
            let Some(page) = self.document.page(index.saturating_add(1)) else { break };
            let Some(list) = own.raw().get::<Array<'_>>("Annots") else { continue };
            let to_page = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, page.height_mm()]) * pdf::displayed(page);
            for annotation in list.iter::<Dict<'_>>().take(ENTRIES) {
                let kind = annotation.get::<Name<'_>>("Subtype").map(|name| name.as_str().to_owned());
                match kind.as_deref() {
                    Some("Link") => {}
                    Some("Widget" | "Popup") | None => continue,
                    Some(kind) => {
                        let kind: String = kind.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
                        if !annotation.contains_key("AP") {
                            let detail = format!("{kind} annotations without appearance are not drawn");
                            warnings.add(WarningKind::FeatureDropped, detail);
                        } else if annotation.contains_key("Contents") {
                            let detail = format!("{kind} annotations are drawn; their words and answers are dropped");
                            warnings.add(WarningKind::FeatureDropped, detail);
                        }
                        continue;
                    }
                }
                let rect = annotation.get::<hayro_syntax::object::Rect>("Rect");
                let (Some(target), Some(rect)) = (self.target(&annotation), rect) else {
                    warnings.add(WarningKind::FeatureDropped, "links that lead nowhere, or do something else");
                    continue;
                };
                let bounds = to_page.transform_rect_bbox(Rect::new(rect.x0, rect.y0, rect.x1, rect.y1).abs());
                if found.len() >= LINKS {
                    warnings.add(WarningKind::FeatureDropped, format!("links beyond the first {LINKS}"));
                    return found;
                }
                if bounds.is_finite() && bounds.area() > 0.0 {
                    found.push(Link { page: index, bounds, target });
                }
            }
        }
        found
    }

    fn attachments(&self, warnings: &mut Warnings) -> Vec<(String, Vec<u8>)> {
        let mut specifications = Vec::new();
        if let Some(tree) =
            self.catalog.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles"))
        {
            leaves(&tree, 1, &mut specifications);
        }
        let (mut found, mut held) = (Vec::new(), 0_usize);
        for (key, specification) in specifications {
            let Object::Dict(specification) = specification else { continue };
            let named = ["UF", "F"].iter().find_map(|key| specification.get::<PdfString<'_>>(*key));
            let name = named.map_or_else(|| text(&key, 120), |name| text(name.as_bytes(), 120));
            let name: String = name.chars().filter(|c| !matches!(c, '/' | '\\')).collect();
            let files = specification.get::<Dict<'_>>("EF");
            let file = files.and_then(|files| ["F", "UF"].iter().find_map(|key| files.get::<Stream<'_>>(*key)));
            let bytes = file.and_then(|file| file.decoded_data().ok().map(std::borrow::Cow::into_owned));
            match bytes {
                Some(bytes) if found.len() < ATTACHMENTS && held.saturating_add(bytes.len()) <= ATTACHED_BYTES => {
                    held = held.saturating_add(bytes.len());
                    found.push((name, bytes));
                }
                _ => warnings.add(WarningKind::AttachmentDropped, name),
            }
        }
        found
    }
}

/// Names and values of a tree of names.
fn leaves<'r>(node: &Dict<'r>, level: usize, found: &mut Vec<(Vec<u8>, Object<'r>)>) {
    if level > LEVELS || found.len() > ENTRIES {
        return;
    }
    if let Some(list) = node.get::<Array<'_>>("Names") {
        let mut items = list.iter::<Object<'_>>();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            if found.len() > ENTRIES {
                return;
            }
            if let Some(key) = key.into_string() {
                found.push((key.as_bytes().to_vec(), value));
            }
        }
    }
    if let Some(kids) = node.get::<Array<'_>>("Kids") {
        for kid in kids.iter::<Dict<'_>>().take(ENTRIES) {
            leaves(&kid, level.saturating_add(1), found);
        }
    }
}

/// A text string: UTF-16 or UTF-8 with its mark, else one byte a character; without what XML cannot hold.
fn text(bytes: &[u8], most: usize) -> String {
    let utf16 = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(read).collect();
        String::from_utf16_lossy(&units)
    };
    let whole = match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        other => match std::str::from_utf8(other) {
            Ok(text) => text.to_owned(),
            Err(_) => other.iter().copied().map(char::from).collect(),
        },
    };
    let is_written = |c: &char| !c.is_control() && !matches!(*c, '\u{fffe}' | '\u{ffff}');
    whole.chars().filter(is_written).take(most).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn text_strings_are_read_in_all_their_encodings() {
        for (bytes, expected) in [
            (&b"\xfe\xff\x53\x70\x7a\xe0"[..], "印章"),
            (b"\xff\xfe\x70\x53\xe0\x7a", "印章"),
            (b"\xef\xbb\xbf\xe5\x8d\xb0", "印"),
            (b"caf\xe9", "café"),
            (b" a\0b\n", "ab"),
        ] {
            assert_eq!(text(bytes, 100), expected);
        }
    }
}
