//! The PDF before foreign judges: qpdf and poppler.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use eseal_api::Language;
use eseal_report::Reader;

use crate::world::{World, sample};

/// True if a program can be started; says so if it cannot.
pub(crate) fn at_hand(program: &str, version: &str) -> bool {
    let found = Command::new(program).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

/// What a program says of a file.
fn say(program: &str, arguments: &[&str], pdf: &[u8]) -> (bool, String) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("eseal-report-{}-{number}.pdf", std::process::id()));
    std::fs::File::create(&path).unwrap().write_all(pdf).unwrap();
    let arguments =
        arguments.iter().map(|argument| if *argument == "FILE" { path.to_str().unwrap() } else { argument });
    let output = Command::new(program).args(arguments).output().unwrap();
    std::fs::remove_file(&path).unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The text that poppler extracts.
pub(crate) fn text_of(pdf: &[u8]) -> String {
    say("pdftotext", &["FILE", "-"], pdf).1
}

#[test]
fn foreign_programs_find_it_well_formed_its_fonts_embedded_and_its_text_extractable() {
    let world = World::new();
    for name in ["sealed.pdf", "text-changed.ofd", "plain.pdf"] {
        let judged = world.judge(&sample(name));
        for language in [Language::Chinese, Language::English] {
            let sheet = world.sheet(&judged, Reader::System, language);
            let pdf = sheet.to_pdf().unwrap();
            assert_eq!(pdf, sheet.to_pdf().unwrap(), "the same bytes every time");
            if at_hand("qpdf", "--version") {
                let (is_good, said) = say("qpdf", &["--check", "FILE"], &pdf);
                assert!(is_good, "{name}: {said}");
            }
            if at_hand("pdftotext", "-v") {
                let text = text_of(&pdf).replace('\n', "");
                let hash = in_hex(&judged.report.sm3);
                let words = language.choose("这意味着什么", "What this means");
                for wanted in [words, "合同 1.pdf", hash.as_str()] {
                    assert!(text.contains(wanted), "{name}: {wanted} in {text}");
                }
                let mut checks = judged.report.signatures.iter().flat_map(|signature| &signature.checks);
                assert!(checks.all(|check| text.contains(check.code.as_str())), "{name}");
            }
            if at_hand("pdffonts", "-v") {
                let (_, said) = say("pdffonts", &["FILE"], &pdf);
                let fonts: Vec<&str> = said.lines().skip(2).collect();
                assert!(!fonts.is_empty() && fonts.iter().all(|line| line.contains("yes yes yes")), "{said}");
            }
        }
    }
}

fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
