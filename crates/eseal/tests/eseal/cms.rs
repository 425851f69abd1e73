//! Digital signatures without a seal: SignedData of SM2, RSA and ECDSA in both kinds of documents, with broken twins.

use std::{path::Path, process::Command};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use eseal::{Anchor, Conclusion, Outcome, Policy, Report, SignatureKind, SubIndication, TimeSource};
use eseal_asn1::write;
use eseal_gm::{Hash, sm3};
use eseal_pki::{
    issue::{Profile, RevokedEntry},
    pem,
};
use eseal_ses::oid;
use eseal_testkit::{CmsSpec, Party, days, now, signed_ofd, signed_pdf, time};
use tempfile::TempDir;

use crate::world::{World, at, codes};

/// Both kinds of documents with what `sign` makes of the protected bytes.
fn documents(sign: impl Fn(&[u8]) -> Vec<u8>) -> [(&'static str, Vec<u8>); 3] {
    [
        ("pdf", signed_pdf("adbe.pkcs7.detached", &sign)),
        ("ofd Sign", signed_ofd("Sign", &sign)),
        ("ofd Seal", signed_ofd("Seal", &sign)),
    ]
}

fn outcome(report: &Report, code: &str) -> Option<Outcome> {
    report.signatures[0].checks.iter().find(|check| check.code.as_str() == code).map(|check| check.outcome)
}

#[test]
fn every_form_of_real_writers_is_valid_with_an_anchor_and_open_without() {
    type Change = fn(&mut CmsSpec);
    let forms: [(&str, Change, &[&str]); 10] = [
        ("attributes", |_| {}, &[]),
        ("attributes, PKCS#7 data inside", |spec| spec.content_type = oid::PKCS7_DATA, &["CMS_CONTENT_TYPE"]),
        (
            "attributes, all of PKCS#7",
            |spec| {
                (spec.outer_type, spec.content_type) = (oid::PKCS7_SIGNED_DATA, oid::PKCS7_DATA);
                spec.attributes.as_mut().unwrap().content_type = Some(oid::PKCS7_DATA);
            },
            &[],
        ),
        ("attributes without a time", |spec| spec.attributes.as_mut().unwrap().time = None, &[]),
        ("digest inside", |spec| *spec = CmsSpec::of_digest(&spec.message), &[]),
        (
            "digest inside, raw value",
            |spec| *spec = CmsSpec { raw: true, ..CmsSpec::of_digest(&spec.message) },
            &["SIGNATURE_RAW"],
        ),
        (
            "digest inside as text",
            |spec| {
                let text = BASE64.encode(sm3(&spec.message)).into_bytes();
                (spec.attributes, spec.content, spec.message) = (None, Some(text.clone()), text);
            },
            &["CMS_DIGEST_TEXT"],
        ),
        ("document inside", |spec| (spec.attributes, spec.content) = (None, Some(spec.message.clone())), &[]),
        ("document", |spec| spec.attributes = None, &[]),
        (
            "digest as e",
            |spec| (spec.attributes, spec.as_e, spec.message) = (None, true, sm3(&spec.message).to_vec()),
            &["CMS_DIGEST_AS_E"],
        ),
    ];
    let mut world = World::new();
    for (form, change, deviations) in forms {
        let signer = world.pki.signer.clone();
        let made = documents(|document| {
            let mut spec = CmsSpec::new(document);
            change(&mut spec);
            spec.signed_by(&[&signer])
        });
        for (name, bytes) in made {
            let report = world.report(&bytes);
            assert_eq!(report.conclusion, Conclusion::Valid, "{name} {form}: {report:#?}");
            let signature = &report.signatures[0];
            assert_eq!(signature.kind, SignatureKind::CmsSm2);
            // The list of signatures says Seal, and the value is none.
            let says_other = name == "ofd Seal";
            let named = signature.deviations.iter().filter(|found| !(says_other && *found == "SIGNATURE_TYPE"));
            assert!(named.eq(deviations), "{name} {form}: {:?}", signature.deviations);
            assert_eq!(signature.deviations.len(), deviations.len() + usize::from(says_other), "{name} {form}");
            assert!(signature.seal.is_none() && signature.signer.is_some());
            let seals = signature.checks.iter().filter(|check| check.code.as_str().contains("SEAL"));
            assert_eq!(seals.count(), 0, "{name} {form}");
            let anchors = std::mem::take(&mut world.evidence.anchors);
            let report = world.report(&bytes);
            world.evidence.anchors = anchors;
            assert_eq!(
                (report.conclusion, report.sub_indication),
                (Conclusion::Indeterminate, Some(SubIndication::NoCertificateChainFound)),
                "{name} {form}"
            );
        }
    }
}

#[test]
fn every_broken_twin_fails_where_it_is_broken() {
    type Make = fn(&CmsSpec, &Party, &Party) -> Vec<u8>;
    let twins: [(&str, Make, &str, Outcome); 13] = [
        (
            "messageDigest of another document",
            |spec, signer, _| {
                let mut spec = spec.clone();
                spec.attributes.as_mut().unwrap().message_digests = vec![vec![7; 32]];
                spec.signed_by(&[signer])
            },
            "DOCUMENT_DIGEST",
            Outcome::Failed,
        ),
        (
            "no messageDigest",
            |spec, signer, _| {
                let mut spec = spec.clone();
                spec.attributes.as_mut().unwrap().message_digests.clear();
                spec.signed_by(&[signer])
            },
            "DOCUMENT_DIGEST",
            Outcome::Failed,
        ),
        (
            "two messageDigests",
            |spec, signer, _| {
                let mut spec = spec.clone();
                spec.attributes.as_mut().unwrap().message_digests.push(vec![7; 32]);
                spec.signed_by(&[signer])
            },
            "SIG_FORMAT",
            Outcome::Failed,
        ),
        (
            "no contentType",
            |spec, signer, _| {
                let mut spec = spec.clone();
                spec.attributes.as_mut().unwrap().content_type = None;
                spec.signed_by(&[signer])
            },
            "SIG_FORMAT",
            Outcome::Failed,
        ),
        (
            "another contentType",
            |spec, signer, _| {
                let mut spec = spec.clone();
                spec.attributes.as_mut().unwrap().content_type = Some(oid::TST_INFO);
                spec.signed_by(&[signer])
            },
            "SIG_FORMAT",
            Outcome::Failed,
        ),
        (
            "attributes changed after signing",
            |spec, signer, _| {
                let mut der = spec.signed_by(&[signer]);
                let time = der.windows(13).position(|window| window == b"261124080000Z").unwrap();
                der[time + 11] = b'1';
                der
            },
            "SIG_VALUE",
            Outcome::Failed,
        ),
        (
            "signed by another key",
            |spec, signer, other| spec.of_parts(&[spec.info(other, &signer.certificate)], &[&signer.certificate]),
            "SIG_VALUE",
            Outcome::Failed,
        ),
        (
            "another certificate comes with it",
            |spec, signer, other| spec.of_parts(&[spec.info(signer, &signer.certificate)], &[&other.certificate]),
            "SIG_VALUE",
            Outcome::Unknown,
        ),
        (
            "no certificate comes with it",
            |spec, signer, _| spec.of_parts(&[spec.info(signer, &signer.certificate)], &[]),
            "SIG_VALUE",
            Outcome::Unknown,
        ),
        (
            "wrong serial number",
            |spec, signer, _| CmsSpec { serial: Some(vec![9, 9]), ..spec.clone() }.signed_by(&[signer]),
            "SIG_VALUE",
            Outcome::Unknown,
        ),
        (
            "content of another document",
            |_, signer, _| CmsSpec::of_digest(b"another").signed_by(&[signer]),
            "DOCUMENT_DIGEST",
            Outcome::Failed,
        ),
        (
            "value over another document",
            |_, signer, _| CmsSpec { attributes: None, ..CmsSpec::new(b"another") }.signed_by(&[signer]),
            "SIG_VALUE",
            Outcome::Failed,
        ),
        ("nobody signed", |spec, _, _| spec.of_parts(&[], &[]), "SIG_FORMAT", Outcome::Failed),
    ];
    let world = World::new();
    for (twin, make, code, expected) in twins {
        let made = documents(|document| make(&CmsSpec::new(document), &world.pki.signer, &world.pki.other));
        for (name, bytes) in made {
            let report = world.report(&bytes);
            assert_eq!(outcome(&report, code), Some(expected), "{name} {twin}: {report:#?}");
            assert_eq!(report.conclusion == Conclusion::Invalid, expected == Outcome::Failed, "{name} {twin}");
            assert_ne!(report.conclusion, Conclusion::Valid, "{name} {twin}");
        }
    }
}

#[test]
fn of_several_signers_the_worst_decides() {
    let world = World::new();
    let pki = &world.pki;
    for (signers, expected, decisive) in [
        (vec![&pki.signer, &pki.other], Conclusion::Valid, 0),
        (vec![&pki.signer, &pki.stranger], Conclusion::Indeterminate, 1),
        (vec![&pki.stranger, &pki.signer, &pki.revoked], Conclusion::Invalid, 2),
    ] {
        for (name, bytes) in documents(|document| CmsSpec::new(document).signed_by(&signers)) {
            let report = world.report(&bytes);
            assert_eq!(report.conclusion, expected, "{name}: {report:#?}");
            let signer = report.signatures[0].signer.as_ref().unwrap();
            assert_eq!(signer.der, signers[decisive].certificate, "{name}");
        }
    }
}

#[test]
fn a_digest_inside_may_be_of_another_algorithm_and_a_broken_one_proves_nothing() {
    let world = World::new();
    for (hash, expected) in [
        (Hash::Sha256, Conclusion::Valid),
        (Hash::Sha512, Conclusion::Valid),
        (Hash::Sha1, Conclusion::Indeterminate), // adbe.pkcs7.sha1
        (Hash::Md5, Conclusion::Indeterminate),
    ] {
        for (name, bytes) in documents(|document| {
            let content = hash.digest(document);
            let mut spec = CmsSpec { content: Some(content.clone()), ..CmsSpec::new(document) };
            spec.attributes.as_mut().unwrap().message_digests = vec![sm3(&content).to_vec()];
            spec.signed_by(&[&world.pki.signer])
        }) {
            let report = world.report(&bytes);
            assert_eq!(report.conclusion, expected, "{name} {hash:?}: {report:#?}");
            let weak = expected == Conclusion::Indeterminate;
            assert_eq!(codes(&report, 0, Outcome::Unknown) == ["DOCUMENT_DIGEST"], weak, "{name} {hash:?}");
        }
    }
}

#[test]
fn a_seal_may_follow_a_digital_signature_and_both_stay_valid() {
    let world = World::new();
    let made = documents(|document| CmsSpec::new(document).signed_by(&[&world.pki.other]));
    for (name, bytes) in made {
        let report = world.report(&world.seal(&bytes, &[at(1, 20.0, 20.0)]));
        let kinds: Vec<_> = report.signatures.iter().map(|signature| signature.kind).collect();
        assert_eq!(kinds, [SignatureKind::CmsSm2, SignatureKind::Gbt38540], "{name}");
        assert_eq!(report.conclusion, Conclusion::Valid, "{name}: {report:#?}");
    }
}

#[test]
fn a_time_stamp_is_no_signature_of_the_document() {
    let world = World::new();
    for (name, bytes) in documents(|document| eseal_testkit::time_stamp(&world.pki.tsa, document, world.now)) {
        let report = world.report(&bytes);
        assert_eq!(outcome(&report, "SIG_FORMAT"), Some(Outcome::Unknown), "{name}");
        assert_eq!(report.conclusion, Conclusion::Indeterminate, "{name}");
    }
}

#[test]
fn a_time_stamp_among_the_unsigned_attributes_proves_the_time() {
    let mut world = World::new();
    world.policy = Policy::default();
    let (expired, then) = (world.pki.expired.clone(), time("2025-06-01T08:00:00Z"));
    // The list that was fresh then.
    world.evidence.crls.push(world.pki.crl_with(then - days(1), &[]));
    let early = then - days(1);
    let no_poe = (Conclusion::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe));
    for (case, stamped_at, claimed, expected) in [
        ("stamped", Some(then), Some(then), (Conclusion::Valid, None)),
        ("stamped, no claim", Some(then), None, (Conclusion::Valid, None)),
        ("not stamped", None, Some(then), no_poe),
        ("not stamped, no claim", None, None, (Conclusion::Invalid, Some(SubIndication::Expired))),
        (
            "claimed later than stamped",
            Some(early),
            Some(then),
            (Conclusion::Invalid, Some(SubIndication::SigConstraintsFailure)),
        ),
    ] {
        let made = documents(|document| {
            let mut spec = CmsSpec::new(document);
            spec.attributes.as_mut().unwrap().time = claimed;
            spec.stamp = stamped_at.map(|at| (world.pki.tsa.clone(), at));
            spec.signed_by(&[&expired])
        });
        for (name, bytes) in made {
            let report = world.report(&bytes);
            assert_eq!((report.conclusion, report.sub_indication), expected, "{name} {case}: {report:#?}");
            let signature = &report.signatures[0];
            if report.conclusion == Conclusion::Valid {
                assert_eq!((signature.sign_time, signature.time_source), (Some(then), TimeSource::Timestamp), "{case}");
            }
        }
    }
}

