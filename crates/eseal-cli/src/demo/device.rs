//! The demo's server cryptographic device (服务器密码设备): our own in software, behind its C interface in a process of its
//! own, as a vendor's would be.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use eseal_device::{DeviceProfile, KeyProfile, KeyUse, SdfDeviceProfile, SecretRef};
use eseal_pki::pem;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::who;
use crate::{ca::Authority, client::random_hex, devices, files, keys, runtime::SEAL_KEYS};

/// Its name in the configuration.
const NAME: &str = "softsdf";
/// File of the password, below the folder of keys.
const PASSWORD: &str = "softsdf.password";

/// Folder of the device, which only its library reads and writes.
fn folder(demo: &Path) -> PathBuf {
    demo.join(NAME)
}

/// Where the certificate of a seal in the device is.
pub(super) fn certificate(demo: &Path, seal_code: &str) -> PathBuf {
    demo.join("keys").join(NAME).join(seal_code).with_extension("pem")
}

/// Seals in the device, with the index of their key.
fn seals() -> impl Iterator<Item = (u32, &'static str)> {
    let codes = who::seals().filter(|(_, seal)| seal.carrier == "server").map(|(_, seal)| seal.code);
    (1..).zip(codes)
}

/// A key and a certificate for a seal, unless they are there.
///
/// A key file of an earlier demo is moved into the device, so that its seals go on.
pub(super) fn provision(demo: &Path, authority: &mut Authority, seal_code: &str) -> Result<()> {
    let (index, _) = seals().find(|(_, code)| *code == seal_code).context("a seal of the device")?;
    let certificate = certificate(demo, seal_code);
    if certificate.exists() {
        return Ok(());
    }
    files::make_folder(&folder(demo))?;
    files::make_folder(certificate.parent().unwrap_or(demo))?;
    let password = demo.join("keys").join(PASSWORD);
    if !password.exists() {
        files::write_private(&password, Zeroizing::new(random_hex()?).as_bytes())?;
    }
    let password = Zeroizing::new(files::read(&password)?);
    let old = demo.join("keys").join(SEAL_KEYS).join(seal_code);
    let (old_key, old_certificate) = (old.with_extension("key"), old.with_extension("pem"));
    let (key, issued) = if old_key.exists() && old_certificate.exists() {
        (keys::read(&old_key)?, files::read_certificate(&old_certificate)?)
    } else {
        let key = keys::generate()?;
        let issued = authority.issue(&who::request_of(seal_code, &key.public_key()), Timestamp::now())?;
        (key, issued)
    };
    softsdf::provision(&folder(demo), index, &key, &password).context("cannot put a key into the device")?;
    files::write(&certificate, pem::encode(pem::CERTIFICATE, &issued).as_bytes())?;
    for old in [old_key, old_certificate] {
        let _ = std::fs::remove_file(old); // there is none in a new demo
    }
    Ok(())
}

/// How the server finds the device; `None` if this folder has none.
pub(crate) fn profile(demo: &Path) -> Result<Option<(String, DeviceProfile)>> {
    if !folder(demo).is_dir() {
        return Ok(None);
    }
    let demo = std::path::absolute(demo).context("the folder's path")?;
    let key = |(index, code): (u32, &str)| KeyProfile {
        index,
        purpose: KeyUse::Seal,
        certificate: Some(certificate(&demo, code)),
        public_key: None,
        secret: None,
    };
    let text = |path: PathBuf| path.to_str().map(str::to_owned).context("the folder's path is no UTF-8");
    let profile = SdfDeviceProfile {
        secret: Some(SecretRef::File(text(demo.join("keys").join(PASSWORD))?)),
        environment: BTreeMap::from([("ESEAL_SOFTSDF_DIR".to_owned(), text(folder(&demo))?)]),
        key: seals().map(key).collect(),
        ..SdfDeviceProfile::new(devices::soft_library()?)
    };
    Ok(Some((NAME.to_owned(), DeviceProfile::Sdf(profile))))
}
