//! Asking in a window of the browser (本地页面对话): a page of an origin of its own, which the calling page can neither
//! frame nor read, opened by the agent and not by the page.
//!
//! The address holds a secret that works once: who opens it first sees the question and gets the form's token, and only
//! a form with that token, sent from this very origin, is an answer.

use std::{
    collections::HashMap,
    net::{SocketAddr, TcpListener},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Sender},
    },
    thread,
    time::Duration,
};

use eseal_gm::{equal, random};
use eseal_skf::Pin;
use zeroize::Zeroizing;

use super::{Answer, Dialog, Purpose, Question, wire};

/// How long a question waits for its answer.
const WAIT: Duration = Duration::from_secs(120);
const TEMPLATE: &str = include_str!("page.html");

/// Questions by the secret in their address.
#[derive(Default)]
struct Open(Mutex<HashMap<String, Waiting>>);

/// A question that waits.
struct Waiting {
    question: Question,
    /// The form's token, once the page was shown.
    token: Option<String>,
    answer: Sender<Answer>,
}

impl Open {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The dialog and its own little server (本地页面对话).
pub struct PageDialog {
    address: SocketAddr,
    browser: Vec<String>,
    open: Arc<Open>,
}

impl PageDialog {
    /// Starts the dialog's server on a loopback port of its own; `browser` is the program that opens an address, with its
    /// arguments: `{url}` in them, or else the address behind them.
    ///
    /// # Errors
    /// That no port is free.
    pub fn start(browser: Vec<String>) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let open = Arc::new(Open::default());
        let shared = Arc::clone(&open);
        thread::Builder::new().name("dialog".to_owned()).spawn(move || {
            wire::serve(&listener, move |request| answer_to(&shared, address, request));
        })?;
        Ok(Self { address, browser, open })
    }

    fn show_in_browser(&self, url: &str) -> bool {
        let Some((program, arguments)) = self.browser.split_first() else { return false };
        let mut arguments: Vec<String> = arguments.iter().map(|argument| argument.replace("{url}", url)).collect();
        if !self.browser.iter().any(|argument| argument.contains("{url}")) {
            arguments.push(url.to_owned());
        }
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else { return false };
        thread::spawn(move || child.wait());
        true
    }
}

impl Dialog for PageDialog {
    fn ask(&self, question: &Question) -> Answer {
        let Ok(secret) = random::<32>().map(hex::encode) else { return Answer::Refused };
        let (sender, receiver) = mpsc::channel();
        let waiting = Waiting { question: question.clone(), token: None, answer: sender };
        self.open.all().insert(secret.clone(), waiting);
        let answer = if self.show_in_browser(&format!("http://{}/{secret}", self.address)) {
            receiver.recv_timeout(WAIT).unwrap_or(Answer::Refused)
        } else {
            tracing::warn!("The browser that is to ask the user cannot be started");
            Answer::Refused
        };
        self.open.all().remove(&secret);
        answer
    }
}

/// What a request is told.
fn answer_to(open: &Open, address: SocketAddr, request: &wire::Request<'_>) -> wire::Answer {
    let Some(secret) = request.path.strip_prefix('/') else { return gone() };
    // By another name we are the page of somebody else.
    if request.header("host") != Some(&address.to_string()) {
        return gone();
    }
    match request.method {
        "GET" => show(open, secret, request),
        "POST" => take(open, secret, address, request),
        _ => gone(),
    }
}

/// `GET`: the question, once.
fn show(open: &Open, secret: &str, request: &wire::Request<'_>) -> wire::Answer {
    let (Ok(token), Ok(nonce)) = (random::<32>().map(hex::encode), random::<16>().map(hex::encode)) else {
        return gone();
    };
    // A browser says when another site opens the address, or something embeds it.
    let foreign = request.header("sec-fetch-site").is_some_and(|site| site != "none")
        || request.header("sec-fetch-dest").is_some_and(|to| to != "document");
    let mut all = open.all();
    let waiting = all.get_mut(secret).filter(|waiting| waiting.token.is_none() && !foreign);
    let Some(waiting) = waiting else { return gone() };
    waiting.token = Some(token.clone());
    let html = page(&waiting.question, secret, &token, &nonce);
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    wire::Answer { is_found: true, policy, html }
}

/// `POST`: the answer, with the form's token, from this origin.
fn take(open: &Open, secret: &str, address: SocketAddr, request: &wire::Request<'_>) -> wire::Answer {
    if request.header("origin") != Some(&format!("http://{address}")) {
        return gone();
    }
    let form = Form::read(request.body);
    let mut all = open.all();
    let right = all.get(secret).and_then(|waiting| waiting.token.as_ref());
    if !right.is_some_and(|token| equal(token.as_bytes(), form.token.as_bytes())) {
        return gone();
    }
    let Some(waiting) = all.remove(secret) else { return gone() };
    drop(all);
    let agreed = form.agreed && !form.pin.is_empty();
    let _ = waiting.answer.send(if agreed { Answer::Pin(form.pin) } else { Answer::Refused });
    plain(true, "已收到，可以关闭本窗口。 Done, close this window.")
}

