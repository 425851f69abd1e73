//! Object identifiers of certificates, as their content octets.

use eseal_gm::Hash;

pub(crate) const COMMON_NAME: &[u8] = &[0x55, 4, 3];
pub(crate) const COUNTRY: &[u8] = &[0x55, 4, 6];
pub(crate) const LOCALITY: &[u8] = &[0x55, 4, 7];
pub(crate) const PROVINCE: &[u8] = &[0x55, 4, 8];
pub(crate) const ORGANIZATION: &[u8] = &[0x55, 4, 10];
pub(crate) const ORGANIZATIONAL_UNIT: &[u8] = &[0x55, 4, 11];

/// Short names of attribute types, as they stand in one-line names.
pub(crate) const ATTRIBUTE_NAMES: &[(&[u8], &str)] = &[
    (COMMON_NAME, "CN"),
    (&[0x55, 4, 4], "SN"),
    (&[0x55, 4, 5], "serialNumber"),
    (COUNTRY, "C"),
    (LOCALITY, "L"),
    (PROVINCE, "ST"),
    (&[0x55, 4, 9], "street"),
    (ORGANIZATION, "O"),
    (ORGANIZATIONAL_UNIT, "OU"),
    (&[0x55, 4, 12], "title"),
    (&[0x55, 4, 42], "GN"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x01], "UID"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19], "DC"),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x01], "emailAddress"),
];

pub(crate) const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1D, 14];
pub(crate) const KEY_USAGE: &[u8] = &[0x55, 0x1D, 15];
pub(crate) const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1D, 17];
pub(crate) const ISSUER_ALT_NAME: &[u8] = &[0x55, 0x1D, 18];
pub(crate) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 19];
pub(crate) const CRL_NUMBER: &[u8] = &[0x55, 0x1D, 20];
pub(crate) const INVALIDITY_DATE: &[u8] = &[0x55, 0x1D, 24];
pub(crate) const DELTA_CRL_INDICATOR: &[u8] = &[0x55, 0x1D, 27];
pub(crate) const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1D, 28];
pub(crate) const EXPIRED_CERTS_ON_CRL: &[u8] = &[0x55, 0x1D, 60];
pub(crate) const CRL_REASON: &[u8] = &[0x55, 0x1D, 21];
pub(crate) const CRL_DISTRIBUTION_POINTS: &[u8] = &[0x55, 0x1D, 31];
pub(crate) const CERTIFICATE_POLICIES: &[u8] = &[0x55, 0x1D, 32];
pub(crate) const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1D, 35];
pub(crate) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1D, 37];
/// 1.3.6.1.5.5.7.1.1.
pub(crate) const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 1, 1];
/// 1.3.6.1.5.5.7.48.1.
pub(crate) const ACCESS_OCSP: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 48, 1];
/// 1.3.6.1.5.5.7.48.2.
pub(crate) const ACCESS_CA_ISSUERS: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 48, 2];
/// 1.3.6.1.5.5.7.3.8.
pub(crate) const TIME_STAMPING: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 3, 8];

/// 1.3.6.1.5.5.7.3.9.
pub(crate) const OCSP_SIGNING: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 3, 9];
/// 1.3.6.1.5.5.7.48.1.1.
pub(crate) const OCSP_BASIC: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 48, 1, 1];
/// 1.3.6.1.5.5.7.48.1.2.
pub(crate) const OCSP_NONCE: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 48, 1, 2];
/// 1.3.6.1.5.5.7.48.1.3: which list the answer rests on.
pub(crate) const OCSP_CRL: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 48, 1, 3];
/// 1.3.6.1.5.5.7.48.1.5.
pub(crate) const OCSP_NO_CHECK: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 48, 1, 5];
/// 1.3.6.1.5.5.7.48.1.6.
pub(crate) const OCSP_ARCHIVE_CUTOFF: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 48, 1, 6];
/// 1.3.6.1.5.5.7.48.1.9: certificates that were never issued are answered as revoked.
pub(crate) const OCSP_EXTENDED_REVOKE: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 48, 1, 9];

/// 1.2.840.113549.1.7.2.
pub(crate) const PKCS7_SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2];
/// 1.2.840.113549.1.9.3.
pub(crate) const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 3];
/// 1.2.840.113549.1.9.4.
pub(crate) const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 4];
/// 1.2.840.113549.1.9.5.
pub(crate) const SIGNING_TIME: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 5];
/// 1.2.840.113549.1.9.16.1.4.
pub(crate) const TST_INFO: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 1, 4];
/// 1.2.840.113549.1.9.16.2.47.
pub(crate) const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 16, 2, 47];

/// 1.2.840.10045.2.1.
pub(crate) const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
/// 1.2.840.10045.3.1.7.
pub(crate) const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];
/// 1.2.840.113549.1.1.1.
pub(crate) const RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];
/// 1.2.156.10197.1.301.
pub(crate) const SM2: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x82, 0x2D];
/// 1.2.156.10197.1.301.1, which some use as a signature algorithm.
pub(crate) const SM2_SIGN: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x82, 0x2D, 1];
/// 1.2.156.10197.1.501.
pub(crate) const SM3_WITH_SM2: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 1, 0x83, 0x75];

/// 1.3.132.0.34.
pub(crate) const P384: &[u8] = eseal_gm::oid::P384.der;
/// 1.2.840.113549.1.1.10.
pub(crate) const RSA_PSS: &[u8] = eseal_gm::oid::RSA_PSS.der;
/// 1.2.840.113549.1.1.8.
pub(crate) const MGF1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 8];

/// RSA with PKCS#1 v1.5 padding, by its digest.
pub(crate) const RSA_WITH: &[(&[u8], Hash)] = &[
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 4], Hash::Md5),
    (eseal_gm::oid::RSA_SHA1.der, Hash::Sha1),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 14], Hash::Sha224),
    (eseal_gm::oid::RSA_SHA256.der, Hash::Sha256),
    (eseal_gm::oid::RSA_SHA384.der, Hash::Sha384),
    (eseal_gm::oid::RSA_SHA512.der, Hash::Sha512),
    (eseal_gm::oid::SM3_WITH_RSA.der, Hash::Sm3),
];
/// ECDSA, by its digest.
pub(crate) const ECDSA_WITH: &[(&[u8], Hash)] = &[
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 1], Hash::Sha1),
    (&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 1], Hash::Sha224),
    (eseal_gm::oid::ECDSA_SHA256.der, Hash::Sha256),
    (eseal_gm::oid::ECDSA_SHA384.der, Hash::Sha384),
    (eseal_gm::oid::ECDSA_SHA512.der, Hash::Sha512),
];
