//! Broken seal signatures (签章数据的改坏), GB/T 38540 验证步骤 a, b, c, g; each in a PDF and an OFD.

use eseal_asn1::write;
use eseal_gm::sm3;

use super::{
    Case, Class, ConformanceWorld, Verdict,
    case::Words,
    ses_make::{Form, SignatureMake, listed, listed_digests},
};

const STEP_A: &str = "GB/T 38540-2020, 验证步骤 a";
const STEP_B: &str = "GB/T 38540-2020, 验证步骤 b";
const STEP_C: &str = "GB/T 38540-2020, 验证步骤 c";
const STEP_D: &str = "GB/T 38540-2020, 验证步骤 d";
const STEP_G: &str = "GB/T 38540-2020, 验证步骤 g";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    [formats(world), values(world), lists(world), digests(world)].concat()
}

fn formats(world: &ConformanceWorld) -> Vec<Case> {
    let list: [(&str, fn(Vec<u8>) -> Vec<u8>, &str, &str); 6] = [
        ("truncated", |der| der[..der.len() / 2].to_vec(), "签章数据被截短", "the signature was cut off"),
        (
            "three-elements",
            |_| write::sequence(&[&write::sequence(&[&write::integer_i64(4)]), &write::null(), &write::null()]),
            "SES_Signature 有三个元素",
            "SES_Signature of three elements",
        ),
        ("text", |_| b"this is a seal signature".to_vec(), "签章数据为文本", "the signature is text"),
        (
            "octets",
            |der| write::octet_string(&der),
            "签章数据被包在 OCTET STRING 中",
            "the signature is wrapped in an OCTET STRING",
        ),
        ("integer", |_| write::integer_i64(7), "签章数据为一个整数", "the signature is a number"),
        (
            "seal-only",
            |der| {
                let tbs = &der[4..];
                // The first element of TBS_Sign behind its version: the seal.
                let at = 4 + 3;
                let len = usize::from(u16::from_be_bytes([tbs[at + 2], tbs[at + 3]])) + 4;
                tbs[at..at + len].to_vec()
            },
            "签章数据的位置放的是印章",
            "a seal stands where a signature should",
        ),
    ];
    let broken = Verdict::fails("FORMAT_FAILURE", &["SIG_FORMAT"]);
    let mut all: Vec<Case> = Vec::new();
    for (name, spoil, zh, en) in list {
        let make = world.signature_of(4).with(|make| make.spoil = spoil);
        all.extend(Case::both(Class::Twin, &format!("format-{name}"), &make, &broken, Words(zh, en, STEP_A)));
    }
    let more = world
        .signature_of(4)
        .with(|make| make.ext = [write::context(0, &write::sequence(&[])), write::null()].concat());
    all.extend(Case::both(
        Class::Twin,
        "format-tbs-extra",
        &more,
        &broken,
        Words("TBS_Sign 有多余元素", "TBS_Sign with an element too many", STEP_A),
    ));
    let without = world.signature_of(4).with(|make| make.time = Vec::new());
    all.extend(Case::both(
        Class::Twin,
        "format-no-time",
        &without,
        &broken,
        Words("没有签章时间", "no timeInfo", STEP_A),
    ));
    let seal = world.seal_with(4, |make| make.name = Vec::new());
    let make = world.signature_make(seal);
    all.extend(Case::both(
        Class::Twin,
        "format-seal-inside",
        &make,
        &broken,
        Words("所含印章格式不正确", "the seal inside cannot be read", STEP_A),
    ));
    all
}

fn values(world: &ConformanceWorld) -> Vec<Case> {
    let bad = Verdict::fails("SIG_CRYPTO_FAILURE", &["SIG_VALUE"]);
    let v4 = || world.signature_of(4);
    let form = |form: Form| v4().with(|make| make.form = form);
    let list: Vec<(&str, SignatureMake, Verdict, &str, &str)> = vec![
        ("flipped", form(Form::Flipped), bad.clone(), "签名值翻转一位", "one bit of the value flipped"),
        ("junk", form(Form::Junk), bad.clone(), "签名值为任意数", "the value is junk"),
        ("zero-r", form(Form::ZeroR), bad.clone(), "r 为零", "r is zero"),
        ("zero-s", form(Form::ZeroS), bad.clone(), "s 为零", "s is zero"),
        ("order-r", form(Form::OrderR), bad.clone(), "r 等于 n", "r is the order of the group"),
        ("large-s", form(Form::LargeS), bad.clone(), "s 大于 n", "s is larger than the order"),
        ("empty", form(Form::Empty), bad.clone(), "签名值为空", "an empty value"),
        (
            "other-id",
            form(Form::OtherId),
            bad.clone(),
            "Z 用了其他用户标识（Q18，默认不接受）",
            "another user ID in Z (Q18, not accepted by default)",
        ),
        ("without-z", form(Form::WithoutZ), bad.clone(), "未带 Z", "without Z"),
        (
            "other-key",
            v4().with(|make| make.signer = world.pki.other.clone()),
            bad.clone(),
            "用另一把私钥签名",
            "signed with another key",
        ),
        (
            "v1-flipped",
            world.signature_of(1).with(|make| {
                make.form = Form::Flipped;
                make.time = write::bit_string(&write::utc_time(world.now));
            }),
            bad.clone(),
            "V1 签名值翻转一位",
            "one bit of a V1 value flipped",
        ),
        (
            "v5-flipped",
            world.signature_of(5).with(|make| make.form = Form::Flipped),
            bad,
            "V5 签名值翻转一位",
            "one bit of a V5 value flipped",
        ),
        (
            "algorithm-other",
            v4().with(|make| make.algorithm = write::oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11])),
            Verdict::open("CRYPTO_CONSTRAINTS_FAILURE", &["SIG_VALUE"]),
            "签名算法标识为 RSA",
            "the algorithm says RSA",
        ),
    ];
    let each = list.into_iter().flat_map(|(name, make, verdict, zh, en)| {
        Case::both(Class::Twin, &format!("value-{name}"), &make, &verdict, Words(zh, en, STEP_B))
    });
    each.collect()
}

