//! The trust bundle (信任包): which regions are recognised, by which certificates, for what, and who says so.
//!
//! A city's operator makes it, signs it with SM2 and passes it on; whoever uses it has the operator's public key from
//! elsewhere.  [`SignedBundle`] is the envelope, [`TrustBundle`] what stands in it, [`Installed`] what keeps an older one
//! from coming back.
//!
//! ```text
//! {"format":"eseal-trust-bundle/1","payload":"<base64 of JSON>","operator":"<hex 04‖x‖y>","signature":"<base64 DER>"}
//! signed text = "ESEAL-TRUST/1\n" ‖ payload bytes, SM3withSM2, default ID
//! ```
//!
//! The payload's bytes are signed as they stand; there is no canonical form to get wrong.

mod encoding;
mod region;
mod signed;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use encoding::read_key;
pub use region::{KeyAlgorithm, KnownRegion, StatusService, Structure, TrustRegion};
pub use signed::{Installed, SignedBundle};

use crate::{Anchor, AnchorUse, Evidence, RegionRules};

/// Largest bundle: a thousand certificates and some CRLs; a whole country's need less.
pub const MAX_BUNDLE_BYTES: usize = 16 << 20;
/// Most regions: provinces and the cities that have a system of their own.
pub const MAX_REGIONS: usize = 512;
/// Most certificates of one kind in one region.
pub const MAX_CERTIFICATES: usize = 256;
/// Longest time between issue and next update: a bundle that nobody renews must end.
pub const MAX_LIFE: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What stands in a bundle (信任包内容).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustBundle {
    /// Whose bundle it is, such as `深圳市电子印章信任包`.
    pub name: String,
    /// Grows with each bundle of this name, and never goes down.
    pub version: u64,
    /// When it was made.
    pub issued: Timestamp,
    /// By when its successor is due; it is not used after that.
    pub next_update: Timestamp,
    /// Code of the own region: its seals are recognised as `issuer`, those of others as `partner`.
    pub home: String,
    /// Regions that are recognised.
    pub regions: Vec<TrustRegion>,
    /// Certificates that help to build paths and are not trusted by themselves, DER.
    #[serde(default, with = "encoding::list")]
    pub intermediates: Vec<Vec<u8>>,
    /// Revocation lists that come along, DER.
    #[serde(default, with = "encoding::list")]
    pub crls: Vec<Vec<u8>>,
}

/// Why a bundle is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It is not JSON of this shape.
    #[error("no trust bundle: {0}")]
    Format(String),
    /// It is longer than [`MAX_BUNDLE_BYTES`].
    #[error("longer than {MAX_BUNDLE_BYTES} bytes")]
    TooLarge,
    /// It contradicts itself, or leaves out what it must say.
    #[error("{field}: {problem}")]
    Content {
        /// Where, such as `regions[2].makers[0]`.
        field: String,
        /// What.
        problem: String,
    },
    /// Nobody who may has signed it.
    #[error("signed by a key that is not the operator's")]
    Operator,
    /// The signature does not fit.
    #[error("the signature does not fit")]
    Signature,
    /// It is from the future.
    #[error("issued at {issued}, which is not yet")]
    NotYet {
        /// When it says it was made.
        issued: Timestamp,
    },
    /// Its successor is overdue.
    #[error("its successor was due on {next_update}")]
    Expired {
        /// By when.
        next_update: Timestamp,
    },
    /// A newer one was in use, or another one of the same version.
    #[error("version {version} does not follow version {installed}")]
    RolledBack {
        /// Its version.
        version: u64,
        /// The version that was in use.
        installed: u64,
    },
}

impl TrustBundle {
    /// Reads the payload of a bundle; unknown fields are an error, for they may restrict what it means.
    ///
    /// # Errors
    /// [`BundleError::Format`], [`BundleError::Content`].
    pub fn from_json(json: &[u8]) -> Result<Self, BundleError> {
        if json.len() > MAX_BUNDLE_BYTES {
            return Err(BundleError::TooLarge);
        }
        let bundle: Self = serde_json::from_slice(json).map_err(|error| BundleError::Format(error.to_string()))?;
        bundle.check()?;
        Ok(bundle)
    }

