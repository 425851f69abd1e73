//! A small client of the interfaces (接口客户端): for the demo's phone, the audit of the log and the benchmark.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_gm::{hmac_sm3, sm2::SigningKey, sm3};
use eseal_service::signed_text;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Largest answer that is read, in bytes: a file as base64 in its envelope.
const ANSWER_BYTES: u64 = 128 << 20;

/// Who calls, and with which key.
#[derive(Clone)]
pub(crate) enum Signer {
    /// Nobody: public functions, enrolment.
    Public,
    /// A registered system with its HMAC-SM3 key.
    System { id: String, key: Arc<[u8]> },
    /// An enrolled phone with its device key.
    Device { id: String, key: Arc<SigningKey> },
}

/// A client of one server.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    base: String,
    signer: Signer,
}

/// The server answered with an error.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code} {message} {hint}")]
pub(crate) struct ApiError {
    pub(crate) code: u32,
    pub(crate) message: String,
    pub(crate) hint: String,
    pub(crate) field: Option<String>,
}

impl Client {
    pub(crate) fn new(base: &str, signer: Signer) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .proxy(None)
            .build();
        Self { agent: config.into(), base: base.trim_end_matches('/').to_owned(), signer }
    }

    /// Calls `category/function` and gives `data`; blocking.
    pub(crate) fn call(&self, function: &str, content: Value) -> Result<Value> {
        let path = format!("/api/v1/{function}");
        let body = serde_json::to_vec(&json!({ "reqId": random_hex()?, "content": content }))?;
        let mut request =
            self.agent.post(format!("{}{path}", self.base)).content_type("application/json;charset=utf-8");
        for (name, value) in self.headers("POST", &path, &body)? {
            request = request.header(name, value);
        }
        data_of(request.send(&body[..]).with_context(|| format!("no answer to {function}"))?)
    }

    /// Gets a public page of the interfaces and gives `data`; blocking.
    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        data_of(self.agent.get(format!("{}{path}", self.base)).call().with_context(|| format!("no answer to {path}"))?)
    }

    fn headers(&self, method: &str, path: &str, body: &[u8]) -> Result<Vec<(&'static str, String)>> {
        let (id_header, id, line) = match &self.signer {
            Signer::Public => return Ok(Vec::new()),
            Signer::System { id, .. } => ("X-Eseal-System-Id", id.clone(), id.clone()),
            Signer::Device { id, .. } => ("X-Eseal-Device-Id", id.clone(), eseal_service::device_signer(id)),
        };
        let timestamp = Timestamp::now().as_millisecond().to_string();
        let (nonce, digest) = (random_hex()?, sm3(body));
        let text = signed_text(method, path, "", &line, &timestamp, &nonce, &digest);
        let (algorithm, signature) = match &self.signer {
            Signer::System { key, .. } => ("HMAC-SM3", hmac_sm3(key, text.as_bytes()).to_vec()),
            Signer::Device { key, .. } => ("SM2", key.sign(text.as_bytes())),
            Signer::Public => bail!("nobody signs"),
        };
        Ok(vec![
            (id_header, id),
            ("X-Eseal-Timestamp", timestamp),
            ("X-Eseal-Nonce", nonce),
            ("X-Eseal-Algorithm", algorithm.to_owned()),
            ("X-Eseal-Signature", BASE64_STANDARD.encode(signature)),
            ("X-Eseal-Content-SM3", hex::encode(digest)),
        ])
    }
}

/// `data` of an envelope, or its error.
fn data_of(mut answer: ureq::http::Response<ureq::Body>) -> Result<Value> {
    let text = answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec().context("the answer breaks off")?;
    let mut envelope: Value = serde_json::from_slice(&text).context("the answer is no envelope")?;
    let code = envelope["code"].as_u64().and_then(|code| u32::try_from(code).ok()).context("no code in the answer")?;
    let data = envelope["data"].take();
    if matches!(code, 200 | 20700) {
        return Ok(data);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Err(anyhow!(ApiError {
        code,
        message: text(&envelope["msg"]),
        hint: text(&data["hint"]),
        field: data["field"].as_str().map(str::to_owned),
    }))
}

/// 128 random bits.
pub(crate) fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(hex::encode(bytes))
}
