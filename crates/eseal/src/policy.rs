//! What is accepted (验证策略) and on what evidence (证据).

use jiff::Timestamp;

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
    /// What regions accept; empty if no trust bundle says.
    pub regions: Vec<RegionRules>,
    /// What regions say of seals: verified statements.
    pub seal_statuses: Vec<SealStatement>,
    /// Proof from a trusted seal-use log: SM3 of a sealed file and when it was known to exist.
    pub known_at: Vec<([u8; 32], Timestamp)>,
}

/// When a seal must be in its validity (印章有效期判断时点).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealValidityAt {
    /// At the moment of judging: verification of a seal (4-2).
    Now,
    /// When the signature was made: verification of a document (4-1).
    SigningTime,
}

/// Rules of judging, as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Name that the report carries.
    pub name: String,
    /// Which time a seal's validity is compared with.
    pub seal_validity_at: SealValidityAt,
    /// True to believe `timeInfo` as the letter of GB/T 38540 step f does; false to ask for proof of time.
    pub trust_claimed_time: bool,
    /// True if a certificate without revocation information is unknown; false takes it as good.
    pub require_revocation: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: "default".into(),
            seal_validity_at: SealValidityAt::SigningTime,
            trust_claimed_time: false,
            require_revocation: true,
        }
    }
}

impl Policy {
    /// Follows the letter of GB/T 38540, which believes the claimed time.
    #[must_use]
    pub fn gbt38540_claimed_time() -> Self {
        Self { name: "gbt38540-claimed-time".into(), trust_claimed_time: true, ..Self::default() }
    }
}

/// What a trusted certificate of a region is for (信任用途).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
