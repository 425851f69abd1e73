//! The document security store (文档安全存储, DSS): certificates, lists and responses kept for later verification.

use std::collections::BTreeSet;

use super::{PdfDocument, View};
use crate::{
    error::PdfError,
    object::{Dict, Object},
};

/// Most values that are read from a store: a thousand signatures of a few issuers share theirs.
const MAX_VALUES: usize = 4_096;
/// Most bytes of all values together, 64 MiB: the largest public revocation lists have some MiB.
const MAX_BYTES: usize = 64 << 20;

/// `/DSS` of the newest revision (文档安全存储), ISO 32000-2, 12.8.4.3: values as they stand, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dss {
    /// `/Certs`: certificates, DER.
    pub certificates: Vec<Vec<u8>>,
    /// `/CRLs`: revocation lists, DER.
    pub crls: Vec<Vec<u8>>,
    /// `/OCSPs`: status responses, DER.
    pub ocsps: Vec<Vec<u8>>,
    /// Keys of `/VRI`: SHA-1 of each signature's Contents in upper-case hexadecimal digits; their values are among
    /// those above.
    pub vri: Vec<String>,
    /// True if something of it could not be read, or is more than is read.
    pub incomplete: bool,
}

/// Which list of the store a value is in.
#[derive(Clone, Copy)]
enum Kind {
    Certificate,
    Crl,
    Ocsp,
}

/// Keys of the lists in the store itself and in an entry of `/VRI`.
const KEYS: [(Kind, &[u8], &[u8]); 3] =
    [(Kind::Certificate, b"Certs", b"Cert"), (Kind::Crl, b"CRLs", b"CRL"), (Kind::Ocsp, b"OCSPs", b"OCSP")];

impl Dss {
    /// True if there is no value in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.crls.is_empty() && self.ocsps.is_empty()
    }

    const fn list(&mut self, kind: Kind) -> &mut Vec<Vec<u8>> {
        match kind {
            Kind::Certificate => &mut self.certificates,
            Kind::Crl => &mut self.crls,
            Kind::Ocsp => &mut self.ocsps,
        }
    }
}

impl PdfDocument {
    /// Reads `/DSS`, with what only `/VRI` leads to; a file without it has an empty one.
    ///
    /// # Errors
    /// If the bytes cannot be read; what is wrong with the store is in it.
    pub fn dss(&self) -> Result<Dss, PdfError> {
        let mut reader = Reader { document: self, found: Dss::default(), seen: BTreeSet::new(), bytes: 0 };
        let catalog = self.catalog(View::NEWEST)?;
        let Some(store) = self.dict_in(View::NEWEST, catalog.get(b"DSS"))? else { return Ok(reader.found) };
        for (kind, key, _) in KEYS {
            reader.list(&store, kind, key)?;
        }
        if let Some(all) = self.dict_in(View::NEWEST, store.get(b"VRI"))? {
            for (name, one) in all.iter().take(MAX_VALUES) {
                let Some(one) = self.dict_in(View::NEWEST, Some(one))? else { continue };
                reader.found.vri.push(String::from_utf8_lossy(name).into_owned());
                for (kind, _, key) in KEYS {
                    reader.list(&one, kind, key)?;
                }
            }
        }
        Ok(reader.found)
    }
}

struct Reader<'a> {
    document: &'a PdfDocument,
    found: Dss,
    /// Object numbers of streams that were read.
    seen: BTreeSet<u32>,
    bytes: usize,
}

impl Reader<'_> {
    fn list(&mut self, store: &Dict, kind: Kind, key: &[u8]) -> Result<(), PdfError> {
        let list = self.document.entry_of(View::NEWEST, store, key)?;
        for value in list.as_array().unwrap_or_default() {
            let number = value.as_ref().map(|reference| reference.number);
            if number.is_some_and(|number| self.seen.contains(&number)) {
                continue;
            }
            if self.seen.len() >= MAX_VALUES || self.bytes >= MAX_BYTES {
                self.found.incomplete = true;
                return Ok(());
            }
            self.seen.extend(number);
            match self.value(value)? {
                Some(bytes) => {
                    self.bytes = self.bytes.saturating_add(bytes.len());
                    let list = self.found.list(kind);
                    if !list.contains(&bytes) {
                        list.push(bytes);
                    }
                }
                None => self.found.incomplete = true,
            }
        }
        Ok(())
    }

    fn value(&self, value: &Object) -> Result<Option<Vec<u8>>, PdfError> {
        let Object::Stream(stream) = self.document.resolve(value)? else { return Ok(None) };
        match self.document.stream_data(View::NEWEST, &stream) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error @ PdfError::Read(_)) => Err(error),
            Err(_) => Ok(None),
        }
    }
}
