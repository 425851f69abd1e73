//! Time-stamp tokens (测试时间戳), GB/T 20520 and RFC 3161.

use eseal_asn1::write;
use eseal_gm::sm3;
use eseal_pki::Certificate;
use eseal_ses::oid;
use jiff::Timestamp;

use crate::Party;

/// 1.2.156.10197.6.1.4.2.99.1, an invented policy.
const POLICY: &[u8] = &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 6, 1, 4, 2, 99, 1];

/// A token of `tsa` over a signature value, made at `at`, DER.
///
/// # Panics
/// The authority's certificate cannot be read.
#[must_use]
pub fn time_stamp(tsa: &Party, signature_value: &[u8], at: Timestamp) -> Vec<u8> {
    let algorithm = |content: &[u8]| write::sequence(&[&write::oid(content)]);
    let digest_algorithm = algorithm(oid::SM3);
    let imprint = write::sequence(&[&digest_algorithm, &write::octet_string(&sm3(signature_value))]);
    let info = write::sequence(&[
        &write::integer_i64(1),
        &write::oid(POLICY),
        &imprint,
        &write::integer_i64(1001),
        &write::generalized_time(at),
    ]);
    let attribute = |kind: &[u8], value: &[u8]| write::sequence(&[&write::oid(kind), &write::set(value)]);
    let attributes = write::set_of(&[
        attribute(oid::CONTENT_TYPE, &write::oid(oid::TST_INFO)),
        attribute(oid::MESSAGE_DIGEST, &write::octet_string(&sm3(&info))),
        attribute(oid::SIGNING_TIME, &write::utc_time(at)),
    ]);
    let implicit = [&[0xA0], attributes.get(1..).unwrap_or_default()].concat();
    let certificate = Certificate::from_der(&tsa.certificate).expect("an authority of the tests");
    let signer = write::sequence(&[
        &write::integer_i64(1),
        &write::sequence(&[certificate.issuer.raw, &write::integer(certificate.serial)]),
        &digest_algorithm,
        &implicit,
        &algorithm(oid::SM3_WITH_SM2),
        &write::octet_string(&tsa.sign(&attributes)),
    ]);
    let content = write::sequence(&[&write::oid(oid::TST_INFO), &write::context(0, &write::octet_string(&info))]);
    let signed_data = write::sequence(&[
        &write::integer_i64(3),
        &write::set(&digest_algorithm),
        &content,
        &write::context(0, &tsa.certificate),
        &write::set(&signer),
    ]);
    write::sequence(&[&write::oid(oid::PKCS7_SIGNED_DATA), &write::context(0, &signed_data)])
}
