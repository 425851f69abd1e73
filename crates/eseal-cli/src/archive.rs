//! `eseal archive`: archive reports (存档报告), looked at and judged again offline.

use std::{path::PathBuf, sync::Arc};

use anyhow::Result;
use eseal::Limits;
use eseal_bytes::ByteSource;
use eseal_report::{ArchiveSignature, Checked, Rejudged, check_archive};

use crate::{exit::Exit, source::FileSource};

/// What to do with an archive report.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Judge again from what is inside; exit status 0 the same outcome, 1 another one or damaged, 2 not judged again.
    Check {
        /// Archive made by `eseal verify --archive` or by the server.
        archive: PathBuf,
        /// The file, if it was left out of the archive.
        file: Option<PathBuf>,
        /// Key that must have signed: SM3 of the public key in hex, as `/api/v1/public/keys` gives it.
        #[arg(long)]
        key_id: Option<String>,
    },
}

/// Runs `eseal archive`.
pub(crate) fn run(command: &Command) -> Result<Exit> {
    let Command::Check { archive, file, key_id } = command;
    let given = match file {
        Some(path) => Some(Arc::new(FileSource::open(path)?) as Arc<dyn ByteSource>),
        None => None,
    };
    let checked = check_archive(Arc::new(FileSource::open(archive)?), given, &Limits::default())?;
    print!("{}", in_words(&checked));
    let is_signer_right = match (&checked.signature, key_id) {
        (_, None) => true,
        (ArchiveSignature::Good { key_id: found }, Some(wanted)) => found.eq_ignore_ascii_case(wanted),
        _ => false,
    };
    if !is_signer_right {
        println!("签名人不符  not signed by the key that was asked for");
        return Ok(Exit::Invalid);
    }
    Ok(match &checked.rejudged {
        _ if checked.is_confirmed() => Exit::Done,
        Rejudged::WithoutFile if checked.damaged.is_empty() && checked.signature != ArchiveSignature::Bad => {
            Exit::Indeterminate
        }
        _ => Exit::Invalid,
    })
}

fn in_words(checked: &Checked) -> String {
    let mut lines = vec![
        format!("{}  {}  {}", checked.conclusion, checked.policy, checked.judged_at),
        format!("SM3 {}  {}", checked.file_sm3, checked.software),
        match &checked.signature {
            ArchiveSignature::Unsigned => "未签名  not signed".to_owned(),
            ArchiveSignature::Good { key_id } => format!("签名正确  signature good, key {key_id}"),
            ArchiveSignature::Bad => "签名不符  signature bad".to_owned(),
        },
    ];
    lines.extend(checked.damaged.iter().map(|problem| format!("✗ {problem}")));
    match &checked.rejudged {
        Rejudged::WithoutFile => {
            lines.push("未复验：存档中没有文件，请给出  not judged again: the file is not inside, name it".into());
        }
        Rejudged::OtherFile => lines.push("文件不是存档所指的那一个  the file is another one".into()),
        Rejudged::Unreadable(problem) => lines.push(format!("未复验  not judged again: {problem}")),
        Rejudged::Done { same_outcome: true, same_bytes, .. } => lines.push(format!(
            "复验结果相同  judged again with the same outcome{}",
            if *same_bytes { ", byte for byte" } else { "" }
        )),
        Rejudged::Done { differences, .. } => {
            lines.push("复验结果不同  judged again with another outcome".into());
            lines.extend(differences.iter().map(|difference| format!("✗ {difference}")));
        }
    }
    lines.join("\n") + "\n"
}
