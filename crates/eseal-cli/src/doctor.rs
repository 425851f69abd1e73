//! `eseal doctor`: whether this machine and a configuration are in order (自检); says what to do about what is not.

use std::path::{Path, PathBuf};

use anyhow::Result;
use eseal_device::{DeviceProfile, KeyUse, OpenedKey, Signers};
use eseal_gm::sm2::SigningKey;
use eseal_pki::{Certificate, Crl};
use eseal_service::{Config, Mode, font_folder, font_library, office_settings};
use eseal_store::{Registry, SealRecord, SqliteStore, UseLog};
use jiff::{SignedDuration, Timestamp};

use crate::{demo, devices, exit::Exit, files, keys, runtime, serve::block_on, trust};

/// A CRL or certificate that ends sooner is worth a word.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Arguments of `eseal doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration to look at; the default one if left out.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Data folder of a demo or a server, instead of the configuration's.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// What was found.
#[derive(Default)]
struct Findings {
    faults: usize,
}

impl Findings {
    fn good(&self, text: impl AsRef<str>) {
        println!("✓ {}", text.as_ref());
    }

    fn note(&self, text: impl AsRef<str>) {
        println!("· {}", text.as_ref());
    }

    fn bad(&mut self, text: impl AsRef<str>, remedy: &str) {
        println!("✗ {}\n  → {remedy}", text.as_ref());
        self.faults += 1;
    }
}

/// Runs `eseal doctor`; exit status 1 if something must be put right.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let mut findings = Findings::default();
    cryptography(&mut findings);
    let config = configuration(args, &mut findings);
    if let Some(config) = config {
        storage(&config, &mut findings);
        trust_bundle(&config, &mut findings);
        key_files(&config, &mut findings);
        devices(&config, &mut findings);
        phones(&config, &mut findings);
        office(&config, &mut findings);
        fonts(&config, &mut findings);
    }
    Ok(if findings.faults == 0 { Exit::Done } else { Exit::Invalid })
}

fn cryptography(findings: &mut Findings) {
    let works = SigningKey::generate().is_ok_and(|key| key.verifying_key().verify(b"doctor", &key.sign(b"doctor")));
    if works {
        findings.good("random numbers, SM2 and SM3 work");
    } else {
        findings.bad("SM2 does not work here", "the operating system gives no random numbers");
    }
    let now = Timestamp::now();
    // Seals of this version cannot be older than its standard; a clock in the past makes every certificate invalid.
    if now < Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 55) {
        findings.bad(format!("the clock says {now}"), "set the clock, by NTP if possible");
    } else {
        findings.good(format!("the clock says {now}"));
    }
}

fn configuration(args: &Args, findings: &mut Findings) -> Option<Config> {
    let text = match args.config.as_deref().map(files::read_text) {
        Some(Ok(text)) => text,
        Some(Err(error)) => {
            findings.bad(format!("{error:#}"), "name a readable file with --config");
            return None;
        }
        None => String::new(),
    };
    let mut config = match Config::read(&text, std::env::vars()) {
        Ok(config) => config,
        Err(error) => {
            findings.bad(error.to_string(), "see `eseal serve --print-config` for every name");
            return None;
        }
    };
    if let Some(data) = &args.data {
        config.storage.data.clone_from(data);
        // A demo keeps its keys and its authority beside the data.
        if data.join("keys").is_dir() {
            config.mode = Mode::Development;
            config.keys.key_files = Some(data.join("keys"));
            config.keys.trust_bundle = Some(data.join("trust.json"));
            let operator = data.join("keys").join(demo::trust::OPERATOR);
            config.keys.trust_operators = vec![operator.display().to_string()];
            match demo::device(data) {
                Ok(Some((name, profile))) => drop(config.device.insert(name, profile)),
                Ok(None) => {}
                Err(error) => findings.bad(format!("{error:#}"), "install it, or build the project"),
            }
        }
    }
    match config.check() {
        Ok(()) => findings.good("the configuration is accepted"),
        Err(error) => findings.bad(error.to_string(), "change the configuration, or mode = \"development\""),
    }
    Some(config)
}

fn storage(config: &Config, findings: &mut Findings) {
    let database = config.storage.data.join("eseal.db");
    if !database.exists() {
        findings.note(format!("{}: no database yet, the first start makes it", database.display()));
        return;
    }
    let size = block_on(async {
        let store = SqliteStore::open(&database).await?;
        Ok(store.log_size().await?)
    });
    match size {
        Ok(size) => findings.good(format!("the database opens; the seal-use log has {size} entries")),
        Err(error) => {
            findings.bad(format!("{}: {error:#}", database.display()), "look at its owner, its rights and the disk")
        }
    }
}

