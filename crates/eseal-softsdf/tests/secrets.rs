//! What is left of secrets in memory (内存残留): keys and passwords are looked for in the whole process.
//!
//! The search runs in a process of its own, this executable again.  It never holds what it looks for, only that with a
//! mask over it.
#![cfg(target_os = "linux")]
#![expect(unsafe_code, reason = "the C interface is called as a C program does")]

use std::{env, fs::File, io::Read as _, os::unix::fs::FileExt as _, process::Command, ptr};

use eseal_gm::{random, sm2::SigningKey};
use softsdf::{
    SDF_CloseDevice, SDF_CloseSession, SDF_GetPrivateKeyAccessRight, SDF_InternalSign_ECC, SDF_OpenDevice,
    SDF_OpenSession, SDF_ReleasePrivateKeyAccessRight, provision,
};
use zeroize::Zeroize as _;

const MASK: u8 = 0xA5;

fn masked(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{:02x}", byte ^ MASK)).collect()
}

#[test]
fn no_key_and_no_password_stays_in_memory_after_the_right_is_released() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = SigningKey::generate().expect("a key");
    let password = random::<24>().expect("random bytes");
    provision(folder.path(), 1, &key, &password).expect("written");
    let output = Command::new(env::current_exe().expect("a path"))
        .args(["--exact", "case_search", "--ignored", "--nocapture"])
        .env("ESEAL_SOFTSDF_DIR", folder.path())
        .envs([("TEST_KEY", masked(&*key.to_bytes())), ("TEST_PASSWORD", masked(&password))])
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    println!("{text}");
}

/// Something to look for, under its mask.
struct Wanted(Vec<u8>);

impl Wanted {
    fn of(variable: &str) -> Self {
        let text = env::var(variable).expect("set by the other test");
        let digits = text
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("digits"));
        Self(digits.collect())
    }

    /// Without its mask, for a moment.
    fn shown(&self) -> Vec<u8> {
        self.0.iter().map(|byte| byte ^ MASK).collect()
    }

    /// Whether it stands here, as it is or with its bytes turned round, as numbers are kept.
    fn is_at(&self, bytes: &[u8]) -> bool {
        let is = |byte: &u8, wanted: &u8| byte ^ MASK == *wanted;
        self.0.iter().zip(bytes).all(|(wanted, byte)| is(byte, wanted))
            || self.0.iter().rev().zip(bytes).all(|(wanted, byte)| is(byte, wanted))
    }
}

/// Where it stands in the writable memory of this process.
fn search(wanted: &Wanted, buffer: &mut [u8]) -> Vec<String> {
    let mut maps = String::new();
    File::open("/proc/self/maps").and_then(|mut file| file.read_to_string(&mut maps)).expect("our maps");
    let memory = File::open("/proc/self/mem").expect("our memory");
    let mut found = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
        let (from, to) = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).expect("an address"));
        let mut at = from;
        while at < to {
            buffer.zeroize(); // it lies in this memory itself
            let length = buffer.len().min(usize::try_from(to - at).expect("small"));
            let Ok(read) = memory.read_at(&mut buffer[..length], at) else { break };
            if read < wanted.0.len() {
                break;
            }
            let hit = buffer[..read].windows(wanted.0.len()).position(|window| wanted.is_at(window));
            if let Some(hit) = hit {
                found.push(format!("{:#x} {}", at + hit as u64, line.split(' ').next_back().unwrap_or_default()));
            }
            at += (read - wanted.0.len() + 1) as u64; // one that stands across the end is not missed
        }
    }
    buffer.zeroize();
    found
}

#[test]
#[ignore = "a case of another test"]
fn case_search() {
    let (key, password) = (Wanted::of("TEST_KEY"), Wanted::of("TEST_PASSWORD"));
    let mut buffer = vec![0; 64 << 10];
    let (mut device, mut session) = (ptr::null_mut(), ptr::null_mut());
    let mut value = [0_u8; 128];
    // SAFETY: the pointers are to what the prototypes say.
    unsafe {
        assert_eq!(SDF_OpenDevice(&raw mut device), 0);
        assert_eq!(SDF_OpenSession(device, &raw mut session), 0);
        let mut shown = password.shown();
        assert_eq!(SDF_GetPrivateKeyAccessRight(session, 1, shown.as_ptr(), 24), 0);
        assert!(!search(&password, &mut buffer).is_empty(), "the search finds what is there");
        shown.zeroize();
        assert_eq!(SDF_InternalSign_ECC(session, 1, [7; 32].as_ptr(), 32, value.as_mut_ptr().cast()), 0);
    }
    assert!(!search(&key, &mut buffer).is_empty(), "a key that may be used is in memory");
    // SAFETY: as above.
    unsafe {
        assert_eq!(SDF_ReleasePrivateKeyAccessRight(session, 1), 0);
        assert_eq!(SDF_CloseSession(session), 0);
        assert_eq!(SDF_CloseDevice(device), 0);
    }
    let (keys, passwords) = (search(&key, &mut buffer), search(&password, &mut buffer));
    assert!(keys.is_empty() && passwords.is_empty(), "key at {keys:?}, password at {passwords:?}");
}
