//! Revocation asked for over HTTP while verifying: responders and lists, ours and OpenSSL's, good and bad.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use eseal::{Anchor, Evidence};
use eseal_api::VerifyFile;
use eseal_gm::sm2::SigningKey;
use eseal_pki::{
    issue::{
        CertificateTemplate, OcspAnswer, OcspTemplate, Profile, RevokedEntry, SigningAlgorithm, Subject,
        authority_info_access,
    },
    ocsp::{CertStatus, OcspRequest},
    pem,
};
use eseal_testkit::{CmsSpec, Party, Pki, days, now, signed_pdf};
use serde_json::json;

use crate::world::{World, base64};

/// What the responder and the list's server do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Good,
    RevokedBefore,
    RevokedAfter,
    Unknown,
    Stale,
    Forged,
    AnotherCertificate,
    SignedByAStranger,
    OnlyTheList,
    OnlyAListThatNamesIt,
    Broken,
}

/// The serial number of the signer, and of somebody else.
const SERIALS: [[u8; 4]; 2] = [[1, 2, 3, 4], [1, 2, 3, 5]];

struct Online {
    origin: String,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Online {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (mood, asked) = (Arc::new(Mutex::new(Mood::Good)), Arc::new(Mutex::new(Vec::new())));
        let (moody, noted) = (mood.clone(), asked.clone());
        thread::spawn(move || {
            let pki = Pki::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (path, body) = read_request(&mut stream);
                noted.lock().unwrap().push(path.clone());
                let mood = *moody.lock().unwrap();
                let (kind, answer) = match path.as_str() {
                    "/ocsp" => ("application/ocsp-response", respond(&pki, &body, mood)),
                    _ => ("application/pkix-crl", list(&pki, mood)),
                };
                match answer {
                    Some(answer) => send(&mut stream, "200 OK", kind, &answer),
                    None => send(&mut stream, "500 Internal Server Error", "text/plain", b""),
                }
            }
        });
        Self { origin, mood, asked }
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn read_request(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).unwrap();
    (head.split(' ').nth(1).unwrap_or_default().to_owned(), body)
}

