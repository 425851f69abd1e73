//! Documents of a package and their pages (OFD 文档).

use std::{collections::BTreeSet, sync::Arc};

use eseal_bytes::ByteSource;
use roxmltree::Node;

use crate::{
    Error, Limits, Package, PageSize, PartId,
    stamp::A4,
    xml::{self, attribute, child, child_text, children, descendant, text},
};

/// An opened OFD file.
pub struct Ofd {
    package: Package,
    entry: PartId,
    documents: Vec<OfdDocument>,
    deviations: BTreeSet<&'static str>,
}

/// One document of the package: `DocBody` and what its Document.xml says (文档).
#[derive(Clone, Debug)]
pub struct OfdDocument {
    /// Document.xml of the current version (`Versions`), else of the document itself (`DocRoot`), if that leads to one.
    pub root: Option<PartId>,
    /// Pages in order.
    pub pages: Vec<Page>,
    /// Template pages.
    pub templates: Vec<Template>,
    /// `Signatures` as written; none if the element is absent or empty.
    pub signatures_location: Option<String>,
    /// Signatures.xml, if that leads to one.
    pub signatures: Option<PartId>,
    /// Page size of the whole document.
    pub page_size: Option<PageSize>,
}

/// One page (页面).
#[derive(Clone, Debug)]
pub struct Page {
    /// Object id that StampAnnot refers to.
    pub id: String,
    /// Location as written.
    pub location: String,
    /// Content, if the location leads to a part.
    pub part: Option<PartId>,
}

/// One template page (模板页).
#[derive(Clone, Debug)]
pub struct Template {
    /// Id that pages refer to.
    pub id: String,
    /// Content, if the location leads to a part.
    pub part: Option<PartId>,
}

/// Namespaces in use for OFD.
const NAMESPACE: &str = "http://www.ofdspec.org/2016";

/// Parts at the root that only an encrypted package has (GM/T 0099).
const ENCRYPTION_PARTS: [&str; 3] = ["Encryptions.xml", "entriesmap.dat", "decryptseed.dat"];

impl Ofd {
    /// Opens a package: reads OFD.xml and Document.xml, no page.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open(source: Arc<dyn ByteSource>, limits: &Limits) -> Result<Self, Error> {
        let package = Package::open(source, limits)?;
        if ENCRYPTION_PARTS.iter().any(|name| package.find("", name).is_some()) {
            return Err(Error::Encrypted);
        }
        let entry = package.find("", "OFD.xml").ok_or(Error::NotOfd)?;
        let mut deviations = package.deviations().clone();
        let (entry_text, is_utf8) =
            xml::decode(&package.read(entry)?).map_err(|error| package.xml_error(entry, error))?;
        if !is_utf8 {
            deviations.insert("XML_ENCODING");
        }
        if package.name(entry) != "OFD.xml" {
            deviations.insert("PACKAGE_PATH");
        }
        let tree = xml::parse(&entry_text).map_err(|error| package.xml_error(entry, error))?;
        if tree.root_element().tag_name().namespace() != Some(NAMESPACE) {
            deviations.insert("XML_NAMESPACE");
        }
        let mut documents = Vec::new();
        let mut pages = 0_usize;
        for body in children(tree.root_element(), "DocBody") {
            let document = OfdDocument::read(&package, entry, body)?;
            pages = pages.saturating_add(document.pages.len());
            if pages > limits.pages {
                let found = u64::try_from(pages).unwrap_or(u64::MAX);
                return Err(Error::TooLarge { what: "pages", found, limit: u64::try_from(limits.pages).unwrap_or(0) });
            }
            documents.push(document);
        }
        if documents.is_empty() {
            return Err(Error::Missing { part: "DocBody of OFD.xml".into() });
        }
        Ok(Self { package, entry, documents, deviations })
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &Package {
        &self.package
    }

    /// OFD.xml.
    #[must_use]
    pub fn entry(&self) -> PartId {
        self.entry
    }

    /// All documents; almost every package has one.
    #[must_use]
    pub fn documents(&self) -> &[OfdDocument] {
        &self.documents
    }

    /// Pages of the first document, which is the one that is shown and sealed.
    #[must_use]
    pub fn pages(&self) -> &[Page] {
        self.documents.first().map_or(&[], |document| &document.pages)
    }

    /// Displayed size of page `number` (from 1) of the first document.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no such page; others if its content cannot be read.
    pub fn page_size(&self, number: usize) -> Result<PageSize, Error> {
        self.page_size_of(0, number)
    }

