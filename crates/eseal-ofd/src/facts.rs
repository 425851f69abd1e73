//! Facts about the signatures of a package, without judgement (签名事实).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_gm::{Hash, sm3};

use crate::{
    BoxMm, Error, Ofd, Package, PageSize, PartId,
    reach::Reach,
    signature::{Annotation, Description, Listed},
    stamp, xml,
};

/// Everything that can be said of a package's signatures from its bytes (验签材料).
#[derive(Clone, Debug)]
pub struct Examination {
    /// All signatures, in the order of the lists.
    pub signatures: Vec<SignatureFacts>,
    /// All parts, in the order of the directory.
    pub parts: Vec<PartFacts>,
    /// Locations that lead nowhere, with the part that names them.
    pub dangling: BTreeMap<String, String>,
    /// Signature lists that are named and cannot be read.
    pub list_errors: Vec<Error>,
    /// True if there are integrity entries of GM/T 0099.
    pub has_integrity_entries: bool,
    /// Names of tolerated deviations.
    pub deviations: BTreeSet<&'static str>,
}

/// One part and who protects it (部件).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartFacts {
    /// Absolute path.
    pub path: String,
    /// What it is to a reader.
    pub role: Role,
    /// Signatures (index) with a good reference to it, ascending.
    pub covered_by: Vec<usize>,
    /// False if it should be XML and cannot be read.
    pub is_readable: bool,
}

/// What a part is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// OFD.xml.
    Entry,
    /// Reached from OFD.xml: drawn, or chosen for drawing, or attached.
    Reachable,
    /// Signatures.xml, and nothing else.
    SignatureList,
    /// The Signature.xml, SignedValue.dat or Seal.esl of a signature, and nothing else.
    Machinery,
    /// The Signature.xml of a signature that no list names any more, though another signature protects it.
    Unlisted,
    /// Nothing that a reader comes to uses it.
    Unused,
}

/// One signature (签名).
#[derive(Clone, Debug)]
pub struct SignatureFacts {
    /// Document, from 0.
    pub document: usize,
    /// Id in the list.
    pub id: String,
    /// True for Type `Seal`, the default.
    pub is_seal: bool,
    /// Id of the base signature that must be verified too (OFD 2.0).
    pub relative: Option<String>,
    /// Absolute path of Signature.xml; as written if it is missing.
    pub path: String,
    /// Why nothing more is known of it.
    pub error: Option<Error>,
    /// Raw bytes of Signature.xml; empty if it cannot be read.
    pub signature_xml: Vec<u8>,
    /// SM3 of them: what dataHash must be.
    pub signature_xml_sm3: [u8; 32],
    /// Provider's name, version and company in one line.
    pub provider: String,
    /// `SignatureMethod` as written.
    pub method: String,
    /// `SignatureDateTime` as written.
    pub date_time: String,
    /// `CheckMethod` as written; the standard's default if absent.
    pub check_method: String,
    /// All references.
    pub references: Vec<ReferenceFacts>,
    /// Where SignedValue.dat is, as absolute path; as written if it is missing.
    pub signed_value_path: String,
    /// Its bytes.
    pub signed_value: Option<Vec<u8>>,
    /// Seal.esl.
    pub seal: SealFile,
    /// Marks on pages.
    pub stamps: Vec<StampFacts>,
    /// True if a reference names Signatures.xml, which locks the document against further signatures.
    pub covers_signature_list: bool,
    /// Signatures (index) whose Signature.xml a good reference names: they were there before.
    pub covers_signatures: Vec<usize>,
    /// Names of tolerated deviations.
    pub deviations: BTreeSet<&'static str>,
}

/// One reference of a signature (保护文件).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceFacts {
    /// Path as written.
    pub file_ref: String,
    /// What became of it.
    pub outcome: ReferenceOutcome,
}

/// What became of a reference.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ReferenceOutcome {
    /// The digest fits.
    Good,
    /// The digest does not fit.
    Changed,
    /// No part has that name.
    Missing,
    /// The part does not unpack.
    Unreadable,
    /// The digest method is not known.
    Unsupported,
}

