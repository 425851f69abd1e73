//! Signing of requests (请求签名): HMAC-SM3, or SM2.

use eseal_gm::{hmac_sm3, sm2::SigningKey};
use zeroize::Zeroizing;

/// The key of the calling system (应用系统密钥).
#[derive(Clone)]
pub struct Signer(Key);

#[derive(Clone)]
enum Key {
    Hmac(Zeroizing<Vec<u8>>),
    Sm2(Box<SigningKey>),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.algorithm())
    }
}

impl Signer {
    /// HMAC-SM3 with the key that was agreed on.
    #[must_use]
    pub fn hmac_sm3(key: &[u8]) -> Self {
        Self(Key::Hmac(Zeroizing::new(key.to_vec())))
    }

    /// SM2 with the key whose public half is registered; the usual choice of government systems.
    #[must_use]
    pub fn sm2(key: SigningKey) -> Self {
        Self(Key::Sm2(Box::new(key)))
    }

    /// As `X-Eseal-Algorithm` names it.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match &self.0 {
            Key::Hmac(_) => "HMAC-SM3",
            Key::Sm2(_) => "SM2",
        }
    }

    /// The value of `X-Eseal-Signature`, before base64.
    #[must_use]
    pub fn sign(&self, text: &str) -> Vec<u8> {
        match &self.0 {
            Key::Hmac(key) => hmac_sm3(key, text.as_bytes()).to_vec(),
            Key::Sm2(key) => key.sign(text.as_bytes()),
        }
    }
}

/// The text that a request's signature covers.
///
/// ```text
/// METHOD\nPATH\nQUERY (sorted, as sent)\nsystemID\ntimestamp\nnonce\nhex(SM3(body))
/// ```
#[must_use]
pub fn signed_text(
    method: &str,
    path: &str,
    query: &str,
    system_id: &str,
    timestamp_ms: &str,
    nonce: &str,
    body_sm3: &[u8; 32],
) -> String {
    let mut parts: Vec<&str> = query.split('&').collect();
    parts.sort_unstable();
    let (query, digest) = (parts.join("&"), hex::encode(body_sm3));
    [method, path, &query, system_id, timestamp_ms, nonce, &digest].join("\n")
}

#[cfg(test)]
mod tests {
    use eseal_gm::{hmac_sm3_verify, sm3};

    use super::*;

    #[test]
    fn the_text_is_that_of_the_contract_and_both_keys_sign_it() {
        let text = signed_text("POST", "/api/v1/x", "b=2&a=1", "SYS", "17", "n", &sm3(b"body"));
        let digest = hex::encode(sm3(b"body"));
        assert_eq!(text, format!("POST\n/api/v1/x\na=1&b=2\nSYS\n17\nn\n{digest}"));
        assert!(hmac_sm3_verify(b"key", text.as_bytes(), &Signer::hmac_sm3(b"key").sign(&text)));
        let key = SigningKey::generate().expect("a key");
        let signer = Signer::sm2(key.clone());
        assert!(key.verifying_key().verify(text.as_bytes(), &signer.sign(&text)));
        assert_eq!(format!("{signer:?}"), "Signer(SM2)");
    }
}
