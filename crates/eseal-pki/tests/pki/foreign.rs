//! Certificates of RSA and ECDSA, made by OpenSSL: some kept, some made now.

use std::{path::Path, process::Command};

use eseal_pki::{Certificate, Chain, SignatureCheck, Usage, check_path, pem};

use crate::time;

fn kept(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name).with_extension("der"))
        .expect("a certificate that is kept")
}

/// The chain from one certificate to one anchor.
fn chain(leaf: &[u8], root: &[u8]) -> Chain {
    let (leaf, roots) = (Certificate::from_der(leaf).expect("a leaf"), [Certificate::from_der(root).expect("a root")]);
    check_path(&leaf, &[], &roots, &[], time("2030-01-01T00:00:00Z"), Usage::Sign).chain
}

#[test]
fn certificates_of_others_lead_to_their_roots_and_broken_digests_do_not() {
    let good = Chain::Trusted { anchor: 0 };
    for (leaf, root, expected) in [
        ("rsa-sha256", "rsa-root", good),
        ("rsa-sha384", "rsa-root", good),
        ("rsa-sha512", "rsa-root", good),
        ("rsa-pss", "rsa-root", good),
        ("p256-sha256", "p256-root", good),
        ("p384-sha384", "p384-root", good),
        ("rsa-sha1", "rsa-root", Chain::Weak),
        ("rsa-md5", "rsa-root", Chain::Weak),
        ("p256-sha1", "p256-root", Chain::Weak),
        ("short-sha256", "short-root", Chain::Weak),
        ("rsa-sha256", "p256-root", Chain::NotFound),
    ] {
        assert_eq!(chain(&kept(leaf), &kept(root)), expected, "{leaf} below {root}");
    }
}

#[test]
fn a_changed_certificate_of_others_or_a_wrong_key_is_bad() {
    for (leaf, root) in [("rsa-sha256", "rsa-root"), ("rsa-pss", "rsa-root"), ("p256-sha256", "p256-root")] {
        let (mut leaf, root) = (kept(leaf), kept(root));
        let root = Certificate::from_der(&root).expect("a root");
        let whole = leaf.clone();
        let own = Certificate::from_der(&whole).expect("a leaf");
        assert_eq!(own.check_signature(&root.public_key), SignatureCheck::Good);
        assert_eq!(own.check_signature(&own.public_key), SignatureCheck::Bad);
        for other in ["short-root", "p256-sha256", "p384-root"] {
            let other = kept(other);
            let other = Certificate::from_der(&other).expect("a certificate");
            assert_eq!(own.check_signature(&other.public_key), SignatureCheck::Bad);
        }
        for at in (8..own.tbs.len()).step_by(7) {
            leaf[at] ^= 1;
            if let Ok(changed) = Certificate::from_der(&leaf) {
                let check = changed.check_signature(&root.public_key);
                assert!(matches!(check, SignatureCheck::Bad | SignatureCheck::Unsupported), "byte {at}: {check:?}");
            }
            leaf[at] ^= 1;
        }
    }
}

#[test]
fn what_openssl_issues_now_is_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let subject = "/CN=eseal test, trust nowhere";
    for (kind, option) in [("rsa:2048", "-sha256"), ("ec", "-sha256"), ("rsa:2048", "-sha1")] {
        let (key, out) = (path("key"), path("certificate"));
        let mut arguments = vec!["req", "-x509", "-newkey", kind, "-nodes", "-keyout", &key, "-out", &out, option];
        arguments.extend(["-subj", subject, "-days", "3650"]);
        if kind == "ec" {
            arguments.extend(["-pkeyopt", "ec_paramgen_curve:P-256"]);
        }
        let Ok(output) = Command::new("openssl").args(&arguments).output() else {
            println!("skipped: openssl is absent");
            return;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let der = pem::der_of(&std::fs::read(&out).expect("a file"), "CERTIFICATE").expect("a certificate");
        let certificate = Certificate::from_der(&der).expect("a certificate");
        let expected = if option == "-sha1" { SignatureCheck::Weak } else { SignatureCheck::Good };
        assert_eq!(certificate.check_signature(&certificate.public_key), expected, "{kind} {option}");
    }
}
