//! Adding a seal signature (签章), formats.md §10.4: first everything but the value, then the value.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_bytes::{ByteSource, ReadError, Segment};
use eseal_gm::sm3;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Limits, Ofd, OfdDocument, PartId, Stamp, edit, path,
    signature::{Description, Listed, folder_of, number_of},
    stamp,
    xml::{self, escape},
    zip::{Archive, NewEntry, rewrite},
};

/// `CheckMethod` that is written: SM3 by its identifier (GB/T 33560).
const SM3_OID: &str = "1.2.156.10197.1.401";
/// `SignatureMethod` that is written: SM2 with SM3.
const SM2_WITH_SM3_OID: &str = "1.2.156.10197.1.501";

/// What [`Ofd::prepare`] needs to know.
#[derive(Clone, Copy, Debug)]
pub struct SealRequest<'a> {
    /// SESeal, DER, stored as Seal.esl.
    pub seal: &'a [u8],
    /// Marks on pages of the first document, at least one.
    pub stamps: &'a [Stamp],
    /// True to cover Signatures.xml too, so that nobody can add a signature (整体保护).
    pub lock: bool,
    /// `SignatureDateTime`: the same instant as timeInfo.
    pub signed_at: Timestamp,
    /// Who makes the signature structure.
    pub provider: Provider<'a>,
}

/// `Provider` (签名组件提供者).
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// `ProviderName`.
    pub name: &'a str,
    /// `Version`.
    pub version: &'a str,
    /// `Company`.
    pub company: &'a str,
}

/// Why nothing was prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The package cannot be used.
    #[error(transparent)]
    Package(#[from] Error),
    /// An earlier signature covers what would have to change.
    #[error("signature {id} covers {path}")]
    Locked {
        /// The signature's id.
        id: String,
        /// The part that would have to change.
        path: String,
    },
    /// An earlier signature cannot be read, so what it covers is not known.
    #[error("signature {id} cannot be read")]
    EarlierUnreadable {
        /// The signature's id.
        id: String,
    },
    /// There is no such page, or StampAnnot cannot name it.
    #[error("page {page} does not exist or has no id of its own")]
    NoSuchPage {
        /// Page, from 1.
        page: usize,
    },
    /// A stamp without area.
    #[error("stamp {index} has no area")]
    EmptyStamp {
        /// Position in the request.
        index: usize,
    },
    /// No stamp at all.
    #[error("no stamp")]
    NoStamp,
}

/// Why the package was not finished.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FinishError {
    /// The original is not the one that was prepared.
    #[error("this is not the package that was prepared")]
    OtherOriginal,
    /// The package cannot be read or written.
    #[error(transparent)]
    Package(#[from] Error),
}

/// A package ready for its signature value (待签章 OFD): small, and independent of the process that made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreparedOfd {
    /// Absolute path of the new Signature.xml: what propertyInfo must be.
    pub property_info: String,
    /// Bytes of the new Signature.xml; their SM3 is dataHash.
    #[serde(with = "base64_bytes")]
    pub signature_xml: Vec<u8>,
    /// SM3 of `signature_xml`.
    pub data_hash: [u8; 32],
    /// Id of the new signature in the list.
    pub signature_id: String,
    /// Absolute path of the SignedValue.dat to come.
    pub signed_value_path: String,
    /// Further new or replaced entries: name without leading slash, content.
    entries: Vec<NamedBytes>,
    original_len: u64,
    /// SM3 of the original's central directory.
    directory_sm3: [u8; 32],
    limits: Limits,
}

/// An entry to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct NamedBytes {
    name: String,
    #[serde(with = "base64_bytes")]
    bytes: Vec<u8>,
}

