//! Keys under which session keys travel (密钥加密密钥, KEK): one file an index, encrypted under the device's password.
//!
//! ```text
//! kek-<index>.sdf = at_rest("ESEALKEK1", "", key[16])
//! ```

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use eseal_gm::sm4;
use zeroize::Zeroizing;

use crate::{ProvisionError, Sdr, at_rest, store::check_password};

const MAGIC: &[u8; 9] = b"ESEALKEK1";
/// Length of a file.
const FILE: usize = at_rest::PREFIX + sm4::BLOCK + sm4::TAG;

/// Puts a KEK into the folder of the device (灌注密钥加密密钥), under the password that `ESEAL_SOFTSDF_STORAGE` names.
///
/// # Errors
/// See [`ProvisionError`].
pub fn provision_kek(folder: &Path, index: u32, key: &[u8; 16], password: &[u8]) -> Result<(), ProvisionError> {
    check_password(password)?;
    at_rest::write_private(&path(folder, index), &at_rest::seal(MAGIC, &[], key, password)?)?;
    Ok(())
}

/// Opens a KEK.
pub(crate) fn open(folder: &Path, index: u32, password: &[u8]) -> Result<Zeroizing<[u8; 16]>, Sdr> {
    let file = fs::File::open(path(folder, index)).map_err(|_| Sdr::KEY_NOT_EXIST)?;
    let mut bytes = Vec::with_capacity(FILE + 1);
    file.take(FILE as u64 + 1).read_to_end(&mut bytes).map_err(|_| Sdr::KEY)?;
    if bytes.len() != FILE || !bytes.starts_with(MAGIC) {
        return Err(Sdr::KEY);
    }
    let key = at_rest::open(&bytes, 0, password).ok_or(Sdr::ACCESS_RIGHT)?;
    Ok(Zeroizing::new(key.as_slice().try_into().map_err(|_| Sdr::KEY)?))
}

fn path(folder: &Path, index: u32) -> PathBuf {
    folder.join(format!("kek-{index}.sdf"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kek_comes_back_with_its_password_only_and_does_not_lie_open() {
        let folder = tempfile::tempdir().expect("a folder");
        provision_kek(folder.path(), 1, &[7; 16], b"storage password").expect("written");
        assert_eq!(*open(folder.path(), 1, b"storage password").expect("opened"), [7; 16]);
        assert_eq!(open(folder.path(), 1, b"another password").err(), Some(Sdr::ACCESS_RIGHT));
        assert_eq!(open(folder.path(), 2, b"storage password").err(), Some(Sdr::KEY_NOT_EXIST));
        let file = fs::read(path(folder.path(), 1)).expect("read");
        assert!(!file.windows(4).any(|window| window == [7; 4]));
        fs::write(path(folder.path(), 1), &file[1..]).expect("written");
        assert_eq!(open(folder.path(), 1, b"storage password").err(), Some(Sdr::KEY));
    }
}
