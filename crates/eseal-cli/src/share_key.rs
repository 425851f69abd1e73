//! The key that seals the server's shares of phone keys (分量加密密钥), kept sealed under a key of a device.
//!
//! ```text
//! share.key.sealed = "ESEAL-SHARE-KEY/1\n" hex(public key of the device's pair for encryption) "\n" hex(sealed key) "\n"
//! ```
//!
//! It is made at the first start and opened by the device at each.  Lost, every phone must be enrolled again: it belongs
//! into the backup of the database, beside which it lies and without which it is worth nothing.

use std::path::Path;

use anyhow::{Context, Result, bail};
use eseal_device::{DeviceKind, helper::HelperWrapper};
use eseal_gm::sm2::VerifyingKey;
use zeroize::Zeroizing;

use crate::files;

/// File in the data folder.
const FILE: &str = "share.key.sealed";
const HEAD: &str = "ESEAL-SHARE-KEY/1";

/// A key of a device that seals the key.
pub(crate) struct ShareWrapper {
    pub(crate) wrapper: HelperWrapper,
    pub(crate) public_key: VerifyingKey,
}

impl ShareWrapper {
    /// Kind of the device.
    pub(crate) fn kind(&self) -> DeviceKind {
        self.wrapper.kind()
    }

    /// The key: opened by the device, or new at the first start.  Blocking.
    pub(crate) fn key(&self, data: &Path) -> Result<Zeroizing<[u8; 16]>> {
        let path = data.join(FILE);
        if !path.exists() {
            return self.make(&path);
        }
        let text = files::read_text(&path)?;
        let damaged = || format!("{} is damaged", path.display());
        let lines: Vec<&str> = text.lines().collect();
        let &[HEAD, public_key, sealed] = lines.as_slice() else { bail!(damaged()) };
        if public_key != hex::encode(self.public_key.to_bytes()) {
            bail!("{} was sealed by another key than the one with use = \"share\"", path.display());
        }
        self.open(&hex::decode(sealed).with_context(damaged)?).with_context(|| path.display().to_string())
    }

    fn make(&self, path: &Path) -> Result<Zeroizing<[u8; 16]>> {
        let mut key = Zeroizing::new([0; 16]);
        getrandom::fill(&mut *key).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        let sealed = self.wrapper.wrap(&Zeroizing::new(key.to_vec())).context("the device seals no key")?;
        if *self.open(&sealed)? != *key {
            bail!("the device opens another key than it sealed");
        }
        let text = format!("{HEAD}\n{}\n{}\n", hex::encode(self.public_key.to_bytes()), hex::encode(sealed));
        files::write_private(path, text.as_bytes())?;
        Ok(key)
    }

    fn open(&self, sealed: &[u8]) -> Result<Zeroizing<[u8; 16]>> {
        let opened = self.wrapper.unwrap(sealed).context("the device does not open the key")?;
        Ok(Zeroizing::new(opened.as_slice().try_into().context("the device opened something else")?))
    }
}
