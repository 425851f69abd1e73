//! `eseal convert`: what 1-2 does, offline (格式转换).

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use eseal::{Document, Limits, OpenError};
use eseal_convert::{ConvertError, Options, SourceType, Target};
use eseal_office::{Job, Office, Settings};
use eseal_render::{OfdOptions, PdfOptions, Warning, ofd_to_pdf, pdf_to_ofd};

use crate::{exit::Exit, files};

/// Arguments of `eseal convert`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Text, picture, office document, PDF or OFD.
    input: PathBuf,
    /// File to write: .pdf or .ofd.
    output: PathBuf,
    /// PDF/A-2b, for archives.
    #[arg(long)]
    pdf_a: bool,
    /// Convert a sealed file too: its seals become pictures, and the file goes along as attachment.
    #[arg(long, conflicts_with = "pdf_a")]
    allow_signed: bool,
    /// Title of a document that has none.
    #[arg(long)]
    title: Option<String>,
    /// Folder of fonts (.ttf, .otf, .ttc) that are preferred to those of the system and the shipped ones.
    #[arg(long)]
    fonts: Option<PathBuf>,
}

/// A file and what was lost on the way.
struct Made {
    bytes: Vec<u8>,
    warnings: Vec<String>,
}

/// Runs `eseal convert`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let target = match args.output.extension().and_then(|extension| extension.to_str()) {
        Some("pdf") => Target::Pdf,
        Some("ofd") if args.pdf_a => bail!("only a PDF can be a PDF/A"),
        Some("ofd") => Target::Ofd,
        _ => bail!("{}: .pdf or .ofd", args.output.display()),
    };
    let bytes = fs::read(&args.input).with_context(|| args.input.display().to_string())?;
    let made = convert(args, bytes, target).with_context(|| format!("cannot convert {}", args.input.display()))?;
    for warning in &made.warnings {
        eprintln!("{warning}");
    }
    fs::write(&args.output, &made.bytes).with_context(|| args.output.display().to_string())?;
    println!("{}", args.output.display());
    Ok(Exit::Done)
}

fn convert(args: &Args, bytes: Vec<u8>, target: Target) -> Result<Made> {
    let stated = args.input.extension().map(|extension| extension.to_string_lossy().to_uppercase());
    match Document::open(Arc::new(bytes.clone()), &Limits::default()) {
        Ok(document) => return carried(args, &document, &bytes, target),
        Err(OpenError::UnknownType) => {}
        Err(error) => return Err(error.into()),
    }
    let options = Options { title: args.title.clone(), archival: args.pdf_a, ..Options::default() };
    match eseal_convert::convert(&bytes, stated.as_deref(), target, &options) {
        Ok(made) => {
            let warning = |warning: eseal_convert::Warning| format!("{} {}", warning.kind.as_str(), warning.detail);
            Ok(Made { bytes: made.bytes, warnings: made.warnings.into_iter().map(warning).collect() })
        }
        Err(ConvertError::UnsupportedPair {
            source_type: SourceType::Office | SourceType::Html | SourceType::Rtf,
            ..
        }) => {
            let made = office(args, &bytes, stated.as_deref())?;
            if target == Target::Pdf {
                return Ok(made);
            }
            let document = Document::open(Arc::new(made.bytes), &Limits::default())?;
            let mut second = carried(args, &document, &[], target)?;
            second.warnings.splice(0..0, made.warnings);
            Ok(second)
        }
        Err(error) => Err(error.into()),
    }
}

/// An office document as PDF, by a worker of its own.
fn office(args: &Args, bytes: &[u8], stated: Option<&str>) -> Result<Made> {
    let folder = std::env::temp_dir().join(format!("eseal-convert-{}", std::process::id()));
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let folder = Temporary(folder);
    let mut settings = Settings::new(&folder.0);
    (settings.workers, settings.fonts) = (1, args.fonts.clone());
    let job = Job { bytes, stated, title: args.title.as_deref(), archival: args.pdf_a, ..Job::default() };
    let made = Office::new(settings).convert(&job, &|_| ())?;
    let warning = |warning: eseal_office::Warning| format!("{} {}", warning.kind.as_str(), warning.detail);
    Ok(Made { bytes: made.bytes, warnings: made.warnings.into_iter().map(warning).collect() })
}

