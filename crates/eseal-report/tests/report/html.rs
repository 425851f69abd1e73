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

#[test]
fn a_seal_by_itself_has_its_sentence_its_picture_and_every_check() {
    let world = World::new();
    for (name, conclusion) in [
        ("seal.esl", Conclusion::Valid),
        ("seal-expired.esl", Conclusion::Invalid),
        ("seal-flipped.esl", Conclusion::Invalid),
        ("seal-unknown-maker.esl", Conclusion::Indeterminate),
    ] {
        let report = world.judge_seal(&sample(name));
        assert_eq!(report.conclusion, conclusion, "{name}");
        for language in [Language::Chinese, Language::English] {
            let sheet = world.seal_sheet(&report, Reader::System, language);
            let html = sheet.to_html();
            assert_sound(&html);
            let sentence = language.choose(&report.summary.zh, &report.summary.en);
            let text = html.replace("&#39;", "'").replace("&quot;", "\"");
            assert!(text.contains(sentence), "{name}");
            assert!(report.checks.iter().all(|check| html.contains(check.code.as_str())), "{name}");
            assert!(html.contains(language.choose("alt=\"印章图像\"", "alt=\"Seal picture\"")), "{name}");
            assert!(sheet.to_pdf().unwrap().starts_with(b"%PDF-"));
        }
        let public = world.seal_sheet(&report, Reader::Public, Language::Chinese).to_html();
        assert!(!public.contains("alt=\"印章图像\""), "{name}");
    }
    let unread = world.judge_seal(b"0\x03\x02\x01\x01");
    let html = world.seal_sheet(&unread, Reader::System, Language::Chinese).to_html();
    assert!(html.contains("class=\"word\">无效<") && html.contains("SEAL_FORMAT"), "{html}");
}

#[test]
fn what_decided_says_what_to_do_and_times_are_in_one_zone() {
    let world = World::new();
    let judged = world.judge(&sample("later-change.pdf"));
    let html = world.sheet(&judged, Reader::System, Language::Chinese).to_html();
    assert!(html.contains("请向签章单位索取签章时的原始文件"), "not advice on the right to use the seal");
    assert!(!html.contains("用有权使用该印章的证书重新签章"));
    for name in ["sealed.ofd", "revoked-after.pdf"] {
        let judged = world.judge(&sample(name));
        for language in [Language::Chinese, Language::English] {
            let html = world.sheet(&judged, Reader::System, language).to_html();
            let in_utc = |part: &str| part.ends_with('Z') && part.parse::<jiff::Timestamp>().is_ok();
            let bad: Vec<&str> =
                html.split(['<', '>', ' ', '（', '）', '(', ')', '：']).filter(|part| in_utc(part)).collect();
            assert!(bad.is_empty() && html.contains("+08:00"), "{name}: {bad:?}");
        }
    }
}
