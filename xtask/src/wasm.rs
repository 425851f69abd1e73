//! `cargo xtask wasm`: the phone's core as a WebAssembly module, by another compiler than the rest (see `clients/wasm`).

use std::path::PathBuf;

use anyhow::Result;

use crate::run::Command;

/// Builds the module; nothing if the compiler is not installed, which the script then says.
///
/// What is built stays in `target/wasm`: the first time takes a minute or two, the next ones seconds.
pub(crate) fn build() -> Result<Option<PathBuf>> {
    let folder = crate::root().join("clients/wasm");
    let output = Command::new("bash", &["build.sh"]).within(&folder).output()?;
    let path = String::from_utf8_lossy(&output).trim().to_owned();
    if path.is_empty() {
        return Ok(None);
    }
    eprintln!("the phone's core: {path}");
    Ok(Some(PathBuf::from(path)))
}
