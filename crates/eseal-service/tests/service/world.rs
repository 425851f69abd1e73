//! A platform with two organisations, their seals, one calling system, and the calls that tests make.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
    sync::Arc,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal::{Anchor, Evidence};
use eseal_api::{Function, Language, Overall, Scene};
use eseal_device::{CheckedSigner, KeyFile, Signers};
use eseal_gm::sm2::SigningKey;
use eseal_service::{
    App, Caller, CallingSystem, Config, Error, FixedClock, Identity, Mode, Parts, PlatformKey, PlatformKeys, UseCase,
    call, secret_hash,
};
use eseal_store::{GrantRecord, Objects, OrganizationRecord, SealRecord, SqliteStore, SystemRecord, UserRecord};
use eseal_testkit::{Party, Pki, now, time};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const SYSTEM: &str = "SYS1";
pub(crate) const OTHER_SYSTEM: &str = "SYS2";
pub(crate) const GRANT: &str = "grant-of-the-business-0123456789";
pub(crate) const GOVERNMENT_GRANT: &str = "grant-of-the-government-01234567";
pub(crate) const SEAL: &str = eseal_testkit::SEAL_CODE;
pub(crate) const PHONE_SEAL: &str = "44030000000021";
pub(crate) const GOVERNMENT_SEAL: &str = "44030000000022";
pub(crate) const BUSINESS: &str = eseal_testkit::ORGANIZATION_CODE;
pub(crate) const HMAC_KEY: [u8; 32] = [7; 32];

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) pki: Pki,
    pub(crate) government: String,
    pub(crate) phone_signer: Party,
    folder: TempDir,
}

