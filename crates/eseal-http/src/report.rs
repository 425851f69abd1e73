//! Reports as files (验证报告文件): `GET /api/v1/files/{fileId}/report`, and the same for the public.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Response, header},
};
use eseal_api::{Language, Time};
use eseal_service::{
    Error, Result,
    verification::{self, ReportFile, ReportForm, ReportRequest},
};

use crate::{
    answer::Addressee,
    function::{in_time, open},
    head::{Head, Id},
    state::Http,
    task::query,
};

/// `GET /api/v1/files/{fileId}/report?format=html|pdf|json|archive&lang=zh|en&at&policy`.
pub(crate) async fn of_file(State(http): State<Http>, Id(id): Id, request: Request) -> Response<Body> {
    let (head, body) = open(&http, request);
    let caller = match query(&http, &head, body).await {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    let work = async {
        let request = match wanted(&head)? {
            Some(request) => request,
            None => by_accept(&head)?,
        };
        verification::report_file(&http.app, &caller, &id, request).await
    };
    match in_time(work).await {
        Ok(found) => bytes(found),
        Err(error) => Addressee::of(&caller).refuse(&error),
    }
}

/// The report that the query asks for by `format`; none if it does not say.
pub(crate) fn wanted(head: &Head) -> Result<Option<ReportRequest>> {
    let Some(name) = parameter(head, "format") else { return Ok(None) };
    let form = ReportForm::ALL.into_iter().find(|form| form.as_str() == name);
    let form = form.ok_or_else(|| Error::bad("/format", "html, pdf, json or archive"))?;
    Ok(Some(ReportRequest { form, ..rest(head)? }))
}

/// JSON, unless the caller names another media type.
fn by_accept(head: &Head) -> Result<ReportRequest> {
    let form = match (head.accepts("application/pdf"), head.accepts("text/html")) {
        (true, _) => ReportForm::Pdf,
        (false, true) => ReportForm::Html,
        (false, false) => ReportForm::Json,
    };
    Ok(ReportRequest { form, ..rest(head)? })
}

fn rest(head: &Head) -> Result<ReportRequest> {
    let language = match parameter(head, "lang").as_deref() {
        None => head.language,
        Some("zh") => Language::Chinese,
        Some("en") => Language::English,
        Some(_) => return Err(Error::bad("/lang", "zh or en")),
    };
    let at = match parameter(head, "at") {
        None => None,
        Some(text) => Some(Time(text.parse().map_err(|_| Error::bad("/at", "a time of RFC 3339"))?)),
    };
    Ok(ReportRequest { form: ReportForm::Json, language, at, policy: parameter(head, "policy") })
}

/// A parameter of the query, its escapes read; the last one counts.
fn parameter(head: &Head, name: &str) -> Option<String> {
    let pairs = head.query.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value).next_back()?;
    Some(unescaped(value)).filter(|value| !value.is_empty())
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits: Option<[u8; 2]> =
            (byte == b'%').then(|| rest.clone().take(2).collect::<Vec<_>>().try_into().ok()).flatten();
        let read = digits.and_then(|digits| u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok());
        match read {
            Some(read) => {
                bytes.push(read);
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Answers with a report: files to be kept, HTML to be looked at where it can do nothing.
pub(crate) fn bytes(report: ReportFile) -> Response<Body> {
    let ReportFile { form, bytes } = report;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if form == ReportForm::Html {
        let policy = format!("{}; frame-ancestors 'none'; sandbox", verification::content_security_policy());
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    let name = format!("attachment; filename=\"report.{}\"", form.extension());
    let place = if form == ReportForm::Html { "inline".to_owned() } else { name };
    if let Ok(place) = HeaderValue::from_str(&place) {
        headers.insert(header::CONTENT_DISPOSITION, place);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_a_query_are_read_and_broken_ones_stand() {
        assert_eq!(unescaped("2026-11-24T08%3A00%3a00Z"), "2026-11-24T08:00:00Z");
        assert_eq!(unescaped("%E5%8D%B0%"), "印%");
        assert_eq!(unescaped("%zz%4"), "%zz%4");
    }
}
