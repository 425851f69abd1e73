//! Pages beside the interfaces, and what foreign judges say of the description.

use std::{process::Command, sync::Arc};

use eseal_api::Function;
use eseal_device::{BreakerState, DeviceHealth, LastError};

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

/// A device that is up or down.
struct Device(bool);

impl eseal_device::Device for Device {
    fn health(&self) -> DeviceHealth {
        DeviceHealth {
            name: "hsm1".into(),
            is_up: self.0,
            breaker: if self.0 { BreakerState::Closed } else { BreakerState::Open },
            sessions: Some((1, 16)),
            last_error: (!self.0).then_some(LastError::Code(0x0100_0003)),
            restarts: 2,
        }
    }

    fn is_for_development(&self) -> bool {
        true
    }

    fn facts(&self) -> Vec<String> {
        Vec::new()
    }

    fn try_out(&self, _key: usize) -> Vec<(String, bool)> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_server_whose_devices_are_all_away_is_not_ready() {
    for (devices, status, text) in [
        (vec![true], 200, "ok\ndevice hsm1 up, breaker closed, sessions 1 of 16, restarts 2, no error\n"),
        (
            vec![false],
            503,
            "devices\ndevice hsm1 down, breaker open, sessions 1 of 16, restarts 2, last error 0x01000003\n",
        ),
        (vec![false, true], 200, "ok\n"),
    ] {
        let world = World::with_devices(devices.into_iter().map(|is_up| Arc::new(Device(is_up)) as _).collect()).await;
        let answer = world.send(Call::get("/readyz").unsigned()).await;
        assert_eq!(answer.status, status);
        assert!(answer.body.starts_with(text.as_bytes()), "{:?}", answer.body);
    }
}

#[tokio::test]
async fn seals_whose_key_is_in_no_device_are_counted_for_operators() {
    let world = World::new().await;
    let ready = async || String::from_utf8(world.send(Call::get("/readyz").unsigned()).await.body.to_vec()).unwrap();
    let seal = world.app.store.seals_of_carrier("server", "", 1).await.unwrap().remove(0);
    assert_eq!(eseal_service::seals_without_key(&world.app).await.unwrap().len(), 0);
    let keyless = eseal_store::SealRecord { certificates: vec![b"another".to_vec()], ..seal.clone() };
    world.app.store.put_seal(&keyless).await.unwrap();
    assert_eq!(eseal_service::seals_without_key(&world.app).await.unwrap(), [seal.code.as_str()]);
    assert!(ready().await.ends_with("server seals without a key 1\n"), "{}", ready().await);
    world.app.store.put_seal(&seal).await.unwrap();
    eseal_service::seals_without_key(&world.app).await.unwrap();
    assert!(!ready().await.contains("without a key"));
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