impl World {
    /// A platform that has just been set up.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with something configured differently.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let (folder, pki, clock) = (tempfile::tempdir().unwrap(), Pki::new(), Arc::new(FixedClock::new(now())));
        let mut config = Config { mode: Mode::Development, ..Config::default() };
        config.storage.data = folder.path().to_owned();
        change(&mut config);
        let phone_signer = pki.issue(21, PHONE_SEAL, eseal_pki::issue::Profile::Signer);
        let app = open(folder.path(), &pki, clock.clone(), config).await;
        let world = Self { app, clock, government: credit_code("11440300MB2DEMX12"), pki, phone_signer, folder };
        world.register().await;
        world
    }

    /// The same platform after its server was killed.
    pub(crate) async fn restarted(self) -> Self {
        let Self { app, clock, pki, government, phone_signer, folder } = self;
        let config = app.config.clone();
        drop(app);
        let app = open(folder.path(), &pki, clock.clone(), config).await;
        app.recover().await.unwrap();
        Self { app, clock, pki, government, phone_signer, folder }
    }

    async fn register(&self) {
        let store = &self.app.store;
        for id in [SYSTEM, OTHER_SYSTEM] {
            store.put_system(&system_record(id)).await.unwrap();
        }
        let organization = |code: &str, name: &str, is_government| OrganizationRecord {
            code: code.into(),
            name: name.into(),
            is_government,
        };
        store.put_organization(&organization(BUSINESS, "深圳示范科技有限公司", false)).await.unwrap();
        store.put_organization(&organization(&self.government, "示范区政务服务局", true)).await.unwrap();
        store.put_seal(&self.seal(SEAL, BUSINESS, "server", &self.pki.signer)).await.unwrap();
        store.put_seal(&self.seal(PHONE_SEAL, BUSINESS, "mobile", &self.phone_signer)).await.unwrap();
        store.put_seal(&self.seal(GOVERNMENT_SEAL, &self.government, "server", &self.pki.other)).await.unwrap();
        store.put_grant(&self.grant(GRANT, BUSINESS)).await.unwrap();
        store
            .put_grant(&GrantRecord { central: true, ..self.grant(GOVERNMENT_GRANT, &self.government) })
            .await
            .unwrap();
        let user = UserRecord {
            id: "user-1".into(),
            name: "测试用户".into(),
            id_type: "111".into(),
            id_no: "11010519491231002X".into(),
            organizations: vec![BUSINESS.into()],
            active: true,
        };
        store.put_user(&user).await.unwrap();
    }

    /// A seal that lists `signer`.
    pub(crate) fn seal(&self, code: &str, organization: &str, carrier: &str, signer: &Party) -> SealRecord {
        let der = self.pki.seal_with(|spec| {
            spec.code = code.into();
            spec.listed = vec![signer.certificate.clone()];
        });
        SealRecord {
            code: code.into(),
            name: "测试印章".into(),
            organization_code: organization.into(),
            seal_type: "01".into(),
            carrier: carrier.into(),
            status: "ACTIVE".into(),
            status_since: None,
            scenes: Vec::new(),
            valid_start: time("2026-01-01T00:00:00Z"),
            valid_end: time("2030-12-31T23:59:59Z"),
            certificates: vec![signer.certificate.clone()],
            der,
        }
    }

    /// A grant of everything to the first system.
    pub(crate) fn grant(&self, code: &str, organization: &str) -> GrantRecord {
        GrantRecord {
            id: format!("id of {code}"),
            code_hash: secret_hash(code),
            system_id: SYSTEM.into(),
            organization_code: organization.into(),
            ..GrantRecord::default()
        }
    }

    /// The first system, asking once.
    pub(crate) fn caller(&self) -> Caller {
        self.caller_of(SYSTEM)
    }

    /// A system, asking once.
    pub(crate) fn caller_of(&self, system_id: &str) -> Caller {
        let system = CallingSystem {
            system_id: system_id.into(),
            name: "测试系统".into(),
            functions: Function::ALL.to_vec(),
            scenes: Scene::ALL.to_vec(),
            origins: vec!["https://system.example".into()],
            digest_only: true,
            requests_per_minute: 1_000_000,
        };
        Caller {
            identity: Identity::System(Arc::new(system)),
            language: Language::English,
            req_id: eseal_service::random::new_id().unwrap(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    /// Calls an interface as the first system with a fresh reqId; gives the code and `data`.
    pub(crate) async fn call<U: UseCase>(&self, content: Value) -> Result<(u32, Value), Error> {
        self.call_as::<U>(&self.caller(), content).await
    }

    /// Calls an interface.
    pub(crate) async fn call_as<U: UseCase>(&self, caller: &Caller, content: Value) -> Result<(u32, Value), Error> {
        let mut content = content;
        let system_id = caller.system().unwrap().system_id.clone();
        content.as_object_mut().unwrap().entry("systemID").or_insert(json!(system_id));
        let answer = call::<U>(&self.app, caller, &content).await?;
        Ok((answer.overall().number(), serde_json::to_value(&answer).unwrap()))
    }

    /// Calls an interface that must refuse; gives the code and the field.
    pub(crate) async fn refused<U: UseCase>(&self, content: Value) -> (u32, Option<String>) {
        refusal(self.call::<U>(content).await)
    }

    /// Content for the business with these fields besides.
    pub(crate) fn business(&self, fields: Value) -> Value {
        joined(json!({"organizationCode": BUSINESS, "grantCode": GRANT, "scene": "S02"}), fields)
    }

    /// Content for the government with these fields besides.
    pub(crate) fn government(&self, fields: Value) -> Value {
        let common = json!({"organizationCode": self.government, "grantCode": GOVERNMENT_GRANT, "scene": "S04"});
        joined(common, fields)
    }

    /// 3-1 for the business: the entries of the answer.
    pub(crate) async fn digests(&self, entries: Value) -> Vec<Value> {
        let content = self.business(json!({"sealDataList": entries}));
        list(self.call::<eseal_api::GenerateDigest>(content).await.unwrap().1, "fileHashList")
    }

    /// 3-4 for the business: the entries of the answer.
    pub(crate) async fn sign(&self, digests: &[Value]) -> Vec<Value> {
        let content = self.business(json!({"sealDataList": to_sign(digests)}));
        list(self.call::<eseal_api::SignDigestByServer>(content).await.unwrap().1, "signValueList")
    }

    /// 3-5 for the business: the entries of the answer.
    pub(crate) async fn compose(&self, values: &[Value]) -> Vec<Value> {
        let content = self.business(json!({"sealDataList": values}));
        list(self.call::<eseal_api::ComposeSignature>(content).await.unwrap().1, "fileList")
    }

    /// 4-1: conclusion and number of signatures.
    pub(crate) async fn verify(&self, file_b64: &Value) -> (String, usize) {
        let (_, data) = self.call::<eseal_api::VerifyFile>(json!({"file": {"fileB64": file_b64}})).await.unwrap();
        (data["conclusion"].as_str().unwrap().into(), data["signatures"].as_array().unwrap().len())
    }

    /// Number of objects that are kept.
    pub(crate) fn objects(&self) -> usize {
        fn count(folder: &Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        count(&self.folder.path().join("objects"))
    }
}

/// What a call was refused with.
pub(crate) fn refusal(result: Result<(u32, Value), Error>) -> (u32, Option<String>) {
    match result {
        Err(error) => (error.code().number(), error.field().map(str::to_owned)),
        Ok((code, data)) => panic!("answered {code} {data}"),
    }
}

/// `fileUniqueId` and `data` of entries of 3-1.
pub(crate) fn to_sign(digests: &[Value]) -> Value {
    digests.iter().map(|entry| json!({"fileUniqueId": entry["fileUniqueId"], "data": entry["fileHash"]})).collect()
}

/// An entry of 3-1: one seal on a file.
pub(crate) fn sealed(file: &[u8], file_type: &str) -> Value {
    json!({"sealCode": SEAL, "file": {"fileB64": base64(file), "fileType": file_type, "title": "测试文件"}, "rules": [rectangle()]})
}

/// A rule that suits every page.
pub(crate) fn rectangle() -> Value {
    json!({"ruleType": "RECTANGLE", "version": "1.0", "rectangleRule": {"page": "1", "left": "20", "bottom": 30}})
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(crate) fn unbase64(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}

pub(crate) fn codes(entries: &[Value]) -> Vec<u64> {
    entries.iter().map(|entry| entry["code"].as_u64().unwrap()).collect()
}

pub(crate) fn list(data: Value, name: &str) -> Vec<Value> {
    data[name].as_array().unwrap_or_else(|| panic!("no {name} in {data}")).clone()
}

fn joined(mut content: Value, fields: Value) -> Value {
    content.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    content
}

/// A system with a key of each kind and all rights.
pub(crate) fn system_record(id: &str) -> SystemRecord {
    SystemRecord {
        id: id.into(),
        name: "测试系统".into(),
        active: true,
        hmac_keys: vec![HMAC_KEY.to_vec()],
        sm2_keys: vec![request_key().public_key().to_vec()],
        functions: Function::ALL.iter().map(|function| function.path().into()).collect(),
        scenes: Scene::VALUES.iter().map(|scene| (*scene).into()).collect(),
        origins: vec!["https://system.example".into()],
        digest_only: true,
        ..SystemRecord::default()
    }
}

/// The SM2 request key of the systems.
pub(crate) fn request_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32]).unwrap()
}

async fn open(folder: &Path, pki: &Pki, clock: Arc<FixedClock>, config: Config) -> Arc<App> {
    let mut signers = Signers::default();
    for party in [&pki.signer, &pki.other] {
        signers.insert(CheckedSigner::new(&party.certificate, Arc::new(KeyFile::of(party.key.clone()))).unwrap());
    }
    let key = |seed| PlatformKey::in_memory(SigningKey::from_bytes(&[seed; 32]).unwrap());
    let parts = Parts {
        config,
        store: Arc::new(SqliteStore::open(&folder.join("eseal.db")).await.unwrap()),
        objects: Objects::open(&folder.join("objects")).unwrap(),
        signers,
        platform_keys: PlatformKeys {
            ticket: key(31),
            login: key(32),
            summary: key(33),
            log: key(34),
            status: Some(key(35)),
        },
        phones: eseal_service::mobile::PhoneKeys::default(),
        evidence: evidence(pki),
        clock,
        log_salt: [5; 32],
    };
    App::new(parts).unwrap()
}

pub(crate) fn evidence(pki: &Pki) -> Evidence {
    Evidence {
        anchors: vec![Anchor { certificate: pki.anchor(), region: "深圳".into(), own: true }],
        crls: vec![pki.crl()],
        ..Evidence::default()
    }
}

/// A unified social credit code with its check character, GB 32100.
fn credit_code(body: &str) -> String {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut weight = 1;
    let sum = body.chars().fold(0, |sum, character| {
        let value = ALPHABET.find(character).unwrap();
        let next = sum + value * weight;
        weight = weight * 3 % 31;
        next
    });
    let check = ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap();
    format!("{body}{check}")
}