#[test]
fn a_time_stamp_of_another_value_fails() {
    let world = World::new();
    let stamp = Some((world.pki.tsa.clone(), world.now));
    for (name, bytes) in documents(|document| {
        let spec = CmsSpec { stamp: stamp.clone(), raw: true, ..CmsSpec::new(document) };
        spec.signed_by(&[&world.pki.signer]) // the token is over DER, the value is r‖s
    }) {
        assert_eq!(codes(&world.report(&bytes), 0, Outcome::Failed), ["SIG_TIMESTAMP"], "{name}");
    }
}

#[test]
fn certificates_that_come_with_a_signature_build_its_path_and_are_not_trusted() {
    let world = World::new();
    let below = Party::issue(40, "测试下级机构", Profile::Intermediate { path_len: 0 }, Some(&world.pki.root), |_| {});
    let signer = Party::issue(41, "44030000000041", Profile::Signer, Some(&below), |_| {});
    let stranger = Party::issue(42, "测试陌生机构", Profile::Root, None, |_| {});
    let unknown = Party::issue(43, "44030000000043", Profile::Signer, Some(&stranger), |_| {});
    let mut world = world;
    world.policy.require_revocation = false;
    for (signer, issuer, expected) in [
        (&signer, Some(&below), Conclusion::Valid),
        (&signer, None, Conclusion::Indeterminate),
        (&unknown, Some(&stranger), Conclusion::Indeterminate),
    ] {
        for (name, bytes) in documents(|document| {
            let spec = CmsSpec::new(document);
            let issuer = issuer.map(|issuer| &issuer.certificate[..]);
            let certificates: Vec<&[u8]> = issuer.into_iter().chain([&signer.certificate[..]]).collect();
            spec.of_parts(&[spec.info(signer, &signer.certificate)], &certificates)
        }) {
            let report = world.report(&bytes);
            assert_eq!(report.conclusion, expected, "{name}: {report:#?}");
        }
    }
}

