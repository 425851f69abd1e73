//! The report as one page of HTML (HTML 报告): no script, nothing from outside, prints on A4.

mod markup;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use eseal::{Conclusion, Outcome};
use eseal_gm::Hash;

use crate::sheet::{Advised, CheckRow, Fact, Sheet, SignatureSheet, Verdict};
use markup::Markup;

const STYLE: &str = include_str!("style.css");

/// The Content-Security-Policy of the page (内容安全策略): its one style sheet and pictures inside it, nothing else.
///
/// The page states it itself; a server adds `; sandbox` as a header.
#[must_use]
pub fn content_security_policy() -> String {
    let digest = STANDARD.encode(Hash::Sha256.digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'")
}

impl Sheet {
    /// The report as one page of HTML (HTML 报告).
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut page = Markup::new();
        let lang = self.say("zh-CN", "en");
        page.raw("<!DOCTYPE html>\n<html lang=\"").raw(lang).raw("\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"")
            .raw(&content_security_policy())
            .raw("\">\n");
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.raw("<meta name=\"robots\" content=\"noindex\">\n<title>");
        page.text(self.verdict.word).raw(" · ").text(&self.title).raw("</title>\n<style>").raw(STYLE);
        page.raw("</style>\n</head>\n<body>\n<main>\n<h1>").text(&self.title).raw("</h1>\n");
        verdict(&mut page, &self.verdict, "");
        Html(self).advice(&mut page, &self.advice);
        facts(&mut page, &self.facts);
        Html(self).parts(&mut page);
        Html(self).page_pictures(&mut page);
        for signature in &self.signatures {
            Html(self).signature(&mut page, signature);
        }
        page.raw("</main>\n<footer>\n");
        for note in &self.notes {
            page.raw("<p>").text(note).raw("</p>\n");
        }
        page.raw("</footer>\n</body>\n</html>\n");
        page.finish()
    }
}

/// A sheet that is written as HTML.
struct Html<'a>(&'a Sheet);

