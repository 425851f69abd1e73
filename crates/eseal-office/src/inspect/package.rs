//! Documents in ZIP packages (OOXML, ODF).

use std::{collections::BTreeSet, sync::Arc};

use eseal_gm::Hash;
use eseal_ofd::{Error, Package, PartId};

use super::{
    Inspected,
    links::is_outside,
    xml::{Element, scan},
};
use crate::{Kind, Limits, OfficeError};

/// Main parts of OOXML.
const MAIN: &[(&str, Kind)] =
    &[("word/document.xml", Kind::Docx), ("xl/workbook.xml", Kind::Xlsx), ("ppt/presentation.xml", Kind::Pptx)];
/// Media types of ODF; templates have the same with `-template`.
const ODF: &[(&str, Kind)] = &[
    ("application/vnd.oasis.opendocument.text", Kind::Odt),
    ("application/vnd.oasis.opendocument.spreadsheet", Kind::Ods),
    ("application/vnd.oasis.opendocument.presentation", Kind::Odp),
];

pub(super) fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspected, OfficeError> {
    let package = Package::open(Arc::new(bytes.to_vec()), &package_limits(limits)).map_err(of_package)?;
    unpack(&package, limits)?;
    let mut found = Inspected::new(kind(&package)?);
    match found.kind {
        Kind::Odt | Kind::Ods | Kind::Odp => odf(&package, &mut found, limits)?,
        _ => ooxml(&package, &mut found, limits),
    }
    Ok(found)
}

fn package_limits(limits: &Limits) -> eseal_ofd::Limits {
    eseal_ofd::Limits {
        entries: limits.entries,
        unpacked_bytes: limits.unpacked_bytes,
        ratio: limits.ratio,
        ratio_floor_bytes: limits.ratio_floor_bytes,
        part_bytes: limits.searched_bytes,
        ..eseal_ofd::Limits::default()
    }
}

fn of_package(error: Error) -> OfficeError {
    match error {
        Error::Encrypted => OfficeError::Encrypted,
        Error::TooLarge { what, limit, .. } => OfficeError::TooLarge { what, limit },
        other => OfficeError::Damaged { problem: other.to_string() },
    }
}

/// Unpacks everything once: what the directory says of sizes may be a lie that only the next reader finds out.
fn unpack(package: &Package, limits: &Limits) -> Result<(), OfficeError> {
    let mut left = limits.unpacked_bytes;
    for part in package.parts() {
        let too_large = OfficeError::TooLarge { what: "bytes of all entries unpacked", limit: limits.unpacked_bytes };
        left = left.checked_sub(package.size(part)).ok_or(too_large)?;
        let (_, is_right) = package.digest(part, Hash::Sm3).map_err(of_package)?;
        if !is_right {
            return Err(OfficeError::Damaged { problem: "the checksum of an entry is wrong".into() });
        }
    }
    Ok(())
}

fn kind(package: &Package) -> Result<Kind, OfficeError> {
    if package.find("", "EncryptedPackage").is_some() {
        return Err(OfficeError::Encrypted);
    }
    if let Some((_, kind)) = MAIN.iter().find(|(name, _)| package.find("", name).is_some()) {
        return Ok(*kind);
    }
    let media = package.find("", "mimetype").and_then(|part| package.read(part).ok()).unwrap_or_default();
    let media = String::from_utf8_lossy(&media);
    let media = media.trim().trim_end_matches("-template");
    ODF.iter().find(|(name, _)| *name == media).map(|(_, kind)| *kind).ok_or(OfficeError::UnknownKind)
}

/// Parts that satisfy `wanted`, as far as the limit of what is searched goes.
fn each(package: &Package, limits: &Limits, wanted: impl Fn(&str) -> bool, mut visit: impl FnMut(&str, &[u8])) {
    let mut left = limits.searched_bytes;
    let parts: Vec<PartId> = package.parts().filter(|part| wanted(package.name(*part))).collect();
    for part in parts {
        let Some(rest) = left.checked_sub(package.size(part)) else { return };
        left = rest;
        if let Ok(bytes) = package.read(part) {
            visit(package.name(part), &bytes);
        }
    }
}

