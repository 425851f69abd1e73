//! The trust bundle (信任根文件), version 0: unsigned JSON, for development.

use anyhow::{Context, Result};
use eseal::{Anchor, Evidence};
use eseal_pki::pem;
use serde::{Deserialize, Serialize};

/// `{version: 0, anchors: [PEM], crls: [PEM]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bundle {
    pub(crate) version: u64,
    pub(crate) anchors: Vec<String>,
    pub(crate) crls: Vec<String>,
}

impl Bundle {
    /// A bundle of DER certificates and lists.
    pub(crate) fn new(anchors: &[Vec<u8>], crls: &[Vec<u8>]) -> Self {
        Self {
            version: 0,
            anchors: anchors.iter().map(|der| pem::encode(pem::CERTIFICATE, der)).collect(),
            crls: crls.iter().map(|der| pem::encode(pem::CRL, der)).collect(),
        }
    }

    /// Reads a bundle; nothing if it is not of this version.
    pub(crate) fn of(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok().filter(|bundle: &Self| bundle.version == 0)
    }

    /// Its text.
    pub(crate) fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// What the judge needs of it; all anchors speak for `region`.
    pub(crate) fn evidence(&self, region: &str) -> Result<Evidence> {
        let anchor = |text: &String| -> Result<Anchor> {
            let certificate =
                pem::der_of(text.as_bytes(), pem::CERTIFICATE).context("an anchor of the trust bundle")?;
            Ok(Anchor { certificate, region: region.to_owned(), own: true })
        };
        let crl = |text: &String| pem::der_of(text.as_bytes(), pem::CRL).context("a CRL of the trust bundle");
        Ok(Evidence {
            anchors: self.anchors.iter().map(anchor).collect::<Result<_>>()?,
            crls: self.crls.iter().map(crl).collect::<Result<_>>()?,
            ..Evidence::default()
        })
    }
}