/// adbe-revocationInfoArchival with lists.
fn archival(crls: &[&[u8]]) -> Vec<u8> {
    let kind = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x2F, 1, 1, 8];
    let value = write::sequence(&[&write::context(0, &write::sequence(crls))]);
    write::sequence(&[&write::oid(&kind), &write::set(&value)])
}

#[test]
fn what_a_signer_archived_tells_of_revocation_and_is_checked_like_anything_else() {
    let mut world = World::new();
    world.evidence.crls.clear();
    let (good, stale) = (world.pki.crl(), world.pki.crl_at(now() - days(400)));
    let serial = eseal_pki::Certificate::from_der(&world.pki.signer.certificate).unwrap().serial.to_vec();
    let entry = RevokedEntry { serial, since: now() - days(1), reason: Some(1) };
    let revoked = world.pki.crl_with(now(), &[entry]);
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    let unknown = (Conclusion::Indeterminate, Some(SubIndication::TryLater));
    for (case, crls, expected) in [
        ("a good list", vec![&good[..]], (Conclusion::Valid, None)),
        ("none", vec![], unknown),
        ("a stale list", vec![&stale[..]], unknown),
        ("a forged list", vec![&forged[..]], unknown),
        ("no list", vec![&b"\x30\x03\x02\x01\x05"[..]], unknown),
        ("a list with the signer", vec![&revoked[..]], (Conclusion::Invalid, Some(SubIndication::Revoked))),
    ] {
        for (name, bytes) in documents(|document| {
            let mut spec = CmsSpec::new(document);
            spec.attributes.as_mut().unwrap().others = vec![archival(&crls)];
            spec.signed_by(&[&world.pki.signer])
        }) {
            let report = world.report(&bytes);
            assert_eq!((report.conclusion, report.sub_indication), expected, "{name} {case}: {report:#?}");
        }
    }
}

