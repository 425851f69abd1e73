//! Key pairs of the device (密钥对): one file a key index, encrypted under its password.
//!
//! ```text
//! key-<index>.sdf = at_rest("ESEALSDF1", sign key[65] ‖ encryption key[65], sign d[32] ‖ encryption d[32])
//! ```

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use eseal_gm::{
    RandomError,
    sm2::{SigningKey, VerifyingKey},
    sm4,
};
use zeroize::Zeroizing;

use crate::{Sdr, at_rest, tries::Tries};

const MAGIC: &[u8; 9] = b"ESEALSDF1";
/// Both public keys.
const PUBLIC: usize = 65 + 65;
/// Length of a file.
const FILE: usize = at_rest::PREFIX + PUBLIC + 64 + sm4::TAG;
/// What is calculated with when the password was wrong, so that this takes as long.
const DECOY: [u8; 64] = [1; 64];

/// Why a key was not put into the folder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvisionError {
    /// The file cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Only 8 to 64 bytes can be a password.
    #[error("a password has 8 to 64 bytes")]
    Password,
}

/// A pair of keys with one index: for signatures, and for encryption (签名密钥对, 加密密钥对).
pub(crate) struct KeyPair {
    pub(crate) signing: SigningKey,
    pub(crate) encryption: SigningKey,
}

/// The public keys of an index.
pub(crate) struct PublicPair {
    pub(crate) signing: VerifyingKey,
    pub(crate) encryption: VerifyingKey,
}

/// Puts a key for signatures into the folder of the device (灌注密钥), with a new one for encryption beside it.
///
/// The file is readable by the owner alone, and appears whole or not at all.  A key with the same index is replaced, and
/// one that was locked by wrong passwords opens again.
///
/// # Errors
/// See [`ProvisionError`].
pub fn provision(folder: &Path, index: u32, key: &SigningKey, password: &[u8]) -> Result<(), ProvisionError> {
    check_password(password)?;
    let encryption = SigningKey::generate()?;
    let public = [key.public_key(), encryption.public_key()].concat();
    let secrets = Zeroizing::new([*key.to_bytes(), *encryption.to_bytes()].concat());
    Tries::reset(folder, index)?;
    at_rest::write_private(&path(folder, index), &at_rest::seal(MAGIC, &public, &secrets, password)?)?;
    Ok(())
}

pub(crate) fn check_password(password: &[u8]) -> Result<(), ProvisionError> {
    if (8..=64).contains(&password.len()) { Ok(()) } else { Err(ProvisionError::Password) }
}

/// Reads the public keys of an index.
pub(crate) fn public_pair(folder: &Path, index: u32) -> Result<PublicPair, Sdr> {
    let file = read(folder, index)?;
    let point = |at: usize| VerifyingKey::from_bytes(file.get(at..at + 65).ok_or(Sdr::KEY)?).map_err(|_| Sdr::KEY);
    Ok(PublicPair { signing: point(at_rest::PREFIX)?, encryption: point(at_rest::PREFIX + 65)? })
}

/// Opens the keys of an index with their password.
///
/// The try is counted before the password is, and a right one takes the same steps as a wrong one.
pub(crate) fn open(folder: &Path, index: u32, password: &[u8]) -> Result<KeyPair, Sdr> {
    let file = read(folder, index)?;
    let tries = Tries::take(folder, index).map_err(|_| Sdr::ACCESS_RIGHT)?;
    let secrets = at_rest::open(&file, PUBLIC, password).filter(|secrets| secrets.len() == DECOY.len());
    let pair = pair_of(secrets.as_deref().map_or(&DECOY, Vec::as_slice), &file);
    let is_right = secrets.is_some() && tries.were_left();
    tries.end(is_right).map_err(|_| Sdr::ACCESS_RIGHT)?;
    if is_right { pair } else { Err(Sdr::ACCESS_RIGHT) }
}

/// Both keys; they must be those whose public keys the file names.
fn pair_of(secrets: &[u8], file: &[u8]) -> Result<KeyPair, Sdr> {
    let key = |at: usize| -> Result<SigningKey, Sdr> {
        SigningKey::from_bytes(secrets.get(at..).and_then(|rest| rest.first_chunk()).ok_or(Sdr::KEY)?)
            .map_err(|_| Sdr::KEY)
    };
    let pair = KeyPair { signing: key(0)?, encryption: key(32)? };
    let public = [pair.signing.public_key(), pair.encryption.public_key()].concat();
    let named = file.get(at_rest::PREFIX..at_rest::PREFIX + PUBLIC);
    if named == Some(&public) { Ok(pair) } else { Err(Sdr::KEY) }
}