fn gone() -> wire::Answer {
    plain(false, "此页已失效。 This page is over.")
}

fn plain(is_found: bool, text: &str) -> wire::Answer {
    let html = format!("<!doctype html><meta charset=utf-8><title>USBKey</title><p>{text}");
    wire::Answer { is_found, policy: "default-src 'none'; frame-ancestors 'none'".to_owned(), html }
}

/// A form, its PIN in memory that is wiped.
#[derive(Default)]
struct Form {
    token: String,
    pin: Pin,
    agreed: bool,
}

impl Form {
    fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for field in body.split(|byte| *byte == b'&') {
            let mut halves = field.splitn(2, |byte| *byte == b'=');
            let (name, value) = (halves.next().unwrap_or_default(), decoded(halves.next().unwrap_or_default()));
            match name {
                b"token" => form.token = String::from_utf8_lossy(&value).into_owned(),
                b"pin" => form.pin = value,
                b"answer" => form.agreed = value.as_slice() == b"agree",
                _ => {}
            }
        }
        form
    }
}

/// `application/x-www-form-urlencoded`, one value.
fn decoded(value: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(value.len()));
    let mut rest = value.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let (high, low) = (digit().unwrap_or_default(), digit().unwrap_or_default());
                u8::try_from(high * 16 + low).unwrap_or_default()
            }
            other => other,
        });
    }
    bytes
}

fn page(question: &Question, secret: &str, token: &str, nonce: &str) -> String {
    let title = match question.purpose {
        Purpose::Login => "用 USBKey 登录 · Log in",
        Purpose::Sign => "用 USBKey 签章 · Sign",
    };
    let fact = |name: &str, value: &str| {
        if value.is_empty() { String::new() } else { format!("<dt>{name}</dt><dd>{}</dd>", escaped(value)) }
    };
    let facts = [
        fact("页面 page", &question.origin),
        fact("系统 system", &question.system),
        fact("持有人 holder", &question.organization),
        fact("证书 certificate", &question.subject),
        fact("签名数量 signatures", &question.count.to_string()),
    ]
    .concat();
    let documents: String = question
        .documents
        .iter()
        .map(|document| {
            let pages = document.page_count.map_or_else(String::new, |pages| format!(" · {pages} 页"));
            let seal = format!("{}（{}）", document.seal_name, document.seal_code);
            format!("<li>{}{pages}<br>{}</li>", escaped(&document.title), escaped(&seal))
        })
        .collect();
    let others = match question.unnamed() {
        0 => String::new(),
        number => format!("<p>另有 {number} 份文件 · and {number} more</p>"),
    };
    let wrong = question.attempts_left.map_or_else(String::new, |left| {
        format!("<p class=\"wrong\">PIN 错误，还可以尝试 {left} 次 · wrong PIN, {left} attempts left</p>")
    });
    // The template is ours; what goes in is escaped, and no value is looked at again for names of others.
    let mut page = String::with_capacity(TEMPLATE.len() + documents.len() + 1024);
    let mut rest = TEMPLATE;
    while let Some((before, after)) = rest.split_once('{') {
        page.push_str(before);
        let found = after.split_once('}').and_then(|(name, after)| {
            let value = match name {
                "nonce" => nonce,
                "title" => title,
                "facts" => &facts,
                "documents" => &documents,
                "others" => &others,
                "wrong" => &wrong,
                "secret" => secret,
                "token" => token,
                _ => return None,
            };
            Some((value, after))
        });
        match found {
            Some((value, after)) => {
                page.push_str(value);
                rest = after;
            }
            None => {
                page.push('{');
                rest = after;
            }
        }
    }
    page + rest
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ticket_says_is_text_and_never_markup() {
        let question = Question {
            purpose: Purpose::Sign,
            origin: "https://a.example".into(),
            system: "<script>alert(1)</script>{token}".into(),
            organization: "\"'&".into(),
            subject: String::new(),
            count: 3,
            documents: Vec::new(),
            attempts_left: Some(2),
        };
        let page = page(&question, "SECRET", "TOKEN", "NONCE");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;{token}"));
        assert!(
            page.contains("&quot;&#39;&amp;")
                && page.contains("action=\"/SECRET\"")
                && page.contains("还可以尝试 2 次")
        );
        assert!(page.contains("body { font") && page.contains("nonce=\"NONCE\"") && page.contains("另有 3 份文件"));
    }

    #[test]
    fn forms_are_decoded() {
        let form = Form::read(b"token=t&pin=12%33+%e5&answer=agree");
        assert_eq!((form.token.as_str(), form.pin.as_slice(), form.agreed), ("t", b"123 \xE5".as_slice(), true));
        let form = Form::read(b"pin=%&answer=refuse");
        assert!(!form.agreed);
    }
}
