//! Office documents through real workers; where LibreOffice is not installed the tests say so and pass.

mod documents;
mod faithful;
mod hostile;
mod macros;
mod supervised;
mod zip;

use std::{path::Path, process::Command, sync::OnceLock, time::Duration};

use eseal_office::{Converted, Job, Office, OfficeError, Settings, confinement, find_installation};

/// Settings for a test, below a folder of its own.
pub(crate) fn settings(folder: &Path) -> Settings {
    Settings { job_time: Duration::from_secs(60), ..Settings::new(folder) }
}

/// False, and says so, if LibreOffice is not installed or the kernel cannot confine it.
pub(crate) fn is_installed() -> bool {
    if !confinement().files {
        println!("skipped: this kernel has no Landlock");
        return false;
    }
    let found = find_installation(&Settings::new("unused"));
    if let Err(error) = &found {
        println!("skipped: {error}");
    }
    found.is_ok()
}

/// One pool for all tests that do not harm it.
pub(crate) fn shared() -> &'static Office {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    static OFFICE: OnceLock<Office> = OnceLock::new();
    OFFICE.get_or_init(|| {
        let folder = FOLDER.get_or_init(|| tempfile::tempdir().unwrap());
        Office::new(Settings { workers: 2, ..settings(folder.path()) })
    })
}

/// Converts with the shared pool.
pub(crate) fn convert(bytes: &[u8], stated: &str) -> Result<Converted, OfficeError> {
    shared().convert(&Job { bytes, stated: Some(stated), ..Job::default() }, &|_| ())
}

/// Writes the PDF where a person may look at it, if ESEAL_OFFICE_LOOK names a folder; gives a path that judges can read.
pub(crate) fn kept(folder: &Path, name: &str, pdf: &[u8]) -> std::path::PathBuf {
    let folder = std::env::var_os("ESEAL_OFFICE_LOOK").map_or_else(|| folder.to_owned(), Into::into);
    let path = folder.join(format!("{name}.pdf"));
    std::fs::write(&path, pdf).unwrap();
    path
}

/// What a program says about a file; `None`, and says so, if it is not installed.
pub(crate) fn judged(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some((output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())),
        Err(_) => {
            println!("skipped: {program} is not installed");
            None
        }
    }
}
