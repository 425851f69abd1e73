//! Issuing, reading and judging paths, with OpenSSL as a second judge.

use std::{fs, path::Path, process::Command};

use eseal_gm::sm2::SigningKey;
use eseal_pki::{
    Certificate, Chain, Crl, KeyUsage, Period, PublicKey, Revocation, RevocationUnknown, SignatureCheck, Usage,
    UsageAnswer, UsageFault, check_path,
    issue::{CertificateTemplate, CrlTemplate, IssueError, Profile, RevokedEntry, SignTbs, Subject},
    pem,
};
use jiff::{SignedDuration, Timestamp};

#[path = "pki/foreign.rs"]
mod foreign;
#[path = "pki/ocsp.rs"]
mod ocsp;
#[path = "pki/revocation.rs"]
mod revocation;
#[path = "pki/time_stamp.rs"]
mod time_stamp;

/// A certificate with its key.
struct Holder {
    key: SigningKey,
    der: Vec<u8>,
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    time("2026-11-24T08:00:00Z")
}

fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}

/// A key for tests: the same for the same seed.
fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).expect("a key")
}

fn with<T>(key: &SigningKey, run: impl FnOnce(SignTbs<'_>) -> Result<T, IssueError>) -> T {
    run(&|tbs| Ok(key.sign(tbs))).expect("issued")
}

/// Issues a certificate; the seed is key and serial number.
fn issue(seed: u8, name: &str, profile: Profile, issuer: Option<&Holder>) -> Holder {
    issue_with(seed, name, profile, issuer, |_| {})
}

fn issue_with(
    seed: u8,
    name: &str,
    profile: Profile,
    issuer: Option<&Holder>,
    change: impl FnOnce(&mut CertificateTemplate<'_>),
) -> Holder {
    let key = key(seed);
    let (subject, public_key) = (Subject::of("91440300MA5DEMX122示范公司", name), key.public_key());
    let mut template = CertificateTemplate {
        serial: &[0x80 | seed, 0, seed],
        subject: &subject,
        public_key: &public_key,
        profile,
        not_before: now() - days(30),
        not_after: now() + days(365),
        crl_url: Some("http://crl.example/root.crl"),
    };
    change(&mut template);
    let der = match issuer {
        Some(issuer) => with(&issuer.key, |sign| template.issued_by(&issuer.der, sign)),
        None => with(&key, |sign| template.self_signed(sign)),
    };
    Holder { key, der }
}

fn crl(issuer: &Holder, made: Timestamp, revoked: &[RevokedEntry]) -> Vec<u8> {
    let template = CrlTemplate { number: 1, this_update: made, next_update: made + days(7), revoked };
    with(&issuer.key, |sign| template.issued_by(&issuer.der, sign))
}

fn read(holder: &Holder) -> Certificate<'_> {
    Certificate::from_der(&holder.der).expect("a certificate")
}

#[test]
fn what_is_issued_reads_back() {
    let root = issue(1, "根", Profile::Root, None);
    let signer = issue(2, "44030000000001", Profile::Signer, Some(&root));
    let certificate = read(&signer);
    assert_eq!(certificate.subject.to_string(), "C=CN, O=91440300MA5DEMX122示范公司, CN=44030000000001");
    assert_eq!(certificate.subject.common_name(), Some("44030000000001"));
    assert_eq!(certificate.subject.organization(), Some("91440300MA5DEMX122示范公司"));
    assert_eq!(certificate.issuer, read(&root).subject);
    assert_eq!(certificate.serial_hex(), "020002");
    assert_eq!(certificate.public_key, PublicKey::Sm2(&signer.key.public_key()));
    assert_eq!(certificate.validity.not_after, now() + days(365));
    assert_eq!(certificate.extensions.crl_urls, ["http://crl.example/root.crl"]);
    assert_eq!(certificate.extensions.authority_key_id, read(&root).extensions.subject_key_id);
    let usage = certificate.extensions.key_usage.expect("a key usage");
    assert!(usage.any(KeyUsage::DIGITAL_SIGNATURE) && !usage.any(KeyUsage::KEY_CERT_SIGN));
    assert!(certificate.extensions.unknown_critical.is_empty());
    assert_eq!(certificate.check_signature(&read(&root).public_key), SignatureCheck::Good);
    assert_eq!(certificate.check_signature(&certificate.public_key), SignatureCheck::Bad);
}

#[test]
fn any_flipped_bit_breaks_reading_or_signature() {
    let root = issue(1, "根", Profile::Root, None);
    let signer = issue(2, "甲", Profile::Signer, Some(&root));
    let root = read(&root);
    for position in (0..signer.der.len()).step_by(3) {
        let mut der = signer.der.clone();
        der[position] ^= 0x10;
        if let Ok(certificate) = Certificate::from_der(&der) {
            assert_eq!(certificate.check_signature(&root.public_key), SignatureCheck::Bad, "byte {position}");
        }
    }
}

#[test]
fn no_shortened_certificate_or_list_is_read_or_crashes() {
    let root = issue(1, "根", Profile::Root, None);
    let entry = RevokedEntry { serial: vec![5], since: now(), reason: Some(1) };
    let list = crl(&root, now(), &[entry]);
    for length in 0..root.der.len() {
        assert!(Certificate::from_der(&root.der[..length]).is_err(), "{length}");
    }
    for length in 0..list.len() {
        assert!(Crl::from_der(&list[..length]).is_err(), "{length}");
    }
}

/// A path, what is expected of it.
struct Case<'a> {
    name: &'a str,
    certificate: &'a Holder,
    anchors: Vec<&'a Holder>,
    at: Timestamp,
    usage: Usage,
    expected: (Chain, Period, UsageAnswer, Revocation),
}

