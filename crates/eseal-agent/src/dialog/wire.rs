//! HTTP of the dialog (对话页面传输): as little as a form needs, in buffers that are wiped, because a PIN goes through.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

/// Longest request: headers of a browser, and a form with a token, a PIN and an answer.
const REQUEST_BYTES: usize = 16 << 10;
/// How long a request may take to come.
const WAIT: Duration = Duration::from_secs(5);
/// Connections at a time: a browser opens some ahead.
const CONNECTIONS: usize = 16;

/// A request.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    pub(super) body: &'a [u8],
}

/// What is answered; always a page that nobody may frame, keep or read from elsewhere.
pub(super) struct Answer {
    pub(super) is_found: bool,
    /// Content-Security-Policy.
    pub(super) policy: String,
    pub(super) html: String,
}

impl<'a> Request<'a> {
    /// The one value of a header; two are as good as none.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        let mut values = self.headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        let (_, value) = values.next()?;
        if values.next().is_some() { None } else { Some(value) }
    }

    /// A whole request; `None` while something is missing, an error for what is no request.
    fn read(bytes: &'a [u8]) -> Result<Option<Self>, ()> {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
        let (head, body) = bytes.split_at(end + 4);
        let mut lines = std::str::from_utf8(head).map_err(|_| ())?.split("\r\n");
        let mut first = lines.next().ok_or(())?.split(' ');
        let (Some(method), Some(path), Some("HTTP/1.1")) = (first.next(), first.next(), first.next()) else {
            return Err(());
        };
        let headers = lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.trim())).collect();
        let request = Self { method, path, headers, body };
        let length = request.header("content-length").map_or(Ok(0), str::parse).map_err(|_| ())?;
        if request.header("transfer-encoding").is_some() || length > REQUEST_BYTES || body.len() > length {
            return Err(());
        }
        Ok((body.len() == length).then_some(request))
    }
}

/// Serves one request a connection, for ever.
pub(super) fn serve(listener: &TcpListener, answer: impl Fn(&Request<'_>) -> Answer + Send + Sync + 'static) {
    let (answer, open) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    for stream in listener.incoming().flatten() {
        if open.fetch_add(1, Ordering::SeqCst) >= CONNECTIONS {
            open.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let (answer, open) = (Arc::clone(&answer), Arc::clone(&open));
        thread::spawn(move || {
            let _ = converse(stream, &*answer);
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

fn converse(mut stream: TcpStream, answer: impl Fn(&Request<'_>) -> Answer) -> std::io::Result<()> {
    let until = Instant::now() + WAIT;
    // Its room is never moved, so that no copy is left behind.
    let mut room = Zeroizing::new([0_u8; REQUEST_BYTES]);
    let mut length = 0;
    loop {
        stream.set_read_timeout(Some(until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))))?;
        let read = stream.read(room.get_mut(length..).unwrap_or_default())?;
        length += read;
        match Request::read(room.get(..length).unwrap_or_default()) {
            Ok(Some(request)) => return stream.write_all(answer(&request).text().as_bytes()),
            Ok(None) if read > 0 && length < REQUEST_BYTES && Instant::now() < until => {}
            Ok(None) | Err(()) => return Ok(()),
        }
    }
}

impl Answer {
    fn text(&self) -> String {
        let status = if self.is_found { "200 OK" } else { "404 Not Found" };
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: {}\r\nX-Frame-Options: DENY\r\nCache-Control: no-store\r\n\
             Referrer-Policy: same-origin\r\nX-Content-Type-Options: nosniff\r\n\
             Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n\
             Connection: close\r\n\r\n{}",
            self.html.len(),
            self.policy,
            self.html,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_when_they_are_whole() {
        let text = b"POST /a HTTP/1.1\r\nHost: x\r\ncontent-length: 3\r\n\r\nabc";
        for length in 0..text.len() {
            assert!(matches!(Request::read(&text[..length]), Ok(None)), "{length}");
        }
        let request = Request::read(text).expect("good").expect("whole");
        assert_eq!((request.method, request.path, request.body), ("POST", "/a", b"abc".as_slice()));
        assert_eq!((request.header("HOST"), request.header("origin")), (Some("x"), None));
        for bad in [
            "GET / HTTP/1.0\r\n\r\n",
            "GET /\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\nmore",
            "GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        ] {
            assert!(Request::read(bad.as_bytes()).is_err(), "{bad:?}");
        }
        let twice = b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
        assert_eq!(Request::read(twice).expect("good").expect("whole").header("host"), None);
    }
}
