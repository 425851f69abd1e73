//! HTML: its encoding made plain, fonts, scripts, what it would fetch.

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::{Inspected, links::is_outside};
use crate::{Kind, rules, warning::WarningKind};

/// Bytes in which a declaration is looked for.
const HEAD: usize = 4096;
/// Tags that are looked at.
const TAGS: usize = 1_000_000;

pub(super) fn is_html(bytes: &[u8], stated: Option<&str>) -> bool {
    let is_stated =
        stated.is_some_and(|stated| ["HTML", "HTM"].iter().any(|html| stated.trim().eq_ignore_ascii_case(html)));
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let begins = |start: &[u8]| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    begins(b"<!doctype html") || begins(b"<html") || (is_stated && !bytes.contains(&0) && !bytes.is_empty())
}

pub(super) fn inspect(bytes: &[u8]) -> Inspected {
    let mut found = Inspected::new(Kind::Html);
    let encoding = encoding_of(bytes);
    let (text, _, has_errors) = encoding.decode(bytes);
    if has_errors {
        found.warnings.add(WarningKind::NonstandardInput, "some bytes are no characters of the page's encoding");
    }
    for tag in tags(&text).take(TAGS) {
        look(&mut found, tag);
    }
    for address in addresses_of_styles(&text) {
        found.outside_picture(address);
    }
    // Marked as UTF-8, which then is not guessed; a declaration of another encoding inside is overruled by the mark.
    let plain = latin_families(&without_declaration(&text));
    found.rewritten = Some([&b"\xEF\xBB\xBF"[..], plain.as_bytes()].concat());
    found
}

/// As marked, as declared, else by whether it is UTF-8.
fn encoding_of(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default().to_ascii_lowercase();
    let declared = position(&head, b"charset=").and_then(|at| {
        let name = head.get(at + 8..)?;
        let name = name.strip_prefix(b"\"").or_else(|| name.strip_prefix(b"'")).unwrap_or(name);
        let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_:".contains(byte))?;
        Encoding::for_label(name.get(..end)?)
    });
    match declared {
        // What is UTF-8 without fault and not only ASCII is nothing else, whatever it says.
        _ if !bytes.is_ascii() && str::from_utf8(bytes).is_ok() => UTF_8,
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if str::from_utf8(bytes).is_ok() => UTF_8,
        _ => GB18030,
    }
}

/// The text with `charset=…` of its beginning made UTF-8.
fn without_declaration(text: &str) -> String {
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or_default();
    let Some(at) = head.to_ascii_lowercase().find("charset=") else { return text.to_owned() };
    let start = at + "charset=".len();
    let rest = text.get(start..).unwrap_or_default();
    let quote = usize::from(rest.starts_with(['"', '\'']));
    let name = rest.get(quote..).unwrap_or_default();
    let length = name.find(|sign: char| !sign.is_ascii_alphanumeric() && !"-_:".contains(sign)).unwrap_or(name.len());
    let after = text.get(start + quote + length..).unwrap_or_default();
    format!("{}utf-8{after}", text.get(..start + quote).unwrap_or_default())
}

/// LibreOffice reads no Chinese name of a font that is not in quotes: those that have a Latin one get it.
fn latin_families(text: &str) -> String {
    const FAMILY: &str = "font-family:";
    let mut parts = text.split(FAMILY);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([';', '}', '"', '\'', '<', '>']).unwrap_or(part.len());
        let (list, rest) = part.split_at(end);
        let latin = |name| rules::latin_name(name).filter(|_| !name.is_ascii()).unwrap_or(name);
        out += FAMILY;
        out += &list.split(',').map(latin).collect::<Vec<_>>().join(",");
        out += rest;
    }
    out
}

/// What stands between `<` and `>`.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split('<').skip(1).filter_map(|rest| rest.split('>').next())
}

