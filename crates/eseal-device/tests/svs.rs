//! Signature servers (GB/T 38629): our client against a development server that does what the annex says, and does not.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use eseal_device::{
    BreakerState, CheckedSigner, Device as _, DeviceKind, SignDigestError, SignInput, SvsForm, SvsProfile,
    svs::{Svs, SvsError, SvsKey},
};
use eseal_gm::sm2::SigningKey;
use eseal_pki::issue::{CertificateTemplate, Profile, Subject};
use jiff::Timestamp;
use serde_json::{Value, json};
use zeroize::Zeroizing;

const CODE: &[u8] = b"7d0f3c9a1e55";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).expect("a key")
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

/// How the development server misbehaves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// After the start it answers with its code for internal errors.
    Internal,
    /// After the start it signs something else.
    Wrong,
    /// After the start it says nothing for a minute.
    Silent,
    /// After the start it answers without end.
    Endless,
    /// After the start it sends us elsewhere.
    Redirect,
}

/// Starts the server; gives its address.
fn serve(fault: Fault) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let fault = if number == 0 { Fault::None } else { fault };
            thread::spawn(move || answer(stream.expect("a connection"), fault));
        }
    });
    format!("http://{address}/svs/")
}

/// One request a connection.
fn answer(mut stream: TcpStream, fault: Fault) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length, mut is_form, mut has_version) = (String::new(), 0, false, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let small = line.to_ascii_lowercase();
        if let Some(value) = small.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        is_form |= small.starts_with("content-type:") && small.contains("urlencoded");
        has_version |= small.starts_with("svs-request-version: v1");
        if line.trim().is_empty() {
            break;
        }
        head += &line;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    match fault {
        Fault::Silent => thread::sleep(Duration::from_secs(60)),
        Fault::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").ok()?;
            loop {
                stream.write_all(&[b'x'; 4096]).ok()?;
            }
        }
        Fault::Redirect => {
            stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n").ok()?;
            return Some(());
        }
        _ => {}
    }
    let request = if is_form { form(&body, has_version)? } else { json_of(&body)? };
    let (code, signature) =
        if head.starts_with("POST /svs/SignData ") { sign(&request, fault) } else { (0x0400_0002, String::new()) };
    let (kind, body) = if is_form {
        let escaped = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        ("text/html;charset=GB2312", format!("respValue={code}&signature={escaped}"))
    } else {
        let respond = json!({ "respValue": code.to_string(), "signature": signature });
        ("application/json", json!({ "version": "v1", "reqType": "signData", "respond": respond }).to_string())
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all((head + &body).as_bytes()).ok()
}

fn json_of(body: &[u8]) -> Option<Value> {
    let mut envelope: Value = serde_json::from_slice(body).ok()?;
    (envelope["version"] == "v1" && envelope["reqType"] == "signData").then(|| envelope["request"].take())
}

fn form(body: &[u8], has_version: bool) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    has_version
        .then(|| pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect::<serde_json::Map<_, _>>().into())
}

/// Digests the text itself, as a signature server does.
fn sign(request: &Value, fault: Fault) -> (u32, String) {
    let bytes = |name: &str| BASE64_STANDARD.decode(request[name].as_str().unwrap_or_default()).unwrap_or_default();
    let (text, id) = (bytes("inData"), bytes("signerID"));
    if request["signMethod"] != "131585" {
        return (0x0400_0004, String::new());
    }
    if request["keyIndex"] != "3" {
        return (0x0400_0005, String::new());
    }
    if bytes("keyValue") != CODE {
        return (0x0400_0006, String::new());
    }
    let is_length = |name: &str, length: usize| request[name].as_str() == Some(length.to_string().as_str());
    if !is_length("inDataLen", text.len()) || !is_length("signerIDLen", id.len()) {
        return (0x0400_000D, String::new());
    }
    if fault == Fault::Internal {
        return (0x0400_000E, String::new());
    }
    let signer = key();
    let id_key = signer.verifying_key().clone().with_id(&id).expect("an ID");
    let mut hasher = id_key.hasher();
    hasher.update(if fault == Fault::Wrong { b"something else" } else { text.as_slice() });
    (0, BASE64_STANDARD.encode(signer.sign_prehash(&hasher.finish()).to_der()))
}

fn profile(url: &str) -> SvsProfile {
    toml::from_str(&format!("url = {url:?}\ncall_timeout_ms = 1000")).expect("a profile")
}

fn keys(index: u32, code: &[u8]) -> Vec<SvsKey> {
    let public_key = key().verifying_key().clone();
    vec![SvsKey { index, public_key, access_code: Zeroizing::new(code.to_vec()) }]
}