/// Keys and certificates of OpenSSL in a folder; none if it is absent.
struct OpenSsl(TempDir);

impl OpenSsl {
    fn new() -> Option<Self> {
        let own = Self(TempDir::new().unwrap());
        for (name, kind) in [("rsa", "rsa:2048"), ("other", "rsa:2048"), ("short", "rsa:1024"), ("ec", "ec")] {
            let subject = format!("/CN=eseal test {name}, trust nowhere");
            let (key, out) = (format!("{name}.key"), format!("{name}.pem"));
            let mut arguments = vec!["req", "-x509", "-newkey", kind, "-nodes", "-keyout", &key, "-out", &out];
            arguments.extend(["-subj", &subject, "-days", "365", "-addext", "keyUsage=digitalSignature"]);
            if kind == "ec" {
                arguments.extend(["-pkeyopt", "ec_paramgen_curve:P-256"]);
            }
            if !own.run(&arguments) {
                return None;
            }
        }
        Some(own)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// False if there is no OpenSSL.
    fn run(&self, arguments: &[&str]) -> bool {
        let Ok(output) = Command::new("openssl").args(arguments).current_dir(self.path()).output() else {
            println!("skipped: openssl is absent");
            return false;
        };
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        true
    }

    fn sign(&self, document: &[u8], name: &str, options: &[&str]) -> Vec<u8> {
        std::fs::write(self.path().join("document"), document).unwrap();
        let (certificate, key) = (format!("{name}.pem"), format!("{name}.key"));
        let mut arguments = vec!["cms", "-sign", "-binary", "-in", "document", "-outform", "DER", "-out", "value"];
        arguments.extend(["-signer", &certificate, "-inkey", &key]);
        arguments.extend(options);
        assert!(self.run(&arguments));
        std::fs::read(self.path().join("value")).unwrap()
    }

    fn certificate(&self, name: &str) -> Vec<u8> {
        let file = std::fs::read(self.path().join(name).with_extension("pem")).unwrap();
        pem::der_of(&file, "CERTIFICATE").unwrap()
    }

    /// Trusts every certificate of the folder as it stands, now.
    fn world(&self) -> World {
        let mut world = World::new();
        let names = ["rsa", "other", "short", "ec"];
        let anchor = |name| Anchor { certificate: self.certificate(name), region: String::new(), own: false };
        world.evidence.anchors = names.map(anchor).into();
        world.policy.require_revocation = false;
        world.now = jiff::Timestamp::now();
        world
    }
}

#[test]
fn what_openssl_signs_is_valid_in_every_form() {
    let Some(openssl) = OpenSsl::new() else { return };
    let world = openssl.world();
    let signers: [(&str, &[&str]); 5] = [
        ("rsa", &["-md", "sha256"]),
        ("rsa", &["-md", "sha512"]),
        ("rsa", &["-md", "sha256", "-keyopt", "rsa_padding_mode:pss"]),
        ("ec", &["-md", "sha256"]),
        ("ec", &["-md", "sha384"]),
    ];
    let forms: [&[&str]; 5] = [&[], &["-noattr"], &["-nodetach", "-stream"], &["-keyid"], &["-nodetach", "-noattr"]];
    for (signer, options) in signers {
        for form in forms {
            if options.contains(&"-keyopt") && form.contains(&"-stream") {
                continue; // OpenSSL 3.0 cannot write that
            }
            let bytes =
                signed_pdf("adbe.pkcs7.detached", |document| openssl.sign(document, signer, &[options, form].concat()));
            let report = world.report(&bytes);
            assert_eq!(report.conclusion, Conclusion::Valid, "{signer} {options:?} {form:?}: {report:#?}");
            assert_eq!(report.signatures[0].kind, SignatureKind::Cms);
        }
        let bytes = signed_ofd("Sign", |document| openssl.sign(document, signer, options));
        assert_eq!(world.report(&bytes).conclusion, Conclusion::Valid, "{signer} {options:?}");
    }
}

#[test]
fn broken_twins_of_what_openssl_signs_are_not_valid() {
    let Some(openssl) = OpenSsl::new() else { return };
    let world = openssl.world();
    let digest_of = |document: &[u8]| Hash::Sha256.digest(document);
    for (twin, sign, code, expected) in [
        (
            "SHA-1",
            &(|document: &[u8]| openssl.sign(document, "rsa", &["-md", "sha1"])) as &dyn Fn(&[u8]) -> Vec<u8>,
            "SIG_VALUE",
            Outcome::Unknown,
        ),
        ("MD5", &|document| openssl.sign(document, "rsa", &["-md", "md5"]), "SIG_VALUE", Outcome::Unknown),
        (
            "SHA-1, ECDSA",
            &|document| openssl.sign(document, "ec", &["-md", "sha1", "-noattr"]),
            "SIG_VALUE",
            Outcome::Unknown,
        ),
        ("1024 bits", &|document| openssl.sign(document, "short", &["-md", "sha256"]), "SIG_VALUE", Outcome::Unknown),
        (
            "another document",
            &|document| openssl.sign(&[document, b"x"].concat(), "rsa", &["-md", "sha256"]),
            "DOCUMENT_DIGEST",
            Outcome::Failed,
        ),
        (
            "another document, without attributes",
            &|document| openssl.sign(&[document, b"x"].concat(), "ec", &["-md", "sha256", "-noattr"]),
            "SIG_VALUE",
            Outcome::Failed,
        ),
        (
            "messageDigest changed",
            &|document| {
                let mut der = openssl.sign(&[document, b"x"].concat(), "rsa", &["-md", "sha256"]);
                let stated = digest_of(&[document, b"x"].concat());
                let at = der.windows(32).position(|window| window == stated).unwrap();
                der[at..at + 32].copy_from_slice(&digest_of(document));
                der
            },
            "SIG_VALUE",
            Outcome::Failed,
        ),
        ("no certificate", &|document| openssl.sign(document, "rsa", &["-nocerts"]), "SIG_VALUE", Outcome::Unknown),
        (
            "only another certificate",
            &|document| openssl.sign(document, "rsa", &["-nocerts", "-certfile", "other.pem"]),
            "SIG_VALUE",
            Outcome::Unknown,
        ),
    ] {
        let report = world.report(&signed_pdf("adbe.pkcs7.detached", sign));
        assert_eq!(outcome(&report, code), Some(expected), "{twin}: {report:#?}");
        assert_ne!(report.conclusion, Conclusion::Valid, "{twin}");
    }
}

#[test]
fn any_flipped_byte_of_a_signed_pdf_is_seen() {
    let Some(openssl) = OpenSsl::new() else { return };
    let world = openssl.world();
    let good = signed_pdf("adbe.pkcs7.detached", |document| openssl.sign(document, "rsa", &["-md", "sha256"]));
    let contents = good.windows(10).position(|window| window == b"/Contents<").unwrap();
    for at in (9..contents).step_by(53) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        let opened = eseal::Document::open(std::sync::Arc::new(bytes), &eseal::Limits::default());
        let Some(examination) = opened.ok().and_then(|document| document.examine().ok()) else { continue };
        let report = eseal::judge(&examination, &world.evidence, &world.policy, world.now);
        assert_ne!(report.conclusion, Conclusion::Valid, "byte {at}");
    }
}

