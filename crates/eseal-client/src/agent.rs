//! Calls of the agent beside a USBKey (USBKey 代理客户端), for programs on the desk that are no web pages.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    ClientError,
    client::{agent, parse, read},
};

/// How long the user may take to find the PIN.
const TIMEOUT: Duration = Duration::from_secs(180);
/// Largest answer: a thousand signatures with their certificates.
const ANSWER_BYTES: u64 = 16 << 20;

/// A key that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentKey {
    /// SM3 of the certificate, hex.
    pub cert_sm3: String,
    /// DER, base64: what 2-3 takes as `signCert`.
    pub cert: String,
    /// 主体名称.
    pub subject: String,
    /// 有效期止.
    pub not_after: jiff::Timestamp,
}

/// A signed login message: what 2-4 takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentLogin {
    /// DER, base64.
    pub sign_value: String,
    /// DER, base64.
    pub cert: String,
}

/// A signature of a batch: what 3-5 takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentSignature {
    /// 文件唯一标识.
    pub file_unique_id: String,
    /// DER, base64.
    pub sign_value: String,
    /// DER, base64.
    pub cert: String,
}

/// The agent on this computer, for the origin that the tickets are made for (USBKey 代理).
#[derive(Clone, Debug)]
pub struct AgentClient {
    http: ureq::Agent,
    url: String,
    origin: String,
}

impl AgentClient {
    /// At `url`, for a registered `origin`.
    #[must_use]
    pub fn new(url: &str, origin: &str) -> Self {
        Self { http: agent(TIMEOUT), url: url.trim_end_matches('/').to_owned(), origin: origin.to_owned() }
    }

    /// Keys that are plugged in.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn keys(&self) -> Result<Vec<AgentKey>, ClientError> {
        let get = self.http.get(format!("{}/v1/keys", self.url)).header("Origin", &self.origin);
        open(get.call())
    }

    /// Has the key sign a login message of 2-3 with its ticket.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn login(&self, message: &str, ticket: &str) -> Result<AgentLogin, ClientError> {
        self.post("/v1/login", &json!({ "message": message, "ticket": ticket }))
    }

    /// Has the key sign what a ticket of 3-3 says.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn sign(&self, ticket: &str) -> Result<Vec<AgentSignature>, ClientError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Signed {
            sign_value_list: Vec<AgentSignature>,
        }
        Ok(self.post::<Signed>("/v1/sign", &json!({ "ticket": ticket }))?.sign_value_list)
    }

    fn post<T: DeserializeOwned>(&self, path: &str, content: &Value) -> Result<T, ClientError> {
        let post = self.http.post(format!("{}{path}", self.url)).header("Origin", &self.origin);
        open(post.content_type("application/json").send(content.to_string().as_bytes()))
    }
}

fn open<T: DeserializeOwned>(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<T, ClientError> {
    let mut answer = sent.map_err(|error| ClientError::NoAnswer(error.to_string()))?;
    let bytes = read(&mut answer, ANSWER_BYTES)?;
    if answer.status().is_success() {
        return parse(&bytes);
    }
    let refused: Value = parse(&bytes)?;
    let text = |name: &str| refused[name].as_str().unwrap_or_default().to_owned();
    Err(ClientError::Refused {
        code: refused["code"].as_u64().and_then(|code| u32::try_from(code).ok()).unwrap_or_default(),
        message: text("msg"),
        hint: text("detail"),
        field: None,
        retry_after_s: answer.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.parse().ok()),
    })
}
