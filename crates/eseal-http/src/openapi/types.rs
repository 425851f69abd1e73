//! Types of requests and answers (类型表), one line an interface, and their schemas.

use std::{borrow::Cow, collections::BTreeMap};

use eseal_api::{Function, mobile};
use serde_json::{Value, json};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

/// Schemas by name.
#[derive(Default)]
pub(super) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// Adds a type and all that it refers to; gives a reference to it.
    pub(super) fn add<T: ToSchema>(&mut self) -> Value {
        self.add_with::<T>(|schema| schema)
    }

    /// Adds the type of a request: what may be left out there is not required.
    fn add_request<T: ToSchema>(&mut self) -> Value {
        self.add_with::<T>(without_required_booleans)
    }

    fn add_with<T: ToSchema>(&mut self, change: fn(Value) -> Value) -> Value {
        let name: Cow<'static, str> = T::name();
        let mut found = vec![(name.to_string(), T::schema())];
        T::schemas(&mut found);
        self.0.extend(found.into_iter().map(|(name, schema): (String, RefOr<Schema>)| (name, change(json!(schema)))));
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// All of them, as OpenAPI has them.
    pub(super) fn into_value(self) -> Value {
        self.0.into_iter().collect::<serde_json::Map<_, _>>().into()
    }
}

/// A boolean that a request leaves out is false.
fn without_required_booleans(mut schema: Value) -> Value {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        for part in parts {
            *part = without_required_booleans(part.take());
        }
    }
    let is_boolean = |schema: &Value, name: &str| schema["properties"][name]["type"] == "boolean";
    if let Some(required) = schema.get("required").and_then(Value::as_array) {
        let kept: Vec<Value> = required
            .iter()
            .filter(|name| !name.as_str().is_some_and(|name| is_boolean(&schema, name)))
            .cloned()
            .collect();
        schema["required"] = kept.into();
    }
    schema
}

macro_rules! types {
    ($($function:ident => $answer:ident;)*) => {
        /// References to the types of `content` and `data`.
        pub(super) fn of_function(function: Function, schemas: &mut Schemas) -> (Value, Value) {
            match function {
                $(Function::$function => (schemas.add_request::<eseal_api::$function>(), schemas.add::<eseal_api::$answer>()),)*
            }
        }
    };
}

types! {
    GetSealList => GetSealListResult;
    ConvertFile => ConvertFileResult;
    MakeSealImage => MakeSealImageResult;
    GetLoginQrCode => GetLoginQrCodeResult;
    GetLoginQrStatus => GetLoginQrStatusResult;
    GetUsbKeyChallenge => GetUsbKeyChallengeResult;
    LoginByUsbKey => LoginByUsbKeyResult;
    GenerateDigest => GenerateDigestResult;
    SignDigestByMobile => SignDigestByMobileResult;
    GetSignTask => GetSignTaskResult;
    SignDigestByUsbKey => SignDigestByUsbKeyResult;
    SignDigestByServer => SignDigestByServerResult;
    ComposeSignature => ComposeSignatureResult;
    VerifyFile => VerifyFileResult;
    VerifySeal => VerifySealResult;
    UploadFile => StoredFile;
    SignFile => SignFileResult;
    DownloadFile => DownloadFileResult;
}

/// An act of the phone's own protocol: name, Chinese, English, types of `content` and `data`.
pub(super) type PhoneAct = (&'static str, &'static str, &'static str, Value, Value);

/// The phone's own protocol.
pub(super) fn of_phone(schemas: &mut Schemas) -> Vec<PhoneAct> {
    let s = schemas;
    vec![
        ("enrol", "登记手机", "enrol a phone", s.add_request::<mobile::Enrol>(), s.add::<mobile::EnrolResult>()),
        ("scan", "扫码", "scan a code", s.add_request::<mobile::Scan>(), s.add::<mobile::ScanResult>()),
        ("confirm", "确认", "confirm", s.add_request::<mobile::Confirm>(), s.add::<mobile::ConfirmResult>()),
        ("refuse", "拒绝", "refuse", s.add_request::<mobile::Refuse>(), s.add::<mobile::RefuseResult>()),
        (
            "mySeals",
            "我的印章",
            "seals on this phone",
            s.add_request::<mobile::MySeals>(),
            s.add::<mobile::MySealsResult>(),
        ),
        (
            "history",
            "用章记录",
            "what this phone did",
            s.add_request::<mobile::History>(),
            s.add::<mobile::HistoryResult>(),
        ),
    ]
}
