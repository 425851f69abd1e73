//! Broken seals (印章的改坏), GB/T 38540 验章: by themselves and inside of signatures.

use eseal_asn1::write;

use super::{
    Case, Class, ConformanceWorld, Verdict,
    case::Words,
    ses_make::{Form, SealMake, Stamp},
};
use crate::{days, png, time};

const STEP_1: &str = "GB/T 38540-2020, 验章步骤 1";
const STEP_2: &str = "GB/T 38540-2020, 验章步骤 2";
const STEP_4: &str = "GB/T 38540-2020, 验章步骤 4";
const STEP_5: &str = "GB/T 38540-2020, 验章步骤 5";
const V5: &str = "GM/T 0031-2025";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [values(world), makers(world), validity(world), formats(world), edited_in_signatures(world)].concat()
}

fn junk() -> Verdict {
    Verdict::fails("SIG_CRYPTO_FAILURE", &["SEAL_MAKER_SIGNATURE"])
}

fn values(world: &ConformanceWorld) -> Vec<Case> {
    let mut all = Vec::new();
    for (name, form, zh, en) in [
        ("flipped", Form::Flipped, "制章人签名值翻转一位", "one bit of the maker's value flipped"),
        ("junk", Form::Junk, "制章人签名值为任意数", "the maker's value is junk"),
        ("zero-r", Form::ZeroR, "r 为零", "r is zero"),
        ("zero-s", Form::ZeroS, "s 为零", "s is zero"),
        ("order-r", Form::OrderR, "r 等于 n", "r is the order of the group"),
        ("large-s", Form::LargeS, "s 大于 n", "s is larger than the order"),
        ("tail", Form::Tail, "签名值之后有多余字节", "a byte behind the value"),
        ("other-id", Form::OtherId, "Z 用了其他用户标识", "another user ID in Z"),
        ("without-z", Form::WithoutZ, "未带 Z", "without Z"),
        ("empty", Form::Empty, "签名值为空", "an empty value"),
    ] {
        let bytes = world.seal_with(4, |make| make.form = form);
        all.push(Case::seal(Class::Twin, &format!("seal-value-{name}"), bytes, junk(), Words(zh, en, STEP_2)));
    }
    for (shape, clause) in [(1, "GM/T 0031-2014"), (5, V5)] {
        let bytes = world.seal_with(shape, |make| make.form = Form::Junk);
        let words = Words("制章人签名值为任意数", "the maker's value is junk", clause);
        all.push(Case::seal(Class::Twin, &format!("seal-v{shape}-value-junk"), bytes, junk(), words));
    }
    all
}

fn makers(world: &ConformanceWorld) -> Vec<Case> {
    let unknown = Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SEAL_MAKER_CERT_CHAIN", "SEAL_MAKER_CERT_REVOCATION"]);
    let pki = &world.pki;
    let list = [
        ("stranger", &pki.stranger, unknown, "制章人自签名证书", "the maker's certificate is self-signed"),
        (
            "impostor",
            &pki.impostor,
            Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SEAL_MAKER_CERT_CHAIN", "SEAL_MAKER_CERT_REVOCATION"]),
            "制章人证书冒称由根证书签发",
            "the maker's certificate says falsely that the root issued it",
        ),
        (
            "forged",
            &world.forged,
            Verdict::fails("CERTIFICATE_CHAIN_GENERAL_FAILURE", &["SEAL_MAKER_CERT_CHAIN"])
                .and_open(&["SEAL_MAKER_CERT_REVOCATION"]),
            "制章人证书的签名被改坏",
            "the signature of the maker's certificate does not fit",
        ),
        (
            "revoked",
            &world.revoked_maker,
            Verdict::fails("REVOKED", &["SEAL_MAKER_CERT_REVOCATION"]),
            "制章人证书已被吊销",
            "the maker's certificate is revoked",
        ),
        (
            "expired",
            &world.expired_maker,
            Verdict::fails("EXPIRED", &["SEAL_MAKER_CERT_PERIOD"]).and_open(&["SEAL_MAKER_CERT_REVOCATION"]),
            "制章人证书已过期",
            "the maker's certificate has expired",
        ),
        (
            "not-yet",
            &world.late_maker,
            Verdict::fails("NOT_YET_VALID", &["SEAL_MAKER_CERT_PERIOD"]),
            "制章人证书尚未生效",
            "the maker's certificate is not valid yet",
        ),
        (
            "encryption",
            &pki.encryption,
            Verdict::fails("CHAIN_CONSTRAINTS_FAILURE", &["SEAL_MAKER_CERT_KEY_USAGE"]),
            "制章人证书为加密证书",
            "the maker's certificate is for encryption",
        ),
    ];
    let mut all = Vec::new();
    for (name, maker, verdict, zh, en) in list {
        let seal = world.seal_with(4, |make| make.made_by(maker));
        let words = Words(zh, en, STEP_4);
        all.push(Case::seal(Class::Twin, &format!("seal-maker-{name}"), seal.clone(), verdict.clone(), words));
        all.extend(Case::both(Class::Twin, &format!("maker-{name}"), &world.signature_make(seal), &verdict, words));
    }
    let other = world.seal_with(4, |make| make.certificate = write::octet_string(&pki.other.certificate));
    all.push(Case::seal(
        Class::Twin,
        "seal-maker-exchanged",
        other,
        junk(),
        Words("制章人证书换成另一张", "the maker's certificate was exchanged", STEP_2),
    ));
    let none = world.seal_with(4, |make| make.certificate = write::octet_string(b"no certificate"));
    let verdict = Verdict::fails("NO_SIGNING_CERTIFICATE_FOUND", &["SEAL_MAKER_SIGNATURE"]).and_open(&[
        "SEAL_MAKER_CERT_CHAIN",
        "SEAL_MAKER_CERT_PERIOD",
        "SEAL_MAKER_CERT_REVOCATION",
        "SEAL_MAKER_CERT_KEY_USAGE",
    ]);
    let words = Words("制章人证书无法读取", "the maker's certificate cannot be read", STEP_4);
    all.push(Case::seal(Class::Twin, "seal-maker-unreadable", none, verdict, words));
    let algorithm =
        world.seal_with(4, |make| make.algorithm = write::oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11]));
    let verdict = Verdict::open("CRYPTO_CONSTRAINTS_FAILURE", &["SEAL_MAKER_SIGNATURE"]);
    let words = Words("签名算法标识为 RSA", "the algorithm says RSA", "formats §9");
    all.push(Case::seal(Class::Twin, "seal-algorithm-other", algorithm, verdict, words));
    all
}