#[test]
fn each_question_about_a_path_has_its_own_answer() {
    const TRUSTED: Chain = Chain::Trusted { anchor: 0 };
    const STALE: Revocation = Revocation::Unknown(RevocationUnknown::Stale);
    const NO_ISSUER: Revocation = Revocation::Unknown(RevocationUnknown::NoIssuer);
    let root = issue(1, "根", Profile::Root, None);
    let middle = issue(2, "中级", Profile::Intermediate { path_len: 0 }, Some(&root));
    let below = issue(3, "更下级", Profile::Intermediate { path_len: 0 }, Some(&middle));
    let signer = issue(4, "签章人", Profile::Signer, Some(&middle));
    let revoked = issue(5, "已吊销", Profile::Signer, Some(&middle));
    let encryption = issue(6, "加密", Profile::Encryption, Some(&middle));
    let too_deep = issue(7, "太深", Profile::Signer, Some(&below));
    let by_signer = issue(8, "由签章人签发", Profile::Signer, Some(&signer));
    let tsa = issue(9, "时间戳", Profile::Tsa, Some(&middle));
    let expired = issue_with(10, "过期", Profile::Signer, Some(&middle), |t| t.not_after = now() - days(1));
    let stranger = issue(11, "外人", Profile::Signer, None);
    // Says it is issued by `root`, and is signed with another key of the same name.
    let impostor_root = issue(12, "根", Profile::Root, None);
    let forged = issue(13, "伪造", Profile::Signer, Some(&impostor_root));
    let since = now() - days(3);
    let entry = RevokedEntry { serial: vec![5, 0, 5], since, reason: Some(1) };
    let lists =
        [crl(&root, now() - days(1), &[]), crl(&middle, now() - days(1), &[entry]), crl(&below, now() - days(1), &[])];
    let lists: Vec<Crl<'_>> = lists.iter().map(|der| Crl::from_der(der).expect("a list")).collect();
    let intermediates = [read(&middle), read(&below), read(&signer)];

    let ok = (TRUSTED, Period::Within, UsageAnswer::Allowed, Revocation::Good);
    let not = |fault| UsageAnswer::NotAllowed(fault);
    let case = |name, certificate, expected| Case {
        name,
        certificate,
        anchors: vec![&root],
        at: now(),
        usage: Usage::Sign,
        expected,
    };
    let later = now() + days(20);
    let cases = [
        case("a signer", &signer, ok),
        case("the anchor itself", &root, (ok.0, ok.1, not(UsageFault::NotForSigning), ok.3)),
        case(
            "a revoked signer",
            &revoked,
            (ok.0, ok.1, ok.2, Revocation::Revoked { since, reason: Some(1), invalid_since: None }),
        ),
        case("an encryption certificate", &encryption, (ok.0, ok.1, not(UsageFault::NotForSigning), ok.3)),
        case("a CA below one that may have none", &too_deep, (ok.0, ok.1, not(UsageFault::PathTooLong), ok.3)),
        case(
            "issued by somebody who is no CA",
            &by_signer,
            (ok.0, ok.1, not(UsageFault::NotCa), Revocation::Unknown(RevocationUnknown::NoCrl)),
        ),
        case("an expired signer", &expired, (ok.0, Period::Over, ok.2, ok.3)),
        case("a stranger", &stranger, (Chain::NotFound, ok.1, ok.2, NO_ISSUER)),
        case("a forged signature", &forged, (Chain::NotFound, ok.1, ok.2, NO_ISSUER)),
        Case { at: now() - days(60), ..case("too early", &signer, (ok.0, Period::NotYet, ok.2, ok.3)) },
        Case { at: later, ..case("lists out of date", &signer, (ok.0, ok.1, ok.2, STALE)) },
        Case {
            anchors: vec![&stranger, &root],
            ..case("the second anchor", &signer, (Chain::Trusted { anchor: 1 }, ok.1, ok.2, ok.3))
        },
        Case { anchors: vec![&signer], ..case("the signer as anchor", &signer, ok) },
        Case { anchors: vec![], ..case("no anchor", &signer, (Chain::NotFound, ok.1, ok.2, NO_ISSUER)) },
        Case { usage: Usage::TimeStamp, ..case("a time-stamp authority", &tsa, ok) },
        Case {
            usage: Usage::TimeStamp,
            ..case("a signer of time stamps", &signer, (ok.0, ok.1, not(UsageFault::NotForTimeStamps), ok.3))
        },
    ];
    for case in cases {
        let anchors: Vec<Certificate<'_>> = case.anchors.iter().map(|holder| read(holder)).collect();
        let report = check_path(&read(case.certificate), &intermediates, &anchors, &lists, case.at, case.usage);
        let found = (report.chain, report.period(), report.usage(), report.revocation());
        assert_eq!(found, case.expected, "{}", case.name);
        assert_eq!(report.links[0].der, case.certificate.der);
    }
}

