//! A platform with one system, one company, one user, and phones that speak the real protocol with it.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use eseal::{Anchor, Evidence};
use eseal_api::{ErrorCode, Function, Language, Request, Scene, mobile as wire};
use eseal_device::Signers;
use eseal_gm::{sm2::SigningKey, sm3};
use eseal_pki::issue::{CertificateTemplate, Profile, RevokedEntry, Subject};
use eseal_service::{
    App, Caller, CallingDevice, CallingSystem, Config, Error, FixedClock, Identity, Mode, Parts, PlatformKey,
    PlatformKeys, UseCase, mobile,
    mobile::{
        CertificateIssuer, NotIssued, PhoneKeys, ShareKey,
        phone::{Link, Phone, PhoneError, Refused},
    },
    secret_hash,
};
use eseal_store::{GrantRecord, Objects, OrganizationRecord, SealRecord, SqliteStore, Store, SystemRecord, UserRecord};
use eseal_testkit::{ORGANIZATION_CODE, ORGANIZATION_NAME, Party, Pki, days, now, time};
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) const SYSTEM: &str = "APP-1";
pub(crate) const OTHER_SYSTEM: &str = "APP-2";
pub(crate) const SYSTEM_NAME: &str = "示范办事系统";
pub(crate) const ORIGIN: &str = "https://app.example";
pub(crate) const GRANT: &str = "6f1f4a06c9f0fd0c7ac1f4d3f0a7e5b1";
pub(crate) const USER: &str = "user-1";
pub(crate) const PIN: &str = "135790";
pub(crate) const PHONE_SEAL: &str = "44030000000101";

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) pki: Pki,
    pub(crate) store: Arc<dyn Store>,
    folder: Arc<tempfile::TempDir>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder.path().join("eseal.db")).await.unwrap());
        let (clock, pki) = (Arc::new(FixedClock::new(now())), Pki::new());
        let world = Self { app: app(&folder, &store, &clock, &pki), clock, pki, store, folder };
        world.fill().await;
        world
    }

    /// The same platform after its server was killed: what was in memory only is gone.
    pub(crate) fn restarted(&self) -> Self {
        let app = app(&self.folder, &self.store, &self.clock, &self.pki);
        let Self { clock, pki, store, folder, .. } = self;
        Self { app, clock: clock.clone(), pki: pki.clone(), store: store.clone(), folder: folder.clone() }
    }

    /// The same, started again by an operator who lets no phone hold its whole key.
    pub(crate) fn restarted_without_held_keys(&self) -> Self {
        let issuer = Arc::new(Issuer(self.pki.root.clone()));
        let phones = PhoneKeys::new(issuer, ShareKey::new([7; 16]));
        let app = app_with(&self.folder, &self.store, &self.clock, &self.pki, phones);
        Self { app, ..self.restarted() }
    }

    async fn fill(&self) {
        for id in [SYSTEM, OTHER_SYSTEM] {
            let record =
                SystemRecord { id: id.into(), name: SYSTEM_NAME.into(), active: true, ..SystemRecord::default() };
            self.store.put_system(&record).await.unwrap();
        }
        let organization =
            OrganizationRecord { code: ORGANIZATION_CODE.into(), name: ORGANIZATION_NAME.into(), is_government: false };
        self.store.put_organization(&organization).await.unwrap();
        self.store.put_user(&user()).await.unwrap();
        let grant = GrantRecord {
            id: "grant-1".into(),
            code_hash: secret_hash(GRANT),
            system_id: SYSTEM.into(),
            organization_code: ORGANIZATION_CODE.into(),
            ..GrantRecord::default()
        };
        self.store.put_grant(&grant).await.unwrap();
    }

    /// A request of a system.
    pub(crate) fn system_caller(&self, system_id: &str) -> Caller {
        caller(Identity::System(Arc::new(CallingSystem {
            system_id: system_id.into(),
            name: SYSTEM_NAME.into(),
            functions: Function::ALL.to_vec(),
            scenes: Scene::ALL.to_vec(),
            origins: vec![ORIGIN.into()],
            digest_only: true,
            requests_per_minute: 1_000,
        })))
    }

    /// Calls an interface as the system.
    pub(crate) async fn call<U: UseCase>(&self, content: Value) -> Result<U::Answer, Error> {
        self.call_as::<U>(SYSTEM, content).await
    }

    pub(crate) async fn call_as<U: UseCase>(&self, system_id: &str, mut content: Value) -> Result<U::Answer, Error> {
        content["systemID"] = json!(system_id);
        eseal_service::call::<U>(&self.app, &self.system_caller(system_id), &content).await
    }

    /// The content of a request that acts for the company.
    pub(crate) fn common(&self, more: Value) -> Value {
        let mut content = json!({"organizationCode": ORGANIZATION_CODE, "grantCode": GRANT});
        for (name, value) in more.as_object().unwrap() {
            content[name] = value.clone();
        }
        content
    }

    /// A phone of the user, enrolled now.
    pub(crate) async fn phone(&self) -> (Phone, Wire) {
        let (code, _) = mobile::new_enrolment(&self.app, USER).await.unwrap();
        let mut wire = self.wire(None);
        let key = self.app.platform_keys.public_key(eseal_api::KeyPurpose::Summary).clone();
        let phone = Phone::enrol(&mut wire, &code, "测试手机", PIN, key).await.unwrap();
        let wire = self.wire(Some(&phone));
        (phone, wire)
    }

    /// The connection of a phone, or of nobody yet.
    pub(crate) fn wire(&self, phone: Option<&Phone>) -> Wire {
        let device = |phone: &Phone| {
            Identity::Device(Arc::new(CallingDevice { device_id: phone.device_id.clone(), user_id: USER.into() }))
        };
        let caller = caller(phone.map_or(Identity::Public, device));
        Wire { app: self.app.clone(), caller, sent: Vec::new(), meddle: None }
    }

    /// A seal of the company whose one signer has this certificate.
    pub(crate) async fn seal(&self, code: &str, carrier: &str, certificate: &[u8]) {
        let der = self.pki.seal_with(|spec| {
            spec.code = code.into();
            spec.listed = vec![certificate.to_vec()];
        });
        let record = SealRecord {
            code: code.into(),
            name: "示范公司合同专用章".into(),
            organization_code: ORGANIZATION_CODE.into(),
            seal_type: "04".into(),
            carrier: carrier.into(),
            status: "ACTIVE".into(),
            status_since: None,
            scenes: Vec::new(),
            valid_start: time("2026-01-01T00:00:00Z"),
            valid_end: time("2030-12-31T23:59:59Z"),
            certificates: vec![certificate.to_vec()],
            der,
        };
        self.store.put_seal(&record).await.unwrap();
    }

    /// Digests prepared for a seal: the entries of 3-2 and 3-3.
    pub(crate) async fn digests(&self, seal_code: &str, count: u8) -> Vec<Value> {
        let entry = |number: u8| json!({"sealCode": seal_code, "dataHash": BASE64_STANDARD.encode(sm3(&[number])), "propertyInfo": "document"});
        let list: Vec<Value> = (0..count).map(entry).collect();
        let content = self.common(json!({"sealDataList": list}));
        let answer = self.call::<eseal_api::GenerateDigest>(content).await.unwrap();
        let hash = |entry: eseal_api::FileHashEntry| {
            let hash = entry.hash.unwrap_or_else(|| panic!("{:?}", entry.status));
            json!({"fileUniqueId": hash.file_unique_id, "data": BASE64_STANDARD.encode(&hash.file_hash.0)})
        };
        answer.file_hash_list.into_iter().map(hash).collect()
    }

    /// Revokes a certificate from now on.
    pub(crate) fn revoke(&self, certificate: &[u8]) {
        let serial = eseal_pki::Certificate::from_der(certificate).unwrap().serial.to_vec();
        let entry = RevokedEntry { serial, since: now() - days(1), reason: Some(1) };
        let crl = self.pki.crl_with(now() - days(1), &[entry]);
        self.app.trust.replace(Evidence { crls: vec![crl], ..evidence(&self.pki) });
    }
}

