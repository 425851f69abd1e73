use eseal_gm::{Sm3, hmac_sm3, hmac_sm3_verify, kdf, sm2::SigningKey, sm3, sm4};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../testdata/gm-base-vectors.json")).unwrap()
}

fn hex<const N: usize>(value: &Value) -> [u8; N] {
    hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

#[test]
fn sm3_gives_the_published_digests_whole_and_in_pieces() {
    for case in vectors()["sm3"].as_array().unwrap() {
        let message = hex::decode(case["msg_hex"].as_str().unwrap()).unwrap();
        let digest: [u8; 32] = hex(&case["digest"]);
        assert_eq!(sm3(&message), digest);
        for size in [1, 3, 63, 64, 65] {
            let mut hash = Sm3::new();
            message.chunks(size).for_each(|piece| hash.update(piece));
            assert_eq!(hash.finish(), digest, "in pieces of {size}");
        }
    }
}

#[test]
fn sm4_hmac_and_kdf_give_the_published_values() {
    let vectors = vectors();
    let key = hex(&vectors["sm4"]["key"]);
    let mut block = hex(&vectors["sm4"]["pt"]);
    let cipher = sm4::Sm4::new(&key);
    cipher.encrypt_block(&mut block);
    assert_eq!(block, hex::<16>(&vectors["sm4"]["ct"]));
    cipher.decrypt_block(&mut block);
    assert_eq!(block, hex::<16>(&vectors["sm4"]["pt"]));
    assert_eq!(sm4::cbc_encrypt(&key, &[0; 16], b"abc"), hex::<16>(&vectors["sm4"]["cbc_pkcs7_iv0_abc"]));

    let mac = hex::<32>(&vectors["hmac_sm3"]["mac"]);
    assert_eq!(hmac_sm3(&[0; 16], b"abc"), mac);
    assert!(hmac_sm3_verify(&[0; 16], b"abc", &mac));
    assert!(!hmac_sm3_verify(&[0; 16], b"abd", &mac));
    assert!(!hmac_sm3_verify(&[0; 16], b"abc", &mac[..31]));
    assert_eq!(hmac_sm3(&[7; 65], b""), hmac_sm3(&sm3(&[7; 65]), b""), "a long key is hashed first");

    let long = kdf(b"z", 70);
    assert_eq!(long.len(), 70);
    assert_eq!(long[..32], sm3(b"z\0\0\0\x01"));
    assert_eq!(long[..40], kdf(b"z", 40)[..]);
    assert!(kdf(b"z", 0).is_empty());
}

#[test]
fn the_published_key_has_the_published_z() {
    let vectors = vectors();
    let v = &vectors["sm2_sign_gbt32918_5"];
    let key = SigningKey::from_bytes(&hex(&v["d"])).unwrap();
    let mut prefix = hex::<32>(&v["ZA"]).to_vec();
    prefix.extend(b"message digest");
    assert_eq!(key.verifying_key().e(b"message digest"), sm3(&prefix));
    let other = key.clone().with_id(b"ALICE123@YAHOO.COM").unwrap();
    assert_ne!(other.verifying_key().e(b""), key.verifying_key().e(b""));
    assert!(other.verifying_key().verify(b"m", &other.sign(b"m")));
    assert!(!key.verifying_key().verify(b"m", &other.sign(b"m")));
    assert!(key.with_id(&[0; 8192]).is_err());
}
