//! Devices as configuration describes them (设备配置), TOML.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    SecretRef,
    helper::Confinement,
    sdf::{Algorithms, Alignment, FieldBytes, SdfProfile},
};

/// A device: `[device.NAME]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum DeviceProfile {
    /// 服务器密码设备: a library with the interface of GB/T 36322.
    Sdf(SdfDeviceProfile),
    /// 签名验签服务器: GB/T 38629 over HTTP.
    Svs(SvsProfile),
}

/// `kind = "sdf"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdfDeviceProfile {
    /// The vendor's library; absolute.
    pub path: PathBuf,
    /// `ECCref_MAX_LEN`: 64, 32 or "detect".
    #[serde(default)]
    pub eccref_len: FieldBytes,
    /// Where numbers stand in their fields: "right", "left" or "detect".
    #[serde(default)]
    pub align: Alignment,
    /// Most sessions at a time.
    #[serde(default = "SdfDeviceProfile::max_sessions")]
    pub max_sessions: usize,
    /// How long a request waits for a session, in milliseconds.
    #[serde(default = "SdfDeviceProfile::wait_ms")]
    pub wait_ms: u64,
    /// Longest time of one call, in milliseconds; then the process with the library is ended.
    #[serde(default = "SdfDeviceProfile::call_timeout_ms")]
    pub call_timeout_ms: u64,
    /// Longest time of loading, opening and comparing keys, in milliseconds.
    #[serde(default = "SdfDeviceProfile::open_timeout_ms")]
    pub open_timeout_ms: u64,
    /// Password of the access rights (私钥使用权限), unless a key names its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretRef>,
    /// Algorithm identifiers of this vendor.
    #[serde(default)]
    pub alg: Algorithms,
    /// Names that stand for the standard's: one, or several that are tried in turn.
    #[serde(default)]
    pub symbols: BTreeMap<String, Names>,
    /// Variables that the library wants; it sees no others but `PATH`, `HOME`, `LANG`, `TZ` and `LD_LIBRARY_PATH`.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// What the process with the library may do.
    #[serde(default)]
    pub confine: Confinement,
    /// The keys that are used.
    #[serde(default)]
    pub key: Vec<KeyProfile>,
}

/// `kind = "svs"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SvsProfile {
    /// Where the server is: `https://ADDRESS:PORT/PATH` or `http://…`; the request's name is added.
    pub url: String,
    /// With https, the file of the certificates that its own is checked by, PEM; no others are believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// Form of requests: "json" or "form".
    #[serde(default)]
    pub form: SvsForm,
    /// How the access code is written: "base64" or "plain".
    #[serde(default)]
    pub key_value: SvsKeyValue,
    /// Longest time of one request, in milliseconds.
    #[serde(default = "SdfDeviceProfile::call_timeout_ms")]
    pub call_timeout_ms: u64,
    /// True if the network between is private: access codes go over it in plain HTTP.
    #[serde(default)]
    pub private_network: bool,
    /// Access code of the keys (私钥访问控制码), unless a key names its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretRef>,
    /// The algorithm, `SGD_SM3_SM2`.
    #[serde(default = "SvsProfile::sign_method")]
    pub sign_method: u32,
    /// The keys that are used.
    #[serde(default)]
    pub key: Vec<KeyProfile>,
}

/// Form of the requests to a signature server (请求格式), GB/T 38629, Annex A.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SvsForm {
    /// A.5, A.6.
    #[default]
    Json,
    /// A.3, A.4: urlencoded, with the version in headers.
    Form,
}

/// How `keyValue` is written (访问控制码编码).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SvsKeyValue {
    /// As the table of types says.
    #[default]
    Base64,
    /// As some servers want it.
    Plain,
}

/// One name or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Tried in this order.
    Several(Vec<String>),
}

/// A key in a device: `[[device.NAME.key]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyProfile {
    /// Its index (密钥索引).
    pub index: u32,
    /// What it signs.
    #[serde(default, rename = "use")]
    pub purpose: KeyUse,
    /// Certificate, PEM or DER: the key at the index must be its own.  Seals need one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Public key, hex of 04 ‖ x ‖ y, for keys of the platform: the key at the index must be this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// Its password, if it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretRef>,
}

/// What a key signs (密钥用途).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyUse {
    /// Seal signatures.
    #[default]
    Seal,
    /// Tickets for the USBKey agent.
    Ticket,
    /// Login messages.
    Login,
    /// Summaries that phones show.
    Summary,
    /// Checkpoints of the seal-use log.
    Log,
    /// Answers on the status of seals.
    Status,
    /// Nothing: its pair for encryption seals the key that seals the server's shares of phone keys (分量加密密钥).
    Share,
}