/// A folder that goes with its holder.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // the system's folder for such is emptied anyway
    }
}

/// From PDF to OFD or back.
fn carried(args: &Args, document: &Document, original: &[u8], target: Target) -> Result<Made> {
    let is_sealed = document.signature_count() > 0;
    if is_sealed && !args.allow_signed {
        bail!("the file is sealed, and the new one would carry no seal: --allow-signed converts it all the same");
    }
    let fonts = files::fonts(args.fonts.as_deref())?;
    let name = args.input.file_name().map(Path::new).map(|name| name.to_string_lossy().into_owned());
    let original = name.as_deref().filter(|_| is_sealed).map(|name| (name, original));
    let (title, mark) = (args.title.as_deref(), is_sealed.then_some("转换件，不含有效签章"));
    let (bytes, warnings) = match (document.as_ofd(), document.as_pdf(), target) {
        (Some(ofd), _, Target::Pdf) => {
            let options = PdfOptions { title, original, mark, archival: args.pdf_a, ..PdfOptions::default() };
            let written = ofd_to_pdf(ofd, &fonts, &options)?;
            (written.bytes, written.warnings)
        }
        (_, Some(pdf), Target::Ofd) => {
            let written = pdf_to_ofd(pdf, &fonts, &OfdOptions { title, original, mark, ..OfdOptions::default() })?;
            (written.bytes, written.warnings)
        }
        _ => bail!("it is of that type already"),
    };
    let warning = |warning: Warning| format!("page {}: {} {}", warning.page, warning.kind.as_str(), warning.detail);
    Ok(Made { bytes, warnings: warnings.into_iter().map(warning).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(folder: &Path, input: &str, output: &str) -> Args {
        Args {
            input: folder.join(input),
            output: folder.join(output),
            pdf_a: false,
            allow_signed: false,
            title: None,
            fonts: None,
        }
    }

    #[test]
    fn a_text_goes_to_pdf_a_and_ofd_and_there_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("a.txt"), "通知\n正文").unwrap();
        run(&Args { pdf_a: true, ..args(folder, "a.txt", "a.pdf") }).unwrap();
        run(&args(folder, "a.txt", "b.ofd")).unwrap();
        run(&args(folder, "a.pdf", "a.ofd")).unwrap();
        run(&Args { pdf_a: true, ..args(folder, "a.ofd", "b.pdf") }).unwrap();
        for name in ["a.pdf", "b.pdf"] {
            let bytes = fs::read(folder.join(name)).unwrap();
            assert!(String::from_utf8_lossy(&bytes).contains("<pdfaid:part>2</pdfaid:part>"), "{name}");
        }
        for wrong in ["a.pdf", "a.docx"] {
            assert!(run(&args(folder, "a.pdf", wrong)).is_err(), "{wrong}");
        }
        assert!(run(&Args { pdf_a: true, ..args(folder, "a.txt", "c.ofd") }).is_err());
    }

    #[test]
    fn a_sealed_file_is_converted_only_where_that_is_said() {
        let sealed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/made");
        let Some(sealed) = fs::read_dir(sealed).unwrap().map(|entry| entry.unwrap().path()).find(|path| {
            path.extension().is_some_and(|extension| extension == "ofd")
                && Document::open(Arc::new(fs::read(path).unwrap()), &Limits::default())
                    .is_ok_and(|document| document.signature_count() > 0)
        }) else {
            panic!("no sealed file among the vectors");
        };
        let folder = tempfile::tempdir().unwrap();
        fs::copy(sealed, folder.path().join("sealed.ofd")).unwrap();
        let plain = args(folder.path(), "sealed.ofd", "a.pdf");
        assert!(format!("{:#}", run(&plain).unwrap_err()).contains("--allow-signed"));
        run(&Args { allow_signed: true, ..args(folder.path(), "sealed.ofd", "a.pdf") }).unwrap();
        let bytes = fs::read(folder.path().join("a.pdf")).unwrap();
        assert!(bytes.windows(13).any(|window| window == b"EmbeddedFiles"), "the original goes along");
    }
}
