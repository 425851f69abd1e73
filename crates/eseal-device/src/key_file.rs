//! Keys in files (密钥文件), for development only: SEC1 `EC PRIVATE KEY` in PEM, as OpenSSL reads and writes it.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use eseal_asn1::{Node, tag, write};
use eseal_gm::{
    oid,
    sm2::{Signature, SigningKey},
};
use eseal_pki::pem;
use zeroize::Zeroizing;

use crate::{DeviceKind, DigestSigner, SignDigestError, SignInput};

/// Largest key file, in bytes: a private key in PEM has less than one KiB.
const MAX_FILE_BYTES: u64 = 64 << 10;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It holds no SM2 private key.
    #[error("{path}: no SM2 private key in PEM (EC PRIVATE KEY or PRIVATE KEY)")]
    NoKey {
        /// Which file.
        path: PathBuf,
    },
}

/// A key in a file (密钥文件签名器): signs in the memory of this process.
pub struct KeyFile(SigningKey);

impl KeyFile {
    /// Reads the key.
    ///
    /// # Errors
    /// See [`KeyFileError`].
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        read_key(path).map(Self)
    }

    /// A key that is in memory already.
    #[must_use]
    pub const fn of(key: SigningKey) -> Self {
        Self(key)
    }
}

impl DigestSigner for KeyFile {
    fn sign_unchecked(&self, input: &SignInput<'_>) -> Result<Signature, SignDigestError> {
        Ok(self.0.sign_prehash(input.e))
    }

    fn kind(&self) -> DeviceKind {
        DeviceKind::KeyFile
    }
}

/// Reads a private key: SEC1 `EC PRIVATE KEY` or PKCS #8 `PRIVATE KEY`, PEM.
///
/// # Errors
/// See [`KeyFileError`].
pub fn read_key(path: &Path) -> Result<SigningKey, KeyFileError> {
    let io = |error| KeyFileError::Io { path: path.to_owned(), error };
    if fs::metadata(path).map_err(io)?.len() > MAX_FILE_BYTES {
        return Err(KeyFileError::NoKey { path: path.to_owned() });
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(io)?);
    let blocks = pem::decode(&text).unwrap_or_default();
    let key = blocks.into_iter().find_map(|block| {
        let der = Zeroizing::new(block.der);
        match block.label.as_str() {
            "EC PRIVATE KEY" => sec1(&der),
            "PRIVATE KEY" => pkcs8(&der),
            _ => None,
        }
    });
    key.ok_or_else(|| KeyFileError::NoKey { path: path.to_owned() })
}

/// Writes a private key, readable by the owner alone; the file appears whole or not at all.
///
/// # Errors
/// [`KeyFileError::Io`].
pub fn write_key(path: &Path, key: &SigningKey) -> Result<(), KeyFileError> {
    let der = Zeroizing::new(to_sec1(key));
    let text = Zeroizing::new(pem::encode("EC PRIVATE KEY", &der));
    write_private(path, text.as_bytes()).map_err(|error| KeyFileError::Io { path: path.to_owned(), error })
}

/// ```text
/// ECPrivateKey ::= SEQUENCE { version INTEGER (1), privateKey OCTET STRING, parameters [0] OID, publicKey [1] BIT STRING }
/// ```
fn to_sec1(key: &SigningKey) -> Vec<u8> {
    let private = Zeroizing::new(write::octet_string(&*key.to_bytes()));
    write::sequence(&[
        &write::integer_i64(1),
        &private,
        &write::context(0, &write::oid(oid::SM2.der)),
        &write::context(1, &write::bit_string(&key.public_key())),
    ])
}

fn sec1(der: &[u8]) -> Option<SigningKey> {
    let mut fields = Node::parse(der).ok().filter(|node| node.tag == tag::SEQUENCE)?.children();
    fields.expect(tag::INTEGER, "version").ok()?;
    let private = fields.expect(tag::OCTET_STRING, "privateKey").ok()?.body;
    let parameters = fields.optional(tag::context(0)).ok()?;
    if let Some(parameters) = parameters {
        let curve = parameters.children().expect(tag::OID, "curve").ok()?;
        if curve.body != oid::SM2.der {
            return None;
        }
    }
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(private.try_into().ok()?);
    SigningKey::from_bytes(&bytes).ok()
}

/// ```text
/// PrivateKeyInfo ::= SEQUENCE { version INTEGER, algorithm AlgorithmIdentifier, privateKey OCTET STRING (ECPrivateKey) }
/// ```
fn pkcs8(der: &[u8]) -> Option<SigningKey> {
    let mut fields = Node::parse(der).ok().filter(|node| node.tag == tag::SEQUENCE)?.children();
    fields.expect(tag::INTEGER, "version").ok()?;
    let mut algorithm = fields.expect(tag::SEQUENCE, "algorithm").ok()?.children();
    let kind = algorithm.expect(tag::OID, "algorithm").ok()?;
    let curve = algorithm.optional(tag::OID).ok()?;
    if kind.body != oid::SM2.der && curve?.body != oid::SM2.der {
        return None;
    }
    sec1(fields.expect(tag::OCTET_STRING, "privateKey").ok()?.body)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
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
