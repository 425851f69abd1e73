//! What differs between vendors (厂商配置).

use std::{path::PathBuf, time::Duration};

use zeroize::Zeroizing;

/// `ECCref_MAX_LEN` (ECC 数据域长度).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldBytes {
    /// 64, as the standard has it.
    Standard,
    /// 32, in older libraries.
    Short,
    /// Found out from the first public key.
    Detect,
}

/// Where a number stands in a field that is longer (对齐方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// At the end: zeros come first.
    Right,
    /// At the beginning.
    Left,
    /// Found out from the first public key.
    Detect,
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
    /// Names that stand for another: the standard's, then the library's.
    pub symbols: Vec<(String, String)>,
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
        }
    }
}

/// The password of a private key (私钥访问权限口令), forgotten when dropped.
pub(super) type Password = Zeroizing<Vec<u8>>;
