//! A seal file given to `eseal verify` (单独的印章): the engine of interface 4-2, offline.

use std::path::Path;

use anyhow::Result;
use eseal::{Evidence, OpenError, Policy, SealReport, SealValidityAt, examine_seal, judge_seal};
use eseal_api::Language;
use eseal_asn1::tag;
use eseal_report::{Sheet, ToldSeal, Wording, canonical_json, seal_report_to_wire};
use jiff::Timestamp;

use super::{Args, SOFTWARE};
use crate::{exit::Exit, files, seal::in_words};

/// Largest file that is read as a seal: pictures in seals have some hundred kilobytes.
const MAX_SEAL_BYTES: u64 = 64 << 20;

/// The bytes of a file that is neither PDF nor OFD and begins like a seal: with a SEQUENCE.
pub(super) fn seal_bytes(path: &Path) -> Result<Option<Vec<u8>>> {
    if std::fs::metadata(path)?.len() > MAX_SEAL_BYTES {
        return Ok(None);
    }
    let bytes = files::read(path)?;
    Ok((bytes.first() == Some(&tag::SEQUENCE)).then_some(bytes))
}

/// Judges the seal as of `at` and writes what was asked for.
pub(super) fn run(
    args: &Args,
    der: &[u8],
    policy: Policy,
    evidence: &Evidence,
    at: Timestamp,
    wording: Wording,
) -> Result<Exit> {
    anyhow::ensure!(
        args.archive.is_none() && args.record.is_none(),
        "archives and records are of documents, not of seals"
    );
    // A seal by itself has no signing time: it is good now, or it is not.
    let policy = Policy { seal_validity_at: SealValidityAt::Now, ..policy };
    let report = judge_seal(&examine_seal(der), evidence, &policy, at);
    if args.html.is_some() || args.pdf.is_some() {
        write_sheets(args, &report, evidence, wording, at)?;
    }
    if args.json {
        println!("{}", canonical_json(&seal_report_to_wire(&report, wording))?);
    } else {
        print!("{}", in_words(&report, wording.language));
    }
    Ok(report.conclusion.into())
}

fn write_sheets(
    args: &Args,
    report: &SealReport,
    evidence: &Evidence,
    wording: Wording,
    judged_at: Timestamp,
) -> Result<()> {
    let name = args.file.file_name().map(|name| name.to_string_lossy());
    let evidence = Some(evidence);
    let sheet = Sheet::of_seal(&ToldSeal {
        report,
        wording,
        judged_at,
        file_name: name.as_deref(),
        software: SOFTWARE,
        evidence,
    });
    if let Some(path) = &args.html {
        files::write(path, sheet.to_html().as_bytes())?;
    }
    if let Some(path) = &args.pdf {
        files::write(path, &sheet.to_pdf()?)?;
    }
    Ok(())
}

/// Why a file cannot be verified at all, in one sentence.
pub(super) fn not_opened(error: &OpenError, language: Language) -> String {
    let (zh, en) = match error {
        OpenError::UnknownType => (
            "既不是 PDF、OFD，也不是印章文件，无法验证。".to_owned(),
            "This is neither a PDF nor an OFD nor a seal: it cannot be verified.".to_owned(),
        ),
        OpenError::Encrypted => (
            "文件已加密，无法验证：请向提供方索取未加密的文件。".to_owned(),
            "The file is encrypted and cannot be verified: ask for one that is not.".to_owned(),
        ),
        OpenError::TooLarge { limit, .. } => (
            format!("文件超出限额（{limit}），没有验证：不能当作有效。"),
            format!("The file is beyond a limit ({limit}) and was not verified: do not treat it as valid."),
        ),
        _ => (
            "文件已损坏或可以有两种读法，没有打开，不能当作有效：请重新获取原始文件。".to_owned(),
            "The file is damaged or can be read in two ways. It was not opened; do not treat it as valid: get the \
             original again."
                .to_owned(),
        ),
    };
    format!("{}\n{error}", language.choose(&zh, &en))
}
