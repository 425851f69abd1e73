//! Secrets at rest (静态加密): PBKDF2 with HMAC-SM3 of a password, then SM4-GCM; all that stands before the ciphertext is
//! authenticated.
//!
//! ```text
//! magic[9] ‖ iterations u32 ‖ salt[16] ‖ nonce[12] ‖ public part ‖ SM4-GCM(secret) ‖ tag[16]
//! ```

use std::{
    fs, hint,
    io::{self, Write as _},
    path::Path,
};

use eseal_gm::{RandomError, pbkdf2_sm3, random, sm4};
use zeroize::Zeroizing;

/// Rounds of PBKDF2 for new files: some hundredths of a second for each guess.
const ITERATIONS: u32 = 20_000;
/// Most rounds that a file may ask for, so that a forged one does not hold us for ever.
const ITERATIONS_MAX: u32 = 1_000_000;
/// Length of what stands before the public part.
pub(crate) const PREFIX: usize = 9 + 4 + 16 + 12;

/// The bytes of a file that hold a secret under a password.
pub(crate) fn seal(magic: &[u8; 9], public: &[u8], secret: &[u8], password: &[u8]) -> Result<Vec<u8>, RandomError> {
    let (salt, nonce) = (random::<16>()?, random::<12>()?);
    let head = [magic.as_slice(), &ITERATIONS.to_be_bytes(), &salt, &nonce, public].concat();
    let sealed = sm4::gcm_seal(&derive(password, &salt, ITERATIONS), &nonce, &head, secret).ok_or(RandomError)?;
    Ok([head, sealed].concat())
}

/// The secret; `None` if the password is another, or a bit was changed.
pub(crate) fn open(file: &[u8], public_bytes: usize, password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (head, sealed) = file.split_at_checked(PREFIX + public_bytes)?;
    let rounds = u32::from_be_bytes(*head.get(9..)?.first_chunk()?);
    if !(1..=ITERATIONS_MAX).contains(&rounds) {
        return None;
    }
    let key = derive(password, head.get(13..29)?, rounds);
    sm4::gcm_open(&key, head.get(29..)?.first_chunk()?, head, sealed)
}

/// The first 16 bytes of PBKDF2 with HMAC-SM3: a key of SM4, as long as its block.
fn derive(password: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; sm4::BLOCK]> {
    let derived = pbkdf2_sm3(password, salt, rounds);
    let mut key = Zeroizing::new([0; sm4::BLOCK]);
    key.iter_mut().zip(derived.iter()).for_each(|(key, byte)| *key = *byte);
    key
}

/// Bytes of stack that calls with keys may have used: moved values leave copies behind, which no destructor sees.
const STACK: usize = 32 << 10;

/// Runs a body with secrets, and writes over the stack that it used.
pub(crate) fn forgetting<T>(body: impl FnOnce() -> T) -> T {
    #[inline(never)]
    fn deeper<T>(body: impl FnOnce() -> T) -> T {
        body()
    }
    #[inline(never)]
    fn write_over() {
        hint::black_box(&mut [0_u8; STACK]);
    }
    let result = deeper(body);
    write_over();
    result
}

/// Writes a file that is its owner's alone, and appears whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
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
