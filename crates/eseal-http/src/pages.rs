//! Pages beside the interfaces (辅助页面): description, reference, health, metrics.

use std::sync::LazyLock;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;

use crate::{function::open, openapi, reference, state::Http};

/// The reference page styles itself and loads nothing.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /openapi.json`.
pub(crate) async fn openapi() -> Response<Body> {
    static TEXT: LazyLock<Bytes> = LazyLock::new(|| openapi::DOCUMENT.to_string().into());
    page(StatusCode::OK, "application/json;charset=utf-8", TEXT.clone())
}

/// `GET /docs`: Chinese first, or English first on `Accept-Language: en`.
pub(crate) async fn reference(State(http): State<Http>, request: Request) -> Response<Body> {
    let language = open(&http, request).0.language;
    let mut response = page(StatusCode::OK, "text/html;charset=utf-8", reference::page(language));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

/// `GET /healthz`: the process answers.
pub(crate) async fn healthy() -> Response<Body> {
    page(StatusCode::OK, "text/plain;charset=utf-8", Bytes::from_static(b"ok\n"))
}

/// `GET /readyz`: its store answers too, not all devices are away, and it is not about to stop.
///
/// Below the first line stands how each device is, without secrets and without a text of the device, and how the office
/// workers are once there was a document for them.
pub(crate) async fn ready(State(http): State<Http>) -> Response<Body> {
    let problem = if http.stopping.is_cancelled() {
        Some("stopping\n")
    } else if let Err(error) = http.app.store.check().await {
        tracing::warn!(%error, "The store does not answer");
        Some("storage\n")
    } else {
        None
    };
    let devices = http.app.signers.health();
    let are_away = !devices.is_empty() && devices.iter().all(|device| !device.is_up);
    let problem = problem.or(are_away.then_some("devices\n"));
    let status = if problem.is_some() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let mut text = problem.unwrap_or("ok\n").to_owned();
    for device in devices {
        text += &format!("{device}\n");
    }
    // Office workers that fail do not take the rest out of service.
    if let Some(office) = http.app.office.health() {
        text += &format!("{office}\n");
    }
    match http.app.keyless.count() {
        0 => {}
        count => text += &format!("server seals without a key {count}\n"),
    }
    page(status, "text/plain;charset=utf-8", text.into())
}

/// `GET /metrics`.
pub(crate) async fn metrics(State(http): State<Http>) -> Response<Body> {
    page(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", http.metrics.render().into())
}

fn page(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
