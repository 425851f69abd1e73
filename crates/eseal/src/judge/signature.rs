//! Judging one signature (签章验证), formats.md §3.4: all steps, in the standard's order.

use jiff::Timestamp;

use super::{
    answer::{Answer, Checks},
    certificate::{Domain, Holder, check_certificate},
    cms,
    document_stamp::{self, Proofs},
    moment::Moment,
    ofd, pdf, region, rules,
    seal::{self, SealMoments},
    stamp,
    summary::{self, About},
    trust::Trust,
    value,
};
use crate::{
    CertificateFacts, CheckCode, Conclusion, Examination, Policy, SignatureReport, SubIndication, TimeSource,
    examine::{Examined, Frame},
    value::{SesFacts, Value},
};

pub(super) fn judge(
    index: usize,
    examined: &Examined,
    examination: &Examination,
    proofs: &Proofs,
    trust: &Trust<'_>,
    policy: &Policy,
    now: Timestamp,
) -> SignatureReport {
    let judgement = Judgement { examined, examination, proofs, trust, policy, now };
    let Value::Cms(facts) = &examined.value else { return judgement.of_signer(0).report(index, examined) };
    // Every signer is judged; the worst decides, the first of several.
    let all: Vec<Judged> = (0..facts.signers.len().max(1)).map(|signer| judgement.of_signer(signer)).collect();
    let first = |wanted| all.iter().position(|judged| judged.checks.conclude().0 == wanted);
    let decisive = first(Conclusion::Invalid).or_else(|| first(Conclusion::Indeterminate)).unwrap_or(0);
    let judged = all.into_iter().nth(decisive).unwrap_or_else(|| judgement.of_signer(0));
    judged.report(index, examined)
}

/// What one signature is judged by.
struct Judgement<'a> {
    examined: &'a Examined,
    examination: &'a Examination,
    proofs: &'a Proofs,
    trust: &'a Trust<'a>,
    policy: &'a Policy,
    now: Timestamp,
}

/// What came out, for one signer.
struct Judged {
    checks: Checks,
    domain: Domain,
    /// Time of a good time stamp.
    stamped: Option<Timestamp>,
    /// Position of the signer.
    signer: usize,
    now: Timestamp,
}

impl Judgement<'_> {
    /// `position` counts the signers of a SignedData; other signatures have one.
    fn of_signer(&self, position: usize) -> Judged {
        let Self { examined, examination, proofs, trust, policy, now } = *self;
        let logged = trust.known_at(|sm3| *sm3 == examination.sm3 || examined.file_sm3.contains(sm3));
        let covered = proofs.of(&examined.frame);
        let known = covered.into_iter().chain(logged).chain([now]).min().unwrap_or(now);
        let token = examined.document_stamp();
        let stamp = match &examined.value {
            _ if token.is_some() => token.map(|token| stamp::check(token, None, known, trust, policy)),
            Value::Ses(facts) => {
                facts.time_stamp.as_ref().map(|token| stamp::check(token, facts.time, known, trust, policy))
            }
            Value::Cms(facts) => facts.signers.get(position).and_then(|signer| {
                signer.time_stamp.as_ref().map(|token| stamp::check(token, signer.claimed, known, trust, policy))
            }),
            Value::Raw(_) | Value::Unreadable(_) => None,
        };
        let stamped = stamp.as_ref().and_then(|(_, at)| *at);
        let proven = logged.into_iter().chain(stamped).chain(covered).min();
        let mut checks = Checks::default();
        let domain = match (&examined.value, token) {
            (_, Some(token)) => document_stamp::check(token, &mut checks),
            (Value::Ses(facts), None) => {
                let moment = Moment::of_signature(facts.time, proven, policy, now);
                let moments = SealMoments::in_signature(moment, policy, now);
                check_ses(facts, examined.document_sm3, &moment, &moments, trust, policy, &mut checks)
            }
            (Value::Cms(facts), None) => {
                let claimed = facts.signers.get(position).and_then(|signer| signer.claimed);
                let moment = Moment::of_signature(claimed, proven, policy, now);
                cms::check(facts, position, &moment, trust, policy, &mut checks)
            }
            (Value::Raw(_), None) => check_raw(&mut checks),
            (Value::Unreadable(problem), None) => check_unreadable(problem, &mut checks),
        };
        match &examined.frame {
            Frame::Pdf(frame) => pdf::check(frame, &mut checks),
            Frame::Ofd(frame) => ofd::check(frame, &mut checks),
        }
        match stamp {
            Some((answer, _)) => checks.add(CheckCode::SigTimestamp, answer),
            None if policy.require_time_stamp && proven.is_none() => {
                checks.add(CheckCode::SigTimestamp, rules::no_time_stamp());
            }
            None => {}
        }
        match &examined.frame {
            Frame::Pdf(frame) => pdf::check_coverage(frame, &mut checks),
            Frame::Ofd(frame) => ofd::check_coverage(frame, &mut checks),
        }
        rules::check(examined, position, &domain, policy, &mut checks);
        let stamped = stamped.or(covered);
        Judged { checks, domain, stamped, signer: position, now }
    }
}

