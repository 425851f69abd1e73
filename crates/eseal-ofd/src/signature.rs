//! Signatures.xml and Signature.xml, GB/T 33190 §18 (签名列表与签名描述), read leniently: by local names, in any order.

use roxmltree::Node;

use crate::{
    Error, Ofd, PartId, path,
    xml::{self, attribute, child, child_text, descendant, descendants, text},
};

/// One `Signature` of a Signatures.xml.
///
/// ```text
/// Signatures { MaxSignId?, Signature* }
/// Signature @ID @Type (Seal | Sign, default Seal) @BaseLoc @Relative?
/// ```
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Document, from 0.
    pub(crate) document: usize,
    /// The list it stands in.
    pub(crate) list: PartId,
    pub(crate) id: String,
    pub(crate) is_seal: bool,
    pub(crate) location: String,
    pub(crate) relative: Option<String>,
    /// Signature.xml.
    pub(crate) part: Option<PartId>,
}

/// What a Signature.xml says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Description {
    pub(crate) provider: String,
    pub(crate) method: String,
    pub(crate) date_time: String,
    pub(crate) check_method: String,
    /// Path and base64 digest of each reference, as written.
    pub(crate) references: Vec<(String, String)>,
    pub(crate) stamps: Vec<Annotation>,
    /// Location of Seal.esl as written, if there is a `Seal`.
    pub(crate) seal: Option<String>,
    pub(crate) signed_value: String,
}

/// One StampAnnot as written.
#[derive(Clone, Debug)]
pub(crate) struct Annotation {
    pub(crate) id: String,
    pub(crate) page_ref: String,
    pub(crate) boundary: String,
    pub(crate) clip: Option<String>,
}

impl Ofd {
    /// Signatures of all documents, in order, and the lists that could not be read.
    pub(crate) fn listed(&self) -> (Vec<Listed>, Vec<Error>) {
        let (mut found, mut errors) = (Vec::new(), Vec::new());
        for (index, document) in self.documents().iter().enumerate() {
            match (document.signatures, &document.signatures_location) {
                (Some(list), _) => match self.read_list(index, list) {
                    Ok(listed) => found.extend(listed),
                    Err(error) => errors.push(error),
                },
                (None, Some(location)) => errors.push(Error::Missing { part: location.clone() }),
                (None, None) => {}
            }
        }
        (found, errors)
    }

    fn read_list(&self, document: usize, list: PartId) -> Result<Vec<Listed>, Error> {
        let source = self.package().text(list)?;
        let tree = xml::parse(&source).map_err(|error| self.package().xml_error(list, error))?;
        let elements = descendants(tree.root_element()).filter(|node| node.tag_name().name() == "Signature");
        let found: Vec<Listed> = elements.map(|node| self.listed_entry(document, list, node)).collect();
        let limit = self.package().limits().signatures;
        if found.len() > limit {
            let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
            return Err(Error::TooLarge { what: "signatures", found: number(found.len()), limit: number(limit) });
        }
        Ok(found)
    }

    fn listed_entry(&self, document: usize, list: PartId, node: Node<'_, '_>) -> Listed {
        let location = attribute(node, "BaseLoc").unwrap_or_default().to_owned();
        Listed {
            document,
            list,
            id: attribute(node, "ID").unwrap_or_default().to_owned(),
            is_seal: attribute(node, "Type").is_none_or(|kind| !kind.eq_ignore_ascii_case("Sign")),
            relative: attribute(node, "Relative").map(str::to_owned),
            part: self.package().find(self.package().name(list), &location),
            location,
        }
    }

    /// Number of signatures of all documents, good or not.
    #[must_use]
    pub fn signature_count(&self) -> usize {
        self.listed().0.len()
    }
}

impl Description {
    /// Reads a Signature.xml.
    pub(crate) fn read(source: &str) -> Result<Self, String> {
        let tree = xml::parse(source)?;
        let root = tree.root_element();
        let info = child(root, "SignedInfo").unwrap_or(root);
        let references = descendant(root, "References");
        Ok(Self {
            provider: child(info, "Provider").map(provider).unwrap_or_default(),
            method: child_text(info, "SignatureMethod"),
            date_time: child_text(info, "SignatureDateTime"),
            // MD5 is the standard's default.
            check_method: references.and_then(|node| attribute(node, "CheckMethod")).unwrap_or("MD5").trim().to_owned(),
            references: descendants(root).filter(|node| node.tag_name().name() == "Reference").map(reference).collect(),
            stamps: descendants(root).filter(|node| node.tag_name().name() == "StampAnnot").map(annotation).collect(),
            seal: descendant(info, "Seal").map(|seal| child_text(seal, "BaseLoc")),
            signed_value: descendant(root, "SignedValue").map(text).unwrap_or_default(),
        })
    }

    /// Where the signature value lies, as written; the usual name if nothing is written.
    pub(crate) fn signed_value_location(&self) -> &str {
        if self.signed_value.is_empty() { "SignedValue.dat" } else { &self.signed_value }
    }
}

fn provider(node: Node<'_, '_>) -> String {
    // n.ofd gives the attributes as child elements.
    let value = |name| attribute(node, name).map_or_else(|| child_text(node, name), str::to_owned);
    let parts = [value("ProviderName"), value("Version"), value("Company")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn reference(node: Node<'_, '_>) -> (String, String) {
    let value: String = child_text(node, "CheckValue").split_whitespace().collect();
    (attribute(node, "FileRef").unwrap_or_default().to_owned(), value)
}

fn annotation(node: Node<'_, '_>) -> Annotation {
    let value = |name| attribute(node, name).unwrap_or_default().to_owned();
    Annotation {
        id: value("ID"),
        page_ref: value("PageRef").trim().to_owned(),
        boundary: value("Boundary"),
        clip: attribute(node, "Clip").map(str::to_owned),
    }
}

/// Number in an id such as `s001`, `01` or `2`.
pub(crate) fn number_of(id: &str) -> Option<u32> {
    let digits = id.trim().trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().ok()
}

/// Folder in which the signatures of a list lie.
pub(crate) fn folder_of(list: &str) -> &str {
    path::folder(list)
}
