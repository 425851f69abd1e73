//! 3-1 → 3-4 → 3-5 → 4-1.

use std::time::Duration;

use eseal_api::{ComposeSignature, GenerateDigest, SignDigestByServer};
use eseal_log::{Leaf, leaf_hash, verify_inclusion};
use eseal_testkit::{ofd, pdf};
use serde_json::{Value, json};

use crate::world::{SEAL, World, base64, codes, list, rectangle, sealed, to_sign};

fn bytes(value: &Value) -> Vec<u8> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_pdf_and_an_ofd_are_sealed_and_verify() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(2), "PDF"), sealed(&ofd(2), "OFD")])).await;
    assert_eq!(codes(&digests), [200, 200], "{digests:?}");
    let values = world.sign(&digests).await;
    assert_eq!(codes(&values), [200, 200], "{values:?}");
    let files = world.compose(&values).await;
    assert_eq!(codes(&files), [200, 200], "{files:?}");
    for file in &files {
        assert_eq!(world.verify(&file["fileB64"]).await, ("VALID".into(), 1));
        assert_eq!(hex::encode(eseal_gm::sm3(&bytes(&file["fileB64"]))), file["sm3"]);
    }
}

#[tokio::test]
async fn a_receipt_proves_that_the_use_was_logged() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF"), sealed(&ofd(1), "OFD")])).await;
    let files = world.compose(&world.sign(&digests).await).await;
    for (index, file) in files.iter().enumerate() {
        let receipt = &file["receipt"];
        let leaf = bytes(&receipt["leaf"]);
        let read = Leaf::from_bytes(&leaf).unwrap();
        assert_eq!(
            (read.seal_code.as_str(), hex::encode(read.file_sm3)),
            (SEAL, file["sm3"].as_str().unwrap().to_owned())
        );
        assert_eq!(receipt["logIndex"], index);
        let proof: Vec<[u8; 32]> =
            list(receipt.clone(), "inclusionProof").iter().map(|hash| bytes(hash).try_into().unwrap()).collect();
        let checkpoint = eseal_log::Checkpoint::parse(receipt["checkpoint"].as_str().unwrap()).unwrap();
        let size = receipt["treeSize"].as_u64().unwrap();
        assert_eq!(checkpoint.tree_size, size);
        verify_inclusion(&leaf_hash(&leaf), receipt["logIndex"].as_u64().unwrap(), size, &proof, &checkpoint.root)
            .unwrap();
        let key = world.app.platform_keys.public_key(eseal_api::KeyPurpose::Log);
        assert!(
            key.verify(receipt["checkpoint"].as_str().unwrap().as_bytes(), &bytes(&receipt["checkpointSignature"]))
        );
    }
    let shown = eseal_service::use_log::log_checkpoint(&world.app).await.unwrap();
    assert_eq!(shown.tree_size, 2);
    let proof = eseal_service::use_log::log_consistency(&world.app, 1, 2).await.unwrap();
    assert_eq!(proof.proof.len(), 1);
    assert!(eseal_service::use_log::log_consistency(&world.app, 1, 3).await.is_err());
    assert!(eseal_service::use_log::log_inclusion(&world.app, 2, 2).await.is_err());
}

#[tokio::test]
async fn a_digest_alone_is_sealed_without_its_document() {
    let world = World::new().await;
    let entry =
        json!({"sealCode": SEAL, "dataHash": base64(&[3; 32]), "propertyInfo": "/Doc_0/Signs/Sign_0/Signature.xml"});
    let digests = world.digests(json!([entry])).await;
    assert_eq!(codes(&digests), [200], "{digests:?}");
    let files = world.compose(&world.sign(&digests).await).await;
    assert_eq!(codes(&files), [200], "{files:?}");
    assert!(files[0]["signedValue"].is_string() && files[0]["fileB64"].is_null());
    assert_eq!(hex::encode(eseal_gm::sm3(&bytes(&files[0]["signedValue"]))), files[0]["sm3"]);
}

#[tokio::test]
async fn a_bad_entry_fails_alone() {
    let world = World::new().await;
    let unknown = json!({"sealCode": "00000000000000", "file": {"fileB64": base64(&pdf(1))}, "rules": [rectangle()]});
    let content = json!({"sealDataList": [sealed(&pdf(1), "PDF"), unknown, {"sealCode": SEAL}, 7]});
    let (code, data) = world.call::<GenerateDigest>(world.business(content)).await.unwrap();
    let entries = list(data, "fileHashList");
    assert_eq!((code, codes(&entries)), (20700, vec![200, 40402, 40001, 40002]));
    assert_eq!(entries[1]["field"], "/sealDataList/1/sealCode");
    let refs = json!([to_sign(&entries[..1])[0], {"fileUniqueId": "0".repeat(32), "data": base64(&[0; 32])}]);
    let (code, data) = world.call::<SignDigestByServer>(world.business(json!({"sealDataList": refs}))).await.unwrap();
    assert_eq!((code, codes(&list(data, "signValueList"))), (20700, vec![200, 40403]));
}

