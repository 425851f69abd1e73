//! `eseal trust`: a city makes its bundle, its operator signs it, others look at it and take it up (信任包命令).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use eseal::bundle::{Installed, SignedBundle, TrustBundle};
use eseal_pki::{Certificate, Crl};
use jiff::Timestamp;

use super::{Bundle, description::Description, fingerprint, open, operator_key};
use crate::{exit::Exit, files, keys};

/// `eseal trust …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make an operator's key, readable by its owner alone; prints the public key that others pin.
    Key {
        /// File of the new key.
        key: PathBuf,
    },
    /// Make the payload of a bundle from a description (TOML) and the certificates beside it.
    Make {
        /// The description.
        description: PathBuf,
        /// The payload, JSON: to be looked at, and signed.
        payload: PathBuf,
        /// Version, instead of the description's.
        #[arg(long)]
        version: Option<u64>,
    },
    /// Sign a payload with an operator's key.
    Sign {
        /// The payload.
        payload: PathBuf,
        /// The signed bundle.
        bundle: PathBuf,
        /// The operator's key.
        #[arg(long)]
        key: PathBuf,
    },
    /// Say what stands in a bundle; it need not be in force.
    Inspect {
        /// A bundle of any kind, or a payload.
        bundle: PathBuf,
    },
    /// Check a bundle as a server would: exit status 0 if it is in force, 1 if not.
    Verify {
        /// The bundle.
        bundle: PathBuf,
        /// Keys of operators who may sign: hex, or files.
        #[arg(long, required = true)]
        operator: Vec<String>,
        /// As of this time; now if left out.
        #[arg(long)]
        at: Option<Timestamp>,
    },
    /// Put a new bundle into the place of the one in use, if it is in force and follows that one.
    Update {
        /// The bundle in use, or where it shall be.
        installed: PathBuf,
        /// The new bundle.
        new: PathBuf,
        /// Keys of operators who may sign: hex, or files.
        #[arg(long, required = true)]
        operator: Vec<String>,
    },
}

/// Runs `eseal trust`.
pub(crate) fn run(command: &Command) -> Result<Exit> {
    match command {
        Command::Key { key } => {
            if key.exists() {
                bail!("{} exists already", key.display());
            }
            let made = keys::generate()?;
            keys::write(key, &made)?;
            println!("{}", hex::encode(made.public_key()));
        }
        Command::Make { description, payload, version } => {
            let folder = description.parent().unwrap_or(Path::new(""));
            let bundle = Description::read(description)?.make(folder, *version, Timestamp::now())?;
            files::write(payload, &bundle.to_json()?)?;
            print!("{}", in_words(&bundle));
        }
        Command::Sign { payload, bundle, key } => {
            let key = keys::read(key)?;
            let signed = SignedBundle::sign(files::read(payload)?, key.verifying_key(), |text| {
                Ok::<_, anyhow::Error>(key.sign(text))
            })?;
            files::write(bundle, &signed.to_json()?)?;
            println!("signed by {}", fingerprint(key.verifying_key()));
        }
        Command::Inspect { bundle } => inspect(&files::read(bundle)?).with_context(|| bundle.display().to_string())?,
        Command::Verify { bundle, operator, at } => {
            let operators = operator.iter().map(|text| operator_key(text)).collect::<Result<Vec<_>>>()?;
            let signed = SignedBundle::from_json(&files::read(bundle)?)?;
            match signed.verify(&operators, at.unwrap_or_else(Timestamp::now)) {
                Ok(bundle) => println!("in force: version {} of {}", bundle.version, bundle.name),
                Err(error) => {
                    println!("not in force: {error}");
                    return Ok(Exit::Invalid);
                }
            }
        }
        Command::Update { installed, new, operator } => update(installed, new, operator)?,
    }
    Ok(Exit::Done)
}

