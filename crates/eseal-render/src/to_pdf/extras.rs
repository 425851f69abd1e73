//! What an OFD has besides its pages (文档信息, 大纲, 附件), GB/T 33190 §7.4, §7.8 and §20.

use std::collections::HashMap;

use eseal_ofd::{
    Ofd, PartId,
    xml::{self, attribute, child, child_text, children, descendants},
};
use krilla::{
    Data, Document,
    destination::XyzDestination,
    embed::{AssociationKind, EmbeddedFile, MimeType},
    geom::Point,
    metadata::{DateTime, Metadata},
    outline::{Outline, OutlineNode},
};
use roxmltree::Node;

use super::canvas::POINTS_PER_MM;
use crate::{
    number::single,
    warning::{WarningKind, Warnings},
};

/// Most entries of an outline.
const ENTRIES: usize = 10_000;
/// Most levels of an outline.
const LEVELS: usize = 16;
/// Most attachments.
const ATTACHMENTS: usize = 1_000;

/// What goes into the PDF besides pages.
#[derive(Default)]
pub(super) struct Extras {
    title: String,
    author: String,
    subject: String,
    keywords: Vec<String>,
    /// 创建日期: year, month, day.
    created: Option<(u16, u8, u8)>,
    entries: Vec<Entry>,
    pub(super) attachments: Vec<(String, PartId)>,
}

/// One entry of the outline.
struct Entry {
    title: String,
    /// Page from 0, and mm from its upper left corner.
    place: Option<(usize, f64, f64)>,
    inner: Vec<Self>,
}

impl Extras {
    pub(super) fn read(ofd: &Ofd, warnings: &mut Warnings) -> Self {
        let mut extras = Self::default();
        let package = ofd.package();
        if let Ok(source) = package.text(ofd.entry())
            && let Ok(tree) = xml::parse(&source)
            && let Some(info) = xml::descendant(tree.root_element(), "DocInfo")
        {
            extras.title = child_text(info, "Title");
            extras.author = child_text(info, "Author");
            extras.subject = child_text(info, "Subject");
            extras.created = day(&child_text(info, "CreationDate"));
            let words = child(info, "Keywords").into_iter().flat_map(|list| children(list, "Keyword"));
            extras.keywords = words.take(100).map(xml::text).collect();
        }
        let more = ofd.documents().len().saturating_sub(1);
        if more > 0 {
            let detail = format!("{more} further documents of the package, with their seals: the first is converted");
            warnings.add(WarningKind::FeatureDropped, detail);
        }
        let Some(root) = ofd.documents().first().and_then(|document| document.root) else { return extras };
        let Ok(source) = package.text(root) else { return extras };
        let Ok(tree) = xml::parse(&source) else { return extras };
        let element = tree.root_element();
        let pages: HashMap<&str, usize> =
            ofd.pages().iter().enumerate().map(|(index, page)| (page.id.as_str(), index)).collect();
        let mut count = 0;
        if let Some(outlines) = child(element, "Outlines") {
            extras.entries = entries(outlines, &pages, 1, &mut count);
        }
        if let Some(bookmarks) = child(element, "Bookmarks") {
            extras.entries.extend(children(bookmarks, "Bookmark").take(ENTRIES).map(|bookmark| Entry {
                title: attribute(bookmark, "Name").unwrap_or_default().to_owned(),
                place: child(bookmark, "Dest").and_then(|target| place(target, &pages)),
                inner: Vec::new(),
            }));
        }
        let list = child_text(element, "Attachments");
        if !list.is_empty() {
            extras.read_attachments(ofd, package.name(root), &list, warnings);
        }
        for (name, what) in
            [("Extensions", "extensions"), ("CustomTags", "custom tags"), ("Actions", "actions of the document")]
        {
            if child(element, name).is_some() {
                warnings.add(WarningKind::FeatureDropped, what);
            }
        }
        extras
    }

