//! Where passwords come from (口令来源): configuration names them, and never holds them.
//!
//! | reference | what is read |
//! |---|---|
//! | `env:NAME` | an environment variable |
//! | `file:/PATH` | a file that nobody but its owner can read |
//! | `credential:NAME` | a file in `$CREDENTIALS_DIRECTORY`, where systemd puts `LoadCredential=` |

use std::{
    env, fmt, fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Longest secret, in bytes: passwords of devices have some ten, access codes of signature servers less than 256.
const SECRET_MAX_BYTES: u64 = 4 << 10;

/// Passwords that manuals print: production mode refuses them.
const DEFAULTS: &[&[u8]] =
    &[b"", b"password", b"passw0rd", b"admin", b"admin123", b"swxa1234.", b"a1234567", b"wangwei1", b"test1234"];

/// A secret in memory (口令), forgotten when dropped.
pub type Secret = Zeroizing<Vec<u8>>;

/// Why a secret is not there; never says what stands in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The text in the configuration is no reference; it may be the secret itself, and is not repeated.
    #[error("a secret is named as env:NAME, file:/PATH or credential:NAME, and never written into the configuration")]
    Reference,
    /// The variable is not set.
    #[error("the environment variable {0} is not set")]
    Variable(String),
    /// The file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others can read the file.
    #[error("{0} can be read by others than its owner: chmod 600")]
    Open(PathBuf),
    /// More than 4 KiB.
    #[error("{0} is too long for a secret")]
    TooLong(PathBuf),
    /// There is no such folder: the service was not started with credentials.
    #[error("CREDENTIALS_DIRECTORY is not set")]
    NoCredentials,
}

/// Something that secrets are read from (口令存储).
pub trait SecretStore: Send + Sync {
    /// The secret of that name.
    ///
    /// # Errors
    /// See [`SecretError`].
    fn read(&self, name: &str) -> Result<Secret, SecretError>;
}

/// Variables of this process (环境变量).
pub struct Environment;

/// Files of their owner (私有文件), by absolute path.
pub struct PrivateFiles;

/// The folder of systemd's credentials (服务凭据目录).
pub struct Credentials;

impl SecretStore for Environment {
    fn read(&self, name: &str) -> Result<Secret, SecretError> {
        let value = env::var_os(name).ok_or_else(|| SecretError::Variable(name.to_owned()))?;
        Ok(Zeroizing::new(value.into_encoded_bytes()))
    }
}

impl SecretStore for PrivateFiles {
    fn read(&self, name: &str) -> Result<Secret, SecretError> {
        let path = Path::new(name);
        if !path.is_absolute() {
            return Err(SecretError::Reference);
        }
        let file = open(path)?;
        match is_private(&file) {
            Ok(true) => text_of(file, path),
            Ok(false) => Err(SecretError::Open(path.to_owned())),
            Err(error) => Err(SecretError::File { path: path.to_owned(), error }),
        }
    }
}

impl SecretStore for Credentials {
    /// systemd answers for the rights of the folder.
    fn read(&self, name: &str) -> Result<Secret, SecretError> {
        let is_name = !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != "..";
        if !is_name {
            return Err(SecretError::Reference);
        }
        let path = Path::new(&env::var_os("CREDENTIALS_DIRECTORY").ok_or(SecretError::NoCredentials)?).join(name);
        text_of(open(&path)?, &path)
    }
}

fn open(path: &Path) -> Result<fs::File, SecretError> {
    fs::File::open(path).map_err(|error| SecretError::File { path: path.to_owned(), error })
}

/// The content without the end of its line.
fn text_of(file: fs::File, path: &Path) -> Result<Secret, SecretError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_MAX_BYTES as usize + 1));
    let read = file.take(SECRET_MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| SecretError::File { path: path.to_owned(), error })?;
    if bytes.len() as u64 > SECRET_MAX_BYTES {
        return Err(SecretError::TooLong(path.to_owned()));
    }
    while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        bytes.pop();
    }
    Ok(bytes)
}

