//! SM4 (分组密码算法), GB/T 32907—2016: one block, CBC, and GCM for what is stored.

use aes_gcm::{AesGcm, aead::Aead as _, aead::Payload};
use cbc::cipher::{
    BlockCipherDecrypt as _, BlockCipherEncrypt as _, BlockModeDecrypt as _, BlockModeEncrypt as _, KeyInit as _,
    KeyIvInit as _, block_padding::Pkcs7, consts::U12,
};
use zeroize::Zeroizing;

/// Length of keys, blocks and initial values in bytes.
pub const BLOCK: usize = 16;
/// Length of a GCM nonce in bytes.
pub const NONCE: usize = 12;
/// Length of a GCM tag in bytes.
pub const TAG: usize = 16;

/// A prepared key (SM4 密钥).
#[derive(Clone)]
pub struct Sm4(sm4::Sm4);

impl Sm4 {
    /// Prepares a key.
    #[must_use]
    pub fn new(key: &[u8; BLOCK]) -> Self {
        Self(sm4::Sm4::new(key.into()))
    }

    /// Encrypts one block.
    pub fn encrypt_block(&self, block: &mut [u8; BLOCK]) {
        self.0.encrypt_block(block.into());
    }

    /// Decrypts one block.
    pub fn decrypt_block(&self, block: &mut [u8; BLOCK]) {
        self.0.decrypt_block(block.into());
    }
}

impl std::fmt::Debug for Sm4 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sm4(…)")
    }
}

/// Encrypts in CBC mode with PKCS#7 padding.
#[must_use]
pub fn cbc_encrypt(key: &[u8; BLOCK], iv: &[u8; BLOCK], plaintext: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<sm4::Sm4>::new(key.into(), iv.into()).encrypt_padded_vec::<Pkcs7>(plaintext)
}

/// Decrypts in CBC mode; `None` if the padding is wrong.
///
/// CBC does not authenticate: never tell a stranger whether this failed.
#[must_use]
pub fn cbc_decrypt(key: &[u8; BLOCK], iv: &[u8; BLOCK], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = cbc::Decryptor::<sm4::Sm4>::new(key.into(), iv.into());
    cipher.decrypt_padded_vec::<Pkcs7>(ciphertext).ok().map(Zeroizing::new)
}

/// Encrypts and authenticates in GCM mode (可鉴别加密); the result ends in the tag.
///
/// A nonce must never be used twice with one key.  `None` if the text is longer than GCM allows (64 GiB).
#[must_use]
pub fn gcm_seal(key: &[u8; BLOCK], nonce: &[u8; NONCE], associated: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    gcm(key).encrypt(nonce.into(), Payload { msg: plaintext, aad: associated }).ok()
}

/// Decrypts what [`gcm_seal`] made; `None` if it, the nonce or the associated data are not as they were.
#[must_use]
pub fn gcm_open(
    key: &[u8; BLOCK],
    nonce: &[u8; NONCE],
    associated: &[u8],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let opened = gcm(key).decrypt(nonce.into(), Payload { msg: ciphertext, aad: associated });
    opened.ok().map(Zeroizing::new)
}

fn gcm(key: &[u8; BLOCK]) -> AesGcm<sm4::Sm4, U12> {
    AesGcm::new(key.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    #[test]
    fn a_million_rounds_give_the_published_block() {
        // GB/T 32907, example 2.
        let (cipher, mut block) =
            (Sm4::new(&hex("0123456789abcdeffedcba9876543210")), hex("0123456789abcdeffedcba9876543210"));
        let rounds = 1_000_000;
        for _ in 0..rounds {
            cipher.encrypt_block(&mut block);
        }
        assert_eq!(hex::encode(block), "595298c7c6fd271f0402f804c33d3f66");
        for _ in 0..rounds {
            cipher.decrypt_block(&mut block);
        }
        assert_eq!(hex::encode(block), "0123456789abcdeffedcba9876543210");
    }

    #[test]
    fn gcm_gives_the_value_of_rfc_8998_and_rejects_every_flip() {
        let key = hex("0123456789abcdeffedcba9876543210");
        let nonce = hex("00001234567800000000abcd");
        let associated: [u8; 20] = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let plaintext: [u8; 64] = hex(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        );
        let mut sealed = gcm_seal(&key, &nonce, &associated, &plaintext).unwrap();
        assert_eq!(
            hex::encode(&sealed),
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
        );
        assert_eq!(gcm_open(&key, &nonce, &associated, &sealed).unwrap().as_slice(), plaintext);
        for position in 0..sealed.len() {
            sealed[position] ^= 1;
            assert!(gcm_open(&key, &nonce, &associated, &sealed).is_none());
            sealed[position] ^= 1;
        }
        assert!(gcm_open(&key, &nonce, b"", &sealed).is_none());
    }

    #[test]
    fn cbc_rejects_wrong_padding_and_length() {
        let (key, iv) = ([1; 16], [2; 16]);
        let ciphertext = cbc_encrypt(&key, &iv, b"sixteen bytes ok");
        assert_eq!(ciphertext.len(), 32);
        assert_eq!(cbc_decrypt(&key, &iv, &ciphertext).unwrap().as_slice(), b"sixteen bytes ok");
        assert!(cbc_decrypt(&key, &iv, &ciphertext[..16]).is_none());
        assert!(cbc_decrypt(&key, &iv, &ciphertext[..17]).is_none());
        assert!(cbc_decrypt(&key, &iv, b"").is_none());
    }
}
