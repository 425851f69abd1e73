//! `eseal bench`: what this machine can do (性能测试), one thread, operations per second of processor time.

mod crypto;
mod documents;
mod http;
mod material;
mod pages;
mod phone;
mod timer;

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Result;
use clap::ValueEnum;

use crate::exit::Exit;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    /// SM2: sign, sign_batch, verify_cold, verify_cached, each a second.
    Sm2,
    /// SM3: one_mb_s (one message), many_mb_s (many messages), MB a second.
    Sm3,
    /// Sealing a file: ofd_2k, ofd_100k, pdf_100k, pdf_10m, files a second.
    Seal,
    /// Verifying a sealed file: the same.
    Verify,
    /// Signatures of phone and server: server_answer, server_round (answer and verification), phone_and_server.
    Phone,
    /// 3-1, 3-4 and 3-5 over HTTP against a demo of its own: journeys a second of wall time, with durable commits.
    Http,
    /// Ten pages of text drawn as PNG at 150 dpi: ofd, pdf, pages a second; ofd_to_pdf, documents a second.
    Render,
    /// Office documents by a running worker: docx_ms, html_ms, and first_ms with its start, all of wall time.
    Office,
}

/// Arguments of `eseal bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to measure.
    #[arg(value_enum)]
    subject: Subject,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Callers at once, for `http`.
    #[arg(long, default_value_t = 8)]
    callers: usize,
    /// Seconds, for `http`.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Folder that the documents of `render` and `office` are written to, for other programs.
    #[arg(long)]
    files: Option<PathBuf>,
}

/// Results by name.
type Figures = BTreeMap<&'static str, f64>;

/// Runs `eseal bench`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let figures = match args.subject {
        Subject::Sm2 => crypto::sm2()?,
        Subject::Sm3 => crypto::sm3()?,
        Subject::Seal => documents::seal()?,
        Subject::Verify => documents::verify()?,
        Subject::Phone => phone::phone()?,
        Subject::Render => pages::render(args.files.as_deref())?,
        Subject::Office => pages::office(args.files.as_deref())?,
        Subject::Http => http::run(args.callers.clamp(1, 256), args.seconds.clamp(1, 600))?,
    };
    if args.json {
        println!("{}", serde_json::to_string(&figures)?);
    } else {
        for (name, figure) in &figures {
            println!("{name:14} {figure:12.1}");
        }
    }
    Ok(Exit::Done)
}
