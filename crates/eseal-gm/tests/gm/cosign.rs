use eseal_gm::sm2::{
    SigningKey,
    cosign::{CosignError, FirstMessage, PhoneKeyStart, PhoneShare, ServerKeyStart, ServerPart, ServerShare},
};

const CONTEXT: &[u8] = b"account 1, device 2";

fn shares() -> (PhoneShare, ServerShare) {
    let (phone, commitment) = PhoneKeyStart::new(CONTEXT).unwrap();
    let (server, server_public) = ServerKeyStart::new(CONTEXT, commitment).unwrap();
    let (phone, phone_public) = phone.finish(&server_public).unwrap();
    let server = server.finish(&phone_public).unwrap();
    assert_eq!(phone.public_key(), server.public_key());
    (phone, server)
}

fn sign(phone: &mut PhoneShare, server: &ServerShare, e: &[u8; 32]) -> Result<(), CosignError> {
    let (round, first) = phone.begin(e)?;
    let part = server.answer(e, &first)?;
    let signature = round.finish(&part)?;
    assert!(server.verifying_key().verify_prehash(e, &signature));
    Ok(())
}

#[test]
fn two_shares_sign_for_the_key_that_exists_nowhere() {
    let (mut phone, server) = shares();
    for message in [&b"a"[..], b"b", b""] {
        let e = phone.verifying_key().e(message);
        sign(&mut phone, &server, &e).unwrap();
    }
}

#[test]
fn shares_survive_storage_and_refresh_and_old_and_new_do_not_mix() {
    let (phone, server) = shares();
    let mut phone = PhoneShare::from_bytes(&phone.to_bytes()).unwrap();
    let server = ServerShare::from_bytes(&server.to_bytes()).unwrap();
    sign(&mut phone, &server, &[1; 32]).unwrap();
    let (mut new_phone, refresh) = phone.refresh().unwrap();
    let new_server = server.refresh(&refresh).unwrap();
    assert_ne!(*new_phone.to_bytes(), *phone.to_bytes());
    sign(&mut new_phone, &new_server, &[2; 32]).unwrap();
    assert_eq!(sign(&mut phone, &new_server, &[3; 32]), Err(CosignError::WrongResult));
    assert_eq!(sign(&mut new_phone, &server, &[3; 32]), Err(CosignError::WrongResult));
}

#[test]
fn each_side_proves_its_share_and_a_share_of_another_key_is_found_out() {
    let (phone, server) = shares();
    let (new_phone, refresh) = phone.refresh().unwrap();
    let new_server = server.refresh(&refresh).unwrap();
    assert_eq!(new_server.check(&new_phone.prove(CONTEXT).unwrap(), CONTEXT), Ok(()));
    assert_eq!(new_phone.check(&new_server.prove(CONTEXT).unwrap(), CONTEXT), Ok(()));
    assert_eq!(new_phone.check(&server.prove(CONTEXT).unwrap(), CONTEXT), Err(CosignError::NoKey));
    assert_eq!(new_server.check(&phone.prove(CONTEXT).unwrap(), CONTEXT), Err(CosignError::NoKey));
    assert_eq!(new_server.check(&new_phone.prove(b"other").unwrap(), CONTEXT), Err(CosignError::WrongProof));
    assert_eq!(new_phone.check(&new_phone.prove(CONTEXT).unwrap(), CONTEXT), Err(CosignError::WrongProof), "its own");
    let mut broken = new_phone.prove(CONTEXT).unwrap();
    broken.0[128] ^= 1;
    assert_eq!(new_server.check(&broken, CONTEXT), Err(CosignError::WrongProof));
}

#[test]
fn key_generation_rejects_other_commitments_proofs_roles_and_contexts() {
    let begin = || {
        let (phone, commitment) = PhoneKeyStart::new(CONTEXT).unwrap();
        let (server, public) = ServerKeyStart::new(CONTEXT, commitment).unwrap();
        (phone, server, public)
    };
    let (phone, server, public) = begin();
    for position in [1, 40, 70, 128] {
        let mut bad = public;
        bad.0[position] ^= 1;
        let (phone, ..) = begin();
        assert!(matches!(phone.finish(&bad), Err(CosignError::Malformed | CosignError::WrongProof)), "byte {position}");
    }
    let (_, other) = phone.finish(&public).unwrap();
    let (_, unrelated, _) = begin();
    assert!(matches!(unrelated.finish(&other), Err(CosignError::WrongCommitment)));
    assert!(matches!(server.finish(&public), Err(CosignError::WrongCommitment)));
    // A server that plays the phone's own share back proves nothing.
    let (phone, commitment) = PhoneKeyStart::new(CONTEXT).unwrap();
    let (_, stranger) = ServerKeyStart::new(b"another account", commitment).unwrap();
    assert!(matches!(phone.finish(&stranger), Err(CosignError::WrongProof)));
    let (phone, _) = PhoneKeyStart::new(CONTEXT).unwrap();
    assert!(matches!(phone.finish(&other), Err(CosignError::WrongProof)));
}

#[test]
fn a_server_that_signs_another_digest_gives_no_signature() {
    let (mut phone, server) = shares();
    let (round, mut first) = phone.begin(&[1; 32]).unwrap();
    assert_eq!(server.answer(&[2; 32], &first), Err(CosignError::WrongDigest));
    first.0[..32].copy_from_slice(&[2; 32]); // a malicious server answers for a digest of its own
    let part = server.answer(&[2; 32], &first).unwrap();
    assert_eq!(round.finish(&part), Err(CosignError::WrongResult));
}

#[test]
fn malformed_messages_are_refused() {
    let (mut phone, server) = shares();
    let (round, first) = phone.begin(&[1; 32]).unwrap();
    let mut off = first;
    off.0[96] ^= 1;
    assert_eq!(server.answer(&[1; 32], &off), Err(CosignError::Malformed));
    let mut infinity = FirstMessage([0; 97]);
    infinity.0[..32].copy_from_slice(&[1; 32]);
    assert_eq!(server.answer(&[1; 32], &infinity), Err(CosignError::Malformed));
    assert_eq!(round.finish(&ServerPart([0xff; 64])), Err(CosignError::Malformed));
    assert!(PhoneShare::from_bytes(&[0; 97]).is_err());
    let mut bytes = [0; 97];
    bytes[32..].copy_from_slice(&SigningKey::from_bytes(&[1; 32]).unwrap().public_key());
    assert!(ServerShare::from_bytes(&bytes).is_err(), "a share of zero");
}