#[test]
fn what_pyhanko_signs_is_valid_and_a_changed_copy_is_not() {
    let Some(openssl) = OpenSsl::new() else { return };
    let world = openssl.world();
    let folder = openssl.path();
    std::fs::write(folder.join("plain.pdf"), eseal_testkit::pdf(2)).unwrap();
    for sub_filter in ["ADOBE_PKCS7_DETACHED", "PADES"] {
        let script = PYHANKO.replace("SUBFILTER", sub_filter);
        let Ok(output) = Command::new("python3").args(["-c", &script]).current_dir(folder).output() else {
            println!("skipped: python3 is absent");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("No module named") {
            println!("skipped: pyHanko is absent");
            return;
        }
        assert!(output.status.success(), "{said}");
        let mut bytes = std::fs::read(folder.join("signed.pdf")).unwrap();
        let world = World { now: jiff::Timestamp::now(), ..openssl.world() };
        let report = world.report(&bytes);
        assert_eq!(report.conclusion, Conclusion::Valid, "{sub_filter}: {report:#?}");
        assert_eq!(report.signatures[0].kind, SignatureKind::Cms);
        let at = bytes.windows(8).position(|window| window == b"Contract").unwrap();
        bytes[at] = b'X';
        let report = world.report(&bytes);
        assert_eq!(codes(&report, 0, Outcome::Failed), ["DOCUMENT_DIGEST"], "{sub_filter}");
    }
    assert_eq!(world.report(&eseal_testkit::pdf(1)).conclusion, Conclusion::Indeterminate);
}

#[test]
fn what_pyhanko_archives_in_a_signature_is_heard() {
    let Some(openssl) = OpenSsl::new() else { return };
    let folder = openssl.path();
    std::fs::write(folder.join("plain.pdf"), eseal_testkit::pdf(1)).unwrap();
    std::fs::write(folder.join("ca.cnf"), CA_SETTINGS).unwrap();
    std::fs::write(folder.join("index"), "").unwrap();
    for line in [
        "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=root -days 30 -config ca.cnf -extensions root",
        "req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf -config ca.cnf",
        "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -out leaf.pem -days 30 -extfile ca.cnf -extensions leaf",
        "ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -out root.crl",
        "crl -in root.crl -outform DER -out root.crl.der",
    ] {
        assert!(openssl.run(&line.split(' ').collect::<Vec<_>>()), "{line}");
    }
    let Ok(output) = Command::new("python3").args(["-c", PYHANKO_ARCHIVAL]).current_dir(folder).output() else {
        println!("skipped: python3 is absent");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("No module named") {
        println!("skipped: pyHanko is absent");
        return;
    }
    assert!(output.status.success(), "{said}");
    let bytes = std::fs::read(folder.join("signed.pdf")).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"/DSS"));
    let mut world = World { now: jiff::Timestamp::now(), ..World::new() };
    world.evidence.crls.clear();
    world.evidence.anchors =
        vec![Anchor { certificate: openssl.certificate("root"), region: String::new(), own: false }];
    assert!(world.policy.require_revocation);
    let report = world.report(&bytes);
    assert_eq!(report.conclusion, Conclusion::Valid, "{report:#?}");
}

