//! 1-2: texts and pictures become documents that can be sealed.

use std::{sync::Arc, time::Duration};

use eseal_api::{ConvertFile, GenerateDigest};
use eseal_picture::{SealDesign, VectorPicture, draw};
use eseal_service::tasks;
use eseal_testkit::{ofd, pdf, png};
use serde_json::json;

use crate::world::{BUSINESS, SEAL, World, base64, codes, rectangle, sealed, unbase64};

#[tokio::test]
async fn a_text_and_a_picture_become_documents_that_can_be_sealed() {
    let world = World::new().await;
    for (source, kind) in [("第一行\n第二行".as_bytes().to_vec(), "TXT"), (png(40), "PNG")] {
        for target in ["PDF", "OFD"] {
            let content = json!({"file": {"fileB64": base64(&source), "fileType": kind}, "targetType": target});
            let (code, data) = world.call::<ConvertFile>(content).await.unwrap();
            assert_eq!((code, &data["file"]["fileType"], &data["file"]["pageCount"]), (200, &json!(target), &json!(1)));
            let entry = json!({"sealCode": SEAL, "file": {"fileB64": data["file"]["fileB64"]}, "rules": [rectangle()]});
            let files = world.compose(&world.sign(&world.digests(json!([entry])).await).await).await;
            assert_eq!(codes(&files), [200], "{files:?}");
        }
    }
}

#[tokio::test]
async fn pages_of_documents_texts_and_pictures_become_pictures() {
    let world = World::new().await;
    let text = "第一行\n".repeat(100);
    for (source, kind, pages, count) in
        [(pdf(3), "PDF", "2,-1", 2), (text.into_bytes(), "TXT", "0", 3), (png(40), "PNG", "1", 1)]
    {
        for (target, beginning) in [("PNG", &b"\x89PNG"[..]), ("SVG", b"<svg")] {
            let content = json!({"file": {"fileB64": base64(&source), "fileType": kind}, "targetType": target,
                "pages": pages, "dpi": 30});
            let (code, data) = world.call::<ConvertFile>(content).await.unwrap();
            let files = data["files"].as_array().unwrap();
            assert_eq!((code, files.len()), (200, count), "{kind} {target}");
            assert_eq!((&files[0]["sm3"], &files[0]["fileType"]), (&data["file"]["sm3"], &json!(target)));
            let bytes = unbase64(files[0]["fileB64"].as_str().unwrap());
            assert!(bytes.starts_with(beginning), "{kind} {target}");
        }
    }
}

#[tokio::test]
async fn ofd_becomes_pdf_and_a_sealed_one_says_that_it_is_a_conversion() {
    let world = World::new().await;
    let text = json!({"file": {"fileB64": base64("合同第一条".as_bytes()), "fileType": "TXT"}, "targetType": "OFD"});
    let ofd = unbase64(world.call::<ConvertFile>(text).await.unwrap().1["file"]["fileB64"].as_str().unwrap());
    let ask = |file: &[u8]| json!({"file": {"fileB64": base64(file)}, "targetType": "PDF"});
    let (code, data) = world.call::<ConvertFile>(ask(&ofd)).await.unwrap();
    assert_eq!((code, &data["file"]["fileType"], &data["file"]["pageCount"]), (200, &json!("PDF"), &json!(1)));
    let plain = unbase64(data["file"]["fileB64"].as_str().unwrap());

    let files = world.compose(&world.sign(&world.digests(json!([sealed(&ofd, "OFD")])).await).await).await;
    let composed = unbase64(files[0]["fileB64"].as_str().unwrap());
    assert_eq!(world.refused::<ConvertFile>(ask(&composed)).await.0, 42213);
    let mut allowed = ask(&composed);
    allowed["options"] = json!({"allowSigned": true});
    let (_, data) = world.call::<ConvertFile>(allowed).await.unwrap();
    let converted = unbase64(data["file"]["fileB64"].as_str().unwrap());
    assert!(converted.len() > plain.len() + composed.len() / 2, "the sealed file goes along");
    assert!(data["warnings"].to_string().contains("转换件，不含有效签章"), "{data}");
}

/// Pixels of red ink, and how many there are.
async fn red_pixels(world: &World, file: &serde_json::Value) -> (usize, usize) {
    let content = json!({"file": {"fileB64": file}, "targetType": "PNG", "dpi": 72, "options": {"allowSigned": true}});
    let (_, data) = world.call::<ConvertFile>(content).await.unwrap();
    let png = unbase64(data["file"]["fileB64"].as_str().unwrap());
    let page = image::load_from_memory(&png).unwrap().into_rgb8();
    (page.pixels().filter(|pixel| pixel.0[0] > 180 && pixel.0[1] < 120).count(), page.pixels().len())
}

