//! Requests against a small server that behaves in every way it should not.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use eseal_fetch::{AllowList, FetchError, Fetcher, Kept, Limits, Request, Roots, crl};
use eseal_testkit::{Pki, now};
use jiff::{SignedDuration, Timestamp};

#[path = "fetch/https.rs"]
mod https;

/// How the server answers, by path.
type Answers = fn(&str, &mut dyn Write);

struct Server {
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let counted = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, counted) = (stream.unwrap(), counted.clone());
                thread::spawn(move || {
                    let mut head = Vec::new();
                    let mut byte = [0];
                    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                        head.push(byte[0]);
                    }
                    counted.fetch_add(1, Ordering::SeqCst);
                    let text = String::from_utf8_lossy(&head).into_owned();
                    let path = text.split(' ').nth(1).unwrap_or_default();
                    answers(path, &mut stream);
                });
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// A fetcher that may ask this server.
    fn fetcher(&self, limits: Limits) -> Fetcher {
        let allow = AllowList::read(&[format!("http://127.0.0.1:{}", self.port)], &[]).unwrap();
        Fetcher::new(allow, limits, Roots::default())
    }
}

fn send(stream: &mut dyn Write, head: &str, body: &[u8]) {
    let _ = stream.write_all(format!("HTTP/1.1 {head}\r\nConnection: close\r\n").as_bytes());
    let _ = stream.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    let _ = stream.write_all(body);
}

fn behave(path: &str, stream: &mut dyn Write) {
    match path.split('?').next().unwrap_or_default() {
        "/good" => send(stream, "200 OK\r\nContent-Type: application/json; charset=utf-8", b"{}"),
        "/html" => send(stream, "200 OK\r\nContent-Type: text/html", b"<html>"),
        "/untyped" => send(stream, "200 OK", b"{}"),
        "/redirect" => send(stream, "302 Found\r\nLocation: http://127.0.0.2:1/", b""),
        "/missing" => send(stream, "404 Not Found\r\nContent-Type: application/json", b"{}"),
        "/broken" => send(stream, "500 Internal Server Error\r\nContent-Type: application/json", b"{}"),
        "/announced" => send(stream, "200 OK\r\nContent-Type: application/json", &[b' '; 5_000]),
        "/endless" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
            while stream.write_all(&[b' '; 1_000]).is_ok() {}
        }
        "/headless" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
            while stream.write_all(b"X-Long: 0123456789012345678901234567890123456789\r\n").is_ok() {}
        }
        "/slow-head" => drip(stream, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}"),
        "/slow-body" => {
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n");
            drip(stream, &[b' '; 50]);
        }
        "/silent" => thread::sleep(Duration::from_secs(3)),
        "/late" => {
            thread::sleep(Duration::from_millis(200));
            send(stream, "200 OK\r\nContent-Type: application/json", b"{}");
        }
        "/cut" => {
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{");
        }
        _ => {
            let crl = Pki::new().crl_at(now());
            send(stream, "200 OK\r\nContent-Type: application/pkix-crl", &crl);
        }
    }
}

