//! Reports as files, and the same bytes wherever a report is JSON.

use std::path::Path;

use eseal_service::verification::content_security_policy;
use serde_json::json;

use crate::world::{Call, OTHER_SYSTEM, World, base64, form};

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/made").join(name)).unwrap()
}

async fn upload(world: &World, name: &str, bytes: &[u8]) -> String {
    let call = form("/api/v1/files", &[("title", "合同".as_bytes()), ("file", bytes)]);
    let answer = world.send(call.header("x-eseal-req-id", format!("up-{name}")).signed()).await;
    answer.json()["data"]["fileId"].as_str().unwrap_or_else(|| panic!("{}", answer.line())).to_owned()
}

#[tokio::test]
async fn json_is_byte_for_byte_what_the_command_line_prints() {
    let world = World::new().await;
    for name in ["sealed.pdf", "sealed.ofd", "text-changed.ofd", "later-change.pdf", "plain.pdf"] {
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("../eseal-report/tests/expected");
        let expected = std::fs::read_to_string(expected.join(format!("{name}.json"))).unwrap();
        let bytes = sample(name);
        let content = json!({"file": {"fileB64": base64(&bytes)}, "level": "full"});
        let answer = world.send(Call::numbered("verify/verifyFile", &format!("v-{name}"), content).signed()).await;
        let body = String::from_utf8(answer.body.to_vec()).unwrap();
        let data = body.split_once("\"data\":").unwrap().1.strip_suffix('}').unwrap();
        assert_eq!(data, expected, "{name}: data of 4-1");
        let id = upload(&world, name, &bytes).await;
        let target = format!("/api/v1/files/{id}/report?format=json");
        let answer = world.send(Call::get(&target).signed()).await;
        assert_eq!(String::from_utf8(answer.body.to_vec()).unwrap(), expected, "{name}: the report's file");
    }
}

#[tokio::test]
async fn seals_are_judged_in_the_words_of_the_command_line() {
    let world = World::new().await;
    for name in ["seal-digest.esl", "seal-flipped.esl", "seal-unknown-maker.esl"] {
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("../eseal-report/tests/expected");
        let expected = std::fs::read_to_string(expected.join(format!("{name}.json"))).unwrap();
        let content = json!({"sealData": base64(&sample(name))});
        let answer = world.send(Call::numbered("verify/verifySeal", &format!("s-{name}"), content).signed()).await;
        let body = String::from_utf8(answer.body.to_vec()).unwrap();
        let data = body.split_once("\"data\":").unwrap().1.strip_suffix('}').unwrap();
        assert_eq!(data, expected, "{name}");
    }
}

#[tokio::test]
async fn a_file_is_judged_again_under_another_policy_and_time() {
    let world = World::new().await;
    for name in ["revoked-after.pdf", "revoked-after.ofd"] {
        let id = upload(&world, name, &sample(name)).await;
        for (query, conclusion) in [
            ("&policy=gbt38540-claimed-time", "VALID"),
            ("&policy=default", "INDETERMINATE"),
            ("&policy=gbt38540-claimed-time&at=2036-11-24T08%3A00%3A00Z", "VALID"),
            ("&policy=default&at=2036-11-24T08%3A00%3A00Z", "INDETERMINATE"),
            ("&policy=gbt38540-claimed-time", "VALID"),
        ] {
            let report = |form: &str| Call::get(&format!("/api/v1/files/{id}/report?format={form}{query}"));
            let judged = world.send(report("json").signed()).await;
            let judged: serde_json::Value = serde_json::from_slice(&judged.body).unwrap();
            assert_eq!(judged["conclusion"], conclusion, "{name} {query}: {}", judged["summary"]);
            let says_expired = judged["summary"].as_str().unwrap().contains("印章现已过期");
            assert_eq!(says_expired, query.contains("2036") && conclusion == "VALID", "{}", judged["summary"]);
            // What was judged is kept with its policy, and judged again by it.
            let archive = world.send(report("archive").signed()).await.body.to_vec();
            let checked =
                eseal_report::check_archive(std::sync::Arc::new(archive), None, &eseal::Limits::default()).unwrap();
            assert!(checked.is_confirmed(), "{name} {query}: {checked:?}");
        }
    }
}

