//! SM3 of many messages side by side (多消息并行杂凑): one lane each, and a lane that is done takes the next message.

/// SM3 of each message, in their order (批量 SM3): several times faster than one after the other.
#[must_use]
pub fn sm3_many(messages: &[&[u8]]) -> Vec<[u8; 32]> {
    #[cfg(target_arch = "x86_64")]
    {
        use super::lanes::hash;
        use crate::x86;
        if x86::has_avx512() {
            return hash::<16>(messages, x86::compress_16);
        }
        if x86::has_avx2() {
            return hash::<8>(messages, x86::compress_8);
        }
    }
    messages.iter().map(|message| super::sm3(message)).collect()
}
