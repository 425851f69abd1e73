//! Times that contradict each other, and bad time stamps (时间与时间戳的改坏), GB/T 38540 验证步骤 f, h.

use eseal_asn1::write;
use jiff::{SignedDuration, Timestamp};

use super::{
    Case, Class, ConformanceWorld, Verdict,
    case::Words,
    ses_make::{SignatureMake, Stamp},
};
use crate::{days, time};

const STEP_F: &str = "GB/T 38540-2020, 验证步骤 f";
const STEP_H: &str = "GB/T 38540-2020, 验证步骤 h";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [times(world), stamps(world)].concat()
}

fn times(world: &ConformanceWorld) -> Vec<Case> {
    let at = |at: Timestamp| world.signature_of(4).with(|make| make.at(at));
    let ending = |position: usize, text: &str, signed: Timestamp| {
        let seal = world.seal_with(4, |make| make.dates[position] = write::generalized_time(time(text)));
        world.signature_make(seal).with(|make| make.at(signed))
    };
    let future = Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["SIGN_TIME_NOT_FUTURE"]);
    let list: Vec<(&str, SignatureMake, Verdict, &str, &str)> = vec![
        ("future", at(world.now + days(30)), future.clone(), "签章时间在一个月后", "signed a month from now"),
        ("future-day", at(world.now + days(1)), future, "签章时间在一天后", "signed a day from now"),
        (
            "future-zone",
            at(world.now + SignedDuration::from_hours(8)),
            Verdict::open("SIG_CONSTRAINTS_FAILURE", &["SIGN_TIME_NOT_FUTURE"]),
            "签章时间在八小时后，可能为时区误标（Q11）",
            "signed in eight hours: the zone may be wrong (Q11)",
        ),
        (
            "before-seal",
            at(time("2025-06-01T00:00:00Z")),
            Verdict::fails("NOT_YET_VALID", &["SEAL_VALIDITY", "SIGN_TIME_IN_SEAL"]),
            "签章时间早于印章有效期",
            "signed before the seal was valid",
        ),
        (
            "after-seal",
            ending(2, "2026-06-30T00:00:00Z", world.now),
            Verdict::fails("EXPIRED", &["SEAL_VALIDITY", "SIGN_TIME_IN_SEAL"]),
            "签章时间晚于印章有效期",
            "signed after the seal had expired",
        ),
        (
            "seal-expired-since",
            ending(2, "2026-11-14T08:00:00Z", world.now - days(20)),
            Verdict::open("OUT_OF_BOUNDS_NO_POE", &["SEAL_VALIDITY"]),
            "签章时印章有效，现已过期，没有时间证明",
            "the seal was valid at the claimed time and has expired, without proof",
        ),
        (
            "before-certificate",
            at(time("2023-06-01T00:00:00Z")),
            Verdict::fails(
                "NOT_YET_VALID",
                &[
                    "SEAL_MAKER_CERT_PERIOD",
                    "SEAL_VALIDITY",
                    "SIGNER_CERT_PERIOD",
                    "SIGN_TIME_IN_CERT",
                    "SIGN_TIME_IN_SEAL",
                ],
            ),
            "签章时间早于所有证书",
            "signed before any certificate was valid",
        ),
        (
            "v1-unreadable",
            world.signature_of(1).with(|make| make.time = write::bit_string(b"yesterday")),
            Verdict::open(
                "SIG_CONSTRAINTS_FAILURE",
                &["SIGN_TIME_IN_CERT", "SIGN_TIME_IN_SEAL", "SIGN_TIME_NOT_FUTURE"],
            )
            .deviates(&["TIME_FREE_TEXT"]),
            "V1 签章时间不是时间",
            "timeInfo of 2014 is no time",
        ),
    ];
    let each = list.into_iter().flat_map(|(name, make, verdict, zh, en)| {
        Case::both(Class::Twin, &format!("time-{name}"), &make, &verdict, Words(zh, en, STEP_F))
    });
    each.collect()
}

fn stamps(world: &ConformanceWorld) -> Vec<Case> {
    let tsa = &world.pki.tsa;
    let with = |stamp: Stamp| world.signature_of(4).with(|make| make.stamp = Some(stamp));
    let failed = |sub| Verdict::fails(sub, &["SIG_TIMESTAMP"]);
    let open = |sub| Verdict::open(sub, &["SIG_TIMESTAMP"]);
    let spoiled = |spoil| with(Stamp { spoil, ..Stamp::of(tsa, world.now) });
    let list: Vec<(&str, SignatureMake, Verdict, &str, &str)> = vec![
        (
            "of-other",
            with(Stamp { over: Some(b"something else".to_vec()), ..Stamp::of(tsa, world.now) }),
            failed("HASH_FAILURE"),
            "时间戳针对其他数据",
            "the stamp stands on something else",
        ),
        (
            "of-nothing",
            with(Stamp { over: Some(Vec::new()), ..Stamp::of(tsa, world.now) }),
            failed("HASH_FAILURE"),
            "时间戳针对空数据",
            "the stamp stands on nothing",
        ),
        (
            "before-claim",
            with(Stamp::of(tsa, world.now - days(1))),
            failed("SIG_CONSTRAINTS_FAILURE"),
            "所称时间晚于时间戳",
            "the claimed time is later than the stamp",
        ),
        (
            "in-future",
            with(Stamp::of(tsa, world.now + days(1))),
            failed("TIMESTAMP_ORDER_FAILURE"),
            "时间戳在将来",
            "the stamp is in the future",
        ),
        (
            "unknown-authority",
            with(Stamp::of(&world.unknown_tsa, world.now)),
            open("NO_CERTIFICATE_CHAIN_FOUND"),
            "时间戳服务不受信任",
            "the authority is not trusted",
        ),
        (
            "not-an-authority",
            with(Stamp::of(&world.pki.other, world.now)),
            failed("CHAIN_CONSTRAINTS_FAILURE"),
            "时间戳由普通签名证书作出",
            "stamped with a certificate that is not for time stamps",
        ),
        (
            "expired-authority",
            with(Stamp::of(&world.expired_tsa, world.now)),
            failed("EXPIRED"),
            "时间戳服务证书已过期",
            "the authority's certificate had expired",
        ),
        (
            "revoked-authority",
            with(Stamp::of(&world.revoked_tsa, world.now)),
            open("REVOKED_NO_POE"),
            "时间戳服务证书已被吊销",
            "the authority's certificate is revoked",
        ),
        (
            "flipped",
            spoiled(|mut token| {
                let last = token.len() - 1;
                token[last] ^= 1;
                token
            }),
            failed("SIG_CRYPTO_FAILURE"),
            "时间戳签名值翻转一位",
            "one bit of the stamp's value flipped",
        ),
        (
            "unreadable",
            spoiled(|_| b"no token".to_vec()),
            open("FORMAT_FAILURE"),
            "时间戳无法读取",
            "the stamp cannot be read",
        ),
        (
            "later-time",
            spoiled(|token| replaced(token, b"20261124080000Z", b"20261124070000Z")),
            failed("SIG_CRYPTO_FAILURE"),
            "时间戳中的时间被改",
            "the stamp's time was changed",
        ),
    ];
    let each = list.into_iter().flat_map(|(name, make, verdict, zh, en)| {
        Case::both(Class::Twin, &format!("stamp-{name}"), &make, &verdict, Words(zh, en, STEP_H))
    });
    each.collect()
}

fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).expect("it is there");
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}