#[test]
fn a_list_of_another_key_proves_nothing() {
    let root = issue(1, "根", Profile::Root, None);
    let other = issue(2, "根", Profile::Root, None);
    let signer = issue(3, "甲", Profile::Signer, Some(&root));
    let entry = RevokedEntry { serial: vec![3, 0, 3], since: now(), reason: None };
    let list = crl(&other, now(), &[entry]);
    let list = [Crl::from_der(&list).expect("a list")];
    let report = check_path(&read(&signer), &[], &[read(&root)], &list, now(), Usage::Sign);
    assert_eq!(report.revocation(), Revocation::Unknown(RevocationUnknown::BadSignature));
}

#[test]
fn a_bad_signature_is_told_from_a_missing_issuer() {
    let root = issue(1, "根", Profile::Root, None);
    let mut signer = issue(2, "甲", Profile::Signer, Some(&root));
    let last = signer.der.len() - 1;
    signer.der[last] ^= 1;
    let report = check_path(&read(&signer), &[], &[read(&root)], &[], now(), Usage::Sign);
    assert_eq!(report.chain, Chain::SignatureBad);
}

#[test]
fn a_bomb_of_cross_signed_certificates_ends() {
    let holders: Vec<Holder> = (1..=60).map(|seed| issue(seed, "同名", Profile::Root, None)).collect();
    let root = issue(100, "根", Profile::Root, None);
    let certificates: Vec<Certificate<'_>> = holders.iter().map(read).collect();
    let report = check_path(&certificates[0], &certificates[1..], &[read(&root)], &[], now(), Usage::Sign);
    assert_eq!(report.chain, Chain::NotFound);
}

