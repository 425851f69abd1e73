//! HTTPS against servers with good and bad certificates, made by OpenSSL.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use eseal_fetch::{AllowList, FetchError, Fetcher, Kept, Roots};
use eseal_testkit::now;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tempfile::TempDir;

use crate::{Server, behave, json, limits};

/// Certificates below one authority, and one that is its own issuer.
struct Certificates(TempDir);

impl Certificates {
    /// None if there is no OpenSSL.
    fn new() -> Option<Self> {
        let own = Self(TempDir::new().unwrap());
        let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        let here = "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
        let files = [("here", here), ("elsewhere", "subjectAltName=DNS:evidence.example\n")];
        for (name, text) in files {
            std::fs::write(own.path().join(name), text).unwrap();
        }
        let alone = format!("req -x509 {curve} -keyout alone.key -out alone.pem -subj /CN=alone -days 9");
        own.run(&format!("req -x509 {curve} -keyout ca.key -out ca.pem -subj /CN=authority -days 9"))?;
        own.run(&format!("{alone} -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=CA:FALSE"))?;
        for (name, extensions, days) in
            [("good", "here", "9"), ("other-host", "elsewhere", "9"), ("expired", "here", "-1")]
        {
            own.run(&format!("req {curve} -keyout {name}.key -out request -subj /CN={name}"))?;
            let signed = "x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial";
            own.run(&format!("{signed} -out {name}.pem -days {days} -extfile {extensions}"))?;
        }
        Some(own)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, line: &str) -> Option<()> {
        let Ok(output) = Command::new("openssl").args(line.split(' ')).current_dir(self.path()).output() else {
            println!("skipped: openssl is absent");
            return None;
        };
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        Some(())
    }

    /// A server that answers as [`behave`] does, under the certificate of that name.
    fn server(&self, name: &str) -> Server {
        let chain = CertificateDer::from_pem_file(self.path().join(name).with_extension("pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(self.path().join(name).with_extension("key")).unwrap();
        let provider = Arc::new(rustls_graviola::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![chain], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let counted = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (config, counted) = (config.clone(), counted.clone());
                thread::spawn(move || {
                    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream.unwrap());
                    let (mut head, mut byte) = (Vec::new(), [0]);
                    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                        head.push(byte[0]);
                    }
                    let text = String::from_utf8_lossy(&head).into_owned();
                    if let Some(path) = text.split(' ').nth(1) {
                        counted.fetch_add(1, Ordering::SeqCst);
                        behave(path, &mut stream);
                    }
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                });
            }
        });
        Server { port, asked }
    }

    /// A fetcher that trusts the authority and may ask this server by these names.
    fn fetcher(&self, server: &Server, hosts: &[&str], networks: &[&str], roots: Option<&str>) -> Fetcher {
        let origins: Vec<String> = hosts.iter().map(|host| format!("https://{host}:{}", server.port)).collect();
        let networks: Vec<String> = networks.iter().map(|network| (*network).to_owned()).collect();
        let allow = AllowList::read(&origins, &networks).unwrap();
        let roots = match roots {
            Some(file) => Roots::default().and_file(&self.path().join(file)).unwrap(),
            None => Roots::default(),
        };
        Fetcher::new(allow, limits(), roots)
    }
}

fn ask(fetcher: &Fetcher, server: &Server, host: &str, path: &str) -> Result<Vec<u8>, FetchError> {
    let url = format!("https://{host}:{}{path}", server.port);
    fetcher.get(&json(url), now(), |_| Ok(Kept::Once)).map(|bytes| bytes.to_vec())
}

#[test]
fn a_server_is_believed_by_its_certificate_its_name_and_a_configured_authority() {
    let Some(certificates) = Certificates::new() else { return };
    let check = |name: &str, roots: Option<&str>, expected: Option<&str>| {
        let server = certificates.server(name);
        let fetcher = certificates.fetcher(&server, &["127.0.0.1"], &[], roots);
        let found = ask(&fetcher, &server, "127.0.0.1", "/good");
        match (&found, expected) {
            (Ok(bytes), None) => assert_eq!(bytes, b"{}"),
            (Err(error @ FetchError::Tls(said)), Some(words)) => {
                assert_eq!(error.code(), "TLS");
                assert!(said.contains(words), "{name} {roots:?}: {said}");
            }
            _ => panic!("{name} {roots:?}: {found:?}"),
        }
        assert_eq!(server.asked(), usize::from(expected.is_none()), "{name}: nothing was said before it was known");
    };
    check("good", Some("ca.pem"), None);
    check("good", None, Some("UnknownIssuer"));
    check("good", Some("alone.pem"), Some("UnknownIssuer"));
    check("other-host", Some("ca.pem"), Some("not valid for"));
    check("expired", Some("ca.pem"), Some("Expired"));
    check("alone", Some("ca.pem"), Some("UnknownIssuer"));
    check("alone", None, Some("UnknownIssuer"));
    // An operator may name a server of his own.
    check("alone", Some("alone.pem"), None);
    // One that may issue others is no server.
    check("ca", Some("ca.pem"), Some("CaUsedAsEndEntity"));
}

#[test]
fn over_https_too_what_misbehaves_is_refused_with_a_code_and_in_time() {
    let Some(certificates) = Certificates::new() else { return };
    let (server, other) = (certificates.server("good"), certificates.server("good"));
    let fetcher = certificates.fetcher(&server, &["127.0.0.1", "localhost"], &[], Some("ca.pem"));
    let check = |host: &str, path: &str, code: &str| {
        let start = std::time::Instant::now();
        let error = ask(&fetcher, &server, host, path).expect_err(path);
        assert_eq!(error.code(), code, "{path}: {error:?}");
        assert!(start.elapsed().as_secs() < 2, "{path}");
    };
    check("127.0.0.1", "/redirect", "REDIRECT");
    check("127.0.0.1", "/html", "CONTENT_TYPE");
    check("127.0.0.1", "/broken", "STATUS");
    check("127.0.0.1", "/announced", "TOO_LARGE");
    check("127.0.0.1", "/endless", "TOO_LARGE");
    check("127.0.0.1", "/slow-head", "TIMED_OUT");
    check("127.0.0.1", "/slow-body", "TIMED_OUT");
    // The name is listed, and leads to an address that is not.
    let before = server.asked();
    check("localhost", "/good", "PRIVATE_ADDRESS");
    assert_eq!((server.asked(), other.asked()), (before, 0));
    let error = ask(&fetcher, &other, "127.0.0.1", "/good").expect_err("another port");
    assert_eq!(error.code(), "NOT_LISTED");
    let open = certificates.fetcher(&server, &["localhost"], &["127.0.0.0/8", "::1"], Some("ca.pem"));
    assert_eq!(ask(&open, &server, "localhost", "/good").unwrap(), b"{}");
}

#[test]
fn a_server_without_tls_is_not_spoken_with() {
    let Some(certificates) = Certificates::new() else { return };
    let server = Server::start(behave);
    let fetcher = certificates.fetcher(&server, &["127.0.0.1"], &[], Some("ca.pem"));
    let error = ask(&fetcher, &server, "127.0.0.1", "/good").expect_err("no TLS");
    assert!(["TLS", "TIMED_OUT", "UNREACHABLE"].contains(&error.code()), "{error:?}");
}
