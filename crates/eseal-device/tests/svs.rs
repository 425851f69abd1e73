//! Signature servers (GB/T 38629): our client against a development server that does what the annex says, and does not.

use std::{
    io::{BufRead as _, BufReader, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
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
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
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
            thread::spawn(move || answer(&mut stream.expect("a connection"), fault));
        }
    });
    format!("http://{address}/svs/")
}

/// One request a connection.
fn answer<S: Read + Write>(stream: &mut S, fault: Fault) -> Option<()> {
    let mut reader = BufReader::new(&mut *stream);
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

/// Certificates by OpenSSL: two of one authority, for this machine and for another name, and one of its own making.
fn certificates(folder: &Path) -> Option<()> {
    let run = |line: &str| {
        let Ok(output) = Command::new("openssl").args(line.split(' ')).current_dir(folder).output() else {
            println!("skipped: openssl is absent");
            return None;
        };
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        Some(())
    };
    let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for authority in ["ca", "other-ca"] {
        run(&format!("req -x509 {curve} -keyout {authority}.key -out {authority}.pem -subj /CN={authority} -days 9"))?;
    }
    for (name, host) in [("here", "IP:127.0.0.1"), ("elsewhere", "DNS:svs.example")] {
        std::fs::write(folder.join("extensions"), format!("subjectAltName={host}\n")).expect("written");
        run(&format!("req {curve} -keyout {name}.key -out request -subj /CN={name}"))?;
        let signed = "x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 9";
        run(&format!("{signed} -out {name}.pem -extfile extensions"))?;
    }
    Some(())
}

/// The development server behind TLS; gives its address and how many clients went on after they had seen its certificate.
fn serve_tls(folder: &Path, name: &str) -> (String, Arc<AtomicUsize>) {
    let chain = CertificateDer::from_pem_file(folder.join(name).with_extension("pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(folder.join(name).with_extension("key")).expect("a key");
    let provider = Arc::new(rustls_graviola::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![chain], key).expect("they fit"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (address, asked) = (listener.local_addr().expect("an address"), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (config, counted) = (Arc::clone(&config), Arc::clone(&counted));
            thread::spawn(move || {
                let connection = ServerConnection::new(config).expect("a connection");
                let mut stream = StreamOwned::new(connection, stream.expect("a connection"));
                if stream.conn.complete_io(&mut stream.sock).is_err() {
                    return; // the client did not go on
                }
                counted.fetch_add(1, Ordering::SeqCst);
                answer(&mut stream, Fault::None);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            });
        }
    });
    (format!("https://{address}/svs/"), asked)
}

#[test]
fn over_tls_the_server_is_believed_by_the_authority_that_is_named_and_no_code_goes_to_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = certificates(folder.path()) else { return };
    let with = |url: &str, ca: Option<PathBuf>| open(SvsProfile { ca, ..profile(url) });
    let file = |name: &str| Some(folder.path().join(name));

    let (url, asked) = serve_tls(folder.path(), "here");
    let svs = with(&url, file("ca.pem")).expect("opened");
    let value = sign_text(&checked(&svs)).expect("signed");
    assert!(key().verifying_key().verify(b"text", &value));
    assert_eq!(asked.load(Ordering::SeqCst), 2, "the test text and the text");
    assert!(svs.facts()[0].contains("TLS, checked by"), "{:?}", svs.facts());

    let (elsewhere, never) = serve_tls(folder.path(), "elsewhere");
    for (url, ca, asked, before) in [(&url, "other-ca.pem", &asked, 2), (&elsewhere, "ca.pem", &never, 0)] {
        match with(url, file(ca)).err() {
            Some(SvsError::Key { error: SignDigestError::Unavailable(why), .. }) => {
                assert!(why.contains("certificate is not accepted"), "{why}");
            }
            other => panic!("{ca}: {other:?}"),
        }
        assert_eq!(asked.load(Ordering::SeqCst), before, "{ca}: the access code was not sent");
    }
    // Plain HTTP is not spoken to it either, and nobody is believed without being named.
    let plain = url.replace("https:", "http:");
    assert!(matches!(with(&plain, None).err(), Some(SvsError::Key { .. })));
    assert!(matches!(with(&plain, file("ca.pem")).err(), Some(SvsError::PlainWithAuthority(_))));
    assert!(matches!(with(&url, None).err(), Some(SvsError::NoAuthority(_))));
    assert!(matches!(with(&url, file("absent.pem")).err(), Some(SvsError::Authority { .. })));
    assert!(matches!(with(&url, file("ca.key")).err(), Some(SvsError::Authority { .. })), "a key is no certificate");
}
