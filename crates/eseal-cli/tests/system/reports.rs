//! Reports of the command line: the bytes that HTTP answers, pages for people, archives that are judged again.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn eseal(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eseal")).args(arguments).output().expect("eseal runs")
}

fn verify(name: &str, more: &[&str]) -> Output {
    let made = root().join("testdata/made");
    let (file, trust) = (made.join(name), made.join("trust.json"));
    let mut arguments = vec!["verify", file.to_str().unwrap(), "--trust", trust.to_str().unwrap()];
    arguments.extend(["--at", "2026-11-24T08:00:00Z"]);
    arguments.extend(more);
    eseal(&arguments)
}

#[test]
fn json_is_byte_for_byte_what_http_answers() {
    for name in [
        "sealed.pdf",
        "sealed.ofd",
        "text-changed.ofd",
        "later-change.pdf",
        "plain.pdf",
        "seal-digest.esl",
        "seal-flipped.esl",
        "seal-unknown-maker.esl",
    ] {
        let expected = root().join("crates/eseal-report/tests/expected").join(format!("{name}.json"));
        let printed = verify(name, &["--json"]);
        let printed = String::from_utf8(printed.stdout).expect("text");
        assert_eq!(printed.strip_suffix('\n').expect("a line"), std::fs::read_to_string(expected).unwrap(), "{name}");
    }
}

#[test]
fn pages_and_archives_are_written_and_an_archive_is_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (html, pdf, zip) = (path("r.html"), path("r.pdf"), path("a.zip"));
    let done = verify("sealed.pdf", &["--html", &html, "--pdf", &pdf, "--archive", &zip, "--lang", "en"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(std::fs::read_to_string(&html).unwrap().starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    super::judges::well_formed_pdf(Path::new(&pdf));
    assert_eq!(eseal(&["archive", "check", &zip]).status.code(), Some(0));
    assert_eq!(eseal(&["archive", "check", &zip, "--key-id", &"0".repeat(64)]).status.code(), Some(1));
    let other = root().join("testdata/made/plain.pdf");
    assert_eq!(eseal(&["archive", "check", &zip, other.to_str().unwrap()]).status.code(), Some(1));
    let without = path("b.zip");
    verify("sealed.pdf", &["--archive", &without, "--without-file"]);
    assert_eq!(eseal(&["archive", "check", &without]).status.code(), Some(2));
    let file = root().join("testdata/made/sealed.pdf");
    assert_eq!(eseal(&["archive", "check", &without, file.to_str().unwrap()]).status.code(), Some(0));
    let mut bytes = std::fs::read(&zip).unwrap();
    let at = bytes.windows(5).position(|window| window == b"VALID").expect("a conclusion");
    bytes[at] = b'v';
    std::fs::write(&zip, bytes).unwrap();
    assert_ne!(eseal(&["archive", "check", &zip]).status.code(), Some(0));
}

#[test]
fn an_archive_of_an_ofd_says_later_what_it_said_and_notices_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, code) in [("sealed.ofd", 0), ("text-changed.ofd", 1), ("revoked-after.ofd", 2)] {
        let zip = path(&format!("{name}.zip"));
        assert_eq!(verify(name, &["--archive", &zip, "--policy", "default"]).status.code(), Some(code), "{name}");
        let again = eseal(&["archive", "check", &zip]);
        assert_eq!(again.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&again.stderr));
        let other = root().join("testdata/made/twice.ofd");
        assert_eq!(eseal(&["archive", "check", &zip, other.to_str().unwrap()]).status.code(), Some(1), "{name}");
    }
    let seal = verify("seal.esl", &["--archive", &path("seal.zip")]);
    assert_eq!(seal.status.code(), Some(3), "archives are of documents");
}

#[test]
fn an_old_judgement_is_judged_again_under_a_new_policy_without_its_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (record, strict) = (path("record.json"), path("strict.toml"));
    std::fs::write(&strict, "name = \"strict\"\nrequireTimeStamp = true\n").unwrap();
    let first = verify("sealed.pdf", &["--record", &record, "--json"]);
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let again = |more: &[&str]| {
        let trust = root().join("testdata/made/trust.json");
        let mut arguments = vec!["verify", &record, "--trust", trust.to_str().unwrap()];
        arguments.extend(["--at", "2026-11-24T08:00:00Z", "--json"]);
        arguments.extend(more);
        eseal(&arguments)
    };
    let same = again(&[]);
    assert_eq!((same.status.code(), same.stdout), (Some(0), first.stdout));
    let other = again(&["--policy", &strict]);
    assert_eq!(other.status.code(), Some(2), "{}", String::from_utf8_lossy(&other.stderr));
    assert!(String::from_utf8_lossy(&other.stdout).contains("\"policy\":\"strict\""));
}

#[test]
fn a_seal_file_is_verified_like_a_document_and_what_cannot_be_read_says_so_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (html, pdf) = (path("r.html"), path("r.pdf"));
    for (name, code, word) in
        [("seal.esl", 0, "VALID"), ("seal-flipped.esl", 1, "INVALID"), ("seal-unknown-maker.esl", 2, "INDETERMINATE")]
    {
        let done = verify(name, &["--html", &html, "--pdf", &pdf, "--policy", "default"]);
        assert_eq!(done.status.code(), Some(code), "{}", String::from_utf8_lossy(&done.stderr));
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(said.starts_with(&format!("{word}  ")) && said.contains("SEAL_MAKER_SIGNATURE"), "{said}");
        assert!(std::fs::read_to_string(&html).unwrap().contains("电子印章验证报告"));
        super::judges::well_formed_pdf(Path::new(&pdf));
    }
    let (text, broken) = (path("text.txt"), path("broken.ofd"));
    std::fs::write(&text, "no document").unwrap();
    std::fs::write(&broken, &std::fs::read(root().join("testdata/made/sealed.ofd")).unwrap()[..2000]).unwrap();
    for (file, zh, en) in [
        (&text, "既不是 PDF、OFD，也不是印章文件", "neither a PDF nor an OFD nor a seal"),
        (&broken, "不能当作有效", "do not treat it as valid"),
    ] {
        for (lang, words) in [("zh", zh), ("en", en)] {
            let trust = root().join("testdata/made/trust.json");
            let done = eseal(&["verify", file, "--trust", trust.to_str().unwrap(), "--lang", lang]);
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(done.status.code() == Some(3) && said.contains(words), "{said}");
        }
    }
}
