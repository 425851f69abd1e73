//! One region of a trust bundle (区域): whose seals it makes, what it accepts, where the status of its seals can be asked.

use eseal_gm::sm2::VerifyingKey;
use eseal_pki::Certificate;
use serde::{Deserialize, Serialize};

use super::{BundleError, MAX_CERTIFICATES, content, encoding};
use crate::{SignatureKind, StatusRules};

/// Regions with a name of their own, by their codes (行政区划代码, GB/T 2260).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRegion {
    /// Six digits.
    pub code: &'static str,
    /// Short name, as reports give it.
    pub name: &'static str,
}

impl KnownRegion {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self { code: "000000", name: "国家" },
        Self { code: "110000", name: "北京" },
        Self { code: "310000", name: "上海" },
        Self { code: "440000", name: "广东" },
        Self { code: "440100", name: "广州" },
        Self { code: "440300", name: "深圳" },
    ];

    /// The region with that code or name.
    #[must_use]
    pub fn find(text: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|region| region.code == text || region.name == text)
    }
}

/// A region that is recognised (互认区域).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustRegion {
    /// Six digits, GB/T 2260; 000000 for the country.
    pub code: String,
    /// Short name, as reports give it; for the codes of [`KnownRegion`] it is theirs.
    pub name: String,
    /// Certificates that its makers of seals lead to, or theirs, DER.
    #[serde(with = "encoding::list")]
    pub makers: Vec<Vec<u8>>,
    /// Certificates that its signers lead to, DER.
    #[serde(with = "encoding::list")]
    pub signers: Vec<Vec<u8>>,
    /// Certificates that its time-stamp authorities lead to, DER.
    #[serde(default, with = "encoding::list")]
    pub time_stamps: Vec<Vec<u8>>,
    /// Structures of signatures that it accepts.
    pub structures: Vec<Structure>,
    /// Algorithms of signatures that it accepts.
    pub algorithms: Vec<KeyAlgorithm>,
    /// Where the status of its seals can be asked; if there is one, it must be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusService>,
}

/// Structure of a seal or a signature (数据结构).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Structure {
    /// GM/T 0031—2014.
    V1,
    /// GB/T 38540—2020.
    V4,
    /// GM/T 0031—2025.
    V5,
    /// SignedData, GB/T 35275 and CMS.
    #[serde(rename = "CMS")]
    Cms,
}

impl Structure {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::V1, Self::V4, Self::V5, Self::Cms];

    /// What reports call it.
    pub(super) const fn kinds(self) -> &'static [SignatureKind] {
        match self {
            Self::V1 => &[SignatureKind::Gmt0031V1],
            Self::V4 => &[SignatureKind::Gbt38540],
            Self::V5 => &[SignatureKind::Gmt0031V5],
            Self::Cms => &[SignatureKind::CmsSm2, SignatureKind::Cms],
        }
    }
}

/// Algorithm of a key that signs (签名算法).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyAlgorithm {
    /// SM2.
    #[serde(rename = "SM2")]
    Sm2,
    /// RSA.
    #[serde(rename = "RSA")]
    Rsa,
    /// ECDSA.
    #[serde(rename = "ECDSA")]
    Ecdsa,
}

impl KeyAlgorithm {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Sm2, Self::Rsa, Self::Ecdsa];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sm2 => "SM2",
            Self::Rsa => "RSA",
            Self::Ecdsa => "ECDSA",
        }
    }
}

/// Where the status of a region's seals can be asked (印章状态服务).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatusService {
    /// URL without a query.
    pub url: String,
    /// Key that signs its answers.
    #[serde(with = "encoding::key")]
    pub key: VerifyingKey,
}

impl StatusService {
    pub(super) fn rules(&self) -> StatusRules {
        StatusRules { url: self.url.clone(), key: self.key.to_bytes() }
    }
}

impl TrustRegion {
    pub(super) fn check(&self, at: &str) -> Result<(), BundleError> {
        let wrong = |field: &str, problem: &str| Err(content(&format!("{at}.{field}"), problem));
        if self.code.len() != 6 || !self.code.bytes().all(|byte| byte.is_ascii_digit()) {
            return wrong("code", "six digits, GB/T 2260");
        }
        if self.name.trim().is_empty() || self.name.chars().count() > 30 {
            return wrong("name", "1 to 30 characters");
        }
        let known = [KnownRegion::find(&self.code), KnownRegion::find(&self.name)];
        if known.into_iter().flatten().any(|known| known.code != self.code || known.name != self.name) {
            return wrong("name", "is not the name of the region with this code");
        }
        for (field, certificates) in
            [("makers", &self.makers), ("signers", &self.signers), ("timeStamps", &self.time_stamps)]
        {
            check_certificates(&format!("{at}.{field}"), certificates)?;
        }
        if self.makers.is_empty() && self.signers.is_empty() {
            return wrong("makers", "a region without makers and signers recognises nothing");
        }
        if self.structures.is_empty() || self.algorithms.is_empty() {
            return wrong("structures", "a region accepts at least one structure and one algorithm");
        }
        match &self.status {
            Some(status) if !is_service(&status.url) => wrong("status.url", "http or https, without query"),
            _ => Ok(()),
        }
    }
}

fn is_service(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()))
        && !url.contains(['?', '#', '@', '\\'])
}

/// Every entry is one whole certificate, and none stands twice.
pub(super) fn check_certificates(at: &str, list: &[Vec<u8>]) -> Result<(), BundleError> {
    if list.len() > MAX_CERTIFICATES {
        return Err(content(at, "too many certificates"));
    }
    for (index, der) in list.iter().enumerate() {
        let at = format!("{at}[{index}]");
        match Certificate::from_der(der) {
            Ok(read) if read.raw.len() == der.len() => {}
            Ok(_) => return Err(content(&at, "something follows the certificate")),
            Err(error) => return Err(content(&at, &error.to_string())),
        }
        if list.iter().take(index).any(|other| other == der) {
            return Err(content(&at, "stands twice"));
        }
    }
    Ok(())
}
