//! What a stranger's URL may cost us (限额): every number with its reason.

use std::time::Duration;

/// Limits of outbound requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// One request from name resolution to the last byte.
    pub request: Duration,
    /// Longest answer that is not a CRL.
    pub answer_bytes: u64,
    /// Longest CRL.
    pub crl_bytes: u64,
    /// Requests at once.
    pub at_once: usize,
    /// Requests at once to one host.
    pub at_once_per_host: usize,
    /// What is kept in memory.
    pub cache_bytes: u64,
    /// How long a failure is kept.
    pub failure: Duration,
    /// Failures in a row after which a host is left alone.
    pub failures: u32,
    /// How long a host is left alone.
    pub left_alone: Duration,
    /// How long something is kept at most, whatever it says of itself.
    pub kept: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(3),     // the contract: somebody waits for the verification
            answer_bytes: 1 << 20,               // the contract; OCSP answers and time stamps have a few KiB
            crl_bytes: 1 << 20,                  // the contract; some 25,000 entries. Larger ones come in the bundle
            at_once: 16,                         // file handles and threads; answers are small and fast
            at_once_per_host: 4,                 // an authority is not ours to load
            cache_bytes: 32 << 20,               // all CRLs of a province's authorities
            failure: Duration::from_secs(30),    // one impatient user a minute is enough
            failures: 5,                         // one lost packet is no outage
            left_alone: Duration::from_secs(60), // as long as a restart takes
            kept: Duration::from_secs(12 * 3_600), // a revocation must become known the same day
        }
    }
}
