//! Names that would like to be more than names.

use eseal::Text;
use eseal_api::Language;
use eseal_report::Reader;

use crate::{
    html::assert_sound,
    pdf::{at_hand, text_of},
    world::{World, sample},
};

#[test]
fn nothing_out_of_a_document_becomes_markup_or_turns_the_text() {
    let world = World::new();
    let mut judged = world.judge(&sample("later-change.pdf"));
    let evil = "</bdi><script>alert(1)</script><img src=x onerror=alert(1)>\u{202E}\u{2066}\0𪚥\"'";
    let long = format!("{evil}{}", "长".repeat(1 << 16));
    let signature = &mut judged.report.signatures[0];
    let seal = signature.seal.as_mut().unwrap();
    seal.name = long.clone();
    seal.code = evil.into();
    seal.picture_type = "svg".into();
    seal.picture = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let signer = signature.signer.as_mut().unwrap();
    signer.common_name = evil.into();
    signer.subject = long.clone();
    signer.issuer = evil.into();
    signature.region = evil.into();
    signature.deviations = vec![evil.into(); 1_000];
    signature.later_changes = vec![Text { zh: long.clone(), en: long.clone() }; 200];
    signature.checks[0].reason = Text { zh: long.clone(), en: long.clone() };
    signature.checks[0].evidence = Some(long.clone());
    judged.report.summary = Text { zh: long.clone(), en: long.clone() };
    judged.report.coverage.uncovered = vec![long.clone(); 500];
    judged.report.policy = evil.into();
    for language in [Language::Chinese, Language::English] {
        let sheet = world.sheet_named(&judged, Reader::System, language, &long);
        let html = sheet.to_html();
        assert!(html.len() < 2 << 20, "{} bytes", html.len());
        assert!(!html.contains("onerror=alert(1)>") && html.contains("&lt;script&gt;alert(1)"));
        assert!(!html.contains(['\u{202E}', '\u{2066}', '\0']) && html.contains("〔U+202E〕"));
        assert_sound(&html.replace("onerror=", ""));
        let pdf = sheet.to_pdf().unwrap();
        assert!(pdf.len() < 2 << 20, "{} bytes", pdf.len());
        if at_hand("pdftotext", "-v") {
            let text = text_of(&pdf);
            assert!(text.contains("U+2A6A5") && !text.contains('\u{202E}'));
        }
    }
}
