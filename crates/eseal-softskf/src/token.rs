//! A token at rest (令牌存储): one JSON file, changed under a lock, whole or not at all.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use eseal_gm::{random, sm2::SigningKey, sm4};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::{Sar, pin::Pin};

/// Largest file of a token: some certificates and small files.
const FILE_MAX_BYTES: u64 = 4 << 20;
/// What stands first in the file.
const FORMAT: &str = "ESEALSKF1";
/// The device key of a new token (设备认证密钥), as vendors print it in their manuals; it opens no private key.
pub(crate) const DEVICE_KEY: &[u8; 16] = b"1234567812345678";
/// Wrong device keys until the token refuses to be managed.
pub(crate) const DEVICE_KEY_TRIES: u32 = 10;

/// Bytes, as hex in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hex(pub(crate) Vec<u8>);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// All that a token holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) format: String,
    pub(crate) label: String,
    pub(crate) serial: String,
    pub(crate) device_key: Hex,
    pub(crate) device_key_left: u32,
    pub(crate) applications: Vec<ApplicationRecord>,
}

/// An application (应用): its PINs, its containers, its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ApplicationRecord {
    pub(crate) name: String,
    pub(crate) file_rights: u32,
    pub(crate) admin: Pin,
    pub(crate) user: Pin,
    pub(crate) containers: Vec<ContainerRecord>,
    pub(crate) files: Vec<FileRecord>,
}

/// A container (容器): a pair for signatures and one for encryption, with their certificates.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ContainerRecord {
    pub(crate) name: String,
    pub(crate) signing: Option<PairRecord>,
    pub(crate) encryption: Option<PairRecord>,
    pub(crate) signing_certificate: Option<Hex>,
    pub(crate) encryption_certificate: Option<Hex>,
}

/// A pair of keys: `04 ‖ x ‖ y`, and nonce ‖ SM4-GCM(d) under the application's key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PairRecord {
    pub(crate) public: Hex,
    sealed: Hex,
}

/// A small file (文件).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub(crate) name: String,
    pub(crate) read_rights: u32,
    pub(crate) write_rights: u32,
    pub(crate) content: Hex,
}

impl PairRecord {
    /// Seals a private key under the application's key; bound to its public key.
    pub(crate) fn seal(master: &[u8; 16], key: &SigningKey) -> Result<Self, Sar> {
        let nonce = random::<{ sm4::NONCE }>().map_err(|_| Sar::RANDOM)?;
        let public = key.public_key();
        let sealed = sm4::gcm_seal(master, &nonce, &public, &*key.to_bytes()).ok_or(Sar::UNKNOWN)?;
        Ok(Self { public: Hex(public.to_vec()), sealed: Hex([&nonce[..], &sealed].concat()) })
    }

    pub(crate) fn open(&self, master: &[u8; 16]) -> Result<SigningKey, Sar> {
        let (nonce, sealed) = self.sealed.0.split_first_chunk().ok_or(Sar::OBJECT)?;
        let d = sm4::gcm_open(master, nonce, &self.public.0, sealed).ok_or(Sar::OBJECT)?;
        SigningKey::from_bytes(d.as_slice().try_into().map_err(|_| Sar::OBJECT)?).map_err(|_| Sar::OBJECT)
    }
}

impl Token {
    /// A token without applications.
    pub(crate) fn new(label: &str) -> Result<Self, Sar> {
        let serial = random::<8>().map_err(|_| Sar::RANDOM)?;
        Ok(Self {
            format: FORMAT.to_owned(),
            label: label.to_owned(),
            serial: hex::encode(serial),
            device_key: Hex(DEVICE_KEY.to_vec()),
            device_key_left: DEVICE_KEY_TRIES,
            applications: Vec::new(),
        })
    }

    pub(crate) fn application(&mut self, name: &str) -> Result<&mut ApplicationRecord, Sar> {
        self.applications.iter_mut().find(|application| application.name == name).ok_or(Sar::NO_APPLICATION)
    }
}

impl ApplicationRecord {
    pub(crate) fn container(&mut self, name: &str) -> Result<&mut ContainerRecord, Sar> {
        self.containers.iter_mut().find(|container| container.name == name).ok_or(Sar::PARAMETER)
    }
}

/// A token's file, locked against other threads and processes (独占访问).
pub(crate) struct Locked {
    path: PathBuf,
    _lock: fs::File,
    pub(crate) token: Token,
}

impl Locked {
    /// Reads a token; [`Sar::REMOVED`] if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, Sar> {
        if !path.exists() {
            return Err(Sar::REMOVED);
        }
        let lock = lock_file(path, "lock").map_err(|_| Sar::FILE)?;
        lock.lock().map_err(|_| Sar::FILE)?;
        let file = fs::File::open(path).map_err(|_| Sar::REMOVED)?;
        let mut text = Zeroizing::new(Vec::new());
        file.take(FILE_MAX_BYTES).read_to_end(&mut text).map_err(|_| Sar::FILE)?;
        let token: Token = serde_json::from_slice(&text).map_err(|_| Sar::FILE)?;
        if token.format != FORMAT {
            return Err(Sar::FILE);
        }
        Ok(Self { path: path.to_owned(), _lock: lock, token })
    }

    /// Makes the file of a new token; one that is there stays.
    pub(crate) fn create(path: &Path, token: Token) -> Result<Self, Sar> {
        let lock = lock_file(path, "lock").map_err(|_| Sar::FILE)?;
        lock.lock().map_err(|_| Sar::FILE)?;
        if path.exists() {
            drop(lock);
            return Self::open(path);
        }
        let made = Self { path: path.to_owned(), _lock: lock, token };
        made.save()?;
        Ok(made)
    }

    /// Writes the token to the disk, before anything else goes on.
    pub(crate) fn save(&self) -> Result<(), Sar> {
        let text = serde_json::to_vec(&self.token).map_err(|_| Sar::FILE)?;
        if text.len() as u64 >= FILE_MAX_BYTES {
            return Err(Sar::NO_ROOM);
        }
        write_private(&self.path, &text).map_err(|_| Sar::FILE)
    }
}

/// A file beside the token that is only locked, never read.
pub(crate) fn lock_file(path: &Path, extension: &str) -> io::Result<fs::File> {
    private(fs::OpenOptions::new().create(true).truncate(false).write(true)).open(path.with_extension(extension))
}

fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let written =
        private(fs::OpenOptions::new().write(true).create(true).truncate(true)).open(&part).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&part, path)?;
            // The name is on the disk too: a counter does not come back after a loss of power.
            #[cfg(unix)]
            fs::File::open(path.parent().unwrap_or(path))?.sync_all()?;
            Ok(())
        });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}
