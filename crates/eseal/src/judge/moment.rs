//! Which time counts (判断时点), formats.md §3.4 step f and the rule on proof of time.

use eseal_pki::{Revocation, reason_name};
use jiff::{SignedDuration, Timestamp};

use super::answer::Answer;
use crate::{AnchorUse, Policy, SubIndication};

/// Offset of Chinese time: some writers label local time as UTC (formats.md Q11).
const ZONE_DOUBT: SignedDuration = SignedDuration::from_hours(8);

/// How something came to its end (终止方式), in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

/// A certificate, by its issuer.
const REVOKED: Ended = Ended { zh: "吊销", en: "revoked" };

/// The times of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When it says it was made; none for a seal by itself.
    pub(crate) claimed: Option<Timestamp>,
    /// When it is known to have existed: by proof, or else now.
    pub(crate) latest: Timestamp,
    /// True if the claim is believed.
    pub(crate) believes_claim: bool,
    /// When it is judged.
    pub(crate) now: Timestamp,
}

impl Moment {
    /// `now`, nothing claimed.
    pub(crate) const fn now(now: Timestamp) -> Self {
        Self { claimed: None, latest: now, believes_claim: false, now }
    }

    /// Times of a signature: `proven` is the earliest time at which it is known to have existed.
    pub(crate) fn of_signature(
        claimed: Option<Timestamp>,
        proven: Option<Timestamp>,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        Self { claimed, latest: proven.unwrap_or(now).min(now), believes_claim: policy.trust_claimed_time, now }
    }

    /// The time that certificates and seals are judged at.
    pub(crate) fn at(&self) -> Timestamp {
        self.claimed.filter(|_| self.believes_claim).unwrap_or(self.latest)
    }

    /// Whether something was in its period.  `zh` and `en` name it.
    pub(crate) fn check_period(&self, zh: &str, en: &str, first: Timestamp, last: Timestamp) -> Answer {
        let evidence = format!("{first}..{last}");
        let answer = match place(self.at(), first, last) {
            Place::Before => early(zh, en),
            Place::Within if self.claimed.is_some_and(|claimed| place(claimed, first, last) == Place::Before) => {
                early(zh, en)
            }
            Place::Within if place(self.now, first, last) == Place::After => Answer::passed(
                format!("{zh}在签章时处于有效期内，现已过期"),
                format!("{en} was in its period when the signature was made; it has expired since"),
            ),
            Place::Within => Answer::passed(format!("{zh}在有效期内"), format!("{en} is in its period")),
            Place::After => match self.claimed {
                Some(claimed) if !self.believes_claim && place(claimed, first, last) == Place::Within => {
                    Answer::unknown(
                        SubIndication::OutOfBoundsNoPoe,
                        format!("{zh}已过期；签章所称时间在其有效期内，但没有时间证明"),
                        format!(
                            "{en} has expired; at the claimed time it was in its period, but nothing proves that time"
                        ),
                    )
                }
                _ => Answer::failed(SubIndication::Expired, format!("{zh}已过期"), format!("{en} has expired")),
            },
        };
        answer.with_evidence(evidence)
    }

    /// Whether a certificate was revoked when it was used.
    ///
    /// formats.md §3.4 decides.  Revoked before the claimed time is a failure, with or without proof: by the signer's
    /// own account the key was used when it counted no more, and nothing that could be proven would make it earlier.
    /// Revoked after the claimed time, or with nothing claimed, it depends on proof: whoever holds a stolen key claims
    /// any time, so without a time before the revocation that is proven nothing is decided (REVOKED_NO_POE).  A
    /// revocation counts from its date, whatever its reason; from invalidityDate, if the issuer puts that earlier.
    pub(crate) fn check_revocation(
        &self,
        (zh, en): (&str, &str),
        purpose: AnchorUse,
        revocation: Revocation,
        policy: &Policy,
    ) -> Answer {
        match revocation {
            Revocation::Good => Answer::passed(format!("{zh}未被吊销"), format!("{en} is not revoked")),
            Revocation::Unknown(_) if !policy.requires_revocation(purpose) => Answer::passed(
                format!("没有{zh}的吊销信息，策略不要求"),
                format!("there is no revocation information on {en}; the policy does not ask for it"),
            ),
            Revocation::Unknown(why) => Answer::unknown(
                SubIndication::TryLater,
                format!("{zh}的吊销状态未知"),
                format!("whether {en} is revoked is not known"),
            )
            .with_evidence(format!("{why:?}")),
            Revocation::Revoked { since, reason, invalid_since } => {
                let from = revocation.counts_from().unwrap_or(since);
                let reason = reason.map(|reason| format!(", {}", reason_name(reason))).unwrap_or_default();
                let invalid = invalid_since.map(|at| format!(", invalid since {at}")).unwrap_or_default();
                self.check_since((zh, en), REVOKED, from).with_evidence(format!("since {since}{reason}{invalid}"))
            }
        }
    }

