//! Foreign judges of the files that we produce: qpdf, poppler, OpenSSL.

use std::{path::Path, process::Command};

use serde_json::Value;

/// True if a program can be started; says so if it cannot.
pub(crate) fn at_hand(program: &str, version: &str) -> bool {
    let found = Command::new(program).arg(version).output().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

/// qpdf finds nothing wrong with a file, and poppler finds the signatures in it.
pub(crate) fn well_formed_pdf(file: &Path) {
    if at_hand("qpdf", "--version") {
        let output = Command::new("qpdf").arg("--check").arg(file).output().expect("qpdf runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {text}{}", file.display(), String::from_utf8_lossy(&output.stderr));
    }
    if at_hand("pdfsig", "-v") {
        let output = Command::new("pdfsig").arg("-nocert").arg(file).output().expect("pdfsig runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let sealed = std::fs::read(file).expect("the file").windows(10).any(|window| window == b"/ByteRange");
        assert!(!sealed || text.contains("Signature #1"), "{}: {text}", file.display());
    }
}

/// The log of a whole run holds none of the secrets that the run used.
pub(crate) fn nothing_secret_in(log: &str, description: &Value) {
    let mut secrets = vec![description["hmacSm3Key"].clone(), description["sm2Key"]["private"].clone()];
    secrets.push(description["operatorToken"].clone());
    for organization in description["organizations"].as_array().into_iter().flatten() {
        secrets.push(organization["grantCode"].clone());
    }
    let words: Vec<&str> = secrets.iter().filter_map(Value::as_str).chain(["11010519491231002X", "张三"]).collect();
    assert!(words.len() > 5, "secrets to look for");
    let printed =
        log.lines().filter(|line| line.trim_start().starts_with('{') || line.contains("INFO") || line.contains("WARN"));
    let pins = [&description["phone"]["pin"], &description["usbKey"]["pin"]].map(|pin| pin.as_str().expect("a PIN"));
    for line in printed {
        for word in &words {
            assert!(!line.contains(word), "a secret stands in the log: {line}");
        }
        // Six digits may stand in an identifier or a time.
        for word in line.split(|character: char| !character.is_ascii_alphanumeric()) {
            assert!(!pins.contains(&word), "a PIN stands in the log: {line}");
        }
    }
}