fn open(profile: SvsProfile) -> Result<Arc<Svs>, SvsError> {
    Svs::open("svs", profile, keys(3, CODE), now)
}

fn checked(svs: &Arc<Svs>) -> CheckedSigner {
    let key = key();
    let template = CertificateTemplate {
        serial: &[1],
        subject: &Subject::named("test"),
        public_key: &key.public_key(),
        profile: Profile::Signer,
        not_before: "2026-01-01T00:00:00Z".parse().expect("a time"),
        not_after: "2027-01-01T00:00:00Z".parse().expect("a time"),
        crl_url: None,
    };
    let certificate = template.self_signed(&|tbs| Ok(key.sign(tbs))).expect("issued");
    CheckedSigner::new(&certificate, Arc::new(svs.signer(0).expect("a signer"))).expect("a signer")
}

fn sign_text(signer: &CheckedSigner) -> Result<Vec<u8>, SignDigestError> {
    signer.sign(&SignInput { e: &key().verifying_key().e(b"text"), tbs: b"text" })
}

#[test]
fn a_signature_server_is_given_the_text_and_its_value_verified_on_our_own_e() {
    let url = serve(Fault::None);
    for form in [SvsForm::Json, SvsForm::Form] {
        let svs = open(SvsProfile { form, ..profile(&url) }).expect("opened");
        let signer = checked(&svs);
        assert_eq!(signer.kind(), DeviceKind::Server);
        let value = sign_text(&signer).expect("signed");
        assert!(key().verifying_key().verify(b"text", &value));
        // e of another text: the value of the text given is not good for it.
        let other = signer.sign(&SignInput { e: &[9; 32], tbs: b"text" });
        assert_eq!(other, Err(SignDigestError::WrongValue));
        assert!(svs.try_out(0).iter().all(|(_, is_good)| *is_good));
    }
}

#[test]
fn wrong_keys_codes_and_addresses_are_told_at_the_start() {
    let url = serve(Fault::None);
    let code_of = |keys| match Svs::open("svs", profile(&url), keys, now).err() {
        Some(SvsError::Key { error: SignDigestError::Device { code }, .. }) => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code_of(keys(4, CODE)), 0x0400_0005);
    assert_eq!(code_of(keys(3, b"another code")), 0x0400_0006);
    let mut other = keys(3, CODE);
    other[0].public_key = SigningKey::from_bytes(&[8; 32]).expect("a key").verifying_key().clone();
    let refused = Svs::open("svs", profile(&url), other, now).err();
    assert!(matches!(refused, Some(SvsError::Key { error: SignDigestError::WrongValue, .. })));
    assert!(matches!(open(profile("ftp://127.0.0.1/")).err(), Some(SvsError::Url(_))));
    assert!(matches!(open(profile("http://192.0.2.1/svs")).err(), Some(SvsError::NotPrivate(_))));
    assert!(matches!(open(profile("http://127.0.0.1.example/svs")).err(), Some(SvsError::NotPrivate(_))));
    assert!(matches!(open(profile("http://127.0.0.1:1/svs")).err(), Some(SvsError::Key { .. })));
}

#[test]
fn a_server_that_fails_lies_or_hangs_ends_a_request_in_time() {
    for fault in [Fault::Internal, Fault::Wrong, Fault::Silent, Fault::Endless, Fault::Redirect] {
        let svs = open(profile(&serve(fault))).expect("opened");
        let (signer, started) = (checked(&svs), Instant::now());
        let answer = sign_text(&signer);
        let is_right = match fault {
            Fault::Internal => answer == Err(SignDigestError::Device { code: 0x0400_000E }),
            Fault::Wrong => answer == Err(SignDigestError::WrongValue),
            _ => matches!(answer, Err(SignDigestError::Unavailable(_))),
        };
        assert!(is_right, "{fault:?}: {answer:?}");
        assert!(started.elapsed() < Duration::from_secs(3), "{fault:?}");
    }
    let svs = open(profile(&serve(Fault::Internal))).expect("opened");
    let signer = checked(&svs);
    let answers: Vec<_> = (0..10).map(|_| sign_text(&signer)).collect();
    assert!(answers.iter().any(|answer| matches!(answer, Err(SignDigestError::Unavailable(_)))), "{answers:?}");
    let health = svs.health();
    assert!(!health.is_up && health.breaker != BreakerState::Closed, "{health}");
    assert_eq!(health.to_string(), "device svs down, breaker open, last error 0x0400000e");
}
