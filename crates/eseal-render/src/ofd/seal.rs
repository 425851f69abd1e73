//! Seals as they are seen (印章呈现), GB/T 33190 §18: `StampAnnot` of each signature with the picture of its seal.

use std::{rc::Rc, sync::Arc};

use eseal_ofd::{
    Limits as OfdLimits, Ofd, OfdDocument,
    xml::{self, attribute, child, descendants},
};
use eseal_ses::{Seal, SealSignature};
use kurbo::Rect;

use super::{location, model::boxed};
use crate::{
    Limits,
    image::{self, Bitmap},
    warning::{WarningKind, Warnings},
};

/// Most packages inside each other: a seal that is an OFD, which has a seal.
pub(super) const NESTED: usize = 2;
/// Most signatures that are looked at.
const SIGNATURES: usize = 1_000;
/// Most stamps of a document.
const STAMPS: usize = 20_000;

/// One stamp on a page.
pub(super) struct Stamp {
    /// Id of the signature, for warnings.
    pub(super) id: String,
    /// Id of the page.
    pub(super) page: String,
    pub(super) boundary: Rect,
    /// Seen from the boundary's corner.
    pub(super) clip: Option<Rect>,
    pub(super) picture: Result<SealPicture, String>,
}

/// The picture of a seal.
#[derive(Clone)]
pub(super) enum SealPicture {
    Pixels(Rc<Bitmap>),
    Ofd(Rc<Ofd>),
}

/// Stamps of a document, in the order of signing.
pub(super) fn stamps(ofd: &Ofd, document: &OfdDocument, warnings: &mut Warnings) -> Vec<Stamp> {
    let package = ofd.package();
    let mut found = Vec::new();
    let Some(list) = document.signatures else { return found };
    let (Ok(source), base) = (package.text(list), package.name(list)) else { return found };
    let Ok(tree) = xml::parse(&source) else {
        warnings.add(WarningKind::NonstandardInput, "the list of signatures cannot be read");
        return found;
    };
    let entries = descendants(tree.root_element()).filter(|node| node.tag_name().name() == "Signature");
    for entry in entries.take(SIGNATURES) {
        let location = attribute(entry, "BaseLoc").unwrap_or_default();
        let id: String = attribute(entry, "ID").unwrap_or_default().chars().take(40).collect();
        let part = package.find(base, location);
        let Some((part, source)) = part.and_then(|part| Some((part, package.text(part).ok()?))) else {
            warnings.add(WarningKind::NonstandardInput, format!("signature {id} is missing"));
            continue;
        };
        signature(ofd, &id, package.name(part), &source, &mut found);
    }
    found
}

fn signature(ofd: &Ofd, id: &str, base: &str, source: &str, found: &mut Vec<Stamp>) {
    let Ok(tree) = xml::parse(source) else { return };
    let root = tree.root_element();
    let stamps: Vec<_> = descendants(root).filter(|node| node.tag_name().name() == "StampAnnot").collect();
    if stamps.is_empty() {
        return;
    }
    let info = child(root, "SignedInfo").unwrap_or(root);
    let seal = xml::descendant(info, "Seal").and_then(|seal| location(seal, "BaseLoc"));
    let value = xml::descendant(root, "SignedValue").map(xml::text).filter(|value| !value.is_empty());
    let picture = picture(ofd, base, value.as_deref().unwrap_or("SignedValue.dat"), seal.as_deref());
    for stamp in stamps {
        let Some(boundary) = attribute(stamp, "Boundary").and_then(boxed) else { continue };
        if found.len() >= STAMPS {
            return;
        }
        found.push(Stamp {
            id: id.to_owned(),
            page: attribute(stamp, "PageRef").unwrap_or_default().trim().to_owned(),
            boundary,
            clip: attribute(stamp, "Clip").and_then(boxed),
            picture: picture.clone(),
        });
    }
}

/// The picture in the signed value, else in the seal's own file.
fn picture(ofd: &Ofd, base: &str, value: &str, seal: Option<&str>) -> Result<SealPicture, String> {
    let package = ofd.package();
    let read = |location: &str| package.find(base, location).and_then(|part| package.read(part).ok());
    let mut reason = "its picture is missing".to_owned();
    if let Some(bytes) = read(value)
        && let Ok((signature, _)) = SealSignature::parse_first(&bytes)
    {
        match decode(signature.seal()) {
            Ok(picture) => return Ok(picture),
            Err(error) => reason = error,
        }
    }
    if let Some(bytes) = seal.and_then(read) {
        match Seal::parse(&bytes) {
            Ok(seal) => return decode(&seal),
            Err(error) => reason = error.to_string(),
        }
    }
    Err(reason)
}

fn decode(seal: &Seal<'_>) -> Result<SealPicture, String> {
    let picture = &seal.info().picture;
    let kind = picture.kind.trim().trim_start_matches('.').to_ascii_lowercase();
    // What is called ofd is often PNG (documents of several makers): the content decides.
    if picture.data.starts_with(b"PK\x03\x04") {
        let source = Arc::new(picture.data.to_vec());
        let inner = Ofd::open(source, &OfdLimits::default()).map_err(|error| error.to_string())?;
        return Ok(SealPicture::Ofd(Rc::new(inner)));
    }
    let head: Vec<u8> = picture.data.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(5).collect();
    if kind == "svg" || head.starts_with(b"<svg") || head.starts_with(b"<?xml") {
        let pixels = eseal_picture::decode_picture("svg", picture.data).map_err(|error| error.to_string())?;
        return Ok(SealPicture::Pixels(Rc::new(Bitmap::new(pixels.width, pixels.height, pixels.rgba))));
    }
    let bitmap = image::decode(picture.data, &Limits::default())?;
    let bitmap = if bitmap.is_opaque { bitmap.on_paper() } else { bitmap };
    Ok(SealPicture::Pixels(Rc::new(bitmap)))
}
