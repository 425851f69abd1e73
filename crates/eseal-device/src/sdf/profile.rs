//! What differs between vendors (厂商配置).

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// `ECCref_MAX_LEN` (ECC 数据域长度).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Length", into = "Length")]
pub enum FieldBytes {
    /// 64, as the standard has it.
    Standard,
    /// 32, in older libraries.
    Short,
    /// Found out from the first public key.
    #[default]
    Detect,
}

/// As configuration writes it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Length {
    Number(u32),
    Word(String),
}

impl TryFrom<Length> for FieldBytes {
    type Error = &'static str;

    fn try_from(length: Length) -> Result<Self, Self::Error> {
        match length {
            Length::Number(64) => Ok(Self::Standard),
            Length::Number(32) => Ok(Self::Short),
            Length::Word(word) if word == "detect" => Ok(Self::Detect),
            _ => Err("eccref_len is 64, 32 or \"detect\""),
        }
    }
}

impl From<FieldBytes> for Length {
    fn from(length: FieldBytes) -> Self {
        match length {
            FieldBytes::Standard => Self::Number(64),
            FieldBytes::Short => Self::Number(32),
            FieldBytes::Detect => Self::Word("detect".to_owned()),
        }
    }
}

/// Where a number stands in a field that is longer (对齐方式).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alignment {
    /// At the end: zeros come first.
    Right,
    /// At the beginning.
    Left,
    /// Found out from the first public key.
    #[default]
    Detect,
}

/// Algorithm identifiers (算法标识), GB/T 33560-2017; vendors have others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Algorithms {
    /// `SGD_SM3`.
    #[serde(rename = "SM3")]
    pub sm3: u32,
    /// `SGD_SM2_1`, signatures.
    #[serde(rename = "SM2_1")]
    pub sm2_sign: u32,
    /// `SGD_SM2_3`, encryption.
    #[serde(rename = "SM2_3")]
    pub sm2_encrypt: u32,
}

impl Default for Algorithms {
    fn default() -> Self {
        Self { sm3: 0x0000_0001, sm2_sign: 0x0002_0200, sm2_encrypt: 0x0002_0800 }
    }
}

/// A library with its ways (密码设备配置).
#[derive(Clone)]
pub struct SdfProfile {
    /// The library.
    pub path: PathBuf,
    /// Length of fields.
    pub field: FieldBytes,
    /// Alignment in fields.
    pub alignment: Alignment,
    /// Most sessions at a time; at least one.
    pub max_sessions: usize,
    /// How long a request waits for a free session.
    pub wait: Duration,
    /// Names that stand for another: the standard's, then the library's; those of one are tried in turn.
    pub symbols: Vec<(String, String)>,
    /// Algorithm identifiers, for trying the device out and for keys that seal others.
    pub algorithms: Algorithms,
}

impl SdfProfile {
    /// A library that follows the standard, as far as it can be found out.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            field: FieldBytes::Detect,
            alignment: Alignment::Detect,
            max_sessions: 16, // cards allow 32 and more, and other programs want some
            wait: Duration::from_secs(5),
            symbols: Vec::new(),
            algorithms: Algorithms::default(),
        }
    }

    /// Under which names a function of the standard is looked for.
    pub(super) fn names<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let aliases: Vec<&str> =
            self.symbols.iter().filter(|(of, _)| of == name).map(|(_, alias)| alias.as_str()).collect();
        if aliases.is_empty() { vec![name] } else { aliases }
    }
}

/// The password of a private key (私钥访问权限口令), forgotten when dropped.
pub(super) type Password = Zeroizing<Vec<u8>>;
