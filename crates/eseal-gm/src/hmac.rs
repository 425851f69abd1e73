//! HMAC with SM3 (带密钥的杂凑), GB/T 15852.2 and RFC 2104.

use zeroize::Zeroize as _;

use crate::{Sm3, equal, sm3};

/// Block of SM3 in bytes.
const BLOCK: usize = 64;

/// A MAC in the making (HMAC-SM3).  Clone it to authenticate many messages with one prepared key.
#[derive(Clone)]
pub struct HmacSm3 {
    inner: Sm3,
    outer: Sm3,
}

impl HmacSm3 {
    /// Prepares a key of any length.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        if key.len() > BLOCK {
            block.iter_mut().zip(sm3(key)).for_each(|(to, from)| *to = from);
        } else {
            block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        }
        let keyed = |pad: u8| {
            let mut padded = block.map(|byte| byte ^ pad);
            let mut hash = Sm3::new();
            hash.update(&padded);
            padded.zeroize();
            hash
        };
        let mac = Self { inner: keyed(0x36), outer: keyed(0x5c) };
        block.zeroize();
        mac
    }

    /// Adds bytes of the message.
    pub fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    /// The MAC.
    #[must_use]
    pub fn finish(mut self) -> [u8; 32] {
        self.outer.update(&self.inner.clone().finish());
        self.outer.clone().finish()
    }

    /// Whether `mac` is the whole right MAC; takes the same time wherever it differs.
    #[must_use]
    pub fn verify(self, mac: &[u8]) -> bool {
        equal(&self.finish(), mac)
    }
}

impl Drop for HmacSm3 {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl std::fmt::Debug for HmacSm3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HmacSm3(…)")
    }
}

/// HMAC-SM3 of one message (消息鉴别码).
#[must_use]
pub fn hmac_sm3(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = HmacSm3::new(key);
    mac.update(message);
    mac.finish()
}

/// Whether `mac` is the HMAC-SM3 of `message` (验证消息鉴别码), in constant time.
#[must_use]
pub fn hmac_sm3_verify(key: &[u8], message: &[u8], mac: &[u8]) -> bool {
    equal(&hmac_sm3(key, message), mac)
}
