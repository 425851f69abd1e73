//! Someone with a key and a certificate (测试主体).

use eseal_gm::sm2::{Signature, SigningKey};
use eseal_pki::issue::{CertificateTemplate, IssueError, Profile, SignTbs, Subject};

use crate::{
    nonce,
    pki::{ORGANIZATION_CODE, ORGANIZATION_NAME},
    times::time,
};

/// Someone with a key and a certificate (测试主体).
#[derive(Clone)]
pub struct Party {
    /// Private key, the same every time.
    pub key: SigningKey,
    /// Certificate, DER.
    pub certificate: Vec<u8>,
}

impl Party {
    /// Issues a certificate: `seed` decides key and serial number, `change` what is unusual about it.
    ///
    /// It is valid from 2024 to 2044 unless changed; without an issuer it is self-signed.
    ///
    /// # Panics
    /// What is asked for cannot be issued.
    #[must_use]
    pub fn issue(
        seed: u8,
        common_name: &str,
        profile: Profile,
        issuer: Option<&Self>,
        change: impl FnOnce(&mut CertificateTemplate<'_>),
    ) -> Self {
        let key = test_key(seed);
        let (subject, public_key) =
            (Subject::of(&format!("{ORGANIZATION_CODE}{ORGANIZATION_NAME}"), common_name), key.public_key());
        let mut template = CertificateTemplate {
            serial: &serial(seed),
            subject: &subject,
            public_key: &public_key,
            profile,
            not_before: time("2024-01-01T00:00:00Z"),
            not_after: time("2044-01-01T00:00:00Z"),
            crl_url: None,
        };
        change(&mut template);
        let certificate = match issuer {
            Some(issuer) => issuer.issuing(|sign| template.issued_by(&issuer.certificate, sign)),
            None => with(&key, |sign| template.self_signed(sign)),
        };
        Self { key, certificate }
    }

    /// Signs a message: SM3withSM2, DER, the same every time.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_prehash(&self.key.verifying_key().e(message)).to_der()
    }

    /// Signs a digest, the same every time.
    #[must_use]
    pub fn sign_prehash(&self, e: &[u8; 32]) -> Signature {
        nonce::sign_prehash(&self.key, e, |_| true)
    }

    /// SM3 of the certificate.
    #[must_use]
    pub fn certificate_sm3(&self) -> [u8; 32] {
        eseal_gm::sm3(&self.certificate)
    }

    pub(crate) fn issuing(&self, run: impl FnOnce(SignTbs<'_>) -> Result<Vec<u8>, IssueError>) -> Vec<u8> {
        with(&self.key, run)
    }
}

/// The key of a seed: `SM3("eseal test key " ‖ seed)`.
fn test_key(seed: u8) -> SigningKey {
    let bytes = eseal_gm::sm3(&[b"eseal test key ", &[seed][..]].concat());
    SigningKey::from_bytes(&bytes).expect("a digest is in range but for one in 2¹²⁸")
}

/// The serial number of a seed; public so that revoked entries can name it.
pub(crate) const fn serial(seed: u8) -> [u8; 4] {
    [0x4E, 0x53, 0x4C, seed]
}

fn with(key: &SigningKey, run: impl FnOnce(SignTbs<'_>) -> Result<Vec<u8>, IssueError>) -> Vec<u8> {
    run(&|tbs| Ok(nonce::sign_prehash(key, &key.verifying_key().e(tbs), |_| true).to_der()))
        .expect("tests issue what can be issued")
}
