//! Binary values in JSON (编码): standard base64 for DER, lower-case hex for keys.

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// A list of DER values.
pub(super) mod list {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(in crate::bundle) fn serialize<S: Serializer>(list: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
        list.iter().map(|value| super::encode(value)).collect::<Vec<_>>().serialize(serializer)
    }

    pub(in crate::bundle) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
        Vec::<String>::deserialize(deserializer)?.iter().map(|text| super::decode(text)).collect()
    }
}

/// One value in base64.
pub(super) mod bytes {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(in crate::bundle) fn serialize<S: Serializer>(value: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        super::encode(value).serialize(serializer)
    }

    pub(in crate::bundle) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        super::decode(&String::deserialize(deserializer)?)
    }
}

/// A public key, `04 ‖ x ‖ y` as lower-case hex.
pub(super) mod key {
    use eseal_gm::sm2::VerifyingKey;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

    pub(in crate::bundle) fn serialize<S: Serializer>(key: &VerifyingKey, serializer: S) -> Result<S::Ok, S::Error> {
        let hex = key.to_bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        hex.serialize(serializer)
    }

    pub(in crate::bundle) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<VerifyingKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::read_key(&text).ok_or_else(|| D::Error::custom("no SM2 public key as hex, 04 ‖ x ‖ y"))
    }
}

/// Reads a public key (公钥), `04 ‖ x ‖ y` as hex.
#[must_use]
pub fn read_key(hex: &str) -> Option<eseal_gm::sm2::VerifyingKey> {
    if hex.len() != 130 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    eseal_gm::sm2::VerifyingKey::from_bytes(&bytes?).ok()
}

fn encode(value: &[u8]) -> String {
    BASE64_STANDARD.encode(value)
}

fn decode<E: serde::de::Error>(text: &str) -> Result<Vec<u8>, E> {
    BASE64_STANDARD.decode(text).map_err(|error| E::custom(format!("base64: {error}")))
}
