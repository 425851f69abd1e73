//! `eseal ca`: a certification authority on disk, for development (开发用证书颁发机构).

mod authority;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;
use eseal_pki::{
    Certificate,
    issue::{Profile, Subject},
};
use jiff::Timestamp;

pub(crate) use authority::{Authority, IssueRequest};

use crate::{exit::Exit, files, keys};

/// `eseal ca …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a root, its first CRL and a trust bundle.
    Init {
        /// Folder of the authority; must not hold one yet.
        folder: PathBuf,
        /// Common name of the root.
        #[arg(long, default_value = "eseal development root")]
        name: String,
        /// Years until it expires.
        #[arg(long, default_value_t = 20)]
        years: i64,
    },
    /// Issue a certificate: NAME.pem, and NAME.key unless a public key is given.
    Issue {
        /// Folder of the authority.
        folder: PathBuf,
        /// Name of the files.
        name: String,
        /// What the certificate is for.
        #[arg(long, value_enum, default_value_t = Kind::Signer)]
        profile: Kind,
        /// O: unified social credit code and name.
        #[arg(long, default_value = "")]
        organization: String,
        /// CN: code of the seal or unit, or a name.
        #[arg(long)]
        common_name: String,
        /// Days until it expires.
        #[arg(long, default_value_t = 730)]
        days: i64,
        /// Public key of a device, hex, 04 ‖ x ‖ y.
        #[arg(long)]
        public_key: Option<String>,
    },
    /// Revoke a certificate and issue a new CRL.
    Revoke {
        /// Folder of the authority.
        folder: PathBuf,
        /// The certificate.
        certificate: PathBuf,
        /// CRLReason: 1 key compromise, 3 affiliation changed, 4 superseded, 5 cessation of operation.
        #[arg(long)]
        reason: Option<u8>,
    },
    /// Issue a new CRL and write the trust bundle again.
    Crl {
        /// Folder of the authority.
        folder: PathBuf,
    },
}

/// Profiles on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Signs documents.
    Signer,
    /// Signs seals.
    Maker,
    /// Signs time stamps.
    Tsa,
    /// A phone's key.
    Phone,
    /// A CA below the root.
    Intermediate,
}

impl From<Kind> for Profile {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Signer => Self::Signer,
            Kind::Maker => Self::SealMaker,
            Kind::Tsa => Self::Tsa,
            Kind::Phone => Self::Phone,
            Kind::Intermediate => Self::Intermediate { path_len: 0 },
        }
    }
}

/// Runs `eseal ca`.
pub(crate) fn run(command: &Command) -> Result<Exit> {
    let now = Timestamp::now();
    match command {
        Command::Init { folder, name, years } => {
            Authority::init(folder, &Subject::named(name), *years, now)?;
            println!("{}: root, CRL and trust bundle", folder.display());
        }
        Command::Issue { folder, name, profile, organization, common_name, days, public_key } => {
            let mut authority = Authority::open(folder)?;
            let public_key = match public_key {
                Some(text) => hex::decode(text).context("the public key is not hex")?,
                None => {
                    let key = keys::generate()?;
                    keys::write(&folder.join(format!("{name}.key")), &key)?;
                    key.public_key().to_vec()
                }
            };
            let request = IssueRequest {
                subject: Subject::of(organization, common_name),
                public_key,
                profile: (*profile).into(),
                days: *days,
            };
            let der = authority.issue(&request, now)?;
            let path = folder.join(format!("{name}.pem"));
            files::write(&path, eseal_pki::pem::encode(eseal_pki::pem::CERTIFICATE, &der).as_bytes())?;
            println!("{}", path.display());
        }
        Command::Revoke { folder, certificate, reason } => {
            let der = files::read_certificate(certificate)?;
            let read = Certificate::from_der(&der).with_context(|| certificate.display().to_string())?;
            Authority::open(folder)?.revoke(read.serial, *reason, now)?;
            println!("{} is revoked", read.serial_hex());
        }
        Command::Crl { folder } => {
            Authority::open(folder)?.renew_crl(now)?;
            println!("{}", folder.join("crl.pem").display());
        }
    }
    Ok(Exit::Done)
}
