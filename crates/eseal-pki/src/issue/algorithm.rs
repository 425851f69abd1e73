//! How whoever signs signs (签名算法).

use eseal_asn1::write;
use eseal_gm::{Hash, oid};

use super::template;

/// Algorithm of a signature that a closure makes (签名算法).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// SM3withSM2 with the default ID, DER `SEQUENCE{r,s}`.
    #[default]
    Sm3WithSm2,
    /// RSA with SHA-256, PKCS#1 v1.5.
    Sha256WithRsa,
    /// ECDSA with SHA-256, DER `SEQUENCE{r,s}`.
    Sha256WithEcdsa,
}

impl SigningAlgorithm {
    /// DER of its AlgorithmIdentifier.
    #[must_use]
    pub fn identifier(self) -> Vec<u8> {
        match self {
            Self::Sm3WithSm2 => template::signature_algorithm(),
            Self::Sha256WithRsa => write::sequence(&[&write::oid(oid::RSA_SHA256.der), &write::null()]),
            Self::Sha256WithEcdsa => write::sequence(&[&write::oid(oid::ECDSA_SHA256.der)]),
        }
    }

    /// The digest that goes with it.
    #[must_use]
    pub const fn hash(self) -> Hash {
        match self {
            Self::Sm3WithSm2 => Hash::Sm3,
            Self::Sha256WithRsa | Self::Sha256WithEcdsa => Hash::Sha256,
        }
    }
}
