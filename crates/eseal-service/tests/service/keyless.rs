//! Server seals whose key is in no device (无密钥的印章): found at the start, refused when they are asked for.

use eseal_api::{GenerateDigest, Language, SignFile, UploadFile};
use eseal_service::seals_without_key;
use eseal_testkit::pdf;
use serde_json::{Value, json};

use crate::world::{BUSINESS, GOVERNMENT_SEAL, SEAL, World, base64, codes, list, rectangle, sealed};

#[tokio::test]
async fn they_are_found_at_the_start_and_active_server_seals_only() {
    let world = World::new().await;
    assert!(seals_without_key(&world.app).await.unwrap().is_empty());
    let mut seal = world.seal(SEAL, BUSINESS, "server", &world.phone_signer);
    world.app.store.put_seal(&seal).await.unwrap();
    assert_eq!(seals_without_key(&world.app).await.unwrap(), [SEAL]);
    assert_eq!(world.app.keyless.count(), 1);
    for (carrier, status) in [("usbkey", "ACTIVE"), ("mobile", "ACTIVE"), ("server", "REVOKED")] {
        seal.carrier = carrier.into();
        seal.status = status.into();
        world.app.store.put_seal(&seal).await.unwrap();
        assert!(seals_without_key(&world.app).await.unwrap().is_empty(), "{carrier} {status}");
    }
    assert_eq!(world.app.keyless.count(), 0);
}

#[tokio::test]
async fn nothing_is_prepared_for_a_signature_that_cannot_come() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    assert_eq!(codes(&digests), [200]);
    // Now another certificate signs for it, whose key nobody put into a device.
    world.app.store.put_seal(&world.seal(SEAL, BUSINESS, "server", &world.phone_signer)).await.unwrap();
    let content = world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]}));
    let (code, data) = world.call::<GenerateDigest>(content).await.unwrap();
    let entries = list(data, "fileHashList");
    assert_eq!((code, codes(&entries)), (50301, vec![50301]));
    let hint = entries[0]["hint"].as_str().unwrap();
    assert!(hint.contains(SEAL) && hint.contains("No device has the key"), "{hint}");
    let chinese = eseal_service::Error::NoKey(SEAL.into()).hint(Language::Chinese);
    assert!(chinese.contains(SEAL) && chinese.contains("密钥不在任何密码设备中"), "{chinese}");

    let government = world.seal(GOVERNMENT_SEAL, &world.government, "server", &world.phone_signer);
    world.app.store.put_seal(&government).await.unwrap();
    let file = world.call::<UploadFile>(json!({"file": {"fileB64": base64(&pdf(1))}})).await.unwrap().1;
    let content = world.government(json!({
        "fileList": [{"fileId": file["fileId"], "rules": [rectangle()]}], "sealCode": GOVERNMENT_SEAL,
        "operator": {"name": "测试员", "idType": "111", "idNo": "11010519491231002X"},
    }));
    let (_, data): (u32, Value) = world.call::<SignFile>(content).await.unwrap();
    assert_eq!(codes(&list(data, "fileList")), [50301]);
    assert_eq!(world.app.store.log_size().await.unwrap(), 0);
}
