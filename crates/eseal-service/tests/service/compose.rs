//! 3-5: once, and only what was signed.

use eseal_api::{ComposeSignature, SignDigestByServer};
use eseal_testkit::pdf;
use serde_json::json;

use crate::world::{GRANT, OTHER_SYSTEM, PHONE_SEAL, World, base64, codes, rectangle, refusal, sealed};

#[tokio::test]
async fn the_same_value_gives_the_same_file_and_another_value_is_refused() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    let (first, second) = (world.sign(&digests).await, world.sign(&digests).await);
    assert_ne!(first[0]["signValue"], second[0]["signValue"], "fresh nonces");
    let files = world.compose(&first).await;
    assert_eq!(codes(&files), [200]);
    let objects = world.objects();
    assert_eq!(world.compose(&first).await[0]["fileB64"], files[0]["fileB64"]);
    assert_eq!(codes(&world.compose(&second).await), [40902]);
    assert_eq!(codes(&world.sign(&digests).await), [40902]);
    assert_eq!(world.objects(), objects, "nothing was written for the refused one");
    assert_eq!(world.app.store.log_size().await.unwrap(), 1);
}

#[tokio::test]
async fn two_at_once_compose_once() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    let (first, second) = (world.sign(&digests).await, world.sign(&digests).await);
    let (one, two) = tokio::join!(world.compose(&first), world.compose(&second));
    let mut found = [codes(&one)[0], codes(&two)[0]];
    found.sort_unstable();
    assert_eq!(found, [200, 40902]);
    assert_eq!(world.app.store.log_size().await.unwrap(), 1);
    assert_eq!(world.objects(), 2, "the original and one sealed file");
}

#[tokio::test]
async fn a_wrong_value_writes_nothing() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF"), sealed(&pdf(2), "PDF")])).await;
    let values = world.sign(&digests).await;
    let objects = world.objects();
    let swapped = json!({"fileUniqueId": digests[0]["fileUniqueId"], "signValue": values[1]["signValue"]});
    assert_eq!(codes(&world.compose(&[swapped]).await), [42206]);
    let rubbish = json!({"fileUniqueId": digests[0]["fileUniqueId"], "signValue": base64(&[1; 64])});
    assert_eq!(codes(&world.compose(&[rubbish]).await), [42206]);
    let mut named = values[0].clone();
    named["cert"] = json!(base64(&world.pki.other.certificate));
    assert_eq!(codes(&world.compose(&[named]).await), [42207]);
    assert_eq!((world.objects(), world.app.store.log_size().await.unwrap()), (objects, 0));
    assert_eq!(codes(&world.compose(&values).await), [200, 200], "nothing was spoiled");
}

#[tokio::test]
async fn the_key_must_be_where_the_interface_signs() {
    let world = World::new().await;
    let mut entry = sealed(&pdf(1), "PDF");
    entry["sealCode"] = json!(PHONE_SEAL);
    let digests = world.digests(json!([entry])).await;
    assert_eq!(codes(&digests), [200]);
    assert_eq!(codes(&world.sign(&digests).await), [40914]);
}

#[tokio::test]
async fn the_digest_must_be_the_one_that_was_prepared() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    let list_of = json!([{"fileUniqueId": digests[0]["fileUniqueId"], "data": base64(&[0; 32])}]);
    let (code, data) =
        world.call::<SignDigestByServer>(world.business(json!({"sealDataList": list_of}))).await.unwrap();
    assert_eq!((code, &data["signValueList"][0]["field"]), (40002, &json!("/sealDataList/0/data")));
}

#[tokio::test]
async fn what_one_system_prepared_does_not_exist_for_another() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    let values = world.sign(&digests).await;
    world
        .app
        .store
        .put_grant(&eseal_store::GrantRecord {
            system_id: OTHER_SYSTEM.into(),
            ..world.grant("grant-to-the-other-system-012345", crate::world::BUSINESS)
        })
        .await
        .unwrap();
    let content = json!({"grantCode": "grant-to-the-other-system-012345", "sealDataList": values});
    let (code, _) = world.call_as::<ComposeSignature>(&world.caller_of(OTHER_SYSTEM), content).await.unwrap();
    assert_eq!(code, 40403);
    let stolen = json!({"grantCode": GRANT, "sealDataList": values});
    let refused = refusal(world.call_as::<ComposeSignature>(&world.caller_of(OTHER_SYSTEM), stolen).await);
    assert_eq!(refused, (40302, Some("/grantCode".into())));
}

#[tokio::test]
async fn a_seal_that_was_frozen_meanwhile_is_not_used() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    let values = world.sign(&digests).await;
    let mut seal = world.app.store.find_seal(crate::world::SEAL).await.unwrap().unwrap();
    for (status, code) in [("FROZEN", 40911), ("REVOKED", 40912), ("UNCOLLECTED", 40910)] {
        seal.status = status.into();
        world.app.store.put_seal(&seal).await.unwrap();
        assert_eq!(codes(&world.compose(&values).await), [code]);
        assert_eq!(codes(&world.sign(&digests).await), [code]);
    }
}

#[tokio::test]
async fn a_certificate_revoked_meanwhile_does_not_sign() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    let values = world.sign(&digests).await;
    let mut evidence = crate::world::evidence(&world.pki);
    evidence.crls.clear();
    world.app.trust.replace(evidence);
    assert_eq!(codes(&world.sign(&digests).await), [42209], "an unknown status is not a good one");
    assert_eq!(codes(&world.compose(&values).await), [42209]);
    world.app.trust.replace(eseal::Evidence::default());
    assert_eq!(codes(&world.compose(&values).await), [42210]);
}

#[tokio::test]
async fn lists_have_a_limit() {
    let world = World::with(|config| config.limits.list_entries = 2).await;
    let entry = json!({"sealCode": "1", "dataHash": base64(&[0; 32]), "propertyInfo": "x", "rules": [rectangle()]});
    let content = world.business(json!({"sealDataList": [entry, entry, entry]}));
    assert_eq!(world.refused::<eseal_api::GenerateDigest>(content).await, (41302, Some("/sealDataList".into())));
}