#[tokio::test]
async fn a_seal_whose_picture_is_an_ofd_is_put_on_drawn_converted_and_verified() {
    let world = World::new().await;
    let design = SealDesign {
        template: "co-42".into(),
        name: "深圳示范科技有限公司".into(),
        dpi: Some(72),
        ..SealDesign::default()
    };
    let drawn = draw(&design).unwrap();
    let ink = image::load_from_memory(&drawn.png).unwrap().into_rgba8().pixels().filter(|p| p.0[3] > 127).count();
    let vector = VectorPicture::from_svg(drawn.svg.as_bytes()).unwrap();
    let picture = eseal_convert::seal_picture(vector, eseal_convert::Target::Ofd).unwrap();
    let mut record = world.seal(SEAL, BUSINESS, "server", &world.pki.signer);
    record.der = world.pki.seal_with(|spec| {
        (spec.picture_type, spec.picture) = ("ofd".into(), picture.clone());
    });
    world.app.store.put_seal(&record).await.unwrap();
    for kind in ["OFD", "PDF"] {
        let text = json!({"file": {"fileB64": base64("合同".as_bytes()), "fileType": "TXT"}, "targetType": kind});
        let plain = unbase64(world.call::<ConvertFile>(text).await.unwrap().1["file"]["fileB64"].as_str().unwrap());
        let files = world.compose(&world.sign(&world.digests(json!([sealed(&plain, kind)])).await).await).await;
        assert_eq!(codes(&files), [200], "{files:?}");
        let file = &files[0]["fileB64"];
        assert_eq!(world.verify(file).await, ("VALID".into(), 1), "{kind}");
        let other = if kind == "OFD" { "PDF" } else { "OFD" };
        let content = json!({"file": {"fileB64": file}, "targetType": other, "options": {"allowSigned": true}});
        let (_, converted) = world.call::<ConvertFile>(content).await.unwrap();
        for (name, file) in [("sealed", file), ("converted", &converted["file"]["fileB64"])] {
            let (red, all) = red_pixels(&world, file).await;
            assert!(red * 10 > ink * 8 && red * 10 < ink * 13, "{kind} {name}: {red} of {ink}, {all} on the page");
        }
    }
    // A picture that nobody can show is refused before anything is written.
    record.der = world.pki.seal_with(|spec| {
        (spec.picture_type, spec.picture) = ("ofd".into(), picture[..picture.len() / 2].to_vec());
    });
    world.app.store.put_seal(&record).await.unwrap();
    for kind in ["OFD", "PDF"] {
        let file = if kind == "OFD" { ofd(1) } else { pdf(1) };
        let content = world.business(json!({"sealDataList": [sealed(&file, kind)]}));
        let (code, data) = world.call::<GenerateDigest>(content).await.unwrap();
        let entry = &data["fileHashList"][0];
        assert_eq!((code, &entry["code"]), (42201, &json!(42201)), "{entry}");
        assert_eq!(entry["field"], "/sealDataList/0/sealCode", "{entry}");
    }
}

#[tokio::test]
async fn a_pdf_becomes_an_ofd_and_a_sealed_one_says_that_it_carries_no_seal() {
    let world = World::new().await;
    let ask = |file: &[u8]| json!({"file": {"fileB64": base64(file)}, "targetType": "OFD"});
    let (code, data) = world.call::<ConvertFile>(ask(&pdf(2))).await.unwrap();
    assert_eq!((code, &data["file"]["fileType"], &data["file"]["pageCount"]), (200, &json!("OFD"), &json!(2)));

    let files = world.compose(&world.sign(&world.digests(json!([sealed(&pdf(1), "PDF")])).await).await).await;
    let composed = unbase64(files[0]["fileB64"].as_str().unwrap());
    let mut allowed = ask(&composed);
    allowed["options"] = json!({"allowSigned": true});
    let (_, data) = world.call::<ConvertFile>(allowed).await.unwrap();
    let converted = unbase64(data["file"]["fileB64"].as_str().unwrap());
    let package = eseal_ofd::Package::open(Arc::new(converted), &eseal_ofd::Limits::default()).unwrap();
    assert!(package.parts().any(|part| package.read(part).unwrap() == composed), "the sealed file goes along");
    assert!(data["warnings"].to_string().contains("转换件，不含有效签章"), "{data}");
}

#[tokio::test]
async fn other_pairs_are_refused_and_sealed_files_for_their_seals() {
    let world = World::new().await;
    let ask = |file: &[u8], target: &str| json!({"file": {"fileB64": base64(file)}, "targetType": target});
    assert_eq!(world.refused::<ConvertFile>(ask(&pdf(1), "PDF")).await.0, 42212);
    let wrong = json!({"file": {"fileB64": base64(&pdf(1))}, "targetType": "PNG", "pages": "2"});
    assert_eq!(world.refused::<ConvertFile>(wrong).await, (40002, Some("/pages".into())));
    assert_eq!(world.refused::<ConvertFile>(ask(b"text", "MP3")).await, (40002, Some("/targetType".into())));
    let files = world.compose(&world.sign(&world.digests(json!([sealed(&pdf(1), "PDF")])).await).await).await;
    let content = json!({"file": {"fileB64": files[0]["fileB64"]}, "targetType": "OFD"});
    assert_eq!(world.refused::<ConvertFile>(content).await.0, 42213);
}

