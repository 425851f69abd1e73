//! `eseal verify`: the same engine as interface 4-1, offline (验章).

mod policy;
mod seal;
mod words;

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow};
use eseal::{Document, Evidence, JudgementRecord, Limits, MAX_RECORD_BYTES, OpenError, Policy, Report, judge};
use eseal_api::{Language, ReportLevel};
use eseal_bytes::ByteSource as _;
use eseal_report::{
    ArchiveInput, Reader, Sheet, Told, UnsignedArchive, Wording, canonical_json, page_pictures, report_to_wire,
};
use eseal_service::Config;
use jiff::Timestamp;

pub(crate) use words::check_line;

use crate::{exit::Exit, files, keys, source::FileSource, trust::TrustArgs};

/// Name and version of this program, as reports carry it.
pub(crate) const SOFTWARE: &str = concat!("eseal ", env!("CARGO_PKG_VERSION"));

/// Language of a report (报告语言).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Chinese,
            Lang::En => Self::English,
        }
    }
}

/// Arguments of `eseal verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// PDF, OFD or a seal (.esl); or a record (`--record`), which is judged again.
    file: PathBuf,
    /// Print the report with the bytes of interface 4-1 at level `full`.
    #[arg(long)]
    json: bool,
    /// Write the report as one self-contained page of HTML.
    #[arg(long, value_name = "OUT")]
    html: Option<PathBuf>,
    /// Write the report as PDF.
    #[arg(long, value_name = "OUT")]
    pdf: Option<PathBuf>,
    /// Write an archive report: report, file, evidence and policy in one package, to be judged again later.
    #[arg(long, value_name = "OUT.zip")]
    archive: Option<PathBuf>,
    /// Leave the file out of the archive.
    #[arg(long, requires = "archive")]
    without_file: bool,
    /// Sign the archive with this SM2 key.
    #[arg(long, requires = "archive")]
    key: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
    /// Judge as of this time (RFC 3339); now if left out.
    #[arg(long)]
    at: Option<Timestamp>,
    /// Keep the judgement as JSON: facts, evidence and policy, to be judged again without the document.
    #[arg(long, value_name = "OUT")]
    record: Option<PathBuf>,
    /// Policy: `default` asks for proof of time, `gbt38540-claimed-time` believes the signer's clock; or a file, JSON or
    /// TOML.
    #[arg(long, default_value = "default")]
    policy: String,
    /// Language of the report.
    #[arg(long, value_enum, default_value_t)]
    lang: Lang,
    /// The same as `--lang en`.
    #[arg(long, hide = true)]
    english: bool,
}

/// Runs `eseal verify`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let config = Config::default();
    let policy = policy::read(&args.policy, &config)?;
    let evidence = args.trust.evidence(&config.region)?;
    let at = args.at.unwrap_or_else(Timestamp::now);
    let language = if args.english { Language::English } else { args.lang.into() };
    let wording = Wording { level: ReportLevel::Full, reader: Reader::System, language };
    let (document, report) = match read_record(&args.file)? {
        Some(record) => (None, record.rejudge(&policy, &evidence, at)?),
        None => {
            let opened = Document::open(Arc::new(FileSource::open(&args.file)?), &Limits::default());
            if let (Err(OpenError::UnknownType), Some(der)) = (&opened, seal::seal_bytes(&args.file)?) {
                return seal::run(args, &der, policy, &evidence, at, wording);
            }
            let say = |error| anyhow!("{}: {}", args.file.display(), seal::not_opened(&error, language));
            let document = opened.map_err(say)?;
            let examination = document.examine().map_err(say)?;
            if let Some(path) = &args.record {
                files::write(path, &JudgementRecord::new(&examination, &evidence, &policy, at).to_json()?)?;
            }
            (Some(document), judge(&examination, &evidence, &policy, at))
        }
    };
    if args.html.is_some() || args.pdf.is_some() {
        write_sheets(args, document.as_ref(), &report, &evidence, wording, at)?;
    }
    if let Some(path) = &args.archive {
        anyhow::ensure!(document.is_some(), "an archive is made of a document, not of a record");
        write_archive(args, path, &policy, &report, &evidence, at, language)?;
    }
    if args.json {
        println!("{}", canonical_json(&report_to_wire(&report, wording))?);
    } else {
        print!("{}", words::in_words(&report, language));
    }
    Ok(report.conclusion.into())
}

/// The record in a file; none if it is something else.
fn read_record(path: &Path) -> Result<Option<JudgementRecord>> {
    let name = || path.display().to_string();
    let mut head = [0];
    let mut file = File::open(path).with_context(name)?;
    if file.read(&mut head).with_context(name)? == 0 || head != *b"{" {
        return Ok(None);
    }
    let size = file.metadata().with_context(name)?.len();
    anyhow::ensure!(usize::try_from(size).is_ok_and(|size| size <= MAX_RECORD_BYTES), "{}: too large", name());
    let json = std::fs::read(path).with_context(name)?;
    JudgementRecord::from_json(&json).map(Some).with_context(name)
}

/// Writes what was asked for of HTML and PDF.
fn write_sheets(
    args: &Args,
    document: Option<&Document>,
    report: &Report,
    evidence: &Evidence,
    wording: Wording,
    judged_at: Timestamp,
) -> Result<()> {
    let name = args.file.file_name().map(|name| name.to_string_lossy());
    let sheet = Sheet::of(&Told {
        report,
        wording,
        judged_at,
        file_name: name.as_deref(),
        software: SOFTWARE,
        pages: &document.map(|document| page_pictures(document, report)).unwrap_or_default(),
        evidence: Some(evidence),
    });
    if let Some(path) = &args.html {
        files::write(path, sheet.to_html().as_bytes())?;
    }
    if let Some(path) = &args.pdf {
        files::write(path, &sheet.to_pdf()?)?;
    }
    Ok(())
}

/// Largest file that is put into an archive: what the reader of archives holds in memory.
const ARCHIVED_FILE_BYTES: u64 = 64 << 20;

/// Writes the archive report.
fn write_archive(
    args: &Args,
    path: &Path,
    policy: &Policy,
    report: &Report,
    evidence: &Evidence,
    judged_at: Timestamp,
    language: Language,
) -> Result<()> {
    let name = args.file.file_name().map(|name| name.to_string_lossy());
    let source = FileSource::open(&args.file)?;
    let file = if args.without_file {
        None
    } else {
        Some(source.read_all(ARCHIVED_FILE_BYTES).context("the file is too large for an archive: --without-file")?)
    };
    let unsigned = UnsignedArchive::new(&ArchiveInput {
        report,
        policy,
        evidence,
        judged_at,
        software: SOFTWARE,
        file_name: name.as_deref(),
        file_size: source.len(),
        file: file.as_deref(),
        language,
    })?;
    let bytes = match &args.key {
        Some(key) => {
            let key = keys::read(key)?;
            let value = key.sign(&unsigned.to_be_signed());
            unsigned.signed(&key.public_key(), &value)?
        }
        None => unsigned.unsigned()?,
    };
    files::write(path, &bytes)
}
