//! A phone joins an account, and the two halves of a key are made (手机登记).

use std::time::Duration;

use eseal_pki::Certificate;
use eseal_service::mobile::{
    self,
    phone::{Phone, PhoneError},
};
use serde_json::json;

use crate::phone_world::{PIN, USER, World, refusal};

async fn enrol(world: &World, code: &str, pin: &str) -> Result<Phone, PhoneError> {
    let key = world.app.platform_keys.public_key(eseal_api::KeyPurpose::Summary).clone();
    Phone::enrol(&mut world.wire(None), code, "手机", pin, key).await
}

#[tokio::test]
async fn neither_side_has_the_key_and_the_certificate_is_for_both_halves() {
    let world = World::new().await;
    let (phone, _) = world.phone().await;
    let record = world.store.find_phone(&phone.device_id).await.unwrap().unwrap();
    assert_eq!(record.key_profile, "shared");
    assert_eq!(record.certificates, std::slice::from_ref(&phone.certificate));
    assert_eq!(record.device_public_key, phone.device_key.public_key());
    let certificate = Certificate::from_der(&phone.certificate).unwrap();
    let stored = phone.to_json().unwrap();
    let again = Phone::from_json(&stored).unwrap();
    assert_eq!((&again.device_id, &again.certificate), (&phone.device_id, &phone.certificate));
    // What is kept on the server is sealed, and its plain form is not the phone's.
    assert_eq!(record.key_share.len(), 12 + 97 + 16);
    let share: serde_json::Value = serde_json::from_str(&stored).unwrap();
    assert!(certificate.public_key.sm2().is_some());
    assert_ne!(share["share"], share["deviceKey"]);
    let owner = world.store.find_user_by_certificate(&eseal_gm::sm3(&phone.certificate)).await.unwrap().unwrap();
    assert_eq!(owner.id, USER);
}

#[tokio::test]
async fn a_code_enrols_one_phone_in_its_time() {
    let world = World::new().await;
    let (code, _) = mobile::new_enrolment(&world.app, USER).await.unwrap();
    enrol(&world, &code, PIN).await.unwrap();
    assert_eq!(refusal(enrol(&world, &code, PIN).await), 40302);
    assert_eq!(refusal(enrol(&world, &"0".repeat(32), PIN).await), 40302);
    let (late, _) = mobile::new_enrolment(&world.app, USER).await.unwrap();
    world.clock.advance(Duration::from_secs(901));
    assert_eq!(refusal(enrol(&world, &late, PIN).await), 40302);
    assert!(mobile::new_enrolment(&world.app, "nobody").await.is_err());
}

#[tokio::test]
async fn a_pin_that_will_not_do_does_not_spend_the_code() {
    let world = World::new().await;
    let (code, _) = mobile::new_enrolment(&world.app, USER).await.unwrap();
    assert_eq!(refusal(enrol(&world, &code, "12345").await), 40002);
    enrol(&world, &code, PIN).await.unwrap();
}

#[tokio::test]
async fn the_phone_believes_no_answer_that_was_altered() {
    let world = World::new().await;
    let key = world.app.platform_keys.public_key(eseal_api::KeyPurpose::Summary).clone();
    let other = world.pki.signer.certificate.clone();
    for field in ["keyShare", "cert"] {
        let (code, _) = mobile::new_enrolment(&world.app, USER).await.unwrap();
        let mut wire = world.wire(None);
        let other = serde_json::to_value(eseal_api::Base64(other.clone())).unwrap();
        wire.meddle = Some(Box::new(move |_, answer| {
            if field == "cert" && answer.get("cert").is_some() {
                answer["cert"] = other.clone();
            } else if field == "keyShare" && answer.get("keyShare").is_some() {
                // Another point with somebody else's proof.
                let share: eseal_api::Base64 = serde_json::from_value(answer["keyShare"].clone()).unwrap();
                let mut share = share.0;
                share[100] ^= 1;
                answer["keyShare"] = json!(eseal_api::Base64(share));
            }
        }));
        let enrolled = Phone::enrol(&mut wire, &code, "手机", PIN, key.clone()).await;
        match field {
            "cert" => assert!(matches!(enrolled, Err(PhoneError::OtherCertificate))),
            _ => assert!(matches!(enrolled, Err(PhoneError::Cosign(_)))),
        }
    }
}

#[tokio::test]
async fn the_server_takes_no_share_that_was_not_committed_to() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use eseal_api::Request;
    use eseal_gm::sm2::{SigningKey, cosign::PhoneKeyStart};
    use eseal_service::mobile::phone::{enrol_context, enrol_text};

    let world = World::new().await;
    let caller = world.system_caller("anybody");
    let device = SigningKey::generate().unwrap();
    let context = enrol_context(&device.public_key());
    let (_, commitment) = PhoneKeyStart::new(&context).unwrap();
    let (other, _) = PhoneKeyStart::new(&context).unwrap();
    let start = |code: &str, signer: &SigningKey| {
        let proof = signer.sign(&enrol_text(code, &device.public_key(), &commitment.0));
        let content = json!({
            "code": code, "devicePublicKey": BASE64_STANDARD.encode(device.public_key()), "pin": PIN,
            "keyCommitment": BASE64_STANDARD.encode(commitment.0), "deviceProof": BASE64_STANDARD.encode(proof),
        });
        eseal_api::mobile::Enrol::from_content(&content).unwrap()
    };
    let (code, _) = mobile::new_enrolment(&world.app, USER).await.unwrap();
    let stranger = SigningKey::generate().unwrap();
    let unproven = mobile::enrol(&world.app, &caller, start(&code, &stranger)).await.unwrap_err();
    assert_eq!(unproven.code().number(), 42206, "the device key did not sign");
    let answer = mobile::enrol(&world.app, &caller, start(&code, &device)).await.unwrap();
    let eseal_api::mobile::EnrolResult::Started(started) = answer else { panic!("not the first step") };
    let server = eseal_gm::sm2::cosign::PublicShare(started.key_share.0.try_into().unwrap());
    let (_, public) = other.finish(&server).unwrap();
    let finish = |id: &str| {
        let content = json!({"enrolId": id, "keyShare": BASE64_STANDARD.encode(public.0)});
        eseal_api::mobile::Enrol::from_content(&content).unwrap()
    };
    let refused = mobile::enrol(&world.app, &caller, finish(&started.enrol_id.0)).await.unwrap_err();
    assert_eq!(refused.field(), Some("/keyShare"));
    let again = mobile::enrol(&world.app, &caller, finish(&started.enrol_id.0)).await.unwrap_err();
    assert_eq!(again.field(), Some("/enrolId"), "one try");
}