    /// Displayed size of page `number` (from 1) of document `document` (from 0): the page's own `PhysicalBox`, else that
    /// of its template, else the document's, else A4.
    ///
    /// # Errors
    /// As [`Ofd::page_size`].
    pub fn page_size_of(&self, document: usize, number: usize) -> Result<PageSize, Error> {
        let missing = || Error::Missing { part: format!("page {number}") };
        let document = self.documents.get(document).ok_or_else(missing)?;
        let page = number.checked_sub(1).and_then(|index| document.pages.get(index)).ok_or_else(missing)?;
        let fallback = document.page_size.unwrap_or(A4);
        let Some(part) = page.part else { return Err(Error::Missing { part: page.location.clone() }) };
        let text = self.package.text(part)?;
        if !text.contains("PhysicalBox") && (document.templates.is_empty() || !text.contains("TemplateID")) {
            return Ok(fallback);
        }
        let tree = xml::parse(&text).map_err(|error| self.package.xml_error(part, error))?;
        if let Some(size) = own_size(tree.root_element()) {
            return Ok(size);
        }
        for reference in children(tree.root_element(), "Template") {
            let id = attribute(reference, "TemplateID").unwrap_or_default();
            let Some(part) = document.template(id) else { continue };
            let Ok(text) = self.package.text(part) else { continue };
            if let Some(size) = xml::parse(&text).ok().and_then(|tree| own_size(tree.root_element())) {
                return Ok(size);
            }
        }
        Ok(fallback)
    }

    /// Names of tolerated deviations.
    #[must_use]
    pub fn deviations(&self) -> &BTreeSet<&'static str> {
        &self.deviations
    }

    /// True if the package has integrity entries of GM/T 0099 (`/OFDEntries.xml`).
    #[must_use]
    pub fn has_integrity_entries(&self) -> bool {
        self.package.find("", "OFDEntries.xml").is_some()
    }
}

fn own_size(page: Node<'_, '_>) -> Option<PageSize> {
    PageSize::from_box(&child_text(child(page, "Area")?, "PhysicalBox"))
}

impl OfdDocument {
    fn read(package: &Package, entry: PartId, body: Node<'_, '_>) -> Result<Self, Error> {
        let base = package.name(entry);
        // A version made current is what a reader shows; without one, or if it leads nowhere, the document itself is.
        let root = current_version(package, base, body).or_else(|| package.find(base, &child_text(body, "DocRoot")));
        let location = child_text(body, "Signatures");
        let mut document = Self {
            root,
            pages: Vec::new(),
            templates: Vec::new(),
            signatures: package.find(base, &location),
            signatures_location: (!location.is_empty()).then_some(location),
            page_size: None,
        };
        if let Some(root) = root {
            document.read_root(package, root)?;
        }
        Ok(document)
    }

    fn read_root(&mut self, package: &Package, root: PartId) -> Result<(), Error> {
        let source = package.text(root)?;
        let tree = xml::parse(&source).map_err(|error| package.xml_error(root, error))?;
        let base = package.name(root);
        let element = tree.root_element();
        if let Some(pages) = child(element, "Pages") {
            self.pages.extend(children(pages, "Page").map(|page| {
                let location = attribute(page, "BaseLoc").unwrap_or_default().to_owned();
                let id = attribute(page, "ID").unwrap_or_default().to_owned();
                Page { id, part: package.find(base, &location), location }
            }));
        }
        let common = child(element, "CommonData").unwrap_or(element);
        self.templates.extend(children(common, "TemplatePage").map(|template| Template {
            id: attribute(template, "ID").unwrap_or_default().to_owned(),
            part: package.find(base, attribute(template, "BaseLoc").unwrap_or_default()),
        }));
        let area = child(common, "PageArea").and_then(|area| descendant(area, "PhysicalBox"));
        self.page_size = area.and_then(|area| PageSize::from_box(&text(area)));
        Ok(())
    }

    /// Content of the template page of that id.
    #[must_use]
    pub fn template(&self, id: &str) -> Option<PartId> {
        self.templates.iter().find(|template| template.id == id).and_then(|template| template.part)
    }
}

/// Document.xml of the version that is made current (版本), GB/T 33190 §19: `Version` names a file, that file its root.
fn current_version(package: &Package, base: &str, body: Node<'_, '_>) -> Option<PartId> {
    let versions = children(child(body, "Versions")?, "Version");
    let mut current =
        versions.filter(|version| attribute(*version, "Current").is_some_and(|word| word.trim() == "true"));
    let file = package.find(base, attribute(current.next()?, "BaseLoc")?)?;
    let source = package.text(file).ok()?;
    let tree = xml::parse(&source).ok()?;
    package.find(package.name(file), &child_text(tree.root_element(), "DocRoot"))
}
