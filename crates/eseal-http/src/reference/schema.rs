//! Schemas as tables and examples (数据结构).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{both, escape, heading, put, text};
use crate::openapi::DOCUMENT;

/// Levels of an example: deeper ones say what is there by the name of its structure.
const EXAMPLE_DEPTH: usize = 4;

/// A field of an object.
struct Row<'a> {
    name: &'a str,
    schema: &'a Value,
    required: bool,
}

/// A table of the fields of a schema; alternatives one after another.
pub(super) fn fields(schema: &Value) -> String {
    let alternatives = alternatives(schema);
    let or = format!("<p class=\"or\">{}</p>\n", both("或", "or"));
    alternatives.iter().map(|rows| table(rows)).collect::<Vec<_>>().join(&or)
}

/// Parameters of path, query and head.
pub(super) fn parameters(html: &mut String, operation: &Value) {
    let Some(parameters) = operation["parameters"].as_array() else { return };
    html.push_str("<table>\n");
    for parameter in parameters {
        let required = mark(parameter["required"] == true);
        let (name, place, what) = (text(parameter, "name"), text(parameter, "in"), text(parameter, "description"));
        put(
            html,
            format_args!(
                "<tr><td><code>{name}</code></td><td>{place}</td><td>{required}</td><td>{}</td></tr>\n",
                escape(what)
            ),
        );
    }
    html.push_str("</table>\n");
}

/// All structures that other parts of the page refer to.
pub(super) fn structures(html: &mut String) {
    heading(html, "structures", "数据结构", "Structures");
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().into_iter().flatten() {
        if !is_structure(schema) {
            continue;
        }
        let what = escape(text(schema, "description"));
        put(
            html,
            format_args!(
                "<section id=\"type-{name}\"><h3><code>{name}</code></h3>\n<p>{what}</p>\n{}</section>\n",
                fields(schema)
            ),
        );
    }
}

/// A request and an answer, in a fold.
pub(super) fn example(html: &mut String, content: &Value, data: &Value) {
    let request = json!({ "reqId": "a1b2c3", "content": sample(content, EXAMPLE_DEPTH) });
    let answer = json!({ "code": 200, "msg": "成功", "reqId": "a1b2c3", "data": sample(data, EXAMPLE_DEPTH) });
    let pretty = |value: &Value| escape(&serde_json::to_string_pretty(value).unwrap_or_default());
    put(
        html,
        format_args!(
            "<details><summary>{}</summary>\n<pre>{}</pre>\n<pre>{}</pre>\n</details>\n",
            both("形式示例", "Shape"),
            pretty(&request),
            pretty(&answer)
        ),
    );
}

fn table(rows: &[Row<'_>]) -> String {
    if rows.is_empty() {
        return format!("<p class=\"note\">{}</p>\n", both("无。", "Nothing."));
    }
    let head = format!(
        "<tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>\n",
        both("名称", "Name"),
        both("类型", "Type"),
        both("必填", "Required"),
        both("说明", "Meaning")
    );
    // What is required comes first; parts may name a field twice.
    let mut names = BTreeSet::new();
    let mut rows: Vec<_> = rows.iter().filter(|row| names.insert(row.name)).collect();
    rows.sort_by_key(|row| !row.required);
    let rows: String = rows
        .into_iter()
        .map(|row| {
            format!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escape(row.name),
                kind(row.schema),
                mark(row.required),
                escape(description(row.schema))
            )
        })
        .collect();
    format!("<div class=\"wide\"><table class=\"fields\">\n{head}{rows}</table></div>\n")
}

const fn mark(required: bool) -> &'static str {
    if required { "●" } else { "" }
}

/// What stands beside the field; failing that, what its type says.
fn description(schema: &Value) -> &str {
    let beside = |schema| Some(text(schema, "description")).filter(|text| !text.is_empty());
    let forms = || ["oneOf", "anyOf", "allOf"].iter().filter_map(|several| schema[several].as_array()).flatten();
    let own = beside(schema).or_else(|| forms().find_map(beside));
    own.or_else(|| beside(resolve(schema))).or_else(|| forms().map(resolve).find_map(beside)).unwrap_or_default()
}

