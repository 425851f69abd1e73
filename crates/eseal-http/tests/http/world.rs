//! A platform with two organisations and two calling systems behind its router, and requests as they make them.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Method, Request, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use eseal::{Anchor, Evidence};
use eseal_api::{Function, Scene};
use eseal_device::{CheckedSigner, Device, KeyFile, Signers};
use eseal_gm::{hmac_sm3, sm2::SigningKey, sm3};
use eseal_http::axum;
use eseal_service::{
    App, Clock, Config, FixedClock, Mode, Parts, PlatformKey, PlatformKeys, mobile::PhoneKeys, secret_hash, signed_text,
};
use eseal_store::{GrantRecord, Objects, OrganizationRecord, SealRecord, SqliteStore, SystemRecord};
use eseal_testkit::{ORGANIZATION_CODE, Pki, SEAL_CODE, now, time};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const SYSTEM: &str = "SYS1";
pub(crate) const OTHER_SYSTEM: &str = "SYS2";
pub(crate) const GRANT: &str = "grant-of-the-body-0123456789abcd";
const HMAC_KEY: [u8; 32] = [7; 32];

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    pub(crate) pki: Pki,
    folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with something configured differently.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::made(change, Vec::new()).await
    }

    /// The same with devices that are watched.
    pub(crate) async fn with_devices(devices: Vec<Arc<dyn Device>>) -> Self {
        Self::made(|_| {}, devices).await
    }

    async fn made(change: impl FnOnce(&mut Config), devices: Vec<Arc<dyn Device>>) -> Self {
        let (folder, pki) = (tempfile::tempdir().unwrap(), Pki::new());
        let mut config = Config { mode: Mode::Development, ..Config::default() };
        change(&mut config);
        let app = open(folder.path(), &pki, config, devices).await;
        let router = eseal_http::router(app.clone()).unwrap();
        let world = Self { app, router, pki, folder };
        world.register().await;
        world
    }

    async fn register(&self) {
        let store = &self.app.store;
        for id in [SYSTEM, OTHER_SYSTEM] {
            store.put_system(&system_record(id)).await.unwrap();
        }
        let body =
            OrganizationRecord { code: ORGANIZATION_CODE.into(), name: "示范单位".into(), is_government: true };
        store.put_organization(&body).await.unwrap();
        store.put_seal(&self.seal()).await.unwrap();
        let grant = GrantRecord {
            id: "grant-1".into(),
            code_hash: secret_hash(GRANT),
            system_id: SYSTEM.into(),
            organization_code: ORGANIZATION_CODE.into(),
            central: true,
            ..GrantRecord::default()
        };
        store.put_grant(&grant).await.unwrap();
    }

    fn seal(&self) -> SealRecord {
        SealRecord {
            code: SEAL_CODE.into(),
            name: "测试印章".into(),
            organization_code: ORGANIZATION_CODE.into(),
            seal_type: "01".into(),
            carrier: "server".into(),
            status: "ACTIVE".into(),
            status_since: None,
            scenes: Vec::new(),
            valid_start: time("2026-01-01T00:00:00Z"),
            valid_end: time("2030-12-31T23:59:59Z"),
            certificates: vec![self.pki.signer.certificate.clone()],
            der: self.pki.seal(),
        }
    }

    /// Content for the body with these fields besides.
    pub(crate) fn content(&self, fields: Value) -> Value {
        let mut content = json!({
            "systemID": SYSTEM, "organizationCode": ORGANIZATION_CODE, "grantCode": GRANT, "scene": "S04",
        });
        content.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        content
    }

    /// Sends a request through the router.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Calls an interface; gives `data` of a good answer.
    pub(crate) async fn call(&self, function: &str, content: Value) -> Value {
        let answer = self.send(Call::function(function, content).signed()).await;
        assert!(answer.status < 300, "{}", answer.line());
        answer.json()["data"].clone()
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

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.line()))
    }

    /// Status and body.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    /// Code of an envelope that keeps the rules.
    pub(crate) fn code(&self) -> u64 {
        let envelope = self.json();
        let code = envelope["code"].as_u64().unwrap();
        assert_eq!(code.to_string()[..3], self.status.to_string());
        assert!(envelope["data"].is_object() && envelope["msg"].is_string() && envelope["reqId"].is_string());
        assert_eq!(self.headers["content-type"], "application/json;charset=utf-8");
        code
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Bytes,
    pub(crate) system: String,
    pub(crate) timestamp: String,
    pub(crate) nonce: String,
    pub(crate) key: Vec<u8>,
    pub(crate) algorithm: String,
    /// The digest that is announced, and signed instead of the body's.
    pub(crate) announced: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Call {
    pub(crate) fn new(method: Method, target: &str, body: impl Into<Bytes>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method,
            path: path.into(),
            query: query.into(),
            body: body.into(),
            system: SYSTEM.into(),
            timestamp: now().as_millisecond().to_string(),
            nonce: eseal_service::random::new_id().unwrap(),
            key: HMAC_KEY.into(),
            algorithm: "HMAC-SM3".into(),
            announced: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new(Method::GET, target, "")
    }

    pub(crate) fn post(target: &str, body: impl Into<Bytes>) -> Self {
        Self::new(Method::POST, target, body)
    }

    /// A call of an interface under a new reqId.
    pub(crate) fn function(function: &str, content: Value) -> Self {
        Self::numbered(function, &eseal_service::random::new_id().unwrap(), content)
    }

    /// A call of an interface under this reqId.
    pub(crate) fn numbered(function: &str, req_id: &str, content: Value) -> Self {
        // The reqId first, where it is found even if the body is refused.
        Self::post(&format!("/api/v1/{function}"), format!(r#"{{"reqId":"{req_id}","content":{content}}}"#))
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The body's digest goes ahead of it.
    pub(crate) fn announced(mut self) -> Self {
        self.announced = Some(hex(&sm3(&self.body)));
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Without authentication.
    pub(crate) fn unsigned(&self) -> Request<Body> {
        let target = if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) };
        let mut request = Request::builder().method(self.method.clone()).uri(target);
        if !self.body.is_empty() {
            request = request.header("content-length", self.body.len());
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        // In pieces, as a network delivers it.
        let pieces: Vec<_> =
            self.body.chunks(10_000).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
        request.body(Body::from_stream(futures::stream::iter(pieces))).unwrap()
    }

    /// With the system's signature.
    pub(crate) fn signed(&self) -> Request<Body> {
        let digest = match &self.announced {
            Some(text) => <[u8; 32]>::try_from(unhex(text)).unwrap(),
            None => sm3(&self.body),
        };
        let text = signed_text(
            self.method.as_str(),
            &self.path,
            &self.query,
            &self.system,
            &self.timestamp,
            &self.nonce,
            &digest,
        );
        let mut request = self.unsigned();
        let headers = request.headers_mut();
        let mut insert = |name: &'static str, value: &str| headers.insert(name, value.parse().unwrap());
        insert("x-eseal-system-id", &self.system);
        insert("x-eseal-timestamp", &self.timestamp);
        insert("x-eseal-nonce", &self.nonce);
        insert("x-eseal-algorithm", &self.algorithm);
        insert("x-eseal-signature", &base64(&hmac_sm3(&self.key, text.as_bytes())));
        if let Some(digest) = &self.announced {
            insert("x-eseal-content-sm3", digest);
        }
        request
    }
}

/// A form: parts by name and content; `file` has a file name.
pub(crate) fn form(target: &str, parts: &[(&str, &[u8])]) -> Call {
    let mut body = Vec::new();
    for (name, content) in parts {
        let file = if *name == "file" { "; filename=\"x\"\r\nContent-Type: application/octet-stream" } else { "" };
        body.extend(format!("--MARK\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--MARK--\r\n");
    Call::post(target, body).header("content-type", "multipart/form-data; boundary=MARK")
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// A rule that suits every page.
pub(crate) fn rectangle() -> Value {
    json!({"ruleType": "RECTANGLE", "version": "1.0", "rectangleRule": {"page": "1", "left": "20", "bottom": 30}})
}

pub(crate) fn operator() -> Value {
    json!({"name": "张三", "idType": "111", "idNo": "11010519491231002X"})
}

pub(crate) fn system_record(id: &str) -> SystemRecord {
    SystemRecord {
        id: id.into(),
        name: "测试系统".into(),
        active: true,
        hmac_keys: vec![HMAC_KEY.to_vec()],
        functions: Function::ALL.iter().map(|function| function.path().into()).collect(),
        scenes: Scene::VALUES.iter().map(|scene| (*scene).into()).collect(),
        ..SystemRecord::default()
    }
}

async fn open(folder: &Path, pki: &Pki, config: Config, devices: Vec<Arc<dyn Device>>) -> Arc<App> {
    let mut signers = Signers::default();
    devices.into_iter().for_each(|device| signers.watch(device));
    let key = Arc::new(KeyFile::of(pki.signer.key.clone()));
    signers.insert(CheckedSigner::new(&pki.signer.certificate, key).unwrap());
    let key = |seed| PlatformKey::in_memory(SigningKey::from_bytes(&[seed; 32]).unwrap());
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::new(now()));
    let evidence = Evidence {
        anchors: vec![Anchor { certificate: pki.anchor(), region: "深圳".into(), own: true }],
        crls: vec![pki.crl()],
        ..Evidence::default()
    };
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
        phones: PhoneKeys::default(),
        evidence,
        clock,
        log_salt: [5; 32],
    };
    App::new(parts).unwrap()
}
