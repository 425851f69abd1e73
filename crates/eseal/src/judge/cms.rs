//! Judging one signer of a SignedData (数字签名验证), formats.md §5: no seal, else the same steps.

use super::{
    answer::{Answer, Checks},
    certificate::{Domain, Holder, check_certificate},
    moment::Moment,
    region,
    signature::check_signer,
    trust::Trust,
    value,
};
use crate::{
    CheckCode, Policy, SubIndication,
    value::{Binding, CmsFacts, ContentKind, Fit, SignerFacts},
};

/// Adds the checks of a signer; `position` is 0 for the first.
pub(super) fn check(
    facts: &CmsFacts,
    position: usize,
    moment: &Moment,
    trust: &Trust<'_>,
    policy: &Policy,
    checks: &mut Checks,
) -> Domain {
    let Some(signer) = facts.signers.get(position) else {
        let answer =
            Answer::failed(SubIndication::FormatFailure, "签名数据中没有签名者", "the SignedData has no signer");
        checks.add(CheckCode::SigFormat, answer);
        return Domain::default();
    };
    if facts.content != ContentKind::Data {
        checks.add(CheckCode::SigFormat, other_content(facts.content));
        return Domain::default();
    }
    checks.add(CheckCode::SigFormat, format(signer, facts, position));
    checks.add(CheckCode::SigValue, value(signer));
    let certificate = signer.certificate.as_ref();
    let own = trust.with(&facts.embedded);
    // Without a claim there is nothing to compare: the certificate was judged as of the proven time, or now.
    let domain = if certificate.is_some() && moment.claimed.is_some() {
        check_signer(certificate, moment, &own, policy, checks)
    } else {
        let der = certificate.map(|certificate| &certificate.der[..]);
        check_certificate(Holder::Signer, der, moment, &own, policy, checks)
    };
    if moment.claimed.is_some() {
        checks.add(CheckCode::SignTimeNotFuture, moment.check_not_future(policy));
    }
    checks.add(CheckCode::DocumentDigest, document(signer));
    region::check_cms(facts, position, &domain, trust, checks);
    domain
}

fn other_content(content: ContentKind) -> Answer {
    let (zh, en) = match content {
        ContentKind::TimeStamp => {
            ("内容是时间戳，不是对文件的签名", "the SignedData is a time stamp and no signature of the document")
        }
        _ => ("签名数据的内容类型不是数据", "the content of the SignedData is not data"),
    };
    Answer::unknown(SubIndication::SigConstraintsFailure, zh, en)
}

fn format(signer: &SignerFacts, facts: &CmsFacts, position: usize) -> Answer {
    if let Some(doubt) = signer.doubt {
        let answer = Answer::failed(
            SubIndication::FormatFailure,
            "签名属性不明确",
            "what the signed attributes say is in doubt",
        );
        return answer.with_evidence(doubt);
    }
    let answer = Answer::passed("签名数据格式正确", "the SignedData can be read");
    answer.with_evidence(match facts.signers.len() {
        0 | 1 => String::new(),
        count => format!("signer {} of {count}", position.saturating_add(1)),
    })
}

fn value(signer: &SignerFacts) -> Answer {
    let unreadable = Answer::unknown(
        SubIndication::NoSigningCertificateFound,
        "签名数据中没有签名人的证书",
        "the signer's certificate is not in the SignedData",
    );
    let answer = value::answer(signer.fit, ("签名值", "the signature value"), unreadable);
    answer.with_evidence(format!("{}, {}", signer.algorithm, signer.signed.words()))
}

fn document(signer: &SignerFacts) -> Answer {
    let weak = || {
        Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            "原文摘要相符，但其算法已不安全",
            "the digest of the document fits, but its algorithm is broken",
        )
    };
    match (signer.binding, signer.fit) {
        (Binding::Same, _) | (Binding::ByValue, Fit::Good) => {
            Answer::passed("原文摘要相符", "the document is the one that was signed")
        }
        (Binding::SameByWeakDigest, _) | (Binding::ByValue, Fit::Weak) => weak(),
        (Binding::ByValue, _) => Answer::unknown(
            SubIndication::SigCryptoFailure,
            "签名值直接对原文作出，签名值不相符时无法判断原文是否被改动",
            "the value is over the document itself, so only a value that fits tells whether it was changed",
        ),
        (Binding::Other, _) => Answer::failed(
            SubIndication::HashFailure,
            "原文摘要不符，原文在签章后被改动",
            "the digest of the document does not fit: it was changed after signing",
        ),
        (Binding::NotStated, _) => Answer::failed(
            SubIndication::SignedDataNotFound,
            "签名属性没有写明原文摘要",
            "the signed attributes state no digest of the document",
        ),
        (Binding::Unsupported, _) => Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            "原文摘要使用了不支持的算法",
            "the digest of the document is of an algorithm that is not supported",
        ),
        (Binding::NoDocument, _) => {
            Answer::failed(SubIndication::SignedDataNotFound, "找不到被签的原文", "what was signed cannot be found")
        }
    }
}
