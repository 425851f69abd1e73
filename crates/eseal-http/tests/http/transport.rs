//! Whatever is wrong with a request, its answer is the envelope, names the reqId and says what to do.

use axum::body::Bytes;
use eseal_http::axum;
use eseal_store::SystemRecord;
use expect_test::expect;
use serde_json::json;

use crate::world::{Call, SYSTEM, World, system_record};

const LISTING: &str = "basic/getSealList";

fn listing(world: &World) -> Call {
    Call::numbered(LISTING, "r-1", world.content(json!({})))
}

fn raw(body: impl Into<Bytes>) -> Call {
    Call::post("/api/v1/basic/getSealList", body)
}

#[tokio::test]
async fn every_fault_of_authentication_is_an_envelope() {
    let world = World::new().await;
    let good = listing(&world);
    let mut found = String::new();
    for (name, request) in [
        ("not signed", good.unsigned()),
        ("unknown system", good.clone().with(|call| call.system = "NOBODY".into()).signed()),
        ("wrong key", good.clone().with(|call| call.key = vec![1; 32]).signed()),
        ("unknown algorithm", good.clone().with(|call| call.algorithm = "MD5".into()).signed()),
        ("stale", good.clone().with(|call| call.timestamp = "1700000000000".into()).signed()),
        ("short nonce", good.clone().with(|call| call.nonce = "short".into()).signed()),
        ("digest that is no digest", good.clone().header("x-eseal-content-sm3", "zz").signed()),
        ("digest of something else", good.clone().with(|call| call.announced = Some("00".repeat(32))).signed()),
        ("in English", good.clone().header("accept-language", "en-GB, zh;q=0.5").unsigned()),
    ] {
        found += &format!("{name}: {}\n", world.send(request).await.line());
    }
    expect![[r#"
        not signed: 401 {"code":40101,"msg":"应用系统未登记","reqId":"r-1","data":{"hint":"请核对 X-Eseal-System-Id，或向平台申请登记。"}}
        unknown system: 401 {"code":40101,"msg":"应用系统未登记","reqId":"r-1","data":{"hint":"请核对 X-Eseal-System-Id，或向平台申请登记。"}}
        wrong key: 401 {"code":40102,"msg":"请求签名错误","reqId":"r-1","data":{"hint":"请核对密钥、待签名文本各行及请求体摘要。"}}
        unknown algorithm: 400 {"code":40003,"msg":"算法不支持","reqId":"r-1","data":{"hint":"请求签名算法为 HMAC-SM3 或 SM2，印章签名算法为 SM3withSM2。"}}
        stale: 401 {"code":40103,"msg":"时间戳超出窗口","reqId":"r-1","data":{"hint":"请校准时钟，X-Eseal-Timestamp 与服务器时间相差不得超过 300 秒。"}}
        short nonce: 401 {"code":40102,"msg":"请求签名错误","reqId":"r-1","data":{"hint":"请核对密钥、待签名文本各行及请求体摘要。"}}
        digest that is no digest: 401 {"code":40102,"msg":"请求签名错误","reqId":"r-1","data":{"hint":"请核对密钥、待签名文本各行及请求体摘要。"}}
        digest of something else: 401 {"code":40102,"msg":"请求签名错误","reqId":"r-1","data":{"hint":"请核对密钥、待签名文本各行及请求体摘要。"}}
        in English: 401 {"code":40101,"msg":"The application system is not registered","reqId":"r-1","data":{"hint":"Check X-Eseal-System-Id, or have the system registered."}}
    "#]]
    .assert_eq(&found);
}

#[tokio::test]
async fn every_fault_of_the_envelope_is_an_envelope() {
    let world = World::new().await;
    let mut found = String::new();
    for (name, call) in [
        ("broken", raw(r#"{"reqId":"r-1","content":"#)),
        ("a list", raw("[1]").header("x-eseal-req-id", "h-1")),
        ("deep", raw("[".repeat(100_000)).header("x-eseal-req-id", "h-1")),
        ("not UTF-8", raw(&b"{\"reqId\":\"r-1\",\"content\":{\"a\":\"\xff\xfe\"}}"[..])),
        ("empty", raw("").header("x-eseal-req-id", "h-1")),
        ("no content", raw(r#"{"reqId":"r-1"}"#)),
        ("no systemID", raw(r#"{"reqId":"r-1","content":{}}"#)),
        ("other systemID", raw(r#"{"reqId":"r-1","content":{"systemID":"NOBODY"}}"#)),
        ("bad number", Call::numbered(LISTING, "r-1", world.content(json!({"page": "many"})))),
        (
            "missing field",
            Call::numbered("login/getLoginQrStatus", "r-1", json!({"systemID": SYSTEM, "pollToken": "x"})),
        ),
        ("unknown function", Call::numbered("basic/noSuchFunction", "r-1", json!({}))),
        ("unknown path", Call::get("/no/such/page.do").header("x-eseal-req-id", "h-1")),
        ("trailing slash", Call::numbered("basic/getSealList/", "r-1", json!({}))),
        ("GET on a function", Call::get("/api/v1/basic/getSealList").header("x-eseal-req-id", "h-1")),
    ] {
        found += &format!("{name}: {}\n", world.send(call.signed()).await.line());
    }
    expect![[r#"
        broken: 400 {"code":40000,"msg":"请求不是合法的 JSON 信封","reqId":"r-1","data":{"hint":"请求体应为 UTF-8 编码的 {\"reqId\":…,\"content\":{…}}。"}}
        a list: 400 {"code":40000,"msg":"请求不是合法的 JSON 信封","reqId":"h-1","data":{"hint":"请求体应为 UTF-8 编码的 {\"reqId\":…,\"content\":{…}}。"}}
        deep: 400 {"code":40000,"msg":"请求不是合法的 JSON 信封","reqId":"h-1","data":{"hint":"请求体应为 UTF-8 编码的 {\"reqId\":…,\"content\":{…}}。"}}
        not UTF-8: 400 {"code":40000,"msg":"请求不是合法的 JSON 信封","reqId":"r-1","data":{"hint":"请求体应为 UTF-8 编码的 {\"reqId\":…,\"content\":{…}}。"}}
        empty: 400 {"code":40000,"msg":"请求不是合法的 JSON 信封","reqId":"h-1","data":{"hint":"请求体应为 UTF-8 编码的 {\"reqId\":…,\"content\":{…}}。"}}
        no content: 400 {"code":40000,"msg":"请求不是合法的 JSON 信封","reqId":"r-1","data":{"hint":"请求体应为 UTF-8 编码的 {\"reqId\":…,\"content\":{…}}。"}}
        no systemID: 400 {"code":40001,"msg":"缺少参数","reqId":"r-1","data":{"field":"/systemID","hint":"请填写 /systemID。"}}
        other systemID: 400 {"code":40002,"msg":"参数格式错误","reqId":"r-1","data":{"field":"/systemID","hint":"/systemID 应为 与 X-Eseal-System-Id 一致。"}}
        bad number: 400 {"code":40002,"msg":"参数格式错误","reqId":"r-1","data":{"field":"/page","hint":"/page 应为 0 至 4294967295 的整数。"}}
        missing field: 400 {"code":40001,"msg":"缺少参数","reqId":"r-1","data":{"field":"/qrId","hint":"请填写 /qrId。"}}
        unknown function: 404 {"code":40400,"msg":"接口不存在","reqId":"r-1","data":{"hint":"请核对请求方法与路径，接口列表见 /docs。"}}
        unknown path: 404 {"code":40400,"msg":"接口不存在","reqId":"h-1","data":{"hint":"请核对请求方法与路径，接口列表见 /docs。"}}
        trailing slash: 404 {"code":40400,"msg":"接口不存在","reqId":"r-1","data":{"hint":"请核对请求方法与路径，接口列表见 /docs。"}}
        GET on a function: 404 {"code":40400,"msg":"接口不存在","reqId":"h-1","data":{"hint":"请核对请求方法与路径，接口列表见 /docs。"}}
    "#]]
    .assert_eq(&found);
}

#[tokio::test]
async fn a_nonce_is_used_up_by_a_good_signature_only() {
    let world = World::new().await;
    let good = listing(&world);
    let forged = good.clone().with(|call| call.key = vec![1; 32]);
    assert_eq!(world.send(forged.signed()).await.code(), 40102);
    assert_eq!(world.send(good.signed()).await.code(), 200);
    assert_eq!(world.send(good.signed()).await.code(), 40104);
}

#[tokio::test]
async fn large_bodies_are_announced_and_limited() {
    let world = World::with(|config| {
        config.limits.unsigned_body_bytes = 100_000;
        config.limits.json_body_bytes = 300_000;
    })
    .await;
    let padded =
        |bytes: usize| Call::numbered(LISTING, "r-1", world.content(json!({"page": 1, "x": "x".repeat(bytes)})));
    assert_eq!(world.send(padded(50_000).signed()).await.code(), 200);
    let unannounced = world.send(padded(150_000).signed()).await;
    assert_eq!((unannounced.code(), &unannounced.json()["reqId"]), (41301, &json!("r-1")));
    let good =
        world.send(padded(150_000).announced().with(|call| call.body = renamed(&call.body)).announced().signed()).await;
    assert_eq!(good.code(), 200, "{}", good.line());
    let too_long = world.send(padded(350_000).announced().signed()).await;
    assert_eq!((too_long.code(), &too_long.json()["reqId"]), (41301, &json!("r-1")));
    // Without a length, it is noticed on the way.
    let mut endless = padded(350_000).announced().signed();
    endless.headers_mut().remove("content-length");
    assert_eq!(world.send(endless).await.code(), 41301);
}

/// The same request under another reqId.
fn renamed(body: &[u8]) -> Bytes {
    String::from_utf8(body.to_vec()).unwrap().replace("r-1", "r-2").into()
}

#[tokio::test]
async fn rights_rates_and_addresses_are_those_of_the_system() {
    let world = World::new().await;
    let put = async |change: fn(&mut SystemRecord)| {
        let mut record = system_record(SYSTEM);
        change(&mut record);
        world.app.store.put_system(&record).await.unwrap();
    };
    put(|record| record.functions = vec!["verify/verifyFile".into()]).await;
    assert_eq!(world.send(listing(&world).signed()).await.code(), 40301);
    put(|record| record.addresses = vec!["192.0.2.0/24".into()]).await;
    assert_eq!(world.send(listing(&world).signed()).await.code(), 40306);
    put(|record| record.active = false).await;
    assert_eq!(world.send(listing(&world).signed()).await.code(), 40101);
    put(|record| record.requests_per_minute = Some(1)).await;
    let answers = [world.send(listing(&world).signed()).await, world.send(listing(&world).signed()).await];
    let refused = answers.iter().find(|answer| answer.status == 429).expect("the second is one too many");
    assert_eq!((refused.code(), &refused.json()["reqId"]), (42901, &json!("r-1")));
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
}

#[tokio::test]
async fn a_request_without_a_number_gets_one() {
    let world = World::new().await;
    let body = json!({"content": world.content(json!({}))}).to_string();
    let answer = world.send(raw(body.clone()).signed()).await;
    assert_eq!((answer.code(), answer.json()["reqId"].as_str().unwrap().len()), (200, 32));
    let named = world.send(raw(body).header("x-eseal-req-id", "h-7").signed()).await;
    assert_eq!((named.code(), &named.json()["reqId"]), (200, &json!("h-7")));
}

#[tokio::test]
async fn every_answer_tells_browsers_to_do_nothing_with_it() {
    let world = World::new().await;
    for request in [
        listing(&world).signed(),
        listing(&world).unsigned(),
        Call::get("/nothing").unsigned(),
        Call::get("/healthz").unsigned(),
    ] {
        let answer = world.send(request).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    }
}
