//! 1-2 with office documents: through LibreOffice where it is installed, with the right code everywhere.

use std::time::Duration;

use eseal_api::{ConvertFile, Language};
use eseal_service::{Error, office_settings, tasks};
use serde_json::{Value, json};

use crate::world::{SEAL, World, base64, codes, rectangle, unbase64};

/// A page, which is the smallest office document.
const PAGE: &str =
    "<html><body><p style='font-family:仿宋_GB2312'>通知正文</p><img src='http://127.0.0.1:9/a.png'></body></html>";

fn ask(file: &[u8], kind: &str, target: &str) -> Value {
    json!({"file": {"fileB64": base64(file), "fileType": kind}, "targetType": target})
}

fn is_installed(world: &World) -> bool {
    if !eseal_office::confinement().files {
        println!("skipped: this kernel has no Landlock");
        return false;
    }
    let found = eseal_office::find_installation(&office_settings(&world.app.config));
    if let Err(error) = &found {
        println!("skipped: {error}");
    }
    found.is_ok()
}

#[tokio::test]
async fn an_office_document_becomes_a_pdf_that_can_be_sealed() {
    let world = World::new().await;
    if !is_installed(&world) {
        return;
    }
    let (code, data) = world.call::<ConvertFile>(ask(PAGE.as_bytes(), "HTML", "PDF")).await.unwrap();
    assert_eq!((code, &data["file"]["fileType"], &data["file"]["pageCount"]), (200, &json!("PDF"), &json!(1)));
    let kinds: Vec<&str> =
        data["warnings"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["FONT_SUBSTITUTED", "IMAGE_MISSING"]);
    let entry = json!({"sealCode": SEAL, "file": {"fileB64": data["file"]["fileB64"]}, "rules": [rectangle()]});
    let files = world.compose(&world.sign(&world.digests(json!([entry])).await).await).await;
    assert_eq!(codes(&files), [200], "{files:?}");

    let is_archival = |file: &Value| {
        String::from_utf8_lossy(&unbase64(file["fileB64"].as_str().unwrap())).contains("<pdfaid:part>2</pdfaid:part>")
    };
    let mut archival = ask(PAGE.as_bytes(), "HTML", "PDF");
    archival["options"] = json!({"pdfA": true});
    let (_, archived) = world.call::<ConvertFile>(archival).await.unwrap();
    assert!(is_archival(&archived["file"]) && !is_archival(&data["file"]));

    let mut later = ask(PAGE.as_bytes(), "HTML", "PDF");
    later["async"] = json!(true);
    let (_, started) = world.call::<ConvertFile>(later).await.unwrap();
    let id = started["taskId"].as_str().unwrap();
    for _ in 0..3_000 {
        let info = tasks::task(&world.app, &world.caller(), id).await.unwrap();
        if info.state.is_final() {
            assert_eq!((info.done, info.total), (100, 100));
            assert_eq!(info.result.unwrap()["file"]["sm3"], data["file"]["sm3"]);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task did not end");
}

#[tokio::test]
async fn office_documents_are_refused_with_the_right_code() {
    let world = World::new().await;
    let odd_zip = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    for (file, kind, code) in [
        (&b"PK\x03\x04 and nothing more"[..], "DOCX", 42201),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "DOC", 42201),
        (b"GIF89a", "DOCX", 42212),
        (&odd_zip, "DOCX", 42212),
    ] {
        assert_eq!(world.refused::<ConvertFile>(ask(file, kind, "PDF")).await.0, code, "{kind}");
    }
}

#[test]
fn what_to_install_is_told_in_both_languages() {
    let error = Error::OfficeNotInstalled;
    assert!(error.is_transient());
    for language in [Language::Chinese, Language::English] {
        assert!(error.hint(language).contains("libreoffice-writer-nogui python3-uno".split(' ').next().unwrap()));
    }
}