#[test]
fn what_cannot_be_issued_says_why() {
    let key = key(1);
    let subject = Subject::named("甲");
    let public_key = key.public_key();
    let template = CertificateTemplate {
        serial: &[1],
        subject: &subject,
        public_key: &public_key,
        profile: Profile::Root,
        not_before: now(),
        not_after: now(),
        crl_url: None,
    };
    let sign: SignTbs<'_> = &|tbs| Ok(key.sign(tbs));
    let failing: SignTbs<'_> = &|_| Err("device".into());
    let bad_key = CertificateTemplate { public_key: &public_key[1..], ..template.clone() };
    let bad_serial = CertificateTemplate { serial: &[], ..template.clone() };
    let bad_time = CertificateTemplate { not_before: time("1900-01-01T00:00:00Z"), ..template.clone() };
    assert!(matches!(bad_key.self_signed(sign), Err(IssueError::PublicKey)));
    assert!(matches!(bad_serial.self_signed(sign), Err(IssueError::Serial)));
    assert!(matches!(bad_time.self_signed(sign), Err(IssueError::Time(_))));
    assert!(matches!(template.self_signed(failing), Err(IssueError::Sign(_))));
    assert!(matches!(template.issued_by(b"x", sign), Err(IssueError::Issuer(_))));
}

