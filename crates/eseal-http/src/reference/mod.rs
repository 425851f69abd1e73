//! `GET /docs` (接口参考): one page that needs nothing else, made from the tables and types of `eseal-api` and `eseal`.
//!
//! Both languages are on the page; a switch made of CSS alone shows one of them.

mod schema;
mod tables;

use std::{fmt::Write, sync::LazyLock};

use bytes::Bytes;
use eseal_api::{Effect, Function, Language};
use serde_json::Value;

use crate::openapi::DOCUMENT;

/// The categories of chapter 6.
const CATEGORIES: [(&str, &str, &str); 5] = [
    ("basic", "基础功能", "Basic functions"),
    ("login", "系统登录", "Login"),
    ("sign", "通用签章", "General signing"),
    ("verify", "验章", "Verification"),
    ("central", "集中签章", "Centralized signing"),
];

/// Paths beside the interfaces: tag, Chinese, English.
const BESIDE: [(&str, &str, &str); 3] = [
    ("files", "文件与任务", "Files and tasks"),
    ("public", "公开服务", "For anyone"),
    ("mobile", "手机协议", "The phone's protocol"),
];

/// The page, beginning with that language.
pub(crate) fn page(language: Language) -> Bytes {
    static CHINESE: LazyLock<Bytes> = LazyLock::new(|| render(Language::Chinese).into());
    static ENGLISH: LazyLock<Bytes> = LazyLock::new(|| render(Language::English).into());
    match language {
        Language::Chinese => CHINESE.clone(),
        Language::English => ENGLISH.clone(),
    }
}

fn render(language: Language) -> String {
    let checked = |own: Language| if own == language { " checked" } else { "" };
    let (zh, en) = (checked(Language::Chinese), checked(Language::English));
    let title = "电子印章应用服务接口";
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n\
         <input type=\"radio\" name=\"language\" id=\"zh\"{zh}><input type=\"radio\" name=\"language\" id=\"en\"{en}>\n\
         <header><div><h1>{}</h1><p>DB4403/T 383.4—2023 · v{}</p></div>\
         <nav class=\"language\"><label for=\"zh\">中文</label><label for=\"en\">English</label></nav></header>\n<div class=\"page\">\n",
        language.choose("zh", "en"),
        include_str!("style.css"),
        both(title, "Electronic seal application services"),
        env!("CARGO_PKG_VERSION"),
    );
    contents(&mut html);
    html.push_str("<main>\n");
    html.push_str(include_str!("conventions.html"));
    for (category, zh, en) in CATEGORIES {
        heading(&mut html, category, zh, en);
        for &function in Function::ALL.iter().filter(|function| function.path().starts_with(&format!("{category}/"))) {
            interface(&mut html, function);
        }
    }
    for (tag, zh, en) in BESIDE {
        heading(&mut html, tag, zh, en);
        for (method, path, operation) in operations(tag) {
            beside(&mut html, method, path, operation);
        }
    }
    schema::structures(&mut html);
    tables::appendices(&mut html);
    html.push_str("</main>\n</div>\n</body>\n</html>\n");
    html
}

/// The list on the left.
fn contents(html: &mut String) {
    html.push_str("<aside><nav><ul>\n");
    entry(html, "conventions", &both("约定", "Conventions"));
    for (category, zh, en) in CATEGORIES {
        entry(html, category, &both(zh, en));
        html.push_str("<ul>");
        for function in Function::ALL.iter().filter(|function| function.path().starts_with(&format!("{category}/"))) {
            let (_, name) = split(function.path());
            entry(html, name, &format!("<code>{name}</code>"));
        }
        html.push_str("</ul>\n");
    }
    for (tag, zh, en) in BESIDE {
        entry(html, tag, &both(zh, en));
    }
    for (id, zh, en) in [
        ("structures", "数据结构", "Structures"),
        ("appendix-a", "附录 A 代码表", "Appendix A: tables"),
        ("appendix-b", "附录 B 返回码", "Appendix B: codes"),
        ("checks", "检查项", "Checks"),
    ] {
        entry(html, id, &both(zh, en));
    }
    html.push_str("</ul></nav></aside>\n");
}

fn entry(html: &mut String, id: &str, text: &str) {
    put(html, format_args!("<li><a href=\"#{id}\">{text}</a></li>\n"));
}

