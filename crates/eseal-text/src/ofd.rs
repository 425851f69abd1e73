//! Characters of OFD pages (OFD 页面文字), GB/T 33190: text of pages and their templates, in blocks, composites and
//! annotations.

mod content;
mod object;
mod page;
mod resource;
mod space;

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use eseal_ofd::{Ofd, PartId, xml};
use roxmltree::Node;

use crate::{PageText, TextError};
use page::Placer;
use resource::Composites;
use space::{Matrix, Region};

/// Most templates that a page has, templates of templates included.
const TEMPLATES: usize = 100;

/// Characters of page `number` (from 1) of the first document; use [`OfdText`] for several pages.
///
/// # Errors
/// See [`TextError`].
pub fn page_chars(ofd: &Ofd, number: usize) -> Result<PageText, TextError> {
    OfdText::new(ofd).page_chars(number)
}

/// An OFD whose pages' text is asked for (OFD 文字).
pub struct OfdText<'a> {
    ofd: &'a Ofd,
    /// Annotation files by the id of their page.
    annotations: OnceCell<HashMap<String, Vec<PartId>>>,
    /// Composites of the document's resources.
    shared: OnceCell<Composites>,
}

impl std::fmt::Debug for OfdText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OfdText({} pages)", self.ofd.pages().len())
    }
}

impl<'a> OfdText<'a> {
    /// Prepares to read the text of `ofd`.
    #[must_use]
    pub fn new(ofd: &'a Ofd) -> Self {
        Self { ofd, annotations: OnceCell::new(), shared: OnceCell::new() }
    }

    /// Characters of page `number` (from 1) of the first document: templates, the page, annotations, without
    /// what is not drawn.
    ///
    /// # Errors
    /// See [`TextError`].
    pub fn page_chars(&self, number: usize) -> Result<PageText, TextError> {
        let unreadable = |reason: String| TextError::Unreadable { page: number, reason };
        let no_such_page = || TextError::NoSuchPage { page: number };
        let page = number.checked_sub(1).and_then(|index| self.ofd.pages().get(index)).ok_or_else(no_such_page)?;
        let part = page.part.ok_or_else(|| unreadable(format!("{} is missing", page.location)))?;
        let size = self.ofd.page_size(number).map_err(|error| unreadable(error.to_string()))?;
        let source = self.ofd.package().text(part).map_err(|error| unreadable(error.to_string()))?;
        let mut placer = Placer::new(size, || self.shared.get_or_init(|| Composites::of_document(self.ofd)));
        let tree = xml::parse(&source).map_err(unreadable)?;
        let root = tree.root_element();
        let mut wanted = template_ids(root);
        let mut seen = HashSet::new();
        while let Some(id) = wanted.pop() {
            let template = self.ofd.documents().first().and_then(|document| document.template(&id));
            let Some(part) = template.filter(|_| seen.len() < TEMPLATES && seen.insert(id)) else { continue };
            // A template that cannot be read has no text to be found; that it is damaged is not for the search to say.
            let Ok(source) = self.ofd.package().text(part) else { continue };
            let Ok(tree) = xml::parse(&source) else { continue };
            wanted.extend(template_ids(tree.root_element()));
            placer.page(self.ofd.package(), part, tree.root_element())?;
        }
        placer.page(self.ofd.package(), part, root)?;
        for part in self.annotations_of(&page.id) {
            let Ok(source) = self.ofd.package().text(*part) else { continue };
            let Ok(tree) = xml::parse(&source) else { continue };
            for annotation in xml::descendants(tree.root_element()).filter(|node| node.tag_name().name() == "Annot") {
                if xml::attribute(annotation, "Visible").is_some_and(|visible| visible.trim() == "false") {
                    continue;
                }
                let Some(appearance) = xml::child(annotation, "Appearance") else { continue };
                let frame = Region::boundary(appearance);
                let corner = frame.map_or((0.0, 0.0), |frame| (frame.left, frame.top));
                let frame = frame.filter(|frame| frame.right > frame.left && frame.bottom > frame.top);
                placer.block(appearance, Matrix::shift(corner), frame)?;
            }
        }
        Ok(placer.finish())
    }

    fn annotations_of(&self, page: &str) -> &[PartId] {
        let all = self.annotations.get_or_init(|| annotation_files(self.ofd).unwrap_or_default());
        all.get(page.trim()).map_or(&[], Vec::as_slice)
    }
}

fn template_ids(page: Node<'_, '_>) -> Vec<String> {
    let ids = xml::children(page, "Template").filter_map(|node| xml::attribute(node, "TemplateID"));
    ids.map(str::to_owned).collect()
}

/// Annotations.xml: files of annotations by page (GB/T 33190 §15).
fn annotation_files(ofd: &Ofd) -> Option<HashMap<String, Vec<PartId>>> {
    let package = ofd.package();
    let root = ofd.documents().first()?.root?;
    let source = package.text(root).ok()?;
    let tree = xml::parse(&source).ok()?;
    let list = package.find(package.name(root), &xml::child_text(tree.root_element(), "Annotations"))?;
    let source = package.text(list).ok()?;
    let tree = xml::parse(&source).ok()?;
    let mut found: HashMap<String, Vec<PartId>> = HashMap::new();
    for page in xml::descendants(tree.root_element()).filter(|node| node.tag_name().name() == "Page") {
        let id = xml::attribute(page, "PageID").unwrap_or_default().trim().to_owned();
        let files =
            xml::children(page, "FileLoc").filter_map(|file| package.find(package.name(list), &xml::text(file)));
        found.entry(id).or_default().extend(files);
    }
    Some(found)
}
