//! Where the tokens are (令牌目录), and how the library behaves: from the environment.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::{Fault, Sar, layout::Layout};

/// How a token's file name ends.
const EXTENSION: &str = "skf";

/// What the environment says (运行设置), each time that devices are looked for.
pub(crate) struct Place {
    folder: PathBuf,
    pub(crate) layout: Layout,
    /// `type1`: a filled container says that it is of type 1, RSA, as one real key does.
    pub(crate) type_one: bool,
}

impl Place {
    pub(crate) fn of_environment() -> Result<Self, Sar> {
        let folder = match env::var_os("ESEAL_SOFTSKF_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => own_folder().ok_or(Sar::NOT_INITIALIZED)?,
        };
        if !folder.is_absolute() || !folder.is_dir() {
            return Err(Sar::NOT_INITIALIZED);
        }
        let mut place = Self { folder, layout: Layout::default(), type_one: false };
        let quirks = env::var("ESEAL_SOFTSKF_QUIRKS").unwrap_or_default();
        for quirk in quirks.split(',').map(str::trim).filter(|quirk| !quirk.is_empty()) {
            match quirk {
                "left" => place.layout.left = true,
                "ulong8" => place.layout.long = true,
                "type1" => place.type_one = true,
                _ => return Err(Sar::NOT_INITIALIZED),
            }
        }
        Ok(place)
    }

    /// Names of the tokens that are plugged in, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION))
            .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned))
            .filter(|name| is_name(name.as_bytes()))
            .collect();
        names.sort();
        names
    }

    /// The file of a token.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        token_path(&self.folder, name)
    }
}

pub(crate) fn token_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).with_extension(EXTENSION)
}

/// The fault that the environment orders; one for the process, so that it counts over all connections.
pub(crate) fn fault() -> Result<&'static Fault, Sar> {
    static FAULT: OnceLock<Option<Fault>> = OnceLock::new();
    let read = || Fault::parse(&env::var("ESEAL_SOFTSKF_FAULT").unwrap_or_default());
    FAULT.get_or_init(read).as_ref().ok_or(Sar::NOT_INITIALIZED)
}

/// Names of tokens, applications, containers and files that this library takes: short, printable, no path.
pub(crate) fn is_name(name: &[u8]) -> bool {
    (1..=64).contains(&name.len())
        && name.first() != Some(&b'.')
        && std::str::from_utf8(name)
            .is_ok_and(|name| !name.contains(['/', '\\']) && !name.chars().any(char::is_control))
}

/// The folder in which this library lies, as the loader knows it.
#[cfg(unix)]
fn own_folder() -> Option<PathBuf> {
    let path = image::path()?;
    let path = fs::canonicalize(path).ok()?;
    path.parent().map(Path::to_owned)
}

#[cfg(not(unix))]
fn own_folder() -> Option<PathBuf> {
    None
}

#[cfg(unix)]
mod image {
    #![expect(unsafe_code, reason = "only the loader knows from which file this code comes")]

    use std::{
        ffi::{CStr, OsStr, c_char, c_int, c_void},
        os::unix::ffi::OsStrExt as _,
        path::PathBuf,
        ptr,
    };

    /// `Dl_info` of dlfcn.h.
    #[repr(C)]
    struct Info {
        file: *const c_char,
        base: *mut c_void,
        symbol: *const c_char,
        address: *mut c_void,
    }

    unsafe extern "C" {
        fn dladdr(address: *const c_void, info: *mut Info) -> c_int;
    }

    /// The file of the image that holds this function.
    pub(super) fn path() -> Option<PathBuf> {
        let mut info = Info { file: ptr::null(), base: ptr::null_mut(), symbol: ptr::null(), address: ptr::null_mut() };
        // SAFETY: the address is of a function of this image, the structure is the system's.
        let found = unsafe { dladdr(path as *const c_void, &raw mut info) };
        if found == 0 || info.file.is_null() {
            return None;
        }
        // SAFETY: the loader keeps the name as long as the image is there, and that is while this runs.
        let name = unsafe { CStr::from_ptr(info.file) };
        Some(PathBuf::from(OsStr::from_bytes(name.to_bytes())))
    }
}