/// Seal.esl of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealFile {
    /// The signature names none.
    NotNamed,
    /// It is named and cannot be read.
    Missing {
        /// Location as written.
        location: String,
    },
    /// It is there.
    Found {
        /// Absolute path.
        path: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// One StampAnnot (签章外观).
#[derive(Clone, Debug, PartialEq)]
pub struct StampFacts {
    /// Its id.
    pub id: String,
    /// Page id as written.
    pub page_ref: String,
    /// Page of the signature's document, from 1; none if there is no such page.
    pub page: Option<usize>,
    /// Displayed size of that page.
    pub page_size: Option<PageSize>,
    /// Box of the complete picture and its visible part; none if the numbers or the page cannot be read.
    pub boxes: Option<(BoxMm, BoxMm)>,
}

impl Examination {
    /// Parts that signature `index` does not cover, its own machinery and the list left out.
    pub fn uncovered_by(&self, index: usize) -> impl Iterator<Item = &PartFacts> {
        let own = self.signatures.get(index).map(SignatureFacts::own_paths).unwrap_or_default();
        self.parts.iter().filter(move |part| {
            part.covered_by.binary_search(&index).is_err()
                && part.role != Role::SignatureList
                && !own.contains(&part.path)
        })
    }

    /// Signatures that signature `index` protects and that were taken out of the list.
    pub fn unlisted_under(&self, index: usize) -> impl Iterator<Item = &PartFacts> {
        let is_under = move |part: &&PartFacts| part.covered_by.binary_search(&index).is_ok();
        self.parts.iter().filter(|part| part.role == Role::Unlisted).filter(is_under)
    }

    /// Parts that no signature covers, machinery left out.
    pub fn uncovered_by_all(&self) -> impl Iterator<Item = &PartFacts> {
        self.parts
            .iter()
            .filter(|part| part.covered_by.is_empty() && !matches!(part.role, Role::Machinery | Role::SignatureList))
    }
}

impl SignatureFacts {
    /// Paths of its Signature.xml, SignedValue.dat and Seal.esl.
    #[must_use]
    pub fn own_paths(&self) -> Vec<String> {
        let mut paths = vec![self.path.clone(), self.signed_value_path.clone()];
        if let SealFile::Found { path, .. } = &self.seal {
            paths.push(path.clone());
        }
        paths
    }
}

impl Ofd {
    /// Computes all facts.  What is wrong with signatures is in the result.
    #[must_use]
    pub fn examine(&self) -> Examination {
        let (listed, list_errors) = self.listed();
        let reach = Reach::of(self);
        let mut examiner = Examiner { ofd: self, digests: HashMap::new(), sizes: HashMap::new() };
        let found: Vec<Found> = listed.iter().map(|listed| examiner.examine(listed)).collect();
        let machinery: BTreeSet<PartId> = found.iter().flat_map(|found| found.own.clone()).collect();
        let lists: BTreeSet<PartId> = self.documents().iter().filter_map(|document| document.signatures).collect();
        let mut signatures: Vec<SignatureFacts> = Vec::with_capacity(found.len());
        let mut covered_by: HashMap<PartId, Vec<usize>> = HashMap::new();
        for (index, found) in found.iter().enumerate() {
            for part in &found.covered {
                covered_by.entry(*part).or_default().push(index);
            }
        }
        let descriptions: Vec<Option<PartId>> = listed.iter().map(|listed| listed.part).collect();
        for found in found {
            let mut facts = found.facts;
            let earlier = descriptions.iter().enumerate();
            facts.covers_signatures = earlier
                .filter(|(_, part)| part.is_some_and(|part| found.covered.contains(&part)))
                .map(|(index, _)| index)
                .collect();
            signatures.push(facts);
        }
        let package = self.package();
        let parts = package.parts().map(|part| PartFacts {
            path: package.path(part),
            role: if part == self.entry() {
                Role::Entry
            } else if reach.parts.contains(&part) {
                Role::Reachable
            } else if lists.contains(&part) {
                Role::SignatureList
            } else if machinery.contains(&part) {
                Role::Machinery
            } else if covered_by.contains_key(&part) && is_signature_xml(package, part) {
                Role::Unlisted
            } else {
                Role::Unused
            },
            covered_by: covered_by.get(&part).cloned().unwrap_or_default(),
            is_readable: !reach.unreadable.contains(&part),
        });
        Examination {
            parts: parts.collect(),
            signatures,
            dangling: reach.dangling,
            list_errors,
            has_integrity_entries: self.has_integrity_entries(),
            deviations: self.deviations().clone(),
        }
    }
}

/// True for the description of a signature, whatever its name.
fn is_signature_xml(package: &Package, part: PartId) -> bool {
    package.name(part).to_lowercase().ends_with(".xml")
        && package.text(part).is_ok_and(|source| {
            xml::parse(&source).is_ok_and(|tree| tree.root_element().tag_name().name() == "Signature")
        })
}

/// Hash that a CheckMethod names, and whether the name is a variant (formats.md Q13).
fn check_method(name: &str) -> (Option<Hash>, bool) {
    let hash = match name.to_ascii_lowercase().as_str() {
        "1.2.156.10197.1.401" | "sm3" => Hash::Sm3,
        "1.2.156.10197.1.401.1" | "1.2.156.10197.1.401.2" => return (Some(Hash::Sm3), true),
        "md5" | "1.2.840.113549.2.5" => Hash::Md5,
        "sha1" | "1.3.14.3.2.26" => Hash::Sha1,
        "sha-1" => return (Some(Hash::Sha1), true),
        "sha256" | "2.16.840.1.101.3.4.2.1" => Hash::Sha256,
        "sha-256" => return (Some(Hash::Sha256), true),
        _ => return (None, false),
    };
    (Some(hash), false)
}

/// Facts of one signature with the parts they speak of.
struct Found {
    facts: SignatureFacts,
    /// Own Signature.xml, SignedValue.dat, Seal.esl.
    own: Vec<PartId>,
    covered: BTreeSet<PartId>,
}

struct Examiner<'a> {
    ofd: &'a Ofd,
    /// Twenty signatures cover the same parts: each is hashed once.
    digests: HashMap<(PartId, Hash), Option<Vec<u8>>>,
    sizes: HashMap<(usize, usize), Option<PageSize>>,
}

