//! Pages as OFD (写 OFD), GB/T 33190.
//!
//! ```text
//! OFD.xml
//! Doc_0/Document.xml  PublicRes.xml (the font)  DocumentRes.xml (pictures)
//! Doc_0/Pages/Page_n/Content.xml
//! Doc_0/Res/font.otf  image_n.png|jpg
//! ```

mod subset;
mod xml;

use std::collections::BTreeMap;

use eseal_ofd::PackageWriter;

use crate::{
    ConvertError,
    page::{Content, Page},
};

use self::xml::Ids;

/// The package; the same pages give the same bytes.
pub(crate) fn write(pages: Vec<Page>, title: Option<&str>) -> Result<Vec<u8>, ConvertError> {
    let glyphs = used_glyphs(&pages);
    let mut ids = Ids::default();
    let font = (!glyphs.is_empty()).then(|| ids.next());
    let mut parts = Vec::new();
    let (mut page_list, mut media) = (Vec::new(), Vec::new());
    let sizes: Vec<(f32, f32)> = pages.iter().map(|page| (page.width_mm, page.height_mm)).collect();
    for (number, page) in pages.into_iter().enumerate() {
        let page_id = ids.next();
        let content = match page.content {
            Content::Lines(lines) => xml::text_page(&lines, font.unwrap_or_default(), &mut ids),
            Content::Picture(picture, area) => {
                let (id, format) = (ids.next(), if picture.is_jpeg { "JPEG" } else { "PNG" });
                let name = format!("image_{number}.{}", if picture.is_jpeg { "jpg" } else { "png" });
                let content = xml::picture_page(&picture, area, id, &mut ids);
                parts.push((format!("Doc_0/Res/{name}"), picture.bytes));
                media.push(xml::Media { id, format, name });
                content
            }
            Content::Shapes(paths) => xml::shapes_page(&paths, (page.width_mm, page.height_mm), &mut ids),
        };
        page_list.push(page_id);
        let size = (page.width_mm, page.height_mm);
        let area = (sizes.first() != Some(&size)).then_some(size);
        parts.push((format!("Doc_0/Pages/Page_{number}/Content.xml"), xml::page(area, &content).into_bytes()));
    }
    if let Some(id) = font {
        parts.push(("Doc_0/Res/font.otf".to_owned(), subset::subset(&glyphs)?));
        parts.push(("Doc_0/PublicRes.xml".to_owned(), xml::public_res(id).into_bytes()));
    }
    if !media.is_empty() {
        parts.push(("Doc_0/DocumentRes.xml".to_owned(), xml::document_res(&media).into_bytes()));
    }
    let size = sizes.first().copied().unwrap_or((210.0, 297.0));
    let document = xml::document(&ids, size, &page_list, font.is_some(), !media.is_empty());
    parts.push(("Doc_0/Document.xml".to_owned(), document.into_bytes()));
    parts.sort();
    package(&parts, title)
}

fn package(parts: &[(String, Vec<u8>)], title: Option<&str>) -> Result<Vec<u8>, ConvertError> {
    // The document's identifier is made from its content, so that the same content has the same.
    let mut hash = eseal_gm::Sm3::new();
    for (name, bytes) in parts {
        hash.update(name.as_bytes());
        hash.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    }
    let id: String = hash.finish().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut package = PackageWriter::default();
    package.add("OFD.xml", xml::entry(&id, title).as_bytes()).map_err(failed)?;
    for (name, bytes) in parts {
        package.add(name, bytes).map_err(failed)?;
    }
    package.finish().map_err(failed)
}

fn failed(error: eseal_ofd::Error) -> ConvertError {
    match error {
        eseal_ofd::Error::TooLarge { what, limit, .. } => ConvertError::TooLarge { what, limit },
        other => ConvertError::Write(other.to_string()),
    }
}

/// Glyphs of the shipped font by character.
fn used_glyphs(pages: &[Page]) -> BTreeMap<char, u16> {
    let mut glyphs = BTreeMap::new();
    for page in pages {
        if let Content::Lines(lines) = &page.content {
            glyphs.extend(lines.iter().flat_map(|line| &line.letters).map(|letter| (letter.character, letter.glyph)));
        }
    }
    glyphs
}
