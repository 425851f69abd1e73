//! The report as PDF (PDF 报告): A4, both fonts embedded, text that can be searched and copied.

mod flow;
mod font;
mod line;

use eseal::{Conclusion, Outcome};
use krilla::{
    Document, SerializeSettings,
    destination::XyzDestination,
    geom::Point,
    metadata::Metadata,
    outline::{Outline, OutlineNode},
};

use crate::{
    ReportError,
    sheet::{Advised, CheckRow, Fact, Sheet, SignatureSheet, Verdict},
};
use flow::{BLACK, Colour, Flow, GREY, LEFT, RIGHT, Style, WHITE};

const TITLE: Style = Style { size: 17.0, colour: BLACK, bold: true };
const SECTION: Style = Style { size: 14.0, colour: BLACK, bold: true };
const HEAD: Style = Style { size: 10.5, colour: BLACK, bold: true };
const BODY: Style = Style { size: 9.5, colour: BLACK, bold: false };
const LABEL: Style = Style { size: 9.5, colour: GREY, bold: false };
const SMALL: Style = Style { size: 8.0, colour: GREY, bold: false };
/// Where the values of facts begin.
const VALUES: f32 = 92.0;
const FRAME: Colour = [0xB4, 0xBD, 0xC8];
const RULE: Colour = [0xD6, 0xDC, 0xE3];

impl Sheet {
    /// The report as PDF (PDF 报告); the same sheet gives the same bytes.
    ///
    /// # Errors
    /// [`ReportError`]: the shipped fonts cannot be read, or the writer fails.
    pub fn to_pdf(&self) -> Result<Vec<u8>, ReportError> {
        let mut flow = Flow::new()?;
        let mut outline = Outline::new();
        flow.text(&self.title, TITLE, LEFT, RIGHT);
        flow.skip(6.0);
        verdict(&mut flow, &self.verdict, 13.0);
        Pdf(self).advice(&mut flow, &self.advice);
        facts(&mut flow, &self.facts, LEFT, RIGHT);
        Pdf(self).listing(
            &mut flow,
            self.say("未受签名保护的部分", "Parts that no signature protects"),
            &self.uncovered,
        );
        Pdf(self).page_pictures(&mut flow);
        for signature in &self.signatures {
            flow.need(170.0);
            let place = XyzDestination::new(flow.page(), Point::from_xy(0.0, flow.y));
            let name = format!("{} · {}", signature.title, signature.verdict.word);
            outline.push_child(OutlineNode::new(name, place));
            Pdf(self).signature(&mut flow, signature);
        }
        flow.skip(16.0);
        for note in &self.notes {
            flow.text(note, SMALL, LEFT, RIGHT);
        }
        let mut document = Document::new_with(SerializeSettings::default());
        document.set_metadata(
            Metadata::new()
                .language(self.say("zh-CN", "en").to_owned())
                .title(format!("{} · {}", self.verdict.word, self.title))
                .producer("eseal".to_owned()),
        );
        flow.draw(&mut document, &self.title)?;
        if !self.signatures.is_empty() {
            document.set_outline(outline);
        }
        document.finish().map_err(|error| ReportError::Write(format!("{error:?}")))
    }
}

/// A sheet that is set as PDF.
struct Pdf<'a>(&'a Sheet);

