//! A bare SM2 signature (裸签名值), as the oldest writers of OFD stored it: no certificate says whose it is.

use eseal_gm::sm2::Signature;

/// A bare SM2 signature (裸签名值).
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawFacts;

impl RawFacts {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let len = super::element_len(bytes);
        Signature::from_der(bytes.get(..len).unwrap_or(bytes)).map(|_| Self).map_err(|error| error.to_string())
    }
}
