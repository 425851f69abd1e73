//! The binding to server devices against our own software device, well behaved and not.
//!
//! The device reads its folder and its faults from the environment, so each case runs in a process of its own: this
//! executable again, with the name of a case that is otherwise ignored.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use eseal_device::{
    CheckedSigner, DeviceKind, SignDigestError, SignInput,
    sdf::{Alignment, FieldBytes, SdfDevice, SdfError, SdfProfile},
};
use eseal_gm::sm2::SigningKey;
use eseal_pki::issue::{CertificateTemplate, Profile, Subject};
use softsdf::provision;
use zeroize::Zeroizing;

const PASSWORD: &[u8] = b"password";

/// Cargo puts the library beside the executables of tests.
fn library() -> PathBuf {
    let test = env::current_exe().expect("a path");
    let name = format!("{}softsdf{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    test.parent().expect("a folder").join(name)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).expect("a key")
}

fn certificate(key: &SigningKey) -> Vec<u8> {
    let template = CertificateTemplate {
        serial: &[1],
        subject: &Subject::named("test"),
        public_key: &key.public_key(),
        profile: Profile::Signer,
        not_before: "2026-01-01T00:00:00Z".parse().expect("a time"),
        not_after: "2027-01-01T00:00:00Z".parse().expect("a time"),
        crl_url: None,
    };
    template.self_signed(&|tbs| Ok(key.sign(tbs))).expect("issued")
}

fn device() -> Arc<SdfDevice> {
    SdfDevice::open(SdfProfile::new(library())).expect("opened")
}

fn checked(device: &Arc<SdfDevice>) -> CheckedSigner {
    let der = certificate(&key(7));
    let signer = device.signer(1, &der, Zeroizing::new(PASSWORD.to_vec())).expect("a signer");
    CheckedSigner::new(&der, Arc::new(signer)).expect("a signer")
}

fn sign(signer: &CheckedSigner) -> Result<bool, SignDigestError> {
    let e = key(7).verifying_key().e(b"text");
    let value = signer.sign(&SignInput { e: &e, tbs: b"text" })?;
    Ok(key(7).verifying_key().verify(b"text", &value))
}

/// Runs a case in a process whose device has a folder with key 1, quirks and a fault; gives whether it succeeded.
fn run(case: &str, quirks: &str, fault: &str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    provision(folder.path(), 1, &key(7), PASSWORD).expect("written");
    let output = Command::new(env::current_exe().expect("a path"))
        .args(["--exact", case, "--ignored", "--nocapture"])
        .envs([("ESEAL_SOFTSDF_QUIRKS", quirks), ("ESEAL_SOFTSDF_FAULT", fault)])
        .env("ESEAL_SOFTSDF_DIR", folder.path())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("running 1 test"), "no case {case}");
    if !output.status.success() {
        eprintln!("{case}, {quirks:?}, {fault:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

#[test]
fn a_device_signs_whatever_its_ways_and_says_that_it_is_for_development() {
    for quirks in ["", "left", "eccref32"] {
        assert!(run("case_signs", quirks, ""));
    }
}

#[test]
#[ignore = "a case of another test"]
fn case_signs() {
    let device = device();
    assert!(device.info().is_for_development());
    assert_eq!((device.info().name.as_str(), device.info().serial.len()), ("libsoftsdf", 16));
    let signer = checked(&device);
    assert_eq!(signer.kind(), DeviceKind::Development);
    assert_eq!(sign(&signer), Ok(true));
    assert_eq!(sign(&signer), Ok(true));
    assert_eq!(device.sessions(), 1);
}

#[test]
fn wrong_keys_passwords_profiles_and_libraries_are_refused_when_opened() {
    assert!(run("case_refuses", "", ""));
}

#[test]
#[ignore = "a case of another test"]
fn case_refuses() {
    let device = device();
    let open = |index, seed, password: &[u8]| {
        device.signer(index, &certificate(&key(seed)), Zeroizing::new(password.to_vec())).err()
    };
    assert!(matches!(open(1, 8, PASSWORD), Some(SdfError::Mismatch { index: 1 })));
    assert!(matches!(open(2, 7, PASSWORD), Some(SdfError::Device { code: 0x0100_0008 })));
    assert!(matches!(open(1, 7, b"passwort"), Some(SdfError::Device { code: 0x0100_0018 })));

    let profile = |field, alignment| SdfProfile { field, alignment, ..SdfProfile::new(library()) };
    for profile in [profile(FieldBytes::Short, Alignment::Detect), profile(FieldBytes::Standard, Alignment::Left)] {
        let device = SdfDevice::open(profile).expect("opened");
        let refused = device.signer(1, &certificate(&key(7)), Zeroizing::new(PASSWORD.to_vec())).err();
        assert!(matches!(refused, Some(SdfError::Layout)));
    }

    let mut renamed = SdfProfile::new(library());
    renamed.symbols =
        vec![("SDF_InternalSign_ECC".to_owned(), "Sign".to_owned()), ("SDF_OpenSession".to_owned(), "Open".to_owned())];
    match SdfDevice::open(renamed).err() {
        Some(SdfError::MissingSymbols(names)) => assert_eq!(names, ["Open", "Sign"]),
        other => panic!("{other:?}"),
    }
    let absent = SdfDevice::open(SdfProfile::new(Path::new("/absent/libsdf.so").to_owned())).err();
    assert!(matches!(absent, Some(SdfError::Load { .. })));
}

#[test]
fn garbage_and_wrong_lengths_are_never_given_out() {
    for fault in ["garbage", "short", "long"] {
        assert!(run("case_wrong_value", "", fault));
        assert!(run("case_wrong_value", "eccref32", fault));
    }
}

#[test]
#[ignore = "a case of another test"]
fn case_wrong_value() {
    assert_eq!(sign(&checked(&device())), Err(SignDigestError::WrongValue));
}

#[test]
fn a_right_that_was_lost_is_taken_again_once() {
    assert!(run("case_signs", "", "lose-right:1"));
    assert!(run("case_loses_right", "", "lose-right:1000"));
}

#[test]
#[ignore = "a case of another test"]
fn case_loses_right() {
    assert_eq!(sign(&checked(&device())), Err(SignDigestError::Device { code: 0x0100_0018 }));
}

#[test]
fn a_session_whose_line_broke_is_dropped_and_the_next_request_signs() {
    assert!(run("case_line_breaks", "", "commfail:1"));
}

#[test]
#[ignore = "a case of another test"]
fn case_line_breaks() {
    let device = device();
    let signer = checked(&device);
    assert_eq!(sign(&signer), Err(SignDigestError::Device { code: 0x0100_0003 }));
    assert_eq!(device.sessions(), 0);
    assert_eq!(sign(&signer), Ok(true));
    assert_eq!(device.sessions(), 1);
}

#[test]
fn many_threads_share_few_sessions_and_waiting_has_an_end() {
    assert!(run("case_shares", "", ""));
    assert!(run("case_busy", "", "sleep:1500"));
}

#[test]
#[ignore = "a case of another test"]
fn case_shares() {
    let device = SdfDevice::open(SdfProfile { max_sessions: 2, ..SdfProfile::new(library()) }).expect("opened");
    let signer = checked(&device);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..10).for_each(|_| assert_eq!(sign(&signer), Ok(true))));
        }
    });
    assert!((1..=2).contains(&device.sessions()));
}

#[test]
#[ignore = "a case of another test"]
fn case_busy() {
    let profile = SdfProfile { max_sessions: 1, wait: Duration::from_millis(100), ..SdfProfile::new(library()) };
    let signer = checked(&SdfDevice::open(profile).expect("opened"));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| sign(&signer))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(answers.iter().filter(|answer| **answer == Ok(true)).count(), 1);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Err(SignDigestError::Unavailable(_)))).count(), 1);
}