fn lists(world: &ConformanceWorld) -> Vec<Case> {
    let pki = &world.pki;
    let bad = Verdict::fails("SIG_CONSTRAINTS_FAILURE", &["SIGNER_IN_SEAL_LIST"]);
    let seal = |kind: i64, list: Vec<Vec<u8>>| {
        world.seal_with(4, |make| {
            make.list_type = write::integer_i64(kind);
            make.list = list;
        })
    };
    let other_digest = write::sequence(&[&write::printable("SM3"), &write::octet_string(&sm3(b"other"))]);
    let short_digest = write::sequence(&[&write::printable("SM3"), &write::octet_string(&[])]);
    let sealed = |seal: Vec<u8>| world.signature_make(seal);
    let mut all = Vec::new();
    let mut add = |name: &str, make: &SignatureMake, verdict: &Verdict, zh, en| {
        all.extend(Case::both(Class::Twin, &format!("list-{name}"), make, verdict, Words(zh, en, STEP_C)));
    };
    add(
        "unlisted",
        &world.signature_of(4).signed_by(&pki.other),
        &bad,
        "印章被移用，由未列入的签章人签名",
        "the seal transplanted, signed by somebody unlisted",
    );
    add(
        "self-signed",
        &world.signature_of(4).signed_by(&pki.stranger),
        &bad.clone().and_open(&["SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"]),
        "印章被移用，由自签名证书签名",
        "the seal transplanted, signed with a self-signed certificate",
    );
    add(
        "impostor",
        &world.signature_of(4).signed_by(&pki.impostor),
        &bad.clone().and_open(&["SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"]),
        "印章被移用，由同名的冒充证书签名",
        "the seal transplanted, signed with a false certificate of the same name",
    );
    add("empty", &sealed(seal(1, Vec::new())), &bad, "证书列表为空", "an empty list");
    add(
        "digest-other",
        &sealed(seal(2, vec![other_digest])),
        &bad,
        "证书摘要不是签章人的",
        "the digest of another certificate",
    );
    add("digest-empty", &sealed(seal(2, vec![short_digest])), &bad.clone(), "证书摘要为空", "an empty digest");
    add("type-3", &sealed(seal(3, listed(&[&pki.signer.certificate]))), &bad, "certListType 为 3", "certListType 3");
    add(
        "digests-as-certificates",
        &sealed(seal(1, listed_digests(&[&pki.signer.certificate]))),
        &bad.clone().deviates(&["CERTLIST_FORM"]),
        "列表类型为证书而内容为摘要",
        "the list says certificates and holds digests",
    );
    add(
        "v1-byte",
        &{
            let seal = world.seal_with(1, |make| make.list = vec![write::ia5("1")]);
            world.signature_make(seal).with(|make| {
                make.shape = 1;
                make.version = 1;
                make.time = write::bit_string(&write::utc_time(world.now));
            })
        },
        &bad.deviates(&["CERTLIST_FORM"]),
        "V1 列表元素为一个字符（Q9）",
        "an element of one letter in a V1 list (Q9)",
    );
    let maker = world.seal_with(4, |make| make.form = Form::Junk);
    let verdict = Verdict::fails("SIG_CRYPTO_FAILURE", &["SEAL_MAKER_SIGNATURE"]);
    let words = Words("所含印章的制章人签名值为任意数", "junk maker signature in the seal inside", STEP_D);
    all.extend(Case::both(Class::Twin, "maker-junk", &world.signature_make(maker), &verdict, words));
    all
}

fn digests(world: &ConformanceWorld) -> Vec<Case> {
    let bad = Verdict::fails("HASH_FAILURE", &["DOCUMENT_DIGEST"]);
    let list: [(&str, fn([u8; 32]) -> Vec<u8>, &str, &str); 7] = [
        (
            "other",
            |_| write::bit_string(&sm3(b"another document")),
            "原文摘要为另一文件的",
            "the digest of another document",
        ),
        ("of-nothing", |_| write::bit_string(&sm3(b"")), "原文摘要为空串的摘要", "the digest of the empty string"),
        ("zeros", |_| write::bit_string(&[0; 32]), "原文摘要全零", "a digest of zeros"),
        ("empty", |_| write::bit_string(&[]), "原文摘要为空", "an empty digest"),
        ("longer", |sm3| write::bit_string(&[&sm3[..], &[0]].concat()), "原文摘要长 33 字节", "a digest of 33 bytes"),
        ("double", |hash| write::bit_string(&sm3(&hash)), "原文摘要又被摘要一次", "the digest of the digest"),
        (
            "flipped",
            |mut sm3| {
                sm3[0] ^= 1;
                write::bit_string(&sm3)
            },
            "原文摘要翻转一位",
            "one bit of the digest flipped",
        ),
    ];
    let mut all = Vec::new();
    for (name, data_hash, zh, en) in list {
        let make = world.signature_of(4).with(|make| make.data_hash = data_hash);
        all.extend(Case::both(Class::Twin, &format!("digest-{name}"), &make, &bad, Words(zh, en, STEP_G)));
    }
    let make = world.signature_of(4).with(|make| make.hash_with_z = true);
    let words = Words(
        "原文摘要含 Z（Q8，默认不接受）",
        "Z was hashed before the document (Q8, not accepted by default)",
        STEP_G,
    );
    all.extend(Case::both(Class::Twin, "digest-with-z", &make, &bad, words));
    all
}
