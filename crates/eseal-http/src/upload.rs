//! Streamed uploads (流式上传): `multipart/form-data`, one part after the other, nothing kept unless all of it is right.

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State, multipart::Field},
    http::{Response, header},
};
use bytes::{Bytes, BytesMut};
use eseal_api::{Function, StoredFile};
use eseal_service::{
    Caller, Error, Result,
    files::{Purpose, Stated, Upload},
};

use crate::{
    answer::Addressee,
    body::{Hashed, Incoming, length},
    function::{answer, in_time, open, refuse_early},
    head::Head,
    limits::{FORM_OVERHEAD_BYTES, FORM_PARTS, FORM_TEXT_BYTES},
    receive::{counted, receive_stream},
    state::Http,
};

/// What uploads for no interface in particular are remembered under.
const FILES: &str = "files";

/// `POST /api/v1/files`.
pub(crate) async fn files(State(http): State<Http>, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    form(&http, head, body, Purpose::Any).await
}

/// A form with the part `file`.
pub(crate) async fn form(http: &Http, head: Head, mut body: Incoming, purpose: Purpose) -> Response<Body> {
    match allowed(http, &head, &mut body, purpose).await {
        Ok((caller, announced)) => {
            let stored = store(http, &head, body, announced, &caller, purpose).await;
            answer(&Addressee::of(&caller), async { stored }).await
        }
        Err(error) => refuse_early(http, &head, body, &error).await,
    }
}

/// The caller, and the digest that the body must turn out to have.
async fn allowed(
    http: &Http,
    head: &Head,
    body: &mut Incoming,
    purpose: Purpose,
) -> Result<(Caller, Option<[u8; 32]>)> {
    let (identity, announced) = receive_stream(http, head, body).await?;
    let caller = counted(http, head, identity)?;
    let system = caller.system()?;
    if purpose == Purpose::Sealing {
        system.check_function(Function::UploadFile)?;
    }
    Ok((caller, announced))
}

async fn store(
    http: &Http,
    head: &Head,
    body: Incoming,
    announced: Option<[u8; 32]>,
    caller: &Caller,
    purpose: Purpose,
) -> Result<StoredFile> {
    let limit_bytes = http.app.config.limits.file_bytes;
    let form_bytes = limit_bytes.saturating_add(FORM_OVERHEAD_BYTES);
    if head.content_length().is_some_and(|length| length > form_bytes) {
        body.drain().await;
        return Err(Error::FileTooLarge { limit_bytes });
    }
    let hashed = Hashed::new(body.into_pieces(), form_bytes);
    let mut sink = FileSink { http, caller, upload: None };
    let read = read_form(head, &hashed, &mut sink).await;
    // Whatever came of the form, its sender is still writing.
    let digest = hashed.finish().await;
    let stated = read?;
    if announced.is_some_and(|announced| !matches!(digest, Ok(found) if found == announced)) {
        return Err(Error::BadRequestSignature);
    }
    digest?;
    let upload = sink.upload.ok_or_else(|| Error::missing("/file"))?;
    let function = if purpose == Purpose::Sealing { Function::UploadFile.path() } else { FILES };
    in_time(upload.finish_once(caller, function, stated, purpose)).await
}

/// Where the bytes of the part `file` go.
pub(crate) trait Sink {
    /// The part begins; an error if there was one before.
    async fn begin(&mut self) -> Result<()>;
    /// Its next bytes.
    async fn write(&mut self, piece: Bytes) -> Result<()>;
}

struct FileSink<'a> {
    http: &'a Http,
    caller: &'a Caller,
    upload: Option<Upload>,
}

impl Sink for FileSink<'_> {
    async fn begin(&mut self) -> Result<()> {
        if self.upload.is_some() {
            return Err(Error::bad("/file", "one file a form"));
        }
        self.upload = Some(Upload::begin(&self.http.app, self.caller).await?);
        Ok(())
    }

    async fn write(&mut self, piece: Bytes) -> Result<()> {
        match &mut self.upload {
            Some(upload) => upload.write(piece).await,
            None => Err(Error::Internal("bytes without a file".into())),
        }
    }
}

/// Reads a form: the part `file` into the sink, `fileType` and `title` as texts; other parts are skipped.
pub(crate) async fn read_form(head: &Head, body: &Hashed, sink: &mut impl Sink) -> Result<Stated> {
    let mut form = multipart(head, body).await?;
    let (mut stated, mut text_bytes, mut has_file) = (Stated::default(), 0, false);
    for _ in 0..FORM_PARTS {
        let Some(mut part) = form.next_field().await.map_err(|error| broken(body, &error.body_text()))? else {
            return if has_file { Ok(stated) } else { Err(Error::missing("/file")) };
        };
        match part.name() {
            Some("file") => {
                has_file = true;
                sink.begin().await?;
                while let Some(piece) = part.chunk().await.map_err(|error| broken(body, &error.body_text()))? {
                    sink.write(piece).await?;
                }
            }
            Some("fileType") => stated.file_type = text(&mut part, body, &mut text_bytes).await?,
            Some("title") => stated.title = text(&mut part, body, &mut text_bytes).await?,
            _ => drop(text(&mut part, body, &mut text_bytes).await?),
        }
    }
    Err(broken(body, "too many parts"))
}

async fn multipart(head: &Head, body: &Hashed) -> Result<Multipart> {
    let kind = head.headers.get(header::CONTENT_TYPE).cloned().ok_or_else(|| broken(body, "no content type"))?;
    let mut request = Request::new(Body::from_stream(body.clone()));
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    // The stream has its own limit.
    DefaultBodyLimit::disable().apply(&mut request);
    Multipart::from_request(request, &()).await.map_err(|error| broken(body, &error.body_text()))
}

/// A text part; `None` if it is empty.
async fn text(part: &mut Field<'_>, body: &Hashed, text_bytes: &mut usize) -> Result<Option<String>> {
    let mut text = BytesMut::new();
    while let Some(piece) = part.chunk().await.map_err(|error| broken(body, &error.body_text()))? {
        *text_bytes = text_bytes.saturating_add(piece.len());
        if *text_bytes > FORM_TEXT_BYTES {
            return Err(Error::FileTooLarge { limit_bytes: length(FORM_TEXT_BYTES) });
        }
        text.extend_from_slice(&piece);
    }
    let text = String::from_utf8(text.into()).map_err(|_| broken(body, "a text part is not UTF-8"))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Why a form could not be read: what stopped its bytes, if something did.
fn broken(body: &Hashed, problem: &str) -> Error {
    body.failure().unwrap_or_else(|| Error::InvalidEnvelope { problem: format!("form: {problem}") })
}
