//! What is known about a vendor's library (厂商配置).

use std::{path::PathBuf, time::Duration};

/// Length of ULONG in the library (ULONG 宽度).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UlongBytes {
    /// Found out from the length of a public key.
    #[default]
    Detect,
    /// 4, as the standard has it.
    Four,
    /// 8, `unsigned long` on 64-bit systems.
    Eight,
}

/// A library and its ways (动态库配置).
#[derive(Clone, Debug)]
pub struct SkfProfile {
    /// The library.
    pub path: PathBuf,
    /// Length of ULONG.
    pub ulong: UlongBytes,
    /// Other names of functions: the standard's, and the library's.
    pub symbols: Vec<(String, String)>,
    /// Only keys of this application are looked at.
    pub application: Option<String>,
    /// Only keys of containers of this name are looked at.
    pub container: Option<String>,
    /// How long another program may hold the token.
    pub lock_wait: Duration,
    /// How long a request may take, signing of a batch included.
    pub call_timeout: Duration,
}

impl SkfProfile {
    /// A library that keeps to the standard.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            ulong: UlongBytes::Detect,
            symbols: Vec::new(),
            application: None,
            container: None,
            lock_wait: Duration::from_secs(3),
            call_timeout: Duration::from_secs(30),
        }
    }
}