    /// Whether something that ended at `since` was still good.
    pub(super) fn check_since(&self, (zh, en): (&str, &str), ended: Ended, since: Timestamp) -> Answer {
        let Ended { zh: how_zh, en: how_en } = ended;
        if since > self.at() {
            return Answer::passed(
                format!("{zh}在签章之后才被{how_zh}"),
                format!("{en} was {how_en} only after the signature was made"),
            )
            .ended_since();
        }
        match self.claimed {
            Some(claimed) if !self.believes_claim && since > claimed => Answer::unknown(
                SubIndication::RevokedNoPoe,
                format!("{zh}已被{how_zh}；签章所称时间在{how_zh}之前，但没有时间证明"),
                format!("{en} is {how_en}; the claimed time is before that, but nothing proves that time"),
            ),
            _ => Answer::failed(SubIndication::Revoked, format!("{zh}已被{how_zh}"), format!("{en} is {how_en}")),
        }
    }

    /// Whether the claimed time lies in a period (step f).
    pub(crate) fn check_claim(&self, zh: &str, en: &str, first: Timestamp, last: Timestamp) -> Answer {
        let Some(claimed) = self.claimed else { return no_time() };
        let answer = match place(claimed, first, last) {
            Place::Within => Answer::passed(
                format!("签章时间在{zh}有效期内"),
                format!("the signing time lies in the period of {en}"),
            ),
            Place::After if claimed <= last.saturating_add(ZONE_DOUBT).unwrap_or(last) => Answer::unknown(
                SubIndication::OutOfBoundsNoPoe,
                format!("签章时间略晚于{zh}有效期，可能是时区标注有误"),
                format!("the signing time is a little after the period of {en}; its time zone may be wrong"),
            ),
            Place::Before | Place::After => Answer::failed(
                SubIndication::SigConstraintsFailure,
                format!("签章时间不在{zh}有效期内"),
                format!("the signing time lies outside the period of {en}"),
            ),
        };
        answer.with_evidence(claimed.to_string())
    }