fn app(folder: &tempfile::TempDir, store: &Arc<dyn Store>, clock: &Arc<FixedClock>, pki: &Pki) -> Arc<App> {
    let phones = PhoneKeys::new(Arc::new(Issuer(pki.root.clone())), ShareKey::new([7; 16])).with_held_keys();
    app_with(folder, store, clock, pki, phones)
}

fn app_with(
    folder: &tempfile::TempDir,
    store: &Arc<dyn Store>,
    clock: &Arc<FixedClock>,
    pki: &Pki,
    phones: PhoneKeys,
) -> Arc<App> {
    let key = |seed: u8| PlatformKey::in_memory(SigningKey::from_bytes(&[seed; 32]).unwrap());
    App::new(Parts {
        config: Config { mode: Mode::Development, ..Config::default() },
        store: store.clone(),
        objects: Objects::open(&folder.path().join("objects")).unwrap(),
        signers: Signers::default(),
        platform_keys: PlatformKeys {
            ticket: key(1),
            login: key(2),
            summary: key(3),
            log: key(4),
            status: Some(key(35)),
        },
        phones,
        evidence: evidence(pki),
        clock: clock.clone(),
        log_salt: [9; 32],
    })
    .unwrap()
}

fn evidence(pki: &Pki) -> Evidence {
    let anchor = Anchor { certificate: pki.anchor(), region: "深圳".into(), own: true };
    Evidence { anchors: vec![anchor], crls: vec![pki.crl()], ..Evidence::default() }
}

