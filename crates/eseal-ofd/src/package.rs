//! A package and its parts (OFD 包).

use std::{collections::BTreeSet, collections::HashMap, sync::Arc};

use eseal_bytes::{ByteSource, ReadError};
use eseal_gm::{Hash, Hasher, sm3_many};

use crate::{
    Error, Limits, path, xml,
    zip::{self, Archive, Entry},
};

/// One part of an opened package.  Only meaningful for the package that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(usize);

/// An opened package: names, sizes and where the bytes lie.
pub struct Package {
    source: Arc<dyn ByteSource>,
    archive: Archive,
    /// Comparison form of each part's name.
    by_key: HashMap<String, PartId>,
    limits: Limits,
}

impl Package {
    /// Reads the ZIP directory; unpacks nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open(source: Arc<dyn ByteSource>, limits: &Limits) -> Result<Self, Error> {
        let archive = Archive::read(&*source, limits)?;
        let parts = archive.entries.iter().enumerate().filter(|(_, entry)| !entry.is_folder);
        let by_key = parts.map(|(index, entry)| (path::key(&entry.name), PartId(index))).collect();
        Ok(Self { source, archive, by_key, limits: *limits })
    }

    /// All parts, in the order of the directory; folders are none.
    pub fn parts(&self) -> impl Iterator<Item = PartId> {
        self.archive.entries.iter().enumerate().filter(|(_, entry)| !entry.is_folder).map(|(index, _)| PartId(index))
    }

    /// Name of a part, without leading slash.
    #[must_use]
    pub fn name(&self, part: PartId) -> &str {
        self.archive.entries.get(part.0).map_or("", |entry| &entry.name)
    }

    /// Absolute path of a part, as references write it.
    #[must_use]
    pub fn path(&self, part: PartId) -> String {
        format!("/{}", self.name(part))
    }

    /// Unpacked size of a part, in bytes, as the directory states it.
    #[must_use]
    pub fn size(&self, part: PartId) -> u64 {
        self.archive.entries.get(part.0).map_or(0, |entry| entry.size)
    }

    /// The part that `location`, written in the part named `base`, means: from the folder of `base`, then from the root,
    /// in any case, with either slash.
    #[must_use]
    pub fn find(&self, base: &str, location: &str) -> Option<PartId> {
        path::candidates(base, location).iter().find_map(|name| self.by_key.get(&path::key(name)).copied())
    }

    /// True if a part of that name, or one in a folder of that name, exists.
    pub(crate) fn is_taken(&self, name: &str) -> bool {
        let key = path::key(name);
        let folder = format!("{key}/");
        self.by_key.contains_key(&key) || self.by_key.keys().any(|other| other.starts_with(&folder))
    }

    /// Bytes of a part.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above the limit for one part, [`Error::DamagedPart`].
    pub fn read(&self, part: PartId) -> Result<Vec<u8>, Error> {
        let entry = self.entry(part)?;
        if entry.size > self.limits.part_bytes {
            let limit = self.limits.part_bytes;
            return Err(Error::TooLarge { what: "bytes of one part", found: entry.size, limit });
        }
        let mut bytes = Vec::new();
        zip::for_each_chunk(&*self.source, entry, |piece| bytes.extend_from_slice(piece))?;
        Ok(bytes)
    }

    /// Text of an XML part, decoded; to be parsed with [`xml::parse`].
    ///
    /// # Errors
    /// As [`Package::read`]; [`Error::Xml`] if it is no text.
    pub fn text(&self, part: PartId) -> Result<String, Error> {
        let decoded = xml::decode(&self.read(part)?);
        decoded.map(|(text, _)| text).map_err(|error| self.xml_error(part, error))
    }

    /// Digest of a part's unpacked bytes, however large, and whether its CRC-32 is right.
    ///
    /// # Errors
    /// [`Error::DamagedPart`] if it does not unpack.
    pub fn digest(&self, part: PartId, hash: Hash) -> Result<(Vec<u8>, bool), Error> {
        let mut hasher = Hasher::new(hash);
        let crc_is_right = zip::for_each_chunk(&*self.source, self.entry(part)?, |piece| hasher.update(piece))?;
        Ok((hasher.finish(), crc_is_right))
    }

    /// SM3 of many parts, as [`Package::digest`] gives it one by one: small parts are hashed side by side.
    ///
    /// Memory stays below 4 MiB and one small part, however many parts there are.
    #[must_use]
    pub fn sm3_of(&self, parts: impl IntoIterator<Item = PartId>) -> Vec<(PartId, PartDigest)> {
        let mut found = Vec::new();
        let mut together = Together::default();
        for part in parts {
            match self.small(part) {
                Some(Ok((bytes, crc_is_right))) => {
                    together.add(part, bytes, crc_is_right);
                    if together.bytes >= TOGETHER_BYTES {
                        together.finish(&mut found);
                    }
                }
                Some(Err(error)) => found.push((part, Err(error))),
                None => found.push((part, self.digest(part, Hash::Sm3))),
            }
        }
        together.finish(&mut found);
        found
    }

    /// Bytes of a part that is small enough to be held, and whether its CRC-32 is right.
    fn small(&self, part: PartId) -> Option<Result<(Vec<u8>, bool), Error>> {
        let entry = self.entry(part).ok().filter(|entry| entry.size <= SMALL_BYTES)?;
        let mut bytes = Vec::new();
        let unpacked = zip::for_each_chunk(&*self.source, entry, |piece| bytes.extend_from_slice(piece));
        Some(unpacked.map(|crc_is_right| (bytes, crc_is_right)))
    }

    /// Names of tolerated deviations of the package itself.
    #[must_use]
    pub fn deviations(&self) -> &BTreeSet<&'static str> {
        &self.archive.deviations
    }

    /// The bytes of the whole package.
    #[must_use]
    pub fn source(&self) -> &Arc<dyn ByteSource> {
        &self.source
    }

    pub(crate) fn archive(&self) -> &Archive {
        &self.archive
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn xml_error(&self, part: PartId, error: String) -> Error {
        Error::Xml { part: self.name(part).to_owned(), error }
    }

    fn entry(&self, part: PartId) -> Result<&Entry, Error> {
        let missing = || Error::Read(ReadError::Storage("no such part".into()));
        self.archive.entries.get(part.0).ok_or_else(missing)
    }
}

/// Digest of a part, and whether its CRC-32 is right; or why it does not unpack.
pub type PartDigest = Result<(Vec<u8>, bool), Error>;

/// Largest part that is hashed beside others, in bytes: larger ones fill the hardware alone and are not held.
const SMALL_BYTES: u64 = 256 << 10;
/// Bytes that are held to be hashed side by side: more does not make it faster.
const TOGETHER_BYTES: usize = 4 << 20;

/// Small parts that wait to be hashed side by side.
#[derive(Default)]
struct Together {
    waiting: Vec<(PartId, Vec<u8>, bool)>,
    bytes: usize,
}

impl Together {
    fn add(&mut self, part: PartId, bytes: Vec<u8>, crc_is_right: bool) {
        self.bytes = self.bytes.saturating_add(bytes.len());
        self.waiting.push((part, bytes, crc_is_right));
    }

    fn finish(&mut self, found: &mut Vec<(PartId, PartDigest)>) {
        let messages: Vec<&[u8]> = self.waiting.iter().map(|(_, bytes, _)| bytes.as_slice()).collect();
        let digests = sm3_many(&messages);
        for ((part, _, crc_is_right), digest) in self.waiting.iter().zip(digests) {
            found.push((*part, Ok((digest.to_vec(), *crc_is_right))));
        }
        *self = Self::default();
    }
}