impl Ofd {
    /// Lays out a further seal signature and computes all digests.
    ///
    /// Covers every part but the signature lists (unless `lock`), the new Signature.xml and SignedValue.dat.  Whether the
    /// earlier signatures are good is not looked at.
    ///
    /// # Errors
    /// See [`PrepareError`]; nothing is written.
    pub fn prepare(&self, request: &SealRequest<'_>) -> Result<PreparedOfd, PrepareError> {
        let plan = Plan::new(self)?;
        let first = plan.next_id.saturating_add(1);
        let stamps = self.write_stamps(request.stamps, first)?;
        let max_id = format_id(plan.next_id.saturating_add(u32::try_from(request.stamps.len()).unwrap_or(u32::MAX)));
        let signature_id = format_id(plan.next_id);
        let mut entries = plan.changed_entries(self, &signature_id, &max_id)?;
        entries.push(NamedBytes { name: plan.in_folder("Seal.esl"), bytes: request.seal.to_vec() });
        let references = self.references(&plan, &entries, request.lock)?;
        let signature_xml = describe(&plan, request, &stamps, &references).into_bytes();
        let archive = self.package().archive();
        Ok(PreparedOfd {
            property_info: format!("/{}", plan.in_folder("Signature.xml")),
            data_hash: sm3(&signature_xml),
            signature_xml,
            signature_id,
            signed_value_path: format!("/{}", plan.in_folder("SignedValue.dat")),
            entries,
            original_len: self.package().source().len(),
            directory_sm3: sm3(&archive.central),
            limits: *self.package().limits(),
        })
    }

    /// StampAnnot elements, ids from `first` on.
    fn write_stamps(&self, stamps: &[Stamp], first: u32) -> Result<String, PrepareError> {
        if stamps.is_empty() {
            return Err(PrepareError::NoStamp);
        }
        let mut out = String::new();
        let mut sizes = std::collections::HashMap::new();
        for (index, stamp) in stamps.iter().enumerate() {
            let number = stamp.page;
            let missing = PrepareError::NoSuchPage { page: number };
            let page = number.checked_sub(1).and_then(|at| self.pages().get(at)).ok_or_else(|| missing.clone())?;
            let same = self.pages().iter().filter(|other| other.id == page.id).count();
            if page.id.is_empty() || same != 1 {
                return Err(missing);
            }
            let size = match sizes.get(&number) {
                Some(size) => *size,
                None => {
                    let size = self.page_size(number)?;
                    sizes.insert(number, size);
                    size
                }
            };
            let (boundary, clip) = stamp::written(stamp, size).ok_or(PrepareError::EmptyStamp { index })?;
            let id = format_id(first.saturating_add(u32::try_from(index).unwrap_or(u32::MAX)));
            let clip = clip.map(|clip| format!(" Clip=\"{clip}\"")).unwrap_or_default();
            out.push_str(&format!(
                "<ofd:StampAnnot ID=\"{id}\" PageRef=\"{}\" Boundary=\"{boundary}\"{clip}/>",
                escape(&page.id)
            ));
        }
        Ok(out)
    }

    /// Path and digest of everything that is covered, sorted by path.
    fn references(
        &self,
        plan: &Plan,
        entries: &[NamedBytes],
        lock: bool,
    ) -> Result<Vec<(String, Vec<u8>)>, PrepareError> {
        let package = self.package();
        let is_covered = |part: &PartId| {
            let name = package.name(*part);
            let replaced = entries.iter().any(|entry| path::key(&entry.name) == path::key(name));
            !replaced && (lock || !plan.lists.contains(part))
        };
        let mut found = Vec::new();
        for (part, digest) in package.sm3_of(package.parts().filter(is_covered)) {
            let (digest, crc_is_right) = digest?;
            if !crc_is_right {
                let part = package.name(part).to_owned();
                return Err(Error::DamagedPart { part, what: "has a wrong CRC-32" }.into());
            }
            found.push((package.path(part), digest));
        }
        for entry in entries.iter().filter(|entry| lock || entry.name != plan.list_name) {
            found.push((format!("/{}", entry.name), sm3(&entry.bytes).to_vec()));
        }
        found.sort();
        Ok(found)
    }
}

impl PreparedOfd {
    /// The sealed package: every kept entry as a range of the original.
    ///
    /// # Errors
    /// See [`FinishError`].
    pub fn finish(&self, original: &dyn ByteSource, signed_value: &[u8]) -> Result<Vec<Segment>, FinishError> {
        if original.len() != self.original_len {
            return Err(FinishError::OtherOriginal);
        }
        let archive = Archive::read(original, &self.limits)?;
        if sm3(&archive.central) != self.directory_sm3 {
            return Err(FinishError::OtherOriginal);
        }
        let mut new: Vec<NewEntry<'_>> =
            self.entries.iter().map(|entry| NewEntry { name: &entry.name, bytes: &entry.bytes }).collect();
        new.push(NewEntry { name: self.property_info.trim_start_matches('/'), bytes: &self.signature_xml });
        new.push(NewEntry { name: self.signed_value_path.trim_start_matches('/'), bytes: signed_value });
        Ok(rewrite(original, &archive, &new)?)
    }
}

