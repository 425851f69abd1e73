//! Around every request (中间件): a span and a line in the log, counters, a net for panics, headers for browsers.

use std::{panic::AssertUnwindSafe, time::Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Response, header},
    middleware::Next,
};
use eseal_service::Error;
use futures::FutureExt;
use tracing::Instrument;

use crate::{
    answer::Answered,
    head::Head,
    metrics::{ANSWER_SECONDS, ANSWERS, RUNNING},
    state::Http,
};

/// Headers of every answer unless it sets its own: nothing is sniffed, framed, cached or sent on.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Follows a request from its head to its answer.
///
/// Logged are method, route, code and time; paths with identifiers, headers and bodies are not.
pub(crate) async fn follow(State(http): State<Http>, request: Request, next: Next) -> Response<Body> {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", http.method = %method, http.route = %route);
    let running = Running::new();
    let mut response = caught(&http, request, next).instrument(span.clone()).await;
    drop(running);
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    let elapsed = started.elapsed();
    let answered = response.extensions_mut().remove::<Answered>();
    let code =
        answered.as_ref().map_or_else(|| u32::from(response.status().as_u16()), |answered| answered.code.number());
    metrics::counter!(ANSWERS, "route" => route.clone(), "code" => code.to_string()).increment(1);
    metrics::histogram!(ANSWER_SECONDS, "route" => route.clone()).record(elapsed.as_secs_f64());
    let req_id = answered.as_ref().map_or("", |answered| answered.req_id.as_str());
    let _entered = span.enter();
    tracing::info!(
        req.id = req_id,
        code,
        elapsed_ms = elapsed.as_secs_f64() * 1_000.0,
        "Answered {method} {route} with {code}"
    );
    response
}

/// A panic is answered as any other fault of ours.
async fn caught(http: &Http, request: Request, next: Next) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let head = Head::of(&parts, &http.trusted);
    let answered = AssertUnwindSafe(next.run(Request::from_parts(parts, body))).catch_unwind().await;
    answered.unwrap_or_else(|_| head.addressee(None).refuse(&Error::Internal("a handler panicked".into())))
}

/// One more request is being answered, until this is dropped: also when the caller hangs up.
struct Running;

impl Running {
    fn new() -> Self {
        metrics::gauge!(RUNNING).increment(1.0);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        metrics::gauge!(RUNNING).decrement(1.0);
    }
}
