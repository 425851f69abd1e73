//! Pages beside the interfaces, and what foreign judges say of the description.

use std::process::Command;

use eseal_api::Function;

use crate::world::{Call, World};

#[tokio::test]
async fn health_and_metrics_answer_everyone() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        let answer = world.send(Call::get(path).unsigned()).await;
        assert_eq!((answer.status, &answer.body[..]), (200, &b"ok\n"[..]));
    }
    let metrics = world.send(Call::get("/metrics").unsigned()).await;
    let text = String::from_utf8(metrics.body.to_vec()).unwrap();
    assert!(text.contains("eseal_http_answers_total{route=\"/healthz\",code=\"200\"}"), "{text}");
}

#[tokio::test]
async fn the_reference_page_speaks_the_readers_language() {
    let world = World::new().await;
    for (language, first) in [("", "lang=\"zh\""), ("en-US,en;q=0.9", "lang=\"en\"")] {
        let answer = world.send(Call::get("/docs").header("accept-language", language).unsigned()).await;
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        assert_eq!(answer.header("content-type"), "text/html;charset=utf-8");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'; style-src 'unsafe-inline'"));
        assert!(text.starts_with(&format!("<!DOCTYPE html>\n<html {first}>")));
    }
}

#[tokio::test]
async fn the_description_names_every_function_and_only_what_is_served() {
    let world = World::new().await;
    let document = world.send(Call::get("/openapi.json").unsigned()).await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for function in Function::ALL {
        assert!(document["paths"][format!("/api/v1/{}", function.path())]["post"].is_object(), "{}", function.path());
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        let target = path.replace("{fileId}", "0").replace("{taskId}", "0");
        for method in item.as_object().unwrap().keys() {
            let method = method.to_ascii_uppercase().parse().unwrap();
            let answer = world.send(Call::new(method, &target, "{}").unsigned()).await;
            assert_ne!((answer.status, answer.line().contains("40400")), (404, true), "{path}");
        }
    }
}

#[test]
fn a_foreign_judge_accepts_the_description() {
    let at_hand = Command::new("python3").args(["-c", "import openapi_spec_validator"]).output();
    if !at_hand.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: openapi-spec-validator is absent");
        return;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), eseal_http::openapi_document().to_string()).unwrap();
    let output = Command::new("python3").args(["-m", "openapi_spec_validator"]).arg(file.path()).output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