fn drip(stream: &mut dyn Write, bytes: &[u8]) {
    for byte in bytes {
        if stream.write_all(&[*byte]).and_then(|()| stream.flush()).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn limits() -> Limits {
    Limits { request: Duration::from_millis(600), answer_bytes: 1_000, failures: 100, ..Limits::default() }
}

fn json(url: String) -> Request {
    Request { url, body: None, accepts: &["application/json"], limit_bytes: 1_000 }
}

fn get(fetcher: &Fetcher, url: String, at: Timestamp, kept: Kept) -> Result<Arc<[u8]>, FetchError> {
    fetcher.get(&json(url), at, |_| Ok(kept))
}

#[test]
fn a_server_that_misbehaves_gives_an_error_in_time() {
    let server = Server::start(behave);
    let fetcher = server.fetcher(limits());
    let check = |path: &str, expected: fn(&FetchError) -> bool| {
        let start = Instant::now();
        let error = get(&fetcher, server.url(path), now(), Kept::Once).expect_err(path);
        assert!(expected(&error), "{path}: {error:?}");
        assert!(start.elapsed() < Duration::from_secs(2), "{path}: {:?}", start.elapsed());
    };
    check("/html", |error| *error == FetchError::ContentType("text/html".into()));
    check("/untyped", |error| *error == FetchError::ContentType(String::new()));
    check("/redirect", |error| *error == FetchError::Redirect);
    check("/missing", |error| *error == FetchError::Status(404));
    check("/broken", |error| *error == FetchError::Status(500));
    check("/announced", |error| *error == FetchError::TooLarge { limit_bytes: 1_000 });
    check("/endless", |error| *error == FetchError::TooLarge { limit_bytes: 1_000 });
    check("/headless", |error| matches!(error, FetchError::Unreachable(_)));
    check("/slow-head", |error| *error == FetchError::TimedOut);
    check("/slow-body", |error| *error == FetchError::TimedOut);
    check("/silent", |error| *error == FetchError::TimedOut);
    check("/cut", |error| matches!(error, FetchError::Unreachable(_)));
    assert_eq!(&*get(&fetcher, server.url("/good"), now(), Kept::Once).unwrap(), b"{}");
}

#[test]
fn nobody_is_asked_who_is_not_listed() {
    let server = Server::start(behave);
    let other = Server::start(behave);
    let fetcher = server.fetcher(limits());
    for url in [
        other.url("/good"),
        server.url("/good").replace("http", "https"),
        server.url("/good").replace("127.0.0.1", "localhost"),
        server.url("/good").replace("127.0.0.1", "2130706433"),
        server.url("/good").replace("http://", "http://user@"),
    ] {
        assert!(get(&fetcher, url.clone(), now(), Kept::Once).is_err(), "{url}");
    }
    assert_eq!((server.asked(), other.asked()), (0, 0));
    assert!(Fetcher::default().get(&json(server.url("/good")), now(), |_| Ok(Kept::Once)).is_err());
}

#[test]
fn a_listed_name_with_a_private_address_is_refused_unless_its_network_is_listed() {
    let server = Server::start(behave);
    let origin = format!("http://localhost:{}", server.port);
    let ask = |networks: &[String]| {
        let allow = AllowList::read(std::slice::from_ref(&origin), networks).unwrap();
        get(&Fetcher::new(allow, limits(), Roots::default()), format!("{origin}/good"), now(), Kept::Once)
    };
    assert!(matches!(ask(&[]), Err(FetchError::PrivateAddress { .. })), "{:?}", ask(&[]));
    assert_eq!(server.asked(), 0);
    // The name may stand for both families.
    assert!(ask(&["127.0.0.0/8".into(), "::1".into()]).is_ok());
}

#[test]
fn answers_are_kept_as_long_as_they_are_good_and_failures_for_a_while() {
    let server = Server::start(behave);
    let fetcher = server.fetcher(limits());
    let at = |seconds: i64| now() + SignedDuration::from_secs(seconds);
    let check = |path: &str, seconds: i64, expected: usize| {
        let _ = get(&fetcher, server.url(path), at(seconds), Kept::Until(at(100)));
        assert_eq!(server.asked(), expected, "{path} {seconds}");
    };
    check("/good", 0, 1);
    check("/good", 99, 1);
    check("/good", 100, 2);
    check("/html", 0, 3);
    check("/html", 29, 3);
    check("/html", 30, 4);
    // Whatever it says of itself, nothing is kept longer than half a day.
    let _ = get(&fetcher, server.url("/good?b"), at(0), Kept::Until(at(1_000_000)));
    let _ = get(&fetcher, server.url("/good?b"), at(43_199), Kept::Until(at(1_000_000)));
    assert_eq!(server.asked(), 5);
    let _ = get(&fetcher, server.url("/good?b"), at(43_200), Kept::Once);
    assert_eq!(server.asked(), 6);
}

#[test]
fn a_stampede_is_one_request() {
    let server = Server::start(behave);
    let fetcher = server.fetcher(limits());
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                get(&fetcher, server.url("/late"), now(), Kept::Until(now() + SignedDuration::from_secs(9))).unwrap()
            });
        }
    });
    assert_eq!(server.asked(), 1);
}

#[test]
fn a_host_is_asked_by_a_few_at_once_only() {
    let server = Server::start(behave);
    let fetcher = server.fetcher(Limits { at_once_per_host: 2, request: Duration::from_millis(500), ..limits() });
    let start = Instant::now();
    let answers: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> = (0..12)
            .map(|number| {
                let (fetcher, server) = (&fetcher, &server);
                scope.spawn(move || get(fetcher, server.url(&format!("/late?{number}")), now(), Kept::Once))
            })
            .collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(start.elapsed() < Duration::from_secs(2));
    let busy = answers.iter().filter(|answer| **answer == Err(FetchError::Busy)).count();
    let good = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(good >= 4 && busy >= 4, "{good} good, {busy} busy");
}

#[test]
fn a_host_that_fails_is_left_alone() {
    let server = Server::start(behave);
    let fetcher = server.fetcher(Limits { failures: 3, ..limits() });
    for number in 0..6 {
        let error = get(&fetcher, server.url("/broken"), now() + SignedDuration::from_secs(31 * number), Kept::Once);
        let expected = if number < 3 { FetchError::Status(500) } else { error.clone().unwrap_err() };
        assert_eq!(error.unwrap_err(), expected);
    }
    assert!(server.asked() <= 5, "{}", server.asked());
    let left = get(&fetcher, server.url("/good"), now() + SignedDuration::from_secs(31 * 5 + 1), Kept::Once);
    assert!(matches!(left, Err(FetchError::LeftAlone { .. })), "{left:?}");
}

#[test]
fn a_crl_is_kept_until_its_next_update_and_a_stale_one_is_of_no_use() {
    let server = Server::start(behave);
    let fetcher =
        server.fetcher(Limits { crl_bytes: 100_000, kept: Duration::from_secs(u64::from(u32::MAX)), ..limits() });
    let next = eseal_pki::Crl::from_der(&Pki::new().crl_at(now())).unwrap().next_update.unwrap();
    crl(&fetcher, &server.url("/a.crl"), now()).unwrap();
    crl(&fetcher, &server.url("/a.crl"), next - SignedDuration::from_secs(1)).unwrap();
    assert_eq!(server.asked(), 1);
    assert!(matches!(crl(&fetcher, &server.url("/a.crl"), next), Err(FetchError::Useless(_))));
    assert_eq!(server.asked(), 2);
    assert!(crl(&fetcher, &server.url("/good"), now()).is_err());
}