fn validity(world: &ConformanceWorld) -> Vec<Case> {
    let dated = |shape, position: usize, text: &str| {
        world.seal_with(shape, |make| make.dates[position] = write::generalized_time(time(text)))
    };
    let case = |name: &str, bytes, verdict, words| Case::seal(Class::Twin, name, bytes, verdict, words);
    let stamped = |stamp: Stamp| world.seal_with(5, |make| make.stamp = Some(stamp));
    let early = Stamp::of(&world.pki.tsa, time("2025-06-01T00:00:00Z"));
    let over = Stamp { over: Some(b"something else".to_vec()), ..Stamp::of(&world.pki.tsa, world.now - days(300)) };
    vec![
        case(
            "seal-expired",
            dated(4, 2, "2026-06-30T00:00:00Z"),
            Verdict::fails("EXPIRED", &["SEAL_VALIDITY"]),
            Words("印章已过有效期", "the seal has expired", STEP_5),
        ),
        case(
            "seal-not-yet",
            dated(4, 1, "2027-01-01T00:00:00Z"),
            Verdict::fails("NOT_YET_VALID", &["SEAL_VALIDITY"]),
            Words("印章尚未生效", "the seal is not valid yet", STEP_5),
        ),
        case(
            "seal-v5-created-later",
            dated(5, 0, "2027-01-01T00:00:00Z"),
            Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["SEAL_CREATE_DATE"]),
            Words("制作日期在将来", "the creation date is in the future", V5),
        ),
        case(
            "seal-v5-stamped-before-creation",
            stamped(early),
            Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["SEAL_TIMESTAMP"]),
            Words("制作日期晚于时间戳", "created after its time stamp", V5),
        ),
        case(
            "seal-v5-stamp-of-other",
            stamped(over),
            Verdict::fails("HASH_FAILURE", &["SEAL_TIMESTAMP"]),
            Words("时间戳针对其他数据", "the time stamp stands on something else", V5),
        ),
        case(
            "seal-v5-stamp-unknown-authority",
            stamped(Stamp::of(&world.unknown_tsa, world.now - days(300))),
            Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SEAL_TIMESTAMP"]),
            Words("时间戳服务不受信任", "the time-stamp authority is not trusted", V5),
        ),
    ]
}

