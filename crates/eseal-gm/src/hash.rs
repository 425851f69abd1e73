//! The digests that documents of others name (杂凑算法), by name or object identifier.

use sha2::digest::Digest;

use crate::{
    Sm3,
    oid::{self, Oid},
};

/// A digest algorithm (杂凑算法).  That it can be computed does not say that it is acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hash {
    /// SM3, GB/T 32905.
    Sm3,
    /// MD5: broken, met in old OFD files.
    Md5,
    /// SHA-1: broken, met in old OFD and PDF files and in OCSP.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Sm3, Self::Md5, Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> Oid {
        match self {
            Self::Sm3 => oid::SM3,
            Self::Md5 => oid::MD5,
            Self::Sha1 => oid::SHA1,
            Self::Sha224 => oid::SHA224,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// Its name, as people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sm3 => "SM3",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Length of its digests.
    #[must_use]
    pub const fn size_bytes(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sm3 | Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The algorithm of an identifier's content octets (DER without tag and length).
    #[must_use]
    pub fn from_oid(der: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.oid().der == der)
    }

    /// The algorithm of an identifier in dots.
    #[must_use]
    pub fn from_dotted(dotted: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.oid().dotted == dotted)
    }

    /// The algorithm of a name: without regard to case, with or without a hyphen (`SHA256`, `sha-256`).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |text: &str| text.replace('-', "").to_ascii_lowercase();
        Self::ALL.into_iter().find(|hash| plain(hash.name()) == plain(name))
    }

    /// The digest of one message.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        let mut hasher = Hasher::new(self);
        hasher.update(message);
        hasher.finish()
    }
}

/// A digest in the making, of whichever algorithm (杂凑计算).
#[derive(Clone, Debug)]
pub struct Hasher(State);

#[derive(Clone, Debug)]
enum State {
    Sm3(Sm3),
    Md5(md5::Md5),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Hasher {
    /// Nothing hashed yet.
    #[must_use]
    pub fn new(hash: Hash) -> Self {
        Self(match hash {
            Hash::Sm3 => State::Sm3(Sm3::new()),
            Hash::Md5 => State::Md5(Digest::new()),
            Hash::Sha1 => State::Sha1(Digest::new()),
            Hash::Sha224 => State::Sha224(Digest::new()),
            Hash::Sha256 => State::Sha256(Digest::new()),
            Hash::Sha384 => State::Sha384(Digest::new()),
            Hash::Sha512 => State::Sha512(Digest::new()),
        })
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sm3(state) => state.update(bytes),
            State::Md5(state) => state.update(bytes),
            State::Sha1(state) => state.update(bytes),
            State::Sha224(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Sha384(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// The digest of all that was added.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Sm3(state) => state.finish().to_vec(),
            State::Md5(state) => state.finalize().to_vec(),
            State::Sha1(state) => state.finalize().to_vec(),
            State::Sha224(state) => state.finalize().to_vec(),
            State::Sha256(state) => state.finalize().to_vec(),
            State::Sha384(state) => state.finalize().to_vec(),
            State::Sha512(state) => state.finalize().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_abc_are_the_published_ones() {
        let published = [
            (Hash::Sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
            (Hash::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Hash::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Hash::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (Hash::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ];
        for (hash, digest) in published {
            assert_eq!(hex::encode(hash.digest(b"abc")), digest, "{}", hash.name());
        }
        for hash in Hash::ALL {
            assert_eq!(hash.digest(b"").len(), hash.size_bytes());
            assert_eq!(Hash::from_oid(hash.oid().der), Some(hash));
            assert_eq!(Hash::from_dotted(hash.oid().dotted), Some(hash));
            assert_eq!(Hash::from_name(&hash.name().to_lowercase()), Some(hash));
        }
        assert_eq!(Hash::from_name("sha512/256"), None);
    }
}
