//! The conformance corpus through the program: our own engine, the program as a verifier, and a verifier that believes
//! everything.

use std::{
    path::PathBuf,
    process::{Command, Output},
    thread,
};

fn conformance(arguments: &[&str]) -> Output {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/conformance");
    let mut command = Command::new(env!("CARGO_BIN_EXE_eseal"));
    command.args(["conformance", "run", "--verbose", "--corpus"]).arg(corpus).args(arguments);
    command.output().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[test]
fn our_engine_is_exact_on_every_case() {
    let output = conformance(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).lines().last().is_some_and(|line| line.starts_with("all")), "{}", said(&output));
}

#[test]
fn the_program_as_a_verifier_by_its_own_policy_is_exact_on_every_document() {
    let verifier = format!("'{}' verify {{file}} --json --trust {{trust}} --at {{at}}", env!("CARGO_BIN_EXE_eseal"));
    let run = |kind: &'static str| {
        let verifier = verifier.clone();
        thread::spawn(move || conformance(&["--kind", kind, "--verifier", &verifier]))
    };
    for output in [run("pdf"), run("ofd")].map(|run| run.join().expect("it ends")) {
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
}

#[test]
fn a_verifier_that_believes_everything_is_found_out() {
    let output = conformance(&["--name", "changed", "--verifier", r#"echo '{"conclusion": "VALID"}'"#]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let refusing = conformance(&["--name", "changed", "--verifier", "echo nothing"]);
    assert_eq!(refusing.status.code(), Some(2), "{}", said(&refusing));
}
