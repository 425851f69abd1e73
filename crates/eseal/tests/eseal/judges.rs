//! Others judge what we made: a program of its own, pyHanko, poppler, qpdf, OpenSSL.

use std::{path::Path, process::Command};

use eseal_testkit::now;
use tempfile::TempDir;

use crate::world::{World, at, documents, shared, sign};

/// Sealed files of both kinds, with one, two and three seals, in a folder.
fn files() -> (TempDir, Vec<std::path::PathBuf>) {
    let world = World::new();
    let folder = TempDir::new().unwrap();
    let mut paths = Vec::new();
    for (name, mut bytes) in documents(3) {
        for number in 1..=3 {
            let page = i64::from(number);
            bytes = world.seal(&bytes, &[at(page, 30.0, 30.0), at(page, 120.0, 200.0)]);
            let path = folder.path().join(format!("sealed{number}.{name}"));
            std::fs::write(&path, &bytes).unwrap();
            paths.push(path);
        }
    }
    (folder, paths)
}

/// Runs a program; none if it is not there.
fn run(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let Ok(output) = Command::new(program).args(arguments).output() else {
        println!("skipped: {program} is absent");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.success(), text))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_independent_judge_agrees_with_every_file() {
    // The judge compares signing times with the real clock.
    if jiff::Timestamp::now() < now() {
        println!("skipped: the clock is before the tests' time");
        return;
    }
    let Some(shared) = shared() else { return };
    let (_folder, paths) = files();
    let judge = shared.join("accept/judge.py");
    let mut arguments = vec![text(&judge), "--strict"];
    arguments.extend(paths.iter().map(|path| text(path)));
    let Some((agrees, said)) = run("python3", &arguments) else { return };
    assert!(agrees, "{said}");
    assert_eq!(said.matches("GBT38540-2020: VALID\n").count(), 2 * (1 + 2 + 3), "{said}");
}

#[test]
fn pdf_tools_see_well_formed_updates() {
    let (_folder, paths) = files();
    let pdfs = paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    // A seal with two marks has two fields that share one value.
    for (path, fields) in pdfs.zip([2, 4, 6]) {
        if let Some((good, said)) = run("qpdf", &["--check", text(path)]) {
            assert!(good, "{said}");
        }
        if let Some((_, said)) = run("pdfsig", &[text(path)]) {
            assert_eq!(said.matches("Signature #").count(), fields, "{said}");
            assert!(said.contains("Total document signed"), "{said}");
        }
        if let Some((good, said)) = run("python3", &["-c", PYHANKO, text(path)]) {
            if said.contains("No module named") {
                println!("skipped: pyHanko is absent");
            } else {
                assert!(good, "{said}");
                assert!(said.contains(&format!("signatures {}", fields / 2)), "{said}");
            }
        }
    }
}

/// What pyHanko says of the revisions after each signature but the last; the value itself it cannot read.
const PYHANKO: &str = r"
import sys
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
with open(sys.argv[1], 'rb') as handle:
    reader = PdfFileReader(handle)
    values = {field.get_object().raw_get('/V').reference for field in reader.root['/AcroForm']['/Fields']}
    revisions = sorted(reader.xrefs.get_introducing_revision(value) for value in values)
    print('signatures', len(revisions))
    for revision in revisions[:-1]:
        found = DEFAULT_DIFF_POLICY.review_file(reader, revision)
        assert isinstance(found, DiffResult), found
        assert found.modification_level.name in ('NONE', 'LTA_UPDATES', 'FORM_FILLING'), found
";

#[test]
fn openssl_verifies_the_value() {
    let world = World::new();
    let prepared = world.prepare(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]).unwrap();
    let value = prepared.check_value(&sign(&world.pki.signer, &prepared), None).unwrap();
    let folder = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (tbs, value) = (write("tbs", &prepared.tbs), write("value", &value));
    let spki = eseal_pki::Certificate::from_der(&world.pki.signer.certificate).unwrap().spki;
    let key = write("key.pem", eseal_pki::pem::encode("PUBLIC KEY", spki).as_bytes());
    let arguments = [
        "pkeyutl",
        "-verify",
        "-rawin",
        "-digest",
        "sm3",
        "-pkeyopt",
        "distid:1234567812345678",
        "-pubin",
        "-inkey",
        text(&key),
        "-in",
        text(&tbs),
        "-sigfile",
        text(&value),
    ];
    if let Some((good, said)) = run("openssl", &arguments) {
        assert!(good, "{said}");
    }
}