#[tokio::test]
async fn people_get_html_and_pdf_in_their_language() {
    let world = World::new().await;
    let id = upload(&world, "sealed", &sample("sealed.pdf")).await;
    let target = format!("/api/v1/files/{id}/report");
    for (query, accept, language, kind, begin) in [
        ("?format=html", "*/*", "zh", "text/html;charset=utf-8", "<!DOCTYPE html>\n<html lang=\"zh-CN\">"),
        ("?format=html&lang=en", "*/*", "zh", "text/html;charset=utf-8", "<!DOCTYPE html>\n<html lang=\"en\">"),
        ("", "text/html", "en", "text/html;charset=utf-8", "<!DOCTYPE html>\n<html lang=\"en\">"),
        ("?format=pdf", "*/*", "zh", "application/pdf", "%PDF-"),
        ("", "application/pdf", "zh", "application/pdf", "%PDF-"),
        ("", "*/*", "zh", "application/json;charset=utf-8", "{\"conclusion\":"),
    ] {
        let call = Call::get(&format!("{target}{query}")).header("accept", accept).header("accept-language", language);
        let answer = world.send(call.signed()).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{query}");
        assert!(answer.body.starts_with(begin.as_bytes()), "{query}");
        if kind.starts_with("text/html") {
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with(&content_security_policy()) && policy.ends_with("sandbox"), "{policy}");
        }
    }
    let archive = world.send(Call::get(&format!("{target}?format=archive")).signed()).await;
    assert_eq!((archive.status, archive.header("content-type")), (200, "application/zip"));
    let checked =
        eseal_report::check_archive(std::sync::Arc::new(archive.body.to_vec()), None, &eseal::Limits::default())
            .unwrap();
    assert!(checked.is_confirmed(), "{checked:?}");
    let keys = world.send(Call::get("/api/v1/public/keys").unsigned()).await;
    let log =
        keys.json()["data"]["keys"].as_array().unwrap().iter().find(|key| key["purpose"] == "log").unwrap().clone();
    let key_id = log["keyId"].as_str().unwrap().to_owned();
    assert_eq!(checked.signature, eseal_report::ArchiveSignature::Good { key_id });
    for (query, code, field) in [
        ("?format=docx", 40002, "/format"),
        ("?format=html&lang=fr", 40002, "/lang"),
        ("?lang=fr", 40002, "/lang"),
        ("?format=pdf&at=yesterday", 40002, "/at"),
        ("?format=pdf&policy=none", 40002, "/policy"),
    ] {
        let answer = world.send(Call::get(&format!("{target}{query}")).signed()).await;
        assert_eq!((answer.code(), answer.json()["data"]["field"].as_str()), (code, Some(field)), "{query}");
    }
    let at = format!("{target}?format=json&at=2036-11-24T08%3A00%3A00Z&policy=default");
    assert!(world.send(Call::get(&at).signed()).await.line().contains("INDETERMINATE"));
}

#[tokio::test]
async fn a_report_is_for_whoever_may_have_the_file() {
    let world = World::new().await;
    let id = upload(&world, "sealed", &sample("sealed.pdf")).await;
    let call = || Call::get(&format!("/api/v1/files/{id}/report?format=html"));
    assert_eq!(world.send(call().unsigned()).await.code(), 40101);
    assert_eq!(world.send(call().with(|call| call.system = OTHER_SYSTEM.into()).signed()).await.code(), 40403);
    let unknown = Call::get(&format!("/api/v1/files/{}/report", "0".repeat(32)));
    assert_eq!(world.send(unknown.signed()).await.code(), 40403);
}

#[tokio::test]
async fn anyone_gets_a_page_about_the_file_that_was_sent() {
    let world = World::new().await;
    let file = sample("sealed.pdf");
    let ask = |query: &str| form(&format!("/api/v1/public/verifyFile{query}"), &[("file", &file)]);
    let page = world.send(ask("?format=html&lang=zh").unsigned()).await;
    let html = String::from_utf8(page.body.to_vec()).unwrap();
    assert_eq!(page.status, 200, "{html}");
    assert!(html.contains("公开验证") && !html.contains("alt=\"印章图像\""));
    assert!(world.send(ask("?format=pdf").unsigned()).await.body.starts_with(b"%PDF-"));
    assert_eq!(world.send(ask("?format=archive").unsigned()).await.code(), 40002);
    assert_eq!(world.send(ask("?format=exe").unsigned()).await.code(), 40002);
    assert_eq!(world.send(ask("").unsigned()).await.code(), 200, "the contract's answer as before");
}
