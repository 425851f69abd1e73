//! Any bytes as a certificate or a CRL.

use eseal_pki::{Certificate, Crl};
use jiff::Timestamp;

/// Entries of a CRL that are read: a list of a million is no other code.
const ENTRIES: usize = 1000;

pub(crate) fn check_certificate(data: &[u8]) {
    let Ok(certificate) = Certificate::from_der(data) else { return };
    assert!(data.starts_with(certificate.raw));
    let _ = (certificate.serial_hex(), certificate.is_self_issued(), certificate.subject.common_name());
    let _ = (certificate.issuer.organization(), certificate.check_signature(&certificate.public_key));
}

pub(crate) fn check_crl(data: &[u8]) {
    let Ok(list) = Crl::from_der(data) else { return };
    for entry in list.entries().take(ENTRIES) {
        let _ = entry;
    }
    let _ = (list.find(&[1]), list.tells_of(Timestamp::UNIX_EPOCH));
}