const CA_SETTINGS: &str = "
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
authorityKeyIdentifier = keyid
[ca]
default_ca = own
[own]
database = index
default_md = sha256
default_crl_days = 7
";

const PYHANKO_ARCHIVAL: &str = r"
from asn1crypto import crl
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator import ValidationContext
signer = signers.SimpleSigner.load('leaf.key', 'leaf.pem', ca_chain_files=['root.pem'])
lists = [crl.CertificateList.load(open('root.crl.der', 'rb').read())]
context = ValidationContext(trust_roots=[load_cert_from_pemder('root.pem')], crls=lists, allow_fetching=False)
with open('plain.pdf', 'rb') as handle, open('signed.pdf', 'wb') as out:
    meta = signers.PdfSignatureMetadata(field_name='S1', subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
        md_algorithm='sha256', embed_validation_info=True, validation_context=context)
    signers.sign_pdf(IncrementalPdfFileWriter(handle), meta, signer=signer, output=out)
";

const PYHANKO: &str = r"
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
signer = signers.SimpleSigner.load('rsa.key', 'rsa.pem')
with open('plain.pdf', 'rb') as handle, open('signed.pdf', 'wb') as out:
    meta = signers.PdfSignatureMetadata(field_name='S1', subfilter=fields.SigSeedSubFilter.SUBFILTER, md_algorithm='sha256')
    signers.sign_pdf(IncrementalPdfFileWriter(handle), meta, signer=signer, output=out)
";