fn send(stream: &mut TcpStream, status: &str, kind: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn respond(pki: &Pki, request: &[u8], mood: Mood) -> Option<Vec<u8>> {
    if matches!(mood, Mood::OnlyTheList | Mood::OnlyAListThatNamesIt | Mood::Broken) {
        return None;
    }
    let request = OcspRequest::from_der(request).unwrap();
    let revoked = |since| CertStatus::Revoked { since, reason: Some(1) };
    let status = match mood {
        Mood::RevokedBefore => revoked(now() - days(1)),
        Mood::RevokedAfter => revoked(now() + days(1)),
        Mood::Unknown => CertStatus::Unknown,
        _ => CertStatus::Good,
    };
    let at = if mood == Mood::Stale { now() - days(9) } else { now() };
    let mut cert_id = request.certificates[0].raw.to_vec();
    if mood == Mood::AnotherCertificate {
        let [own, other] = SERIALS;
        let place = cert_id.windows(4).position(|window| window == own).unwrap();
        cert_id[place..place + 4].copy_from_slice(&other);
    }
    let answers = [OcspAnswer { cert_id: &cert_id, status, this_update: at, next_update: Some(at + days(2)) }];
    let template = OcspTemplate {
        produced_at: at,
        answers: &answers,
        nonce: request.nonce,
        algorithm: SigningAlgorithm::Sm3WithSm2,
    };
    let responder = if mood == Mood::SignedByAStranger { &pki.stranger } else { &pki.root };
    let is_issuer = mood != Mood::SignedByAStranger;
    let mut answer = template.signed_by(&responder.certificate, is_issuer, &|bytes| Ok(responder.sign(bytes))).unwrap();
    if mood == Mood::Forged {
        *answer.last_mut().unwrap() ^= 1;
    }
    Some(answer)
}

fn list(pki: &Pki, mood: Mood) -> Option<Vec<u8>> {
    let entry = RevokedEntry { serial: SERIALS[0].into(), since: now() - days(1), reason: Some(1) };
    match mood {
        Mood::OnlyTheList => Some(pki.crl()),
        Mood::OnlyAListThatNamesIt => Some(pki.crl_with(now(), &[entry])),
        _ => None,
    }
}

/// A signer whose certificate names responder and list.
fn signer(pki: &Pki, origin: &str) -> Party {
    let key = SigningKey::from_bytes(&[77; 32]).unwrap();
    let (subject, public_key, url) = (Subject::of("测试", "在线查询"), key.public_key(), format!("{origin}/root.crl"));
    let template = CertificateTemplate {
        serial: &SERIALS[0],
        subject: &subject,
        public_key: &public_key,
        profile: Profile::Signer,
        not_before: now() - days(30),
        not_after: now() + days(300),
        crl_url: Some(&url),
    };
    let access = authority_info_access(Some(&format!("{origin}/ocsp")), None);
    let issued = template.issued_by_with(&pki.root.certificate, &[access], &|tbs| Ok(pki.root.sign(tbs)));
    Party { key, certificate: issued.unwrap() }
}

/// A platform that may ask there, and knows nothing of revocation itself.
async fn asking(origin: &str, anchor: Vec<u8>) -> World {
    let world = World::with(|config| config.evidence.allow = vec![origin.to_owned()]).await;
    world.app.trust.replace(Evidence {
        anchors: vec![Anchor { certificate: anchor, region: "深圳".into(), own: true }],
        ..Evidence::default()
    });
    world
}

async fn judged(world: &World, file: &[u8]) -> (String, String) {
    let content = json!({"file": {"fileB64": base64(file)}, "policy": "default"});
    let (_, data) = world.call::<VerifyFile>(content).await.unwrap();
    let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
    (text("conclusion"), text("subIndication"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_responder_is_asked_then_a_list_and_what_is_not_to_be_believed_is_unknown() {
    let (unknown, revoked) = (("INDETERMINATE", "TRY_LATER"), ("INVALID", "REVOKED"));
    let (responder, both) = (&["/ocsp"][..], &["/ocsp", "/root.crl"][..]);
    for (mood, expected, asked) in [
        (Mood::Good, ("VALID", ""), responder),
        (Mood::RevokedBefore, revoked, responder),
        (Mood::RevokedAfter, ("VALID", ""), responder),
        (Mood::Unknown, unknown, responder),
        (Mood::Stale, unknown, both),
        (Mood::Forged, unknown, both),
        (Mood::AnotherCertificate, unknown, both),
        (Mood::SignedByAStranger, unknown, both),
        (Mood::OnlyTheList, ("VALID", ""), both),
        (Mood::OnlyAListThatNamesIt, revoked, both),
        (Mood::Broken, unknown, both),
    ] {
        let online = Online::start();
        *online.mood.lock().unwrap() = mood;
        let pki = Pki::new();
        let world = asking(&online.origin, pki.anchor()).await;
        let signer = signer(&pki, &online.origin);
        let file = signed_pdf("adbe.pkcs7.detached", |document| CmsSpec::new(document).signed_by(&[&signer]));
        let found = judged(&world, &file).await;
        assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{mood:?}");
        assert_eq!(online.asked(), asked, "{mood:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_fetched_outlives_its_server_and_the_platform_until_its_next_update() {
    let online = Online::start();
    *online.mood.lock().unwrap() = Mood::OnlyTheList;
    let pki = Pki::new();
    let world = asking(&online.origin, pki.anchor()).await;
    let evidence = (*world.app.trust.evidence()).clone();
    let signer = signer(&pki, &online.origin);
    let file = signed_pdf("adbe.pkcs7.detached", |document| CmsSpec::new(document).signed_by(&[&signer]));
    assert_eq!(judged(&world, &file).await.0, "VALID");
    // The list is good from a day ago for thirty days.
    *online.mood.lock().unwrap() = Mood::Broken;
    online.asked();
    let world = world.restarted().await;
    world.app.trust.replace(evidence);
    assert_eq!(judged(&world, &file).await.0, "VALID", "kept in the object store");
    assert_eq!(online.asked(), ["/ocsp", "/root.crl"], "asked again first");
    world.clock.set(now() + days(28));
    assert_eq!(judged(&world, &file).await.0, "VALID");
    world.clock.set(now() + days(30));
    assert_eq!(judged(&world, &file).await, ("INDETERMINATE".into(), "TRY_LATER".into()));
}

/// A responder of OpenSSL; it ends with the test.
struct Responder(Child);

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// False if there is no OpenSSL.
fn openssl(folder: &Path, line: &str) -> bool {
    let Ok(output) = Command::new("openssl").args(line.split(' ')).current_dir(folder).output() else {
        println!("skipped: openssl is absent");
        return false;
    };
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_responder_of_openssl_is_believed_about_a_signature_of_openssl() {
    let (folder, ec) = (tempfile::tempdir().unwrap(), "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes");
    let at = folder.path();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let origin = format!("http://127.0.0.1:{port}");
    let write = |name: &str, text: &str| std::fs::write(at.join(name), text).unwrap();
    write("leaf", &format!("keyUsage=critical,digitalSignature\nauthorityInfoAccess=OCSP;URI:{origin}/\n"));
    write("responder", "keyUsage=digitalSignature\nextendedKeyUsage=OCSPSigning\n");
    write(
        "index",
        "V\t391231235959Z\t\t1234\tunknown\t/CN=good\nR\t391231235959Z\t200101000000Z\t1235\tunknown\t/CN=gone\n",
    );
    if !openssl(at, &format!("req -x509 {ec} -keyout ca.key -out ca.pem -subj /CN=root -days 30")) {
        return;
    }
    for (name, serial, extensions) in
        [("good", "0x1234", "leaf"), ("gone", "0x1235", "leaf"), ("answers", "0x77", "responder")]
    {
        openssl(at, &format!("req {ec} -keyout {name}.key -out request -subj /CN={name}"));
        let issue = format!("x509 -req -in request -CA ca.pem -CAkey ca.key -set_serial {serial} -days 9");
        openssl(at, &format!("{issue} -out {name}.pem -extfile {extensions}"));
    }
    let serve = format!("ocsp -port {port} -index index -CA ca.pem -rsigner answers.pem -rkey answers.key -ndays 1");
    let mut serving = Command::new("openssl")
        .args(serve.split(' '))
        .current_dir(at)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(serving.stdout.take().unwrap());
    let _responder = Responder(serving);
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.starts_with("ACCEPT"), "{line}");
    let anchor = pem::der_of(&std::fs::read(at.join("ca.pem")).unwrap(), "CERTIFICATE").unwrap();
    let world = asking(&origin, anchor).await;
    world.clock.set(jiff::Timestamp::now());
    for (name, expected) in [("good", ("VALID", "")), ("gone", ("INVALID", "REVOKED"))] {
        let file = signed_pdf("adbe.pkcs7.detached", |document| {
            std::fs::write(at.join("document"), document).unwrap();
            let sign = "cms -sign -binary -in document -outform DER -out value -md sha256";
            openssl(at, &format!("{sign} -signer {name}.pem -inkey {name}.key"));
            std::fs::read(at.join("value")).unwrap()
        });
        // The clock stands still while the responder's goes on.
        world.clock.set(jiff::Timestamp::now() + Duration::from_secs(60));
        let found = judged(&world, &file).await;
        assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{name}");
    }
}
