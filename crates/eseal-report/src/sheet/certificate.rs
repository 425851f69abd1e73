//! What is told of a certificate (证书信息).

use eseal::{CertificateFacts, Evidence};
use eseal_gm::Hash;
use eseal_pki::{Certificate, Chain, KeyUsage, PublicKey, Usage, check_path};
use jiff::Timestamp;

use super::{Fact, limits, moment};
use crate::Wording;

/// Facts about a certificate, and its path as far as it is known.
pub(crate) fn facts(
    wording: Wording,
    judged_at: Timestamp,
    evidence: Option<&Evidence>,
    shown: &CertificateFacts,
) -> Vec<Fact> {
    let say = |zh: &'static str, en: &'static str| wording.language.choose(zh, en);
    let read = Certificate::from_der(&shown.der).ok();
    let mut facts = vec![
        Fact::new(say("主体", "Subject"), wording.shown(&shown.subject)),
        Fact::new(say("颁发者", "Issuer"), wording.shown(&shown.issuer)),
        Fact::code(say("序列号", "Serial number"), &shown.serial),
        Fact::new(
            say("有效期", "Validity"),
            format!("{} {} {}", moment(shown.not_before), say("至", "to"), moment(shown.not_after)),
        ),
    ];
    if let Some(certificate) = &read {
        facts.push(Fact::new(say("密钥", "Key"), key_words(&certificate.public_key, say)));
        facts.push(Fact::new(say("密钥用途", "Key use"), usage_words(certificate, say)));
    }
    facts.push(Fact::code(say("SM3 指纹", "SM3 fingerprint"), hex::encode(shown.sm3)));
    facts.push(Fact::code(say("SHA-256 指纹", "SHA-256 fingerprint"), hex::encode(Hash::Sha256.digest(&shown.der))));
    if let (Some(certificate), Some(evidence)) = (&read, evidence) {
        facts.push(Fact::new(say("证书链", "Path"), path_words(wording, judged_at, certificate, evidence)));
    }
    facts
}

fn key_words(key: &PublicKey<'_>, say: impl Fn(&'static str, &'static str) -> &'static str) -> String {
    match key {
        PublicKey::Sm2(_) => "SM2".to_owned(),
        PublicKey::P256(_) => "ECDSA P-256".to_owned(),
        PublicKey::P384(_) => "ECDSA P-384".to_owned(),
        PublicKey::Rsa { modulus, .. } => {
            let digits = modulus.iter().skip_while(|byte| **byte == 0).count();
            format!("RSA {}", digits.saturating_mul(8))
        }
        _ => say("其他算法", "another algorithm").to_owned(),
    }
}

fn usage_words(certificate: &Certificate<'_>, say: impl Fn(&'static str, &'static str) -> &'static str) -> String {
    let names = [
        (KeyUsage::DIGITAL_SIGNATURE, say("数字签名", "digital signature")),
        (KeyUsage::NON_REPUDIATION, say("抗抵赖", "non-repudiation")),
        (KeyUsage::KEY_ENCIPHERMENT, say("密钥加密", "key encipherment")),
        (KeyUsage::DATA_ENCIPHERMENT, say("数据加密", "data encipherment")),
        (KeyUsage::KEY_AGREEMENT, say("密钥协商", "key agreement")),
        (KeyUsage::KEY_CERT_SIGN, say("签发证书", "certificate signing")),
        (KeyUsage::CRL_SIGN, say("签发吊销列表", "CRL signing")),
    ];
    match certificate.extensions.key_usage {
        None => say("未说明", "not stated").to_owned(),
        Some(usage) => {
            let held: Vec<&str> = names.iter().filter(|(one, _)| usage.any(*one)).map(|(_, name)| *name).collect();
            held.join(say("、", ", "))
        }
    }
}

/// From the certificate to the anchor, or to where the path ends.
fn path_words(wording: Wording, at: Timestamp, certificate: &Certificate<'_>, evidence: &Evidence) -> String {
    let say = |zh: &'static str, en: &'static str| wording.language.choose(zh, en);
    let anchors: Vec<_> =
        evidence.anchors.iter().filter_map(|anchor| Certificate::from_der(&anchor.certificate).ok()).collect();
    let helpers: Vec<_> = evidence.intermediates.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
    let path = check_path(certificate, &helpers, &anchors, &[], at, Usage::Sign);
    let names: Vec<String> = path.links.iter().take(limits::PATH).map(|link| wording.shown(&link.subject)).collect();
    let end = match path.chain {
        Chain::Trusted { .. } => say("（信任锚）", " (trust anchor)"),
        Chain::NotFound => say(" → 未找到受信任的颁发者", " → no trusted issuer found"),
        Chain::SignatureBad => say(" → 颁发者的签名不符", " → the issuer's signature does not fit"),
        _ => say(" → 未能验证", " → could not be checked"),
    };
    format!("{}{end}", names.join(" → "))
}
