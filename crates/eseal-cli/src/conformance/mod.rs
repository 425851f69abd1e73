//! `eseal conformance`: scores this program, or any other verifier, over the conformance corpus (符合性测试).
//!
//! A verifier is a command; `{file}`, `{trust}` and `{at}` in its words are replaced.  It prints either the report of
//! interface 4-1 as JSON, or a small object: `{"conclusion": "VALID|INVALID|INDETERMINATE", "failed": ["SIG_VALUE", …]}`
//! with `failed` left out if it does not know our codes.  Whatever prints no conclusion has refused the file.

mod answer;
mod corpus;
mod own;
mod table;
mod verifier;

use std::{collections::HashMap, path::PathBuf};

use anyhow::Result;

use self::{corpus::Corpus, table::Table};
use crate::exit::Exit;

/// `eseal conformance …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Judge every file and compare; exit status 0 all as expected, 1 a forgery was accepted, 2 something differs.
    Run(Run),
    /// Say what is in the corpus.
    List {
        /// Folder with manifest.json, as `cargo xtask vectors` makes it.
        #[arg(long, default_value = "testdata/conformance")]
        corpus: PathBuf,
        /// In Chinese.
        #[arg(long)]
        chinese: bool,
    },
}

/// Arguments of `eseal conformance run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// Folder with manifest.json, as `cargo xtask vectors` makes it.
    #[arg(long, default_value = "testdata/conformance")]
    corpus: PathBuf,
    /// Command of another verifier, such as `CMD {file}`; without one this program's own engine is scored.
    #[arg(long)]
    verifier: Option<String>,
    /// Only files of this kind: pdf, ofd or esl; repeatable.
    #[arg(long)]
    kind: Vec<String>,
    /// Only cases whose name contains this.
    #[arg(long)]
    name: Option<String>,
    /// Name every case that is not as expected.
    #[arg(long)]
    verbose: bool,
}

/// Runs `eseal conformance`.
pub(crate) fn run(command: &Command) -> Result<Exit> {
    match command {
        Command::Run(args) => score(args),
        Command::List { corpus, chinese } => list(&Corpus::read(corpus)?, *chinese),
    }
}

fn score(args: &Run) -> Result<Exit> {
    let corpus = Corpus::read(&args.corpus)?;
    let wanted = |kind: &str, name: &str| {
        (args.kind.is_empty() || args.kind.iter().any(|wanted| wanted == kind))
            && args.name.as_deref().is_none_or(|part| name.contains(part))
    };
    let mut known = HashMap::new();
    let mut table = Table::default();
    for case in corpus.cases.iter().filter(|case| wanted(case.kind(), &case.name)) {
        let path = corpus.path(&case.file);
        let answer = match &args.verifier {
            Some(command) => verifier::ask(command, &path, &corpus.trust_of(case), corpus.at)?,
            None => {
                let bundle = corpus.trust_of(case);
                if !known.contains_key(&bundle) {
                    known.insert(bundle.clone(), corpus.evidence(&bundle)?);
                }
                own::judge(&path, &known[&bundle], corpus.at)?
            }
        };
        if let (Some(line), true) = (table.add(case, &answer), args.verbose) {
            println!("{line}");
        }
    }
    print!("{table}");
    Ok(table.exit())
}

fn list(corpus: &Corpus, chinese: bool) -> Result<Exit> {
    for case in &corpus.cases {
        let first = case.signatures.iter().find_map(|signature| signature.first.as_deref()).unwrap_or("-");
        let words = if chinese { &case.zh } else { &case.en };
        println!("{:44} {:13} {first:26} {words} [{}]", case.file, case.conclusion, case.clause);
    }
    println!("{} cases, judged at {} with {}", corpus.cases.len(), corpus.at, corpus.trust);
    Ok(Exit::Done)
}
