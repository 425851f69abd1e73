//! By what right: grants, tokens, scenes, and the seals that they reach.

use std::time::Duration;

use eseal_api::{ComposeSignature, GenerateDigest, GetSealList};
use eseal_service::{seconds, secret_hash};
use eseal_store::{GrantRecord, TokenRecord};
use eseal_testkit::{now, pdf};
use serde_json::{Value, json};

use crate::world::{BUSINESS, GRANT, PHONE_SEAL, SEAL, SYSTEM, World, codes, list, refusal, sealed};

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

#[tokio::test]
async fn a_grant_is_its_systems_alone() {
    let world = World::new().await;
    let other = world.caller_of("OTHER-SYSTEM");
    let content = world.business(json!({}));
    let found = refusal(world.call_as::<GetSealList>(&other, content).await);
    assert_eq!(found, (40302, Some("/grantCode".into())));
}

#[tokio::test]
async fn a_grant_or_seal_for_some_scenes_is_not_used_by_naming_none() {
    let world = World::new().await;
    let without_scene = || {
        let mut content = world.business(json!({"sealDataList": [sealed(&pdf(1), "PDF")]}));
        content.as_object_mut().unwrap().remove("scene");
        content
    };
    let entry = async || {
        let (_, data) = world.call::<GenerateDigest>(without_scene()).await.unwrap();
        list(data, "fileHashList")[0]["code"].as_u64().unwrap()
    };
    assert_eq!(entry().await, 200, "nothing is limited");
    put_grant(&world, |grant| grant.scenes = vec!["S02".into()]).await;
    assert_eq!(entry().await, 40304);
    assert_eq!(codes(&world.digests(json!([sealed(&pdf(1), "PDF")])).await), [200], "the scene it is for");
    put_grant(&world, |_| {}).await;
    let mut seal = world.app.store.find_seal(SEAL).await.unwrap().unwrap();
    seal.scenes = vec!["S02".into()];
    world.app.store.put_seal(&seal).await.unwrap();
    assert_eq!(entry().await, 40304);
}

#[tokio::test]
async fn a_revoked_grant_ends_what_was_begun_with_it() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    let values = world.sign(&digests).await;
    assert!(world.app.store.revoke_grant(&world.grant(GRANT, BUSINESS).id).await.unwrap());
    let content = world.business(json!({"sealDataList": values}));
    assert_eq!(world.refused::<ComposeSignature>(content).await, (40302, Some("/grantCode".into())));
    assert_eq!(world.app.store.log_size().await.unwrap(), 0);
}

#[tokio::test]
async fn of_requests_at_the_same_moment_no_more_are_served_than_a_grant_has_uses() {
    let world = World::new().await;
    put_grant(&world, |grant| grant.remaining = Some(3)).await;
    let entries: Vec<Value> = (0..6).map(|_| sealed(&pdf(1), "PDF")).collect();
    let digests = world.digests(json!(entries)).await;
    let values = world.sign(&digests).await;
    let all = values.iter().map(|value| world.compose(std::slice::from_ref(value)));
    let mut codes: Vec<u64> =
        futures::future::join_all(all).await.iter().map(|files| files[0]["code"].as_u64().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [200, 200, 200, 40303, 40303, 40303]);
    assert_eq!(world.app.store.log_size().await.unwrap(), 3);
    let grant = world.app.store.find_grant_by_id(&world.grant(GRANT, BUSINESS).id).await.unwrap().unwrap();
    assert_eq!(grant.remaining, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_requests_for_the_last_use_exactly_one_has_it() {
    let world = World::new().await;
    for round in 1..=5 {
        put_grant(&world, |grant| grant.remaining = Some(1)).await;
        let digests = world.digests(json!([sealed(&pdf(1), "PDF"), sealed(&pdf(1), "PDF")])).await;
        let values = world.sign(&digests).await;
        let (one, two) = tokio::join!(world.compose(&values[..1]), world.compose(&values[1..]));
        let mut found = [codes(&one)[0], codes(&two)[0]];
        found.sort_unstable();
        assert_eq!(found, [200, 40303], "round {round}");
        assert_eq!(world.app.store.log_size().await.unwrap(), round);
    }
}

#[tokio::test]
async fn a_token_ends_with_its_time_its_user_and_its_revocation_and_is_its_systems_alone() {
    let world = World::new().await;
    let insert = async |name: &str| {
        let token = TokenRecord {
            hash: secret_hash(name),
            system_id: SYSTEM.into(),
            user_id: "user-1".into(),
            used: now(),
            idle_seconds: 3600,
            expires: now() + seconds(7200),
        };
        world.app.store.insert_token(&token).await.unwrap();
    };
    let content = |name: &str| json!({"accessToken": name, "organizationCode": BUSINESS});
    for name in ["a", "b", "c"] {
        insert(name).await;
        assert_eq!(listed(&world, content(name)).await.len(), 2, "{name}");
    }
    let dead = (40105, Some("/accessToken".to_owned()));
    let other = world.caller_of("OTHER-SYSTEM");
    assert_eq!(refusal(world.call_as::<GetSealList>(&other, content("a")).await), dead);
    assert!(world.app.store.revoke_token(SYSTEM, &secret_hash("a")).await.unwrap());
    assert_eq!(world.refused::<GetSealList>(content("a")).await, dead);
    assert_eq!(listed(&world, content("b")).await.len(), 2, "another token of the same user");
    let user = world.app.store.find_user("user-1").await.unwrap().unwrap();
    let mut changed = user.clone();
    changed.organizations.clear();
    world.app.store.put_user(&changed).await.unwrap();
    assert_eq!(world.refused::<GetSealList>(content("b")).await, (40302, Some("/organizationCode".into())));
    changed.clone_from(&user);
    changed.active = false;
    world.app.store.put_user(&changed).await.unwrap();
    assert_eq!(world.refused::<GetSealList>(content("b")).await, dead);
    world.app.store.put_user(&user).await.unwrap();
    assert_eq!(world.app.store.revoke_tokens_of("user-1").await.unwrap(), 2);
    assert_eq!(world.refused::<GetSealList>(content("c")).await, dead);
    // Used again and again it does not outlive its absolute end.
    insert("d").await;
    for _ in 0..4 {
        assert_eq!(listed(&world, content("d")).await.len(), 2);
        world.clock.advance(Duration::from_secs(1795));
    }
    assert_eq!(listed(&world, content("d")).await.len(), 2);
    world.clock.advance(Duration::from_secs(100));
    assert_eq!(world.refused::<GetSealList>(content("d")).await, dead);
}
