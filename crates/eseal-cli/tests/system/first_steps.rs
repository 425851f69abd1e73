//! What the guide for integrators shows works as it stands there.

use std::{path::Path, process::Command};

use crate::{demo::Demo, judges};

fn docs() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn run(program: &str, script: &str, arguments: &[&Path]) -> (bool, String) {
    let output = Command::new(program).arg(docs().join(script)).args(arguments).output().expect("the script runs");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

#[test]
fn the_scripts_of_the_guide_list_seals_seal_and_verify() {
    if !["curl", "openssl", "python3"].iter().all(|program| judges::at_hand(program, "--help")) {
        return;
    }
    let demo = Demo::start();
    let (done, text) = run("bash", "first-call.sh", &[&demo.json()]);
    assert!(done && text.contains(r#""code":200"#) && text.contains("sealList"), "{text}");

    let samples = demo.folder.path().join("samples");
    for kind in ["pdf", "ofd"] {
        let sealed = demo.folder.path().join(format!("sealed.{kind}"));
        let plain = samples.join(format!("contract.{kind}"));
        let (done, text) = run("python3", "seal-a-file.py", &[&demo.json(), &plain, &sealed]);
        assert!(done && text.contains("\nVALID  "), "{kind}: {text}");
        if kind == "pdf" {
            judges::well_formed_pdf(&sealed);
        }
    }

    // What cannot be sealed is said with its code and field, and nothing is written.
    let nothing = demo.folder.path().join("nothing.pdf");
    std::fs::write(demo.folder.path().join("junk.pdf"), "junk").expect("a file");
    let (done, text) =
        run("python3", "seal-a-file.py", &[&demo.json(), &demo.folder.path().join("junk.pdf"), &nothing]);
    assert!(!done && text.contains("41501") && text.contains("/sealDataList/0/file"), "{text}");
    assert!(!nothing.exists());
}
