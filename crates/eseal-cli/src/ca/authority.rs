//! The folder of a development authority (证书颁发机构目录): root, key, index, CRL, trust bundle.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use eseal_gm::sm2::SigningKey;
use eseal_pki::{
    Certificate,
    issue::{CertificateTemplate, CrlTemplate, Profile, RevokedEntry, Subject},
    pem,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{files, keys, trust::Bundle};

/// Days until the next CRL is due: long enough that a demo left alone over a holiday goes on.
const CRL_DAYS: i64 = 30;

/// A certificate that is wanted.
#[derive(Clone, Debug)]
pub(crate) struct IssueRequest {
    pub(crate) subject: Subject,
    /// `04 ‖ x ‖ y`.
    pub(crate) public_key: Vec<u8>,
    pub(crate) profile: Profile,
    pub(crate) days: i64,
}

/// What was issued and revoked.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    crl_number: u32,
    issued: Vec<Issued>,
    revoked: Vec<Revoked>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issued {
    serial: String,
    subject: String,
    not_after: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
struct Revoked {
    serial: String,
    since: Timestamp,
    reason: Option<u8>,
}

/// An authority in its folder.
pub(crate) struct Authority {
    folder: PathBuf,
    key: SigningKey,
    root: Vec<u8>,
    index: Index,
}

impl Authority {
    /// Makes an authority: root, first CRL, trust bundle.
    pub(crate) fn init(folder: &Path, subject: &Subject, years: i64, now: Timestamp) -> Result<Self> {
        if folder.join("ca.pem").exists() {
            bail!("{} holds an authority already", folder.display());
        }
        files::make_folder(folder)?;
        let key = keys::generate()?;
        let (serial, public_key) = (serial()?, key.public_key());
        let template = CertificateTemplate {
            serial: &serial,
            subject,
            public_key: &public_key,
            profile: Profile::Root,
            not_before: a_little_before(now),
            not_after: later(now, years.saturating_mul(365))?,
            crl_url: None,
        };
        let root = template.self_signed(&|tbs| keys::sign(&key, tbs))?;
        keys::write(&folder.join("ca.key"), &key)?;
        files::write(&folder.join("ca.pem"), pem::encode(pem::CERTIFICATE, &root).as_bytes())?;
        let mut authority = Self { folder: folder.to_owned(), key, root, index: Index::default() };
        authority.renew_crl(now)?;
        Ok(authority)
    }

    /// Opens an authority.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let root = files::read_certificate(&folder.join("ca.pem"))?;
        let key = keys::read(&folder.join("ca.key"))?;
        let index = serde_json::from_str(&files::read_text(&folder.join("index.json"))?).context("index.json")?;
        Ok(Self { folder: folder.to_owned(), key, root, index })
    }

    /// The root's certificate.
    pub(crate) fn root(&self) -> &[u8] {
        &self.root
    }

    /// The CRL in force, DER.
    pub(crate) fn crl(&self) -> Result<Vec<u8>> {
        pem::der_of(&files::read(&self.folder.join("crl.pem"))?, pem::CRL).context("crl.pem")
    }

    /// Where the trust bundle lies.
    fn trust_bundle(&self) -> PathBuf {
        self.folder.join("trust.json")
    }

    /// Issues a certificate and notes it.
    pub(crate) fn issue(&mut self, request: &IssueRequest, now: Timestamp) -> Result<Vec<u8>> {
        let serial = serial()?;
        let not_after = later(now, request.days)?;
        let template = CertificateTemplate {
            serial: &serial,
            subject: &request.subject,
            public_key: &request.public_key,
            profile: request.profile,
            not_before: a_little_before(now),
            not_after,
            crl_url: None,
        };
        let der = template.issued_by(&self.root, &|tbs| keys::sign(&self.key, tbs))?;
        let certificate = Certificate::from_der(&der).context("the issued certificate")?;
        let subject = certificate.subject.to_string();
        self.index.issued.push(Issued { serial: certificate.serial_hex(), subject, not_after });
        self.write_index()?;
        Ok(der)
    }

    /// Revokes what has this serial number (content octets) and issues a new CRL.
    pub(crate) fn revoke(&mut self, serial: &[u8], reason: Option<u8>, now: Timestamp) -> Result<()> {
        let serial = hex::encode(serial);
        let serial = serial.strip_prefix("00").unwrap_or(&serial).to_owned();
        if !self.index.issued.iter().any(|issued| issued.serial == serial) {
            bail!("{serial} was not issued here");
        }
        if self.index.revoked.iter().all(|revoked| revoked.serial != serial) {
            self.index.revoked.push(Revoked { serial, since: now, reason });
        }
        self.renew_crl(now)
    }

    /// Issues a CRL as of `now` and writes the trust bundle again.
    pub(crate) fn renew_crl(&mut self, now: Timestamp) -> Result<()> {
        self.index.crl_number = self.index.crl_number.saturating_add(1);
        let revoked = self.index.revoked.iter().map(|revoked| {
            let serial = hex::decode(&revoked.serial).context("a serial number in index.json")?;
            Ok(RevokedEntry { serial, since: revoked.since, reason: revoked.reason })
        });
        let template = CrlTemplate {
            number: self.index.crl_number,
            this_update: a_little_before(now),
            next_update: later(now, CRL_DAYS)?,
            revoked: &revoked.collect::<Result<Vec<_>>>()?,
        };
        let crl = template.issued_by(&self.root, &|tbs| keys::sign(&self.key, tbs))?;
        files::write(&self.folder.join("crl.pem"), pem::encode(pem::CRL, &crl).as_bytes())?;
        let bundle = Bundle::new(std::slice::from_ref(&self.root), &[crl]);
        files::write(&self.trust_bundle(), bundle.to_json()?.as_bytes())?;
        self.write_index()
    }

    fn write_index(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.index)? + "\n";
        files::write(&self.folder.join("index.json"), text.as_bytes())
    }
}

/// 16 random bytes.
fn serial() -> Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    bytes[0] = bytes[0] & 0x7F | 0x40; // positive, and always of the same length
    Ok(bytes)
}

/// Clocks differ: what is issued is valid five minutes ago.
fn a_little_before(now: Timestamp) -> Timestamp {
    now.checked_sub(SignedDuration::from_mins(5)).unwrap_or(now)
}

fn later(now: Timestamp, days: i64) -> Result<Timestamp> {
    let hours = days.checked_mul(24).context("too many days")?;
    now.checked_add(SignedDuration::from_hours(hours)).context("too many days")
}
