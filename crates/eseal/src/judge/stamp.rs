//! Judging time stamps (时间戳验证), formats.md §7: what they stand on, who made them, and whether the claim agrees.

use eseal_pki::{Chain, PathReport, Period, Revocation, Usage, UsageAnswer};
use jiff::Timestamp;

use super::{answer::Answer, trust::Trust};
use crate::{
    AnchorUse, Policy, SubIndication,
    value::{Fit, StampFacts},
};

/// The answer, and the time that is proven if it is passed.
///
/// `claimed` is what the stamped structure says of its own time; `known` when the token itself is known to have existed,
/// by a later stamp over it, or now.
pub(super) fn check(
    stamp: &StampFacts,
    claimed: Option<Timestamp>,
    known: Timestamp,
    trust: &Trust<'_>,
    policy: &Policy,
) -> (Answer, Option<Timestamp>) {
    match stamp {
        StampFacts::Fits { at, authority, fit, came } => {
            let own;
            let trust = if came.is_empty() {
                trust
            } else {
                own = trust.with(came);
                &own
            };
            let made_by = |authority: &[u8]| made_by(authority, *at, known, trust, policy);
            let problem = signature(*fit)
                .or_else(|| authority.as_deref().and_then(made_by))
                .or_else(|| ahead(claimed, *at, policy))
                .or_else(|| not_yet(*at, known, policy));
            match problem {
                Some(problem) => (problem.with_evidence(at.to_string()), None),
                None => {
                    let good = Answer::passed("时间戳有效", "the time stamp is good");
                    (good.with_evidence(at.to_string()), Some(*at))
                }
            }
        }
        StampFacts::OfSomethingElse => {
            let answer = Answer::failed(
                SubIndication::HashFailure,
                "时间戳不是对该签名值作出的",
                "the time stamp stands on something else",
            );
            (answer, None)
        }
        StampFacts::Unreadable => {
            (Answer::unknown(SubIndication::FormatFailure, "时间戳无法读取", "the time stamp cannot be read"), None)
        }
    }
}

fn signature(fit: Fit) -> Option<Answer> {
    match fit {
        Fit::Good => None,
        Fit::Bad => Some(Answer::failed(
            SubIndication::SigCryptoFailure,
            "时间戳的签名不正确",
            "the signature of the time stamp does not fit",
        )),
        Fit::Weak | Fit::Unsupported | Fit::Unreadable => Some(Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            "时间戳的签名无法验证",
            "the signature of the time stamp cannot be checked",
        )),
    }
}

/// What is wrong with the authority's certificate, if anything, as of the time that it states.
fn made_by(authority: &[u8], at: Timestamp, known: Timestamp, trust: &Trust<'_>, policy: &Policy) -> Option<Answer> {
    let Some(path) = trust.path(authority, at, Usage::TimeStamp) else {
        return Some(Answer::unknown(
            SubIndication::NoSigningCertificateFound,
            "时间戳服务的证书无法读取",
            "the time-stamp authority's certificate cannot be read",
        ));
    };
    let is_trusted =
        matches!(path.chain, Chain::Trusted { anchor } if trust.domain(anchor, AnchorUse::TimeStamp).is_some());
    if !is_trusted {
        return Some(Answer::unknown(
            SubIndication::NoCertificateChainFound,
            "时间戳服务不受信任",
            "the time-stamp authority is not trusted",
        ));
    }
    if path.usage() != UsageAnswer::Allowed {
        return Some(Answer::failed(
            SubIndication::ChainConstraintsFailure,
            "时间戳服务的证书不可用于时间戳",
            "the time-stamp authority's certificate is not for time stamps",
        ));
    }
    let outside = |sub| {
        Some(Answer::failed(
            sub,
            "时间戳服务的证书在加盖时不在有效期内",
            "the time-stamp authority's certificate was not in its period when it stamped",
        ))
    };
    match path.period() {
        Period::Within => {}
        Period::NotYet => return outside(SubIndication::NotYetValid),
        _ => return outside(SubIndication::Expired),
    }
    revocation(&path, at, known, policy)
}

/// Reasons for which an authority stops that say nothing against its key: affiliationChanged, superseded,
/// cessationOfOperation (RFC 3161, 4).
const HARMLESS: [u8; 3] = [3, 4, 5];

/// A revoked authority may have dated its stamps back, unless it only went out of service, or the stamp was known to
/// exist before.
fn revocation(path: &PathReport, at: Timestamp, known: Timestamp, policy: &Policy) -> Option<Answer> {
    match path.revocation() {
        Revocation::Good => None,
        Revocation::Unknown(_) if !policy.requires_revocation(AnchorUse::TimeStamp) => None,
        Revocation::Unknown(_) => Some(Answer::unknown(
            SubIndication::TryLater,
            "时间戳服务证书的吊销状态未知",
            "whether the time-stamp authority's certificate is revoked is not known",
        )),
        revoked @ Revocation::Revoked { since, reason, .. } => {
            let is_harmless = reason.is_some_and(|reason| HARMLESS.contains(&reason)) && at < since;
            let was_known = revoked.counts_from().is_some_and(|from| known < from);
            (!is_harmless && !was_known).then(|| {
                Answer::unknown(
                    SubIndication::RevokedNoPoe,
                    "时间戳服务的证书已被吊销",
                    "the time-stamp authority's certificate is revoked",
                )
            })
        }
    }
}

fn ahead(claimed: Option<Timestamp>, at: Timestamp, policy: &Policy) -> Option<Answer> {
    let is_ahead = claimed.is_some_and(|claimed| claimed.duration_since(at) > policy.max_clock_skew());
    is_ahead.then(|| {
        Answer::failed(
            SubIndication::SigConstraintsFailure,
            "所称时间晚于时间戳",
            "the claimed time is later than the time stamp",
        )
    })
}

fn not_yet(at: Timestamp, known: Timestamp, policy: &Policy) -> Option<Answer> {
    (at.duration_since(known) > policy.max_clock_skew()).then(|| {
        Answer::failed(
            SubIndication::TimestampOrderFailure,
            "时间戳晚于已知其存在的时间",
            "the time stamp is later than the time by which it is known to exist",
        )
    })
}
