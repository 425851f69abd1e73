//! Time stamps: asked for and made here, and OpenSSL on both sides.

use std::process::Command;

use eseal_gm::Hash;
use eseal_pki::{
    issue::{Profile, SigningAlgorithm, TokenTemplate, time_stamp_granted, time_stamp_rejected},
    pem,
    time_stamp::{TimeStampFailure, TimeStampRequest, TimeStampResponse, time_stamp_request},
};
use jiff::Timestamp;

/// 2.16.840.1.99999.1, an invented policy.
const POLICY: &[u8] = &[0x60, 0x86, 0x48, 1, 0x86, 0x8D, 0x1F, 1];

#[test]
fn what_is_asked_and_answered_reads_back() {
    let digest = eseal_gm::sm3(b"a signature value");
    let der = time_stamp_request(Hash::Sm3, &digest, Some(&[0x80, 1]), Some(POLICY));
    let request = TimeStampRequest::from_der(&der).expect("a request");
    assert!(request.is_sound() && request.wants_certificate && !request.has_extensions);
    assert_eq!((request.hash, request.imprint), (Some(Hash::Sm3), &digest[..]));
    assert_eq!((request.policy, request.nonce), (Some(POLICY), Some(&[0, 0x80, 1][..])));
    let short = time_stamp_request(Hash::Sha256, &digest[..31], None, None);
    assert!(!TimeStampRequest::from_der(&short).expect("a request").is_sound());
    for failure in
        [TimeStampFailure::BAD_ALGORITHM, TimeStampFailure::BAD_DATA_FORMAT, TimeStampFailure::SYSTEM_FAILURE]
    {
        let der = time_stamp_rejected(failure, "no");
        let response = TimeStampResponse::from_der(&der).expect("a response");
        assert_eq!((response.failure, response.granted(), &*response.text), (Some(failure), None, "no"));
    }
    let der = time_stamp_granted(&[0x30, 0]);
    assert_eq!(TimeStampResponse::from_der(&der).expect("a response").granted(), Some(&[0x30, 0][..]));
    for bytes in [&b""[..], b"0", b"0\x80", &[0; 50], b"0\x03\x02\x01\x01"] {
        assert!(TimeStampRequest::from_der(bytes).is_err());
        assert!(TimeStampResponse::from_der(bytes).is_err());
    }
}

fn openssl(arguments: &[&str]) -> Option<String> {
    let Ok(output) = Command::new("openssl").args(arguments).output() else {
        println!("skipped: openssl is absent");
        return None;
    };
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "openssl {arguments:?}: {said}");
    Some(said)
}

#[test]
fn openssl_verifies_our_tokens_and_we_answer_its_questions() {
    for (kind, algorithm) in [("rsa:2048", SigningAlgorithm::Sha256WithRsa), ("ec", SigningAlgorithm::Sha256WithEcdsa)]
    {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let (key, certificate) = (path("key"), path("certificate"));
        let mut new = vec!["req", "-x509", "-newkey", kind, "-nodes", "-subj", "/CN=tsa", "-days", "30"];
        if kind == "ec" {
            new.extend(["-pkeyopt", "ec_paramgen_curve:P-256"]);
        }
        new.extend(["-keyout", &key, "-out", &certificate, "-addext", "extendedKeyUsage=critical,timeStamping"]);
        if openssl(&new).is_none() {
            return;
        }
        let der = pem::der_of(&std::fs::read(&certificate).expect("a file"), "CERTIFICATE").expect("PEM");
        let (data, question, answer, tbs, value) =
            (path("data"), path("question"), path("answer"), path("tbs"), path("value"));
        std::fs::write(&data, b"a signature value").expect("a file");
        openssl(&["ts", "-query", "-data", &data, "-sha256", "-cert", "-out", &question]);
        let request = std::fs::read(&question).expect("a question");
        let request = TimeStampRequest::from_der(&request).expect("a question");
        assert!(request.is_sound() && request.nonce.is_some());
        assert_eq!(request.imprint, Hash::Sha256.digest(b"a signature value"));
        let sign = |bytes: &[u8]| {
            std::fs::write(&tbs, bytes)?;
            openssl(&["dgst", "-sha256", "-sign", &key, "-out", &value, &tbs]);
            Ok(std::fs::read(&value)?)
        };
        let at = Timestamp::from_second(Timestamp::now().as_second()).expect("a time");
        let template = TokenTemplate { algorithm, ..TokenTemplate::for_request(&request, POLICY, &[5, 6], at) };
        let token = template.signed_by(&der, &[], &sign).expect("a token");
        std::fs::write(&answer, time_stamp_granted(&token)).expect("a file");
        let said = openssl(&["ts", "-verify", "-in", &answer, "-queryfile", &question, "-CAfile", &certificate]);
        assert!(said.expect("OpenSSL is here").contains("Verification: OK"));
        // Our own question, read by them.
        let ours = time_stamp_request(Hash::Sha256, &Hash::Sha256.digest(b"x"), Some(&[9; 8]), Some(POLICY));
        std::fs::write(&question, ours).expect("a file");
        let said = openssl(&["ts", "-query", "-in", &question, "-text"]).expect("OpenSSL is here");
        assert!(said.contains("Certificate required: yes") && said.contains("0x0909090909090909"), "{said}");
    }
}

#[test]
fn openssl_verifies_our_sm2_tokens_but_for_the_id() {
    // Its PKCS #7 knows no ID (formats.md Q23): 3.0.22 digests without Z, and an empty ID would be the other way to leave
    // it out.  So these tokens are signed that way, and all else is as we make it; with the standard's ID it must refuse.
    let tsa = crate::issue(6, "时间戳", Profile::Tsa, None);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, question, answer, der, certificate) =
        (path("data"), path("question"), path("answer"), path("der"), path("certificate"));
    std::fs::write(&data, b"a signature value").expect("a file");
    std::fs::write(&der, &tsa.der).expect("a file");
    if openssl(&["x509", "-inform", "DER", "-in", &der, "-out", &certificate]).is_none() {
        return;
    }
    openssl(&["ts", "-query", "-data", &data, "-sm3", "-cert", "-out", &question]);
    let request = std::fs::read(&question).expect("a question");
    let request = TimeStampRequest::from_der(&request).expect("a question");
    let template = TokenTemplate::for_request(&request, POLICY, &[5, 6], crate::now());
    let verify = |sign: &dyn Fn(&[u8]) -> Vec<u8>| {
        let token = template.signed_by(&tsa.der, &[], &|bytes| Ok(sign(bytes))).expect("a token");
        std::fs::write(&answer, time_stamp_granted(&token)).expect("a file");
        let arguments = ["ts", "-verify", "-in", &answer, "-queryfile", &question, "-CAfile", &certificate];
        let output = Command::new("openssl").args(arguments).output().expect("OpenSSL is here");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let without_id = tsa.key.clone().with_id(b"").expect("an ID");
    let said = [
        verify(&|bytes| without_id.sign(bytes)),
        verify(&|bytes| tsa.key.sign_prehash(&eseal_gm::sm3(bytes)).to_der()),
    ];
    assert!(said.iter().any(|said| said.contains("Verification: OK")), "{said:?}");
    let said = verify(&|bytes| tsa.key.sign(bytes));
    assert!(said.contains("Verification: FAILED"), "{said}");
}
