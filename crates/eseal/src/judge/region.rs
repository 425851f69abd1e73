//! What a region accepts and says (区域认可): structure, algorithm, the signer's authority, the status of the seal.
//!
//! Only a trust bundle asks these questions: without rules there is no answer to give, and no check.

use eseal_pki::{Certificate, PublicKey};
use eseal_ses::Version;

use super::{
    answer::{Answer, Checks},
    certificate::Domain,
    moment::Moment,
    trust::Trust,
};
use crate::{
    AnchorUse, CheckCode, SignatureKind, SubIndication,
    status::StatedStatus,
    value::{CmsFacts, SealFacts, SesFacts},
};

/// Adds the check of a seal by itself.
pub(super) fn check_seal(facts: &SealFacts, maker: &Domain, trust: &Trust<'_>, checks: &mut Checks) {
    accept(kind_of(facts), &[maker_der(facts)], maker, None, trust, checks);
}

/// Adds the check of a seal signature: the region is the maker's.
pub(super) fn check_ses(facts: &SesFacts, maker: &Domain, signer: &Domain, trust: &Trust<'_>, checks: &mut Checks) {
    let signer_der = facts.signer.as_ref().map(|signer| &signer.der[..]);
    accept(facts.kind, &[maker_der(&facts.seal), signer_der], maker, Some(signer), trust, checks);
}

/// Adds the check of a SignedData: the region is the signer's.
pub(super) fn check_cms(facts: &CmsFacts, position: usize, signer: &Domain, trust: &Trust<'_>, checks: &mut Checks) {
    let certificate = facts.signers.get(position).and_then(|signer| signer.certificate.as_ref());
    accept(facts.kind(), &[certificate.map(|certificate| &certificate.der[..])], signer, None, trust, checks);
}

/// Whether the region of `domain` accepts what is there; no check if it has no rules, or no region is reached.
fn accept(
    kind: SignatureKind,
    certificates: &[Option<&[u8]>],
    domain: &Domain,
    signer: Option<&Domain>,
    trust: &Trust<'_>,
    checks: &mut Checks,
) {
    let Some(rules) = trust.rules(&domain.region) else { return };
    let refused = |sub, zh: String, en: String, evidence: &str| Answer::unknown(sub, zh, en).with_evidence(evidence);
    let region = &rules.name;
    let mut algorithms = certificates.iter().flatten().map(|der| algorithm(der));
    let answer = if !rules.structures.contains(&kind) {
        refused(
            SubIndication::SigConstraintsFailure,
            format!("{region}不认可这种结构的印章或签名"),
            format!("{region} does not accept seals or signatures of this structure"),
            kind.as_str(),
        )
    } else if let Some(other) = algorithms.find(|name| rules.algorithms.iter().all(|listed| listed != name)) {
        refused(
            SubIndication::CryptoConstraintsFailure,
            format!("{region}不认可所用的签名算法"),
            format!("{region} does not accept the algorithm that was used"),
            other,
        )
    } else if signer.and_then(|signer| signer.anchor).is_some_and(|anchor| !rules.trusts(AnchorUse::Signer, &anchor)) {
        refused(
            SubIndication::ChainConstraintsFailure,
            format!("{region}不认可签章人证书的颁发机构"),
            format!("{region} does not accept the authority that certified the signer"),
            "",
        )
    } else {
        let (zh, en) = (
            format!("{region}认可其结构、算法和证书颁发机构"),
            format!("{region} accepts its structure, its algorithms and the authorities behind it"),
        );
        Answer::passed(zh, en).with_evidence(kind.as_str())
    };
    checks.add(CheckCode::RegionAccepts, answer);
}

/// What the region of the seal says of it, if it must be asked.
pub(super) fn check_status(facts: &SealFacts, maker: &Domain, moment: &Moment, trust: &Trust<'_>, checks: &mut Checks) {
    let Some(rules) = trust.rules(&maker.region) else { return };
    if rules.status.is_none() {
        return;
    }
    let unknown = |zh: &str, en: &str| {
        let (zh, en) = (format!("{}{zh}", rules.name), format!("{} {en}", rules.name));
        Answer::unknown(SubIndication::TryLater, zh, en)
    };
    let seal = eseal_gm::sm3(&facts.view.der);
    let answer = match trust.statement(&rules.name, &facts.view.code, &seal) {
        None => unknown("没有答复该印章的状态", "has not said whether the seal is usable"),
        Some(stated) => {
            let evidence = format!("{} {} @ {}", rules.name, stated.status.as_str(), stated.this_update);
            let answer = match stated.status {
                // Whether it is expired now is the business of SEAL_VALIDITY.
                StatedStatus::Active | StatedStatus::Expired => {
                    Answer::passed("发章地区确认印章状态正常", "the region that issued the seal confirms it")
                }
                StatedStatus::Frozen | StatedStatus::Revoked => match stated.since {
                    Some(since) => moment.check_since("印章", "the seal", since),
                    None => {
                        Answer::failed(SubIndication::Revoked, "印章已被冻结或注销", "the seal is frozen or revoked")
                    }
                },
                StatedStatus::Uncollected => Answer::failed(
                    SubIndication::SigConstraintsFailure,
                    "印章尚未领取，不应被使用",
                    "the seal was not collected yet, so nobody should have used it",
                ),
                StatedStatus::Unknown => unknown("不知道该印章", "does not know the seal"),
            };
            answer.with_evidence(evidence)
        }
    };
    checks.add(CheckCode::SealStatus, answer);
}

const fn kind_of(facts: &SealFacts) -> SignatureKind {
    match facts.version {
        Version::V1 => SignatureKind::Gmt0031V1,
        Version::V4 => SignatureKind::Gbt38540,
        Version::V5 => SignatureKind::Gmt0031V5,
    }
}

fn maker_der(facts: &SealFacts) -> Option<&[u8]> {
    facts.view.maker.as_ref().map(|maker| &maker.der[..])
}

fn algorithm(certificate: &[u8]) -> &'static str {
    match Certificate::from_der(certificate).map(|certificate| certificate.public_key) {
        Ok(PublicKey::Sm2(_)) => "SM2",
        Ok(PublicKey::Rsa { .. }) => "RSA",
        Ok(PublicKey::P256(_) | PublicKey::P384(_)) => "ECDSA",
        _ => "OTHER",
    }
}
