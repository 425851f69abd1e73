//! Seals that deviate (印章的编码偏差), formats.md §12, one vector each.

use eseal_asn1::write;
use eseal_ses::oid;

use super::{Case, Class, ConformanceWorld, Verdict, case::Words, ses_make::Form};
use crate::png;

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    let case = |name: &str, bytes, deviations: &[&'static str], zh, en, clause| {
        Case::seal(Class::Good, name, bytes, Verdict::good().deviates(deviations), Words(zh, en, clause))
    };
    let v4 = |change: &dyn Fn(&mut super::ses_make::SealMake)| world.seal_with(4, |make| change(make));
    let extension = |critical: Vec<u8>| {
        let id = write::oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 6, 7, 2, 2, 1]);
        write::sequence(&[&write::sequence(&[&id, &critical, &write::octet_string(b"2.1")])])
    };
    vec![
        case(
            "q01-seal-unused-bits",
            v4(&|make| make.form = Form::Unused),
            &["BITSTRING_TRIMMED"],
            "位串称有未用位",
            "bits are said to be unused",
            "Q1",
        ),
        case(
            "q01-seal-trimmed",
            v4(&|make| make.form = Form::Trimmed),
            &["BITSTRING_TRIMMED"],
            "签名值末尾的零字节被截去",
            "a zero byte at the end was cut off",
            "Q1",
        ),
        case(
            "q02-seal-raw",
            v4(&|make| make.form = Form::Raw),
            &["SIGNATURE_RAW"],
            "制章人签名值为 r‖s",
            "the maker's value is r‖s",
            "Q2",
        ),
        case(
            "q02-seal-skf",
            v4(&|make| make.form = Form::Skf),
            &["SIGNATURE_RAW"],
            "制章人签名值为 SKF 结构",
            "the maker's value is an SKF blob",
            "Q2",
        ),
        case(
            "q02-seal-negative",
            v4(&|make| make.form = Form::Negative),
            &["INTEGER_NEGATIVE"],
            "INTEGER 缺少符号零字节",
            "INTEGERs that look negative",
            "real files: negative integers",
        ),
        case(
            "q03-seal-utc-time",
            v4(&|make| {
                make.dates = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2030-12-31T23:59:59Z"]
                    .map(|text| write::utc_time(crate::time(text)))
            }),
            &["TAG_VARIANT"],
            "V4 印章用两位年份的 UTCTime",
            "UTCTime with two-digit years in a V4 seal",
            "Q3",
        ),
        case(
            "q03-v1-seal-generalized-time",
            world.seal_with(1, |make| {
                make.version = 1;
                make.dates = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2030-12-31T23:59:59Z"]
                    .map(|text| write::generalized_time(crate::time(text)));
            }),
            &["TAG_VARIANT"],
            "V1 印章用 GeneralizedTime",
            "GeneralizedTime in a V1 seal",
            "Q3",
        ),
        case(
            "q03-seal-octet-value",
            v4(&|make| make.form = Form::Octet),
            &["TAG_VARIANT"],
            "签名值为 OCTET STRING",
            "the value is an OCTET STRING",
            "Q3",
        ),
        case(
            "q03-seal-name-ia5",
            v4(&|make| make.name = write::ia5("Test seal")),
            &["TAG_VARIANT"],
            "印章名称为 IA5String",
            "the name is an IA5String",
            "Q3",
        ),
        case(
            "q03-seal-inline-certificate",
            world.seal_with(4, |make| make.certificate = world.pki.maker.certificate.clone()),
            &["TAG_VARIANT"],
            "制章人证书未包在 OCTET STRING 中",
            "the maker's certificate is not wrapped",
            "Q3",
        ),
        case(
            "q03-seal-algorithm-identifier",
            v4(&|make| make.algorithm = write::sequence(&[&write::oid(oid::SM3_WITH_SM2)])),
            &["TAG_VARIANT"],
            "算法写成 AlgorithmIdentifier",
            "the algorithm is an AlgorithmIdentifier",
            "Q3",
        ),
        case(
            "q04-seal-ext-tagged",
            v4(&|make| make.ext = write::context(0, &extension(Vec::new()))),
            &["TAG_VARIANT"],
            "印章扩展项带标签",
            "extensions of a seal with a tag",
            "Q4",
        ),
        case(
            "q05-seal-explicit-false",
            v4(&|make| make.ext = extension(write::boolean(false))),
            &[],
            "critical 明写 FALSE",
            "critical FALSE is written out",
            "Q5",
        ),
        case(
            "q05-seal-omitted-false",
            v4(&|make| make.ext = extension(Vec::new())),
            &[],
            "critical 省略",
            "critical is left out",
            "Q5",
        ),
        case(
            "q06-v4-seal-by-v1-rule",
            v4(&|make| make.other_rule = true),
            &["SEAL_TBS_OTHER_VERSION"],
            "V4 印章按 V1 规则签名",
            "a V4 seal signed by the rule of V1",
            "Q6",
        ),
        case(
            "q06-v1-seal-by-v4-rule",
            world.seal_with(1, |make| {
                make.version = 1;
                make.other_rule = true;
            }),
            &["SEAL_TBS_OTHER_VERSION"],
            "V1 印章按 V4 规则签名",
            "a V1 seal signed by the rule of V4",
            "Q6",
        ),
        case(
            "q07-seal-version-2",
            v4(&|make| make.version = 2),
            &["VERSION_MISMATCH"],
            "V4 结构而版本号为 2",
            "shape of V4, version number 2",
            "Q7",
        ),
        case(
            "q07-v1-seal-version-4",
            world.seal_with(1, |make| make.version = 4),
            &["VERSION_MISMATCH"],
            "V1 结构而版本号为 4",
            "shape of V1, version number 4",
            "Q7",
        ),
        case(
            "q09-v1-seal-inline-list",
            world.seal_with(1, |make| {
                make.version = 1;
                make.list = vec![world.pki.signer.certificate.clone()];
            }),
            &["CERTLIST_FORM"],
            "列表元素为证书本身",
            "certificates stand in the list themselves",
            "Q9",
        ),
        case(
            "q10-picture-lower-case",
            v4(&|make| make.picture_type = "png"),
            &[],
            "图像类型为小写",
            "picture type in lower case",
            "Q10",
        ),
        case(
            "q10-picture-ofd",
            world.seal_with(4, |make| {
                make.picture_type = "ofd";
                make.picture = png(9);
            }),
            &[],
            "图像类型为 ofd",
            "picture type ofd",
            "Q10",
        ),
        case(
            "q17-seal-algorithm-301-1",
            v4(&|make| make.algorithm = write::oid(oid::SM2_SIGN)),
            &[],
            "算法为 301.1",
            "algorithm 301.1",
            "Q17",
        ),
        case(
            "q17-seal-algorithm-typo",
            v4(&|make| make.algorithm = write::oid(oid::SM3_WITH_SM2_TYPO)),
            &["ALGORITHM_OID"],
            "算法标识缺一段（1.2.156.10197.501）",
            "an algorithm with an arc missing",
            "formats §9",
        ),
        case(
            "q12-seal-starts-before-creation",
            v4(&|make| make.dates[1] = write::generalized_time(crate::time("2025-12-31T16:00:00Z"))),
            &[],
            "有效期起点为当地零点，早于制作时间",
            "validity begins at local midnight, before the creation date",
            "Q12",
        ),
    ]
}