fn read(folder: &Path, index: u32) -> Result<Vec<u8>, Sdr> {
    let file = fs::File::open(path(folder, index)).map_err(|_| Sdr::KEY_NOT_EXIST)?;
    let mut bytes = Vec::with_capacity(FILE + 1);
    file.take(FILE as u64 + 1).read_to_end(&mut bytes).map_err(|_| Sdr::KEY)?;
    if bytes.len() == FILE && bytes.starts_with(MAGIC) { Ok(bytes) } else { Err(Sdr::KEY) }
}

fn path(folder: &Path, index: u32) -> PathBuf {
    folder.join(format!("key-{index}.sdf"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = b"password";

    #[test]
    fn a_key_comes_back_with_its_password_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        provision(folder.path(), 1, &key, PASSWORD).expect("written");
        let pair = open(folder.path(), 1, PASSWORD).expect("opened");
        assert_eq!(pair.signing.to_bytes(), key.to_bytes());
        let public = public_pair(folder.path(), 1).expect("read");
        assert_eq!(public.signing.to_bytes(), key.public_key());
        assert_eq!(public.encryption.to_bytes(), pair.encryption.public_key());
        assert_eq!(open(folder.path(), 1, b"passwort").err(), Some(Sdr::ACCESS_RIGHT));
        assert_eq!(open(folder.path(), 2, PASSWORD).err(), Some(Sdr::KEY_NOT_EXIST));
        assert!(provision(folder.path(), 1, &key, b"short").is_err());
    }

    #[test]
    fn the_file_holds_no_private_key_and_no_bit_of_it_may_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        provision(folder.path(), 1, &key, PASSWORD).expect("written");
        let file = fs::read(path(folder.path(), 1)).expect("read");
        assert!(!file.windows(8).any(|window| window == [7; 8]));
        for at in [0, 20, 33, 50, 110, FILE - 80, FILE - 1] {
            let mut broken = file.clone();
            broken[at] ^= 1;
            fs::write(path(folder.path(), 1), broken).expect("written");
            assert!(open(folder.path(), 1, PASSWORD).is_err(), "byte {at}");
        }
        fs::write(path(folder.path(), 1), &file[1..]).expect("written");
        assert_eq!(open(folder.path(), 1, PASSWORD).err(), Some(Sdr::KEY));
    }

    #[test]
    fn twenty_wrong_passwords_lock_a_key_for_ever_and_nineteen_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        provision(folder.path(), 1, &key, PASSWORD).expect("written");
        let wrong = || assert_eq!(open(folder.path(), 1, b"passwort").err(), Some(Sdr::ACCESS_RIGHT));
        (1..crate::TRIES).for_each(|_| wrong());
        assert!(open(folder.path(), 1, PASSWORD).is_ok(), "and the count begins again");
        (0..crate::TRIES).for_each(|_| wrong());
        assert_eq!(open(folder.path(), 1, PASSWORD).err(), Some(Sdr::ACCESS_RIGHT));
        assert_eq!(open(folder.path(), 1, PASSWORD).err(), Some(Sdr::ACCESS_RIGHT));
        assert!(public_pair(folder.path(), 1).is_ok());
        provision(folder.path(), 1, &key, PASSWORD).expect("written");
        assert!(open(folder.path(), 1, PASSWORD).is_ok());
        fs::remove_file(folder.path().join("key-1.tries")).expect("removed");
        assert!(open(folder.path(), 1, PASSWORD).is_err(), "who removes the count gains nothing");
    }

    #[test]
    fn right_and_wrong_passwords_take_as_long() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        provision(folder.path(), 1, &key, PASSWORD).expect("written");
        let time = |password: &[u8]| {
            let begun = std::time::Instant::now();
            let _ = open(folder.path(), 1, password);
            begun.elapsed()
        };
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..15 {
            times[0].push(time(PASSWORD));
            times[1].push(time(b"passwort"));
        }
        let [right, wrong] = times.map(|mut times| {
            times.sort();
            times[times.len() / 2].as_secs_f64()
        });
        // A missing step would be a third of the whole; a busy machine is not.
        assert!((0.6..1.6).contains(&(right / wrong)), "right {right} s, wrong {wrong} s");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let key = SigningKey::from_bytes(&[7; 32]).expect("a key");
        provision(folder.path(), 1, &key, PASSWORD).expect("written");
        let mode = fs::metadata(path(folder.path(), 1)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
