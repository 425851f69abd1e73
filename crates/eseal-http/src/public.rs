//! What anyone may ask (公开服务), rarely: verification, platform keys, proofs of the seal-use log.

use axum::{
    body::Body,
    extract::{Request, State},
    http::Response,
};
use bytes::{Bytes, BytesMut};
use eseal_api::{AskSealStatus, Base64, Common, Expected, Overall, Request as _, VerifyFile, VerifySeal};
use eseal_service::{
    Caller, Error, Identity, Result, public_keys, use_log,
    verification::{self, ReportRequest},
};
use serde::Serialize;
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    answer::Addressee,
    body::{Hashed, Incoming, length, share_of},
    function::{answer, ask_publicly, in_time, open, refuse_early},
    head::Head,
    limits::FORM_OVERHEAD_BYTES,
    receive::counted,
    report,
    state::Http,
    upload::{Sink, read_form},
};

/// Largest seal as a form: twice the largest one met, with a picture of print quality.
const SEAL_BYTES: u64 = 4 << 20;

/// `POST /api/v1/public/verifyFile`, form or envelope; `?format=html|pdf` answers a form with a report for people.
pub(crate) async fn verify_file(State(http): State<Http>, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    if head.is_form() && !head.query.is_empty() {
        match report::wanted(&head) {
            Ok(Some(wanted)) => return report_of_form(&http, &head, body, wanted).await,
            Ok(None) => {}
            Err(error) => return refuse_early(&http, &head, body, &error).await,
        }
    }
    if head.is_form() {
        let limit_bytes = http.app.config.limits.public_file_bytes;
        return form(&http, &head, body, limit_bytes, async |caller, bytes| {
            verification::verify_bytes_publicly(&http.app, &caller, std::sync::Arc::new(bytes)).await
        })
        .await;
    }
    let asked = match ask_publicly(&http, &head, body).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let work = async {
        let request = VerifyFile::from_content(&asked.content)?;
        verification::verify_file_publicly(&http.app, &asked.caller, request).await
    };
    asked.answer(work).await
}

/// `POST /api/v1/public/verifySeal`, form or envelope.
pub(crate) async fn verify_seal(State(http): State<Http>, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    if head.is_form() {
        return form(&http, &head, body, SEAL_BYTES, async |caller, bytes| {
            let common = Common::from_content(&json!({}))?;
            let request = VerifySeal { common, seal_data: Some(Base64(bytes)), seal_code: None };
            verification::verify_seal(&http.app, &caller, request).await
        })
        .await;
    }
    let asked = match ask_publicly(&http, &head, body).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let work = async {
        let request = VerifySeal::from_content(&asked.content)?;
        verification::verify_seal(&http.app, &asked.caller, request).await
    };
    asked.answer(work).await
}

/// `GET /api/v1/public/keys`.
pub(crate) async fn keys(State(http): State<Http>, request: Request) -> Response<Body> {
    query(&http, request, async |_| Ok(public_keys(&http.app))).await
}

/// `GET /api/v1/public/sealStatus?sealCode&sealSm3&nonce`.
pub(crate) async fn seal_status(State(http): State<Http>, request: Request) -> Response<Body> {
    query(&http, request, async |head| {
        let asked = json!({
            "sealCode": text(head, "sealCode")?, "sealSm3": text(head, "sealSm3")?, "nonce": text(head, "nonce")?,
        });
        eseal_service::seal_status(&http.app, AskSealStatus::from_content(&asked)?).await
    })
    .await
}

