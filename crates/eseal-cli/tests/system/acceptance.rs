//! The independent third-party system and the independent judge, where they are at hand.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::demo::Demo;

/// The folder with the acceptance kit; it lies beside the checkout and is not part of the project.
pub(crate) fn kit() -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/accept");
    if found.join("main_job.py").exists() {
        return Some(found);
    }
    println!("skipped: ../shared is absent");
    None
}

#[test]
fn a_third_party_system_goes_through_all_interfaces() {
    let Some(kit) = kit() else { return };
    let demo = Demo::start();
    let kept = demo.folder.path().join("kept");
    let output = Command::new("python3")
        .arg(kit.join("main_job.py"))
        .arg(demo.json())
        .args(["--stage", "devices", "--keep"])
        .arg(&kept)
        .output()
        .expect("python3 runs");
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    assert!(output.status.success(), "{text}\n{}\n{}", String::from_utf8_lossy(&output.stderr), demo.log());
    let files: Vec<PathBuf> =
        fs::read_dir(&kept).expect("kept files").map(|entry| entry.expect("entry").path()).collect();
    assert!(files.len() > 20, "{} files were kept", files.len());
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "pdf")) {
        crate::judges::well_formed_pdf(file);
    }
    crate::judges::nothing_secret_in(&demo.log(), &demo.description());
    let password = fs::read_to_string(demo.folder.path().join("keys/softsdf.password")).expect("the device's password");
    assert!(password.len() > 16 && !demo.log().contains(&password), "the device's password stands in the log");
}

#[test]
fn work_goes_on_after_the_server_was_killed() {
    let Some(kit) = kit() else { return };
    let script = r#"
import base64, json, sys
sys.path.insert(0, sys.argv[1])
import job
bench = job.Bench(sys.argv[2], "foundation", None)
rows = [bench.file(bench.docs[kind], kind, job.rectangle()) for kind in job.FILE_TYPES]
if sys.argv[3] == "before":
    json.dump(bench.digests(rows), open(sys.argv[4], "w"))
else:
    entries = json.load(open(sys.argv[4]))
    for row, entry in zip(bench.compose(bench.server_sign(entries)), entries, strict=True):
        bench.checked(row, 1, entry["placements"])
"#;
    let run = |demo: &Demo, when: &str| {
        let kept = demo.folder.path().join("entries.json");
        let output = Command::new("python3")
            .args(["-c", script])
            .args([kit.as_os_str(), demo.json().as_os_str(), when.as_ref(), kept.as_os_str()])
            .output()
            .expect("python3 runs");
        assert!(output.status.success(), "{when}: {}\n{}", String::from_utf8_lossy(&output.stderr), demo.log());
    };
    let demo = Demo::start();
    run(&demo, "before");
    let demo = Demo::start_in(demo.kill());
    run(&demo, "after");
}