#[tokio::test]
async fn entries_that_fail_alike_give_their_code() {
    let world = World::new().await;
    let wrong = json!({"sealCode": "1", "file": {"fileB64": base64(&pdf(1))}, "rules": [rectangle()]});
    let (code, _) =
        world.call::<GenerateDigest>(world.business(json!({"sealDataList": [wrong, wrong]}))).await.unwrap();
    assert_eq!(code, 40402);
}

#[tokio::test]
async fn bad_files_have_their_codes() {
    let world = World::new().await;
    let off_page = json!({"ruleType": "RECTANGLE", "rectangleRule": {"page": "1", "left": 900, "bottom": 10}});
    let keyword = json!({"ruleType": "KEYWORD", "keywordRule": {"keyword": "nowhere to be found", "pageNo": 0}});
    let with = |rule: Value| json!({"sealCode": SEAL, "file": {"fileB64": base64(&pdf(1))}, "rules": [rule]});
    let cut = pdf(1);
    for (entry, expected) in [
        (sealed(b"no document at all", "PDF"), 41501),
        (sealed(&cut[..200], "PDF"), 42201),
        (with(off_page), 42203),
        (with(keyword), 42204),
    ] {
        let digests = world.digests(json!([entry])).await;
        assert_eq!(codes(&digests), [expected], "{digests:?}");
    }
}

#[tokio::test]
async fn a_locked_document_takes_no_further_seal() {
    let world = World::new().await;
    for file in [pdf(1), ofd(1)] {
        let mut entry = sealed(&file, "");
        entry["lock"] = json!(true);
        let files = world.compose(&world.sign(&world.digests(json!([entry])).await).await).await;
        assert_eq!(world.verify(&files[0]["fileB64"]).await, ("VALID".into(), 1));
        let again = world.digests(json!([sealed(&bytes(&files[0]["fileB64"]), "")])).await;
        assert_eq!(codes(&again), [42205], "{again:?}");
    }
}

#[tokio::test]
async fn a_second_seal_leaves_the_first_valid() {
    let world = World::new().await;
    for file in [pdf(1), ofd(1)] {
        let mut sealed_file = file;
        for count in 1..=3 {
            let digests = world.digests(json!([sealed(&sealed_file, "")])).await;
            let files = world.compose(&world.sign(&digests).await).await;
            sealed_file = bytes(&files[0]["fileB64"]);
            assert_eq!(world.verify(&files[0]["fileB64"]).await, ("VALID".into(), count));
        }
    }
}

#[tokio::test]
async fn a_server_lost_between_digest_and_composition_is_no_loss() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF"), sealed(&ofd(1), "OFD")])).await;
    let world = world.restarted().await;
    let values = world.sign(&digests).await;
    let world = world.restarted().await;
    let files = world.compose(&values).await;
    assert_eq!(codes(&files), [200, 200], "{files:?}");
    let world = world.restarted().await;
    assert_eq!(world.compose(&values).await[0]["sm3"], files[0]["sm3"]);
    assert_eq!(world.verify(&files[0]["fileB64"]).await, ("VALID".into(), 1));
}

#[tokio::test]
async fn a_digest_expires() {
    let world = World::new().await;
    let digests = world.digests(json!([sealed(&pdf(1), "PDF")])).await;
    let values = world.sign(&digests).await;
    world.clock.advance(Duration::from_secs(30 * 60 + 1));
    assert_eq!(codes(&world.compose(&values).await), [41001]);
    assert_eq!(codes(&world.sign(&digests).await), [41001]);
    eseal_service::clean_up(&world.app).await.unwrap();
    assert_eq!(codes(&world.compose(&values).await), [41001], "still known as expired");
}

#[tokio::test]
async fn results_can_be_fetched_for_a_day_and_are_gone_in_the_end() {
    let world = World::new().await;
    let values = world.sign(&world.digests(json!([sealed(&pdf(1), "PDF")])).await).await;
    let files = world.compose(&values).await;
    world.clock.advance(Duration::from_secs(86_400));
    eseal_service::clean_up(&world.app).await.unwrap();
    assert_eq!(world.compose(&values).await[0]["fileB64"], files[0]["fileB64"]);
    assert_eq!(world.objects(), 2);
    world.clock.advance(Duration::from_secs(30 * 86_400));
    assert!(eseal_service::clean_up(&world.app).await.unwrap() > 0);
    assert_eq!(world.objects(), 0);
}

#[tokio::test]
async fn a_composed_file_may_be_asked_for_by_identifier() {
    let world = World::new().await;
    let values = world.sign(&world.digests(json!([sealed(&pdf(1), "PDF")])).await).await;
    let content = world.business(json!({"sealDataList": values, "as": "fileId"}));
    let (_, data) = world.call::<ComposeSignature>(content).await.unwrap();
    let file = &data["fileList"][0];
    assert!(file["fileId"].is_string() && file["fileB64"].is_null());
    let id = file["fileId"].as_str().unwrap();
    let found = eseal_service::files::download(&world.app, &world.caller(), id).await.unwrap();
    assert_eq!(found.file.sm3, file["sm3"].as_str().unwrap());
    let stranger = world.caller_of(crate::world::OTHER_SYSTEM);
    assert!(eseal_service::files::download(&world.app, &stranger, id).await.is_err(), "for others it does not exist");
}
