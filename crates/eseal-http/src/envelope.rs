//! The request envelope `{"reqId":…,"content":{…}}` (请求信封).

use eseal_service::Error;
use serde_json::{Map, Value};

use crate::req_id::{find_req_id, req_id};

/// A request as it was read.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// 请求编号, if the caller gave one.
    pub(crate) req_id: Option<String>,
    /// The fields of the function.
    pub(crate) content: Value,
}

/// Why a body is no envelope, with the reqId as far as it could be found.
#[derive(Debug)]
pub(crate) struct NoEnvelope {
    pub(crate) req_id: Option<String>,
    pub(crate) error: Error,
}

impl Envelope {
    /// Reads a body whose JSON may nest `depth` levels.
    pub(crate) fn parse(body: &[u8], depth: usize) -> Result<Self, NoEnvelope> {
        let wrong = |req_id: Option<String>, problem: &str| NoEnvelope {
            req_id,
            error: Error::InvalidEnvelope { problem: problem.into() },
        };
        // serde_json stops at 128 levels by itself, before its recursion could hurt.
        let value = serde_json::from_slice::<Value>(body).map_err(|error| {
            let problem = format!("line {}, column {}", error.line(), error.column());
            wrong(find_req_id(body), &problem)
        })?;
        let Value::Object(mut members) = value else {
            return Err(wrong(None, "not an object"));
        };
        let found = req_id_of(&members);
        let Ok(req_id) = found else {
            return Err(wrong(None, "reqId is not 1 to 64 of [A-Za-z0-9._-]"));
        };
        match members.remove("content") {
            Some(content) if !content.is_object() => Err(wrong(req_id, "content is not an object")),
            Some(content) if nests_deeper(&content, depth) => Err(wrong(req_id, "nested too deeply")),
            Some(content) => Ok(Self { req_id, content }),
            None => Err(wrong(req_id, "no content")),
        }
    }
}

/// The reqId, nothing if there is none, an error if it is malformed.
fn req_id_of(members: &Map<String, Value>) -> Result<Option<String>, ()> {
    match members.get("reqId") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => req_id(text.as_bytes()).map(Some).ok_or(()),
        Some(_) => Err(()),
    }
}

fn nests_deeper(value: &Value, depth: usize) -> bool {
    let Some(below) = depth.checked_sub(1) else { return true };
    match value {
        Value::Array(entries) => entries.iter().any(|entry| nests_deeper(entry, below)),
        Value::Object(members) => members.values().any(|member| nests_deeper(member, below)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_may_lack_its_req_id() {
        let found = Envelope::parse(br#"{"content":{"a":1}}"#, 64).unwrap();
        assert_eq!(found.req_id, None);
        let found = Envelope::parse(br#"{"reqId":"r-1","content":{}}"#, 64).unwrap();
        assert_eq!(found.req_id.as_deref(), Some("r-1"));
    }

    #[test]
    fn what_is_no_envelope_is_refused_with_the_req_id_if_it_can_be_read() {
        let deep = format!(r#"{{"reqId":"x","content":{{"a":{}1{}}}}}"#, "[".repeat(70), "]".repeat(70));
        let very_deep = "[".repeat(100_000);
        for (body, req_id) in [
            (&b""[..], None),
            (b"[1]", None),
            (b"null", None),
            (br#"{"reqId":"x","content":"#, Some("x")),
            (br#"{"reqId":"x","content":[]}"#, Some("x")),
            (br#"{"reqId":"x"}"#, Some("x")),
            (br#"{"reqId":7,"content":{}}"#, None),
            (b"{\"reqId\":\"x\",\"content\":{\"a\":\"\xff\xfe\"}}", Some("x")),
            (deep.as_bytes(), Some("x")),
            (very_deep.as_bytes(), None),
        ] {
            let refused = Envelope::parse(body, 64).unwrap_err();
            assert_eq!(refused.req_id.as_deref(), req_id, "{:?}", String::from_utf8_lossy(body));
            assert!(matches!(refused.error, Error::InvalidEnvelope { .. }));
        }
    }
}
