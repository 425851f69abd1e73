//! Calls of the interfaces (接口调用).

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_gm::{random, sm3};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ureq::http::Response;

use crate::{ClientError, Interface, Signer, signed_text};

/// Largest answer that is read: a file of 2 GiB travels as bytes, not in an envelope, and no envelope is larger than this.
const ANSWER_BYTES: u64 = 128 << 20;
/// How long a call may take: a long poll has 25 s, a conversion more.
const TIMEOUT: Duration = Duration::from_secs(180);

/// What was answered (应答).
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// 200, or 20700 if some entries failed.
    pub code: u32,
    /// `data`.
    pub data: T,
}

/// A registered system's client of one server (接口客户端).
#[derive(Clone, Debug)]
pub struct Client {
    http: ureq::Agent,
    base: String,
    system_id: String,
    signer: Signer,
}

impl Client {
    /// Of the server at `base`, as the system with that identifier.
    #[must_use]
    pub fn new(base: &str, system_id: &str, signer: Signer) -> Self {
        let http = agent(TIMEOUT);
        Self { http, base: base.trim_end_matches('/').to_owned(), system_id: system_id.to_owned(), signer }
    }

    /// Calls an interface, under a new `reqId`.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn call<I: Interface>(&self, request: &I) -> Result<Answer<I::Answer>, ClientError> {
        self.call_as(&hex::encode(random::<16>()?), request)
    }

    /// Calls an interface under a `reqId` of one's own, so that it can be sent again if no answer came.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn call_as<I: Interface>(&self, req_id: &str, request: &I) -> Result<Answer<I::Answer>, ClientError> {
        let malformed = |error: serde_json::Error| ClientError::Malformed(error.to_string());
        let mut content = serde_json::to_value(request).map_err(malformed)?;
        if let Some(content) = content.as_object_mut() {
            content.retain(|_, value| !value.is_null());
            content.insert("systemID".to_owned(), json!(self.system_id));
        }
        let body = serde_json::to_vec(&json!({ "reqId": req_id, "content": content })).map_err(malformed)?;
        let path = format!("/api/v1/{}", I::FUNCTION.path());
        let mut post = self.http.post(format!("{}{path}", self.base)).content_type("application/json;charset=utf-8");
        for (name, value) in self.headers("POST", &path, &body)? {
            post = post.header(name, value);
        }
        let answer = post.send(&body[..]).map_err(|error| ClientError::NoAnswer(error.to_string()))?;
        let (code, echoed, data) = open_envelope(answer)?;
        if echoed != req_id {
            return Err(ClientError::Malformed("reqId is another".to_owned()));
        }
        Ok(Answer { code, data: serde_json::from_value(data).map_err(malformed)? })
    }

    /// Bytes of a file that the server keeps: `GET /api/v1/files/{fileId}`.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn file(&self, file_id: &str) -> Result<Vec<u8>, ClientError> {
        let path = format!("/api/v1/files/{file_id}");
        let mut get = self.http.get(format!("{}{path}", self.base));
        for (name, value) in self.headers("GET", &path, b"")? {
            get = get.header(name, value);
        }
        let mut answer = get.call().map_err(|error| ClientError::NoAnswer(error.to_string()))?;
        if !answer.status().is_success() {
            return open_envelope(answer).and(Err(ClientError::Malformed("an error without a code".to_owned())));
        }
        read(&mut answer, u64::MAX)
    }

    /// The headers of a signed request.
    fn headers(&self, method: &str, path: &str, body: &[u8]) -> Result<[(&'static str, String); 6], ClientError> {
        let timestamp = Timestamp::now().as_millisecond().to_string();
        let (nonce, digest) = (hex::encode(random::<16>()?), sm3(body));
        let text = signed_text(method, path, "", &self.system_id, &timestamp, &nonce, &digest);
        Ok([
            ("X-Eseal-System-Id", self.system_id.clone()),
            ("X-Eseal-Timestamp", timestamp),
            ("X-Eseal-Nonce", nonce),
            ("X-Eseal-Algorithm", self.signer.algorithm().to_owned()),
            ("X-Eseal-Signature", BASE64_STANDARD.encode(self.signer.sign(&text))),
            ("X-Eseal-Content-SM3", hex::encode(digest)),
        ])
    }
}

/// A client of HTTP: errors are answers here, and no proxy stands in between.
pub(crate) fn agent(timeout: Duration) -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(timeout)).http_status_as_error(false).proxy(None).build().into()
}

pub(crate) fn read(answer: &mut Response<ureq::Body>, limit: u64) -> Result<Vec<u8>, ClientError> {
    let bytes = answer.body_mut().with_config().limit(limit).read_to_vec();
    bytes.map_err(|error| ClientError::NoAnswer(error.to_string()))
}

/// Code, `reqId` and `data` of an envelope, or its error.
fn open_envelope(mut answer: Response<ureq::Body>) -> Result<(u32, String, Value), ClientError> {
    let retry_after = answer.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.parse().ok());
    let mut envelope: Value = parse(&read(&mut answer, ANSWER_BYTES)?)?;
    let code = envelope["code"].as_u64().and_then(|code| u32::try_from(code).ok());
    let code = code.ok_or_else(|| ClientError::Malformed("no code".to_owned()))?;
    let (data, text) = (envelope["data"].take(), |value: &Value| value.as_str().unwrap_or_default().to_owned());
    if matches!(code, 200 | 20_700) {
        return Ok((code, text(&envelope["reqId"]), data));
    }
    Err(ClientError::Refused {
        code,
        message: text(&envelope["msg"]),
        hint: text(&data["hint"]),
        field: data["field"].as_str().map(str::to_owned),
        retry_after_s: retry_after,
    })
}

pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(bytes).map_err(|error| ClientError::Malformed(error.to_string()))
}
