//! Devices behind a helper process: what crashes, hangs or lies ends a request, and later ones are signed again.
//!
//! The helper program is this executable again, with the name of a case that is otherwise ignored.

use std::{
    env,
    path::PathBuf,
    process::Command,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use eseal_device::{
    BreakerState, CheckedSigner, Device, DeviceKind, LastError, SignDigestError, SignInput,
    helper::{self, Confinement, Helper, HelperConfig, HelperError, HelperKey},
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
    let key = HelperKey {
        index: 1,
        public_key: Some(key(seed).public_key()),
        password: Zeroizing::new(PASSWORD.to_vec()),
        wraps: false,
    };
    let config = HelperConfig {
        name: "test".to_owned(),
        program: env::current_exe().expect("a path"),
        arguments: ["--exact", "case_helper", "--ignored", "--nocapture"].map(str::to_owned).to_vec(),
        environment: vec![
            variable("ESEAL_SOFTSDF_DIR", folder.path().to_str().expect("text")),
            variable("ESEAL_SOFTSDF_FAULT", fault),
        ],
        profile: SdfProfile::new(library()),
        keys: vec![key],
        confinement: Confinement::default(),
        call_timeout: Duration::from_secs(5),
        open_timeout: Duration::from_secs(10),
    };
    (folder, config)
}

#[test]
#[ignore = "the helper program of other tests"]
fn case_helper() {
    let _ = helper::main();
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
fn a_key_for_sealing_opens_what_it_sealed_and_signs_nothing_and_survives_a_kill() {
    let (_folder, mut config) = config(7, "");
    let pair = HelperKey { index: 1, public_key: None, password: Zeroizing::new(PASSWORD.to_vec()), wraps: true };
    config.keys.push(pair);
    let helper = Helper::start(config).expect("started");
    assert!(helper.signer(0).is_some() && helper.wrapper(0).is_none() && helper.signer(1).is_none());
    assert_ne!(helper.public_key(0), helper.public_key(1), "another pair of the same index");
    let wrapper = helper.wrapper(1).expect("a wrapper");
    assert_eq!(wrapper.kind(), DeviceKind::Development);
    let secret = Zeroizing::new(vec![0xA5; 16]); // as the room that the library writes into
    // Each time other bytes, some of which end like the pattern of that room.
    for _ in 0..300 {
        let sealed = wrapper.wrap(&secret).expect("sealed");
        assert!(!sealed.windows(8).any(|window| window == [0xA5; 8]));
        assert_eq!(wrapper.unwrap(&sealed).expect("opened"), secret);
    }
    let sealed = wrapper.wrap(&secret).expect("sealed");
    kill(helper.process_id().expect("it runs"));
    assert_eq!(wrapper.unwrap(&sealed).expect("opened by the next process"), secret);
    for at in [8, 40, 100, 135, sealed.len() - 1] {
        let mut broken = sealed.clone();
        broken[at] ^= 1;
        assert!(wrapper.unwrap(&broken).is_err(), "byte {at}");
    }
    assert!(wrapper.unwrap(&[0; 2000]).is_err() && wrapper.unwrap(&[]).is_err());
    assert!(helper.try_out(1).iter().all(|(_, is_good)| *is_good));
    let (_other_folder, mut other) = self::config(7, "");
    let wrong = HelperKey {
        index: 1,
        public_key: helper.public_key(0),
        password: Zeroizing::new(PASSWORD.to_vec()),
        wraps: true,
    };
    other.keys.push(wrong);
    assert!(matches!(Helper::start(other), Err(HelperError::Device(_))), "another key than was said");
}

fn kill(process: u32) {
    assert!(Command::new("kill").args(["-9", &process.to_string()]).status().expect("kill runs").success());
}

#[test]
fn a_helper_killed_among_a_thousand_requests_comes_back_and_no_value_is_wrong() {
    let (_folder, config) = config(7, "");
    let helper = Helper::start(config).expect("started");
    assert!(helper.is_healthy());
    assert!(helper.signer(1).is_none());
    let signer = checked(&helper);
    assert_eq!(signer.kind(), DeviceKind::Development);
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
        kill(helper.process_id().expect("it runs"));
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
    let health = helper.health();
    assert!(health.is_up && health.restarts >= 1 && health.last_error == Some(LastError::Ended), "{health}");
}

#[test]
fn a_library_that_aborts_hangs_or_lies_is_contained() {
    for (fault, wrong) in [
        ("abort", false),
        ("sleep:60000", false),
        ("garbage", true),
        ("short", true),
        ("long", true),
        ("wrong-key", true),
    ] {
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
fn a_device_that_gives_wrong_values_again_and_again_is_not_asked_for_a_while() {
    let (_folder, config) = config(7, "garbage");
    let helper = Helper::start(config).expect("started");
    let signer = checked(&helper);
    let answers: Vec<_> = (0..8).map(|_| sign(&signer)).collect();
    assert!(answers.iter().any(|answer| matches!(answer, Err(SignDigestError::Unavailable(_)))), "{answers:?}");
    let health = helper.health();
    assert_ne!(health.breaker, BreakerState::Closed);
    assert_eq!((health.is_up, health.last_error), (false, Some(LastError::WrongValue)));
}

#[test]
fn sessions_that_do_not_open_or_are_too_few_are_waited_for_no_longer_than_allowed() {
    let (_folder, mut few) = config(7, "sessions:2");
    few.profile.max_sessions = 8;
    let helper = Helper::start(few).expect("started");
    let signer = checked(&helper);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..20).for_each(|_| assert_eq!(sign(&signer), Ok(true))));
        }
    });
    let (_folder, mut hanging) = config(7, "hang-open:1");
    hanging.call_timeout = Duration::from_millis(500);
    let helper = Helper::start(hanging).expect("the first session opens");
    let (signer, started) = (checked(&helper), Instant::now());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let answer = sign(&signer);
                assert!(matches!(answer, Ok(true) | Err(SignDigestError::Unavailable(_))), "{answer:?}");
            });
        }
    });
    assert!(started.elapsed() < Duration::from_secs(6));
    let (_folder, mut never) = config(7, "hang-open:0");
    never.open_timeout = Duration::from_millis(500);
    assert!(matches!(Helper::start(never).err(), Some(HelperError::Timeout)));
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

