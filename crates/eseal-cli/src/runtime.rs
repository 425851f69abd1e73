//! Puts the platform together from a configuration (运行环境): store, objects, keys, trust.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use eseal_device::{CheckedSigner, KeyFile, KeyUse, Signers};
use eseal_service::{
    App, Config, Mode, Parts, PlatformKey, PlatformKeys, SystemClock,
    mobile::{CertificateIssuer, PhoneKeys, ShareKey},
};
use eseal_store::{Objects, SqliteStore};
use zeroize::Zeroizing;

use crate::{
    certificate_command::CertificateCommand,
    devices::{self, Devices},
    files, keys, trust,
};

/// Folder of the seals' keys below the folder of key files: NAME.pem with NAME.key.
pub(crate) const SEAL_KEYS: &str = "seals";

/// Opens everything and makes the application.
pub(crate) async fn build(config: Config, issuer: Option<Arc<dyn CertificateIssuer>>) -> Result<Arc<App>> {
    config.check()?;
    if !config.storage.database.is_empty() {
        bail!("storage.database: this version knows the embedded database only; leave it empty");
    }
    let data = config.storage.data.clone();
    files::make_folder(&data)?;
    let key_files = config.keys.key_files.clone();
    if let Some(folder) = &key_files {
        files::make_folder(folder)?;
    }
    let evidence = trust::load(&config)?;
    let store = SqliteStore::open(&data.join("eseal.db")).await.context("cannot open the database")?;
    let objects = Objects::open(&data.join("objects")).context("cannot open the object store")?;
    let mut devices = tokio::task::block_in_place(|| devices::open(&config))?;
    let phones = phones(&config, &devices, issuer)?;
    if let Some(folder) = &key_files {
        seal_keys(&folder.join(SEAL_KEYS), &mut devices.signers)?;
    }
    let platform_keys = platform_keys(&mut devices, key_files.as_deref(), config.mode)?;
    Ok(App::new(Parts {
        signers: devices.signers,
        platform_keys,
        log_salt: *secret::<32>(&data.join("log.salt"))?,
        config,
        store: Arc::new(store),
        objects,
        phones,
        evidence,
        clock: Arc::new(SystemClock),
    })?)
}

/// What phones need: a key that seals the server's shares, from a device or in development from a file, and somebody
/// who certifies new keys.  Without the first no phone signs; without the second those enrolled before go on.
fn phones(config: &Config, devices: &Devices, issuer: Option<Arc<dyn CertificateIssuer>>) -> Result<PhoneKeys> {
    let mut phones = PhoneKeys::default();
    if config.phones.held_keys {
        phones = phones.with_held_keys();
    }
    let issuer = issuer.or_else(|| {
        let command = CertificateCommand::of(&config.phones)?;
        Some(Arc::new(command) as Arc<dyn CertificateIssuer>)
    });
    if let Some(issuer) = issuer {
        phones = phones.with_issuer(issuer);
    }
    if let Some(wrapper) = &devices.wrapper {
        let key = wrapper.key(&config.storage.data)?;
        return Ok(phones.with_share_key(ShareKey::opened_by(wrapper.kind(), key)));
    }
    match &config.keys.key_files {
        Some(folder) => Ok(phones.with_share_key(ShareKey::new(*secret::<16>(&folder.join("share.key"))?))),
        None => Ok(phones),
    }
}

/// One key a purpose: from a device, or in development from a file that is made at the first start.
fn platform_keys(devices: &mut Devices, folder: Option<&Path>, mode: Mode) -> Result<PlatformKeys> {
    let mut key = |purpose: KeyUse, name: &str| -> Result<PlatformKey> {
        if let Some(key) = devices.platform.remove(&purpose) {
            return Ok(key);
        }
        let Some(folder) = folder else {
            bail!("no key for {name:?}: name one with use = {name:?} under [[device.NAME.key]]");
        };
        let path = folder.join(name).with_extension("key");
        if !path.exists() && mode == Mode::Development {
            keys::write(&path, &keys::generate()?)?;
        }
        Ok(PlatformKey::in_memory(keys::read(&path)?))
    };
    Ok(PlatformKeys {
        ticket: key(KeyUse::Ticket, "ticket")?,
        login: key(KeyUse::Login, "login")?,
        summary: key(KeyUse::Summary, "summary")?,
        log: key(KeyUse::Log, "log")?,
        // Without this key the platform answers nobody on the status of seals.
        status: key(KeyUse::Status, "status").ok(),
    })
}

/// Every NAME.pem with its NAME.key; a pair that does not belong together is an error, not a surprise later.
pub(crate) fn seal_keys(folder: &Path, signers: &mut Signers) -> Result<()> {
    files::make_folder(folder)?;
    let mut certificates: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "pem"))
        .collect();
    certificates.sort();
    for path in certificates {
        let certificate = files::read_certificate(&path)?;
        let key = keys::read(&path.with_extension("key"))?;
        let belongs = eseal_pki::Certificate::from_der(&certificate)
            .is_ok_and(|certificate| certificate.public_key.sm2() == Some(key.public_key().as_slice()));
        if !belongs {
            bail!("{}: the key beside it is not its own", path.display());
        }
        signers.insert(CheckedSigner::new(&certificate, Arc::new(KeyFile::of(key)))?);
    }
    Ok(())
}

/// Random bytes that are made once and kept in a file, hex.
fn secret<const N: usize>(path: &Path) -> Result<Zeroizing<[u8; N]>> {
    if !path.exists() {
        let mut bytes = Zeroizing::new([0; N]);
        getrandom::fill(&mut *bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        files::write_private(path, Zeroizing::new(hex::encode(*bytes)).as_bytes())?;
        return Ok(bytes);
    }
    let text = Zeroizing::new(files::read_text(path)?);
    let mut bytes = Zeroizing::new([0; N]);
    hex::decode_to_slice(text.trim(), &mut *bytes).with_context(|| format!("{} is damaged", path.display()))?;
    Ok(bytes)
}
