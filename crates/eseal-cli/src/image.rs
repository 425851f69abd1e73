//! `eseal image`: draws a seal picture, or cleans a scanned one (印章图片).

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use eseal_convert::{Target, seal_picture};
use eseal_picture::{FontFile, OwnFonts, Scan, SealDesign, Templates, VectorPicture, Warning, clean, draw_with_fonts};
use eseal_render::{FontLibrary, LibraryFace};

use crate::{exit::Exit, files};

/// Arguments of `eseal image`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// List the templates and end.
    #[arg(long)]
    list: bool,
    /// Template, such as co-42.
    #[arg(long, default_value = "co-42")]
    template: String,
    /// File with templates of one's own, in the form of the shipped ones.
    #[arg(long)]
    templates: Option<PathBuf>,
    /// Name on the arc, or the person's name (印文).
    #[arg(long, required_unless_present_any = ["list", "scan"])]
    name: Option<String>,
    /// Name in the register: another name on the seal is warned about.
    #[arg(long)]
    registered: Option<String>,
    /// Line below the centre; may be given several times.
    #[arg(long = "line")]
    lines: Vec<String>,
    /// Seal code on the lower arc.
    #[arg(long)]
    code: Option<String>,
    /// Colour, #rrggbb, instead of the template's or the scanned ink's.
    #[arg(long)]
    color: Option<String>,
    /// Font file in which characters are looked for first: another face. May be given several times.
    #[arg(long = "font")]
    font_files: Vec<PathBuf>,
    /// Folder of fonts for rare characters, looked through before those of the system.
    #[arg(long)]
    fonts: Option<PathBuf>,
    /// Pixels an inch of a PNG.
    #[arg(long)]
    dpi: Option<u16>,
    /// Clean this scanned seal instead of drawing one: PNG, JPEG, BMP or GIF.
    #[arg(long, conflicts_with_all = ["name", "lines", "code", "font_files", "fonts", "templates", "registered", "dpi"])]
    scan: Option<PathBuf>,
    /// Size of the scanned seal on paper in mm, width×height, such as 40x40.
    #[arg(long, value_parser = size, requires = "scan", required_unless_present_any = ["list", "name"])]
    size: Option<(f64, f64)>,
    /// File to write: .png, .svg, .ofd (a page of paths, for seals of that type) or .pdf; a cleaned scan is .png.
    #[arg(short, long, required_unless_present = "list")]
    output: Option<PathBuf>,
}

/// Runs `eseal image`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let own = args.templates.as_deref().map(templates).transpose()?;
    let templates = own.as_ref().unwrap_or(Templates::shipped());
    if args.list {
        for template in templates.iter() {
            println!("{:16} {} × {} mm  {}", template.id, template.width_mm, template.height_mm, template.name);
        }
        return Ok(Exit::Done);
    }
    let output = args.output.as_deref().context("no file to write")?;
    let (width_mm, height_mm, warnings) = match &args.scan {
        Some(scan) => cleaned(args, scan, output)?,
        None => drawn(args, templates, output)?,
    };
    for warning in &warnings {
        let (zh, en) = warning.words();
        eprintln!("{} {zh} / {en}", warning.code());
    }
    println!("{}: {width_mm} × {height_mm} mm", output.display());
    Ok(Exit::Done)
}

fn drawn(args: &Args, templates: &Templates, output: &Path) -> Result<(f64, f64, Vec<Warning>)> {
    let template =
        templates.find(&args.template).with_context(|| format!("no template {}: see --list", args.template))?;
    let design = SealDesign {
        template: args.template.clone(),
        name: args.name.clone().unwrap_or_default(),
        lines: args.lines.clone(),
        code: args.code.clone(),
        dpi: args.dpi,
        color: args.color.clone(),
        registered_name: args.registered.clone(),
    };
    let mut first = Vec::new();
    for path in &args.font_files {
        let mut library = FontLibrary::shipped();
        if library.add_font(Arc::new(files::read(path)?)) == 0 {
            bail!("{} is no font that can be used", path.display());
        }
        first.extend(library.faces_added());
    }
    let last = files::fonts(args.fonts.as_deref())?.faces_added();
    let (first, last) = (font_files(&first), font_files(&last));
    let fonts = OwnFonts { first: &first, last: &last };
    let picture = draw_with_fonts(template, &design, &fonts).context("cannot draw the picture")?;
    match extension(output) {
        "png" => files::write(output, &picture.png)?,
        "svg" => files::write(output, picture.svg.as_bytes())?,
        "ofd" => files::write(output, &one_page(&picture.svg, Target::Ofd)?)?,
        "pdf" => files::write(output, &one_page(&picture.svg, Target::Pdf)?)?,
        _ => bail!("{}: pictures are .png, .svg, .ofd or .pdf", output.display()),
    }
    Ok((picture.width_mm, picture.height_mm, picture.warnings))
}

fn font_files(faces: &[LibraryFace]) -> Vec<FontFile<'_>> {
    faces.iter().map(|face| FontFile { bytes: face.bytes.as_ref().as_ref(), index: face.index }).collect()
}

/// The paths on a page of their own size.
fn one_page(svg: &str, target: Target) -> Result<Vec<u8>> {
    Ok(seal_picture(VectorPicture::from_svg(svg.as_bytes())?, target)?)
}

fn cleaned(args: &Args, scan: &Path, output: &Path) -> Result<(f64, f64, Vec<Warning>)> {
    let (width_mm, height_mm) = args.size.context("--size is missing")?;
    if extension(output) != "png" {
        bail!("{}: a cleaned scan is .png", output.display());
    }
    let bytes = files::read(scan)?;
    let color = args.color.as_deref();
    let picture = clean(&Scan { bytes: &bytes, width_mm, height_mm, color })
        .with_context(|| format!("{} cannot be cleaned", scan.display()))?;
    files::write(output, &picture.png)?;
    Ok((width_mm, height_mm, picture.warnings))
}

fn templates(path: &Path) -> Result<Templates> {
    let text = String::from_utf8(files::read(path)?).with_context(|| format!("{} is no text", path.display()))?;
    Templates::parse(&text).with_context(|| path.display().to_string())
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn size(text: &str) -> Result<(f64, f64), String> {
    let number = |text: &str| text.trim().parse::<f64>().map_err(|error| format!("{text}: {error}"));
    let (width, height) = text.split_once(['x', '×']).ok_or("width and height are parted by x")?;
    Ok((number(width)?, number(height)?))
}