fn ooxml(package: &Package, found: &mut Inspected, limits: &Limits) {
    if package.parts().any(|part| package.name(part).to_ascii_lowercase().ends_with("vbaproject.bin")) {
        found.macros();
    }
    let is_wanted = |name: &str| {
        let is_text = name.ends_with(".xml") && !name.ends_with("fontTable.xml") && !name.starts_with("docProps/");
        // Sheets name no fonts; their styles do.
        name.ends_with(".rels") || (is_text && !name.contains("/worksheets/"))
    };
    each(package, limits, is_wanted, |name, bytes| {
        if name.ends_with(".rels") {
            scan(bytes, |_, element| relationship(found, element));
        } else {
            scan(bytes, |around, element| ooxml_element(found, around, element));
        }
    });
}

fn relationship(found: &mut Inspected, element: &Element<'_>) {
    if element.name != "Relationship" || element.get("TargetMode") != Some("External") {
        return;
    }
    let target = element.get("Target").unwrap_or_default();
    // The last word of the type's URI.
    match element.get("Type").and_then(|kind| kind.rsplit('/').next()).unwrap_or_default() {
        "hyperlink" => {} // stays a link that a reader may follow
        "image" => found.outside_picture(target),
        kind => found.outside(kind, target),
    }
}

fn ooxml_element(found: &mut Inspected, around: &[String], element: &Element<'_>) {
    let inside = |name: &str| around.last().is_some_and(|last| last == name);
    match element.name {
        "rFonts" => {
            for name in ["ascii", "hAnsi", "eastAsia"] {
                found.font(element.get(name).unwrap_or_default());
            }
        }
        "latin" | "ea" => found.font(element.get("typeface").unwrap_or_default()),
        "name" if inside("font") => found.font(element.get("val").unwrap_or_default()),
        "rFont" => found.font(element.get("val").unwrap_or_default()),
        "sheet" if inside("sheets") && element.get("state").is_some_and(|state| state != "visible") => {
            found.hidden_sheet(element.get("name").unwrap_or_default());
        }
        _ => {}
    }
}

fn odf(package: &Package, found: &mut Inspected, limits: &Limits) -> Result<(), OfficeError> {
    let mut is_encrypted = false;
    each(
        package,
        limits,
        |name| name == "META-INF/manifest.xml",
        |_, bytes| {
            scan(bytes, |_, element| is_encrypted |= element.name == "encryption-data");
        },
    );
    if is_encrypted {
        return Err(OfficeError::Encrypted);
    }
    if package
        .parts()
        .any(|part| package.name(part).starts_with("Basic/") || package.name(part).starts_with("Scripts/"))
    {
        found.macros();
    }
    let mut hidden_styles = BTreeSet::new();
    let mut style = String::new();
    each(
        package,
        limits,
        |name| name == "content.xml" || name == "styles.xml",
        |_, bytes| {
            scan(bytes, |around, element| match element.name {
                "font-face" => found.font(element.get("font-family").unwrap_or_default()),
                "style" => style = element.get("name").unwrap_or_default().to_owned(),
                "table-properties" if element.get("display") == Some("false") => {
                    hidden_styles.insert(style.clone());
                }
                "table" if element.get("style-name").is_some_and(|style| hidden_styles.contains(style)) => {
                    found.hidden_sheet(element.get("name").unwrap_or_default());
                }
                "a" => {} // a link that a reader may follow
                _ => odf_link(found, around, element),
            });
        },
    );
    Ok(())
}

fn odf_link(found: &mut Inspected, around: &[String], element: &Element<'_>) {
    let Some(address) = element.get("href").filter(|address| is_outside(address)) else { return };
    if around.iter().any(|name| name == "event-listeners") {
        return found.macros();
    }
    match element.name {
        "image" | "fill-image" | "background-image" => found.outside_picture(address),
        name => found.outside(name, address),
    }
}
