//! The report of 4-1 as a file (验证报告文件): HTML or PDF for people, the JSON itself, or an archive for long keeping.

use std::sync::Arc;

use eseal::{Document, judge};
use eseal_api::{KeyPurpose, Language, ReportLevel, Time};
use eseal_bytes::ByteSource;
use eseal_report::{ArchiveInput, Sheet, Told, UnsignedArchive, canonical_json, page_pictures, report_to_wire};

use super::{Reader, Wording};
use crate::{App, Caller, Error, Result, evidence, files};

/// Name and version of this program, as reports carry it.
const SOFTWARE: &str = concat!("eseal ", env!("CARGO_PKG_VERSION"));

/// Largest file that is put into an archive: what readers of archives hold in memory.
const ARCHIVED_FILE_BYTES: u64 = 64 << 20;

/// What a report is written as (报告形式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportForm {
    /// The bytes of `data` of 4-1 at level `full`, without an envelope.
    Json,
    /// One self-contained page.
    Html,
    /// A4.
    Pdf,
    /// Report, file, evidence and policy in one package, signed with the platform's key.
    Archive,
}

impl ReportForm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Json, Self::Html, Self::Pdf, Self::Archive];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Archive => "archive",
        }
    }

    /// How the names of its files end.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        if let Self::Archive = self { "zip" } else { self.as_str() }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json;charset=utf-8",
            Self::Html => "text/html;charset=utf-8",
            Self::Pdf => "application/pdf",
            Self::Archive => "application/zip",
        }
    }
}

/// What report is asked for.
#[derive(Clone, Debug)]
pub struct ReportRequest {
    /// What it is written as.
    pub form: ReportForm,
    /// In which language.
    pub language: Language,
    /// 判断时点; now if left out.
    pub at: Option<Time>,
    /// 验证策略, by name.
    pub policy: Option<String>,
}

/// A written report.
#[derive(Clone, Debug)]
pub struct ReportFile {
    /// What it is.
    pub form: ReportForm,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// `GET /api/v1/files/{fileId}/report`: the report on a file of the calling system.
///
/// # Errors
/// [`Error::FileNotFound`] as for the file itself; as [`verify_file`](super::verify_file).
pub async fn report_file(app: &Arc<App>, caller: &Caller, id: &str, request: ReportRequest) -> Result<ReportFile> {
    let found = files::download(app, caller, id).await?;
    write(app, caller, found.source, found.title, request).await
}

/// The report on bytes that anyone sent: no seal pictures, no certificates, personal numbers masked.
///
/// # Errors
/// As [`verify_file`](super::verify_file).
pub async fn report_bytes_publicly(
    app: &Arc<App>,
    caller: &Caller,
    source: Arc<dyn ByteSource>,
    request: ReportRequest,
) -> Result<ReportFile> {
    if request.form == ReportForm::Archive {
        // Signed with the platform's key: for those whom it knows.
        return Err(Error::bad("/format", "html, pdf or json"));
    }
    let limit_bytes = app.config.limits.public_file_bytes;
    if source.len() > limit_bytes {
        return Err(Error::FileTooLarge { limit_bytes });
    }
    write(app, caller, source, None, request).await
}

async fn write(
    app: &Arc<App>,
    caller: &Caller,
    source: Arc<dyn ByteSource>,
    title: Option<String>,
    request: ReportRequest,
) -> Result<ReportFile> {
    let ReportRequest { form, language, at, policy } = request;
    let policy = app.config.policy(policy.as_deref()).ok_or_else(|| Error::bad("/policy", "no such policy"))?;
    let judged_at = at.map_or_else(|| app.clock.now(), |at| at.0);
    let limits = app.config.document_limits();
    let reader = if caller.is_public() { Reader::Public } else { Reader::System };
    let wording = Wording { level: ReportLevel::Full, reader, language };
    let (kept, archived) = (source.clone(), form == ReportForm::Archive);
    let opened = app.pool.run(move || {
        let document = Document::open(source, &limits)?;
        let examination = document.examine()?;
        Ok((document, examination))
    });
    let (document, examination) = opened.await?;
    let (examination, evidence) = evidence::for_document(app, examination, judged_at).await?;
    let (known, rules) = (evidence.clone(), policy.clone());
    let report = app.pool.run(move || Ok(judge(&examination, &known, &rules, judged_at))).await?;
    metrics::counter!("eseal_files_verified_total", "conclusion" => report.conclusion.as_str()).increment(1);
    let bytes = if archived {
        let unsigned = app.pool.run(move || {
            let limit_bytes = ARCHIVED_FILE_BYTES;
            let file = kept.read_all(limit_bytes).map_err(|_| Error::FileTooLarge { limit_bytes })?;
            let input = ArchiveInput {
                report: &report,
                policy: &policy,
                evidence: &evidence,
                judged_at,
                software: SOFTWARE,
                file_name: title.as_deref(),
                file_size: kept.len(),
                file: Some(&file),
                language,
            };
            UnsignedArchive::new(&input).map_err(failed)
        });
        sign(app, unsigned.await?).await?
    } else {
        let written = app.pool.run(move || {
            if form == ReportForm::Json {
                return Ok(canonical_json(&report_to_wire(&report, wording)).map_err(failed)?.into_bytes());
            }
            let sheet = Sheet::of(&Told {
                report: &report,
                wording,
                judged_at,
                file_name: title.as_deref(),
                software: SOFTWARE,
                pages: &page_pictures(&document, &report),
                evidence: Some(&evidence),
            });
            match form {
                ReportForm::Pdf => sheet.to_pdf().map_err(failed),
                _ => Ok(sheet.to_html().into_bytes()),
            }
        });
        written.await?
    };
    Ok(ReportFile { form, bytes })
}

/// Signs an archive with the key of the seal-use log: it is published, and outlives the others.
async fn sign(app: &App, unsigned: UnsignedArchive) -> Result<Vec<u8>> {
    let value = app.platform_keys.sign(&app.pool, KeyPurpose::Log, unsigned.to_be_signed()).await?;
    unsigned.signed(&app.platform_keys.public_key(KeyPurpose::Log).to_bytes(), &value).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}
