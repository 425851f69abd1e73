//! JSON byte for byte: the tests of HTTP and of the command line compare with the same files.

use std::{path::Path, process::Command};

use eseal_api::{Language, ReportLevel};
use eseal_report::{Reader, Wording, canonical_json, report_schema, report_to_wire, seal_report_to_wire};
use expect_test::expect_file;
use serde_json::Value;

use crate::world::{World, sample};

const SAMPLES: [&str; 5] = ["sealed.pdf", "sealed.ofd", "text-changed.ofd", "later-change.pdf", "plain.pdf"];

/// Seals that no platform of a test has issued.
const SEALS: [&str; 3] = ["seal-digest.esl", "seal-flipped.esl", "seal-unknown-maker.esl"];

fn json(name: &str) -> String {
    let wording = Wording { level: ReportLevel::Full, reader: Reader::System, language: Language::Chinese };
    if name.ends_with(".esl") {
        return canonical_json(&seal_report_to_wire(&World::new().judge_seal(&sample(name)), wording)).unwrap();
    }
    let judged = World::new().judge(&sample(name));
    canonical_json(&report_to_wire(&judged.report, wording)).unwrap()
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    for name in SAMPLES.into_iter().chain(SEALS) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected").join(format!("{name}.json"));
        expect_file![path].assert_eq(&json(name));
    }
}

#[test]
fn the_published_schema_is_the_types_own() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/report.schema.json");
    expect_file![path].assert_eq(&(serde_json::to_string_pretty(&report_schema()).unwrap() + "\n"));
}

#[test]
fn reports_fit_the_schema() {
    let schema = report_schema();
    for name in SAMPLES {
        let report: Value = serde_json::from_str(&json(name)).unwrap();
        let mut faults = Vec::new();
        check(&schema, &schema["$defs"]["VerifyFileResult"], &report, "", &mut faults);
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
}

/// The schema and its arguments: a report must fit, and one that lacks its conclusion must not.
const JSONSCHEMA: &str = r"
import json, sys
import jsonschema
schema, report = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
errors = [error.message for error in validator.iter_errors(report)]
assert not errors, errors
del report['conclusion']
assert not validator.is_valid(report)
";

#[test]
fn an_independent_checker_agrees() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/report.schema.json");
    for name in SAMPLES {
        let report = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected").join(format!("{name}.json"));
        let run = Command::new("python3").args(["-c", JSONSCHEMA]).args([&schema, &report]).output();
        let Ok(output) = run else { return println!("skipped: python3 is absent") };
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("No module named") {
            return println!("skipped: jsonschema is absent");
        }
        assert!(output.status.success(), "{name}: {said}");
    }
}

/// As much of JSON Schema as the types use.
fn check(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(target) = schema["$ref"].as_str() {
        let target = root.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null);
        return check(root, target, value, at, faults);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &Value| {
            let mut found = Vec::new();
            check(root, choice, value, at, &mut found);
            found.is_empty()
        };
        if !choices.iter().any(fits) {
            faults.push(format!("{at}: none of the choices"));
        }
        return;
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        faults.push(format!("{at}: {value} is not listed"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let fits = names.is_empty() || names.contains(&kind) || (kind == "integer" && names.contains(&"number"));
    if !fits {
        faults.push(format!("{at}: {kind} instead of {names:?}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            faults.push(format!("{at}/{name} is missing"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(property) => check(root, property, member, &format!("{at}/{name}"), faults),
            None => faults.push(format!("{at}/{name} is not in the schema")),
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(root, &schema["items"], item, &format!("{at}/{index}"), faults);
    }
}
