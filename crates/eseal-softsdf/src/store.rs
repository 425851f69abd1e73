//! Keys at rest (密钥存储): one file a key index, encrypted under its password.
//!
//! ```text
//! key-<index>.sdf = "ESEALSDF1" ‖ iterations u32 ‖ salt[16] ‖ nonce[12] ‖ sign key[65] ‖ encryption key[65]
//!                   ‖ SM4-GCM(sign d[32] ‖ encryption d[32]) ‖ tag[16]
//! ```
//! The key of SM4 is PBKDF2 with HMAC-SM3 of the password; all that stands before the ciphertext is authenticated.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use eseal_gm::{
    HmacSm3, RandomError, random,
    sm2::{SigningKey, VerifyingKey},
    sm4,
};
use zeroize::Zeroizing;

use crate::Sdr;

const MAGIC: &[u8; 9] = b"ESEALSDF1";
/// Rounds of PBKDF2 for new files: some hundredths of a second for each guess.
const ITERATIONS: u32 = 20_000;
/// Most rounds that a file may ask for, so that a forged one does not hold us for ever.
const ITERATIONS_MAX: u32 = 1_000_000;
/// Length of what stands before the ciphertext.
const HEAD: usize = 9 + 4 + 16 + 12 + 65 + 65;
/// Length of a file.
const FILE: usize = HEAD + 64 + sm4::TAG;

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
/// The file is readable by the owner alone, and appears whole or not at all.  A key with the same index is replaced.
///
/// # Errors
/// See [`ProvisionError`].
pub fn provision(folder: &Path, index: u32, key: &SigningKey, password: &[u8]) -> Result<(), ProvisionError> {
    if !(8..=64).contains(&password.len()) {
        return Err(ProvisionError::Password);
    }
    let encryption = SigningKey::generate()?;
    let (salt, nonce) = (random::<16>()?, random::<12>()?);
    let head =
        [MAGIC.as_slice(), &ITERATIONS.to_be_bytes(), &salt, &nonce, &key.public_key(), &encryption.public_key()]
            .concat();
    let secrets = Zeroizing::new([*key.to_bytes(), *encryption.to_bytes()].concat());
    let sealing = derive(password, &salt, ITERATIONS);
    let sealed = sm4::gcm_seal(&sealing, &nonce, &head, &secrets).ok_or(RandomError)?;
    write_private(&path(folder, index), &[head, sealed].concat())?;
    Ok(())
}

/// Reads the public keys of an index.
pub(crate) fn public_pair(folder: &Path, index: u32) -> Result<PublicPair, Sdr> {
    let file = read(folder, index)?;
    let point = |at: usize| VerifyingKey::from_bytes(file.get(at..at + 65).ok_or(Sdr::KEY)?).map_err(|_| Sdr::KEY);
    Ok(PublicPair { signing: point(41)?, encryption: point(106)? })
}

/// Opens the keys of an index with their password.
pub(crate) fn open(folder: &Path, index: u32, password: &[u8]) -> Result<KeyPair, Sdr> {
    let file = read(folder, index)?;
    let (head, sealed) = file.split_at_checked(HEAD).ok_or(Sdr::KEY)?;
    let rounds = head.get(9..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let salt = head.get(13..29).ok_or(Sdr::KEY)?;
    let nonce = head.get(29..).and_then(|rest| rest.first_chunk()).ok_or(Sdr::KEY)?;
    if !(1..=ITERATIONS_MAX).contains(&rounds) {
        return Err(Sdr::KEY);
    }
    let opening = derive(password, salt, rounds);
    let secrets = sm4::gcm_open(&opening, nonce, head, sealed).ok_or(Sdr::ACCESS_RIGHT)?;
    let key = |bytes: Option<&[u8; 32]>| bytes.and_then(|bytes| SigningKey::from_bytes(bytes).ok()).ok_or(Sdr::KEY);
    Ok(KeyPair { signing: key(secrets.first_chunk())?, encryption: key(secrets.last_chunk())? })
}

fn read(folder: &Path, index: u32) -> Result<Vec<u8>, Sdr> {
    let file = fs::File::open(path(folder, index)).map_err(|_| Sdr::KEY_NOT_EXIST)?;
    let mut bytes = Vec::with_capacity(FILE + 1);
    file.take(FILE as u64 + 1).read_to_end(&mut bytes).map_err(|_| Sdr::KEY)?;
    if bytes.len() == FILE && bytes.starts_with(MAGIC) { Ok(bytes) } else { Err(Sdr::KEY) }
}

/// PBKDF2 of RFC 8018 with HMAC-SM3; one block is enough for 16 bytes.
fn derive(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 16]> {
    let prepared = HmacSm3::new(password);
    let mac = |message: &[u8]| {
        let mut mac = prepared.clone();
        mac.update(message);
        Zeroizing::new(mac.finish())
    };
    let mut block = mac(&[salt, &1_u32.to_be_bytes()].concat());
    let mut sum = block.clone();
    for _ in 1..rounds {
        block = mac(&*block);
        sum.iter_mut().zip(block.iter()).for_each(|(sum, byte)| *sum ^= byte);
    }
    let mut key = Zeroizing::new([0; 16]);
    key.iter_mut().zip(sum.iter()).for_each(|(key, byte)| *key = *byte);
    key
}

fn path(folder: &Path, index: u32) -> PathBuf {
    folder.join(format!("key-{index}.sdf"))
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options.open(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
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
        for at in [0, 20, 33, 50, 110, HEAD, FILE - 1] {
            let mut broken = file.clone();
            broken[at] ^= 1;
            fs::write(path(folder.path(), 1), broken).expect("written");
            assert!(open(folder.path(), 1, PASSWORD).is_err(), "byte {at}");
        }
        fs::write(path(folder.path(), 1), &file[1..]).expect("written");
        assert_eq!(open(folder.path(), 1, PASSWORD).err(), Some(Sdr::KEY));
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