fn trust_bundle(config: &Config, findings: &mut Findings) {
    if config.keys.trust_bundle.is_none() {
        findings.note("keys.trust_bundle is not set: no seal will ever be VALID");
        return;
    }
    let evidence = match trust::load(config) {
        Ok(evidence) => evidence,
        Err(error) => {
            return findings.bad(
                format!("{error:#}"),
                "take up a new one: `eseal trust update`; a development authority's: `eseal ca crl FOLDER`",
            );
        }
    };
    let now = Timestamp::now();
    for anchor in &evidence.anchors {
        match Certificate::from_der(&anchor.certificate) {
            Ok(read) if now > read.validity.not_after => {
                findings.bad(format!("the anchor {} has expired", read.subject), "put its successor into the bundle");
            }
            Ok(read) => findings.good(format!("anchor {} until {}", read.subject, read.validity.not_after)),
            Err(error) => findings.bad(format!("an anchor cannot be read: {error}"), "put it into the bundle again"),
        }
    }
    for crl in &evidence.crls {
        match Crl::from_der(crl).map(|crl| crl.next_update) {
            Ok(Some(next)) if next < now => findings.bad(
                format!("a CRL was due on {next}: revocation is unknown, nothing can be sealed"),
                "fetch the new one, or `eseal ca crl FOLDER` for a development authority",
            ),
            Ok(Some(next)) if next - SOON < now => findings.note(format!("a CRL is due on {next}")),
            Ok(_) => findings.good("a CRL in its time"),
            Err(error) => findings.bad(format!("a CRL cannot be read: {error}"), "put it into the bundle again"),
        }
    }
}

fn key_files(config: &Config, findings: &mut Findings) {
    let Some(folder) = config.keys.key_files.as_deref() else {
        findings.note("keys.key_files is not set");
        return;
    };
    for name in ["ticket.key", "login.key", "summary.key", "log.key"] {
        let path = folder.join(name);
        match keys::read(&path) {
            Ok(_) => private(&path, findings),
            Err(error) => findings.bad(format!("{error:#}"), "a start in development mode makes it"),
        }
    }
    let mut signers = Signers::default();
    match runtime::seal_keys(&folder.join(runtime::SEAL_KEYS), &mut signers) {
        Ok(()) => findings.good(format!("{} keys of seals fit their certificates", signers.len())),
        Err(error) => findings.bad(format!("{error:#}"), "put NAME.pem and NAME.key of one pair beside each other"),
    }
}

/// Whether a key file can be read by others.
#[cfg(unix)]
fn private(path: &Path, findings: &mut Findings) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o077 == 0 {
        findings.good(format!("{} is its owner's alone", path.display()));
    } else {
        findings.bad(format!("{} can be read by others", path.display()), "chmod 600");
    }
}

#[cfg(not(unix))]
fn private(path: &Path, findings: &mut Findings) {
    findings.note(format!("{}: look at its access rights", path.display()));
}

/// What phones need.
fn phones(config: &Config, findings: &mut Findings) {
    let has_key = config.device.values().flat_map(DeviceProfile::keys).any(|key| key.purpose == KeyUse::Share);
    if !has_key && config.keys.key_files.is_none() {
        return findings.note("no key with use = \"share\": phones cannot sign");
    }
    findings.good("there is a key that seals the server's shares of phone keys");
    match config.phones.certificate_command.first() {
        Some(program) if program.is_file() => {
            findings.good(format!("{} has the keys of phones certified", program.display()));
        }
        Some(program) => findings.bad(
            format!("phones.certificate_command: {} is not there", program.display()),
            "name the program that asks your authority for certificates",
        ),
        None if config.mode == Mode::Development => {}
        None => findings.note("phones.certificate_command is not set: no phone can be enrolled"),
    }
}

/// Active server seals whose key is in none of the devices.
fn keyless(config: &Config, signers: &Signers, findings: &mut Findings) {
    let database = config.storage.data.join("eseal.db");
    if !database.exists() {
        return;
    }
    let listed = block_on(async {
        let store = SqliteStore::open(&database).await?;
        Ok(store.seals_of_carrier("server", "", SEALS).await?)
    });
    let seals = match listed {
        Ok(seals) => seals,
        Err(error) => return findings.bad(format!("{error:#}"), "look at the database"),
    };
    let is_keyless = |seal: &SealRecord| !seal.certificates.iter().any(|der| signers.find(der).is_some());
    let keyless: Vec<&str> = seals.iter().filter(|seal| is_keyless(seal)).map(|seal| seal.code.as_str()).collect();
    if keyless.is_empty() {
        return findings.good(format!("{} server seals have their keys in devices", seals.len()));
    }
    let named = keyless.iter().take(20).copied().collect::<Vec<_>>().join(" ");
    findings.bad(
        format!("{} server seals have no key in any device: {named}", keyless.len()),
        "name their keys under [[device.NAME.key]], each with its certificate",
    );
}

