//! A platform, a token, an agent between them, and a small HTTP client.

use std::{
    collections::VecDeque,
    env, fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_agent::{Agent, AgentConfig, Answer, Dialog, LIBRARY_PROCESS, Question, bind, serve};
use eseal_gm::{sm2::SigningKey, sm3};
use eseal_pki::issue::{CertificateTemplate, Profile, Subject};
use eseal_skf::Pin;
use eseal_ticket::{AgentPolicy, LoginMessage, SignTicket, TicketEntry};
use jiff::Timestamp;
use serde_json::Value;
use softskf::{TokenKey, provision};

pub(crate) const ORIGIN: &str = "https://seals.example";
pub(crate) const PIN: &str = "123456";

/// Answers with PINs in a row; the last one again and again.
pub(crate) struct Scripted {
    pins: Mutex<VecDeque<Option<&'static str>>>,
    pub(crate) asked: Mutex<Vec<Question>>,
}

impl Dialog for Scripted {
    fn ask(&self, question: &Question) -> Answer {
        self.asked.lock().expect("unlocked").push(question.clone());
        let mut pins = self.pins.lock().expect("unlocked");
        let pin = if pins.len() > 1 { pins.pop_front().flatten() } else { pins.front().copied().flatten() };
        pin.map_or(Answer::Refused, |pin| Answer::Pin(Pin::new(pin.as_bytes().to_vec())))
    }
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) ticket_key: SigningKey,
    pub(crate) login_key: SigningKey,
    pub(crate) key: SigningKey,
    pub(crate) certificate: Vec<u8>,
    clock: Arc<Mutex<Timestamp>>,
}

/// Cargo puts the library beside the executables of tests.
fn library() -> PathBuf {
    let test = env::current_exe().expect("a path");
    let name = format!("{}softskf{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    test.parent().expect("a folder").join(name)
}

fn certificate(key: &SigningKey) -> Vec<u8> {
    let template = CertificateTemplate {
        serial: &[1],
        subject: &Subject::named("USBKey holder"),
        public_key: &key.public_key(),
        profile: Profile::Signer,
        not_before: "2026-01-01T00:00:00Z".parse().expect("a time"),
        not_after: "2036-01-01T00:00:00Z".parse().expect("a time"),
        crl_url: None,
    };
    template.self_signed(&|tbs| Ok(key.sign(tbs))).expect("issued")
}

impl World {
    /// With a token; its library lies beside it, so that tests do not share one.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = SigningKey::generate().expect("a key");
        let certificate = certificate(&key);
        let new = TokenKey {
            application: "ESEAL",
            container: "seal",
            key: &key,
            certificate: &certificate,
            user_pin: PIN.as_bytes(),
            admin_pin: b"87654321",
            tries: 20,
        };
        provision(folder.path(), "token", &new).expect("written");
        fs::copy(library(), folder.path().join("libskf.so")).expect("copied");
        let (ticket_key, login_key) = (SigningKey::generate().expect("a key"), SigningKey::generate().expect("a key"));
        let clock = Arc::new(Mutex::new(Timestamp::now()));
        Self { folder, ticket_key, login_key, key, certificate, clock }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.clock.lock().expect("unlocked")
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.clock.lock().expect("unlocked") += by;
    }

    /// Writes the signed policy and gives a configuration.
    pub(crate) fn config(&self, origins: &[&str]) -> AgentConfig {
        let policy = AgentPolicy {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            issued: self.now(),
            expires: self.now() + Duration::from_secs(3600),
        };
        let text = policy.to_bytes().expect("written");
        let signed = AgentPolicy::assemble(&text, &self.ticket_key.sign(&text));
        fs::write(self.path("policy"), signed).expect("written");
        let hex = |key: &SigningKey| hex::encode(key.public_key());
        let config = AgentConfig::read(&format!(
            "listen = '127.0.0.1:0'\npolicy = '{}'\nticket_key = '{}'\nlogin_key = '{}'\nlibraries = ['{}']\ndevelopment = true",
            self.path("policy").display(),
            hex(&self.ticket_key),
            hex(&self.login_key),
            self.path("libskf.so").display(),
        ))
        .expect("read");
        let program = (PathBuf::from(env!("CARGO_BIN_EXE_eseal-agent")), vec![LIBRARY_PROCESS.to_owned()]);
        AgentConfig { library_program: Some(program), ..config }
    }

    pub(crate) fn agent(&self, dialog: Arc<dyn Dialog>, origins: &[&str]) -> Arc<Agent> {
        let clock = Arc::clone(&self.clock);
        let clock = Arc::new(move || *clock.lock().expect("unlocked"));
        self.config(origins).build_with(dialog, clock).expect("built")
    }

    /// A ticket with some digests, before it is signed.
    pub(crate) fn ticket_of(&self, origin: &str, entries: u8) -> SignTicket {
        SignTicket {
            origin: origin.to_owned(),
            system_id: "SYSTEM".to_owned(),
            system_name: "示例系统".to_owned(),
            organization_code: "91440300MA5DEMX122".to_owned(),
            organization_name: "示例公司".to_owned(),
            certificate_sm3: sm3(&self.certificate),
            nonce: eseal_gm::random().expect("random"),
            expires: self.now() + Duration::from_secs(300),
            entries: (0..entries)
                .map(|number| TicketEntry {
                    file_unique_id: format!("{number:032x}"),
                    seal_code: "44030000000002".to_owned(),
                    seal_name: "财务专用章".to_owned(),
                    title: format!("合同 {number}"),
                    page_count: Some(3),
                    e: sm3(&[number]),
                })
                .collect(),
        }
    }

    pub(crate) fn signed(&self, ticket: &SignTicket) -> String {
        let text = ticket.to_bytes().expect("written");
        SignTicket::assemble(&text, &self.ticket_key.sign(&text)).expect("written")
    }

    pub(crate) fn ticket(&self, origin: &str, entries: u8) -> String {
        self.signed(&self.ticket_of(origin, entries))
    }

    /// A login message and its ticket, base64.
    pub(crate) fn login(&self, origin: &str) -> (String, String) {
        let message = LoginMessage {
            server: "https://platform.example".to_owned(),
            origin: origin.to_owned(),
            challenge_id: "0".repeat(32),
            random: eseal_gm::random().expect("random"),
            certificate_sm3: sm3(&self.certificate),
            time: self.now(),
        };
        let bytes = message.to_bytes().expect("written");
        let ticket = self.login_key.sign(&LoginMessage::ticket_text(&bytes, origin).expect("written"));
        (BASE64_STANDARD.encode(bytes), BASE64_STANDARD.encode(ticket))
    }
}

