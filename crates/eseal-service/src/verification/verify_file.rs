//! Interface 4-1, 已签文件验证, for systems and for the public.

use std::sync::Arc;

use eseal::{Document, judge};
use eseal_api::{FileInput, ReportLevel, VerifyFile, VerifyFileResult};
use eseal_bytes::ByteSource;

use super::{Reader, Wording, report_to_wire};
use crate::{App, Caller, Error, Result, evidence, files};

/// Verifies a file.  A failed verification is an answer; an error means that the file could not be looked at.
///
/// # Errors
/// The file cannot be found or read; the policy is unknown.
pub async fn verify_file(app: &Arc<App>, caller: &Caller, request: VerifyFile) -> Result<VerifyFileResult> {
    let source = files::open_input(app, caller, &request.file, "/file").await?;
    verify(app, caller, source, &request).await
}

/// Verifies a file for anyone: no pictures, no certificates, personal numbers masked, smaller files.
///
/// # Errors
/// As [`verify_file`]; files by identifier are not found.
pub async fn verify_file_publicly(app: &Arc<App>, caller: &Caller, request: VerifyFile) -> Result<VerifyFileResult> {
    let source = files::open_inline(&request.file, "/file")?;
    let limit_bytes = app.config.limits.public_file_bytes;
    if source.len() > limit_bytes {
        return Err(Error::FileTooLarge { limit_bytes });
    }
    verify(app, caller, source, &request).await
}

/// Verifies bytes that came as a form: the public's other way.
///
/// # Errors
/// The file cannot be looked at.
pub async fn verify_bytes_publicly(
    app: &Arc<App>,
    caller: &Caller,
    source: Arc<dyn ByteSource>,
) -> Result<VerifyFileResult> {
    let file = FileInput {
        source: eseal_api::FileSource::Inline(Vec::new().into()),
        file_type: None,
        title: None,
        description: None,
    };
    verify(app, caller, source, &VerifyFile { file, level: None, at: None, policy: None }).await
}

async fn verify(
    app: &Arc<App>,
    caller: &Caller,
    source: Arc<dyn ByteSource>,
    request: &VerifyFile,
) -> Result<VerifyFileResult> {
    let policy = app.config.policy(request.policy.as_deref()).ok_or_else(|| Error::bad("/policy", "no such policy"))?;
    let now = request.at.map_or_else(|| app.clock.now(), |at| at.0);
    let limits = app.config.document_limits();
    let examination = app.pool.run(move || Ok(Document::open(source, &limits)?.examine()?)).await?;
    let (examination, evidence) = evidence::for_document(app, examination, now).await?;
    let report = app.pool.run(move || Ok(judge(&examination, &evidence, &policy, now))).await?;
    metrics::counter!("eseal_files_verified_total", "conclusion" => report.conclusion.as_str()).increment(1);
    let wording = Wording {
        level: request.level.unwrap_or(ReportLevel::Detailed),
        reader: if caller.is_public() { Reader::Public } else { Reader::System },
        language: caller.language,
    };
    Ok(report_to_wire(&report, wording))
}
