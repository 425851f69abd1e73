//! Two platforms of two regions that ask each other about their seals, over HTTPS (互信互认).

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::Arc,
    thread,
};

use axum::Router;
use eseal::bundle::{KeyAlgorithm, StatusService, Structure, TrustBundle, TrustRegion};
use eseal_api::KeyPurpose;
use eseal_gm::sm2::SigningKey;
use eseal_http::{Options, axum, serve};
use eseal_pki::issue::Profile;
use eseal_service::{SealChange, change_seal};
use eseal_testkit::{Party, SEAL_CODE, days, now};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::json;

use crate::world::{Call, World, base64};

/// The TLS certificates of both platforms and the authority above them; false if there is no OpenSSL.
fn certificates(folder: &Path) -> bool {
    let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    std::fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    let issue = "x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 9 -extfile names";
    for line in [
        format!("req -x509 {curve} -keyout ca.key -out ca.pem -subj /CN=authority -days 9"),
        format!("req {curve} -keyout server.key -out request -subj /CN=platform"),
        format!("{issue} -out server.pem"),
    ] {
        let Ok(output) = Command::new("openssl").args(line.split(' ')).current_dir(folder).output() else {
            println!("skipped: openssl is absent");
            return false;
        };
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    true
}

/// What stands before a platform: TLS outside, HTTP inside, one request a connection.
fn encrypting(folder: &Path, inside: Arc<std::sync::OnceLock<SocketAddr>>) -> u16 {
    let chain = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let provider = Arc::new(rustls_graviola::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![chain], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut outer = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream.unwrap());
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && outer.read(&mut byte).unwrap_or(0) == 1 {
                head.push(byte[0]);
            }
            let Some(head) = head.strip_suffix(b"\r\n") else { continue };
            let mut inner = TcpStream::connect(inside.get().unwrap()).unwrap();
            let mut answer = Vec::new();
            inner.write_all(&[head, b"Connection: close\r\n\r\n"].concat()).unwrap();
            inner.read_to_end(&mut answer).unwrap();
            let _ = outer.write_all(&answer);
            outer.conn.send_close_notify();
            let _ = outer.flush();
        }
    });
    port
}

struct Platform {
    world: World,
    code: &'static str,
    name: &'static str,
    origin: String,
}

impl Platform {
    /// A platform that may ask `other`, and that others ask at `port`.
    async fn start(
        (code, name): (&'static str, &'static str),
        folder: &Path,
        (port, other): (u16, u16),
        inside: &std::sync::OnceLock<SocketAddr>,
    ) -> Self {
        let world = World::with(|config| {
            config.region = name.into();
            config.evidence.allow = vec![format!("https://127.0.0.1:{other}")];
            config.evidence.tls_roots = Some(folder.join("ca.pem"));
        })
        .await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        inside.set(listener.local_addr().unwrap()).unwrap();
        let shutdown = Box::pin(std::future::pending());
        let (app, options) = (world.app.clone(), Options { listener: Some(listener), beside: Router::new(), shutdown });
        tokio::spawn(async move { serve(app, options).await.unwrap() });
        Self { world, code, name, origin: format!("https://127.0.0.1:{port}") }
    }

    /// Trusts its own root, which nobody uses here, and the other region by the root that both worlds have.
    fn recognises(&self, other: &Self) {
        self.trusts(other, other.status());
    }

    /// Where others ask it, and whose word counts.
    fn status(&self) -> StatusService {
        StatusService {
            url: format!("{}/api/v1/public/sealStatus", self.origin),
            key: self.world.app.platform_keys.public_key(KeyPurpose::Status).clone(),
        }
    }

    fn trusts(&self, other: &Self, status: StatusService) {
        let own = Party::issue(60, "另一个根证书", Profile::Root, None, |_| {});
        let region = |platform: &Self, root: &[u8], status| TrustRegion {
            code: platform.code.into(),
            name: platform.name.into(),
            makers: vec![root.to_vec()],
            signers: vec![root.to_vec()],
            time_stamps: Vec::new(),
            structures: vec![Structure::V4],
            algorithms: vec![KeyAlgorithm::Sm2],
            status,
        };
        let bundle = TrustBundle {
            name: "测试信任包".into(),
            version: 1,
            issued: now() - days(1),
            next_update: now() + days(30),
            home: self.code.into(),
            regions: vec![region(self, &own.certificate, None), region(other, &self.world.pki.anchor(), Some(status))],
            intermediates: Vec::new(),
            crls: vec![self.world.pki.crl()],
        };
        self.world.app.trust.replace(bundle.evidence());
    }

    /// What it says of the other region's seal.
    async fn says(&self, number: &str) -> (String, String) {
        let content = json!({"sealData": base64(&self.world.pki.seal())});
        let answer = self.world.send(Call::numbered("public/verifySeal", number, content).unsigned()).await;
        let data = answer.json()["data"].clone();
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        (text("conclusion"), text("region"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_platforms_ask_each_other_about_their_seals_over_https() {
    let folder = tempfile::tempdir().unwrap();
    if !certificates(folder.path()) {
        return;
    }
    let (inside_a, inside_b) = (Arc::new(std::sync::OnceLock::new()), Arc::new(std::sync::OnceLock::new()));
    let ports = (encrypting(folder.path(), inside_a.clone()), encrypting(folder.path(), inside_b.clone()));
    let a = Platform::start(("440300", "深圳"), folder.path(), ports, &inside_a).await;
    let b = Platform::start(("440100", "广州"), folder.path(), (ports.1, ports.0), &inside_b).await;
    a.recognises(&b);
    b.recognises(&a);
    let said = |conclusion: &str, region: &str| (conclusion.to_owned(), region.to_owned());
    assert_eq!(a.says("1").await, said("VALID", "广州"));
    assert_eq!(b.says("1").await, said("VALID", "深圳"));
    // 广州 revokes its seal: 深圳 believed the last word until it was due, and asks anew.
    change_seal(&*b.world.app.store, now() - days(1), SEAL_CODE, SealChange::Revoke).await.unwrap();
    assert_eq!(a.says("2").await, said("VALID", "广州"));
    a.recognises(&b);
    assert_eq!(a.says("3").await, said("INVALID", "广州"));
    // Another region's seals are none of its business: what it thinks of 深圳's it learns there.
    change_seal(&*a.world.app.store, now(), SEAL_CODE, SealChange::Freeze).await.unwrap();
    b.recognises(&a);
    assert_eq!(b.says("4").await, said("INVALID", "深圳"));
    change_seal(&*a.world.app.store, now(), SEAL_CODE, SealChange::Release).await.unwrap();
    b.recognises(&a);
    assert_eq!(b.says("5").await, said("VALID", "深圳"));
    // A word that another key signed is none.
    let key = SigningKey::from_bytes(&[99; 32]).unwrap().verifying_key().clone();
    a.trusts(&b, StatusService { key, ..b.status() });
    assert_eq!(a.says("6").await, said("INDETERMINATE", "广州"));
}
