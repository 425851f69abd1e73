//! The page: whole, self-contained, balanced, in both languages.

use eseal::Conclusion;
use eseal_api::Language;
use eseal_report::{Reader, content_security_policy};

use crate::world::{World, sample};

/// Every element that is opened is closed in order, and nothing is fetched or run.
pub(crate) fn assert_sound(html: &str) {
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang="), "{}", &html[..40]);
    for bad in ["<script", "javascript:", "http://", "https://", "url(", "<iframe", "<link", "<object", " on"] {
        let markup: String = html.split('<').filter_map(|part| part.split_once('>')).map(|(tag, _)| tag).collect();
        assert!(bad == " on" || !html.contains(bad), "{bad}");
        assert!(bad != " on" || !markup.contains(" on"), "an event handler");
    }
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("a closed tag");
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('!') || matches!(name.as_str(), "meta" | "img") {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "in order");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(html.contains(&content_security_policy()));
}

#[test]
fn says_the_truth_first_and_then_everything_in_both_languages() {
    let world = World::new();
    for (name, conclusion, words) in [
        ("sealed.pdf", Conclusion::Valid, ["有效", "Valid"]),
        ("sealed.ofd", Conclusion::Valid, ["有效", "Valid"]),
        ("twice.ofd", Conclusion::Valid, ["有效", "Valid"]),
        ("text-changed.ofd", Conclusion::Invalid, ["无效", "Not valid"]),
        ("later-change.pdf", Conclusion::Invalid, ["无效", "Not valid"]),
        ("revoked-before.pdf", Conclusion::Invalid, ["无效", "Not valid"]),
        ("plain.pdf", Conclusion::Indeterminate, ["无法确认", "Cannot be confirmed"]),
    ] {
        let judged = world.judge(&sample(name));
        assert_eq!(judged.report.conclusion, conclusion, "{name}");
        assert!(!judged.pages.is_empty(), "{name} has pictures of its pages");
        for (language, word) in [Language::Chinese, Language::English].into_iter().zip(words) {
            let html = world.sheet(&judged, Reader::System, language).to_html();
            assert_sound(&html);
            let first = html.find("class=\"word\">").unwrap();
            assert!(html[first..].starts_with(&format!("class=\"word\">{word}<")), "{name}");
            let mut codes = judged.report.signatures.iter().flat_map(|signature| &signature.checks);
            assert!(codes.all(|check| html.contains(check.code.as_str())), "{name}");
            let what_to_do = language.choose("该怎么办", "What to do");
            assert!(html.contains(what_to_do), "{name}");
        }
    }
}

#[test]
fn the_public_sees_neither_pictures_of_seals_nor_whole_numbers() {
    let world = World::new();
    let mut judged = world.judge(&sample("sealed.pdf"));
    judged.report.signatures[0].signer.as_mut().unwrap().common_name = "张三 11010519491231002X".into();
    let html = world.sheet(&judged, Reader::Public, Language::Chinese).to_html();
    assert_sound(&html);
    assert!(!html.contains("alt=\"印章图像\"") && !html.contains("11010519491231002X"));
    assert!(html.contains("110*************2X"));
    assert!(world.sheet(&judged, Reader::System, Language::Chinese).to_html().contains("alt=\"印章图像\""));
}
