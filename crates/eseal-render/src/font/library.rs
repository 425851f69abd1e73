//! Fonts that stand in for those that are not embedded (替代字体), by the rules of names and styles.

use std::sync::Arc;

use skrifa::{FontRef, MetadataProvider as _, raw::FileRef, string::StringId};

/// Bytes of a font, wherever they are.
pub type FontBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Fonts to choose from: those that an operator provides, then the shipped ones (字库).
#[derive(Clone)]
pub struct FontLibrary {
    faces: Vec<Face>,
}

impl std::fmt::Debug for FontLibrary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FontLibrary({} faces)", self.faces.len())
    }
}

/// One face of a library.
#[derive(Clone)]
pub(crate) struct Face {
    pub(crate) bytes: FontBytes,
    /// Of a collection.
    pub(crate) index: u32,
    /// Its name, for warnings.
    pub(crate) name: String,
    /// All names, in the form that is compared.
    keys: Vec<String>,
    style: Style,
    bold: bool,
    /// It has Chinese characters.
    chinese: bool,
    shipped: bool,
}

/// 字库中的一个字体: a face that others draw with.
#[derive(Clone)]
pub struct LibraryFace {
    /// The file.
    pub bytes: FontBytes,
    /// Which face of a collection; 0 otherwise.
    pub index: u32,
}

impl LibraryFace {
    fn of(face: &Face) -> Self {
        Self { bytes: face.bytes.clone(), index: face.index }
    }
}

impl std::fmt::Debug for LibraryFace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LibraryFace(face {} of {} bytes)", self.index, self.bytes.as_ref().as_ref().len())
    }
}

/// What a typeface looks like (字体风格).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// 宋体, Times.
    Serif,
    /// 黑体, Arial.
    Sans,
    /// 楷体.
    Kai,
    /// 仿宋.
    FangSong,
}

/// Most faces of one collection that are looked at.
const COLLECTION: u32 = 64;

impl Default for FontLibrary {
    fn default() -> Self {
        Self::shipped()
    }
}

impl FontLibrary {
    /// The two fonts that are shipped.
    #[must_use]
    pub fn shipped() -> Self {
        let mut library = Self { faces: Vec::new() };
        library.add(Arc::new(eseal_fonts::SANS_REGULAR), true);
        library.add(Arc::new(eseal_fonts::SERIF_BOLD), true);
        library
    }

    /// With one more font file; it is preferred to the shipped ones.  Answers how many faces it has that can be used.
    pub fn add_font(&mut self, bytes: FontBytes) -> usize {
        self.add(bytes, false)
    }

    /// True if one of its fonts has that name, in Chinese or English, with or without `_GB2312`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let wanted = Wanted::new(&[name], false, None);
        self.faces.iter().any(|face| face.is(&wanted))
    }

    /// The faces of that name, in Chinese or English, bold ones first where `bold`; no substitutes.
    #[must_use]
    pub fn faces_named(&self, name: &str, bold: bool) -> Vec<LibraryFace> {
        let wanted = Wanted::new(&[name], bold, None);
        let faces = self.candidates(&wanted).into_iter().filter_map(|number| self.face(number));
        faces.filter(|face| face.is(&wanted)).map(LibraryFace::of).collect()
    }

    /// The faces that were added to the shipped ones, in that order; of a collection those for China first.
    #[must_use]
    pub fn faces_added(&self) -> Vec<LibraryFace> {
        self.faces.iter().filter(|face| !face.shipped).map(LibraryFace::of).collect()
    }

    fn add(&mut self, bytes: FontBytes, shipped: bool) -> usize {
        let count = match FileRef::new(bytes.as_ref().as_ref()) {
            Ok(FileRef::Font(_)) => 1,
            Ok(FileRef::Collection(collection)) => collection.len().min(COLLECTION),
            Err(_) => 0,
        };
        let before = self.faces.len();
        for index in 0..count {
            self.faces.extend(Face::read(bytes.clone(), index, shipped));
        }
        if let Some(new) = self.faces.get_mut(before..) {
            new.sort_by_key(|face| !face.is_of_china());
        }
        self.faces.len().saturating_sub(before)
    }

    /// Numbers of the faces for a font of that name, best first.
    pub(crate) fn candidates(&self, wanted: &Wanted) -> Vec<usize> {
        let mut faces: Vec<(usize, &Face)> = self.faces.iter().enumerate().collect();
        faces.sort_by_key(|(_, face)| face.distance(wanted));
        faces.into_iter().map(|(number, _)| number).collect()
    }

    /// The best face for a font of that name.
    pub(crate) fn best(&self, wanted: &Wanted) -> Option<&Face> {
        self.faces.iter().min_by_key(|face| face.distance(wanted))
    }

    /// A face by its number.
    pub(crate) fn face(&self, number: usize) -> Option<&Face> {
        self.faces.get(number)
    }
}

/// A font that is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    keys: Vec<String>,
    style: Style,
    bold: bool,
    /// A font of Latin letters only: Chinese ones have wider letters.
    latin: bool,
}

impl Wanted {
    pub(crate) fn new(names: &[&str], bold: bool, serif: Option<bool>) -> Self {
        let keys: Vec<String> = names.iter().map(|name| key(name)).filter(|key| !key.is_empty()).collect();
        let style = keys.iter().find_map(|key| style_of(key));
        let fallback = if serif == Some(true) { Style::Serif } else { Style::Sans };
        let bold = bold || keys.iter().any(|key| is_bold(key));
        let latin = keys.iter().any(|key| LATIN.iter().any(|name| key.starts_with(name)));
        Self { keys, style: style.unwrap_or(fallback), bold, latin }
    }
}

