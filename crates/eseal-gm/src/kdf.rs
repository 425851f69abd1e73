//! Key derivation (密钥派生函数) of GB/T 32918.3 and .4.

use zeroize::Zeroizing;

use crate::Sm3;

/// `KDF(Z, klen)` (密钥派生函数): SM3(Z ‖ 1) ‖ SM3(Z ‖ 2) ‖ …, cut to `len_bytes`.
#[must_use]
pub fn kdf(z: &[u8], len_bytes: usize) -> Zeroizing<Vec<u8>> {
    let mut prefix = Sm3::new();
    prefix.update(z);
    let mut key = Zeroizing::new(Vec::with_capacity(len_bytes));
    for counter in 1_u32.. {
        let missing = len_bytes - key.len();
        if missing == 0 {
            break;
        }
        let mut hash = prefix.clone();
        hash.update(&counter.to_be_bytes());
        let block = Zeroizing::new(hash.finish());
        key.extend(block.iter().take(missing));
    }
    key
}
