//! Key files and checked signers, with OpenSSL as a second reader of the files.

use std::{process::Command, sync::Arc};

use eseal_device::{
    CheckedSigner, DeviceKind, DigestSigner, KeyFile, KeyFileError, SecretRef, SignDigestError, SignInput, Signers,
    read_key, write_key,
};
use eseal_gm::sm2::{Signature, SigningKey};
use eseal_pki::issue::{CertificateTemplate, Profile, Subject};

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

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32]).expect("a key")
}

fn input(e: &[u8; 32]) -> SignInput<'_> {
    SignInput { e, tbs: b"text" }
}

#[test]
fn a_key_file_signs_and_the_value_fits_the_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("seal.key");
    write_key(&path, &key(7)).expect("written");
    let der = certificate(&key(7));
    let signer = CheckedSigner::new(&der, Arc::new(KeyFile::open(&path).expect("a key"))).expect("a signer");
    let e = key(7).verifying_key().e(b"text");
    let value = signer.sign(&input(&e)).expect("signed");
    assert!(key(7).verifying_key().verify(b"text", &value));
    assert_eq!(signer.kind(), DeviceKind::KeyFile);

    let mut signers = Signers::default();
    assert!(!signers.has_key_files());
    signers.insert(signer);
    assert!(signers.has_key_files());
    assert!(signers.find(&der).is_some());
    assert!(signers.find(&certificate(&key(8))).is_none());
}

#[test]
fn a_key_of_another_certificate_gives_nothing() {
    let signer = CheckedSigner::new(&certificate(&key(7)), Arc::new(KeyFile::of(key(8)))).expect("a signer");
    assert_eq!(signer.sign(&input(&[3; 32])), Err(SignDigestError::WrongValue));
}

/// A device that answers with the same value whatever it is asked.
struct Stuck(Signature);

impl DigestSigner for Stuck {
    fn sign_unchecked(&self, _input: &SignInput<'_>) -> Result<Signature, SignDigestError> {
        Ok(self.0)
    }

    fn kind(&self) -> DeviceKind {
        DeviceKind::Server
    }
}

#[test]
fn a_faulty_device_is_found_out() {
    let value = key(7).sign_prehash(&[1; 32]);
    let signer = CheckedSigner::new(&certificate(&key(7)), Arc::new(Stuck(value))).expect("a signer");
    assert!(signer.sign(&input(&[1; 32])).is_ok());
    assert_eq!(signer.sign(&input(&[2; 32])), Err(SignDigestError::WrongValue));
}

#[test]
fn files_that_hold_no_key_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let p256 =
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n";
    for (name, text) in
        [("empty", ""), ("text", "no key"), ("cut", p256), ("other", "-----BEGIN X-----\nAAAA\n-----END X-----\n")]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        assert!(matches!(read_key(&path), Err(KeyFileError::NoKey { .. })), "{name}");
    }
    assert!(matches!(read_key(&folder.path().join("absent")), Err(KeyFileError::Io { .. })));
}

#[cfg(unix)]
#[test]
fn a_key_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("seal.key");
    write_key(&path, &key(7)).expect("written");
    assert_eq!(std::fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
}

#[test]
fn openssl_reads_our_files_and_we_read_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, theirs) = (folder.path().join("ours.key"), folder.path().join("theirs.key"));
    write_key(&ours, &key(7)).expect("written");
    let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).output();
    let Ok(checked) = openssl(&["ec", "-in", &ours.to_string_lossy(), "-check", "-noout"]) else {
        println!("skipped: openssl is not installed");
        return;
    };
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let made = openssl(&[
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:SM2",
        "-out",
        &theirs.to_string_lossy(),
    ]);
    assert!(made.expect("openssl runs").status.success());
    assert!(read_key(&theirs).is_ok(), "PKCS #8 of OpenSSL");
}

#[test]
fn credentials_of_systemd_are_read_from_their_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("hsm1"), "open sesame\n").expect("written");
    let run = |name: &str| {
        Command::new(std::env::current_exe().expect("a path"))
            .args(["--exact", "case_credential", "--ignored"])
            .env("CREDENTIALS_DIRECTORY", folder.path())
            .env("TEST_CREDENTIAL", name)
            .output()
            .expect("it runs")
            .status
            .success()
    };
    assert!(run("credential:hsm1"));
    assert!(!run("credential:hsm2"));
    assert!(!run("credential:"));
}

#[test]
#[ignore = "a case of another test"]
fn case_credential() {
    let reference = SecretRef::from(std::env::var("TEST_CREDENTIAL").expect("set by the other test"));
    assert_eq!(reference.read().expect("a secret").as_slice(), b"open sesame");
}
