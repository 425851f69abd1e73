//! Session keys, ciphers, MACs and digests in the making (会话密钥, 分组密码, 杂凑).

use eseal_gm::{
    Sm3,
    sm4::{self, Sm4},
};
use zeroize::Zeroizing;

use crate::{
    Sar,
    device::{SM4_CBC, SM4_ECB, SM4_MAC},
};

/// What a handle of this kind stands for.
pub(crate) enum Object {
    Key(SessionKey),
    Mac(Stream),
    Hash(Sm3),
}

/// A session key (会话密钥) with what it is doing.
pub(crate) struct SessionKey {
    algorithm: u32,
    bytes: Zeroizing<[u8; 16]>,
    pub(crate) stream: Option<Stream>,
}

/// What a stream does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Encrypt,
    Decrypt,
    Mac,
}

/// `BLOCKCIPHERPARAM`.
#[derive(Clone, Copy)]
pub(crate) struct Parameters {
    pub(crate) iv: [u8; 32],
    pub(crate) iv_bytes: u32,
    pub(crate) padding: u32,
}

/// Blocks one after the other (分组运算): ECB or CBC, with PKCS#5 padding or none.
#[derive(Clone)]
pub(crate) struct Stream {
    cipher: Sm4,
    pub(crate) way: Way,
    chain: Option<[u8; sm4::BLOCK]>,
    is_padded: bool,
    pending: Zeroizing<Vec<u8>>,
}

impl SessionKey {
    pub(crate) fn new(algorithm: u32, bytes: &[u8]) -> Result<Self, Sar> {
        if !matches!(algorithm, SM4_ECB | SM4_CBC | SM4_MAC) {
            return Err(Sar::NOT_SUPPORTED);
        }
        let bytes = Zeroizing::new(bytes.try_into().map_err(|_| Sar::INPUT_LENGTH)?);
        Ok(Self { algorithm, bytes, stream: None })
    }

    /// Begins an operation.
    pub(crate) fn start(&self, way: Way, parameters: &Parameters) -> Result<Stream, Sar> {
        if !matches!(parameters.padding, 0 | 1) || way == Way::Mac && parameters.padding != 0 {
            return Err(Sar::PARAMETER);
        }
        let chain = if self.algorithm == SM4_ECB && way != Way::Mac {
            None
        } else if parameters.iv_bytes as usize == sm4::BLOCK {
            parameters.iv.first_chunk().copied()
        } else if parameters.iv_bytes == 0 && way == Way::Mac {
            Some([0; sm4::BLOCK])
        } else {
            return Err(Sar::PARAMETER);
        };
        let cipher = Sm4::new(&self.bytes);
        Ok(Stream { cipher, way, chain, is_padded: parameters.padding == 1, pending: Zeroizing::default() })
    }
}

impl Stream {
    /// Takes bytes, gives the blocks that are ready; a padded decryption keeps the last one.
    pub(crate) fn update(&mut self, input: &[u8]) -> Zeroizing<Vec<u8>> {
        self.pending.extend_from_slice(input);
        let mut blocks = self.pending.len() / sm4::BLOCK;
        if self.way == Way::Decrypt && self.is_padded && self.pending.len() == blocks * sm4::BLOCK {
            blocks = blocks.saturating_sub(1);
        }
        let rest = Zeroizing::new(self.pending.split_off(blocks * sm4::BLOCK));
        let mut work = std::mem::replace(&mut self.pending, rest);
        for block in work.as_chunks_mut::<{ sm4::BLOCK }>().0 {
            self.block(block);
        }
        if self.way == Way::Mac {
            work.clear();
        }
        work
    }

    /// Ends: the last block, or the MAC.
    pub(crate) fn finish(&mut self) -> Result<Zeroizing<Vec<u8>>, Sar> {
        if self.way == Way::Encrypt && self.is_padded {
            let missing = sm4::BLOCK - self.pending.len() % sm4::BLOCK;
            let padding = vec![missing as u8; missing];
            return Ok(self.update(&padding));
        }
        if self.way == Way::Decrypt && self.is_padded {
            let mut last: [u8; sm4::BLOCK] = self.pending.as_slice().try_into().map_err(|_| Sar::INPUT_LENGTH)?;
            self.pending.clear();
            self.block(&mut last);
            let missing = usize::from(last[sm4::BLOCK - 1]);
            let text = last.len().checked_sub(missing).filter(|_| missing > 0).ok_or(Sar::PADDING)?;
            if last[text..].iter().any(|byte| usize::from(*byte) != missing) {
                return Err(Sar::PADDING);
            }
            return Ok(Zeroizing::new(last[..text].to_vec()));
        }
        if !self.pending.is_empty() {
            return Err(Sar::INPUT_LENGTH);
        }
        let mac = self.chain.filter(|_| self.way == Way::Mac).map(|chain| chain.to_vec());
        Ok(Zeroizing::new(mac.unwrap_or_default()))
    }

    fn block(&mut self, block: &mut [u8; sm4::BLOCK]) {
        let before = *block;
        match (self.way, self.chain) {
            (Way::Decrypt, chain) => {
                self.cipher.decrypt_block(block);
                mix(block, chain);
                self.chain = chain.map(|_| before);
            }
            (Way::Encrypt | Way::Mac, chain) => {
                mix(block, chain);
                self.cipher.encrypt_block(block);
                self.chain = chain.map(|_| *block);
            }
        }
    }
}

fn mix(block: &mut [u8; sm4::BLOCK], with: Option<[u8; sm4::BLOCK]>) {
    block.iter_mut().zip(with.into_iter().flatten()).for_each(|(byte, other)| *byte ^= other);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(padding: u32) -> Parameters {
        let mut iv = [0; 32];
        iv[..16].copy_from_slice(&[2; 16]);
        Parameters { iv, iv_bytes: 16, padding }
    }

    #[test]
    fn padded_cbc_in_pieces_is_what_the_library_of_algorithms_gives() {
        let key = SessionKey::new(SM4_CBC, &[1; 16]).expect("a key");
        for length in [0, 1, 15, 16, 17, 31, 32, 100] {
            let text: Vec<u8> = (0..length).collect();
            let mut stream = key.start(Way::Encrypt, &parameters(1)).expect("started");
            let mut out = Vec::new();
            text.chunks(7).for_each(|part| out.extend_from_slice(&stream.update(part)));
            out.extend_from_slice(&stream.finish().expect("ended"));
            assert_eq!(out, sm4::cbc_encrypt(&[1; 16], &[2; 16], &text));
            let mut stream = key.start(Way::Decrypt, &parameters(1)).expect("started");
            let mut back = Vec::new();
            out.chunks(5).for_each(|part| back.extend_from_slice(&stream.update(part)));
            back.extend_from_slice(&stream.finish().expect("ended"));
            assert_eq!(back, text);
        }
    }

    #[test]
    fn wrong_lengths_and_padding_are_refused() {
        let key = SessionKey::new(SM4_CBC, &[1; 16]).expect("a key");
        let mut stream = key.start(Way::Encrypt, &parameters(0)).expect("started");
        stream.update(b"short");
        assert_eq!(stream.finish().err(), Some(Sar::INPUT_LENGTH));
        let mut stream = key.start(Way::Decrypt, &parameters(1)).expect("started");
        stream.update(&[0; 16]);
        assert_eq!(stream.finish().err(), Some(Sar::PADDING));
        assert!(key.start(Way::Mac, &parameters(1)).is_err());
        assert!(SessionKey::new(0x101, &[1; 16]).is_err());
    }
}
