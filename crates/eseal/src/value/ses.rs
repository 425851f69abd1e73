//! What can be computed from a seal signature alone (电子签章数据事实).

use std::sync::Arc;

use eseal_ses::{SealSignature, Version};
use jiff::Timestamp;

use super::{Fit, SealFacts, SealReader, StampFacts};
use crate::{CertificateFacts, SignatureKind};

/// A seal signature (签章事实).
#[derive(Clone, Debug)]
pub(crate) struct SesFacts {
    /// Its version.
    pub(crate) kind: SignatureKind,
    /// The seal inside.
    pub(crate) seal: Arc<SealFacts>,
    /// The signer's certificate; none if it cannot be read.
    pub(crate) signer: Option<CertificateFacts>,
    /// Whether the signature value fits.
    pub(crate) fit: Fit,
    /// Whether the seal lists the signer's certificate.
    pub(crate) listed: bool,
    /// timeInfo; none if it is not a time.
    pub(crate) time: Option<Timestamp>,
    /// dataHash as 32 bytes.
    pub(crate) data_hash: Option<[u8; 32]>,
    /// propertyInfo.
    pub(crate) property_info: String,
    /// Time stamp over the signature value.
    pub(crate) time_stamp: Option<StampFacts>,
    /// The whole signature.
    pub(crate) der: Vec<u8>,
    /// Names of tolerated deviations.
    pub(crate) deviations: Vec<String>,
}

impl SesFacts {
    pub(crate) fn read(bytes: &[u8], seals: &mut SealReader) -> Result<Self, String> {
        let (signature, _) = SealSignature::parse_first(bytes).map_err(|error| error.to_string())?;
        let (certificate, value) = (signature.signer_certificate(), signature.signature().bytes);
        let seal = seals.facts(signature.seal());
        let mut deviations: Vec<String> =
            signature.deviations().iter().map(|found| found.as_str().to_owned()).collect();
        let of_seal = seal.deviations.iter().filter(|name| !deviations.contains(name)).cloned().collect::<Vec<_>>();
        deviations.extend(of_seal);
        Ok(Self {
            kind: match signature.version() {
                Version::V1 => SignatureKind::Gmt0031V1,
                Version::V4 => SignatureKind::Gbt38540,
                Version::V5 => SignatureKind::Gmt0031V5,
            },
            listed: signature.seal().cert_list().lists(certificate),
            seal,
            signer: CertificateFacts::read(certificate),
            fit: Fit::of(certificate, signature.algorithm(), signature.signed_bytes(), value),
            time: signature.time_info().claimed(),
            data_hash: signature.data_hash(),
            property_info: signature.property_info().to_owned(),
            time_stamp: signature.time_stamp().map(|token| StampFacts::read(token, value)),
            der: signature.raw().to_vec(),
            deviations,
        })
    }
}
