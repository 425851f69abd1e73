//! Fonts of an OFD document (文档字型): embedded ones, and what stands in for the others, glyph by glyph.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use eseal_ofd::{Ofd, PartId};

use super::model::Font;
use crate::{
    FontLibrary, Limits,
    font::{LoadedFont, Wanted},
    number::long,
    warning::{WarningKind, Warnings},
};

/// Fonts that have been loaded.
pub(crate) struct Fonts<'f> {
    library: &'f FontLibrary,
    limits: Limits,
    embedded: RefCell<HashMap<PartId, Option<Rc<LoadedFont>>>>,
    substitutes: RefCell<HashMap<usize, Option<Rc<LoadedFont>>>>,
}

/// A font as a text object uses it.
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) embedded: Option<Rc<LoadedFont>>,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    /// Faces of the library, best first.
    order: Vec<usize>,
    wanted: Wanted,
}

/// A glyph and the font it is of.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) font: Rc<LoadedFont>,
    pub(crate) glyph: u32,
    /// It is of another font than the one that was asked for.
    pub(crate) is_substitute: bool,
}

impl<'f> Fonts<'f> {
    pub(crate) fn new(library: &'f FontLibrary, limits: Limits) -> Self {
        Self { library, limits, embedded: RefCell::default(), substitutes: RefCell::default() }
    }

    pub(crate) fn library(&self) -> &'f FontLibrary {
        self.library
    }

    /// Prepares a font; `None` stands for one that the document does not describe.
    pub(crate) fn choose(&self, ofd: &Ofd, font: Option<&Font>, warnings: &mut Warnings) -> Chosen {
        let nameless = Font {
            name: String::new(),
            family: String::new(),
            bold: false,
            italic: false,
            serif: false,
            file: None,
            is_embedded: false,
        };
        let font = font.unwrap_or(&nameless);
        let wanted = Wanted::new(&[&font.name, &font.family], font.bold, Some(font.serif));
        let embedded = font.file.and_then(|part| self.embedded(ofd, part));
        let name: String = [&font.name, &font.family]
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or_else(|| "(unnamed)".to_owned(), |name| name.chars().filter(|c| !c.is_control()).take(60).collect());
        if font.is_embedded && embedded.is_none() {
            warnings.add(WarningKind::NonstandardInput, format!("the embedded font {name} cannot be used"));
        }
        let order = self.library.candidates(&wanted);
        Chosen { name, embedded, bold: font.bold, italic: font.italic, order, wanted }
    }

    fn embedded(&self, ofd: &Ofd, part: PartId) -> Option<Rc<LoadedFont>> {
        if let Some(known) = self.embedded.borrow().get(&part) {
            return known.clone();
        }
        let fits = ofd.package().size(part) <= self.limits.font_bytes;
        let bytes = fits.then(|| ofd.package().read(part).ok()).flatten();
        let bytes = bytes.filter(|bytes| long(bytes.len()) <= self.limits.font_bytes);
        let loaded = bytes.and_then(LoadedFont::embedded).map(Rc::new);
        self.embedded.borrow_mut().insert(part, loaded.clone());
        loaded
    }

    fn substitute(&self, number: usize) -> Option<Rc<LoadedFont>> {
        if let Some(known) = self.substitutes.borrow().get(&number) {
            return known.clone();
        }
        let loaded = self.library.face(number).and_then(LoadedFont::of_face).map(Rc::new);
        self.substitutes.borrow_mut().insert(number, loaded.clone());
        loaded
    }

    /// The glyph of a number in the embedded font.
    pub(crate) fn by_number(&self, chosen: &Chosen, glyph: u32) -> Option<Found> {
        let font = chosen.embedded.as_ref().filter(|font| font.has_glyph(glyph))?;
        Some(Found { font: font.clone(), glyph, is_substitute: false })
    }

    /// The glyph of a character: of the embedded font, else of the first that has it.
    pub(crate) fn by_char(&self, chosen: &Chosen, character: char, warnings: &mut Warnings) -> Option<Found> {
        if let Some(font) = &chosen.embedded
            && let Some(glyph) = font.glyph_of(character)
        {
            return Some(Found { font: font.clone(), glyph, is_substitute: false });
        }
        for number in &chosen.order {
            let Some(font) = self.substitute(*number) else { continue };
            let Some(glyph) = font.glyph_of(character) else { continue };
            let exact = self.library.face(*number).is_some_and(|face| face.is(&chosen.wanted));
            if !exact {
                warnings.add(WarningKind::FontSubstituted, format!("{} → {}", chosen.name, font.name));
            }
            return Some(Found { font, glyph, is_substitute: !exact });
        }
        None
    }
}