impl From<ReadError> for FinishError {
    fn from(error: ReadError) -> Self {
        Self::Package(Error::Read(error))
    }
}

/// Where the new signature goes.
struct Plan {
    /// Signature lists of all documents.
    lists: BTreeSet<PartId>,
    /// List of the first document, if it exists.
    list: Option<PartId>,
    list_name: String,
    /// True if OFD.xml does not lead to the list yet.
    is_new_in_entry: bool,
    /// Folder of the new signature.
    folder: String,
    next_id: u32,
}

impl Plan {
    fn new(ofd: &Ofd) -> Result<Self, PrepareError> {
        let package = ofd.package();
        let document = ofd.documents().first().ok_or(Error::NotOfd)?;
        let root = document.root.ok_or_else(|| Error::Missing { part: "DocRoot".into() })?;
        let (listed, errors) = ofd.listed();
        if let Some(error) = errors.into_iter().find(|error| !matches!(error, Error::Missing { .. })) {
            return Err(error.into());
        }
        let list_name = list_name(ofd, document, root)?;
        let base = folder_of(&list_name).to_owned();
        let folder = free_name(ofd, &base, "Sign_", 0);
        let mut plan = Self {
            lists: ofd.documents().iter().filter_map(|document| document.signatures).collect(),
            list: document.signatures,
            list_name,
            is_new_in_entry: document.signatures.is_none() && document.signatures_location.is_none(),
            folder,
            next_id: 1,
        };
        if let Some(list) = plan.list {
            plan.next_id = highest_id(&package.text(list)?).saturating_add(1);
        }
        plan.check_earlier(ofd, &listed)?;
        Ok(plan)
    }

    /// No earlier signature may cover what has to change; ids of its stamps are taken.
    fn check_earlier(&mut self, ofd: &Ofd, listed: &[Listed]) -> Result<(), PrepareError> {
        let package = ofd.package();
        let mut changing: Vec<PartId> = self.list.into_iter().collect();
        if self.is_new_in_entry {
            changing.push(ofd.entry());
        }
        for signature in listed {
            let unreadable = || PrepareError::EarlierUnreadable { id: signature.id.clone() };
            let part = signature.part.ok_or_else(unreadable)?;
            let text = package.text(part).map_err(|_| unreadable())?;
            let description = Description::read(&text).map_err(|_| unreadable())?;
            for (file_ref, _) in &description.references {
                let covered = package.find(package.name(part), file_ref);
                if let Some(covered) = covered.filter(|part| changing.contains(part)) {
                    return Err(PrepareError::Locked { id: signature.id.clone(), path: package.path(covered) });
                }
            }
            let taken = description.stamps.iter().filter_map(|stamp| number_of(&stamp.id)).max();
            self.next_id = self.next_id.max(taken.unwrap_or(0).saturating_add(1));
        }
        Ok(())
    }