fn update(installed: &Path, new: &Path, operator: &[String]) -> Result<()> {
    let operators = operator.iter().map(|text| operator_key(text)).collect::<Result<Vec<_>>>()?;
    let json = files::read(new)?;
    let (signed, bundle) = open(&json, &operators).with_context(|| new.display().to_string())?;
    if installed.exists() {
        let old = files::read(installed)?;
        if Bundle::of(&old).is_some() {
            bail!("{} is an unsigned bundle for development; remove it yourself", installed.display());
        }
        // Its time may be over, its signature must fit: what cannot be read may have been put there to be replaced.
        let old = SignedBundle::from_json(&old).with_context(|| installed.display().to_string())?;
        let before = old.read().with_context(|| installed.display().to_string())?;
        if before.name != bundle.name || before.home != bundle.home {
            bail!("{:?} of {} is another bundle than {:?} of {}", bundle.name, bundle.home, before.name, before.home);
        }
        Installed::of(&old, &before).check_next(&Installed::of(&signed, &bundle))?;
        print!("{}", changes(&before, &bundle));
    }
    files::write(installed, &json)?;
    println!("{}: version {} of {}", installed.display(), bundle.version, bundle.name);
    Ok(())
}

fn inspect(json: &[u8]) -> Result<()> {
    if let Some(bundle) = Bundle::of(json) {
        println!("unsigned bundle for development: {} anchors, {} CRLs", bundle.anchors.len(), bundle.crls.len());
        return Ok(());
    }
    match SignedBundle::from_json(json) {
        Ok(signed) => {
            let bundle = signed.read()?;
            println!(
                "signed by {} (the signature fits; whether that is the right key is yours to say)",
                fingerprint(signed.operator())
            );
            print!("{}", in_words(&bundle));
        }
        Err(_) => {
            let bundle = TrustBundle::from_json(json)?;
            println!("payload, not signed");
            print!("{}", in_words(&bundle));
        }
    }
    Ok(())
}

fn in_words(bundle: &TrustBundle) -> String {
    let mut lines = vec![
        format!("{}  version {}", bundle.name, bundle.version),
        format!("issued {}  next update {}", bundle.issued, bundle.next_update),
    ];
    for region in &bundle.regions {
        let own = if region.code == bundle.home { "  (own region)" } else { "" };
        lines.push(format!("{} {}{own}", region.code, region.name));
        for (what, list) in
            [("makers", &region.makers), ("signers", &region.signers), ("time stamps", &region.time_stamps)]
        {
            lines.extend(list.iter().map(|der| format!("  {what:11} {}", certificate(der))));
        }
        let structures: Vec<String> = region.structures.iter().map(|structure| format!("{structure:?}")).collect();
        let algorithms: Vec<&str> = region.algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
        lines.push(format!("  accepts     {}; {}", structures.join(" "), algorithms.join(" ")));
        if let Some(status) = &region.status {
            lines.push(format!("  status      {}  key {}", status.url, fingerprint(&status.key)));
        }
    }
    lines.extend(bundle.intermediates.iter().map(|der| format!("intermediate  {}", certificate(der))));
    lines.extend(bundle.crls.iter().map(|der| format!("CRL           {}", crl(der))));
    lines.join("\n") + "\n"
}

fn certificate(der: &[u8]) -> String {
    let digest = hex::encode(eseal_gm::sm3(der));
    match Certificate::from_der(der) {
        Ok(read) => format!("{}  until {}  SM3 {digest}", read.subject, read.validity.not_after),
        Err(error) => format!("{error}"),
    }
}

fn crl(der: &[u8]) -> String {
    match Crl::from_der(der) {
        Ok(read) => format!("{}  next {}", read.issuer, read.next_update.map_or("-".into(), |next| next.to_string())),
        Err(error) => format!("{error}"),
    }
}

/// What a new bundle adds and takes away: what an operator must see before it is used.
fn changes(before: &TrustBundle, after: &TrustBundle) -> String {
    let lines = |bundle: &TrustBundle| -> Vec<String> { in_words(bundle).lines().skip(2).map(str::to_owned).collect() };
    let (old, new) = (lines(before), lines(after));
    let removed = old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {line}\n"));
    let added = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {line}\n"));
    removed.chain(added).collect()
}