pub(crate) fn user() -> UserRecord {
    UserRecord {
        id: USER.into(),
        name: "测试用户".into(),
        id_type: "111".into(),
        id_no: "11010519491231002X".into(),
        organizations: vec![ORGANIZATION_CODE.into()],
        active: true,
    }
}

fn caller(identity: Identity) -> Caller {
    static REQUEST: AtomicU32 = AtomicU32::new(0);
    Caller {
        identity,
        language: Language::Chinese,
        req_id: format!("r{}", REQUEST.fetch_add(1, Ordering::Relaxed)),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}

/// The development authority of the tests.
struct Issuer(Party);

impl CertificateIssuer for Issuer {
    fn issue(&self, _user: &UserRecord, public_key: &[u8]) -> Result<Vec<u8>, NotIssued> {
        let template = CertificateTemplate {
            serial: &sm3(public_key)[..8],
            subject: &Subject::of(&format!("{ORGANIZATION_CODE}{ORGANIZATION_NAME}"), PHONE_SEAL),
            public_key,
            profile: Profile::Signer,
            not_before: time("2026-01-01T00:00:00Z"),
            not_after: time("2036-01-01T00:00:00Z"),
            crl_url: None,
        };
        template
            .issued_by(&self.0.certificate, &|tbs| Ok(self.0.sign(tbs)))
            .map_err(|error| NotIssued(error.to_string()))
    }
}

/// Changes an answer on its way to the phone, as a dishonest server would.
pub(crate) type Meddle = Box<dyn FnMut(&'static str, &mut Value) + Send>;

/// Carries messages without HTTP.
pub(crate) struct Wire {
    app: Arc<App>,
    caller: Caller,
    /// Everything that was sent.
    pub(crate) sent: Vec<(&'static str, Value)>,
    /// What happens to answers.
    pub(crate) meddle: Option<Meddle>,
}

impl Wire {
    /// Speaks for this device from now on.
    pub(crate) fn become_device(&mut self, identity: Identity) {
        self.caller = caller(identity);
    }

    /// Goes on with a server that was started again.
    pub(crate) fn reconnect(&mut self, world: &World) {
        self.reconnect_to(world.app.clone());
    }

    /// The same, by the server itself.
    pub(crate) fn reconnect_to(&mut self, app: Arc<App>) {
        self.app = app;
    }
}

#[async_trait]
impl Link for Wire {
    async fn send(&mut self, function: &'static str, content: Value) -> Result<Value, Refused> {
        self.sent.push((function, content.clone()));
        let (app, caller) = (&self.app, &self.caller);
        let mut answer = match function {
            "enrol" => json(mobile::enrol(app, caller, read::<wire::Enrol>(&content)?).await),
            "scan" => json(mobile::scan(app, caller, read::<wire::Scan>(&content)?).await),
            "confirm" => json(mobile::confirm(app, caller, read::<wire::Confirm>(&content)?).await),
            "refreshShare" => json(mobile::refresh_share(app, caller, read::<wire::RefreshShare>(&content)?).await),
            "refuse" => json(mobile::refuse(app, caller, read::<wire::Refuse>(&content)?).await),
            "mySeals" => json(mobile::my_seals(app, caller, read::<wire::MySeals>(&content)?).await),
            "history" => json(mobile::history(app, caller, read::<wire::History>(&content)?).await),
            other => panic!("no function {other}"),
        }?;
        if let Some(meddle) = &mut self.meddle {
            meddle(function, &mut answer);
        }
        Ok(answer)
    }
}

fn read<T: Request>(content: &Value) -> Result<T, Refused> {
    T::from_content(content).map_err(|error| refused(&error.into()))
}

fn json<T: Serialize>(answer: Result<T, Error>) -> Result<Value, Refused> {
    answer.map(|answer| serde_json::to_value(answer).unwrap()).map_err(|error| refused(&error))
}

fn refused(error: &Error) -> Refused {
    Refused { code: error.code().number(), message: error.to_string(), field: error.field().map(str::to_owned) }
}

/// The code of a refusal.
#[track_caller]
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, PhoneError>) -> u32 {
    match result {
        Err(PhoneError::Refused(refused)) => refused.code,
        other => panic!("not refused: {other:?}"),
    }
}

/// The code of an error.
#[track_caller]
pub(crate) fn code_of<T>(result: Result<T, Error>) -> ErrorCode {
    match result {
        Err(error) => error.code(),
        Ok(_) => panic!("not refused"),
    }
}
