//! Object identifiers (对象标识符) of seals and SignedData, as content octets.

/// SM3withSM2, 1.2.156.10197.1.501.
pub const SM3_WITH_SM2: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x75];
/// SM2 signature, 1.2.156.10197.1.301.1, which some name as the algorithm.
pub const SM2_SIGN: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x82, 0x2D, 1];
/// SM2, 1.2.156.10197.1.301, likewise.
pub const SM2: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x82, 0x2D];
/// 1.2.156.10197.501: SM3withSM2 with an arc missing, as one widespread library had it.
pub const SM3_WITH_SM2_TYPO: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x83, 0x75];
/// SM3, 1.2.156.10197.1.401.
pub const SM3: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x11];

/// GB/T 35275 data, 1.2.156.10197.6.1.4.2.1.
pub const GM_DATA: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 6, 1, 4, 2, 1];
/// GB/T 35275 signedData, 1.2.156.10197.6.1.4.2.2.
pub const GM_SIGNED_DATA: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 6, 1, 4, 2, 2];
/// PKCS#7 data, 1.2.840.113549.1.7.1.
pub const PKCS7_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
/// PKCS#7 signedData, 1.2.840.113549.1.7.2.
pub const PKCS7_SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];
/// TSTInfo, 1.2.840.113549.1.9.16.1.4.
pub const TST_INFO: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 1, 4];
/// Attribute contentType, 1.2.840.113549.1.9.3.
pub const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 3];
/// Attribute messageDigest, 1.2.840.113549.1.9.4.
pub const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 4];
/// Attribute signingTime, 1.2.840.113549.1.9.5.
pub const SIGNING_TIME: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 5];
/// Attribute signingCertificate, 1.2.840.113549.1.9.16.2.12.
pub const ESS_V1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 2, 12];
/// Attribute signingCertificateV2, 1.2.840.113549.1.9.16.2.47.
pub const ESS_V2: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 2, 47];
/// Attribute timeStampToken, 1.2.840.113549.1.9.16.2.14.
pub const TIME_STAMP_TOKEN: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 2, 14];

/// True for an algorithm that means SM3withSM2, in any of the ways real files name it.
#[must_use]
pub fn is_sm2_signature(content: &[u8]) -> bool {
    [SM3_WITH_SM2, SM2_SIGN, SM2, SM3_WITH_SM2_TYPO].contains(&content)
}
