//! The project's own commands: `cargo xtask demo|test|bench|vectors|wasm|layers|links`.

mod bench;
mod layers;
mod links;
mod run;
mod test;
mod tools;
mod wasm;

use std::{env, path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};

use crate::run::Command;

const HELP: &str = "\
cargo xtask demo [--data DIR] [--port N]   build everything and start the whole system with sample seals and files
cargo xtask test                           everything CI runs: format, lints, layers, licences, docs, fuzz smoke, tests
cargo xtask bench                          measure, with OpenSSL and pyHanko beside us where they are installed
cargo xtask vectors                        make the project's own sealed files and the conformance corpus anew (testdata)
cargo xtask wasm                           build the phone's core for pages; says so where the compiler is missing
cargo xtask layers                         check that dependencies point down only
cargo xtask links                          check that links of the documentation lead somewhere, in both languages
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let (name, rest) = match arguments.split_first() {
        Some((name, rest)) => (name.as_str(), rest),
        None => ("help", arguments),
    };
    match name {
        "demo" => demo(rest),
        "test" => test::run(),
        "bench" => bench::run(),
        "vectors" => vectors(),
        "wasm" => wasm::build().map(|_| ()),
        "layers" => layers::check(),
        "links" => links::check(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("no command {other:?}\n{HELP}"),
    }
}

/// Root of the checkout.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}

/// Builds the one binary in release form and starts the demo; stops with Ctrl-C.
fn demo(rest: &[String]) -> Result<()> {
    tools::ensure_office();
    // With the agent, for who wants to try its own dialog: the demo writes a configuration for it.
    Command::cargo(&["build", "--release", "--package", "eseal-cli", "--package", "eseal-agent"]).run()?;
    let mut arguments = vec!["run", "--quiet", "--release", "--package", "eseal-cli", "--", "demo"];
    arguments.extend(rest.iter().map(String::as_str));
    Command::cargo(&arguments).run()
}

/// Makes `testdata/made` and `testdata/conformance` anew.
fn vectors() -> Result<()> {
    let make = |example: &str, folder: &str| {
        Command::cargo(&["run", "--quiet", "--package", "eseal-testkit", "--example", example, "--", folder]).run()
    };
    make("vectors", "testdata/made")?;
    make("conformance", "testdata/conformance")
}