pub(crate) fn scripted(pins: &[Option<&'static str>]) -> Arc<Scripted> {
    Arc::new(Scripted { pins: Mutex::new(pins.iter().copied().collect()), asked: Mutex::default() })
}

/// Serves in the background on a free port.
pub(crate) async fn start(agent: Arc<Agent>) -> SocketAddr {
    let listener = bind("127.0.0.1:0".parse().expect("an address")).await.expect("bound");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(agent, listener));
    address
}

/// An answer of HTTP.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(crate) fn code(&self) -> u64 {
        self.json()["code"].as_u64().unwrap_or_default()
    }
}

/// One request on a connection of its own, byte for byte as it is given.
pub(crate) fn send(address: SocketAddr, head: &[&str], body: &str) -> Got {
    let mut stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
    let length = format!("Content-Length: {}", body.len());
    let mut lines = head.to_vec();
    if !body.is_empty() {
        lines.push(&length);
    }
    lines.push("Connection: close");
    let text = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
    stream.write_all(text.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Got { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// `POST` of JSON as a page does.
pub(crate) async fn post(address: SocketAddr, path: &str, origin: &str, body: &Value) -> Got {
    let (path, origin, body) = (path.to_owned(), origin.to_owned(), body.to_string());
    let run = move || {
        let host = format!("Host: {address}");
        let first = format!("POST {path} HTTP/1.1");
        let origin = format!("Origin: {origin}");
        send(address, &[&first, &host, &origin, "Content-Type: application/json"], &body)
    };
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

/// `GET` as a page does.
pub(crate) async fn get(address: SocketAddr, path: &str, origin: &str) -> Got {
    let (path, origin) = (path.to_owned(), origin.to_owned());
    let run = move || {
        let host = format!("Host: {address}");
        send(address, &[&format!("GET {path} HTTP/1.1"), &host, &format!("Origin: {origin}")], "")
    };
    tokio::task::spawn_blocking(run).await.expect("no panic")
}

/// A file vanishes or comes back: a token is pulled out or plugged in.
pub(crate) fn rename(from: &Path, to: &Path) {
    fs::rename(from, to).expect("renamed");
}