/// The fields of each form that a schema allows.
fn alternatives(schema: &Value) -> Vec<Vec<Row<'_>>> {
    let schema = resolve(schema);
    if let Some(parts) = schema["allOf"].as_array() {
        // Every combination of the parts' forms; in practice one part has forms.
        return parts.iter().map(alternatives).fold(vec![Vec::new()], |found, part| {
            found
                .iter()
                .flat_map(|head| part.iter().map(move |tail| copy(head).into_iter().chain(copy(tail)).collect()))
                .collect()
        });
    }
    if let Some(forms) = schema["oneOf"].as_array() {
        return forms.iter().filter(|form| form["type"] != "null").flat_map(alternatives).collect();
    }
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|required| required.iter().any(|found| found == name));
    let properties = schema["properties"].as_object();
    vec![
        properties.into_iter().flatten().map(|(name, schema)| Row { name, schema, required: required(name) }).collect(),
    ]
}

fn copy<'a>(rows: &[Row<'a>]) -> Vec<Row<'a>> {
    rows.iter().map(|row| Row { ..*row }).collect()
}

/// The type in words, with links to structures.
fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        let target = resolve(schema);
        return if is_structure(target) { format!("<a href=\"#type-{name}\">{name}</a>") } else { scalar(target) };
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(forms) = schema[several].as_array() {
            let kinds: Vec<_> = forms.iter().filter(|form| form["type"] != "null").map(kind).collect();
            return kinds.join(" | ");
        }
    }
    if is(schema, "array") { format!("[{}]", kind(&schema["items"])) } else { scalar(schema) }
}

fn scalar(schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values
            .iter()
            .take(4)
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect();
        let more = if schema["enum"].as_array().is_some_and(|all| all.len() > values.len()) { " …" } else { "" };
        return format!("{}{more}", escape(&values.join(" | ")));
    }
    match schema["format"].as_str() {
        Some("byte") => "base64".into(),
        Some("date-time") => both("时间", "time"),
        Some("binary") => both("字节", "bytes"),
        _ if is(schema, "integer") => both("整数", "integer"),
        _ if is(schema, "number") => both("数字", "number"),
        _ if is(schema, "boolean") => both("布尔", "boolean"),
        _ if is(schema, "string") => both("文本", "text"),
        _ => both("对象", "object"),
    }
}

/// True if that is one of the schema's types.
fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|found| found == kind))
}

fn is_structure(schema: &Value) -> bool {
    ["properties", "allOf", "oneOf"].iter().any(|name| !schema[name].is_null())
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn resolve(schema: &Value) -> &Value {
    match reference(schema) {
        Some(name) => &DOCUMENT["components"]["schemas"][name],
        None => schema,
    }
}

/// A value of the shape that a schema describes.
fn sample(schema: &Value, depth: usize) -> Value {
    let target = resolve(schema);
    if let Some(values) = target["enum"].as_array() {
        return values.first().cloned().unwrap_or_default();
    }
    if is(target, "array") {
        return json!([sample(&target["items"], depth)]);
    }
    if is_structure(target) {
        let Some(below) = depth.checked_sub(1) else { return reference(schema).unwrap_or("…").into() };
        let rows = alternatives(target).into_iter().next().unwrap_or_default();
        return rows
            .into_iter()
            .map(|row| (row.name.to_owned(), sample(row.schema, below)))
            .collect::<Map<_, _>>()
            .into();
    }
    match target["format"].as_str() {
        Some("byte") => "base64…".into(),
        Some("date-time") => "2030-01-01T09:00:00+08:00".into(),
        _ if is(target, "integer") => 1.into(),
        _ if is(target, "number") => 20.into(),
        _ if is(target, "boolean") => false.into(),
        _ if is(target, "string") => "…".into(),
        _ => json!({}),
    }
}
