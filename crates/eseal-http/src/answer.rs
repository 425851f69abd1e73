//! The answer envelope `{"code":…,"msg":…,"reqId":…,"data":{…}}` (响应信封): every answer but streamed bytes is one.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use eseal_api::{ErrorCode, ErrorData, Language, Overall, ResponseEnvelope};
use eseal_service::{Caller, Error};
use serde::Serialize;
use serde_json::{Value, json};

/// What an answer needs to know of its request.
#[derive(Clone, Debug)]
pub(crate) struct Addressee {
    /// 请求编号.
    pub(crate) req_id: String,
    /// Language of messages.
    pub(crate) language: Language,
}

/// Carried beside a response for the access log.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) req_id: String,
    pub(crate) code: ErrorCode,
}

/// A finished result: its code and `data`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) code: ErrorCode,
    pub(crate) data: Value,
}

impl Outcome {
    /// The code of a list comes from its entries; if they all failed, `data` says what to do as any error does.
    pub(crate) fn of<T: Serialize + Overall>(result: &T) -> Result<Self, Error> {
        let code = result.overall();
        let mut data = serde_json::to_value(result).map_err(|error| Error::Internal(error.to_string()))?;
        if !code.is_success() && code != ErrorCode::PartialSuccess {
            let failed = result.statuses().into_iter().next();
            if let (Some(status), Value::Object(members)) = (failed, &mut data) {
                members.insert("hint".into(), json!(status.hint));
                if let Some(field) = &status.field {
                    members.insert("field".into(), json!(field));
                }
            }
        }
        Ok(Self { code, data })
    }
}

impl Addressee {
    /// Whoever asked.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self { req_id: caller.req_id.clone(), language: caller.language }
    }

    /// Answers with a result.
    pub(crate) fn answer(&self, outcome: Outcome) -> Response<Body> {
        self.envelope(outcome.code, outcome.data)
    }

    /// Answers with an error; what is our fault is logged here, once.
    pub(crate) fn refuse(&self, error: &Error) -> Response<Body> {
        let code = error.code();
        if code.http_status() >= 500 {
            tracing::error!(req.id = %self.req_id, code = code.number(), %error, "Could not answer request {}", self.req_id);
        }
        // Other names than pointers into `content` are those of headers: the hint speaks of them.
        let field = error.field().filter(|field| field.starts_with('/')).map(str::to_owned);
        let data = ErrorData { hint: error.hint(self.language), field };
        let mut response = self.envelope(code, json!(data));
        if let Error::TooManyRequests { retry_after } = error.kind() {
            let seconds = retry_after.as_secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn envelope(&self, code: ErrorCode, data: Value) -> Response<Body> {
        let msg = code.message(self.language).to_owned();
        let envelope = ResponseEnvelope { code, msg, req_id: self.req_id.clone(), data };
        let body = serde_json::to_vec(&envelope).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(Answered { req_id: self.req_id.clone(), code });
        response
    }
}