    /// The payload, readable.
    ///
    /// # Errors
    /// [`BundleError::Content`] if what it would say is refused by [`Self::from_json`].
    pub fn to_json(&self) -> Result<Vec<u8>, BundleError> {
        self.check()?;
        let mut json = serde_json::to_vec_pretty(self).map_err(|error| BundleError::Format(error.to_string()))?;
        json.push(b'\n');
        Ok(json)
    }

    /// The own region.
    #[must_use]
    pub fn home_region(&self) -> Option<&TrustRegion> {
        self.regions.iter().find(|region| region.code == self.home)
    }

    /// What the judge needs of it: anchors, what each region accepts, certificates and lists that come along.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let mut anchors: Vec<Anchor> = Vec::new();
        // The own region comes first: what it lists too is its own.
        let (own, others): (Vec<_>, Vec<_>) = self.regions.iter().partition(|region| region.code == self.home);
        let mut rules = Vec::new();
        for region in own.into_iter().chain(others) {
            let is_own = region.code == self.home;
            for (_, certificates) in region.uses() {
                for certificate in certificates {
                    if anchors.iter().all(|anchor| anchor.certificate != *certificate) {
                        let (certificate, region) = (certificate.clone(), region.name.clone());
                        anchors.push(Anchor { certificate, region, own: is_own });
                    }
                }
            }
            rules.push(region.rules(is_own));
        }
        Evidence {
            anchors,
            regions: rules,
            intermediates: self.intermediates.clone(),
            crls: self.crls.clone(),
            ..Evidence::default()
        }
    }

    fn check(&self) -> Result<(), BundleError> {
        let wrong = |field: &str, problem: &str| Err(content(field, problem));
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            return wrong("name", "1 to 100 characters");
        }
        if self.version == 0 {
            return wrong("version", "counts from 1; 0 is the unsigned form for development");
        }
        if self.next_update <= self.issued || self.next_update.duration_since(self.issued) > MAX_LIFE {
            return wrong("nextUpdate", "after issued, by at most 400 days");
        }
        if self.regions.is_empty() || self.regions.len() > MAX_REGIONS {
            return wrong("regions", "1 to 512 regions");
        }
        for (index, region) in self.regions.iter().enumerate() {
            region.check(&format!("regions[{index}]"))?;
            let earlier = self.regions.iter().take(index);
            if earlier.clone().any(|other| other.code == region.code || other.name == region.name) {
                return wrong(&format!("regions[{index}]"), "a region stands once");
            }
        }
        if self.home_region().is_none() {
            return wrong("home", "is the code of one of the regions");
        }
        region::check_certificates("intermediates", &self.intermediates)?;
        for (index, crl) in self.crls.iter().enumerate() {
            if let Err(error) = eseal_pki::Crl::from_der(crl) {
                return wrong(&format!("crls[{index}]"), &error.to_string());
            }
        }
        Ok(())
    }
}

impl TrustRegion {
    /// What its certificates are for.
    fn uses(&self) -> [(AnchorUse, &[Vec<u8>]); 3] {
        [
            (AnchorUse::Maker, &self.makers[..]),
            (AnchorUse::Signer, &self.signers[..]),
            (AnchorUse::TimeStamp, &self.time_stamps[..]),
        ]
    }

    fn rules(&self, own: bool) -> RegionRules {
        let uses = self.uses().into_iter().flat_map(|(purpose, certificates)| {
            certificates.iter().map(move |certificate| (purpose, eseal_gm::sm3(certificate)))
        });
        RegionRules {
            name: self.name.clone(),
            own,
            uses: uses.collect(),
            structures: self.structures.iter().flat_map(|structure| structure.kinds()).copied().collect(),
            algorithms: self.algorithms.iter().map(|algorithm| algorithm.as_str().to_owned()).collect(),
            status: self.status.as_ref().map(StatusService::rules),
        }
    }
}

fn content(field: &str, problem: &str) -> BundleError {
    BundleError::Content { field: field.to_owned(), problem: problem.to_owned() }
}
