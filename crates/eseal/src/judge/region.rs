//! What a region accepts and says (区域认可): structure, algorithm, the signer's authority, the status of the seal.
//!
//! Only a trust bundle asks these questions: without rules there is no answer to give, and no check.

use eseal_pki::{Certificate, PublicKey};
use eseal_ses::Version;

use super::{
    answer::{Answer, Checks},
    certificate::Domain,
    moment::{Ended, Moment},
    trust::Trust,
};
use crate::{
    AnchorUse, CheckCode, SignatureKind, SubIndication,
    status::{SealStatement, StatedStatus},
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

/// What is said of the seal by its region, if that must be asked, or by whoever issued it and keeps its records.
///
/// Records of one's own are heard only on what speaks against a seal: that nothing does is no confirmation.
pub(super) fn check_status(facts: &SealFacts, maker: &Domain, moment: &Moment, trust: &Trust<'_>, checks: &mut Checks) {
    let seal = eseal_gm::sm3(&facts.view.der);
    let asked = trust.rules(&maker.region).filter(|rules| rules.status.is_some());
    let answer = match asked {
        Some(rules) => {
            let name = &rules.name;
            trust.statement(Some(name), &facts.view.code, &seal).map_or_else(
                || silent(name, "没有答复该印章的状态", "has not said whether the seal is usable"),
                |stated| told(stated, name, moment),
            )
        }
        None => match trust.statement(None, &facts.view.code, &seal) {
            Some(stated) if stated.status.is_adverse() => told(stated, &stated.region, moment),
            _ => return,
        },
    };
    checks.add(CheckCode::SealStatus, answer);
}

fn told(stated: &SealStatement, region: &str, moment: &Moment) -> Answer {
    let seal = ("印章", "the seal");
    let answer = match stated.status {
        // Whether it is expired now is the business of SEAL_VALIDITY.
        StatedStatus::Active | StatedStatus::Expired => {
            Answer::passed("发章地区确认印章状态正常", "the region that issued the seal confirms it")
        }
        StatedStatus::Frozen => ended(stated, moment, seal, Ended { zh: "冻结", en: "frozen" }),
        StatedStatus::Revoked => ended(stated, moment, seal, Ended { zh: "注销", en: "revoked" }),
        StatedStatus::Uncollected => Answer::failed(
            SubIndication::SigConstraintsFailure,
            "印章尚未领取，不应被使用",
            "the seal was not collected yet, so nobody should have used it",
        ),
        StatedStatus::Unknown => silent(region, "不知道该印章", "does not know the seal"),
    };
    let since = stated.since.map(|since| format!(" since {since}")).unwrap_or_default();
    answer.with_evidence(format!("{region} {}{since} @ {}", stated.status.as_str(), stated.this_update))
}

/// A seal that is of no use any more: whether it was when it was used depends on since when, and on proof of time.
fn ended(stated: &SealStatement, moment: &Moment, (zh, en): (&str, &str), how: Ended) -> Answer {
    let Ended { zh: how_zh, en: how_en } = how;
    match (stated.since, moment.claimed) {
        (Some(since), _) => moment.check_since((zh, en), how, since),
        (None, Some(_)) => Answer::unknown(
            SubIndication::RevokedNoPoe,
            format!("{zh}已被{how_zh}，但不知从何时起，无法确认签章时是否可用"),
            format!(
                "{en} is {how_en}, and since when is not known: it may have been usable when the signature was made"
            ),
        ),
        (None, None) => {
            Answer::failed(SubIndication::Revoked, format!("{zh}已被{how_zh}"), format!("{en} is {how_en}"))
        }
    }
}

fn silent(region: &str, zh: &str, en: &str) -> Answer {
    Answer::unknown(SubIndication::TryLater, format!("{region}{zh}"), format!("{region} {en}"))
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
