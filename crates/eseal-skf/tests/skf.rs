//! The binding to USBKeys against our own software token and a strange library.
//!
//! The token reads its folder and its faults from the environment, so each case runs in a process of its own: this
//! executable again, with the name of a case that is otherwise ignored.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use eseal_gm::sm2::SigningKey;
use eseal_pki::issue::{CertificateTemplate, Profile, Subject};
use eseal_skf::{
    Pin, Skf, SkfError, SkfHelper, SkfHelperConfig, SkfKey, SkfProfile, UlongBytes,
    helper::{self, Confinement},
};
use softskf::{TokenKey, provision};

const PIN: &[u8] = b"123456";

/// Cargo puts the library beside the executables of tests.
fn library() -> PathBuf {
    let test = env::current_exe().expect("a path");
    let name = format!("{}softskf{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
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

fn put(folder: &Path, token: &str, container: &str, seed: u8) {
    let new = TokenKey {
        application: "ESEAL",
        container,
        key: &key(seed),
        certificate: &certificate(&key(seed)),
        user_pin: PIN,
        admin_pin: b"87654321",
        tries: 20,
    };
    provision(folder, token, &new).expect("written");
}

fn skf() -> Skf {
    Skf::open(SkfProfile::new(library())).expect("opened")
}

fn pin(text: &[u8]) -> Pin {
    Pin::new(text.to_vec())
}

fn only_key(skf: &Skf) -> SkfKey {
    skf.keys().expect("listed").into_iter().find(|key| key.place.container == "seal").expect("a key")
}

fn sign(skf: &Skf, text: &[u8]) -> Result<usize, SkfError> {
    let digests: Vec<[u8; 32]> = (0..3_u8).map(|number| key(7).verifying_key().e(&[number])).collect();
    let values = skf.sign(&only_key(skf), pin(text), &digests)?;
    for (e, value) in digests.iter().zip(&values) {
        assert!(key(7).verifying_key().verify_prehash(e, value));
    }
    Ok(values.len())
}

/// Runs a case in a process whose folder has a token with a key, quirks and a fault; gives whether it succeeded.
fn run_in(folder: &Path, case: &str, quirks: &str, fault: &str) -> bool {
    let output = Command::new(env::current_exe().expect("a path"))
        .args(["--exact", case, "--ignored", "--nocapture"])
        .envs([("ESEAL_SOFTSKF_QUIRKS", quirks), ("ESEAL_SOFTSKF_FAULT", fault)])
        .env("ESEAL_SOFTSKF_DIR", folder)
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("running 1 test"), "no case {case}");
    if !output.status.success() {
        eprintln!("{case}, {quirks:?}, {fault:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

fn run(case: &str, quirks: &str, fault: &str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "token", "seal", 7);
    run_in(folder.path(), case, quirks, fault)
}

#[test]
fn a_token_signs_whatever_its_ways_and_says_that_it_is_for_development() {
    for quirks in ["", "left", "ulong8", "type1", "left,ulong8,type1"] {
        assert!(run("case_signs", quirks, ""));
    }
}

#[test]
#[ignore = "a case of another test"]
fn case_signs() {
    let skf = skf();
    assert_eq!(skf.devices(), Ok(vec!["token".to_owned()]));
    let info = skf.info("token").expect("told");
    assert!(info.is_for_development());
    let long = env::var("ESEAL_SOFTSKF_QUIRKS").is_ok_and(|quirks| quirks.contains("ulong8"));
    assert_eq!(info.ulong_bytes, Some(if long { 8 } else { 4 }));
    assert_eq!((info.label.as_str(), info.serial.len()), ("token", 16));
    let key = only_key(&skf);
    let pins = skf.pin_info(&key.place).expect("told");
    assert_eq!((pins.attempts_max, pins.attempts_left, pins.is_default), (20, 20, true));
    assert_eq!(sign(&skf, PIN), Ok(3));
    assert_eq!(sign(&skf, PIN), Ok(3));
}

#[test]
fn rights_end_with_every_request_whatever_came_of_it() {
    for fault in ["", "garbage", "vendor", "removed:1"] {
        assert!(run("case_rights_end", "", fault));
    }
}

/// Looks behind the binding: in the same process the same library would sign, if rights were left.
#[test]
#[ignore = "a case of another test"]
#[expect(unsafe_code, reason = "asks the library itself")]
fn case_rights_end() {
    use std::ffi::c_void;
    type Open = unsafe extern "system" fn(*mut c_void, *const u8, *mut *mut c_void) -> u32;

    let skf = skf();
    let fault = env::var("ESEAL_SOFTSKF_FAULT").expect("set");
    assert_eq!(sign(&skf, PIN).is_ok(), fault.is_empty());
    assert_eq!(sign(&skf, b"654321"), Err(SkfError::WrongPin { attempts_left: 19 }));
    let (mut device, mut application, mut container) =
        (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
    let mut signature = [0_u8; 128];
    // SAFETY: the prototypes are the standard's; names end in zero bytes; the signature has its 128 bytes.
    let code = unsafe {
        let library = libloading::Library::new(library()).expect("loaded");
        let connect: libloading::Symbol<'_, unsafe extern "system" fn(*const u8, *mut *mut c_void) -> u32> =
            library.get(b"SKF_ConnectDev").expect("there");
        assert_eq!(connect(c"token".as_ptr().cast(), &raw mut device), 0);
        let open: libloading::Symbol<'_, Open> = library.get(b"SKF_OpenApplication").expect("there");
        assert_eq!(open(device, c"ESEAL".as_ptr().cast(), &raw mut application), 0);
        let open: libloading::Symbol<'_, Open> = library.get(b"SKF_OpenContainer").expect("there");
        assert_eq!(open(application, c"seal".as_ptr().cast(), &raw mut container), 0);
        let sign: libloading::Symbol<'_, unsafe extern "system" fn(*mut c_void, *const u8, u32, *mut u8) -> u32> =
            library.get(b"SKF_ECCSignData").expect("there");
        sign(container, [1; 32].as_ptr(), 32, signature.as_mut_ptr())
    };
    assert_eq!(code, 0x0A00_002D, "USER_NOT_LOGGED_IN");
}

#[test]
fn garbage_vendors_codes_and_pulled_tokens_are_errors_and_never_signatures() {
    for (case, fault) in [
        ("case_wrong_value", "garbage"),
        ("case_wrong_value", "zeros"),
        ("case_vendor_code", "vendor"),
        ("case_removed", "removed:1"),
        ("case_hangs", "sleep:60000"),
    ] {
        assert!(run(case, "", fault), "{fault}");
    }
}

#[test]
#[ignore = "a case of another test"]
fn case_wrong_value() {
    assert_eq!(sign(&skf(), PIN), Err(SkfError::WrongValue));
}

#[test]
#[ignore = "a case of another test"]
fn case_vendor_code() {
    assert_eq!(sign(&skf(), PIN), Err(SkfError::Device { code: 0x0A00_00F7 }));
}

#[test]
#[ignore = "a case of another test"]
fn case_removed() {
    let skf = skf();
    assert_eq!(sign(&skf, PIN), Err(SkfError::Removed));
    assert_eq!(sign(&skf, PIN), Ok(3));
}

#[test]
#[ignore = "a case of another test"]
fn case_hangs() {
    let profile = SkfProfile { call_timeout: Duration::from_millis(1500), ..SkfProfile::new(library()) };
    let (skf, start) = (Skf::open(profile).expect("opened"), Instant::now());
    assert_eq!(sign(&skf, PIN), Err(SkfError::Hung));
    assert!(skf.hangs());
    assert_eq!(skf.keys(), Err(SkfError::Hung));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_wrong_pin_is_tried_once_and_twenty_lock_for_every_process_to_come() {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "token", "seal", 7);
    assert!(run_in(folder.path(), "case_wrong_pins", "", ""));
    assert!(run_in(folder.path(), "case_locked", "", ""));
}

#[test]
#[ignore = "a case of another test"]
fn case_wrong_pins() {
    let skf = skf();
    assert_eq!(sign(&skf, b"12345"), Err(SkfError::PinShape));
    assert_eq!(sign(&skf, b"1234\x0056"), Err(SkfError::PinShape));
    for left in (1..20).rev() {
        assert_eq!(sign(&skf, b"654321"), Err(SkfError::WrongPin { attempts_left: left }));
    }
    assert_eq!(sign(&skf, b"654321"), Err(SkfError::Locked));
    assert_eq!(sign(&skf, PIN), Err(SkfError::Locked));
}

#[test]
#[ignore = "a case of another test"]
fn case_locked() {
    let skf = skf();
    assert_eq!(skf.pin_info(&only_key(&skf).place).expect("told").attempts_left, 0);
    assert_eq!(sign(&skf, PIN), Err(SkfError::Locked));
}

#[test]
fn keys_of_all_tokens_are_found_and_come_and_go_with_them() {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "one", "seal", 7);
    put(folder.path(), "one", "second", 8);
    put(folder.path(), "two", "third", 9);
    assert!(run_in(folder.path(), "case_many", "", ""));
}

#[test]
#[ignore = "a case of another test"]
fn case_many() {
    let skf = skf();
    let containers =
        |skf: &Skf| -> Vec<String> { skf.keys().expect("listed").into_iter().map(|key| key.place.container).collect() };
    assert_eq!(containers(&skf), ["seal", "second", "third"]);
    let only = SkfProfile { container: Some("second".to_owned()), ..SkfProfile::new(library()) };
    assert_eq!(containers(&Skf::open(only).expect("opened")), ["second"]);

    let seal = only_key(&skf);
    let folder = PathBuf::from(env::var_os("ESEAL_SOFTSKF_DIR").expect("set"));
    fs::rename(folder.join("one.skf"), folder.join("one.out")).expect("pulled out");
    assert_eq!(containers(&skf), ["third"]);
    assert_eq!(skf.sign(&seal, pin(PIN), &[[1; 32]]), Err(SkfError::Removed));
    // Another token under the same name is not taken for the first.
    put(&folder, "one", "seal", 11);
    assert_eq!(skf.sign(&seal, pin(PIN), &[[1; 32]]), Err(SkfError::NoKey));
    fs::rename(folder.join("one.out"), folder.join("one.skf")).expect("plugged in");
    assert_eq!(containers(&skf), ["seal", "second", "third"]);
    assert_eq!(sign(&skf, PIN), Ok(3));
}

#[test]
fn missing_functions_are_named_and_absent_libraries_are_errors() {
    let mut profile = SkfProfile::new(library());
    profile.symbols =
        vec![("SKF_ECCSignData".into(), "Sign".into()), ("SKF_DisConnectDev".into(), "SKF_DisconnectDev".into())];
    assert_eq!(Skf::open(profile).err(), Some(SkfError::MissingSymbols(vec!["Sign".into()])));
    assert!(matches!(Skf::open(SkfProfile::new("/absent/libskf.so")), Err(SkfError::Load { .. })));
}

/// Builds the strange library in one of its ways.
fn odd(folder: &Path, way: u8) -> Option<Skf> {
    if Command::new("gcc").arg("--version").output().is_err() {
        eprintln!("skipped: gcc is absent");
        return None;
    }
    let path = folder.join(format!("libodd{way}.so"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c/odd.c");
    let built = Command::new("gcc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&path, &source])
        .arg(format!("-DODD={way}"))
        .status()
        .expect("gcc runs");
    assert!(built.success());
    let ulong = UlongBytes::Four;
    Some(Skf::open(SkfProfile { ulong, ..SkfProfile::new(path) }).expect("the table's spellings are found"))
}

#[test]
fn strange_answers_are_errors_or_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for way in 0..8 {
        let Some(skf) = odd(folder.path(), way) else { return };
        let devices = skf.devices();
        match way {
            1 | 4 => assert_eq!(devices, Err(SkfError::Device { code: 0x0A00_0020 }), "{way}"),
            3 => assert_eq!(devices, Ok(Vec::new())),
            _ => assert_eq!(devices, Ok(vec!["token".to_owned()]), "{way}"),
        }
        assert!(skf.keys().unwrap_or_default().is_empty(), "{way}: no certificate");
        let info = skf.info("token");
        match way {
            2 => assert_eq!(info.err(), Some(SkfError::Removed)),
            _ => assert!(!info.expect("told").is_for_development()),
        }
        let place = eseal_skf::KeyPlace { device: "token".into(), application: "a".into(), container: "c".into() };
        let signed = skf.sign(&SkfKey { place, certificate: certificate(&key(7)) }, pin(PIN), &[[1; 32]]);
        assert!(signed.is_err(), "{way}");
    }
}

#[test]
#[ignore = "the helper program of other tests"]
fn case_helper() {
    let _ = helper::main();
}

/// The library in a process of its own, with a fault; the program is this executable again.
fn remote(folder: &Path, fault: &str, call_timeout: Duration) -> SkfHelper {
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let config = SkfHelperConfig {
        program: env::current_exe().expect("a path"),
        arguments: ["--exact", "case_helper", "--ignored", "--nocapture"].map(str::to_owned).to_vec(),
        environment: vec![
            variable("ESEAL_SOFTSKF_DIR", folder.to_str().expect("text")),
            variable("ESEAL_SOFTSKF_FAULT", fault),
        ],
        profile: SkfProfile { call_timeout, ..SkfProfile::new(library()) },
        confinement: Confinement::default(),
    };
    SkfHelper::start(config).expect("started")
}

fn digests() -> [[u8; 32]; 2] {
    [key(7).verifying_key().e(b"1"), key(7).verifying_key().e(b"2")]
}

#[test]
fn a_library_in_a_process_of_its_own_answers_as_one_in_ours() {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "token", "seal", 7);
    let skf = remote(folder.path(), "", Duration::from_secs(20));
    assert_eq!(skf.devices(), Ok(vec!["token".to_owned()]));
    assert!(skf.info("token").expect("told").is_for_development());
    let found = skf.keys().expect("listed").remove(0);
    assert_eq!(skf.pin_info(&found.place).expect("told").attempts_left, 20);
    let values = skf.sign(&found, pin(PIN), &digests()).expect("signed");
    assert!(digests().iter().zip(&values).all(|(e, value)| key(7).verifying_key().verify_prehash(e, value)));
    assert_eq!(skf.sign(&found, pin(b"654321"), &digests()), Err(SkfError::WrongPin { attempts_left: 19 }));
    fs::rename(folder.path().join("token.skf"), folder.path().join("token.out")).expect("pulled out");
    assert_eq!((skf.keys(), skf.sign(&found, pin(PIN), &digests())), (Ok(vec![]), Err(SkfError::Removed)));
    fs::rename(folder.path().join("token.out"), folder.path().join("token.skf")).expect("plugged in");
    assert!(skf.sign(&found, pin(PIN), &digests()).is_ok());
    assert_eq!(skf.starts(), 1);
}

#[test]
fn a_library_that_crashes_hangs_or_lies_ends_a_request_and_its_own_process() {
    for (fault, error) in [
        ("crash", SkfError::Ended),
        ("sleep:60000", SkfError::Hung),
        ("garbage", SkfError::WrongValue),
        ("zeros", SkfError::WrongValue),
        ("vendor", SkfError::Device { code: 0x0A00_00F7 }),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        put(folder.path(), "token", "seal", 7);
        let skf = remote(folder.path(), fault, Duration::from_secs(5));
        let found = skf.keys().expect("listed").remove(0);
        let begun = Instant::now();
        assert_eq!(skf.sign(&found, pin(PIN), &digests()), Err(error.clone()), "{fault}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{fault}");
        // The next question finds a library that answers: the fault strikes signatures only.
        assert_eq!(skf.keys().expect("listed").len(), 1, "{fault}");
        let ended = matches!(error, SkfError::Ended | SkfError::Hung);
        assert_eq!(skf.starts(), if ended { 2 } else { 1 }, "{fault}: a signature is not tried twice");
        assert_eq!(skf.pin_info(&found.place).expect("told").attempts_left, 20, "{fault}: no PIN was lost");
    }
}

#[test]
fn a_process_that_cannot_start_is_told_and_failures_in_a_row_are_followed_by_a_pause() {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "token", "seal", 7);
    let config = SkfHelperConfig {
        program: "/absent/program".into(),
        arguments: Vec::new(),
        environment: Vec::new(),
        profile: SkfProfile::new(library()),
        confinement: Confinement::default(),
    };
    assert!(matches!(SkfHelper::start(config), Err(SkfError::Load { .. })));
    let skf = remote(folder.path(), "crash", Duration::from_secs(5));
    let found = skf.keys().expect("listed").remove(0);
    let errors: Vec<SkfError> =
        (0..4).map(|_| skf.sign(&found, pin(PIN), &digests()).expect_err("it crashes")).collect();
    assert_eq!(errors[..2], [SkfError::Ended, SkfError::Ended]);
    assert!(errors.contains(&SkfError::Resting), "{errors:?}");
}