    /// Whether the claimed time is past.
    pub(crate) fn check_not_future(&self, policy: &Policy) -> Answer {
        let Some(claimed) = self.claimed else { return no_time() };
        let (ahead, skew) = (claimed.duration_since(self.now), policy.max_clock_skew());
        let answer = if ahead <= skew {
            Answer::passed("签章时间不在将来", "the signing time is not in the future")
        } else if ahead <= ZONE_DOUBT.saturating_add(skew) {
            Answer::unknown(
                SubIndication::SigConstraintsFailure,
                "签章时间晚于当前时间，可能是时区标注有误",
                "the signing time is in the future; its time zone may be wrong",
            )
        } else {
            Answer::failed(
                SubIndication::SigConstraintsFailure,
                "签章时间晚于当前时间",
                "the signing time is in the future",
            )
        };
        answer.with_evidence(claimed.to_string())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Within,
    After,
}

/// Where a moment lies; the last second belongs to the period as a whole.
fn place(at: Timestamp, first: Timestamp, last: Timestamp) -> Place {
    if at < first {
        Place::Before
    } else if at.as_second() > last.as_second() {
        Place::After
    } else {
        Place::Within
    }
}

fn early(zh: &str, en: &str) -> Answer {
    Answer::failed(SubIndication::NotYetValid, format!("{zh}尚未生效"), format!("{en} is not valid yet"))
}

fn no_time() -> Answer {
    Answer::unknown(SubIndication::SigConstraintsFailure, "没有可读取的签章时间", "there is no readable signing time")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    const NAMES: (&str, &str) = ("证书", "the certificate");

    fn day(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    /// A period of days 10 to 20, signed on day 15 by its own account.
    fn moment(latest: i64, believes_claim: bool) -> Moment {
        Moment { claimed: Some(day(15)), latest: day(latest), believes_claim, now: day(latest) }
    }

    #[test]
    fn what_expired_later_needs_proof_of_time_or_belief() {
        use {Outcome::*, SubIndication::*};
        for (moment, expected) in [
            (moment(16, false), (Passed, None)),
            (moment(30, false), (Unknown, Some(OutOfBoundsNoPoe))),
            (moment(30, true), (Passed, None)),
            (Moment { claimed: Some(day(25)), ..moment(30, false) }, (Failed, Some(Expired))),
            (Moment { claimed: Some(day(5)), ..moment(16, false) }, (Failed, Some(NotYetValid))),
            (Moment::now(day(30)), (Failed, Some(Expired))),
            (Moment::now(day(5)), (Failed, Some(NotYetValid))),
            (Moment::now(day(20)), (Passed, None)),
        ] {
            let answer = moment.check_period("证书", "the certificate", day(10), day(20));
            assert_eq!((answer.outcome, answer.sub_indication), expected, "{moment:?}");
        }
    }

    #[test]
    fn what_was_revoked_later_needs_proof_of_time_or_belief() {
        use {Outcome::*, SubIndication::*};
        let revoked = |since| Revocation::Revoked { since: day(since), reason: None, invalid_since: None };
        for (moment, since, expected) in [
            (moment(30, false), 14, (Failed, Some(Revoked))),
            (moment(30, true), 14, (Failed, Some(Revoked))),
            (moment(30, false), 20, (Unknown, Some(RevokedNoPoe))),
            (moment(30, true), 20, (Passed, None)),
            (moment(16, false), 20, (Passed, None)),
            (Moment::now(day(30)), 20, (Failed, Some(Revoked))),
        ] {
            let answer = moment.check_revocation(NAMES, AnchorUse::Signer, revoked(since), &Policy::default());
            assert_eq!((answer.outcome, answer.sub_indication), expected, "{moment:?} {since}");
        }
    }

    #[test]
    fn a_claim_in_the_future_fails_but_for_clocks_and_zones() {
        for (minutes, outcome) in
            [(-60, Outcome::Passed), (4, Outcome::Passed), (470, Outcome::Unknown), (600, Outcome::Failed)]
        {
            let now = day(15) - SignedDuration::from_mins(minutes);
            let moment = Moment { now, ..moment(15, true) };
            assert_eq!(moment.check_not_future(&Policy::default()).outcome, outcome, "{minutes} minutes");
        }
    }

    #[test]
    fn a_key_that_the_issuer_calls_lost_earlier_counts_from_there() {
        use {Outcome::*, SubIndication::*};
        let revoked = Revocation::Revoked { since: day(25), reason: Some(1), invalid_since: Some(day(14)) };
        let proven = moment(16, false).check_revocation(NAMES, AnchorUse::Signer, revoked, &Policy::default());
        assert_eq!((proven.outcome, proven.sub_indication), (Failed, Some(Revoked)));
        assert!(proven.evidence.is_some_and(|evidence| evidence.contains("keyCompromise, invalid since")));
    }

    #[test]
    fn who_is_exempt_needs_no_revocation_information() {
        let unknown = Revocation::Unknown(eseal_pki::RevocationUnknown::NoCrl);
        let policy = Policy { revocation_exempt: vec![AnchorUse::Maker], ..Policy::default() };
        let outcome = |purpose| moment(16, false).check_revocation(NAMES, purpose, unknown, &policy).outcome;
        assert_eq!((outcome(AnchorUse::Maker), outcome(AnchorUse::Signer)), (Outcome::Passed, Outcome::Unknown));
    }

    #[test]
    fn what_was_good_when_signed_and_has_expired_since_says_so() {
        let moment = Moment { now: day(30), ..moment(16, false) };
        let answer = moment.check_period("证书", "the certificate", day(10), day(20));
        assert_eq!(answer.outcome, Outcome::Passed);
        assert!(answer.reason.zh.contains("现已过期") && answer.reason.en.contains("has expired since"));
    }
}
