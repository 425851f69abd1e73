//! Streamed downloads (流式下载): the bytes of a file, range by range out of the store.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, header},
};
use eseal_service::files::{self, Download};

use crate::{
    answer::Addressee,
    function::{in_time, open},
    head::Id,
    state::Http,
    task::query,
};

/// Header with the SM3 of the bytes, lower-case hex.
const SM3_HEADER: HeaderName = HeaderName::from_static("x-eseal-sm3");

/// `GET /api/v1/files/{fileId}`.
pub(crate) async fn file(State(http): State<Http>, Id(id): Id, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    let caller = match query(&http, &head, body).await {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    match in_time(files::download(&http.app, &caller, &id)).await {
        Ok(found) => bytes(found),
        Err(error) => Addressee::of(&caller).refuse(&error),
    }
}

/// Answers with the bytes of a file.
pub(crate) fn bytes(download: Download) -> Response<Body> {
    let Download { file, title, source } = download;
    let mut response = Response::new(Body::from_stream(files::stream(source)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.size));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    insert(headers, header::CONTENT_DISPOSITION, &disposition(title.as_deref().unwrap_or(&file.file_id)));
    insert(headers, SM3_HEADER, &file.sm3);
    response
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// `attachment` with a name in UTF-8 (RFC 6266, RFC 8187): no browser opens it in our origin.
fn disposition(name: &str) -> String {
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_header() {
        assert_eq!(disposition("合同.pdf"), "attachment; filename*=UTF-8''%E5%90%88%E5%90%8C.pdf");
        assert_eq!(disposition("a\"; b\r\n"), "attachment; filename*=UTF-8''a%22%3B%20b%0D%0A");
    }
}
