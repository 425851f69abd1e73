//! RFC 3161, 3.4: requests and answers over HTTP (时间戳 HTTP 接口).

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Response, StatusCode, header},
    routing::post,
};
use jiff::Timestamp;

use super::Authority;

/// Longest request: a digest, a policy and a nonce have some 150 bytes.
const REQUEST_BYTES: usize = 4 << 10;

/// Answers at `/`.
pub(crate) fn router(authority: Authority) -> Router {
    Router::new().route("/", post(stamp)).layer(DefaultBodyLimit::max(REQUEST_BYTES)).with_state(Arc::new(authority))
}

async fn stamp(State(authority): State<Arc<Authority>>, headers: HeaderMap, request: Bytes) -> Response<Body> {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = stated.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/timestamp-query") {
        return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    // One signature and now and then a small file: done on a thread that may wait.
    let answered = tokio::task::spawn_blocking(move || authority.answer(&request, Timestamp::now())).await;
    let Ok(answer) = answered else { return plain(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = Response::new(Body::from(answer));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/timestamp-reply"));
    response
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
