//! The parts that hold the document together (文档结构), GB/T 33190 §7.

use std::fmt::Write as _;

use eseal_ofd::xml::escape;

use super::{WrittenPage, extras::Info, object::number, pictures::Media};

pub(super) const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
pub(super) const NAMESPACE: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;

/// Parts that a document may have.
pub(super) struct Parts {
    pub(super) fonts: bool,
    pub(super) annotations: bool,
    pub(super) attachments: bool,
    /// `Outlines`, or nothing.
    pub(super) outlines: String,
}

/// `OFD.xml`.
pub(super) fn entry(id: &str, title: Option<&str>, info: &Info) -> String {
    let mut out = format!(
        r#"{HEAD}<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>{id}</ofd:DocID>"#
    );
    let mut put = |name: &str, text: &str| {
        if !text.is_empty() {
            let _ = write!(out, "<ofd:{name}>{}</ofd:{name}>", escape(text));
        }
    };
    put("Title", title.unwrap_or(&info.title));
    put("Author", &info.author);
    put("Subject", &info.subject);
    put("CreationDate", &info.created);
    put("ModDate", &info.modified);
    if !info.keywords.is_empty() {
        out.push_str("<ofd:Keywords>");
        for word in &info.keywords {
            let _ = write!(out, "<ofd:Keyword>{}</ofd:Keyword>", escape(word));
        }
        out.push_str("</ofd:Keywords>");
    }
    out.push_str("<ofd:Creator>eseal</ofd:Creator></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>");
    out
}

/// `Document.xml`.
pub(super) fn document(parts: &Parts, pages: &[WrittenPage], last_id: u32, media: bool) -> String {
    let size = pages.first().map_or((210.0, 297.0), |page| page.size);
    let mut out = format!(
        "{HEAD}<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>{last_id}</ofd:MaxUnitID>{}",
        page_area("PageArea", size)
    );
    if parts.fonts {
        out.push_str("<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>");
    }
    if media {
        out.push_str("<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>");
    }
    out.push_str("</ofd:CommonData><ofd:Pages>");
    for (index, page) in pages.iter().enumerate() {
        let _ = write!(out, r#"<ofd:Page ID="{}" BaseLoc="Pages/Page_{index}/Content.xml"/>"#, page.id);
    }
    let _ = write!(out, "</ofd:Pages>{}", parts.outlines);
    if parts.annotations {
        out.push_str("<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>");
    }
    if parts.attachments {
        out.push_str("<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>");
    }
    out.push_str("</ofd:Document>");
    out
}

/// `PublicRes.xml`.
pub(super) fn public_res(fonts: &[(u32, &str)]) -> String {
    let mut out = format!(r#"{HEAD}<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:Fonts>"#);
    for (id, name) in fonts {
        let name = escape(name);
        let _ = write!(
            out,
            r#"<ofd:Font ID="{id}" FontName="{name}" FamilyName="{name}"><ofd:FontFile>font_{id}.ttf</ofd:FontFile></ofd:Font>"#
        );
    }
    out.push_str("</ofd:Fonts></ofd:Res>");
    out
}

/// `DocumentRes.xml`.
pub(super) fn document_res(media: &[Media]) -> String {
    let mut out = format!(r#"{HEAD}<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:MultiMedias>"#);
    for Media { id, format, name } in media {
        let _ = write!(
            out,
            r#"<ofd:MultiMedia ID="{id}" Type="Image" Format="{format}"><ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>"#
        );
    }
    out.push_str("</ofd:MultiMedias></ofd:Res>");
    out
}

/// `Content.xml`; the size is left out where the document's own holds.
pub(super) fn page(size: Option<(f64, f64)>, layer: u32, content: &str) -> String {
    let area = size.map(|size| page_area("Area", size)).unwrap_or_default();
    format!(
        r#"{HEAD}<ofd:Page {NAMESPACE}>{area}<ofd:Content><ofd:Layer ID="{layer}" Type="Body">{content}</ofd:Layer></ofd:Content></ofd:Page>"#
    )
}

fn page_area(name: &str, (width, height): (f64, f64)) -> String {
    format!("<ofd:{name}><ofd:PhysicalBox>0 0 {} {}</ofd:PhysicalBox></ofd:{name}>", number(width), number(height))
}