#[cfg(unix)]
fn is_private(file: &fs::File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &fs::File) -> io::Result<bool> {
    Ok(true)
}

/// Where a secret is (口令引用), as configuration names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum SecretRef {
    /// `env:NAME`.
    Environment(String),
    /// `file:/PATH`.
    File(String),
    /// `credential:NAME`.
    Credential(String),
    /// Something else, which is not kept, because it may be a secret.
    Malformed,
}

impl SecretRef {
    /// Reads the secret.
    ///
    /// # Errors
    /// See [`SecretError`].
    pub fn read(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Environment(name) => Environment.read(name),
            Self::File(path) => PrivateFiles.read(path),
            Self::Credential(name) => Credentials.read(name),
            Self::Malformed => Err(SecretError::Reference),
        }
    }
}

impl From<String> for SecretRef {
    fn from(text: String) -> Self {
        let text = Zeroizing::new(text);
        match text.split_once(':') {
            Some(("env", name)) => Self::Environment(name.to_owned()),
            Some(("file", path)) => Self::File(path.to_owned()),
            Some(("credential", name)) => Self::Credential(name.to_owned()),
            _ => Self::Malformed,
        }
    }
}

impl From<SecretRef> for String {
    fn from(reference: SecretRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Credential(name) => write!(f, "credential:{name}"),
            Self::Malformed => f.write_str("(no reference)"),
        }
    }
}

/// True for a password that manuals print, or that is one character or a row of digits (默认口令).
#[must_use]
pub fn is_default_password(password: &[u8]) -> bool {
    let step = |by: u8| password.windows(2).all(|pair| matches!(pair, [a, b] if a.wrapping_add(by) == *b));
    DEFAULTS.iter().any(|default| password.eq_ignore_ascii_case(default)) || step(0) || step(1) || step(255)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> SecretRef {
        SecretRef::from(text.to_owned())
    }

    #[test]
    fn a_secret_in_the_configuration_is_refused_and_never_repeated() {
        for text in ["hunter22", "HSM1:abc", "", "env", "File:/x"] {
            let read = reference(text);
            assert_eq!(read, SecretRef::Malformed);
            let said = format!("{read} {read:?} {}", read.read().expect_err("no reference"));
            assert!(text.len() < 4 || !said.contains(text), "{said}");
        }
        for text in ["env:HSM1_PWD", "file:/etc/eseal/hsm1", "credential:hsm1"] {
            assert_eq!(reference(text).to_string(), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_read_if_it_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        let named = reference(&format!("file:{}", path.display()));
        assert!(matches!(named.read(), Err(SecretError::File { .. })));
        fs::write(&path, "open sesame\r\n").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        assert!(matches!(named.read(), Err(SecretError::Open(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
        assert_eq!(named.read().expect("read").as_slice(), b"open sesame");
        fs::write(&path, vec![b'x'; 5000]).expect("written");
        assert!(matches!(named.read(), Err(SecretError::TooLong(_))));
        assert!(matches!(reference("file:Cargo.toml").read(), Err(SecretError::Reference)));
    }

    #[test]
    fn variables_and_credentials_that_are_absent_are_named() {
        assert!(matches!(reference("env:ESEAL_NO_SUCH_SECRET").read(), Err(SecretError::Variable(_))));
        assert!(reference("env:PATH").read().is_ok());
        assert!(matches!(reference("credential:../x").read(), Err(SecretError::Reference)));
    }

    #[test]
    fn passwords_of_manuals_are_known() {
        for password in ["", "password", "PASSWORD", "12345678", "11111111", "87654321", "abcdefgh"] {
            assert!(is_default_password(password.as_bytes()), "{password}");
        }
        assert!(!is_default_password(b"7d0f3c9a1e55"));
    }
}
