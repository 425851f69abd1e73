//! By what right: grants, tokens, scenes, and the seals that they reach.

use std::time::Duration;

use eseal_api::{GenerateDigest, GetSealList};
use eseal_service::{seconds, secret_hash};
use eseal_store::{GrantRecord, TokenRecord};
use eseal_testkit::{now, pdf};
use serde_json::{Value, json};

use crate::world::{BUSINESS, GRANT, PHONE_SEAL, SEAL, SYSTEM, World, codes, list, sealed};

async fn put_grant(world: &World, change: impl FnOnce(&mut GrantRecord)) {
    let mut grant = world.grant(GRANT, BUSINESS);
    change(&mut grant);
    world.app.store.put_grant(&grant).await.unwrap();
}

async fn refused(world: &World, fields: Value, code: u32, field: &str) {
    let found = world.refused::<GetSealList>(world.business(fields)).await;
    assert_eq!(found, (code, Some(field.to_owned())));
}

async fn listed(world: &World, content: Value) -> Vec<String> {
    let (_, data) = world.call::<GetSealList>(content).await.unwrap();
    list(data, "sealList").iter().map(|seal| seal["sealCode"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_grant_code_alone_is_enough() {
    let world = World::new().await;
    assert_eq!(listed(&world, json!({"grantCode": GRANT})).await, [SEAL, PHONE_SEAL]);
}

#[tokio::test]
async fn a_grant_must_be_right_and_in_force() {
    let world = World::new().await;
    refused(&world, json!({"grantCode": "nobody-granted-this"}), 40302, "/grantCode").await;
    refused(&world, json!({"grantCode": null}), 40001, "/grantCode").await;
    refused(&world, json!({"organizationCode": "91440300MA5DEMX120"}), 40002, "/organizationCode").await;
    refused(&world, json!({"organizationCode": world.government}), 40302, "/grantCode").await;
    put_grant(&world, |grant| grant.valid_until = Some(now() - seconds(1))).await;
    refused(&world, json!({}), 40303, "/grantCode").await;
    put_grant(&world, |grant| grant.revoked = true).await;
    refused(&world, json!({}), 40302, "/grantCode").await;
    put_grant(&world, |grant| grant.remaining = Some(0)).await;
    refused(&world, json!({}), 40303, "/grantCode").await;
}

#[tokio::test]
async fn scenes_are_limited_by_grant_seal_and_table() {
    let world = World::new().await;
    refused(&world, json!({"scene": "S77"}), 40002, "/scene").await;
    put_grant(&world, |grant| grant.scenes = vec!["S01".into()]).await;
    refused(&world, json!({}), 40304, "/scene").await;
    put_grant(&world, |_| {}).await;
    let mut seal = world.app.store.find_seal(SEAL).await.unwrap().unwrap();
    seal.scenes = vec!["S01".into()];
    world.app.store.put_seal(&seal).await.unwrap();
    assert_eq!(listed(&world, world.business(json!({}))).await, [PHONE_SEAL]);
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    assert_eq!(codes(&digests), [40304]);
}

#[tokio::test]
async fn a_seal_that_is_not_granted_does_not_exist() {
    let world = World::new().await;
    put_grant(&world, |grant| grant.seal_codes = Some(vec![PHONE_SEAL.into()])).await;
    assert_eq!(listed(&world, world.business(json!({}))).await, [PHONE_SEAL]);
    assert_eq!(codes(&world.digests(json!([sealed(&pdf(1), "PDF")])).await), [40402]);
    let mut foreign = sealed(&pdf(1), "PDF");
    foreign["sealCode"] = json!(crate::world::GOVERNMENT_SEAL);
    assert_eq!(codes(&world.digests(json!([foreign])).await), [40402]);
}

#[tokio::test]
async fn every_seal_signature_is_one_use() {
    let world = World::new().await;
    put_grant(&world, |grant| grant.remaining = Some(2)).await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF"), sealed(&pdf(1), "PDF"), sealed(&pdf(1), "PDF")])).await;
    let values = world.sign(&digests).await;
    let files = world.compose(&values).await;
    assert_eq!(codes(&files), [200, 200, 40303]);
    assert_eq!(world.app.store.log_size().await.unwrap(), 2);
    // What was made with the last use may still be fetched, nothing new begun.
    assert_eq!(world.compose(&values[..1]).await[0]["fileB64"], files[0]["fileB64"]);
    let content = world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]}));
    assert_eq!(world.refused::<GenerateDigest>(content).await, (40303, Some("/grantCode".into())));
}

#[tokio::test]
async fn a_token_stands_in_for_a_grant() {
    let world = World::new().await;
    let token = |name: &str| TokenRecord {
        hash: secret_hash(name),
        system_id: SYSTEM.into(),
        user_id: "user-1".into(),
        used: now(),
        idle_seconds: 3600,
        expires: now() + seconds(7200),
    };
    world.app.store.insert_token(&token("the token")).await.unwrap();
    let content = json!({"accessToken": "the token", "organizationCode": BUSINESS});
    assert_eq!(listed(&world, content.clone()).await, [SEAL, PHONE_SEAL]);
    assert_eq!(listed(&world, json!({"accessToken": "the token"})).await.len(), 2, "the user's only organisation");
    let foreign = json!({"accessToken": "the token", "organizationCode": world.government});
    assert_eq!(world.refused::<GetSealList>(foreign).await, (40302, Some("/organizationCode".into())));
    let unknown = json!({"accessToken": "another"});
    assert_eq!(world.refused::<GetSealList>(unknown).await, (40105, Some("/accessToken".into())));
    world.clock.advance(Duration::from_secs(3700));
    assert_eq!(world.refused::<GetSealList>(content).await, (40105, Some("/accessToken".into())));
}

#[tokio::test]
async fn a_person_who_is_named_acts_for_the_holder() {
    let world = World::new().await;
    let of = |number: &str| json!({"idType": "111", "idNo": number});
    assert_eq!(listed(&world, world.business(of("11010519491231002X"))).await.len(), 2);
    refused(&world, of("110105194912310011"), 40302, "/idNo").await;
}

#[tokio::test]
async fn pages_of_the_list() {
    let world = World::new().await;
    let (_, data) = world.call::<GetSealList>(world.business(json!({"page": "2", "pageSize": "1"}))).await.unwrap();
    assert_eq!((data["total"].as_u64(), data["sealList"].as_array().unwrap().len()), (Some(2), 1));
    assert_eq!(data["sealList"][0]["sealCode"], PHONE_SEAL);
    assert_eq!(data["sealList"][0]["carrier"], "mobile");
    refused(&world, json!({"page": 0}), 40002, "/page").await;
    refused(&world, json!({"pageSize": 5000}), 40002, "/pageSize").await;
}

#[tokio::test]
async fn only_usable_seals_are_listed() {
    let world = World::new().await;
    let mut seal = world.app.store.find_seal(SEAL).await.unwrap().unwrap();
    seal.status = "FROZEN".into();
    world.app.store.put_seal(&seal).await.unwrap();
    assert_eq!(listed(&world, world.business(json!({}))).await, [PHONE_SEAL]);
    seal.status = "ACTIVE".into();
    seal.valid_end = now() - seconds(1);
    world.app.store.put_seal(&seal).await.unwrap();
    assert_eq!(listed(&world, world.business(json!({}))).await, [PHONE_SEAL]);
    assert_eq!(codes(&world.digests(json!([sealed(&pdf(1), "PDF")])).await), [40913]);
}