impl Examiner<'_> {
    fn examine(&mut self, listed: &Listed) -> Found {
        let package = self.ofd.package();
        let mut facts = SignatureFacts::empty(listed);
        let Some(part) = listed.part else {
            facts.error = Some(Error::Missing { part: listed.location.clone() });
            return Found { facts, own: Vec::new(), covered: BTreeSet::new() };
        };
        facts.path = package.path(part);
        let mut own = vec![part];
        let description = package.read(part).and_then(|bytes| {
            facts.signature_xml_sm3 = sm3(&bytes);
            let text = xml::decode(&bytes).map(|(text, _)| text);
            facts.signature_xml = bytes;
            text.and_then(|text| Description::read(&text)).map_err(|error| package.xml_error(part, error))
        });
        let description = match description {
            Ok(description) => description,
            Err(error) => {
                facts.error = Some(error);
                return Found { facts, own, covered: BTreeSet::new() };
            }
        };
        let base = package.name(part);
        let location = description.signed_value_location();
        location.clone_into(&mut facts.signed_value_path);
        if let Some(value) = package.find(base, location) {
            facts.signed_value_path = package.path(value);
            facts.signed_value = package.read(value).ok();
            own.push(value);
        }
        if let Some(location) = &description.seal {
            facts.seal = SealFile::Missing { location: location.clone() };
            if let Some(seal) = package.find(base, location) {
                own.push(seal);
                if let Ok(bytes) = package.read(seal) {
                    facts.seal = SealFile::Found { path: package.path(seal), bytes };
                }
            }
        }
        let covered = self.references(&description, base, listed, &mut facts);
        let stamps = description.stamps.iter().take(package.limits().stamps);
        facts.stamps = stamps.map(|stamp| self.stamp(listed.document, stamp)).collect();
        facts.provider = description.provider;
        facts.method = description.method;
        facts.date_time = description.date_time;
        facts.check_method = description.check_method;
        Found { facts, own, covered }
    }

    fn references(
        &mut self,
        description: &Description,
        base: &str,
        listed: &Listed,
        facts: &mut SignatureFacts,
    ) -> BTreeSet<PartId> {
        let package = self.ofd.package();
        let (hash, is_variant) = check_method(&description.check_method);
        if is_variant {
            facts.deviations.insert("CHECKMETHOD_VARIANT");
        }
        let mut covered = BTreeSet::new();
        if hash == Some(Hash::Sm3) {
            self.digest_together(
                description.references.iter().filter_map(|(file_ref, _)| package.find(base, file_ref)),
            );
        }
        for (file_ref, stated) in &description.references {
            let part = package.find(base, file_ref);
            let outcome = match (part, hash) {
                (None, _) => ReferenceOutcome::Missing,
                (Some(_), None) => ReferenceOutcome::Unsupported,
                (Some(part), Some(hash)) => self.compare(part, hash, stated),
            };
            if let Some(part) = part {
                facts.covers_signature_list |= part == listed.list;
                if outcome == ReferenceOutcome::Good {
                    covered.insert(part);
                }
                if file_ref.strip_prefix('/') != Some(package.name(part)) {
                    facts.deviations.insert("PACKAGE_PATH");
                }
            }
            facts.references.push(ReferenceFacts { file_ref: file_ref.clone(), outcome });
        }
        covered
    }

    /// Computes the SM3 of parts that were not looked at before, side by side.
    fn digest_together(&mut self, parts: impl Iterator<Item = PartId>) {
        let new: BTreeSet<PartId> = parts.filter(|part| !self.digests.contains_key(&(*part, Hash::Sm3))).collect();
        for (part, digest) in self.ofd.package().sm3_of(new) {
            self.digests.insert((part, Hash::Sm3), digest.ok().map(|found| found.0));
        }
    }

    fn compare(&mut self, part: PartId, hash: Hash, stated: &str) -> ReferenceOutcome {
        let package = self.ofd.package();
        let digest =
            self.digests.entry((part, hash)).or_insert_with(|| package.digest(part, hash).ok().map(|found| found.0));
        match digest {
            None => ReferenceOutcome::Unreadable,
            Some(digest) if BASE64_STANDARD.decode(stated).is_ok_and(|stated| stated == *digest) => {
                ReferenceOutcome::Good
            }
            Some(_) => ReferenceOutcome::Changed,
        }
    }

    fn stamp(&mut self, document: usize, annotation: &Annotation) -> StampFacts {
        let ofd = self.ofd;
        let pages = ofd.documents().get(document).map_or(&[][..], |document| &document.pages);
        let page = pages.iter().position(|page| page.id == annotation.page_ref).map(|index| index.saturating_add(1));
        let page_size = page.and_then(|page| {
            *self.sizes.entry((document, page)).or_insert_with(|| ofd.page_size_of(document, page).ok())
        });
        let boxes = page_size.and_then(|size| stamp::read(&annotation.boundary, annotation.clip.as_deref(), size));
        StampFacts { id: annotation.id.clone(), page_ref: annotation.page_ref.clone(), page, page_size, boxes }
    }
}

impl SignatureFacts {
    fn empty(listed: &Listed) -> Self {
        Self {
            document: listed.document,
            id: listed.id.clone(),
            is_seal: listed.is_seal,
            relative: listed.relative.clone(),
            path: listed.location.clone(),
            error: None,
            signature_xml: Vec::new(),
            signature_xml_sm3: [0; 32],
            provider: String::new(),
            method: String::new(),
            date_time: String::new(),
            check_method: String::new(),
            references: Vec::new(),
            signed_value_path: String::new(),
            signed_value: None,
            seal: SealFile::NotNamed,
            stamps: Vec::new(),
            covers_signature_list: false,
            covers_signatures: Vec::new(),
            deviations: BTreeSet::new(),
        }
    }
}