    fn in_folder(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    /// The list, and OFD.xml if it does not lead to it yet.
    fn changed_entries(&self, ofd: &Ofd, id: &str, max_id: &str) -> Result<Vec<NamedBytes>, PrepareError> {
        let package = ofd.package();
        let location = format!("/{}", self.in_folder("Signature.xml"));
        let empty = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                     <ofd:Signatures xmlns:ofd=\"http://www.ofdspec.org/2016\"></ofd:Signatures>";
        let list = match self.list {
            Some(list) => edited(ofd, list, |text| edit::extend_list(text, id, max_id, &location))?,
            None => edit::extend_list(empty, id, max_id, &location)
                .map_err(|error| Error::Xml { part: self.list_name.clone(), error })?
                .into_bytes(),
        };
        let mut entries = vec![NamedBytes { name: self.list_name.clone(), bytes: list }];
        if self.is_new_in_entry {
            let location = format!("/{}", self.list_name);
            let bytes = edited(ofd, ofd.entry(), |text| edit::name_signatures(text, 0, &location))?;
            entries.push(NamedBytes { name: package.name(ofd.entry()).to_owned(), bytes });
        }
        Ok(entries)
    }
}

/// A part with its text changed; mark and encoding stay if it is UTF-8, else it becomes UTF-8.
fn edited(ofd: &Ofd, part: PartId, change: impl Fn(&str) -> Result<String, String>) -> Result<Vec<u8>, Error> {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    let package = ofd.package();
    let bytes = package.read(part)?;
    let with_error = |error| package.xml_error(part, error);
    let (text, is_utf8) = xml::decode(&bytes).map_err(with_error)?;
    let text = change(&text).map_err(with_error)?;
    if !is_utf8 {
        return Ok(edit::declare_utf8(&text).into_bytes());
    }
    let mark = if bytes.starts_with(MARK) { MARK } else { &[] };
    Ok([mark, text.as_bytes()].concat())
}

/// Name of the list: the one that OFD.xml names, else a free one beside Document.xml.
fn list_name(ofd: &Ofd, document: &OfdDocument, root: PartId) -> Result<String, PrepareError> {
    let package = ofd.package();
    if let Some(list) = document.signatures {
        return Ok(package.name(list).to_owned());
    }
    if let Some(location) = &document.signatures_location {
        // OFD.xml leads to a list that is not there: it is made in that place.
        let name = path::candidates(package.name(ofd.entry()), location).into_iter().next();
        return name
            .filter(|name| !package.is_taken(name))
            .ok_or_else(|| Error::Missing { part: location.clone() }.into());
    }
    let folder = path::folder(package.name(root));
    let signs = if folder.is_empty() { "Signs".to_owned() } else { format!("{folder}/Signs") };
    let plain = format!("{signs}/Signatures.xml");
    if package.is_taken(&plain) {
        return Ok(format!("{}/Signatures.xml", free_name(ofd, folder, "Signs_", 1)));
    }
    Ok(plain)
}

/// The first name `folder/prefixN` that nothing in the package has.
fn free_name(ofd: &Ofd, folder: &str, prefix: &str, from: u32) -> String {
    let slash = if folder.is_empty() { "" } else { "/" };
    let start = path::key(&format!("{folder}{slash}{prefix}"));
    let package = ofd.package();
    let taken: BTreeSet<String> = package
        .parts()
        .filter_map(|part| {
            let key = path::key(package.name(part));
            key.strip_prefix(&start).and_then(|rest| rest.split('/').next()).map(str::to_owned)
        })
        .collect();
    let number = (from..u32::MAX).find(|number| !taken.contains(&number.to_string())).unwrap_or(u32::MAX);
    format!("{folder}{slash}{prefix}{number}")
}

/// Highest number among MaxSignId and the ids of a list.
fn highest_id(list: &str) -> u32 {
    let Ok(tree) = xml::parse(list) else { return 0 };
    let stated = xml::descendants(tree.root_element()).filter_map(|node| match node.tag_name().name() {
        "MaxSignId" => number_of(&xml::text(node)),
        "Signature" => xml::attribute(node, "ID").and_then(number_of),
        _ => None,
    });
    stated.max().unwrap_or(0)
}

fn format_id(number: u32) -> String {
    format!("s{number:03}")
}

/// The new Signature.xml.
fn describe(plan: &Plan, request: &SealRequest<'_>, stamps: &str, references: &[(String, Vec<u8>)]) -> String {
    let Provider { name, version, company } = request.provider;
    let mut out = String::with_capacity(references.len().saturating_mul(160).saturating_add(2048));
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<ofd:Signature xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:SignedInfo>");
    out.push_str(&format!(
        "<ofd:Provider ProviderName=\"{}\" Version=\"{}\" Company=\"{}\"/>",
        escape(name),
        escape(version),
        escape(company)
    ));
    out.push_str(&format!("<ofd:SignatureMethod>{SM2_WITH_SM3_OID}</ofd:SignatureMethod>"));
    let time = request.signed_at.strftime("%Y%m%d%H%M%SZ");
    out.push_str(&format!("<ofd:SignatureDateTime>{time}</ofd:SignatureDateTime>"));
    out.push_str(&format!("<ofd:References CheckMethod=\"{SM3_OID}\">"));
    for (path, digest) in references {
        out.push_str(&format!(
            "<ofd:Reference FileRef=\"{}\"><ofd:CheckValue>{}</ofd:CheckValue></ofd:Reference>",
            escape(path),
            BASE64_STANDARD.encode(digest)
        ));
    }
    out.push_str("</ofd:References>");
    out.push_str(stamps);
    let (seal, value) = (plan.in_folder("Seal.esl"), plan.in_folder("SignedValue.dat"));
    out.push_str(&format!("<ofd:Seal><ofd:BaseLoc>/{}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>", escape(&seal)));
    out.push_str(&format!("<ofd:SignedValue>/{}</ofd:SignedValue></ofd:Signature>\n", escape(&value)));
    out
}

mod base64_bytes {
    //! Bytes as base64 in JSON.
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        BASE64_STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
