//! The agent over HTTP (本机接口): `GET /v1/keys`, `POST /v1/sign`, `POST /v1/login`; loopback only.
//!
//! Before anything is read: `Host` is a loopback name with our port, else a page whose name points to 127.0.0.1 would be
//! taken for us; `Origin` is one of the policy, exactly.  Answers are plain JSON, errors `{code, msg}` under the status of
//! the code.  A page that may not call gets no header that would let it read the answer.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::Language;
use eseal_ticket::TICKET_BYTES;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{Agent, AgentError, watch};

/// Longest body: a ticket and the JSON around it.
const BODY_BYTES: usize = TICKET_BYTES + 4096;
/// How long a body may take to come: it comes from this machine.
const BODY_WAIT: Duration = Duration::from_secs(10);
/// Browsers ask for this before a public page may call a private address (Private Network Access); later ones ask the
/// user instead (Local Network Access) and need no header.
const PRIVATE_NETWORK: (HeaderName, HeaderName) = (
    HeaderName::from_static("access-control-request-private-network"),
    HeaderName::from_static("access-control-allow-private-network"),
);

struct Shared {
    agent: Arc<Agent>,
    hosts: Vec<String>,
}

/// Binds a loopback address; no other.
///
/// # Errors
/// That the address is another, or in use.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    if !address.ip().is_loopback() {
        return Err(std::io::Error::other("the agent listens on loopback addresses only"));
    }
    TcpListener::bind(address).await
}

/// Serves until the process ends.
///
/// # Errors
/// Of the listener.
pub async fn serve(agent: Arc<Agent>, listener: TcpListener) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(std::io::Error::other("the agent listens on loopback addresses only"));
    }
    let hosts = ["127.0.0.1", "[::1]", "localhost"].map(|name| format!("{name}:{}", address.port())).to_vec();
    let router = Router::new().fallback(handle).with_state(Arc::new(Shared { agent, hosts }));
    axum::serve(listener, router).await
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let origin = match shared.origin(&request) {
        Ok(origin) => origin,
        Err(error) => return refusal(&error),
    };
    if request.method() == Method::OPTIONS {
        return preflight(request.headers(), &origin);
    }
    let mut response = match shared.run(&origin, request).await {
        Ok(value) => Json(value).into_response(),
        Err(error) => refusal(&error),
    };
    allow(response.headers_mut(), &origin);
    response
}

impl Shared {
    /// The page that calls, if it may, and if it calls us by our name.
    fn origin(&self, request: &Request) -> Result<String, AgentError> {
        let headers = request.headers();
        let host = only(headers, &header::HOST).ok_or(AgentError::Host)?;
        let named = request.uri().authority().is_none_or(|authority| authority.as_str() == host);
        if !named || !self.hosts.iter().any(|ours| ours == host) {
            return Err(AgentError::Host);
        }
        let origin = only(headers, &header::ORIGIN).ok_or(AgentError::Origin)?;
        if self.agent.allows(origin) { Ok(origin.to_owned()) } else { Err(AgentError::Origin) }
    }

    async fn run(&self, origin: &str, request: Request) -> Result<Value, AgentError> {
        self.agent.count(origin)?;
        let query = request.uri().query().unwrap_or_default().to_owned();
        match (request.method().clone(), request.uri().path()) {
            (Method::GET, "/v1/keys") => {
                if let Some(seconds) = query.strip_prefix("wait=") {
                    let seconds = seconds.parse().map_err(|_| AgentError::Malformed("wait"))?;
                    watch::wait_for_change(&self.agent, Duration::from_secs(seconds)).await;
                }
                self.blocking(Agent::keys).await.and_then(value)
            }
            (Method::POST, "/v1/sign") => {
                let body = body(request).await?;
                let (origin, ticket) = (origin.to_owned(), text(&body, "ticket")?);
                let list = self.blocking(move |agent| agent.sign(&origin, &ticket)).await?;
                Ok(json!({ "signValueList": value(list)? }))
            }
            (Method::POST, "/v1/login") => {
                let body = body(request).await?;
                let (origin, ticket) = (origin.to_owned(), text(&body, "ticket")?);
                let message = BASE64_STANDARD.decode(text(&body, "message")?);
                let message = message.map_err(|_| AgentError::Malformed("message"))?;
                self.blocking(move |agent| agent.login(&origin, &message, &ticket)).await.and_then(value)
            }
            _ => Err(AgentError::NoSuchOperation),
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Agent) -> Result<T, AgentError> + Send + 'static,
    ) -> Result<T, AgentError> {
        let agent = Arc::clone(&self.agent);
        let done = tokio::task::spawn_blocking(move || run(&agent)).await;
        done.unwrap_or_else(|error| Err(AgentError::Internal(error.to_string())))
    }
}

fn value(value: impl serde::Serialize) -> Result<Value, AgentError> {
    serde_json::to_value(value).map_err(|error| AgentError::Internal(error.to_string()))
}

/// A JSON object with the type of one: pages cannot send that without asking the browser first.
async fn body(request: Request) -> Result<Value, AgentError> {
    let kind = only(request.headers(), &header::CONTENT_TYPE).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        return Err(AgentError::NotJson);
    }
    let bytes = tokio::time::timeout(BODY_WAIT, to_bytes(request.into_body(), BODY_BYTES)).await;
    let bytes = bytes.map_err(|_| AgentError::NotJson)?.map_err(|_| AgentError::TooLong)?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object).ok_or(AgentError::NotJson)
}

fn text(body: &Value, name: &'static str) -> Result<String, AgentError> {
    match body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        None | Some(Value::Null) => Err(AgentError::Missing(name)),
        Some(_) => Err(AgentError::Malformed(name)),
    }
}

/// The one value of a header; two are as good as none.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() { None } else { Some(value) }
}

/// What the browser asks before it lets an allowed page call.
fn preflight(asked: &HeaderMap, origin: &str) -> Response {
    let mut response = (StatusCode::NO_CONTENT, Body::empty()).into_response();
    let headers = response.headers_mut();
    allow(headers, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("60"));
    if asked.contains_key(&PRIVATE_NETWORK.0) {
        headers.insert(PRIVATE_NETWORK.1, HeaderValue::from_static("true"));
    }
    response
}

/// Lets this very page read the answer; never another, never with cookies.
fn allow(headers: &mut HeaderMap, origin: &str) {
    if let Ok(origin) = HeaderValue::from_str(origin) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

fn refusal(error: &AgentError) -> Response {
    let code = error.code();
    tracing::warn!(code = code.number(), "Refused: {error}");
    let mut content =
        json!({ "code": code.number(), "msg": code.message(Language::Chinese), "detail": error.to_string() });
    if let AgentError::WrongPin { attempts_left } = error {
        content["attemptsLeft"] = json!(attempts_left);
    }
    let status = StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(content)).into_response();
    if let AgentError::TooMany { retry_after_s } = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
