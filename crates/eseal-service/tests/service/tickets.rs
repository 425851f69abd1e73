//! The ticket of 3-3 and what the agent makes of it (USBKey 签名票据).

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_api::{ErrorCode, KeyPurpose, SignDigestByUsbKey};
use eseal_service::tickets::{SignTicket, TICKET_PREFIX, TicketError};
use eseal_testkit::{ORGANIZATION_NAME, now};
use serde_json::{Value, json};

use crate::phone_world::{ORIGIN, SYSTEM, SYSTEM_NAME, World, code_of};

const KEY_SEAL: &str = "44030000000102";
const OTHER_SEAL: &str = "44030000000103";

async fn world() -> World {
    let world = World::new().await;
    world.seal(KEY_SEAL, "usbkey", &world.pki.signer.certificate).await;
    world.seal(OTHER_SEAL, "usbkey", &world.pki.other.certificate).await;
    world
}

async fn ticket(world: &World, list: &[Value]) -> String {
    let content = world.common(json!({"sealDataList": list}));
    world.call::<SignDigestByUsbKey>(content).await.unwrap().ticket
}

#[tokio::test]
async fn a_ticket_says_who_signs_what_with_which_key() {
    let world = world().await;
    let list = world.digests(KEY_SEAL, 2).await;
    let ticket = ticket(&world, &list).await;
    let platform = world.app.platform_keys.public_key(KeyPurpose::Ticket);
    let read = SignTicket::verify(&ticket, platform, ORIGIN, now()).unwrap();
    assert_eq!((read.system_id.as_str(), read.system_name.as_str()), (SYSTEM, SYSTEM_NAME));
    assert_eq!((read.origin.as_str(), read.organization_name.as_str()), (ORIGIN, ORGANIZATION_NAME));
    assert_eq!(read.certificate_sm3, world.pki.signer.certificate_sm3());
    assert_eq!(read.entries.len(), 2);
    for (entry, asked) in read.entries.iter().zip(&list) {
        assert_eq!(asked["fileUniqueId"], entry.file_unique_id);
        assert_eq!(asked["data"], BASE64_STANDARD.encode(entry.e));
        assert_eq!((entry.title.as_str(), entry.page_count), ("内容未知", None));
        assert_eq!(entry.seal_code, KEY_SEAL);
    }
    assert_eq!(SignTicket::from_bytes(&read.to_bytes().unwrap()).unwrap(), read);
}

#[tokio::test]
async fn the_agent_believes_no_altered_ticket() {
    let world = world().await;
    let ticket = ticket(&world, &world.digests(KEY_SEAL, 1).await).await;
    let platform = world.app.platform_keys.public_key(KeyPurpose::Ticket);
    let check = |ticket: &str, origin: &str, at| SignTicket::verify(ticket, platform, origin, at).unwrap_err();
    let (text, signature) = ticket.split_once('.').unwrap();
    let (text, signature) = (BASE64_STANDARD.decode(text).unwrap(), BASE64_STANDARD.decode(signature).unwrap());
    assert!(text.starts_with(TICKET_PREFIX));
    for position in 0..text.len() {
        let mut altered = text.clone();
        altered[position] ^= 1;
        let error = check(&SignTicket::assemble(&altered, &signature).unwrap(), ORIGIN, now());
        assert!(matches!(error, TicketError::Shape { .. } | TicketError::WrongSignature), "byte {position}");
    }
    assert_eq!(check(&ticket, "https://evil.example", now()), TicketError::OtherOrigin);
    assert_eq!(check(&ticket, ORIGIN, now() + Duration::from_secs(301)), TicketError::Expired);
    for broken in ["", ".", "AAAA", "AAAA.AAAA", &ticket[..ticket.len() - 5], &"A".repeat(5 << 20)] {
        assert!(SignTicket::verify(broken, platform, ORIGIN, now()).is_err());
    }
    let other = world.app.platform_keys.public_key(KeyPurpose::Login);
    assert_eq!(SignTicket::verify(&ticket, other, ORIGIN, now()), Err(TicketError::WrongSignature));
}

#[tokio::test]
async fn a_ticket_is_for_one_certificate_and_each_digest_once() {
    let world = world().await;
    let (mine, other) = (world.digests(KEY_SEAL, 1).await, world.digests(OTHER_SEAL, 1).await);
    let ask = async |list: Value| code_of(world.call::<SignDigestByUsbKey>(world.common(list)).await);
    assert_eq!(ask(json!({"sealDataList": [mine[0], other[0]]})).await, ErrorCode::BadParameter);
    assert_eq!(ask(json!({"sealDataList": [mine[0], mine[0]]})).await, ErrorCode::BadParameter);
    assert_eq!(ask(json!({"sealDataList": []})).await, ErrorCode::MissingParameter);
    assert_eq!(ask(json!({"sealDataList": mine, "origin": "https://evil.example"})).await, ErrorCode::BadParameter);
    let mut altered = mine[0].clone();
    altered["data"] = json!(BASE64_STANDARD.encode([0; 32]));
    assert_eq!(ask(json!({"sealDataList": [altered]})).await, ErrorCode::BadParameter);
    world.revoke(&world.pki.signer.certificate);
    assert_eq!(ask(json!({"sealDataList": mine})).await, ErrorCode::CertificateRevoked);
}
