//! Extensions of issued certificates (证书扩展).

use eseal_asn1::write;

use super::{CertificateTemplate, Profile};
use crate::{key_usage::KeyUsage, oid};

/// The extension authorityInfoAccess (机构信息访问): where status responses and the issuer's certificate can be had.
#[must_use]
pub fn authority_info_access(ocsp_url: Option<&str>, issuer_url: Option<&str>) -> Vec<u8> {
    let description =
        |method: &[u8], url: &str| write::sequence(&[&write::oid(method), &write::implicit(6, url.as_bytes())]);
    let ocsp = ocsp_url.map(|url| description(oid::ACCESS_OCSP, url));
    let issuer = issuer_url.map(|url| description(oid::ACCESS_CA_ISSUERS, url));
    let all: Vec<Vec<u8>> = ocsp.into_iter().chain(issuer).collect();
    extension(oid::AUTHORITY_INFO_ACCESS, false, &write::sequence_of(&all))
}

/// SEQUENCE OF Extension of a certificate; `more` are further ones, DER.
pub(super) fn of_certificate(template: &CertificateTemplate<'_>, issuer_key: &[u8], more: &[Vec<u8>]) -> Vec<u8> {
    let (ca, path_len) = match template.profile {
        Profile::Root => (true, None),
        Profile::Intermediate { path_len } => (true, Some(path_len)),
        _ => (false, None),
    };
    let mut extensions = vec![
        extension(oid::SUBJECT_KEY_IDENTIFIER, false, &write::octet_string(&key_id(template.public_key))),
        authority_key_id(issuer_key),
        extension(oid::BASIC_CONSTRAINTS, true, &basic_constraints(ca, path_len)),
        extension(oid::KEY_USAGE, true, &usage_of(template.profile).to_der()),
    ];
    let purpose = match template.profile {
        // RFC 3161, 2.3: critical, and the only purpose.
        Profile::Tsa => Some((oid::TIME_STAMPING, true)),
        Profile::OcspResponder => Some((oid::OCSP_SIGNING, false)),
        _ => None,
    };
    if let Some((purpose, critical)) = purpose {
        extensions.push(extension(oid::EXTENDED_KEY_USAGE, critical, &write::sequence(&[&write::oid(purpose)])));
    }
    if template.profile == Profile::OcspResponder {
        extensions.push(extension(oid::OCSP_NO_CHECK, false, &write::null()));
    }
    if let Some(url) = template.crl_url {
        extensions.push(extension(oid::CRL_DISTRIBUTION_POINTS, false, &distribution_points(url)));
    }
    extensions.extend_from_slice(more);
    write::sequence_of(&extensions)
}

/// `AuthorityKeyIdentifier` by key identifier.
pub(super) fn authority_key_id(issuer_key: &[u8]) -> Vec<u8> {
    extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &write::sequence(&[&write::implicit(0, &key_id(issuer_key))]))
}

/// One Extension; `critical` FALSE is left out, as DER asks.
pub(crate) fn extension(kind: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { write::boolean(true) } else { Vec::new() };
    write::sequence(&[&write::oid(kind), &critical, &write::octet_string(value)])
}

const fn usage_of(profile: Profile) -> KeyUsage {
    match profile {
        Profile::Root | Profile::Intermediate { .. } => KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN),
        Profile::SealMaker | Profile::Signer | Profile::Tsa => {
            KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION)
        }
        Profile::Phone | Profile::OcspResponder => KeyUsage::DIGITAL_SIGNATURE,
        Profile::Encryption => KeyUsage::KEY_ENCIPHERMENT.and(KeyUsage::DATA_ENCIPHERMENT),
    }
}

fn basic_constraints(ca: bool, path_len: Option<u8>) -> Vec<u8> {
    let ca = if ca { write::boolean(true) } else { Vec::new() };
    let path_len = path_len.map(|length| write::integer(&[length])).unwrap_or_default();
    write::sequence(&[&ca, &path_len])
}

/// One DistributionPoint with one URI.
fn distribution_points(url: &str) -> Vec<u8> {
    let name = write::implicit(6, url.as_bytes());
    let full_name = write::context(0, &name);
    let point = write::sequence(&[&write::context(0, &full_name)]);
    write::sequence(&[&point])
}

/// Key identifier (密钥标识): the first 20 bytes of SM3 of the public key, as long as RFC 5280's.
fn key_id(public_key: &[u8]) -> Vec<u8> {
    eseal_gm::sm3(public_key).into_iter().take(20).collect()
}