impl Pdf<'_> {
    fn advice(&self, flow: &mut Flow, rows: &[Advised]) {
        if rows.is_empty() {
            return;
        }
        flow.skip(8.0);
        heading(flow, self.0.say("这意味着什么", "What this means"));
        rows.iter().for_each(|row| flow.text(&row.meaning, BODY, LEFT, RIGHT));
        flow.skip(4.0);
        heading(flow, self.0.say("该怎么办", "What to do"));
        rows.iter().for_each(|row| flow.text(&row.action, BODY, LEFT, RIGHT));
        flow.skip(8.0);
    }

    fn page_pictures(&self, flow: &mut Flow) {
        const WIDE: f32 = 115.0;
        const HIGH: f32 = 165.0;
        if self.0.pages.is_empty() {
            return;
        }
        flow.skip(10.0);
        flow.need(HIGH + 40.0);
        heading(flow, self.0.say("页面", "Pages"));
        flow.skip(4.0);
        for row in self.0.pages.chunks(4) {
            flow.need(HIGH + 20.0);
            let (mut x, y) = (LEFT, flow.y);
            for picture in row {
                if let Some((wide, high)) = flow.picture(&picture.png, x, y, (WIDE, HIGH)) {
                    for side in
                        [[x, y, wide, 0.6], [x, y + high, wide, 0.6], [x, y, 0.6, high], [x + wide, y, 0.6, high + 0.6]]
                    {
                        let [left, top, width, height] = side;
                        flow.fill(left, top, width, height, FRAME);
                    }
                }
                flow.centred(&self.0.page_name(picture.number), SMALL, x + WIDE / 2.0, y + HIGH + 3.0);
                x += WIDE + 11.0;
            }
            flow.skip(HIGH + 20.0);
        }
    }

    fn signature(&self, flow: &mut Flow, signature: &SignatureSheet) {
        const SEAL: f32 = 104.0;
        flow.skip(18.0);
        flow.text(&signature.title, SECTION, LEFT, RIGHT);
        flow.fill(LEFT, flow.y, RIGHT - LEFT, 1.2, RULE);
        flow.skip(8.0);
        verdict(flow, &signature.verdict, 10.5);
        self.advice(flow, &signature.advice);
        flow.skip(6.0);
        flow.need(SEAL + 10.0);
        let (page, top) = (flow.page(), flow.y);
        let drawn = signature.seal_picture.as_ref().and_then(|png| flow.picture(png, LEFT, top, (SEAL, SEAL)));
        facts(flow, &signature.facts, if drawn.is_some() { LEFT + SEAL + 14.0 } else { LEFT }, RIGHT);
        if flow.page() == page {
            flow.y = flow.y.max(top + drawn.map_or(0.0, |(_, height)| height));
        }
        flow.skip(10.0);
        heading(flow, self.0.say("逐项检查", "Check by check"));
        flow.text(&signature.tally, BODY, LEFT, RIGHT);
        flow.skip(3.0);
        signature.checks.iter().for_each(|row| check(flow, row));
        self.listing(flow, self.0.say("签章之后的改动", "What came after the signature"), &signature.later_changes);
        let deviations = self.0.say("容忍的非标准写法", "Tolerated deviations from the standards");
        self.listing(flow, deviations, &signature.deviations);
        self.facts_under(flow, self.0.say("时间证据", "Evidence of time"), &signature.time);
        for (title, rows) in &signature.certificates {
            self.facts_under(flow, title, rows);
        }
    }

    fn facts_under(&self, flow: &mut Flow, title: &str, rows: &[Fact]) {
        if !rows.is_empty() {
            flow.skip(10.0);
            flow.need(60.0);
            heading(flow, title);
            facts(flow, rows, LEFT, RIGHT);
        }
    }

    fn listing(&self, flow: &mut Flow, title: &str, entries: &[String]) {
        if entries.is_empty() {
            return;
        }
        flow.skip(10.0);
        flow.need(40.0);
        heading(flow, title);
        for entry in entries {
            flow.need(BODY.size * 1.5);
            let y = flow.y;
            flow.text("·", BODY, LEFT + 4.0, RIGHT);
            flow.y = y;
            flow.text(entry, BODY, LEFT + 14.0, RIGHT);
        }
    }
}

fn heading(flow: &mut Flow, text: &str) {
    flow.need(40.0);
    flow.text(text, HEAD, LEFT, RIGHT);
}

fn facts(flow: &mut Flow, rows: &[Fact], left: f32, right: f32) {
    for Fact { label, value, .. } in rows {
        let values = left + VALUES;
        flow.need(flow.height(value, BODY, values, right).min(200.0).max(flow.height(
            label,
            LABEL,
            left,
            values - 6.0,
        )));
        let (page, y) = (flow.page(), flow.y);
        flow.text(label, LABEL, left, values - 6.0);
        let after_label = flow.y;
        flow.y = y;
        flow.text(value, BODY, values, right);
        if flow.page() == page {
            flow.y = flow.y.max(after_label);
        }
        flow.skip(1.5);
    }
}

