//! Streams of files, in and out.

use eseal_testkit::{ofd, pdf};
use serde_json::{Value, json};

use crate::world::{Call, OTHER_SYSTEM, SYSTEM, World, form, hex};

const FILES: &str = "/api/v1/files";
const CENTRAL: &str = "/api/v1/central/uploadFile";

#[tokio::test]
async fn an_uploaded_file_comes_back_as_it_was() {
    let world = World::new().await;
    let large = vec![b'x'; 3 << 20];
    for (target, bytes, kind) in
        [(FILES, &large, "ZIP"), (FILES, &pdf(2), "PDF"), (CENTRAL, &pdf(3), "PDF"), (CENTRAL, &ofd(1), "OFD")]
    {
        for announce in [true, false] {
            let call = form(target, &[("fileType", kind.as_bytes()), ("title", "合同".as_bytes()), ("file", bytes)]);
            let call = if announce { call.announced() } else { call };
            let answer = world
                .send(call.header("x-eseal-req-id", format!("up-{kind}-{announce}-{}", target.len())).signed())
                .await;
            assert_eq!(answer.code(), 200, "{}", answer.line());
            let data = answer.json()["data"].clone();
            assert_eq!((data["size"].as_u64(), &data["fileType"]), (Some(bytes.len() as u64), &json!(kind)));
            assert_eq!(data["sm3"], hex(&eseal_gm::sm3(bytes)));
            let back =
                world.send(Call::get(&format!("{FILES}/{}?b=2&a=1", data["fileId"].as_str().unwrap())).signed()).await;
            assert_eq!((back.status, back.body == *bytes), (200, true));
            assert_eq!(back.header("content-type"), "application/octet-stream");
            assert_eq!(back.header("content-disposition"), "attachment; filename*=UTF-8''%E5%90%88%E5%90%8C");
            assert_eq!(back.header("x-eseal-sm3"), hex(&eseal_gm::sm3(bytes)));
        }
    }
}

#[tokio::test]
async fn nothing_is_kept_of_an_upload_that_is_refused() {
    let world = World::with(|config| {
        config.limits.file_bytes = 2 << 20;
        config.limits.unsigned_body_bytes = 1 << 20;
    })
    .await;
    let file = pdf(1);
    let longer = vec![b'x'; 3 << 20];
    let good = || form(FILES, &[("file", &file)]);
    let cut = |call: Call| call.with(|call| call.body = call.body.slice(..call.body.len() - 20));
    let many: Vec<(&str, &[u8])> = (0..20).map(|_| ("x", &b"y"[..])).collect();
    for (name, request, code) in [
        ("wrong digest", good().with(|call| call.announced = Some("00".repeat(32))).signed(), 40102),
        ("wrong key", good().with(|call| call.key = vec![1; 32]).signed(), 40102),
        ("not signed", good().unsigned(), 40101),
        ("no file", form(FILES, &[("title", b"x")]).signed(), 40001),
        ("two files", form(FILES, &[("file", &file), ("file", &file)]).signed(), 40002),
        ("empty file", form(FILES, &[("file", b"")]).signed(), 42201),
        ("cut short", cut(good()).announced().signed(), 40000),
        ("cut short, unannounced", cut(good()).signed(), 40000),
        ("no form", Call::post(FILES, "{}").header("content-type", "application/json").signed(), 40000),
        ("no boundary", Call::post(FILES, "{}").header("content-type", "multipart/form-data").signed(), 40000),
        ("long text", form(FILES, &[("title", &[b'x'; 20_000]), ("file", &file)]).signed(), 41301),
        ("many parts", form(FILES, &many).signed(), 40000),
        ("too long", form(FILES, &[("file", &longer)]).announced().signed(), 41301),
        ("unannounced", form(FILES, &[("file", &longer[..1_100_000])]).signed(), 41301),
        ("neither PDF nor OFD", form(CENTRAL, &[("file", b"hello")]).announced().signed(), 41501),
    ] {
        let mut request = request;
        request.headers_mut().insert("x-eseal-req-id", "u-1".parse().unwrap());
        let answer = world.send(request).await;
        assert_eq!((answer.code(), &answer.json()["reqId"]), (code, &json!("u-1")), "{name}: {}", answer.line());
        assert_eq!(world.objects(), 0, "{name}");
    }
    let mut endless = form(FILES, &[("file", &vec![b'x'; 4 << 20])]).announced().signed();
    endless.headers_mut().remove("content-length");
    assert_eq!((world.send(endless).await.code(), world.objects()), (41301, 0));
}

#[tokio::test]
async fn a_repeated_upload_is_kept_once() {
    let world = World::new().await;
    let upload = |pages| form(FILES, &[("file", &pdf(pages))]).announced().header("x-eseal-req-id", "u-1").signed();
    let first = world.send(upload(1)).await;
    let objects = world.objects();
    assert_eq!((world.send(upload(1)).await.line(), world.objects()), (first.line(), objects));
    assert_eq!((world.send(upload(2)).await.code(), world.objects()), (40903, objects));
}

#[tokio::test]
async fn a_file_is_its_owners() {
    let world = World::new().await;
    let id = upload(&world).await;
    let target = format!("{FILES}/{id}");
    let foreign = Call::get(&target).with(|call| call.system = OTHER_SYSTEM.into());
    assert_eq!(world.send(foreign.signed()).await.code(), 40403);
    assert_eq!(world.send(Call::get(&target).unsigned()).await.code(), 40101);
    for id in ["nothing", "%FF", "..%2F..%2Feseal.db", "%00"] {
        assert_eq!(world.send(Call::get(&format!("{FILES}/{id}")).signed()).await.code(), 40403, "{id}");
    }
    assert_eq!(world.send(Call::get(&target).signed()).await.status, 200);
}

#[tokio::test]
async fn a_download_is_json_or_bytes() {
    let world = World::new().await;
    let content = json!({"systemID": SYSTEM, "fileId": upload(&world).await});
    let call = || Call::function("central/downloadFile", content.clone());
    let as_json = world.send(call().signed()).await;
    assert_eq!((as_json.code(), &as_json.json()["data"]["file"]["fileType"]), (200, &json!("PDF")));
    let as_bytes = world.send(call().header("accept", "application/octet-stream").signed()).await;
    assert_eq!((as_bytes.status, as_bytes.body == pdf(1)), (200, true));
    let unknown = Call::numbered("central/downloadFile", "r-1", json!({"systemID": SYSTEM, "fileId": "0".repeat(32)}));
    let refused = world.send(unknown.header("accept", "application/octet-stream").signed()).await;
    assert_eq!((refused.code(), &refused.json()["reqId"]), (40403, &json!("r-1")));
}

async fn upload(world: &World) -> String {
    let answer: Value = world.send(form(FILES, &[("file", &pdf(1))]).signed()).await.json();
    answer["data"]["fileId"].as_str().unwrap().to_owned()
}