/// Seals that are looked at: more take too long for a look.
const SEALS: u32 = 10_000;

/// Every device: what was found out about it, and one signature of each key.
fn devices(config: &Config, findings: &mut Findings) {
    if config.device.is_empty() {
        findings.note("no device is configured");
    }
    let mut signers = Signers::default();
    if let Some(folder) = config.keys.key_files.as_deref() {
        let _ = runtime::seal_keys(&folder.join(runtime::SEAL_KEYS), &mut signers); // told above if it fails
    }
    for (name, profile) in &config.device {
        let opened = match devices::open_one(name, profile, config.mode) {
            Ok(opened) => opened,
            Err(error) => {
                findings.bad(
                    format!("{error:#}"),
                    "look at path, secret, certificates and index; a library of a network device needs confine = { network = true }",
                );
                continue;
            }
        };
        findings.good(format!("device {name} opens, and its keys fit their certificates"));
        opened.device.facts().iter().for_each(|fact| findings.note(format!("device {name}: {fact}")));
        for (place, key) in opened.keys.iter().enumerate() {
            for (what, is_good) in opened.device.try_out(place) {
                let text = format!("device {name}, key {}: {what}", key.index);
                if is_good {
                    findings.good(text);
                } else {
                    findings.bad(text, "ask the vendor, with the code");
                }
            }
        }
        opened.keys.iter().filter_map(OpenedKey::checked).for_each(|signer| signers.insert(signer));
        findings.note(opened.device.health().to_string());
        if opened.device.is_for_development() && config.mode == Mode::Production {
            findings.bad(format!("device {name} is for development"), "production mode refuses it");
        }
    }
    keyless(config, &signers, findings);
}

/// LibreOffice, which turns office documents into PDF (1-2); sealing and verifying need none of it.
fn office(config: &Config, findings: &mut Findings) {
    let settings = office_settings(config);
    match eseal_office::find_installation(&settings) {
        Ok(found) => findings.good(format!("{}: office documents are converted (1-2)", found.program.display())),
        Err(error) => return findings.note(format!("office documents are not converted (1-2): {error}")),
    }
    let confinement = eseal_office::confinement();
    match (confinement.files, confinement.network) {
        (true, true) => findings.good("office workers are kept from the network and from other files"),
        (false, true) if !settings.require_landlock => {
            findings.note("office workers are kept from the network, but not from other files: no Landlock here");
        }
        _ => findings.note(
            "office workers cannot be confined here, so none is started: that takes a kernel with seccomp and Landlock \
             (Linux 5.13), or require_landlock = false in [office]",
        ),
    }
    if eseal_office::missing_official_faces(&settings).is_none() {
        findings.note("fontconfig is not installed: no fonts for office documents");
    }
}

/// The operator's fonts, which office documents and drawn pages share, and what GB/T 9704 wants of them.
fn fonts(config: &Config, findings: &mut Findings) {
    let folder = font_folder(config);
    if config.office.fonts.is_some() && !folder.is_dir() {
        findings.bad(format!("{}: no folder of fonts", folder.display()), "make it, or leave fonts out of [office]");
    }
    let (library, unusable) = font_library(Some(&folder));
    for path in unusable {
        findings.bad(format!("{}: no font that can be used", path.display()), "take it out, or replace it");
    }
    let installed = eseal_office::missing_official_faces(&office_settings(config));
    let is_missing = |face: &&eseal_office::OfficialFace| {
        // Office documents also see what the system has.
        !library.has(face.name) && installed.as_ref().is_none_or(|missing| missing.contains(*face))
    };
    let faces = eseal_office::official_faces();
    let missing: Vec<String> =
        faces.iter().filter(is_missing).map(|face| format!("{} ({})", face.name, face.what_for)).collect();
    if missing.is_empty() {
        findings.good("the fonts of GB/T 9704 (公文格式) are there");
    } else {
        findings.note(format!(
            "fonts of GB/T 9704 (公文格式) that are missing, open ones stand for them: {}; put your own into {}",
            missing.join(", "),
            folder.display()
        ));
    }
}
