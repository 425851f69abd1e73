//! Our own readers and foreign ones.

use std::{path::Path, process::Command, sync::Arc};

use eseal_convert::{ConvertError, Converted, Options, Target, convert};
use eseal_ofd::{Limits, Ofd};

pub(crate) const TARGETS: [Target; 2] = [Target::Pdf, Target::Ofd];

pub(crate) fn converted(bytes: &[u8], target: Target) -> Converted {
    attempt(bytes, None, target).expect("converted")
}

pub(crate) fn attempt(bytes: &[u8], source_type: Option<&str>, target: Target) -> Result<Converted, ConvertError> {
    convert(&bytes.to_vec(), source_type, target, &Options::default())
}

pub(crate) fn kinds(converted: &Converted) -> Vec<&'static str> {
    converted.warnings.iter().map(|warning| warning.kind.as_str()).collect()
}

pub(crate) fn opened(converted: &Converted) -> Ofd {
    let ofd = Ofd::open(Arc::new(converted.bytes.clone()), &Limits::default()).expect("an OFD");
    assert_eq!(ofd.pages().len(), usize::try_from(converted.page_count).unwrap());
    assert!(ofd.deviations().is_empty(), "{:?}", ofd.deviations());
    ofd
}

/// What a program says of a file, or `None` if it is not installed.
pub(crate) fn output(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let Ok(output) = Command::new(program).args(arguments).arg(file).output() else {
        println!("skipped: {program} is not installed");
        return None;
    };
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Writes what was made where a person may look at it, if CONVERT_LOOK names a folder.
pub(crate) fn shown(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("CONVERT_LOOK") {
        std::fs::write(Path::new(&folder).join(name), bytes).unwrap();
    }
}

/// A file that goes with its folder.
pub(crate) fn written(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}
