//! Judging time stamps (时间戳验证): whether they stand on the right value.  Who made them is not judged here, so a stamp
//! that fits proves nothing yet.

use super::answer::Answer;
use crate::{SubIndication, value::StampFacts};

pub(super) fn check(stamp: StampFacts) -> Answer {
    match stamp {
        StampFacts::Fits(at) => Answer::unknown(
            SubIndication::TryLater,
            "时间戳与签名值相符，但其签名未经验证",
            "the time stamp fits the signature value, but who made it was not verified",
        )
        .with_evidence(at.to_string()),
        StampFacts::OfSomethingElse => Answer::failed(
            SubIndication::HashFailure,
            "时间戳不是对该签名值作出的",
            "the time stamp stands on something else",
        ),
        StampFacts::Unreadable => {
            Answer::unknown(SubIndication::FormatFailure, "时间戳无法读取", "the time stamp cannot be read")
        }
    }
}
