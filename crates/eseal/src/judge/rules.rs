//! What a policy asks beyond the standards (策略要求).  A policy that asks nothing adds no check.

use eseal_pki::{Certificate, PublicKey};

use super::{
    answer::{Answer, Checks},
    certificate::Domain,
    ofd,
};
use crate::{
    CheckCode, Policy, SubIndication,
    examine::{Examined, Frame},
    value::Value,
};

/// The answer where a policy asks for proof of time and there is none.
pub(super) fn no_time_stamp() -> Answer {
    Answer::unknown(
        SubIndication::NoPoe,
        "策略要求时间证明，而没有可信的时间戳或存证记录",
        "the policy asks for proof of time, and there is neither a good time stamp nor an entry of a trusted log",
    )
}

/// Adds the checks that `policy` asks for.
pub(super) fn check(examined: &Examined, position: usize, domain: &Domain, policy: &Policy, checks: &mut Checks) {
    if policy.algorithms.is_some() || policy.min_rsa_bits > 2_048 {
        checks.add(CheckCode::PolicyAlgorithm, algorithms(&keys(examined, position), policy));
    }
    if let Some(regions) = &policy.regions {
        checks.add(CheckCode::PolicyRegion, region(domain, regions));
    }
    if let Some(tolerated) = &policy.tolerated_deviations {
        let found = deviations(examined);
        checks.add(CheckCode::PolicyDeviation, tolerance(&found, tolerated));
    }
}

/// Certificates whose keys signed, DER.
fn keys(examined: &Examined, position: usize) -> Vec<Vec<u8>> {
    match &examined.value {
        Value::Ses(facts) => {
            let certificates = facts.signer.iter().chain(&facts.seal.view.maker);
            certificates.map(|certificate| certificate.der.clone()).collect()
        }
        Value::Cms(facts) => {
            let signer = facts.signers.get(position).and_then(|signer| signer.certificate.as_ref());
            signer.map(|certificate| certificate.der.clone()).into_iter().collect()
        }
        Value::Raw(_) | Value::Unreadable(_) => Vec::new(),
    }
}

fn algorithms(certificates: &[Vec<u8>], policy: &Policy) -> Answer {
    let unacceptable = certificates.iter().find_map(|der| {
        let (name, bits) = key(der);
        let listed = policy.algorithms.as_ref().is_none_or(|list| list.iter().any(|listed| listed == name));
        let long = bits.is_none_or(|bits| bits >= policy.min_rsa_bits);
        let size = bits.map(|bits| format!(" {bits}")).unwrap_or_default();
        (!listed || !long).then(|| format!("{name}{size}"))
    });
    match unacceptable {
        None if certificates.is_empty() => Answer::unknown(
            SubIndication::NoSigningCertificateFound,
            "没有可读取的证书，不能确认算法",
            "there is no readable certificate, so the algorithm cannot be told",
        ),
        None => Answer::passed("策略允许所用的算法和密钥", "the policy allows algorithms and keys"),
        Some(what) => Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            "策略不允许所用的算法或密钥长度",
            "the policy does not allow the algorithm or the length of the key",
        )
        .with_evidence(what),
    }
}

/// Name of a certificate's key, and its length if that is of RSA.
fn key(der: &[u8]) -> (&'static str, Option<u32>) {
    let Ok(certificate) = Certificate::from_der(der) else { return ("", None) };
    match certificate.public_key {
        PublicKey::Sm2(_) => ("SM2", None),
        PublicKey::P256(_) | PublicKey::P384(_) => ("ECDSA", None),
        PublicKey::Rsa { modulus, .. } => {
            let digits: Vec<u8> = modulus.iter().copied().skip_while(|byte| *byte == 0).collect();
            let leading = digits.first().map_or(0, |byte| byte.leading_zeros());
            let bytes = u32::try_from(digits.len()).unwrap_or(u32::MAX);
            ("RSA", Some(bytes.saturating_mul(8).saturating_sub(leading)))
        }
        _ => ("", None),
    }
}

fn region(domain: &Domain, regions: &[String]) -> Answer {
    if regions.iter().any(|region| *region == domain.region && !region.is_empty()) {
        return Answer::passed("策略允许该区域", "the policy allows the region");
    }
    Answer::unknown(
        SubIndication::SigConstraintsFailure,
        "策略没有列出该印章或签章人所属的区域",
        "the policy does not list the region of the seal or the signer",
    )
    .with_evidence(domain.region.clone())
}

fn tolerance(found: &[String], tolerated: &[String]) -> Answer {
    let others: Vec<&str> = found.iter().filter(|name| !tolerated.contains(name)).map(String::as_str).collect();
    if others.is_empty() {
        return Answer::passed("没有策略不容许的偏差", "there is no deviation that the policy does not tolerate");
    }
    Answer::unknown(
        SubIndication::FormatFailure,
        "有策略不容许的偏差",
        "there is a deviation that the policy does not tolerate",
    )
    .with_evidence(others.join(", "))
}

/// Names of all deviations.
fn deviations(examined: &Examined) -> Vec<String> {
    let own = match &examined.value {
        Value::Ses(facts) => &facts.deviations[..],
        Value::Cms(facts) => &facts.deviations[..],
        Value::Raw(_) | Value::Unreadable(_) => &[],
    };
    own.iter().cloned().chain(deviations_around(examined)).collect()
}

/// Names of the deviations of the document around the value.
pub(super) fn deviations_around(examined: &Examined) -> Vec<String> {
    let mut list = examined.deviations.clone();
    if let (Value::Ses(facts), Frame::Ofd(frame)) = (&examined.value, &examined.frame)
        && !ofd::names(&facts.property_info, &frame.path)
    {
        list.push("PROPERTY_INFO".into());
    }
    list
}