fn look(found: &mut Inspected, tag: &str) {
    let name =
        tag.split(|sign: char| sign.is_whitespace() || sign == '/').next().unwrap_or_default().to_ascii_lowercase();
    let outside = |attribute: &str| value(tag, attribute).filter(|address| is_outside(address));
    match name.as_str() {
        "a" | "!doctype" => {}
        "script" => found.warnings.add(WarningKind::FeatureDropped, "scripts, which were not run"),
        "img" | "image" | "input" | "body" | "table" | "td" | "th" => {
            for address in ["src", "background"].into_iter().filter_map(outside) {
                found.outside_picture(address);
            }
        }
        _ => {
            for address in ["src", "href", "data"].into_iter().filter_map(outside) {
                found.outside(&name, address);
            }
        }
    }
    if name == "font" {
        for face in value(tag, "face").unwrap_or_default().split(',').take(1) {
            found.font(face);
        }
    }
    if let Some(style) = value(tag, "style") {
        families(found, style);
    }
}

/// Value of an attribute, quoted or not.
fn value<'a>(tag: &'a str, attribute: &str) -> Option<&'a str> {
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    loop {
        let at = from + lower.get(from..)?.find(attribute)?;
        from = at + attribute.len();
        let is_alone = lower.get(..at)?.ends_with(|sign: char| sign.is_whitespace() || "\"'/".contains(sign));
        let Some(rest) = tag.get(from..)?.trim_start().strip_prefix('=') else { continue };
        if is_alone {
            let rest = rest.trim_start();
            return match rest.chars().next()? {
                quote @ ('"' | '\'') => rest.get(1..)?.split(quote).next(),
                _ => rest.split_whitespace().next(),
            };
        }
    }
}

/// The first name of each `font-family`: the others are only for where it is missing.
fn families(found: &mut Inspected, style: &str) {
    for rest in style.split("font-family:").skip(1) {
        let list = rest.split([';', '}']).next().unwrap_or_default();
        found.font(list.split(',').next().unwrap_or_default());
    }
}

/// `url(…)` and `@import` of style sheets.
fn addresses_of_styles(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|address| address.trim().trim_matches(['"', '\'']))
        .filter(|address| is_outside(address))
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_made_plain() {
        let page = "<html><head><meta charset=gb2312></head><body>印章</body></html>";
        let found = inspect(&GB18030.encode(page).0);
        let rewritten = String::from_utf8(found.rewritten.unwrap()).unwrap();
        assert!(rewritten.contains("charset=utf-8>") && rewritten.contains("印章"), "{rewritten}");
        let plain = inspect(&GB18030.encode("<html>印章").0);
        assert!(String::from_utf8(plain.rewritten.unwrap()).unwrap().ends_with("印章"));
        assert!(plain.warnings.finish().is_empty());
    }

    #[test]
    fn chinese_names_of_fonts_are_made_latin() {
        let text = "<p style=\"font-family:黑体, 某体;color:red\"><p style=\"font-family:'楷体'\">";
        assert_eq!(
            latin_families(text),
            "<p style=\"font-family:SimHei, 某体;color:red\"><p style=\"font-family:'楷体'\">"
        );
    }

    #[test]
    fn fonts_scripts_and_addresses_are_found() {
        let found = inspect(
            "<html><link rel=stylesheet href='http://a/s.css'><script src=http://a/x.js></script>\
             <p style=\"font-family:'仿宋_GB2312',serif\"><font face=\"楷体\">x</font><img src=file:///etc/passwd>\
             <a href=\"http://a\">y</a><div style=\"background:url(http://a/b.png)\">"
                .as_bytes(),
        );
        let fonts: Vec<&str> = found.fonts.iter().map(String::as_str).collect();
        assert_eq!(fonts, ["仿宋_GB2312", "楷体"]);
        let told: Vec<String> = found.warnings.finish().into_iter().map(|warning| warning.detail).collect();
        assert_eq!(
            told,
            [
                "not fetched: file:///etc/passwd",
                "not fetched: http://a/b.png",
                "link outside the document, not followed: http://a/s.css",
                "scripts, which were not run"
            ]
        );
    }
}