fn interface(html: &mut String, function: Function) {
    let (_, name) = split(function.path());
    let path = format!("/api/v1/{}", function.path());
    let operation = &DOCUMENT["paths"][&path]["post"];
    let title = both(
        &format!("{} {}", function.number(), function.zh()),
        &format!("{} {}", function.number(), capital(function.en())),
    );
    put(
        html,
        format_args!(
            "<section id=\"{name}\"><h3>{title} <code>{name}</code></h3>\n<p class=\"path\"><b>POST</b> {path}</p>\n"
        ),
    );
    html.push_str(&match function.effect() {
        Effect::Creates => note(
            "以相同 reqId 重发时返回首次的结果，不会重复执行。",
            "Sent again under the same reqId, it answers what was done first.",
        ),
        Effect::Reads => note("以相同 reqId 重发时重新执行。", "Sent again under the same reqId, it runs again."),
    });
    body_of(html, operation);
    html.push_str("</section>\n");
}

fn beside(html: &mut String, method: &str, path: &str, operation: &Value) {
    let id = operation["operationId"].as_str().unwrap_or_default();
    let (zh, en) = (text(operation, "summary"), text(operation, "description"));
    let (title, method) = (both(&escape(zh), &capital(&escape(en))), method.to_ascii_uppercase());
    put(
        html,
        format_args!("<section id=\"{id}\"><h3>{title}</h3>\n<p class=\"path\"><b>{method}</b> {}</p>\n", escape(path)),
    );
    schema::parameters(html, operation);
    body_of(html, operation);
    html.push_str("</section>\n");
}

/// Tables of what goes in and what comes out.
fn body_of(html: &mut String, operation: &Value) {
    let request = &operation["requestBody"]["content"];
    let content = &request["application/json"]["schema"]["properties"]["content"];
    if content.is_object() {
        html.push_str(&format!("<h4>content</h4>\n{}", schema::fields(content)));
    }
    let form = &request["multipart/form-data"]["schema"];
    if form.is_object() {
        html.push_str(&format!("<h4>multipart/form-data</h4>\n{}", schema::fields(form)));
    }
    let answer = &operation["responses"]["200"]["content"];
    let data = &answer["application/json"]["schema"]["properties"]["data"];
    if data.is_object() {
        html.push_str(&format!("<h4>data</h4>\n{}", schema::fields(data)));
    }
    for kind in ["application/octet-stream", "text/event-stream"] {
        if answer[kind].is_object() {
            put(html, format_args!("<p><code>Accept: {kind}</code></p>\n"));
        }
    }
    if content.is_object() {
        schema::example(html, content, data);
    }
}

/// Operations with this tag: method, path, operation.
fn operations(tag: &str) -> Vec<(&'static str, &'static str, &'static Value)> {
    let mut found = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation["tags"][0] == tag {
                found.push((method.as_str(), path.as_str(), operation));
            }
        }
    }
    found
}

fn heading(html: &mut String, id: &str, zh: &str, en: &str) {
    put(html, format_args!("<h2 id=\"{id}\">{}</h2>\n", both(zh, en)));
}

fn note(zh: &str, en: &str) -> String {
    format!("<p class=\"note\">{}</p>\n", both(zh, en))
}

/// A text in both languages, one of which is shown.
fn both(zh: &str, en: &str) -> String {
    if zh == en { zh.to_owned() } else { format!("<span lang=\"zh\">{zh}</span><span lang=\"en\">{en}</span>") }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn split(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or(("", path))
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Appends; writing into a string cannot fail.
fn put(html: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = html.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_code_check_and_table_is_on_the_page() {
        let page = String::from_utf8(page(Language::Chinese).to_vec()).unwrap();
        for function in Function::ALL {
            assert!(page.contains(&format!("/api/v1/{}<", function.path())), "{}", function.path());
        }
        for code in eseal_api::ErrorCode::ALL {
            assert!(page.contains(&format!(">{}<", code.number())), "{}", code.number());
        }
        for (_, name, _) in eseal::CheckCode::ALL {
            assert!(page.contains(&format!(">{name}<")), "{name}");
        }
        for word in ["法定名称章", "港澳居民来往内地通行证", "已扫码待确认", "X-Eseal-Content-SM3", "eval"]
        {
            assert_eq!(page.contains(word), word != "eval", "{word}");
        }
    }

    #[test]
    fn the_page_loads_nothing_and_every_link_has_its_target() {
        let page = String::from_utf8(page(Language::English).to_vec()).unwrap();
        for word in ["<script", "src=", "url(", "<link", "@import"] {
            assert!(!page.contains(word), "{word}");
        }
        for part in page.split("href=\"").skip(1) {
            let target = part.split('"').next().unwrap();
            let id = target.strip_prefix('#').expect("links stay on the page");
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
    }

    #[test]
    fn identifiers_on_the_page_are_unique() {
        let page = String::from_utf8(page(Language::English).to_vec()).unwrap();
        let mut ids: Vec<_> = page.split(" id=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
