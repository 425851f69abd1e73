//! Who may answer (响应者授权), RFC 6960, 4.2.2.2.

use eseal_gm::Hash;

use super::{OcspResponse, ResponderId, issuer_key_hash};
use crate::{Certificate, KeyUsage, Period, SignatureCheck, oid};

/// Who signed a response (响应者).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponderCheck<'a> {
    /// The issuer of the certificates that are asked for.
    Issuer,
    /// Someone whom the issuer charged with it, by a certificate with id-kp-OCSPSigning.
    Delegated {
        /// That certificate, DER.
        certificate: &'a [u8],
        /// True if the issuer says that it need not be checked for revocation (id-pkix-ocsp-nocheck).
        no_check: bool,
    },
    /// Neither: it is signed by someone else, or not at all.
    Unauthorized,
}

impl<'a> OcspResponse<'a> {
    /// Whether `issuer`, or whoever it charged, signed the response.
    ///
    /// Costs two signature checks at most: certificates that came with it are tried only if they say that `issuer`
    /// issued them for this purpose and are the responder that the response names.
    #[must_use]
    pub fn check_signer(&self, issuer: &Certificate<'_>) -> ResponderCheck<'a> {
        if self.is_named(issuer) {
            return match may_sign(issuer, true) && self.is_signed_by(issuer) {
                true => ResponderCheck::Issuer,
                false => ResponderCheck::Unauthorized,
            };
        }
        let charged = self.certificates.iter().find_map(|der| {
            let certificate = Certificate::from_der(der).ok()?;
            let is_responder = self.is_named(&certificate)
                && certificate.issuer.matches(&issuer.subject)
                && certificate.extensions.extended_key_usage.contains(&oid::OCSP_SIGNING)
                && certificate.extensions.unknown_critical.is_empty()
                && may_sign(&certificate, false)
                && certificate.validity.at(self.produced_at) == Period::Within;
            is_responder.then_some((*der, certificate))
        });
        let Some((der, certificate)) = charged else { return ResponderCheck::Unauthorized };
        let is_charged = certificate.check_signature(&issuer.public_key) == SignatureCheck::Good;
        if is_charged && self.is_signed_by(&certificate) {
            let no_check = certificate.extensions.find(oid::OCSP_NO_CHECK).is_some();
            ResponderCheck::Delegated { certificate: der, no_check }
        } else {
            ResponderCheck::Unauthorized
        }
    }

    fn is_signed_by(&self, certificate: &Certificate<'_>) -> bool {
        let check = self.signature_algorithm.check(&certificate.public_key, self.tbs, self.signature);
        check == SignatureCheck::Good
    }

    /// Whether the response names this certificate as its responder: SHA-1 of the key, SM3 or SHA-256 of it in a few.
    fn is_named(&self, certificate: &Certificate<'_>) -> bool {
        match &self.responder {
            ResponderId::Name(name) => name.matches(&certificate.subject),
            ResponderId::Key(stated) => [Hash::Sha1, Hash::Sm3, Hash::Sha256].into_iter().any(|hash| {
                let digest = issuer_key_hash(hash, certificate);
                digest == *stated || stated.len() == 20 && digest.get(..20) == Some(stated)
            }),
        }
    }
}

/// An issuer that answers itself often has a key for certificates and lists only.
fn may_sign(certificate: &Certificate<'_>, is_issuer: bool) -> bool {
    let signing = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION;
    let wanted = if is_issuer { signing | KeyUsage::CRL_SIGN | KeyUsage::KEY_CERT_SIGN } else { signing };
    !certificate.extensions.key_usage_unreadable
        && certificate.extensions.key_usage.is_none_or(|usage| usage.any(wanted))
}
