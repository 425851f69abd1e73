//! What is accepted (验证策略) and on what evidence (证据).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{SignatureKind, status::SealStatement};

/// A certificate that is trusted as it stands, with the region it speaks for (信任锚).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// DER certificate.
    pub certificate: Vec<u8>,
    /// Region whose seals end here, such as `深圳`; empty if none is stated.
    pub region: String,
    /// True for the own region: recognised as `issuer`; else as `partner`.
    pub own: bool,
}

/// What the judge is given besides the document.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Trusted certificates.
    pub anchors: Vec<Anchor>,
    /// DER certificates that may help to build a path; not trusted by themselves.
    pub intermediates: Vec<Vec<u8>>,
    /// DER certificate revocation lists.
    pub crls: Vec<Vec<u8>>,
    /// DER status responses (OCSP).
    pub ocsps: Vec<Vec<u8>>,
    /// What regions accept; empty if no trust bundle says.
    pub regions: Vec<RegionRules>,
    /// What regions say of seals: verified statements.
    pub seal_statuses: Vec<SealStatement>,
    /// Proof from a trusted seal-use log: SM3 of a sealed file and when it was known to exist.
    pub known_at: Vec<([u8; 32], Timestamp)>,
}

/// When a seal must be in its validity (印章有效期判断时点).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SealValidityAt {
    /// At the moment of judging: verification of a seal (4-2).
    Now,
    /// When the signature was made: verification of a document (4-1).
    SigningTime,
}

/// Rules of judging, as data (验证策略).
///
/// On the wire (JSON, or TOML with the same names) every field may be left out; an unknown one is an error, for it may
/// forbid something.
///
/// ```json
/// {"name":"archive","sealValidityAt":"signingTime","trustClaimedTime":false,"requireTimeStamp":true,
///  "requireRevocation":true,"revocationExempt":["timeStamp"],"algorithms":["SM2"],"minRsaBits":3072,
///  "regions":["深圳"],"toleratedDeviations":["TIME_ZONE_DOUBT"],"maxClockSkewS":300,
///  "budgets":{"certificates":2000,"revocationLists":512,"statusResponses":2048}}
/// ```
///
/// A policy can be stricter than the judge, not laxer: broken digests and RSA keys below 2048 bits prove nothing
/// whatever it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Policy {
    /// Name that the report carries.
    pub name: String,
    /// Which time a seal's validity is compared with.
    pub seal_validity_at: SealValidityAt,
    /// True to believe `timeInfo` as the letter of GB/T 38540 step f does; false to ask for proof of time.
    pub trust_claimed_time: bool,
    /// True if only what carries a good time stamp, or is known to a trusted log, is VALID.
    pub require_time_stamp: bool,
    /// True if a certificate without revocation information is unknown; false takes it as good.
    pub require_revocation: bool,
    /// Whose certificates need no revocation information all the same.
    pub revocation_exempt: Vec<AnchorUse>,
    /// Algorithms of keys that are accepted: `SM2`, `RSA`, `ECDSA`; none for all that can be checked.
    pub algorithms: Option<Vec<String>>,
    /// Shortest RSA key that is accepted, in bits; below 2048 it has no effect.
    pub min_rsa_bits: u32,
    /// Regions whose seals are accepted, by name; none for all that evidence has anchors of.
    pub regions: Option<Vec<String>>,
    /// Deviations from the standards that are tolerated, by name; none for all that are known.
    pub tolerated_deviations: Option<Vec<String>>,
    /// How far clocks may be apart, in seconds; at most an hour counts.
    pub max_clock_skew_s: u32,
    /// How much evidence is looked at.
    pub budgets: Budgets,
}

/// How much evidence one judgement looks at (证据限额); what is beyond is left out, and proves nothing.
///
/// Bytes, parts, pages and signatures of a document are bounded by [`Limits`](crate::Limits) when it is opened; depth
/// of structures by [`eseal_asn1::MAX_DEPTH`], length of paths and signatures checked on one by
/// [`eseal_pki::MAX_DEPTH`] and [`eseal_pki::MAX_SIGNATURE_CHECKS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Budgets {
    /// Most certificates that help to build paths, those in the document included.
    pub certificates: usize,
    /// Most revocation lists.
    pub revocation_lists: usize,
    /// Most status responses.
    pub status_responses: usize,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            certificates: 2_000,     // all licensed authorities of the country have some hundred
            revocation_lists: 512,   // a list for each of them
            status_responses: 2_048, // two for each of a thousand signatures
        }
    }
}

