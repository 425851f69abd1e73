//! The one handler of the interfaces (通用处理): unwraps `{reqId, content}`, runs the use case, wraps the answer.

use std::panic::AssertUnwindSafe;

use axum::{
    body::Body,
    extract::{Request, State},
    http::Response,
};
use eseal_api::{DownloadFile, Overall, UploadFile};
use eseal_service::{Caller, Error, Identity, Result, UseCase, admit, call, central, files::Purpose};
use futures::FutureExt;
use serde::Serialize;
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    answer::{Addressee, Outcome},
    body::{Incoming, Whole},
    download,
    envelope::{Envelope, NoEnvelope},
    head::Head,
    limits::{ANSWER_TIME, SMALL_JSON_BYTES},
    receive::{counted, receive, req_id_in},
    state::Http,
    upload,
};

/// A request with its head read.
pub(crate) fn open(http: &Http, request: Request) -> (Head, Incoming) {
    let (parts, body) = request.into_parts();
    (Head::of(&parts, &http.trusted), Incoming::new(body))
}

/// One of the interfaces.
pub(crate) async fn function<U: UseCase>(State(http): State<Http>, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    json_function::<U>(&http, head, body).await
}

/// 5-1, as JSON or as a form.
pub(crate) async fn upload_file(State(http): State<Http>, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    if head.is_form() {
        return upload::form(&http, head, body, Purpose::Sealing).await;
    }
    json_function::<UploadFile>(&http, head, body).await
}

/// 5-3, as JSON or as the bytes themselves.
pub(crate) async fn download_file(State(http): State<Http>, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    if !head.accepts("application/octet-stream") {
        return json_function::<DownloadFile>(&http, head, body).await;
    }
    let asked = match ask(&http, &head, body).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let found = async {
        let request = admit::<DownloadFile>(&http.app, &asked.caller, &asked.content)?;
        central::download_bytes(&http.app, &asked.caller, request).await
    };
    match in_time(found).await {
        Ok(found) => download::bytes(found),
        Err(error) => asked.addressee.refuse(&error),
    }
}

async fn json_function<U: UseCase>(http: &Http, head: Head, body: Incoming) -> Response<Body> {
    match ask(http, &head, body).await {
        Ok(asked) => asked.answer(call::<U>(&http.app, &asked.caller, &asked.content)).await,
        Err(refusal) => refusal,
    }
}

/// A request that was understood: who asks for what.
pub(crate) struct Asked {
    pub(crate) addressee: Addressee,
    pub(crate) caller: Caller,
    pub(crate) content: Value,
}

impl Asked {
    /// Waits for the answer, and wraps it.
    pub(crate) async fn answer<T: Overall + Serialize>(&self, work: impl Future<Output = Result<T>>) -> Response<Body> {
        answer(&self.addressee, work).await
    }
}

/// Waits for an answer, and wraps it; a panic becomes an answer too.
pub(crate) async fn answer<T: Overall + Serialize>(
    addressee: &Addressee,
    work: impl Future<Output = Result<T>>,
) -> Response<Body> {
    match in_time(work).await.and_then(|answer| Outcome::of(&answer)) {
        Ok(outcome) => addressee.answer(outcome),
        Err(error) => addressee.refuse(&error),
    }
}

/// Work that must not take for ever, nor take the server down.
pub(crate) async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let caught = AssertUnwindSafe(work).catch_unwind();
    match timeout(ANSWER_TIME, caught).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Error::Internal("a handler panicked".into())),
        Err(_) => Err(Error::Internal("no answer in time".into())),
    }
}

/// Reads a signed request.
///
/// # Errors
/// The finished answer.
pub(crate) async fn ask(http: &Http, head: &Head, mut body: Incoming) -> Result<Asked, Response<Body>> {
    let limit_bytes = http.app.config.limits.json_body_bytes;
    let identity = receive(http, head, &mut body, limit_bytes).await;
    match identity.and_then(|identity| counted(http, head, identity)) {
        Ok(caller) => understand(http, head, caller, body.into_whole()).await,
        Err(error) => Err(refuse_early(http, head, body, &error).await),
    }
}

/// Reads a request that anyone may send; counted by its address before much of its body is read.
///
/// # Errors
/// The finished answer.
pub(crate) async fn ask_publicly(http: &Http, head: &Head, mut body: Incoming) -> Result<Asked, Response<Body>> {
    match read_publicly(http, head, &mut body).await {
        Ok(caller) => understand(http, head, caller, body.into_whole()).await,
        Err(error) => Err(refuse_early(http, head, body, &error).await),
    }
}

async fn read_publicly(http: &Http, head: &Head, body: &mut Incoming) -> Result<Caller> {
    let limits = &http.app.config.limits;
    body.read_start(limits.req_id_search_bytes).await?;
    let caller = counted(http, head, Identity::Public)?;
    body.read_all(limits.json_body_bytes, head.content_length(), &http.stranger_memory).await?;
    Ok(caller)
}

/// Reads the envelope of a request whose sender is known and counted.
async fn understand(http: &Http, head: &Head, caller: Caller, whole: Whole) -> Result<Asked, Response<Body>> {
    match parse(whole, http.app.config.limits.json_depth).await {
        Ok(Envelope { req_id, content }) => {
            let addressee = head.addressee(req_id);
            let caller = Caller { req_id: addressee.req_id.clone(), ..caller };
            Ok(Asked { addressee, caller, content })
        }
        Err(NoEnvelope { req_id, error }) => Err(head.addressee(req_id).refuse(&error)),
    }
}

async fn parse(whole: Whole, depth: usize) -> Result<Envelope, NoEnvelope> {
    if whole.bytes.len() <= SMALL_JSON_BYTES {
        return Envelope::parse(&whole.bytes, depth);
    }
    let parsed = tokio::task::spawn_blocking(move || Envelope::parse(&whole.bytes, depth)).await;
    parsed.unwrap_or_else(|error| Err(NoEnvelope { req_id: None, error: Error::Internal(error.to_string()) }))
}

/// Answers a request whose body was not read to its end.
pub(crate) async fn refuse_early(http: &Http, head: &Head, body: Incoming, error: &Error) -> Response<Body> {
    let response = head.addressee(req_id_in(http, &body)).refuse(error);
    body.drain().await;
    response
}

/// What the router knows no handler for, whatever the method.
pub(crate) async fn no_such_interface(State(http): State<Http>, request: Request) -> Response<Body> {
    let (head, mut body) = open(&http, request);
    // A body that does not come is no reason for another answer.
    let _ = body.read_start(http.app.config.limits.req_id_search_bytes).await;
    refuse_early(&http, &head, body, &Error::NoSuchInterface).await
}
