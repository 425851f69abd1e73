//! What must be installed (安装检查): LibreOffice without a desktop, and Python with its bridge.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{OfficeError, Settings};

/// Debian packages that bring everything (安装包).
pub const PACKAGES: &[&str] = &[
    "libreoffice-writer-nogui",
    "libreoffice-calc-nogui",
    "libreoffice-impress-nogui",
    "python3-uno",
    "fonts-noto-cjk",
    "fonts-lxgw-wenkai",
    "fonts-liberation",
];

/// Where distributions and the makers put it.
const FOLDERS: &[&str] = &[
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/usr/local/lib/libreoffice/program",
    "/opt/libreoffice/program",
];
const PROGRAM: &str = "soffice.bin";
/// The system's Python first: the bridge belongs to it, not to one that a developer put before it.
const PYTHONS: &[&str] = &["/usr/bin/python3", "/usr/local/bin/python3"];

/// What was found (安装情况).
#[derive(Clone, Debug)]
pub struct Installation {
    /// `soffice.bin`.
    pub program: PathBuf,
    /// A Python that can `import uno`.
    pub python: PathBuf,
}

/// Looks for LibreOffice and for a Python that speaks to it.
///
/// # Errors
/// [`OfficeError::NotInstalled`] says what is missing.
pub fn find_installation(settings: &Settings) -> Result<Installation, OfficeError> {
    let missing = |missing| OfficeError::NotInstalled { missing };
    let program = match &settings.program {
        Some(program) => program.is_file().then(|| program.clone()),
        None => {
            FOLDERS.iter().map(|folder| Path::new(folder).join(PROGRAM)).find(|path| path.is_file()).or_else(beside)
        }
    };
    let program = program.ok_or_else(|| missing("LibreOffice"))?;
    let program = program.canonicalize().map_err(|_| missing("LibreOffice"))?;
    let python = PYTHONS.iter().map(PathBuf::from).find(|python| imports_uno(python));
    Ok(Installation { program, python: python.ok_or_else(|| missing("python3-uno"))? })
}

/// The program beside the `soffice` of the search path.
fn beside() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("soffice"))
        .find_map(|script| script.canonicalize().ok()?.parent().map(|folder| folder.join(PROGRAM)))
        .filter(|program| program.is_file())
}

fn imports_uno(python: &Path) -> bool {
    Command::new(python)
        .args(["-I", "-c", "import uno"].map(OsStr::new))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