/// `POST /api/v1/public/sealStatus`, the envelope.
pub(crate) async fn ask_seal_status(State(http): State<Http>, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    let asked = match ask_publicly(&http, &head, body).await {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let work = async { eseal_service::seal_status(&http.app, AskSealStatus::from_content(&asked.content)?).await };
    asked.answer(work).await
}

/// `GET /api/v1/public/log/checkpoint`.
pub(crate) async fn log_checkpoint(State(http): State<Http>, request: Request) -> Response<Body> {
    query(&http, request, async |_| use_log::log_checkpoint(&http.app).await).await
}

/// `GET /api/v1/public/log/consistency?first&second`.
pub(crate) async fn log_consistency(State(http): State<Http>, request: Request) -> Response<Body> {
    query(&http, request, async |head| {
        use_log::log_consistency(&http.app, number(head, "first")?, number(head, "second")?).await
    })
    .await
}

/// `GET /api/v1/public/log/inclusion?index&size`.
pub(crate) async fn log_inclusion(State(http): State<Http>, request: Request) -> Response<Body> {
    query(&http, request, async |head| {
        use_log::log_inclusion(&http.app, number(head, "index")?, number(head, "size")?).await
    })
    .await
}

async fn query<T: Overall + Serialize>(
    http: &Http,
    request: Request,
    work: impl AsyncFnOnce(&Head) -> Result<T>,
) -> Response<Body> {
    let (head, body) = open(http, request);
    match counted(http, &head, Identity::Public) {
        Ok(caller) => answer(&Addressee::of(&caller), work(&head)).await,
        Err(error) => refuse_early(http, &head, body, &error).await,
    }
}

/// A text of the query, percent-decoded.
fn text(head: &Head, name: &str) -> Result<Option<String>> {
    let mut values = head.query.split('&').filter_map(|pair| pair.split_once('='));
    let Some((_, value)) = values.rfind(|(found, _)| *found == name) else { return Ok(None) };
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = hex.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    let decoded = String::from_utf8(bytes);
    decoded.map(Some).map_err(|_| Error::bad(format!("/{name}"), "not UTF-8"))
}

/// A number of the query.
fn number(head: &Head, name: &str) -> Result<u64> {
    let values = head.query.split('&').filter_map(|pair| pair.split_once('='));
    let value = values.filter(|(found, _)| *found == name).map(|(_, value)| value).next_back();
    match value {
        None | Some("") => Err(Error::missing(format!("/{name}"))),
        Some(text) => {
            text.parse().map_err(|_| Error::malformed(format!("/{name}"), Expected::Integer { min: 0, max: i64::MAX }))
        }
    }
}

async fn form<T: Overall + Serialize>(
    http: &Http,
    head: &Head,
    body: Incoming,
    limit_bytes: u64,
    work: impl AsyncFnOnce(Caller, Vec<u8>) -> Result<T>,
) -> Response<Body> {
    let caller = match counted(http, head, Identity::Public) {
        Ok(caller) => caller,
        Err(error) => return refuse_early(http, head, body, &error).await,
    };
    let addressee = Addressee::of(&caller);
    match read(http, head, body, limit_bytes).await {
        Ok((bytes, _share)) => answer(&addressee, work(caller, bytes)).await,
        Err(error) => addressee.refuse(&error),
    }
}

/// A report for people about the file of a form.
async fn report_of_form(http: &Http, head: &Head, body: Incoming, wanted: ReportRequest) -> Response<Body> {
    let caller = match counted(http, head, Identity::Public) {
        Ok(caller) => caller,
        Err(error) => return refuse_early(http, head, body, &error).await,
    };
    let addressee = Addressee::of(&caller);
    let (bytes, _share) = match read(http, head, body, http.app.config.limits.public_file_bytes).await {
        Ok(read) => read,
        Err(error) => return addressee.refuse(&error),
    };
    let work = verification::report_bytes_publicly(&http.app, &caller, std::sync::Arc::new(bytes), wanted);
    match in_time(work).await {
        Ok(found) => report::bytes(found),
        Err(error) => addressee.refuse(&error),
    }
}

/// The part `file`, and the share of memory that it takes.
async fn read(http: &Http, head: &Head, body: Incoming, limit_bytes: u64) -> Result<(Vec<u8>, OwnedSemaphorePermit)> {
    let form_bytes = limit_bytes.saturating_add(FORM_OVERHEAD_BYTES);
    if head.content_length().is_some_and(|length| length > form_bytes) {
        body.drain().await;
        return Err(Error::FileTooLarge { limit_bytes });
    }
    let share = share_of(&http.stranger_memory, head.content_length().unwrap_or(form_bytes)).await?;
    let hashed = Hashed::new(body.into_pieces(), form_bytes);
    let mut sink = Memory { bytes: BytesMut::new(), begun: false, limit_bytes };
    let read = read_form(head, &hashed, &mut sink).await;
    let ended = hashed.finish().await;
    read?;
    ended?;
    Ok((sink.bytes.into(), share))
}

/// A file that is held in memory.
struct Memory {
    bytes: BytesMut,
    begun: bool,
    limit_bytes: u64,
}

impl Sink for Memory {
    async fn begin(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.begun, true) { Err(Error::bad("/file", "one file a form")) } else { Ok(()) }
    }

    async fn write(&mut self, piece: Bytes) -> Result<()> {
        if length(self.bytes.len()).saturating_add(length(piece.len())) > self.limit_bytes {
            return Err(Error::FileTooLarge { limit_bytes: self.limit_bytes });
        }
        self.bytes.extend_from_slice(&piece);
        Ok(())
    }
}
