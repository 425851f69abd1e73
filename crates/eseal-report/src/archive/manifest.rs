//! The manifest (清单): the one entry that is signed.

use eseal_gm::sm3;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `format` of every archive report.
pub(super) const FORMAT: &str = "eseal-archive";
/// The one version.
pub(super) const VERSION: u32 = 1;
/// How the manifest is signed.
pub(super) const ALGORITHM: &str = "SM2 with SM3, default ID, DER";

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) software: String,
    pub(super) judged_at: Timestamp,
    pub(super) policy: Value,
    pub(super) file: FileEntry,
    pub(super) conclusion: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sub_indication: Option<String>,
    pub(super) entries: Vec<Entry>,
}

/// The file that was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FileEntry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(rename = "type")]
    pub(super) file_type: String,
    pub(super) size: u64,
    pub(super) sm3: String,
    /// Where it is in the archive, unless it was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) entry: Option<String>,
}

/// An entry as it must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) entry: String,
    pub(super) size: u64,
    pub(super) sm3: String,
}

impl Entry {
    pub(super) fn of(name: &str, bytes: &[u8]) -> Self {
        Self {
            entry: name.to_owned(),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            sm3: hex::encode(sm3(bytes)),
        }
    }
}

/// `manifest.sig.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SignatureEntry {
    pub(super) algorithm: String,
    pub(super) key_id: String,
    /// Hex, `04 ‖ x ‖ y`.
    pub(super) public_key: String,
    /// Hex of the DER signature.
    pub(super) value: String,
}