fn formats(world: &ConformanceWorld) -> Vec<Case> {
    let broken = || Verdict::fails("FORMAT_FAILURE", &["SEAL_FORMAT"]);
    let good = world.seal_with(4, |_| {});
    let with = |change: &dyn Fn(&mut SealMake)| world.seal_with(4, |make| change(make));
    let extra = |count: usize| {
        let info = world.seal_make(4);
        let all: Vec<Vec<u8>> = (0..count).map(|_| write::null()).collect();
        write::sequence(&[&info.der()[..], &all.concat()])
    };
    let list: [(&str, Vec<u8>, &str, &str); 14] = [
        ("empty", Vec::new(), "空文件", "an empty file"),
        ("truncated", good[..good.len() - 1].to_vec(), "末尾少一字节", "the last byte is missing"),
        ("tail", [good.as_slice(), &[0]].concat(), "印章之后有多余字节", "a byte behind the seal"),
        ("not-asn1", b"not a seal at all".to_vec(), "不是 ASN.1", "no ASN.1"),
        ("one-element", extra(0), "SESeal 仅一个元素", "SESeal of one element"),
        (
            "six-elements",
            with(&|make| make.ext = write::null()),
            "SES_SealInfo 有不认识的元素",
            "SES_SealInfo with an unknown element",
        ),
        (
            "two-extension-lists",
            with(&|make| make.ext = [write::sequence(&[]), write::sequence(&[])].concat()),
            "扩展项出现两次",
            "extensions twice",
        ),
        (
            "property-element",
            with(&|make| make.dates[2].extend(write::null())),
            "SES_ESPropertyInfo 有不认识的元素",
            "SES_ESPropertyInfo with an unknown element",
        ),
        ("name-missing", with(&|make| make.name = Vec::new()), "没有印章名称", "no name"),
        (
            "code-integer",
            with(&|make| make.code = write::integer_i64(44)),
            "印章编码为 INTEGER",
            "the code is an INTEGER",
        ),
        ("date-missing", with(&|make| make.dates[2] = Vec::new()), "没有有效终止日期", "no end of validity"),
        (
            "date-impossible",
            with(&|make| make.dates[2] = write::element(0x18, &[b"20261340000000Z"])),
            "日期不存在",
            "a date that does not exist",
        ),
        (
            "list-type-missing",
            with(&|make| make.list_type = Vec::new()),
            "V4 印章没有 certListType",
            "no certListType in V4",
        ),
        ("indefinite-nesting", [[0x30, 0x80].repeat(40), vec![0; 80]].concat(), "嵌套过深", "nested too deep"),
    ];
    list.into_iter()
        .map(|(name, bytes, zh, en)| {
            Case::seal(Class::Twin, &format!("seal-format-{name}"), bytes, broken(), Words(zh, en, STEP_1))
        })
        .collect()
}

/// Somebody who is not the maker changed the seal, and the listed signer signed with it.
fn edited_in_signatures(world: &ConformanceWorld) -> Vec<Case> {
    let attacker = world.pki.other.certificate.clone();
    let list: [(&str, &dyn Fn(&mut SealMake), Verdict, &str, &str); 8] = [
        ("name", &|make| make.name = write::utf8("深圳示范集团"), junk(), "印章名称被改", "the name was changed"),
        ("code", &|make| make.code = write::ia5("44030000000009"), junk(), "印章编码被改", "the code was changed"),
        ("picture", &|make| make.picture = png(10), junk(), "印章图像被换", "the picture was swapped"),
        ("size", &|make| make.size_mm = 60, junk(), "印章尺寸被改", "the size was changed"),
        ("type", &|make| make.kind = 2, junk(), "印章类型被改", "the type was changed"),
        (
            "end",
            &|make| make.dates[2] = write::generalized_time(time("2039-12-31T23:59:59Z")),
            junk(),
            "有效期被延长",
            "the validity was extended",
        ),
        (
            "expired",
            &|make| make.dates[2] = write::generalized_time(time("2026-06-30T00:00:00Z")),
            Verdict::fails("SIG_CRYPTO_FAILURE", &["SEAL_MAKER_SIGNATURE", "SEAL_VALIDITY", "SIGN_TIME_IN_SEAL"]),
            "有效期被改为已过期",
            "the seal was edited to be expired",
        ),
        (
            "list",
            &|make| make.list.push(write::octet_string(&attacker)),
            junk(),
            "证书列表被添加一张证书",
            "a certificate was added to the list",
        ),
    ];
    let mut all = Vec::new();
    for (name, change, verdict, zh, en) in list {
        let seal = world.seal_edited(4, |make| change(make));
        let mut make = world.signature_make(seal);
        if name == "list" {
            make = make.signed_by(&world.pki.other);
        }
        all.extend(Case::both(Class::Twin, &format!("edited-seal-{name}"), &make, &verdict, Words(zh, en, STEP_2)));
    }
    // 2014: certificate and algorithm of the maker are among what is signed.
    let seal = world.seal_with(1, |make| make.certificate = write::octet_string(&world.pki.other.certificate));
    let words =
        Words("V1 印章的制章人证书被换", "the maker's certificate of a V1 seal was exchanged", "GM/T 0031-2014");
    all.push(Case::seal(Class::Twin, "seal-v1-maker-exchanged", seal, junk(), words));
    all
}