fn check(flow: &mut Flow, row: &CheckRow) {
    const WORD: f32 = LEFT + 16.0;
    const WHAT: f32 = LEFT + 76.0;
    const WHY: f32 = LEFT + 246.0;
    let (mark, colours) = match row.outcome {
        Outcome::Passed => ("√", colours(Conclusion::Valid)),
        Outcome::Failed => ("×", colours(Conclusion::Invalid)),
        Outcome::Unknown => ("?", colours(Conclusion::Indeterminate)),
    };
    let strong = Style { bold: true, colour: colours.0, ..BODY };
    let why: Vec<(&str, Style)> = [
        Some((row.reason.as_str(), BODY)),
        row.advice.map(|advice| (advice, strong)),
        row.evidence.as_deref().map(|evidence| (evidence, SMALL)),
        Some((row.clause, SMALL)),
    ]
    .into_iter()
    .flatten()
    .filter(|(text, _)| !text.is_empty())
    .collect();
    let what = [(row.title, BODY), (row.code, SMALL)];
    let height = |texts: &[(&str, Style)], x: f32, right: f32| -> f32 {
        texts.iter().map(|(text, style)| flow.height(text, *style, x, right)).sum()
    };
    let tall = height(&why, WHY, RIGHT).max(height(&what, WHAT, WHY - 10.0)) + 6.0;
    flow.need(tall.min(600.0));
    let (page, top) = (flow.page(), flow.y);
    if row.outcome != Outcome::Passed {
        flow.fill(LEFT, top, RIGHT - LEFT, tall.min(600.0), colours.1);
    }
    flow.skip(2.0);
    let begin = flow.y;
    flow.text(mark, strong, LEFT + 3.0, RIGHT);
    flow.y = begin;
    flow.text(row.word, strong, WORD, WHAT - 4.0);
    flow.y = begin;
    what.iter().for_each(|(text, style)| flow.text(text, *style, WHAT, WHY - 10.0));
    flow.y = begin;
    why.iter().for_each(|(text, style)| flow.text(text, *style, WHY, RIGHT));
    if flow.page() == page {
        flow.y = top + tall;
    }
    flow.fill(LEFT, flow.y - 0.6, RIGHT - LEFT, 0.6, RULE);
}

/// Dark and light.
const fn colours(conclusion: Conclusion) -> (Colour, Colour) {
    match conclusion {
        Conclusion::Valid => ([0x14, 0x62, 0x36], [0xEE, 0xF8, 0xF1]),
        Conclusion::Invalid => ([0x98, 0x20, 0x1A], [0xFD, 0xF0, 0xEF]),
        Conclusion::Indeterminate => ([0x8A, 0x52, 0x00], [0xFF, 0xF7, 0xE8]),
    }
}

/// The conclusion: colour, symbol, word, sentence.
fn verdict(flow: &mut Flow, verdict: &Verdict, size: f32) {
    let (dark, light) = colours(verdict.conclusion);
    let mark = match verdict.conclusion {
        Conclusion::Valid => "√",
        Conclusion::Invalid => "×",
        Conclusion::Indeterminate => "?",
    };
    let word = Style { size: size + 3.0, colour: dark, bold: true };
    let sentence = Style { size, colour: BLACK, bold: false };
    let side = size * 2.6;
    let left = LEFT + side + 22.0;
    let right = RIGHT - 10.0;
    let tall = (flow.height(verdict.word, word, left, right) + flow.height(&verdict.sentence, sentence, left, right))
        .max(side)
        .min(500.0)
        + 16.0;
    flow.need(tall);
    let (page, top) = (flow.page(), flow.y);
    flow.fill(LEFT, top, RIGHT - LEFT, tall, dark);
    flow.fill(LEFT + 1.2, top + 1.2, RIGHT - LEFT - 2.4, tall - 2.4, light);
    flow.fill(LEFT + 10.0, top + 8.0, side, side, dark);
    let symbol = Style { size: side * 0.72, colour: WHITE, bold: true };
    flow.centred(mark, symbol, LEFT + 10.0 + side / 2.0, top + 8.0 + side / 2.0 - symbol.size * 0.75);
    flow.skip(8.0);
    flow.text(verdict.word, word, left, right);
    flow.text(&verdict.sentence, sentence, left, right);
    if flow.page() == page {
        flow.y = top + tall;
    }
    flow.skip(6.0);
}
