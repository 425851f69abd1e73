//! Seals (印章) and their broken twins.

use eseal_testkit::{Pki, SealSpec, days, now};

use crate::Made;

/// All of them.
pub(crate) fn make(pki: &Pki) -> Vec<Made> {
    let good = pki.seal();
    let mut flipped = good.clone();
    if let Some(last) = flipped.last_mut() {
        *last ^= 1;
    }
    let made = |name, bytes, conclusion, note| Made { name, bytes, conclusion, note };
    vec![
        made("seal.esl", good, "VALID", "lists the signer's certificate"),
        made(
            "seal-digest.esl",
            pki.seal_with(|spec| spec.by_digest = true),
            "VALID",
            "lists the SM3 of the signer's certificate",
        ),
        made("seal-flipped.esl", flipped, "INVALID", "last bit of the maker's signature value flipped"),
        made(
            "seal-expired.esl",
            pki.seal_with(|spec| spec.valid_end = now() - days(1)),
            "INVALID",
            "its validity ended a day before",
        ),
        made(
            "seal-unknown-maker.esl",
            SealSpec::of(&pki.signer).made_by(&pki.stranger),
            "INDETERMINATE",
            "made by somebody without a path to the anchor",
        ),
    ]
}
