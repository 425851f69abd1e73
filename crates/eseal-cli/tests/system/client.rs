//! The Rust client against the whole system: seals, a login and signatures with a USBKey through the agent.

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{
    ComposeSignature, ErrorCode, GenerateDigest, GetSealList, GetUsbKeyChallenge, LoginByUsbKey, SignDigestByUsbKey,
    VerifyFile,
};
use eseal_client::{AgentClient, Client, ClientError, Signer};
use eseal_gm::sm2::SigningKey;
use serde_json::{Value, json};

use crate::demo::Demo;

fn content<R: eseal_api::Request>(content: Value) -> R {
    R::from_content(&content).expect("a request")
}

#[test]
fn a_system_written_in_rust_logs_in_seals_and_verifies_with_a_usbkey() {
    let demo = Demo::start();
    let described = demo.description();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (base, system) = (text(&described["baseUrl"]), text(&described["systemID"]));
    let hmac = BASE64_STANDARD.decode(text(&described["hmacSm3Key"])).expect("base64");
    let client = Client::new(&base, &system, Signer::hmac_sm3(&hmac));
    let mut d = [0; 32];
    hex::decode_to_slice(text(&described["sm2Key"]["private"]), &mut d).expect("hexadecimal");
    let by_sm2 = Client::new(&base, &system, Signer::sm2(SigningKey::from_bytes(&d).expect("a key")));
    let business = &described["organizations"][0];
    let common = json!({"organizationCode": business["organizationCode"], "grantCode": business["grantCode"]});

    let list: GetSealList = content(common.clone());
    let seals = client.call(&list).expect("answered").data.seal_list;
    assert_eq!(seals.len(), by_sm2.call(&list).expect("answered").data.seal_list.len());
    assert_eq!(seals.len(), 4);
    let stranger = Client::new(&base, &system, Signer::hmac_sm3(b"another key"));
    let refused = stranger.call(&list).expect_err("refused");
    assert_eq!(refused.code(), Some(ErrorCode::BadRequestSignature));

    // Login, 2-3 and 2-4.
    let agent = AgentClient::new(&text(&described["agentUrl"]), &base);
    let keys = agent.keys().expect("keys");
    assert_eq!(keys.len(), 2);
    let challenge: GetUsbKeyChallenge = content(json!({"origin": base, "signCert": keys[0].cert}));
    let asked = client.call(&challenge).expect("answered").data;
    let signed = agent.login(&BASE64_STANDARD.encode(&asked.message.0), &asked.ticket).expect("signed");
    let login: LoginByUsbKey = content(json!({
        "challengeId": asked.challenge_id, "signCert": signed.cert, "signValue": signed.sign_value, "algo": "SM3withSM2",
    }));
    let token = client.call(&login).expect("answered").data.access_token;
    let by_token: GetSealList =
        content(json!({"organizationCode": business["organizationCode"], "accessToken": token}));
    assert_eq!(client.call(&by_token).expect("answered").data.seal_list.len(), 4);
    let page = AgentClient::new(&text(&described["agentUrl"]), "https://evil.example");
    assert_eq!(page.keys().expect_err("refused").code(), Some(ErrorCode::AddressNotAllowed));

    // 3-1, 3-3 with the agent, 3-5, 4-1.
    let with = |more: Value| {
        let mut all = common.clone();
        more.as_object().expect("an object").iter().for_each(|(name, value)| all[name] = value.clone());
        all
    };
    let pdf = std::fs::read(text(&described["samples"]["pdf"])).expect("the sample");
    let entry = json!({
        "sealCode": business["seals"][1]["sealCode"],
        "file": {"fileB64": BASE64_STANDARD.encode(pdf), "fileType": "PDF", "title": "合同.pdf"},
        "rules": [{"ruleType": "RECTANGLE", "version": "1.0", "rectangleRule": {"page": "1", "left": 20, "bottom": 20}}],
    });
    let digests: GenerateDigest = content(with(json!({"sealDataList": [entry]})));
    let digests = client.call(&digests).expect("answered").data;
    let hash = digests.file_hash_list[0].hash.as_ref().expect("a digest");
    let reference = json!({"fileUniqueId": hash.file_unique_id, "data": BASE64_STANDARD.encode(&hash.file_hash.0)});
    let ask: SignDigestByUsbKey = content(with(json!({"sealDataList": [reference]})));
    let ticket = client.call(&ask).expect("answered").data.ticket;
    let values = agent.sign(&ticket).expect("signed");
    match agent.sign(&ticket) {
        Err(ClientError::Refused { code: 40104, .. }) => {}
        other => panic!("a ticket counts once: {other:?}"),
    }
    let value = json!({"fileUniqueId": values[0].file_unique_id, "signValue": values[0].sign_value});
    let compose: ComposeSignature = content(with(json!({"sealDataList": [value], "as": "fileId"})));
    let composed = serde_json::to_value(client.call(&compose).expect("answered").data).expect("JSON");
    let sealed = client.file(composed["fileList"][0]["fileId"].as_str().expect("a file")).expect("bytes");
    let file = json!({"fileB64": BASE64_STANDARD.encode(sealed), "fileType": "PDF"});
    let verify: VerifyFile = content(json!({"file": file}));
    let report = serde_json::to_value(client.call(&verify).expect("answered").data).expect("JSON");
    assert_eq!(report["conclusion"], "VALID", "{report}");
}