    fn read_attachments(&mut self, ofd: &Ofd, base: &str, location: &str, warnings: &mut Warnings) {
        let package = ofd.package();
        let list = package.find(base, location).and_then(|part| Some((part, package.text(part).ok()?)));
        let Some((part, source)) = list else {
            warnings.add(WarningKind::AttachmentDropped, "the list of attachments is missing");
            return;
        };
        let Ok(tree) = xml::parse(&source) else {
            warnings.add(WarningKind::AttachmentDropped, "the list of attachments cannot be read");
            return;
        };
        let all = descendants(tree.root_element()).filter(|node| node.tag_name().name() == "Attachment");
        for attachment in all.take(ATTACHMENTS) {
            let location = child_text(attachment, "FileLoc");
            let named = attribute(attachment, "Name").unwrap_or_default().to_owned();
            match package.find(package.name(part), &location) {
                Some(file) => {
                    let own = package.name(file).rsplit('/').next().unwrap_or_default().to_owned();
                    let name = if named.contains('.') || named.is_empty() { own.clone() } else { named.clone() };
                    let name = if named.contains('.') { named } else { name };
                    let extension = own.rsplit_once('.').map(|(_, extension)| extension);
                    let name = match extension {
                        Some(extension) if !name.contains('.') => format!("{name}.{extension}"),
                        _ => name,
                    };
                    self.attachments.push((name, file));
                }
                None => warnings.add(WarningKind::AttachmentDropped, format!("{named} is missing")),
            }
        }
    }

    /// A PDF/A must state when it was made: where the OFD does not, it is the first day of the computers' calendar, since
    /// the same OFD gives the same bytes.
    pub(super) fn metadata(&self, title: Option<&str>, archival: bool) -> Metadata {
        let mut metadata = Metadata::new().language("zh-CN".to_owned()).producer("eseal".to_owned());
        let title = title.unwrap_or(&self.title);
        if !title.is_empty() {
            metadata = metadata.title(title.to_owned());
        }
        if let Some((year, month, day)) = self.created.or(archival.then_some((1970, 1, 1))) {
            metadata = metadata.creation_date(DateTime::new(year).month(month).day(day));
        }
        if !self.author.is_empty() {
            metadata = metadata.authors(vec![self.author.clone()]);
        }
        if !self.subject.is_empty() {
            metadata = metadata.description(self.subject.clone());
        }
        if !self.keywords.is_empty() {
            metadata = metadata.keywords(self.keywords.clone());
        }
        metadata
    }

    pub(super) fn outline(&self, pages: usize) -> Option<Outline> {
        let mut outline = Outline::new();
        for entry in &self.entries {
            outline.push_child(entry.node(pages));
        }
        (!self.entries.is_empty()).then_some(outline)
    }
}

impl Entry {
    fn node(&self, pages: usize) -> OutlineNode {
        let (page, x, y) = self.place.filter(|(page, ..)| *page < pages).unwrap_or((0, 0.0, 0.0));
        let point = Point::from_xy(single(x * POINTS_PER_MM), single(y * POINTS_PER_MM));
        let mut node = OutlineNode::new(self.title.clone(), XyzDestination::new(page, point));
        for inner in &self.inner {
            node.push_child(inner.node(pages));
        }
        node
    }
}

fn entries(node: Node<'_, '_>, pages: &HashMap<&str, usize>, level: usize, count: &mut usize) -> Vec<Entry> {
    let mut found = Vec::new();
    for element in children(node, "OutlineElem") {
        *count = count.saturating_add(1);
        if *count > ENTRIES || level > LEVELS {
            break;
        }
        let target = child(element, "Actions").and_then(|actions| xml::descendant(actions, "Dest"));
        found.push(Entry {
            title: attribute(element, "Title").unwrap_or_default().to_owned(),
            place: target.and_then(|target| place(target, pages)),
            inner: entries(element, pages, level.saturating_add(1), count),
        });
    }
    found
}

pub(super) fn place(target: Node<'_, '_>, pages: &HashMap<&str, usize>) -> Option<(usize, f64, f64)> {
    let page = pages.get(attribute(target, "PageID")?.trim())?;
    let number = |name: &str| {
        let numbers = attribute(target, name).and_then(xml::numbers)?;
        numbers.first().copied().filter(|number| (0.0..1e5).contains(number))
    };
    Some((*page, number("Left").unwrap_or(0.0), number("Top").unwrap_or(0.0)))
}

/// Puts a file into the PDF.
/// A date as in XML, `2025-03-31` with or without more.
fn day(text: &str) -> Option<(u16, u8, u8)> {
    let mut parts = text.trim().get(..10)?.splitn(3, '-');
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
}

pub(super) fn embed(document: &mut Document, name: &str, bytes: Vec<u8>, warnings: &mut Warnings) {
    let name: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\')).take(120).collect();
    let mime = match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "xml" | "xbrl" => "application/xml",
        "ofd" => "application/ofd",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    };
    let file = EmbeddedFile {
        path: name.clone(),
        mime_type: MimeType::new(mime),
        description: None,
        association_kind: AssociationKind::Unspecified,
        data: Data::from(bytes),
        modification_date: None,
        compress: None,
        location: None,
    };
    if document.embed_file(file).is_none() {
        warnings.add(WarningKind::AttachmentDropped, format!("{name}: another has the same name"));
    }
}
