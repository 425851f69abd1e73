//! Trust bundles (信任包): making, signing and looking at them, and what servers and commands take from them.

mod command;
mod description;
mod development;
mod server;

use std::path::Path;

use anyhow::{Context, Result, bail};
use eseal::{
    Evidence,
    bundle::{SignedBundle, TrustBundle, read_key},
};
use eseal_gm::sm2::VerifyingKey;
use eseal_pki::{Certificate, pem};
use jiff::Timestamp;

pub(crate) use command::{Command, run};
pub(crate) use development::Bundle;
pub(crate) use server::{load, watch};

use crate::{files, keys};

/// What commands may be told about a bundle.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct TrustArgs {
    /// Trust bundle: regions with their certificates. Without one nothing is trusted.
    #[arg(long)]
    pub(crate) trust: Option<std::path::PathBuf>,
    /// Key of the bundle's operator: hex, or a file with a certificate or key. Without it the key in the bundle is
    /// taken, and said.
    #[arg(long, env = "ESEAL_TRUST_OPERATOR")]
    pub(crate) operator: Vec<String>,
}

impl TrustArgs {
    /// What the judge needs; all anchors of an unsigned bundle speak for `region`.
    pub(crate) fn evidence(&self, region: &str) -> Result<Evidence> {
        let Some(path) = self.trust.as_deref() else { return Ok(Evidence::default()) };
        let json = files::read(path)?;
        if let Some(bundle) = Bundle::of(&json) {
            if !self.operator.is_empty() {
                bail!("{}: not signed, so not by this operator either", path.display());
            }
            return bundle.evidence(region);
        }
        let (_, bundle) = open(&json, &self.operators()?).with_context(|| path.display().to_string())?;
        Ok(bundle.evidence())
    }

    pub(crate) fn operators(&self) -> Result<Vec<VerifyingKey>> {
        self.operator.iter().map(|text| operator_key(text)).collect()
    }
}

/// A signed bundle that is in force; without `operators` the one that it names is believed, and said on standard error.
pub(crate) fn open(json: &[u8], operators: &[VerifyingKey]) -> Result<(SignedBundle, TrustBundle)> {
    let signed = SignedBundle::from_json(json)?;
    let named = [signed.operator().clone()];
    let operators = if operators.is_empty() {
        eprintln!(
            "eseal: the bundle is signed by {}; --operator says whether that is the right one",
            fingerprint(&named[0])
        );
        &named[..]
    } else {
        operators
    };
    let bundle = signed.verify(operators, Timestamp::now())?;
    Ok((signed, bundle))
}

/// SM3 of a public key, as people compare it.
pub(crate) fn fingerprint(key: &VerifyingKey) -> String {
    hex::encode(eseal_gm::sm3(&key.to_bytes()))
}

/// A public key: hex, or a file that holds a certificate, a private key, or hex.
pub(crate) fn operator_key(text: &str) -> Result<VerifyingKey> {
    if let Some(key) = read_key(text) {
        return Ok(key);
    }
    let path = Path::new(text);
    let bytes = files::read(path).context("an operator's key is hex or a file")?;
    if let Some(key) = std::str::from_utf8(&bytes).ok().and_then(|text| read_key(text.trim())) {
        return Ok(key);
    }
    if let Ok(der) = pem::der_of(&bytes, pem::CERTIFICATE)
        && let Ok(certificate) = Certificate::from_der(&der)
    {
        let point = certificate.public_key.sm2().context("the operator's certificate has no SM2 key")?;
        return VerifyingKey::from_bytes(point).context("the operator's certificate has no SM2 key");
    }
    Ok(keys::read(path).with_context(|| format!("{text} holds no SM2 key"))?.verifying_key().clone())
}
