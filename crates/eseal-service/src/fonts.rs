//! Fonts of pages that are drawn and converted (呈现字库): the operator's, open ones of the system, the two that are shipped.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use eseal_render::FontLibrary;

use crate::Config;

/// Most files of the operator's folder that are read.
const FILES: usize = 200;
/// Most bytes of one file: a collection of all weights has 100 MB.
const FILE_BYTES: u64 = 128 << 20;
/// Most folders inside each other.
const DEPTH: usize = 4;

/// Open fonts that stand for 宋, 楷, Times, Arial and Courier: where the packages that office documents need put them.
const OF_THE_SYSTEM: &[&str] = &[
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Bold.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
];

/// The fonts in use, read when the first page needs them (呈现字库).
#[derive(Debug)]
pub struct Fonts {
    folder: PathBuf,
    library: OnceLock<FontLibrary>,
}

impl Fonts {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, library: OnceLock::new() }
    }

    /// All of them; blocking for the first caller.
    pub fn library(&self) -> &FontLibrary {
        self.library.get_or_init(|| {
            let (library, unusable) = font_library(Some(&self.folder));
            for path in unusable {
                tracing::warn!(path = %path.display(), "A font file cannot be used");
            }
            library
        })
    }
}

/// Where the operator puts fonts, for pages that are drawn as for office documents (字库目录).
#[must_use]
pub fn font_folder(config: &Config) -> PathBuf {
    config.office.fonts.clone().unwrap_or_else(|| config.storage.data.join("fonts"))
}

/// The fonts of `folder`, of the system, and the shipped ones; with the files of the folder that cannot be used.
///
/// Those of the folder are preferred, in the order of their names: the same folder, the same choice.
#[must_use]
pub fn font_library(folder: Option<&Path>) -> (FontLibrary, Vec<PathBuf>) {
    let mut library = FontLibrary::shipped();
    let mut unusable = Vec::new();
    let mut own = Vec::new();
    if let Some(folder) = folder {
        files(folder, DEPTH, &mut own);
    }
    own.sort();
    for path in own.into_iter().take(FILES) {
        if !add(&mut library, &path) {
            unusable.push(path);
        }
    }
    for path in OF_THE_SYSTEM {
        add(&mut library, Path::new(path)); // what is not installed is done without
    }
    (library, unusable)
}

fn add(library: &mut FontLibrary, path: &Path) -> bool {
    let fits = fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= FILE_BYTES);
    let bytes = if fits { fs::read(path).ok() } else { None };
    bytes.is_some_and(|bytes| library.add_font(Arc::new(bytes)) > 0)
}

/// Font files of a folder and those inside it.
fn files(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        if matches!(extension.as_deref(), Some("ttf" | "otf" | "ttc" | "otc")) {
            found.push(path);
        } else if depth > 0 && path.is_dir() {
            files(&path, depth - 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_fonts_are_found_in_any_folder_and_what_is_none_is_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("official")).unwrap();
        fs::write(folder.path().join("official/正文.otf"), renamed()).unwrap();
        fs::write(folder.path().join("broken.ttf"), "no font").unwrap();
        fs::write(folder.path().join("readme.txt"), "no font either").unwrap();
        let (library, unusable) = font_library(Some(folder.path()));
        assert_eq!(unusable, [folder.path().join("broken.ttf")]);
        assert!(library.has("仿宋_GB2312") && library.has("FangSong") && !library.has("楷体_GB2312"));
        assert!(!font_library(None).0.has("仿宋_GB2312"));
    }

    /// The shipped font by the name of one that is not.
    fn renamed() -> Vec<u8> {
        let wide = |name: &str| -> Vec<u8> { name.encode_utf16().flat_map(u16::to_be_bytes).collect() };
        let (own, other) = (wide("Noto Sans CJK SC"), wide("FangSong        "));
        let mut font = eseal_fonts::SANS_REGULAR.to_vec();
        let places: Vec<usize> = (0..font.len() - own.len()).filter(|at| font[*at..].starts_with(&own)).collect();
        for at in places {
            font[at..at + own.len()].copy_from_slice(&other);
        }
        font
    }
}
