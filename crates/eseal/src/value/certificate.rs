//! What a certificate says of itself (证书信息), with its bytes owned.

use eseal_gm::sm3;
use eseal_pki::Certificate;

use crate::CertificateFacts;

impl CertificateFacts {
    /// Reads a certificate; none if it cannot be read.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        Some(Self {
            der: der.to_vec(),
            subject: certificate.subject.to_string(),
            issuer: certificate.issuer.to_string(),
            common_name: certificate.subject.common_name().unwrap_or_default().to_owned(),
            organization: certificate.subject.organization().unwrap_or_default().to_owned(),
            serial: certificate.serial_hex(),
            not_before: certificate.validity.not_before,
            not_after: certificate.validity.not_after,
            sm3: sm3(der),
        })
    }
}
