//! Judging a seal (印章验证), formats.md §3.2.

use std::sync::Arc;

use eseal_ses::Version;
use jiff::Timestamp;

use super::{
    answer::{Answer, Checks},
    certificate::{Domain, Holder, check_certificate},
    moment::Moment,
    region, stamp,
    trust::Trust,
    value,
};
use crate::{
    CheckCode, Policy, SealValidityAt, SubIndication,
    value::{Fit, SealFacts},
};

/// Which times a seal is judged at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SealMoments {
    /// For its maker's certificate.
    pub(crate) maker: Moment,
    /// For its validity.
    pub(crate) validity: Moment,
}

impl SealMoments {
    /// A seal by itself.
    pub(crate) const fn at(now: Timestamp) -> Self {
        Self { maker: Moment::now(now), validity: Moment::now(now) }
    }

    /// The seal inside a signature.
    pub(crate) const fn in_signature(signature: Moment, policy: &Policy, now: Timestamp) -> Self {
        let validity = match policy.seal_validity_at {
            SealValidityAt::Now => Moment::now(now),
            SealValidityAt::SigningTime => signature,
        };
        Self { maker: signature, validity }
    }
}

/// Adds all checks of a seal.
pub(crate) fn check_seal(
    seal: &Result<Arc<SealFacts>, String>,
    moments: &SealMoments,
    trust: &Trust<'_>,
    policy: &Policy,
    checks: &mut Checks,
) -> Domain {
    match seal {
        Ok(facts) => {
            checks.add(CheckCode::SealFormat, format(facts));
            check_content(facts, moments, trust, policy, checks)
        }
        Err(problem) => {
            let answer = Answer::failed(SubIndication::FormatFailure, "印章数据无法解析", "the seal cannot be read");
            checks.add(CheckCode::SealFormat, answer.with_evidence(problem.clone()));
            Domain::default()
        }
    }
}

/// The answer on a seal that could be read.
pub(super) fn format(facts: &SealFacts) -> Answer {
    let answer = Answer::passed("印章数据格式正确", "the seal can be read");
    answer.with_evidence(facts.deviations.join(", "))
}

/// Adds all checks of a seal but that of its format.
pub(super) fn check_content(
    facts: &SealFacts,
    moments: &SealMoments,
    trust: &Trust<'_>,
    policy: &Policy,
    checks: &mut Checks,
) -> Domain {
    checks.add(CheckCode::SealMakerSignature, maker_signature(facts.maker_fit));
    let stamp = facts
        .time_stamp
        .as_ref()
        .map(|token| stamp::check(token, Some(facts.created), moments.maker.latest, trust, policy));
    let maker = match facts.version {
        Version::V1 | Version::V4 => moments.maker,
        Version::V5 => {
            checks.add(CheckCode::SealCreateDate, create_date(facts, &moments.maker));
            at_creation(facts, &moments.maker, stamp.as_ref().and_then(|(_, at)| *at))
        }
    };
    let der = facts.view.maker.as_ref().map(|maker| &maker.der[..]);
    let domain = check_certificate(Holder::Maker, der, &maker, trust, policy, checks);
    checks.add(
        CheckCode::SealValidity,
        moments.validity.check_period("印章", "the seal", facts.valid_start, facts.valid_end),
    );
    region::check_status(facts, &domain, &moments.validity, trust, checks);
    if let Some((answer, _)) = stamp {
        checks.add(CheckCode::SealTimestamp, answer);
    }
    domain
}

fn maker_signature(fit: Fit) -> Answer {
    let unreadable = Answer::failed(
        SubIndication::NoSigningCertificateFound,
        "印章中没有可读取的制章人证书和签名",
        "the seal has no readable maker's certificate and signature",
    );
    if fit == Fit::Good {
        return Answer::passed("制章人签名值正确", "the maker's signature fits the seal");
    }
    value::answer(fit, ("制章人签名值", "the maker's signature of the seal"), unreadable)
}

/// GM/T 0031—2025: what a seal says of its making must be possible.
fn create_date(facts: &SealFacts, moment: &Moment) -> Answer {
    let answer = if facts.created <= moment.latest && facts.created <= facts.valid_end {
        Answer::passed("印章制作日期合理", "the seal's creation date makes sense")
    } else {
        Answer::failed(
            SubIndication::SigConstraintsFailure,
            "印章制作日期不合理",
            "the seal's creation date makes no sense",
        )
    };
    answer.with_evidence(facts.created.to_string())
}

/// GM/T 0031—2025: the maker's certificate had to be good when the seal was made, which is the maker's claim; a good
/// time stamp of the seal proves that it was made by then.
fn at_creation(facts: &SealFacts, moment: &Moment, stamped: Option<Timestamp>) -> Moment {
    let latest = stamped.unwrap_or(moment.latest).min(moment.latest);
    Moment { claimed: Some(facts.created), latest, ..*moment }
}
