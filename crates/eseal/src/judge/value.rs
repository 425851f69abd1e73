//! Whether a signature value fits (签名值), in words: the same for seals, seal signatures and SignedData.

use super::answer::Answer;
use crate::{SubIndication, value::Fit};

/// The answer of a value; `unreadable` where there is nothing to check it with.
pub(super) fn answer(fit: Fit, (zh, en): (&str, &str), unreadable: Answer) -> Answer {
    match fit {
        Fit::Good => Answer::passed(format!("{zh}正确"), format!("{en} fits")),
        Fit::Bad => {
            Answer::failed(SubIndication::SigCryptoFailure, format!("{zh}不正确"), format!("{en} does not fit"))
        }
        Fit::Weak => Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            format!("{zh}相符，但其算法或密钥长度已不安全"),
            format!("{en} fits, but its algorithm is broken or its key too short"),
        ),
        Fit::Unsupported => Answer::unknown(
            SubIndication::CryptoConstraintsFailure,
            format!("{zh}使用了不支持的算法"),
            format!("{en} is of an algorithm that is not supported"),
        ),
        Fit::Unreadable => unreadable,
    }
}