impl Html<'_> {
    fn advice(&self, page: &mut Markup, rows: &[Advised]) {
        if rows.is_empty() {
            return;
        }
        page.raw("<dl class=\"advice\">\n");
        page.raw("<dt>").text(self.0.say("这意味着什么", "What this means")).raw("</dt>\n");
        rows.iter().for_each(|row| {
            page.raw("<dd>").text(&row.meaning).raw("</dd>\n");
        });
        page.raw("<dt>").text(self.0.say("该怎么办", "What to do")).raw("</dt>\n");
        rows.iter().for_each(|row| {
            page.raw("<dd>").text(&row.action).raw("</dd>\n");
        });
        page.raw("</dl>\n");
    }

    fn parts(&self, page: &mut Markup) {
        if self.0.uncovered.is_empty() {
            return;
        }
        page.raw("<h3>").text(self.0.say("未受签名保护的部分", "Parts that no signature protects")).raw("</h3>\n");
        list(page, &self.0.uncovered);
    }

    fn page_pictures(&self, page: &mut Markup) {
        if self.0.pages.is_empty() {
            return;
        }
        page.raw("<h3>").text(self.0.say("页面", "Pages")).raw("</h3>\n<ul class=\"pages\">\n");
        for picture in &self.0.pages {
            let name = self.0.page_name(picture.number);
            page.raw("<li><figure>").png(&picture.png, &name).raw("<figcaption>").text(&name);
            page.raw("</figcaption></figure></li>\n");
        }
        page.raw("</ul>\n");
    }

    fn signature(&self, page: &mut Markup, signature: &SignatureSheet) {
        page.raw("<section>\n<h2>").text(&signature.title).raw("</h2>\n");
        verdict(page, &signature.verdict, " small");
        self.advice(page, &signature.advice);
        page.raw("<div class=\"seal\">\n");
        if let Some(png) = &signature.seal_picture {
            let name = self.0.say("印章图像", "Seal picture");
            page.raw("<figure>").png(png, name).raw("<figcaption>").text(name).raw("</figcaption></figure>\n");
        }
        page.raw("<div>\n");
        facts(page, &signature.facts);
        page.raw("</div>\n</div>\n<h3>").text(self.0.say("逐项检查", "Check by check")).raw("</h3>\n<p>");
        page.text(&signature.tally).raw("</p>\n");
        self.checks(page, &signature.checks);
        self.listing(page, self.0.say("签章之后的改动", "What came after the signature"), &signature.later_changes);
        self.listing(
            page,
            self.0.say("容忍的非标准写法", "Tolerated deviations from the standards"),
            &signature.deviations,
        );
        if !signature.time.is_empty() {
            page.raw("<h3>").text(self.0.say("时间证据", "Evidence of time")).raw("</h3>\n");
            facts(page, &signature.time);
        }
        for (title, rows) in &signature.certificates {
            page.raw("<h3>").text(title).raw("</h3>\n");
            facts(page, rows);
        }
        page.raw("</section>\n");
    }

    fn listing(&self, page: &mut Markup, title: &str, entries: &[String]) {
        if !entries.is_empty() {
            page.raw("<h3>").text(title).raw("</h3>\n");
            list(page, entries);
        }
    }

    fn checks(&self, page: &mut Markup, rows: &[CheckRow]) {
        page.raw("<table class=\"checks\">\n<thead><tr>");
        for head in
            [self.0.say("结果", "Result"), self.0.say("检查项", "Check"), self.0.say("说明与依据", "Reason and clause")]
        {
            page.raw("<th scope=\"col\">").text(head).raw("</th>");
        }
        page.raw("</tr></thead>\n<tbody>\n");
        for row in rows {
            let (class, mark) = match row.outcome {
                Outcome::Passed => ("passed", "✓"),
                Outcome::Failed => ("failed", "✗"),
                Outcome::Unknown => ("unknown", "?"),
            };
            page.raw("<tr class=\"").raw(class).raw("\"><td class=\"result\"><span aria-hidden=\"true\">").raw(mark);
            page.raw("</span> ").text(row.word).raw("</td><td class=\"what\">").text(row.title);
            page.raw("<span class=\"id\">").text(row.code).raw("</span></td><td>").quoted(&row.reason);
            if let Some(advice) = row.advice {
                page.raw("<span class=\"do\">").text(advice).raw("</span>");
            }
            if let Some(evidence) = &row.evidence {
                page.raw("<span class=\"evidence\">").quoted(evidence).raw("</span>");
            }
            page.raw("<span class=\"clause\">").text(row.clause).raw("</span></td></tr>\n");
        }
        page.raw("</tbody>\n</table>\n");
    }
}

fn verdict(page: &mut Markup, verdict: &Verdict, size: &str) {
    let (class, mark) = match verdict.conclusion {
        Conclusion::Valid => ("valid", "✓"),
        Conclusion::Invalid => ("invalid", "✗"),
        Conclusion::Indeterminate => ("indeterminate", "?"),
    };
    page.raw("<div class=\"verdict ").raw(class).raw(size).raw("\"><span class=\"mark\" aria-hidden=\"true\">");
    page.raw(mark).raw("</span><div><strong class=\"word\">").text(verdict.word).raw("</strong>");
    page.quoted(&verdict.sentence).raw("</div></div>\n");
}

fn facts(page: &mut Markup, rows: &[Fact]) {
    page.raw("<table class=\"facts\">\n<tbody>\n");
    for Fact { label, value, is_code } in rows {
        page.raw("<tr><th scope=\"row\">").text(label).raw(if *is_code {
            "</th><td class=\"code\">"
        } else {
            "</th><td>"
        });
        page.quoted(value).raw("</td></tr>\n");
    }
    page.raw("</tbody>\n</table>\n");
}

fn list(page: &mut Markup, entries: &[String]) {
    page.raw("<ul>\n");
    for entry in entries {
        page.raw("<li>").quoted(entry).raw("</li>\n");
    }
    page.raw("</ul>\n");
}