/// Longest difference of clocks that a policy can allow: more would be a change of time zone.
const MAX_SKEW: SignedDuration = SignedDuration::from_hours(1);

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: "default".into(),
            seal_validity_at: SealValidityAt::SigningTime,
            trust_claimed_time: false,
            require_time_stamp: false,
            require_revocation: true,
            revocation_exempt: Vec::new(),
            algorithms: None,
            min_rsa_bits: 2_048,
            regions: None,
            tolerated_deviations: None,
            max_clock_skew_s: 300,
            budgets: Budgets::default(),
        }
    }
}

/// Why a policy is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// It is not JSON of this shape.
    #[error("no policy: {0}")]
    Format(String),
    /// A value has no meaning.
    #[error("{field}: {value:?} is not known")]
    Unknown {
        /// Which field.
        field: &'static str,
        /// What stands there.
        value: String,
    },
}

impl Policy {
    /// Follows the letter of GB/T 38540, which believes the claimed time.
    #[must_use]
    pub fn gbt38540_claimed_time() -> Self {
        Self { name: "gbt38540-claimed-time".into(), trust_claimed_time: true, ..Self::default() }
    }

    /// Reads a policy from JSON.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub fn from_json(json: &[u8]) -> Result<Self, PolicyError> {
        let format = |error: serde_json::Error| PolicyError::Format(error.to_string());
        let value: serde_json::Value = serde_json::from_slice(json).map_err(format)?;
        if !value.is_object() {
            return Err(PolicyError::Format("not an object".into())); // a list would pass for one without names
        }
        let policy: Self = serde_json::from_value(value).map_err(format)?;
        policy.check()?;
        Ok(policy)
    }

    /// Whether its values have a meaning, however it was read.
    ///
    /// # Errors
    /// [`PolicyError::Unknown`].
    pub fn check(&self) -> Result<(), PolicyError> {
        let known = ["SM2", "RSA", "ECDSA"];
        match self.algorithms.iter().flatten().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(PolicyError::Unknown { field: "algorithms", value: name.clone() }),
            None if self.name.trim().is_empty() => {
                Err(PolicyError::Unknown { field: "name", value: self.name.clone() })
            }
            None => Ok(()),
        }
    }

    /// Whether it must be known that a certificate with this purpose is not revoked.
    #[must_use]
    pub fn requires_revocation(&self, purpose: AnchorUse) -> bool {
        self.require_revocation && !self.revocation_exempt.contains(&purpose)
    }

    /// How far clocks may be apart.
    pub(crate) fn max_clock_skew(&self) -> SignedDuration {
        SignedDuration::from_secs(self.max_clock_skew_s.into()).min(MAX_SKEW)
    }
}

/// What a trusted certificate of a region is for (信任用途).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AnchorUse {
    /// 制章: makers of seals lead to it.
    Maker,
    /// 签章: signers lead to it.
    Signer,
    /// 时间戳: time-stamp authorities lead to it.
    TimeStamp,
}

/// What a region accepts (区域规则).  A region without rules accepts everything that can be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionRules {
    /// Its name, as anchors have it.
    pub name: String,
    /// True for the own region.
    pub own: bool,
    /// SM3 of its trusted certificates, and what each is for.
    pub uses: Vec<(AnchorUse, [u8; 32])>,
    /// Structures that it accepts.
    pub structures: Vec<SignatureKind>,
    /// Algorithms of keys that it accepts: `SM2`, `RSA`, `ECDSA`.
    pub algorithms: Vec<String>,
    /// Where the status of its seals must be asked.
    pub status: Option<StatusRules>,
}

impl RegionRules {
    /// Whether it trusts the certificate with this SM3 for that.
    #[must_use]
    pub fn trusts(&self, purpose: AnchorUse, certificate: &[u8; 32]) -> bool {
        self.uses.iter().any(|(listed, sm3)| *listed == purpose && sm3 == certificate)
    }
}

/// Where the status of seals can be asked, and whose answers are believed (印章状态服务).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRules {
    /// URL without a query.
    pub url: String,
    /// Key that signs the answers, `04 ‖ x ‖ y`.
    pub key: [u8; 65],
}