impl DeviceProfile {
    /// The keys that are used.
    #[must_use]
    pub fn keys(&self) -> &[KeyProfile] {
        match self {
            Self::Sdf(profile) => &profile.key,
            Self::Svs(profile) => &profile.key,
        }
    }

    pub(crate) const fn secret(&self) -> Option<&SecretRef> {
        match self {
            Self::Sdf(profile) => profile.secret.as_ref(),
            Self::Svs(profile) => profile.secret.as_ref(),
        }
    }
}

impl SdfDeviceProfile {
    /// A library that follows the standard, as far as it can be found out; no keys yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            eccref_len: FieldBytes::Detect,
            align: Alignment::Detect,
            max_sessions: Self::max_sessions(),
            wait_ms: Self::wait_ms(),
            call_timeout_ms: Self::call_timeout_ms(),
            open_timeout_ms: Self::open_timeout_ms(),
            secret: None,
            alg: Algorithms::default(),
            symbols: BTreeMap::new(),
            environment: BTreeMap::new(),
            confine: Confinement::default(),
            key: Vec::new(),
        }
    }

    /// What the library's process is told.
    pub(crate) fn library(&self) -> SdfProfile {
        let alias = |(name, names): (&String, &Names)| match names {
            Names::One(alias) => vec![(name.clone(), alias.clone())],
            Names::Several(aliases) => aliases.iter().map(|alias| (name.clone(), alias.clone())).collect(),
        };
        SdfProfile {
            field: self.eccref_len,
            alignment: self.align,
            max_sessions: self.max_sessions,
            wait: Duration::from_millis(self.wait_ms),
            symbols: self.symbols.iter().flat_map(alias).collect(),
            algorithms: self.alg,
            ..SdfProfile::new(self.path.clone())
        }
    }

    /// Cards allow 32 and more, and other programs want some.
    const fn max_sessions() -> usize {
        16
    }

    /// As long as a call may take: then others are slow as well.
    const fn wait_ms() -> u64 {
        5_000
    }

    /// A signature takes some milliseconds; a network device that was just restarted some seconds.
    const fn call_timeout_ms() -> u64 {
        5_000
    }

    /// Network devices authenticate their clients when they are opened.
    const fn open_timeout_ms() -> u64 {
        30_000
    }
}

impl SvsProfile {
    /// `SGD_SM3_SM2` of GB/T 33560.
    const fn sign_method() -> u32 {
        0x0002_0201
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_reads_with_its_defaults_and_reads_back() {
        let text = r#"
            kind = "sdf"
            path = "/opt/vendor/libsdf.so"
            eccref_len = 64
            align = "right"
            secret = "env:HSM1_PWD"
            alg = { SM2_1 = 0x00020100 }
            symbols = { SDF_OpenDevice = ["SDF_OpenDeviceEx", "OpenDevice"], SDF_CloseDevice = "Close" }
            confine = { network = true }
            [[key]]
            index = 1
            certificate = "/etc/eseal/seal.pem"
            [[key]]
            index = 2
            use = "ticket"
        "#;
        let profile: DeviceProfile = toml::from_str(text).expect("read");
        let again: DeviceProfile = toml::from_str(&toml::to_string(&profile).expect("written")).expect("read");
        assert_eq!(profile, again);
        let DeviceProfile::Sdf(profile) = profile else { panic!("{profile:?}") };
        assert_eq!((profile.eccref_len, profile.align), (FieldBytes::Standard, Alignment::Right));
        assert_eq!((profile.max_sessions, profile.call_timeout_ms), (16, 5_000));
        assert_eq!(profile.alg.sm2_sign, 0x0002_0100);
        assert_eq!(profile.key[1].purpose, KeyUse::Ticket);
        assert_eq!(profile.library().symbols.len(), 3);
        assert!(profile.confine.network && profile.confine.enabled && !profile.confine.programs);
    }

    #[test]
    fn what_is_unknown_or_makes_no_sense_is_refused() {
        for text in [
            "kind = \"skf2\"\npath = \"/x\"",
            "kind = \"sdf\"",
            "kind = \"sdf\"\npath = \"/x\"\nsession = 3",
            "kind = \"sdf\"\npath = \"/x\"\neccref_len = 48",
            "kind = \"sdf\"\npath = \"/x\"\nalign = \"middle\"",
            "kind = \"sdf\"\npath = \"/x\"\n[[key]]\nindex = 1\nuse = \"all\"",
            "kind = \"svs\"\nurl = \"http://127.0.0.1\"\nform = \"xml\"",
        ] {
            assert!(toml::from_str::<DeviceProfile>(text).is_err(), "{text}");
        }
    }
}