impl Face {
    fn read(bytes: FontBytes, index: u32, shipped: bool) -> Option<Self> {
        let (names, bold, chinese) = {
            let font = FontRef::from_index(bytes.as_ref().as_ref(), index).ok()?;
            let ids = [
                StringId::FAMILY_NAME,
                StringId::FULL_NAME,
                StringId::POSTSCRIPT_NAME,
                StringId::TYPOGRAPHIC_FAMILY_NAME,
            ];
            let names: Vec<String> =
                ids.iter().flat_map(|id| font.localized_strings(*id).map(|name| name.to_string())).collect();
            let bold = font.attributes().weight.value() >= 600.0;
            (names, bold, font.charmap().map('国').is_some())
        };
        let keys: Vec<String> = names.iter().map(|name| key(name)).filter(|key| !key.is_empty()).collect();
        let style = keys.iter().find_map(|key| style_of(key)).unwrap_or(Style::Sans);
        let name = names.into_iter().next().unwrap_or_default();
        Some(Self { bytes, index, name, keys, style, bold, chinese, shipped })
    }

    /// True if it is the font that is asked for, not a substitute.
    pub(crate) fn is(&self, wanted: &Wanted) -> bool {
        self.keys.iter().any(|key| wanted.keys.contains(key))
    }

    /// What sorts faces: name, script, style, where it is from, weight, and the face of a collection for China.
    fn distance(&self, wanted: &Wanted) -> (bool, bool, u8, bool, bool, bool) {
        let near = match (self.style, wanted.style) {
            (a, b) if a == b => 0,
            (Style::Serif, Style::FangSong | Style::Kai) => 1,
            (Style::Kai, Style::FangSong) | (Style::FangSong, Style::Kai | Style::Serif) => 2,
            (Style::Sans, _) => 3,
            _ => 4,
        };
        // The shipped serif face is bold: among regular text it is worse than another style.
        let near = if self.shipped && self.bold && !wanted.bold { 5 } else { near };
        let other_bold = self.bold != wanted.bold;
        (!self.is(wanted), self.chinese == wanted.latin, near, self.shipped, other_bold, !self.is_of_china())
    }

    /// True if its characters have the forms of the mainland.
    fn is_of_china(&self) -> bool {
        self.keys.iter().any(|key| key.ends_with("sc") || key.ends_with("cn"))
    }
}

/// Form in which names are compared: without subset prefix, `@`, case, blanks and `_GB2312`.
fn key(name: &str) -> String {
    let name = name.trim().trim_start_matches('@');
    let name = match name.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 && prefix.bytes().all(|byte| byte.is_ascii_uppercase()) => rest,
        _ => name,
    };
    let lower: String =
        name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | ',')).flat_map(char::to_lowercase).collect();
    let lower = lower.trim_end_matches("gb2312").trim_end_matches("gbk").trim_end_matches("regular");
    let known = NAMES.iter().find(|(other, _)| *other == lower).map_or(lower, |(_, one)| one);
    known.to_owned()
}

/// How the names of common fonts without Chinese characters begin.
const LATIN: [&str; 11] = [
    "times",
    "arial",
    "helvetica",
    "courier",
    "calibri",
    "cambria",
    "georgia",
    "verdana",
    "tahoma",
    "segoeui",
    "consolas",
];

/// Names of one and the same font.
const NAMES: [(&str, &str); 15] = [
    ("宋体", "simsun"),
    ("新宋体", "nsimsun"),
    ("黑体", "simhei"),
    ("楷体", "simkai"),
    ("kaiti", "simkai"),
    ("仿宋", "simfang"),
    ("fangsong", "simfang"),
    ("微软雅黑", "microsoftyahei"),
    ("等线", "dengxian"),
    ("华文宋体", "stsong"),
    ("华文楷体", "stkaiti"),
    ("华文仿宋", "stfangsong"),
    ("华文黑体", "stheiti"),
    ("方正小标宋简体", "fzxbsjw"),
    ("timesnewromanpsmt", "timesnewroman"),
];

fn style_of(key: &str) -> Option<Style> {
    let has = |words: &[&str]| words.iter().any(|word| key.contains(word));
    if has(&["仿宋", "fangsong", "simfang", "fzfs"]) {
        Some(Style::FangSong)
    } else if has(&["楷", "kai"]) {
        Some(Style::Kai)
    } else if has(&["黑", "hei", "sans", "arial", "helvetica", "dengxian", "gothic", "courier", "calibri", "verdana"])
    {
        Some(Style::Sans)
    } else if has(&["宋", "song", "simsun", "ming", "times", "serif", "georgia", "cambria", "fzxbs", "fzss"]) {
        Some(Style::Serif)
    } else {
        None
    }
}

fn is_bold(key: &str) -> bool {
    ["bold", "heavy", "black", "小标宋", "fzxbs", "大标宋", "粗"].iter().any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_both_languages_and_without_ornaments() {
        for (one, other) in [
            ("宋体", "SimSun"),
            ("ABCDEF+SimSun", "simsun"),
            ("@楷体_GB2312", "KaiTi"),
            ("仿宋_GB2312", "FangSong"),
            ("Microsoft YaHei", "微软雅黑"),
        ] {
            assert_eq!(key(one), key(other));
        }
    }

    #[test]
    fn bold_titles_get_the_bold_serif_and_text_the_regular_face() {
        let library = FontLibrary::shipped();
        for (name, expected) in [("宋体", "Sans"), ("方正小标宋简体", "Serif"), ("SimHei", "Sans"), ("unknown", "Sans")]
        {
            let first = library.best(&Wanted::new(&[name], false, None)).unwrap();
            assert!(first.name.contains(expected), "{name}: {}", first.name);
        }
    }
}
