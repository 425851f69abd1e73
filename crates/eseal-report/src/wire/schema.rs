//! The JSON Schema of reports (报告的 JSON Schema), made of the types that are serialised.

use eseal::{CheckCode, Conclusion, Outcome, Recognised, SignatureKind, SubIndication};
use eseal_api::{VerifyFileResult, VerifySealResult};
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

/// JSON Schema (2020-12) of the answers of 4-1 and 4-2, with every code that may stand in them.
#[must_use]
pub fn report_schema() -> Value {
    let mut found = vec![
        ("VerifyFileResult".to_owned(), VerifyFileResult::schema()),
        ("VerifySealResult".to_owned(), VerifySealResult::schema()),
    ];
    VerifyFileResult::schemas(&mut found);
    VerifySealResult::schemas(&mut found);
    let mut definitions = Map::new();
    for (name, schema) in found {
        let mut schema = serde_json::to_value(schema).unwrap_or_default();
        point_to_definitions(&mut schema);
        restrict(&name, &mut schema);
        definitions.insert(name, schema);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "验证报告 Verification report",
        "description": "data of interface 4-1; eseal verify --json prints the same bytes at level full",
        "$ref": "#/$defs/VerifyFileResult",
        "$defs": definitions,
    })
}

/// References of OpenAPI as references within one schema.
fn point_to_definitions(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(point_to_definitions),
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get_mut("$ref") {
                *target = target.replace("#/components/schemas/", "#/$defs/");
            }
            members.values_mut().for_each(point_to_definitions);
        }
        _ => {}
    }
}

/// Says which words a member may be; the types carry them as text.
fn restrict(name: &str, schema: &mut Value) {
    let codes: Vec<&str> = CheckCode::ALL.iter().map(|(_, name, _)| *name).collect();
    let subs: Vec<&str> = SubIndication::ALL.iter().map(|sub| sub.as_str()).collect();
    let conclusions = [Conclusion::Valid, Conclusion::Invalid, Conclusion::Indeterminate].map(Conclusion::as_str);
    let outcomes = [Outcome::Passed, Outcome::Failed, Outcome::Unknown].map(Outcome::as_str);
    let recognised = [Recognised::Issuer, Recognised::Partner, Recognised::Unknown].map(Recognised::as_str);
    let kinds = [
        SignatureKind::Gbt38540,
        SignatureKind::Gmt0031V1,
        SignatureKind::Gmt0031V5,
        SignatureKind::CmsSm2,
        SignatureKind::Cms,
        SignatureKind::Sm2Raw,
        SignatureKind::Unknown,
    ]
    .map(SignatureKind::as_str);
    let mut set = |member: &str, words: Value| {
        if let Some(property) = schema.pointer_mut(&format!("/properties/{member}")).and_then(Value::as_object_mut) {
            let nullable = property.get("type").is_some_and(Value::is_array);
            let mut words = words.as_array().cloned().unwrap_or_default();
            if nullable {
                words.push(Value::Null);
            }
            property.insert("enum".into(), Value::Array(words));
        }
    };
    set("conclusion", json!(conclusions));
    set("subIndication", json!(subs));
    match name {
        "CheckInfo" => {
            set("code", json!(codes));
            set("outcome", json!(outcomes));
        }
        "VerifyResult" => {
            set("kind", json!(kinds));
            set("recognised", json!(recognised));
            set("timeSource", json!(["claimed", "timestamp"]));
        }
        _ => {}
    }
}
