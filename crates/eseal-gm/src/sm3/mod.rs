//! SM3 (密码杂凑算法), GB/T 32905—2016: one message, a stream, or many messages side by side.

mod compress;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod many;

pub(crate) use self::compress::{STATE, compress_portable};
pub use self::many::sm3_many;
#[cfg(target_arch = "x86_64")]
pub(crate) use self::{compress::ROUNDS, lanes::States};

use zeroize::Zeroize;

/// Block in bytes.
pub(crate) const BLOCK: usize = 64;

/// A digest in the making (SM3 杂凑), GB/T 32905.
#[derive(Clone)]
pub struct Sm3 {
    state: [u32; 8],
    /// What does not fill a block yet.
    rest: [u8; BLOCK],
    len_bytes: u64,
}

impl Sm3 {
    /// Nothing hashed yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: STATE, rest: [0; BLOCK], len_bytes: 0 }
    }

    /// Adds bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        let held = self.held();
        self.len_bytes = self.len_bytes.wrapping_add(len_of(bytes));
        if held > 0 {
            let (_, room) = self.rest.split_at_mut(held);
            let (now, later) = bytes.split_at(room.len().min(bytes.len()));
            room.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            if now.len() < room.len() {
                return;
            }
            compress(&mut self.state, &[self.rest]);
            bytes = later;
        }
        let (blocks, rest) = bytes.as_chunks();
        compress(&mut self.state, blocks);
        self.rest.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    }

    /// The digest of all that was added.
    #[must_use]
    pub fn finish(mut self) -> [u8; 32] {
        let held = self.held();
        let tail = Tail::new(self.rest.split_at(held).0, self.len_bytes);
        compress(&mut self.state, tail.blocks());
        digest(&self.state)
    }

    /// For tests that watch what becomes of a secret state.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(crate) fn state_mut(&mut self) -> &mut [u32; 8] {
        &mut self.state
    }

    fn held(&self) -> usize {
        usize::try_from(self.len_bytes % 64).unwrap_or(0)
    }
}

impl Default for Sm3 {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Sm3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sm3({} bytes)", self.len_bytes)
    }
}

impl Zeroize for Sm3 {
    fn zeroize(&mut self) {
        self.state.zeroize();
        self.rest.zeroize();
    }
}

/// SM3 of one message (SM3 杂凑值).
#[must_use]
pub fn sm3(message: &[u8]) -> [u8; 32] {
    let mut state = STATE;
    let (blocks, rest) = message.as_chunks();
    compress(&mut state, blocks);
    let tail = Tail::new(rest, len_of(message));
    compress(&mut state, tail.blocks());
    digest(&state)
}

/// The last one or two blocks of a message: its rest, a bit, zeros and its length in bits.
pub(crate) struct Tail {
    blocks: [[u8; BLOCK]; 2],
    count: usize,
}

impl Tail {
    pub(crate) fn new(rest: &[u8], len_bytes: u64) -> Self {
        let mut blocks = [[0; BLOCK]; 2];
        let count = if rest.len() < BLOCK - 8 { 1 } else { 2 };
        let bytes = blocks.as_flattened_mut().iter_mut();
        bytes.zip(rest.iter().chain(&[0x80])).for_each(|(to, from)| *to = *from);
        let end = blocks.as_flattened_mut().iter_mut().take(count * BLOCK).rev();
        end.zip(len_bytes.wrapping_mul(8).to_le_bytes()).for_each(|(to, from)| *to = from);
        Self { blocks, count }
    }

    pub(crate) fn blocks(&self) -> &[[u8; BLOCK]] {
        self.blocks.get(..self.count).unwrap_or(&self.blocks)
    }
}

/// Runs whole blocks through the compression function, with the best form for this machine.
fn compress(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    #[cfg(target_arch = "x86_64")]
    if crate::x86::has_bmi() {
        return crate::x86::compress_bmi(state, blocks);
    }
    compress_portable(state, blocks);
}

pub(crate) fn digest(state: &[u32; 8]) -> [u8; 32] {
    let mut digest = [0; 32];
    for (to, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
    digest
}

fn len_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
