//! Reading and writing files for the commands (文件).

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use eseal_bytes::{ByteSource, for_each_chunk};
use eseal_pki::pem;
use eseal_render::FontLibrary;

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a text.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a certificate, PEM or DER.
pub(crate) fn read_certificate(path: &Path) -> Result<Vec<u8>> {
    pem::der_of(&read(path)?, pem::CERTIFICATE).with_context(|| format!("{} is no certificate", path.display()))
}

/// Writes a file that appears whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// As [`write`], readable by the owner alone.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with(path, |file| {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        file.write_all(bytes)
    })
}

/// As [`write`], the content from `fill`.
pub(crate) fn write_with(path: &Path, fill: impl FnOnce(&mut fs::File) -> std::io::Result<()>) -> Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let written = fs::File::create(&part).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// As [`write`], the content piece by piece from a source that may be larger than memory.
pub(crate) fn write_source(path: &Path, source: &dyn ByteSource) -> Result<()> {
    write_with(path, |file| {
        let mut result = Ok(());
        let read = for_each_chunk(source, 0..source.len(), |chunk| {
            if result.is_ok() {
                result = file.write_all(chunk);
            }
        });
        result?;
        read.map_err(std::io::Error::other)
    })
}

/// Makes a folder and everything above it.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).with_context(|| format!("cannot make the folder {}", path.display()))
}

/// As a server with that folder of fonts has them: what is seen here is what is sealed there.
pub(crate) fn fonts(folder: Option<&Path>) -> Result<FontLibrary> {
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        bail!("{}: no folder", folder.display());
    }
    let (library, unusable) = eseal_service::font_library(folder);
    for path in unusable {
        eprintln!("{}: no font that can be used", path.display());
    }
    Ok(library)
}
