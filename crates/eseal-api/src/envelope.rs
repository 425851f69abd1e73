//! Envelopes of requests and answers (请求与响应信封), and what answers about lists have in common.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{ErrorCode, FieldError, Language};

/// 请求: `{"reqId":…,"content":{…}}`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestEnvelope {
    /// 请求编号: 1–64 of `[A-Za-z0-9._-]`; the server makes one if it is missing.
    pub req_id: Option<String>,
    /// The fields of the function.
    pub content: Value,
}

/// 响应: `{"code":200,"msg":"成功","reqId":…,"data":{…}}`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResponseEnvelope {
    /// 返回码.
    pub code: ErrorCode,
    /// 返回信息.
    pub msg: String,
    /// 请求编号.
    pub req_id: String,
    /// The result; for errors [`ErrorData`].
    #[schema(value_type = Object)]
    pub data: Value,
}

/// `data` of an error.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorData {
    /// What to do.
    pub hint: String,
    /// JSON pointer into `content`, if a field is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Longest reqId.
pub const REQ_ID_CHARS: usize = 64;

/// True for 1–64 of `[A-Za-z0-9._-]`.
#[must_use]
pub fn is_req_id(text: &str) -> bool {
    (1..=REQ_ID_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// How one entry of a list fared (条目结果).
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, ToSchema)]
pub struct EntryStatus {
    /// 返回码 of the entry.
    pub code: ErrorCode,
    /// 返回信息 of the entry.
    pub msg: String,
    /// What to do, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// JSON pointer into `content`, if a field is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl EntryStatus {
    /// The entry was carried out.
    #[must_use]
    pub fn success(language: Language) -> Self {
        Self { code: ErrorCode::Success, msg: ErrorCode::Success.message(language).into(), hint: None, field: None }
    }

    /// The entry failed; `field` names what was at fault.
    #[must_use]
    pub fn failed(code: ErrorCode, field: Option<String>, language: Language) -> Self {
        Self { code, msg: code.message(language).into(), hint: Some(code.hint(language).into()), field }
    }

    /// The entry could not be read.
    #[must_use]
    pub fn unreadable(error: &FieldError, language: Language) -> Self {
        Self { hint: Some(error.hint(language)), ..Self::failed(error.code(), Some(error.pointer.clone()), language) }
    }
}

/// An answer that may be a list with a status for each entry.
pub trait Overall {
    /// The status of every entry; nothing if the answer is no list.
    fn statuses(&self) -> Vec<&EntryStatus> {
        Vec::new()
    }

    /// 200 if all entries succeeded, their code if all failed alike, else 20700.
    fn overall(&self) -> ErrorCode {
        let statuses = self.statuses();
        let mut codes = statuses.iter().map(|status| status.code);
        match codes.next() {
            None => ErrorCode::Success,
            Some(first) if codes.all(|code| code == first) => first,
            Some(_) => ErrorCode::PartialSuccess,
        }
    }
}

/// Declares answers that are no list, or lists in one field of entries with a `status`.
macro_rules! overall {
    ($($type:ty $(: $list:ident)?;)*) => {$(
        impl crate::Overall for $type {
            $(fn statuses(&self) -> Vec<&crate::EntryStatus> {
                self.$list.iter().map(|entry| &entry.status).collect()
            })?
        }
    )*};
}
pub(crate) use overall;
