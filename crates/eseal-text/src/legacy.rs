//! Old Chinese PDFs (早期中文 PDF): fonts that say Windows Latin and mean GBK.
//!
//! Chinese Windows of the nineties wrote `/BaseFont /#CB#CE#CC#E5` (宋体 in GBK), `/Encoding /WinAnsiEncoding`, no font
//! file, and text in GBK.  Taken by its word such a file reads `Ä¿Â¼` for 目录.  Other readers know these fonts by their
//! names, and so does this one: it is given the file with a section behind it in which they are what they mean.

use std::{collections::BTreeMap, panic::catch_unwind, sync::Arc};

use hayro_syntax::{
    Pdf,
    object::{Dict, Name, Object},
};

/// Names in GBK with which such fonts begin, and what they are called in Latin letters.
const FONTS: [(&[u8], &str); 5] = [
    (b"\xCB\xCE\xCC\xE5", "SimSun"),
    (b"\xBA\xDA\xCC\xE5", "SimHei"),
    (b"\xBF\xAC\xCC\xE5", "KaiTi"),
    (b"\xB7\xC2\xCB\xCE", "FangSong"),
    (b"\xC1\xA5\xCA\xE9", "LiSu"),
];
/// Larger files are not looked at: those of that time had some hundred kilobytes.
const LOOKED_AT_BYTES: usize = 64 << 20;
/// Bytes behind `/BaseFont` within which its name ends.
const NAME_BYTES: usize = 64;

/// The file, with fonts that mean GBK made so; any other file as it is.
#[must_use]
pub fn with_chinese_fonts(bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() > LOOKED_AT_BYTES || !names_one(&bytes) {
        return bytes;
    }
    let shared = Arc::new(bytes);
    let kept = shared.clone();
    // The reader is another's code on a stranger's file.
    let made = catch_unwind(move || section(&shared)).ok().flatten();
    let mut bytes = Arc::try_unwrap(kept).unwrap_or_else(|shared| (*shared).clone());
    bytes.extend(made.unwrap_or_default());
    bytes
}

/// True if a name of a font begins as one of those.
fn names_one(bytes: &[u8]) -> bool {
    const KEY: &[u8] = b"/BaseFont";
    bytes.windows(KEY.len()).enumerate().filter(|(_, window)| *window == KEY).any(|(at, _)| {
        let rest = bytes.get(at.saturating_add(KEY.len())..).unwrap_or_default();
        let word = rest.get(..rest.len().min(NAME_BYTES)).unwrap_or_default().trim_ascii_start();
        word.strip_prefix(b"/").is_some_and(|name| latin_name(&unescaped(name)).is_some())
    })
}

/// The name's bytes, with `#CB` as the byte that it stands for.
fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = name;
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'#') {
            Some(byte) => {
                found.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            None => {
                found.push(*first);
                rest = behind;
            }
        }
    }
    found
}

fn latin_name(name: &[u8]) -> Option<&'static str> {
    FONTS.iter().find(|(begin, _)| name.starts_with(begin)).map(|(_, latin)| *latin)
}

/// The section that goes behind the file; none if there is nothing to change, or if it would not be read.
fn section(bytes: &Arc<Vec<u8>>) -> Option<Vec<u8>> {
    let pdf = Pdf::new(bytes.clone()).ok()?;
    let mut fonts = BTreeMap::new();
    let mut highest = 0;
    for object in pdf.objects() {
        let Object::Dict(font) = object else { continue };
        let Some(id) = font.obj_id() else { continue };
        highest = highest.max(id.obj_number);
        if let Some(name) = meant(&font) {
            fonts.insert(id.obj_number, (id.gen_number, name));
        }
    }
    if fonts.is_empty() {
        return None;
    }
    let mut made = b"\n".to_vec();
    let mut table = String::from("xref\n");
    for (number, (generation, name)) in fonts {
        let offset = bytes.len().saturating_add(made.len());
        // GBK-EUC-H has letters of half width at 814 to 939 of Adobe-GB1.
        let object = format!(
            "{number} {generation} obj\n<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font\
             /Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[814 939 500]\
             /FontDescriptor<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 859\
             /Descent -141/CapHeight 700/StemV 80>>>>]>>\nendobj\n"
        );
        made.extend(object.bytes());
        table += &format!("{number} 1\n{offset:010} {generation:05} n \n");
    }
    let start = bytes.len().saturating_add(made.len());
    let root = pdf.xref().root_id();
    let previous = last_table(bytes)?;
    made.extend(table.bytes());
    let size = highest.saturating_add(1);
    made.extend(
        format!(
            "trailer\n<</Size {size}/Root {} {} R/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n",
            root.obj_number, root.gen_number
        )
        .bytes(),
    );
    let whole = [bytes.as_slice(), &made].concat();
    let same = Pdf::new(whole).is_ok_and(|other| other.pages().len() == pdf.pages().len());
    same.then_some(made)
}

/// What a font means that says something else.
fn meant(font: &Dict<'_>) -> Option<&'static str> {
    let word = |key: &[u8]| font.get::<Name<'_>>(key);
    let is_simple = word(b"Type").is_some_and(|name| name.as_ref() == b"Font")
        && word(b"Subtype").is_some_and(|name| name.as_ref() == b"TrueType");
    let embedded = font.get::<Dict<'_>>(b"FontDescriptor").is_some_and(|descriptor| {
        [&b"FontFile"[..], b"FontFile2", b"FontFile3"].into_iter().any(|key| descriptor.contains_key(key))
    });
    if !is_simple || embedded || font.contains_key(b"ToUnicode") {
        return None;
    }
    latin_name(word(b"BaseFont")?.as_ref())
}

/// Where the file says that its last table is.
fn last_table(bytes: &[u8]) -> Option<u64> {
    const WORD: &[u8] = b"startxref";
    let tail = bytes.get(bytes.len().saturating_sub(2048)..)?;
    let at = tail.windows(WORD.len()).rposition(|window| window == WORD)?;
    let rest = tail.get(at.saturating_add(WORD.len())..)?.trim_ascii_start();
    let digits: Vec<u8> = rest.iter().copied().take_while(u8::is_ascii_digit).collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_they_are_written() {
        for (text, expected) in [
            (&b"/BaseFont /#CB#CE#CC#E5"[..], true),
            (b"/BaseFont/#b7#c2#cb#ce_GB2312 /Encoding", true),
            (b"<</BaseFont/\xBA\xDA\xCC\xE5>>", true),
            (b"/BaseFont/SimSun", false),
            (b"/BaseFont #CB#CE#CC#E5", false),
            (b"/BaseFont", false),
            (b"/BaseFont/#", false),
        ] {
            assert_eq!(names_one(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_is_no_pdf_stays_as_it_is() {
        let junk = b"/BaseFont /#CB#CE#CC#E5 startxref 0".to_vec();
        assert_eq!(with_chinese_fonts(junk.clone()), junk);
    }
}
