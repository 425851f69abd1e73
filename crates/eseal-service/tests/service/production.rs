//! Production mode refuses what is for development.

use std::sync::Arc;

use eseal_device::{CheckedSigner, DeviceKind, DigestSigner, KeyFile, SignDigestError, SignInput, Signers};
use eseal_gm::sm2::{Signature, SigningKey};
use eseal_pki::issue::{CertificateTemplate, Profile, Subject};
use eseal_service::{
    App, Config, ConfigError, Parts, PlatformKey, PlatformKeys, SystemClock,
    mobile::{PhoneKeys, ShareKey},
};
use eseal_store::{Objects, SqliteStore};
use eseal_testkit::{Pki, time};

/// A device that is no key file.
struct Device(SigningKey, DeviceKind);

impl DigestSigner for Device {
    fn sign_unchecked(&self, input: &SignInput<'_>) -> Result<Signature, SignDigestError> {
        Ok(self.0.sign_prehash(input.e))
    }

    fn kind(&self) -> DeviceKind {
        self.1
    }
}

fn platform_key(seed: u8) -> PlatformKey {
    let key = SigningKey::from_bytes(&[seed; 32]).unwrap();
    PlatformKey::new(key.verifying_key().clone(), Arc::new(Device(key, DeviceKind::Server)))
}

async fn parts(folder: &tempfile::TempDir, pki: &Pki) -> Parts {
    Parts {
        config: Config::default(),
        store: Arc::new(SqliteStore::open(&folder.path().join("eseal.db")).await.unwrap()),
        objects: Objects::open(&folder.path().join("objects")).unwrap(),
        signers: Signers::default(),
        platform_keys: PlatformKeys {
            ticket: platform_key(31),
            login: platform_key(32),
            summary: platform_key(33),
            log: platform_key(34),
            status: None,
        },
        phones: PhoneKeys::default(),
        evidence: crate::world::evidence(pki),
        clock: Arc::new(SystemClock),
        log_salt: [5; 32],
    }
}

async fn refused(change: impl FnOnce(&mut Parts, &Pki)) -> Option<&'static str> {
    let (folder, pki) = (tempfile::tempdir().unwrap(), Pki::new());
    let mut parts = parts(&folder, &pki).await;
    change(&mut parts, &pki);
    match App::new(parts) {
        Ok(_) => None,
        Err(ConfigError::Refused(what)) => Some(what),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn production_takes_devices_and_refuses_key_files() {
    assert_eq!(refused(|_, _| {}).await, None);
    let in_memory = |seed| PlatformKey::in_memory(SigningKey::from_bytes(&[seed; 32]).unwrap());
    assert_eq!(refused(|parts, _| parts.platform_keys.log = in_memory(1)).await, Some("key files"));
    let of_a_seal = |parts: &mut Parts, pki: &Pki| {
        let signer = CheckedSigner::new(&pki.signer.certificate, Arc::new(KeyFile::of(pki.signer.key.clone())));
        parts.signers.insert(signer.unwrap());
    };
    assert_eq!(refused(of_a_seal).await, Some("key files"));
    let of_a_seal = |parts: &mut Parts, pki: &Pki| {
        let device = Device(pki.signer.key.clone(), DeviceKind::Development);
        parts.signers.insert(CheckedSigner::new(&pki.signer.certificate, Arc::new(device)).unwrap());
    };
    assert_eq!(refused(of_a_seal).await, Some("development devices"));
    let of_the_platform = |parts: &mut Parts, _: &Pki| {
        let key = SigningKey::from_bytes(&[35; 32]).unwrap();
        let device = Device(key.clone(), DeviceKind::Development);
        parts.platform_keys.ticket = PlatformKey::new(key.verifying_key().clone(), Arc::new(device));
    };
    assert_eq!(refused(of_the_platform).await, Some("development devices"));
}

#[tokio::test]
async fn production_takes_a_share_key_that_a_device_sealed_and_no_other() {
    let kept = |kind| {
        move |parts: &mut Parts, _: &Pki| {
            parts.phones = PhoneKeys::default().with_share_key(ShareKey::opened_by(kind, [7; 16].into()));
        }
    };
    assert_eq!(refused(kept(DeviceKind::Server)).await, None);
    assert_eq!(refused(kept(DeviceKind::Development)).await, Some("development devices"));
    assert_eq!(refused(kept(DeviceKind::KeyFile)).await, Some("key files"));
    let in_a_file = |parts: &mut Parts, _: &Pki| {
        parts.phones = PhoneKeys::default().with_share_key(ShareKey::new([7; 16]));
    };
    assert_eq!(refused(in_a_file).await, Some("key files"));
}

#[tokio::test]
async fn production_refuses_development_anchors() {
    let development = |parts: &mut Parts, _: &Pki| {
        let key = SigningKey::from_bytes(&[41; 32]).unwrap();
        let template = CertificateTemplate {
            serial: &[1],
            subject: &Subject::named("eseal Development root"),
            public_key: &key.public_key(),
            profile: Profile::Root,
            not_before: time("2024-01-01T00:00:00Z"),
            not_after: time("2044-01-01T00:00:00Z"),
            crl_url: None,
        };
        let certificate = template.self_signed(&|tbs: &[u8]| Ok(key.sign(tbs))).unwrap();
        parts.evidence.anchors[0].certificate = certificate;
    };
    assert_eq!(refused(development).await, Some("development anchors"));
    assert_eq!(
        refused(|parts, _| parts.evidence.anchors[0].certificate = vec![0x30]).await,
        Some("development anchors")
    );
}

#[tokio::test]
async fn production_refuses_what_its_configuration_must_not_say() {
    assert_eq!(refused(|parts, _| parts.config.server.simulated_phone = true).await, Some("the simulated phone"));
    let open = |parts: &mut Parts, _: &Pki| parts.config.server.listen = "0.0.0.0:80".into();
    assert_eq!(refused(open).await, Some("plain HTTP off loopback without trusted_proxies"));
}
