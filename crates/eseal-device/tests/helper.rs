//! Devices behind a helper process: what crashes, hangs or lies ends a request, and later ones are signed again.

use std::{
    env,
    path::PathBuf,
    process::Command,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use eseal_device::{
    CheckedSigner, SignDigestError, SignInput,
    helper::{Helper, HelperConfig, HelperError, HelperKey},
    sdf::SdfProfile,
};
use eseal_gm::sm2::SigningKey;
use eseal_pki::issue::{CertificateTemplate, Profile, Subject};
use softsdf::provision;
use zeroize::Zeroizing;

const PASSWORD: &[u8] = b"password";

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

/// A folder with key 1, and what a helper is told to use it under a fault.
fn config(seed: u8, fault: &str) -> (tempfile::TempDir, HelperConfig) {
    let folder = tempfile::tempdir().expect("a folder");
    provision(folder.path(), 1, &key(7), PASSWORD).expect("written");
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let key = HelperKey { index: 1, certificate: certificate(&key(seed)), password: Zeroizing::new(PASSWORD.to_vec()) };
    let config = HelperConfig {
        program: env!("CARGO_BIN_EXE_eseal-device-helper").into(),
        arguments: Vec::new(),
        environment: vec![
            variable("ESEAL_SOFTSDF_DIR", folder.path().to_str().expect("text")),
            variable("ESEAL_SOFTSDF_FAULT", fault),
        ],
        profile: SdfProfile::new(library()),
        keys: vec![key],
        call_timeout: Duration::from_secs(5),
    };
    (folder, config)
}

fn checked(helper: &Arc<Helper>) -> CheckedSigner {
    let signer = helper.signer(0).expect("a signer");
    CheckedSigner::new(&certificate(&key(7)), Arc::new(signer)).expect("a signer")
}

fn sign(signer: &CheckedSigner) -> Result<bool, SignDigestError> {
    let e = key(7).verifying_key().e(b"text");
    let value = signer.sign(&SignInput { e: &e, tbs: b"text" })?;
    Ok(key(7).verifying_key().verify(b"text", &value))
}

#[test]
fn a_helper_killed_among_a_thousand_requests_comes_back_and_no_value_is_wrong() {
    let (_folder, config) = config(7, "");
    let helper = Helper::start(config).expect("started");
    assert!(helper.is_healthy());
    assert!(helper.signer(1).is_none());
    let signer = checked(&helper);
    let count = |answers: Vec<Result<bool, SignDigestError>>| {
        for answer in &answers {
            assert!(matches!(answer, Ok(true) | Err(SignDigestError::Unavailable(_))), "{answer:?}");
        }
        answers.iter().filter(|answer| answer.is_ok()).count()
    };
    let first = helper.process_id();
    let signed: usize = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| count((0..250).map(|_| sign(&signer)).collect()))).collect();
        thread::sleep(Duration::from_millis(20));
        let process = helper.process_id().expect("it runs").to_string();
        assert!(Command::new("kill").args(["-9", &process]).status().expect("kill runs").success());
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    eprintln!("{signed} of 1000 requests were signed");
    assert!(signed > 0);
    let started = Instant::now();
    while sign(&signer) != Ok(true) {
        assert!(started.elapsed() < Duration::from_secs(10), "it does not come back");
        thread::sleep(Duration::from_millis(20));
    }
    assert!(helper.is_healthy());
    assert_ne!(helper.process_id(), first);
}

#[test]
fn a_library_that_aborts_sleeps_or_lies_is_contained() {
    for (fault, wrong) in [("abort", false), ("sleep:60000", false), ("garbage", true), ("long", true)] {
        let (_folder, mut config) = config(7, fault);
        config.call_timeout = Duration::from_millis(1500);
        let helper = Helper::start(config).expect("started");
        let started = Instant::now();
        let answer = sign(&checked(&helper));
        assert!(started.elapsed() < Duration::from_secs(5), "{fault}");
        match answer {
            Err(SignDigestError::WrongValue) if wrong => assert!(helper.is_healthy()),
            Err(SignDigestError::Unavailable(_)) if !wrong => {
                let second = Instant::now();
                assert!(matches!(sign(&checked(&helper)), Err(SignDigestError::Unavailable(_))), "{fault}");
                assert!(second.elapsed() < Duration::from_secs(3), "{fault}");
            }
            other => panic!("{fault}: {other:?}"),
        }
    }
}

#[test]
fn a_library_that_prints_disturbs_nobody() {
    let (_folder, config) = config(7, "print");
    let helper = Helper::start(config).expect("started");
    assert_eq!(sign(&checked(&helper)), Ok(true));
    assert_eq!(sign(&checked(&helper)), Ok(true));
}

#[test]
fn a_device_that_does_not_open_is_told_at_the_start() {
    let (_folder, other_key) = config(8, "");
    match Helper::start(other_key).err() {
        Some(HelperError::Device(why)) => assert!(why.contains("does not belong"), "{why}"),
        other => panic!("{other:?}"),
    }
    let (_folder, mut absent) = config(7, "");
    absent.program = "/absent/helper".into();
    assert!(matches!(Helper::start(absent).err(), Some(HelperError::Process(_))));
}
