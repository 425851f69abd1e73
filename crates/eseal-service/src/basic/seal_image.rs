//! 制作印章图片: drawn from a template, or cleaned from a scan.

use std::sync::Arc;

use eseal_api::{Base64, ConversionWarning, Language, MakeSealImage, MakeSealImageResult};
use eseal_picture::{
    CleanError, DEFAULT_DPI, DrawError, FontFile, LARGEST_SCAN_BYTES, OwnFonts, Scan, SealDesign, Templates, Warning,
    clean, draw_with_fonts,
};
use eseal_render::{FontLibrary, LibraryFace};

use crate::{App, Caller, Error, Result};

/// Makes a picture for a seal; nothing is kept.
///
/// # Errors
/// 40001 and 40002 with the field; 41301 and 42201 for scans that are too large or no pictures.
pub async fn seal_image(app: &Arc<App>, caller: &Caller, request: MakeSealImage) -> Result<MakeSealImageResult> {
    let language = caller.language;
    let fonts = app.clone();
    app.pool
        .run(move || match request.scan {
            Some(_) => cleaned(&request, language),
            None => drawn(request, fonts.fonts.library(), language),
        })
        .await
}

fn drawn(request: MakeSealImage, library: &FontLibrary, language: Language) -> Result<MakeSealImageResult> {
    let dpi = request.dpi.map(u16::try_from).transpose().map_err(|_| Error::bad("/dpi", "from 72 to 1200"))?;
    let design = SealDesign {
        template: request.template.clone().ok_or_else(|| Error::missing("/template"))?,
        name: request.seal_name.ok_or_else(|| Error::missing("/sealName"))?,
        lines: request.lines.unwrap_or_default(),
        code: request.seal_code,
        dpi,
        color: request.color,
        registered_name: request.registered_name,
    };
    let template = Templates::shipped()
        .find(&design.template)
        .ok_or_else(|| Error::bad("/template", format!("no seal template {:?}", design.template)))?;
    let named = request.font.as_deref().map(|name| named(library, name)).transpose()?.unwrap_or_default();
    let rare = library.faces_added();
    let (first, last) = (files(&named), files(&rare));
    let picture = draw_with_fonts(template, &design, &OwnFonts { first: &first, last: &last }).map_err(|error| {
        let field = match &error {
            DrawError::UnknownTemplate(_) | DrawError::Geometry(_) => "/template",
            DrawError::TextLength { what: "the code", .. } => "/sealCode",
            DrawError::TextLength { what: "a line", .. } => "/lines",
            DrawError::TextLength { .. } => "/sealName",
            DrawError::Resolution(_) => "/dpi",
            DrawError::Color => "/color",
            other => return Error::Internal(other.to_string()),
        };
        Error::bad(field, error.to_string())
    })?;
    Ok(MakeSealImageResult {
        seal_img: Base64(picture.png),
        image_type: "png".into(),
        svg: Some(picture.svg),
        width: picture.width_mm,
        height: picture.height_mm,
        dpi: dpi.unwrap_or(DEFAULT_DPI).into(),
        warnings: in_words(&picture.warnings, language),
    })
}

/// The faces of that name.
fn named(library: &FontLibrary, name: &str) -> Result<Vec<LibraryFace>> {
    let faces = library.faces_named(name, true);
    if faces.is_empty() {
        return Err(Error::bad("/font", "no font of that name is in the server's folder of fonts"));
    }
    Ok(faces)
}

fn files(faces: &[LibraryFace]) -> Vec<FontFile<'_>> {
    faces.iter().map(|face| FontFile { bytes: face.bytes.as_ref().as_ref(), index: face.index }).collect()
}

fn cleaned(request: &MakeSealImage, language: Language) -> Result<MakeSealImageResult> {
    let bytes = request.scan.as_ref().map(|scan| scan.0.as_slice()).unwrap_or_default();
    let width_mm = request.width.ok_or_else(|| Error::missing("/width"))?;
    let height_mm = request.height.ok_or_else(|| Error::missing("/height"))?;
    let scan = Scan { bytes, width_mm, height_mm, color: request.color.as_deref() };
    let picture = clean(&scan).map_err(|error| match error {
        CleanError::TooLarge { .. } => Error::FileTooLarge { limit_bytes: limit() }.at("/scan"),
        CleanError::Decode(error) => Error::FileDamaged { problem: error.to_string() }.at("/scan"),
        CleanError::Size { .. } => Error::bad("/width", error.to_string()),
        CleanError::Color => Error::bad("/color", error.to_string()),
        CleanError::NoInk | CleanError::AllInk => Error::bad("/scan", error.to_string()),
        other => Error::Internal(other.to_string()),
    })?;
    Ok(MakeSealImageResult {
        seal_img: Base64(picture.png),
        image_type: "png".into(),
        svg: None,
        width: picture.width_mm,
        height: picture.height_mm,
        dpi: picture.dpi.into(),
        warnings: in_words(&picture.warnings, language),
    })
}

fn limit() -> u64 {
    u64::try_from(LARGEST_SCAN_BYTES).unwrap_or(u64::MAX)
}

fn in_words(warnings: &[Warning], language: Language) -> Vec<ConversionWarning> {
    let one = |warning: &Warning| {
        let (zh, en) = warning.words();
        ConversionWarning { kind: warning.code().into(), detail: language.choose(&zh, &en).to_owned() }
    };
    warnings.iter().map(one).collect()
}
