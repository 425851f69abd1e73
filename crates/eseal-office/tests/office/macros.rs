//! Macros of documents never run; that they could is shown beside it.

use std::process::Command;

use eseal_office::{Settings, find_installation};

use crate::{convert, documents, is_installed, judged, kept};

/// What the macro answers, which the file holds in two pieces only.
const WORDS: &str = "MACRO RAN";

/// Opens the file with macros allowed, unconfined, and prints what the cell shows: arguments are program, profile, file.
const ALLOWED: &str = r#"
import os, signal, subprocess, sys, time, uno
from com.sun.star.beans import PropertyValue

def property(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made

program, profile, file = sys.argv[1:]
pipe = "eseal-macros-%d" % os.getpid()
office = subprocess.Popen([program, "-env:UserInstallation=" + uno.systemPathToFileUrl(profile), "--headless",
    "--norestore", "--accept=pipe,name=%s;urp" % pipe], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(600):
        try:
            context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
            break
        except Exception:
            time.sleep(0.05)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    always_execute_no_warn = 4
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(file), "_blank", 0,
        (property("Hidden", True), property("MacroExecutionMode", always_execute_no_warn)))
    print(document.Sheets.getByIndex(0).getCellByPosition(1, 0).String)
finally:
    os.killpg(office.pid, signal.SIGKILL)
    office.wait()
"#;

#[test]
fn a_macro_that_would_run_does_not() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let bytes = documents::ods_with_macro();
    // Where macros are allowed, this one runs: else the rest would show nothing.
    let installed = find_installation(&Settings::new("unused")).unwrap();
    let (script, table) = (folder.path().join("allowed.py"), folder.path().join("macro.ods"));
    std::fs::write(&script, ALLOWED).unwrap();
    std::fs::write(&table, &bytes).unwrap();
    let output = Command::new(&installed.python)
        .arg(&script)
        .arg(installed.program.with_file_name("soffice")) // which starts it once more when the profile is made
        .arg(folder.path().join("profile"))
        .arg(&table)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(WORDS), "{said}{}", String::from_utf8_lossy(&output.stderr));

    let converted = convert(&bytes, "ODS").unwrap();
    let told: Vec<&str> = converted.warnings.iter().map(|warning| warning.detail.as_str()).collect();
    assert!(told.contains(&"macros, which were not run"), "{told:?}");
    let path = kept(folder.path(), "macro", &converted.bytes);
    if let Some((_, text)) = judged("pdftotext", &[path.to_str().unwrap(), "-"]) {
        assert!(text.contains("untouched") && !text.contains(WORDS), "{text}");
    }
}