#[tokio::test]
async fn a_conversion_may_be_a_task_and_be_asked_for_again() {
    let world = World::new().await;
    let caller = world.caller();
    let content = json!({"file": {"fileB64": base64(b"text"), "fileType": "TXT"}, "targetType": "PDF", "as": "fileId"});
    let first = world.call_as::<ConvertFile>(&caller, content.clone()).await.unwrap();
    assert!(first.1["file"]["fileId"].is_string());
    assert_eq!(world.call_as::<ConvertFile>(&caller, content.clone()).await.unwrap(), first);

    let mut later = content;
    later["async"] = json!(true);
    later["as"] = json!("fileB64");
    let (_, started) = world.call::<ConvertFile>(later).await.unwrap();
    let id = started["taskId"].as_str().unwrap();
    for _ in 0..1_000 {
        let info = tasks::task(&world.app, &world.caller(), id).await.unwrap();
        if info.state.is_final() {
            assert!(info.result.unwrap()["file"]["fileB64"].is_string());
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task does not end");
}

#[tokio::test]
async fn a_seal_that_cannot_be_read_is_damaged_and_one_that_is_forged_is_not_trusted() {
    let world = World::new().await;
    let good = world.seal(SEAL, BUSINESS, "server", &world.pki.signer);
    let mut cut = good.der.clone();
    cut.truncate(good.der.len() / 2);
    let mut forged = good.der.clone();
    *forged.last_mut().unwrap() ^= 1; // of the maker's signature
    for (name, der, code, field) in [
        ("good", good.der.clone(), 200, None),
        ("cut", cut, 42201, Some("/sealDataList/0/sealCode")),
        ("forged", forged, 42210, None),
    ] {
        let mut record = good.clone();
        record.der = der;
        world.app.store.put_seal(&record).await.unwrap();
        let content = world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]}));
        let (whole, data) = world.call::<GenerateDigest>(content).await.unwrap();
        let entry = &data["fileHashList"][0];
        assert_eq!((whole, &entry["code"]), (code, &json!(code)), "{name}: {entry}");
        assert_eq!(entry.get("field").and_then(|field| field.as_str()), field, "{name}: {entry}");
    }
}

#[tokio::test]
async fn a_pdf_a_is_made_on_request_and_the_task_tells_how_far_it_is() {
    let world = World::new().await;
    let is_archival = |file: &serde_json::Value| {
        let bytes = unbase64(file["fileB64"].as_str().unwrap());
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.contains("<pdfaid:part>2</pdfaid:part>") && text.contains("/OutputIntents")
    };
    for (source, kind) in [("通知\n正文".as_bytes().to_vec(), "TXT"), (png(40), "PNG"), (ofd(2), "OFD")] {
        let mut content = json!({"file": {"fileB64": base64(&source), "fileType": kind}, "targetType": "PDF"});
        let (_, plain) = world.call::<ConvertFile>(content.clone()).await.unwrap();
        content["options"] = json!({"pdfA": true});
        let (code, data) = world.call::<ConvertFile>(content.clone()).await.unwrap();
        assert_eq!(code, 200, "{kind}");
        assert!(is_archival(&data["file"]) && !is_archival(&plain["file"]), "{kind}");
        // What can be none, or would leave out what must go along.
        let refused = (40002, Some("/options/pdfA".to_owned()));
        content["options"] = json!({"pdfA": true, "allowSigned": true});
        assert_eq!(world.refused::<ConvertFile>(content.clone()).await, refused, "{kind}");
        content["options"] = json!({"pdfA": true});
        content["targetType"] = json!("OFD");
        assert_eq!(world.refused::<ConvertFile>(content).await, refused, "{kind}");
    }
    for (source, kind, target) in [(pdf(3), "PDF", "OFD"), (ofd(3), "OFD", "PDF")] {
        let content =
            json!({"file": {"fileB64": base64(&source), "fileType": kind}, "targetType": target, "async": true});
        let (_, started) = world.call::<ConvertFile>(content).await.unwrap();
        let id = started["taskId"].as_str().unwrap();
        for _ in 0..1_000 {
            let info = tasks::task(&world.app, &world.caller(), id).await.unwrap();
            assert!(info.done <= info.total && info.total == 100);
            if info.state.is_final() {
                assert_eq!((info.done, &info.result.unwrap()["file"]["pageCount"]), (100, &json!(3)), "{kind}");
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