#[test]
fn openssl_accepts_what_is_issued() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("skipped: openssl is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, label: &str, der: &[u8]| {
        fs::write(folder.path().join(name), pem::encode(label, der)).expect("written");
    };
    let root = issue_with(1, "根", Profile::Root, None, |t| t.not_after = time("2060-01-01T00:00:00Z"));
    let middle = issue(2, "中级", Profile::Intermediate { path_len: 0 }, Some(&root));
    write("root.pem", pem::CERTIFICATE, &root.der);
    write("middle.pem", pem::CERTIFICATE, &middle.der);
    // `verify` uses the ID for the last certificate only: each is judged with its issuer as the anchor.
    let verify = |name: &str, der: &[u8], anchor: &str| {
        write("leaf.pem", pem::CERTIFICATE, der);
        let output = Command::new("openssl")
            .args(["verify", "-vfyopt", "distid:1234567812345678", "-x509_strict", "-attime"])
            .arg((now() + days(1)).as_second().to_string())
            .args(["-partial_chain", "-CAfile", anchor, "leaf.pem"])
            .current_dir(folder.path())
            .output()
            .expect("openssl runs");
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success(), format!("{name}: {text}"))
    };
    for (seed, profile) in [(10, Profile::SealMaker), (11, Profile::Signer), (12, Profile::Tsa), (13, Profile::Phone)] {
        let leaf = issue(seed, "某某", profile, Some(&middle));
        let (good, text) = verify(&format!("{profile:?}"), &leaf.der, "middle.pem");
        assert!(good, "{text}");
    }
    let (good, text) = verify("middle", &middle.der, "root.pem");
    assert!(good, "{text}");
    let impostor = issue(14, "中级", Profile::Intermediate { path_len: 0 }, Some(&root));
    let forged = issue(15, "伪造", Profile::Signer, Some(&impostor));
    let (good, text) = verify("forged", &forged.der, "middle.pem");
    assert!(!good, "{text}");

    // `verify` takes no ID for lists: the signed bytes are checked by themselves, and the list is printed.
    let entry = RevokedEntry { serial: vec![5, 0, 5], since: now() - days(1), reason: Some(1) };
    let list = crl(&root, now(), &[entry]);
    write("list.pem", pem::CRL, &list);
    let list = Crl::from_der(&list).expect("a list");
    fs::write(folder.path().join("tbs"), list.tbs).expect("written");
    fs::write(folder.path().join("signature"), list.signature).expect("written");
    let openssl = |arguments: &str| {
        let output = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder.path())
            .output()
            .expect("openssl runs");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    openssl("x509 -in root.pem -noout -pubkey -out key.pem");
    let verdict = openssl(
        "pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 -pubin -inkey key.pem -sigfile signature -in tbs",
    );
    assert!(verdict.contains("Verified Successfully"), "{verdict}");
    let text = openssl("crl -in list.pem -noout -text");
    for expected in ["Serial Number: 050005", "Key Compromise", "Next Update: Dec  1 08:00:00 2026 GMT"] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn public_samples_are_read_or_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/cert");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: ../shared is absent");
        return;
    };
    let (mut readable, mut refused) = (0, 0);
    for entry in entries {
        let path = entry.expect("an entry").path();
        let file = fs::read(&path).expect("a file");
        for block in pem::decode(&String::from_utf8_lossy(&file)).unwrap_or_default() {
            match Certificate::from_der(&block.der) {
                Ok(certificate) => {
                    assert_eq!(block.label, pem::CERTIFICATE, "{}", path.display());
                    assert!(
                        matches!(certificate.public_key, PublicKey::Sm2(_)) || certificate.public_key.sm2().is_none()
                    );
                    assert!(!certificate.subject.to_string().is_empty());
                    readable += 1;
                }
                Err(_) => {
                    assert_ne!(block.label, pem::CERTIFICATE, "{}", path.display());
                    refused += 1;
                }
            }
        }
    }
    assert!(readable >= 10 && refused > 5, "{readable} read, {refused} refused");

    let one = |name: &str| pem::der_of(&fs::read(folder.join(name)).expect("a file"), pem::CERTIFICATE).expect("PEM");
    let at = time("2020-01-01T00:00:00Z");
    for (leaf, issuer, anchor, chain) in [
        ("tjfoc__sm2_sign_cert.cer", None, "tjfoc__SM2_CA.cer", Chain::Trusted { anchor: 0 }),
        ("tjfoc__sm2_auth_cert.cer", None, "tjfoc__SM2_CA.cer", Chain::Trusted { anchor: 0 }),
        ("Tongsuo-Projec__sm2-first-crt.pem", None, "Tongsuo-Projec__sm2-root-cert.pem", Chain::Trusted { anchor: 0 }),
        // Signed without Z: no SM2 signature of a standard.
        ("Tongsuo-Projec__sm2-noza-cert.pem", None, "Tongsuo-Projec__sm2-noza-root-cert.pem", Chain::SignatureBad),
        ("tjfoc__sm2_sign_cert.cer", None, "Tongsuo-Projec__sm2-root-cert.pem", Chain::NotFound),
        ("tjfoc__sm2_sign_cert.cer", Some("tjfoc__SM2_CA.cer"), "tjfoc__SM2_CA.cer", Chain::Trusted { anchor: 0 }),
    ] {
        let (name, leaf, anchor) = (leaf, one(leaf), one(anchor));
        let issuer = issuer.map(one).unwrap_or_default();
        let intermediates: Vec<Certificate<'_>> = Certificate::from_der(&issuer).into_iter().collect();
        let anchors = [Certificate::from_der(&anchor).expect("an anchor")];
        let leaf = Certificate::from_der(&leaf).expect("a leaf");
        let report = check_path(&leaf, &intermediates, &anchors, &[], at, Usage::Sign);
        assert_eq!(report.chain, chain, "{name}");
    }
}

#[test]
fn a_certificate_whose_signature_is_said_to_end_within_a_byte_is_not_read() {
    let root = issue(1, "根", Profile::Root, None);
    let at = root.der.windows(4).rposition(|bytes| matches!(bytes, [0x03, _, 0, 0x30])).expect("a signature");
    let mut changed = root.der.clone();
    changed[at + 2] = 4;
    assert!(Certificate::from_der(&root.der).is_ok() && Certificate::from_der(&changed).is_err());
}
