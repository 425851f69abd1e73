//! Signers whose certificate is not good (签章人证书的改坏), GB/T 38540 验证步骤 e.

use eseal_asn1::write;

use super::{Case, Class, ConformanceWorld, Verdict, case::Words, ses_make::listed};
use crate::{Party, days};

const STEP_E: &str = "GB/T 38540-2020, 验证步骤 e, f";

pub(super) fn cases(world: &ConformanceWorld) -> Vec<Case> {
    let pki = &world.pki;
    let by = |signer: &Party, at| {
        let seal = world.seal_with(4, |make| make.list = listed(&[&signer.certificate]));
        world.signature_make(seal).signed_by(signer).with(|make| make.at(at))
    };
    let now = world.now;
    let list = [
        (
            "stranger",
            by(&pki.stranger, now),
            Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"]),
            "签章人自签名证书，且被印章列入",
            "a self-signed certificate that the seal lists",
        ),
        (
            "impostor",
            by(&pki.impostor, now),
            Verdict::open("NO_CERTIFICATE_CHAIN_FOUND", &["SIGNER_CERT_CHAIN", "SIGNER_CERT_REVOCATION"]),
            "签章人证书冒称由根证书签发",
            "a certificate that says falsely that the root issued it",
        ),
        (
            "forged",
            by(&world.forged, now),
            Verdict::fails("CERTIFICATE_CHAIN_GENERAL_FAILURE", &["SIGNER_CERT_CHAIN"])
                .and_open(&["SIGNER_CERT_REVOCATION"]),
            "签章人证书的签名被改坏",
            "the signature of the certificate does not fit",
        ),
        (
            "revoked",
            by(&pki.revoked, now),
            Verdict::fails("REVOKED", &["SIGNER_CERT_REVOCATION"]),
            "签章前已被吊销",
            "revoked before signing",
        ),
        (
            "revoked-no-proof",
            by(&pki.revoked, now - days(20)),
            Verdict::open("REVOKED_NO_POE", &["SIGNER_CERT_REVOCATION"]),
            "所称时间在吊销之前，没有时间证明",
            "the claimed time is before the revocation, without proof",
        ),
        (
            "expired",
            by(&pki.expired, now),
            Verdict::fails("EXPIRED", &["SIGNER_CERT_PERIOD", "SIGN_TIME_IN_CERT"])
                .and_open(&["SIGNER_CERT_REVOCATION"]),
            "签章前已过期",
            "expired before signing",
        ),
        (
            "expired-no-proof",
            by(&world.just_expired, now - days(20)),
            Verdict::open("OUT_OF_BOUNDS_NO_POE", &["SIGNER_CERT_PERIOD"]),
            "所称时间在到期之前，没有时间证明",
            "the claimed time is before the expiry, without proof",
        ),
        (
            "not-yet",
            by(&pki.not_yet, now),
            Verdict::fails("NOT_YET_VALID", &["SIGNER_CERT_PERIOD", "SIGN_TIME_IN_CERT"]),
            "证书尚未生效",
            "not valid yet",
        ),
        (
            "encryption",
            by(&pki.encryption, now),
            Verdict::fails("CHAIN_CONSTRAINTS_FAILURE", &["SIGNER_CERT_KEY_USAGE"]),
            "加密证书",
            "a certificate for encryption",
        ),
        (
            "authority",
            by(&pki.root, now),
            Verdict::fails("CHAIN_CONSTRAINTS_FAILURE", &["SIGNER_CERT_KEY_USAGE"]),
            "根证书直接签章",
            "the root itself signs",
        ),
    ];
    let mut all: Vec<Case> = list
        .into_iter()
        .flat_map(|(name, make, verdict, zh, en)| {
            Case::both(Class::Twin, &format!("signer-{name}"), &make, &verdict, Words(zh, en, STEP_E))
        })
        .collect();
    let verdict = Verdict::fails("CERTIFICATE_CHAIN_GENERAL_FAILURE", &["SIGNER_CERT_CHAIN"])
        .and_open(&["SIGNER_CERT_REVOCATION"]);
    let words = Words(
        "签章人证书由根证书以空的 SM2 用户标识签发（Q23，OpenSSL 3 的默认）",
        "the root signed the certificate with an empty SM2 user ID (Q23, what OpenSSL 3 does)",
        "GM/T 0009-2012, 10; GB/T 38540-2020, 验证步骤 e",
    );
    all.extend(Case::both(Class::Twin, "q23-certificate-empty-id", &by(&world.empty_id, now), &verdict, words));
    let seal = world.seal_with(4, |make| make.list = listed(&[b"no certificate"]));
    let make = world.signature_make(seal).with(|make| make.certificate = write::octet_string(b"no certificate"));
    let verdict = Verdict::fails("NO_SIGNING_CERTIFICATE_FOUND", &["SIG_VALUE"]).and_open(&[
        "SIGNER_CERT_CHAIN",
        "SIGNER_CERT_PERIOD",
        "SIGNER_CERT_REVOCATION",
        "SIGNER_CERT_KEY_USAGE",
        "SIGN_TIME_IN_CERT",
    ]);
    let words = Words("签章人证书无法读取", "the signer's certificate cannot be read", STEP_E);
    all.extend(Case::both(Class::Twin, "signer-unreadable", &make, &verdict, words));
    all
}
