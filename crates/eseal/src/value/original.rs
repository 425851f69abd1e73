//! Digests of what a signature protects (原文摘要), as signature values ask for them.

use eseal_gm::{Hash, Hasher};
use serde::{Deserialize, Serialize};

/// A digest of the document that is wanted (所需摘要).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Algorithm.
    pub(crate) hash: Hash,
    /// Z of the signer, hashed before the document.
    pub(crate) z: Option<[u8; 32]>,
}

impl Wanted {
    /// The document and nothing else.
    pub(crate) const fn plain(hash: Hash) -> Self {
        Self { hash, z: None }
    }

    /// A hasher that has taken what comes before the document.
    pub(crate) fn hasher(&self) -> Hasher {
        let mut hasher = Hasher::new(self.hash);
        hasher.update(self.z.as_ref().map_or(&[][..], |z| z));
        hasher
    }
}

/// What is known of the document that a signature protects (原文).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Kept>", into = "Vec<Kept>")]
pub(crate) struct Original(Vec<(Wanted, Vec<u8>)>);

/// A digest, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    hash: String,
    z: Option<[u8; 32]>,
    #[serde(with = "crate::prepare::base64_bytes")]
    digest: Vec<u8>,
}

impl From<Vec<Kept>> for Original {
    /// A digest of an algorithm that is not known is as good as none.
    fn from(list: Vec<Kept>) -> Self {
        let read = |kept: Kept| Some((Wanted { hash: Hash::from_name(&kept.hash)?, z: kept.z }, kept.digest));
        Self(list.into_iter().filter_map(read).collect())
    }
}

impl From<Original> for Vec<Kept> {
    fn from(original: Original) -> Self {
        let keep =
            |(wanted, digest): (Wanted, Vec<u8>)| Kept { hash: wanted.hash.name().to_owned(), z: wanted.z, digest };
        original.0.into_iter().map(keep).collect()
    }
}

impl Original {
    /// With its SM3, if it could be computed.
    pub(crate) fn of_sm3(sm3: Option<[u8; 32]>) -> Self {
        Self(sm3.into_iter().map(|digest| (Wanted::plain(Hash::Sm3), digest.to_vec())).collect())
    }

    /// All digests of bytes in memory that are wanted.
    pub(crate) fn of_bytes(bytes: &[u8], wanted: &[Wanted]) -> Self {
        let digest = |wanted: &Wanted| {
            let mut hasher = wanted.hasher();
            hasher.update(bytes);
            (*wanted, hasher.finish())
        };
        Self(wanted.iter().map(digest).collect())
    }

    /// Adds a digest.
    pub(crate) fn add(&mut self, wanted: Wanted, digest: Vec<u8>) {
        self.0.push((wanted, digest));
    }

    /// A digest, if it is known.
    pub(crate) fn digest(&self, wanted: &Wanted) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known == wanted).map(|(_, digest)| &digest[..])
    }
}
