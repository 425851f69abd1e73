//! What a bundle is made from (信任包说明): a TOML file beside the certificates.

use std::path::Path;

use anyhow::{Context, Result, bail};
use eseal::bundle::{KeyAlgorithm, KnownRegion, StatusService, Structure, TrustBundle, TrustRegion};
use eseal_pki::pem;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::operator_key;
use crate::files;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    name: String,
    version: u64,
    /// Days until the successor is due.
    days: i64,
    /// Name or code of the own region.
    home: String,
    #[serde(default)]
    intermediates: Vec<String>,
    #[serde(default)]
    crls: Vec<String>,
    region: Vec<Region>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    name: String,
    /// Needed for regions without a known code.
    code: Option<String>,
    #[serde(default)]
    makers: Vec<String>,
    #[serde(default)]
    signers: Vec<String>,
    #[serde(default)]
    time_stamps: Vec<String>,
    structures: Vec<Structure>,
    algorithms: Vec<KeyAlgorithm>,
    status_url: Option<String>,
    /// Hex, or a file with a certificate or key.
    status_key: Option<String>,
}

impl Description {
    pub(super) fn read(path: &Path) -> Result<Self> {
        toml::from_str(&files::read_text(path)?).with_context(|| path.display().to_string())
    }

    /// The bundle, issued now; files are looked for beside the description.
    pub(super) fn make(&self, folder: &Path, version: Option<u64>, now: Timestamp) -> Result<TrustBundle> {
        let issued = Timestamp::from_second(now.as_second()).context("the time")?;
        let life = SignedDuration::from_hours(self.days.checked_mul(24).context("too many days")?);
        let regions = self.region.iter().map(|region| region.make(folder)).collect::<Result<Vec<_>>>()?;
        let home = regions.iter().find(|region| region.name == self.home || region.code == self.home);
        Ok(TrustBundle {
            name: self.name.clone(),
            version: version.unwrap_or(self.version),
            issued,
            next_update: issued.checked_add(life).context("too many days")?,
            home: home.context("home is none of the regions")?.code.clone(),
            regions,
            intermediates: certificates(folder, &self.intermediates)?,
            crls: all(folder, &self.crls, pem::CRL)?,
        })
    }
}

impl Region {
    fn make(&self, folder: &Path) -> Result<TrustRegion> {
        let known = KnownRegion::find(&self.name).map(|known| known.code.to_owned());
        let code = self.code.clone().or(known).with_context(|| format!("{} needs its code, six digits", self.name))?;
        let status = match (&self.status_url, &self.status_key) {
            (Some(url), Some(key)) => Some(StatusService { url: url.clone(), key: key_of(folder, key)? }),
            (None, None) => None,
            _ => bail!("{}: status_url and status_key go together", self.name),
        };
        Ok(TrustRegion {
            code,
            name: self.name.clone(),
            makers: certificates(folder, &self.makers)?,
            signers: certificates(folder, &self.signers)?,
            time_stamps: certificates(folder, &self.time_stamps)?,
            structures: self.structures.clone(),
            algorithms: self.algorithms.clone(),
            status,
        })
    }
}

fn key_of(folder: &Path, text: &str) -> Result<eseal_gm::sm2::VerifyingKey> {
    let beside = folder.join(text);
    operator_key(if beside.is_file() { beside.to_str().context("a file name")? } else { text })
}

fn certificates(folder: &Path, names: &[String]) -> Result<Vec<Vec<u8>>> {
    all(folder, names, pem::CERTIFICATE)
}

/// Everything of that kind in these files.
fn all(folder: &Path, names: &[String], label: &str) -> Result<Vec<Vec<u8>>> {
    let read = |name: &String| {
        let path = folder.join(name);
        pem::der_of(&files::read(&path)?, label).with_context(|| format!("{} holds no {label}", path.display()))
    };
    names.iter().map(read).collect()
}