impl Judged {
    fn report(self, index: usize, examined: &Examined) -> SignatureReport {
        let Self { checks, domain, stamped, signer: position, now } = self;
        let (conclusion, sub_indication) = checks.conclude();
        let (seal, signer, sign_time, mut deviations) = match &examined.value {
            Value::Ses(facts) => {
                (Some(facts.seal.view.clone()), facts.signer.clone(), facts.time, facts.deviations.clone())
            }
            Value::Cms(facts) => {
                let signer = facts.signers.get(position);
                let certificate = signer.and_then(|signer| signer.certificate.clone());
                let claimed = signer.and_then(|signer| signer.claimed);
                let time = if examined.document_stamp().is_some() { stamped.or(claimed) } else { claimed.or(stamped) };
                (None, certificate, time, facts.deviations.clone())
            }
            Value::Raw(_) | Value::Unreadable(_) => (None, None, None, Vec::new()),
        };
        deviations.extend(rules::deviations_around(examined));
        let (covers_whole_file, later_changes) = match &examined.frame {
            Frame::Pdf(frame) => (frame.covers_whole_file, pdf::later_changes(frame)),
            Frame::Ofd(frame) => (frame.uncovered.is_empty(), ofd::later_changes(frame)),
        };
        let about = About {
            seal: seal.as_ref(),
            signer: signer.as_ref(),
            is_token: examined.document_stamp().is_some(),
            is_proven: stamped.is_some(),
            now,
        };
        SignatureReport {
            index,
            kind: examined.value.kind(),
            conclusion,
            sub_indication,
            summary: summary::of(conclusion, &checks, &about),
            seal,
            signer,
            sign_time,
            time_source: stamped.map_or(TimeSource::Claimed, |_| TimeSource::Timestamp),
            placements: examined.placements.clone(),
            covers_whole_file,
            later_changes,
            region: domain.region,
            recognised: domain.recognised,
            deviations,
            checks: checks.into_vec(),
        }
    }
}

/// Steps a to g of a seal signature.
fn check_ses(
    facts: &SesFacts,
    document_sm3: Option<[u8; 32]>,
    moment: &Moment,
    moments: &SealMoments,
    trust: &Trust<'_>,
    policy: &Policy,
    checks: &mut Checks,
) -> Domain {
    checks.add(CheckCode::SigFormat, Answer::passed("签章数据格式正确", "the seal signature can be read"));
    checks.add(CheckCode::SealFormat, seal::format(&facts.seal));
    checks.add(CheckCode::SigValue, value(facts));
    checks.add(CheckCode::SignerInSealList, listed(facts));
    let domain = seal::check_content(&facts.seal, moments, trust, policy, checks);
    let of_signer = check_signer(facts.signer.as_ref(), moment, trust, policy, checks);
    let in_seal = moment.check_claim("印章", "the seal", facts.seal.valid_start, facts.seal.valid_end);
    checks.add(CheckCode::SignTimeInSeal, in_seal);
    checks.add(CheckCode::SignTimeNotFuture, moment.check_not_future(policy));
    checks.add(CheckCode::DocumentDigest, digest(facts.data_hash.as_ref().map(|hash| &hash[..]), document_sm3));
    region::check_ses(facts, &domain, &of_signer, trust, checks);
    domain
}

/// Adds the checks of the signer's certificate, and of the claimed time against it (steps e and f).
pub(super) fn check_signer(
    signer: Option<&CertificateFacts>,
    moment: &Moment,
    trust: &Trust<'_>,
    policy: &Policy,
    checks: &mut Checks,
) -> Domain {
    let der = signer.map(|signer| &signer.der[..]);
    let domain = check_certificate(Holder::Signer, der, moment, trust, policy, checks);
    let in_certificate = match signer {
        Some(signer) => {
            moment.check_claim("签章人证书", "the signer's certificate", signer.not_before, signer.not_after)
        }
        None => Answer::unknown(
            SubIndication::NoSigningCertificateFound,
            "没有可读取的签章人证书",
            "there is no readable signer's certificate",
        ),
    };
    checks.add(CheckCode::SignTimeInCert, in_certificate);
    domain
}

fn value(facts: &SesFacts) -> Answer {
    let unreadable = Answer::failed(
        SubIndication::NoSigningCertificateFound,
        "签章人证书无法读取",
        "the signer's certificate cannot be read",
    );
    let answer = value::answer(facts.fit, ("签名值", "the signature value"), unreadable);
    answer.with_evidence(facts.signer.as_ref().map(|signer| signer.serial.clone()).unwrap_or_default())
}

fn listed(facts: &SesFacts) -> Answer {
    if facts.listed {
        Answer::passed("签章人证书在印章的证书列表中", "the signer's certificate is in the seal's list")
    } else {
        Answer::failed(
            SubIndication::SigConstraintsFailure,
            "签章人证书不在印章的证书列表中",
            "the signer's certificate is not in the seal's list",
        )
    }
}

/// What the signature states against what the document is.
fn digest(stated: Option<&[u8]>, found: Option<[u8; 32]>) -> Answer {
    match (stated, found) {
        (Some(stated), Some(found)) if *stated == found => {
            Answer::passed("原文摘要相符", "the document is the one that was signed")
        }
        (Some(_), Some(_)) | (None, Some(_)) => Answer::failed(
            SubIndication::HashFailure,
            "原文摘要不符，原文在签章后被改动",
            "the digest of the document does not fit: it was changed after signing",
        ),
        (_, None) => {
            Answer::failed(SubIndication::SignedDataNotFound, "找不到被签的原文", "what was signed cannot be found")
        }
    }
}

fn check_raw(checks: &mut Checks) -> Domain {
    checks.add(CheckCode::SigFormat, Answer::passed("签名值是裸 SM2 签名", "the value is a bare SM2 signature"));
    let answer = Answer::unknown(
        SubIndication::NoSigningCertificateFound,
        "裸签名没有证书，不能确认签名人",
        "a bare signature has no certificate, so whose it is cannot be told",
    );
    checks.add(CheckCode::SigValue, answer);
    Domain::default()
}

fn check_unreadable(problem: &str, checks: &mut Checks) -> Domain {
    let answer = Answer::failed(SubIndication::FormatFailure, "签名数据无法解析", "the signature cannot be read");
    checks.add(CheckCode::SigFormat, answer.with_evidence(problem));
    Domain::default()
}