#[test]
fn a_device_that_is_another_after_a_restart_is_refused() {
    let (folder, mut config) = config(7, "");
    config.keys[0].public_key = None; // it is what it was when the server started
    let helper = Helper::start(config).expect("started");
    assert_eq!(helper.public_key(0), Some(key(7).public_key()));
    provision(folder.path(), 1, &key(8), PASSWORD).expect("written");
    kill(helper.process_id().expect("it runs"));
    match sign(&checked(&helper)) {
        Err(SignDigestError::Unavailable(why)) => assert!(why.contains("does not belong"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(helper.health().last_error, Some(LastError::NotOpened));
}

#[test]
fn a_password_that_the_device_calls_wrong_is_not_tried_again_and_again() {
    let (folder, config) = config(7, "");
    let helper = Helper::start(config).expect("started");
    provision(folder.path(), 1, &key(7), b"another password").expect("written");
    kill(helper.process_id().expect("it runs"));
    for _ in 0..30 {
        assert!(matches!(
            sign(&checked(&helper)),
            Err(SignDigestError::Unavailable(_) | SignDigestError::Device { .. })
        ));
    }
    assert_eq!(helper.health().last_error, Some(LastError::Code(0x0100_0018)));
    let left = std::fs::read_to_string(folder.path().join("key-1.tries")).expect("a count");
    assert_eq!(left.trim(), (softsdf::TRIES - 1).to_string());
}

#[test]
fn operators_are_told_what_was_found_and_tried() {
    let (_folder, config) = config(7, "");
    let helper = Helper::start(config).expect("started");
    let facts = helper.facts().join("\n");
    for word in ["libsoftsdf", "DEV ONLY", "ECCref_MAX_LEN 64, numbers aligned right", "no function is missing"] {
        assert!(facts.contains(word), "{facts}");
    }
    let tried = helper.try_out(0);
    assert_eq!(tried.len(), 3, "{tried:?}");
    assert!(tried.iter().all(|(_, is_good)| *is_good), "{tried:?}");
    assert!(helper.try_out(1).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_has_few_rights() {
    let (_folder, mut config) = config(7, "");
    config.environment.push(("LANG".to_owned(), "C".to_owned()));
    let helper = Helper::start(config).expect("started");
    let facts = helper.facts().join("\n");
    assert!(facts.contains("no network") && facts.contains("no programs"), "{facts}");
    let process = helper.process_id().expect("it runs");
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{process}/{name}"));
    let status = read("status").expect("its status");
    assert!(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2"), "{status}");
    if let Ok(limits) = read("limits") {
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_confined_process_reaches_no_network_and_starts_nothing_unless_it_may() {
    for (case, is_good) in [("case_confined", true), ("case_may", true)] {
        let output = Command::new(env::current_exe().expect("a path"))
            .args(["--exact", case, "--ignored", "--nocapture"])
            .output()
            .expect("it runs");
        assert_eq!(output.status.success(), is_good, "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "a case of another test"]
fn case_confined() {
    use std::net::{TcpListener, UdpSocket};
    helper::confine(Confinement::default()).expect("confined");
    assert!(TcpListener::bind("127.0.0.1:0").is_err());
    assert!(UdpSocket::bind("[::1]:0").is_err());
    assert!(Command::new("true").status().is_err());
    assert!(std::os::unix::net::UnixStream::pair().is_ok());
    // What it gave away does not come back.
    assert!(helper::confine(Confinement { enabled: true, network: true, programs: true }).is_ok());
    assert!(TcpListener::bind("127.0.0.1:0").is_err());
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "a case of another test"]
fn case_may() {
    helper::confine(Confinement { enabled: true, network: true, programs: true }).expect("confined");
    assert!(std::net::TcpListener::bind("127.0.0.1:0").is_ok());
    assert!(Command::new("true").status().is_ok_and(|status| status.success()));
}
