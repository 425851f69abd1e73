//! One signature in one sentence (结论摘要).

use jiff::Timestamp;

use super::answer::Checks;
use crate::{CertificateFacts, Conclusion, SealView, Text};

/// What the sentence is about.
pub(super) struct About<'a> {
    pub(super) seal: Option<&'a SealView>,
    pub(super) signer: Option<&'a CertificateFacts>,
    /// True for a document time stamp.
    pub(super) is_token: bool,
    /// True if a time stamp proves when it was made.
    pub(super) is_proven: bool,
    pub(super) now: Timestamp,
}

pub(super) fn of(conclusion: Conclusion, checks: &Checks, about: &About<'_>) -> Text {
    let (zh, en) = match about.seal {
        Some(seal) => (format!("印章“{}”的签章", seal.name), format!("The signature with the seal \"{}\"", seal.name)),
        None if about.is_token => ("文档时间戳".to_owned(), "The document time stamp".to_owned()),
        None => ("该签名".to_owned(), "The signature".to_owned()),
    };
    // Of what is valid, what became of it later belongs into the sentence.
    let later = |words: fn(&Text) -> &String, separator: &str| {
        checks.ended_since().iter().fold(String::new(), |all, reason| all + separator + words(reason))
    };
    let (later_zh, later_en) = (later(|reason| &reason.zh, "；"), later(|reason| &reason.en, "; "));
    match (conclusion, checks.first_reason()) {
        (Conclusion::Invalid, Some(why)) => {
            Text::new(format!("{zh}无效：{}。", why.zh), format!("{en} is not valid: {}.", why.en))
        }
        (Conclusion::Indeterminate, Some(why)) => {
            Text::new(format!("{zh}无法确认：{}。", why.zh), format!("{en} cannot be confirmed: {}.", why.en))
        }
        _ if about.is_token => Text::new(
            format!("{zh}有效，此前的内容未被改动。"),
            format!("{en} is valid: what came before it is unchanged."),
        ),
        _ => match expired(about) {
            None => Text::new(
                format!("{zh}有效，签章人可信，原文未被改动{later_zh}。"),
                format!("{en} is valid: the signer is trusted, and the document is unchanged{later_en}."),
            ),
            Some((what_zh, what_en)) => {
                let (proof_zh, proof_en) = if about.is_proven {
                    ("有时间证明", "as a proven time shows")
                } else {
                    ("按签章所称时间", "by the time that it claims")
                };
                Text::new(
                    format!("{zh}在签章时有效（{proof_zh}），签章人可信，原文未被改动；{what_zh}现已过期{later_zh}。"),
                    format!(
                        "{en} was valid when it was made ({proof_en}): the signer is trusted, and the document is \
                         unchanged; {what_en} has expired since{later_en}."
                    ),
                )
            }
        },
    }
}

/// What was good when it was signed and is over now.
fn expired(about: &About<'_>) -> Option<(&'static str, &'static str)> {
    let is_over = |last: Option<Timestamp>| last.is_some_and(|last| about.now.as_second() > last.as_second());
    let certificate = is_over(about.signer.map(|signer| signer.not_after));
    let seal = is_over(about.seal.and_then(|seal| seal.valid_end));
    match (certificate, seal) {
        (true, true) => Some(("印章和签章人证书", "the seal as well as the signer's certificate")),
        (true, false) => Some(("签章人证书", "the signer's certificate")),
        (false, true) => Some(("印章", "the seal")),
        (false, false) => None,
    }
}
