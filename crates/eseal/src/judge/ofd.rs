//! Judging the frame of an OFD signature (OFD 保护范围与引用), formats.md §10.4.

use eseal_ofd::ReferenceOutcome;

use super::answer::{Answer, Checks};
use crate::{
    CheckCode, SubIndication, Text,
    examine::{OfdFrame, SealCopy},
};

/// Most names that an answer lists as evidence.
const NAMES: usize = 10;

/// Adds the checks of what is protected.
pub(super) fn check(frame: &OfdFrame, checks: &mut Checks) {
    if frame.problem.is_some() && frame.references == 0 {
        return; // SIG_FORMAT says that there is nothing to look at
    }
    checks.add(CheckCode::OfdReferences, references(frame));
    if let Some(answer) = seal_file(frame.seal) {
        checks.add(CheckCode::OfdSealFile, answer);
    }
}

fn references(frame: &OfdFrame) -> Answer {
    let is_changed = |outcome: &ReferenceOutcome| *outcome != ReferenceOutcome::Unsupported;
    let names = |wanted: bool| {
        let found = frame.broken.iter().filter(move |(_, outcome)| is_changed(outcome) == wanted);
        list(found.map(|(name, outcome)| format!("{name} ({outcome:?})")))
    };
    if frame.references == 0 {
        return Answer::failed(
            SubIndication::SignedDataNotFound,
            "签名没有保护任何文件",
            "the signature protects nothing",
        );
    }
    let mut changed = frame.broken.iter().map(|(_, outcome)| outcome).filter(|outcome| is_changed(outcome)).peekable();
    if changed.peek().is_some() {
        // What is not there has no digest that could differ.
        let sub = if changed.any(|outcome| *outcome == ReferenceOutcome::Changed) {
            SubIndication::HashFailure
        } else {
            SubIndication::SignedDataNotFound
        };
        return Answer::failed(
            sub,
            "受保护的文件在签章后被改动或删除",
            "protected parts were changed or removed after signing",
        )
        .with_evidence(names(true));
    }
    if !frame.broken.is_empty() {
        return Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            "引用使用了不支持的摘要算法",
            "the digests of the protected parts are of an algorithm that is not supported",
        )
        .with_evidence(frame.check_method.clone());
    }
    if is_weak(&frame.check_method) {
        return Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            "引用摘要相符，但其算法已不安全",
            "the digests of the protected parts fit, but their algorithm is broken",
        )
        .with_evidence(frame.check_method.clone());
    }
    Answer::passed("受保护的文件均未改动", "every protected part is unchanged")
        .with_evidence(format!("{} × {}", frame.references, frame.check_method))
}

/// MD5 and SHA-1: parts can be made that have the same digest.
fn is_weak(method: &str) -> bool {
    let method = method.to_ascii_lowercase();
    ["md5", "sha1", "sha-1", "1.2.840.113549.2.5", "1.3.14.3.2.26"].contains(&method.as_str())
}

fn seal_file(seal: SealCopy) -> Option<Answer> {
    match seal {
        SealCopy::NotNamed => None,
        SealCopy::Same => {
            Some(Answer::passed("Seal.esl 与签章中的印章一致", "Seal.esl is the seal inside the signature"))
        }
        SealCopy::Differs => Some(Answer::failed(
            SubIndication::SigConstraintsFailure,
            "Seal.esl 与签章中的印章不一致",
            "Seal.esl is not the seal inside the signature",
        )),
        SealCopy::Missing => {
            Some(Answer::failed(SubIndication::SignedDataNotFound, "Seal.esl 缺失", "Seal.esl is missing"))
        }
    }
}

/// Adds the check of what is not protected.
pub(super) fn check_coverage(frame: &OfdFrame, checks: &mut Checks) {
    if frame.problem.is_some() && frame.references == 0 {
        return;
    }
    let answer = if frame.uncovered.is_empty() && !frame.unlisted.is_empty() {
        Answer::unknown(
            SubIndication::PartialCoverage,
            "该签章之前的签名已从签名列表中删去，阅读软件不再显示",
            "a signature that was there before was taken out of the list and is no longer shown",
        )
        .with_evidence(list(frame.unlisted.iter().cloned()))
    } else if frame.uncovered.is_empty() {
        Answer::passed("阅读软件显示的内容均受保护", "everything that a reader shows is protected")
            .with_evidence(list(frame.unused.iter().map(|name| format!("not used: {name}"))))
    } else {
        Answer::unknown(
            SubIndication::PartialCoverage,
            "阅读软件显示的部分内容未受保护",
            "some of what a reader shows is not protected",
        )
        .with_evidence(list(frame.uncovered.iter().cloned()))
    };
    checks.add(CheckCode::OfdCoverage, answer);
}

/// What came after the signature, or lies beside what it protects.
pub(super) fn later_changes(frame: &OfdFrame) -> Vec<Text> {
    let signatures = frame
        .later_signatures
        .iter()
        .map(|id| Text::new(format!("其后增加了签名 {id}"), format!("signature {id} was added later")));
    let shown = frame.uncovered.iter().map(|name| {
        Text::new(
            format!("{name} 未受该签章保护，阅读软件会显示"),
            format!("{name} is shown and not protected by this signature"),
        )
    });
    let unused = frame.unused.iter().map(|name| {
        Text::new(
            format!("{name} 未受该签章保护，阅读软件不显示"),
            format!("{name} is neither shown nor protected by this signature"),
        )
    });
    let unlisted = frame.unlisted.iter().map(|name| {
        Text::new(format!("签名 {name} 已从签名列表中删去"), format!("the signature {name} was taken out of the list"))
    });
    signatures.chain(unlisted).chain(shown).chain(unused).collect()
}

/// Whether propertyInfo names that Signature.xml, however the path is written.
pub(super) fn names(property_info: &str, path: &str) -> bool {
    let plain = |text: &str| text.trim().replace('\\', "/").trim_start_matches('/').to_lowercase();
    plain(property_info) == plain(path)
}

fn list(names: impl Iterator<Item = String>) -> String {
    let mut names = names;
    let mut shown: Vec<String> = names.by_ref().take(NAMES).collect();
    let more = names.count();
    if more > 0 {
        shown.push(format!("+{more}"));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_say_so() {
        assert_eq!(list((0..3).map(|number| number.to_string())), "0, 1, 2");
        assert!(list((0..100).map(|number| number.to_string())).ends_with("9, +90"));
    }

    #[test]
    fn property_info_is_compared_as_a_path() {
        assert!(names("/Doc_0/Signs/Sign_0/Signature.xml", "Doc_0\\Signs\\Sign_0\\signature.xml"));
        assert!(!names("Signature.xml", "/Doc_0/Signs/Sign_0/Signature.xml"));
    }
}
