//! What a report for people says, ready to be set (报告内容): chosen, translated, cleaned and bounded; HTML and PDF only
//! lay it out.

mod certificate;
mod limits;
mod picture;
mod seal;
mod signature;

pub use limits::MAX_PAGE_PICTURES;
pub use seal::ToldSeal;

use eseal::{Conclusion, Evidence, Outcome, Report};
use eseal_api::Language;
use jiff::Timestamp;

use crate::{
    Reader, Wording,
    text::{Advice, clean, clean_to, conclusion_advice, deciding_advice},
};

/// What a report for people is made of (报告素材).
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The judgement.
    pub report: &'a Report,
    /// For whom, and in which language; a report for people always has its details.
    pub wording: Wording,
    /// 判断时点.
    pub judged_at: Timestamp,
    /// Name of the file, if it has one.
    pub file_name: Option<&'a str>,
    /// Name and version of the program that judged.
    pub software: &'a str,
    /// Pictures of pages, if any could be drawn; the public's reports show them too, it is the public's own file.
    pub pages: &'a [PagePicture],
    /// What the judge was given: shows the paths of certificates.
    pub evidence: Option<&'a Evidence>,
}

/// A small picture of a page (页面缩略图).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePicture {
    /// From 1.
    pub number: usize,
    /// PNG.
    pub png: Vec<u8>,
}

/// The content of a report for people (报告内容).
#[derive(Clone, Debug)]
pub struct Sheet {
    pub(crate) language: Language,
    pub(crate) title: String,
    pub(crate) verdict: Verdict,
    pub(crate) advice: Vec<Advised>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) pages: Vec<PagePicture>,
    pub(crate) uncovered: Vec<String>,
    pub(crate) signatures: Vec<SignatureSheet>,
    pub(crate) notes: Vec<String>,
}

/// A conclusion with its one sentence.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) conclusion: Conclusion,
    pub(crate) word: &'static str,
    pub(crate) sentence: String,
}

/// 这意味着什么，该怎么办.
#[derive(Clone, Debug)]
pub(crate) struct Advised {
    pub(crate) meaning: String,
    pub(crate) action: String,
}

/// A label and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    /// Set in a type where all characters are equally wide.
    pub(crate) is_code: bool,
}

impl Fact {
    pub(crate) fn new(label: &'static str, value: impl AsRef<str>) -> Self {
        Self { label, value: clean(value.as_ref()), is_code: false }
    }

    pub(crate) fn code(label: &'static str, value: impl AsRef<str>) -> Self {
        Self { is_code: true, ..Self::new(label, value) }
    }
}

/// One signature.
#[derive(Clone, Debug)]
pub(crate) struct SignatureSheet {
    pub(crate) title: String,
    pub(crate) verdict: Verdict,
    pub(crate) advice: Vec<Advised>,
    /// PNG.
    pub(crate) seal_picture: Option<Vec<u8>>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) tally: String,
    pub(crate) checks: Vec<CheckRow>,
    pub(crate) time: Vec<Fact>,
    pub(crate) certificates: Vec<(&'static str, Vec<Fact>)>,
    pub(crate) deviations: Vec<String>,
    pub(crate) later_changes: Vec<String>,
}

/// One check.
#[derive(Clone, Debug)]
pub(crate) struct CheckRow {
    pub(crate) outcome: Outcome,
    pub(crate) word: &'static str,
    pub(crate) title: &'static str,
    pub(crate) code: &'static str,
    pub(crate) reason: String,
    pub(crate) evidence: Option<String>,
    pub(crate) clause: &'static str,
    /// What to do, unless passed.
    pub(crate) advice: Option<&'static str>,
}

impl Sheet {
    /// Chooses what is told.
    #[must_use]
    pub fn of(told: &Told<'_>) -> Self {
        let Told { report, wording, .. } = told;
        let language = wording.language;
        let say = |zh: &'static str, en: &'static str| language.choose(zh, en);
        let mut advice = vec![Advised::of(&conclusion_advice(report.conclusion), language)];
        let decisive = report.signatures.iter().find(|found| found.conclusion == report.conclusion);
        let checks = decisive.map_or(&[][..], |found| &found.checks);
        advice.extend(deciding_advice(report.sub_indication, checks).map(|row| Advised::of(&row, language)));
        let shown = report.signatures.iter().take(limits::SIGNATURES);
        let signatures = shown.enumerate().map(|(at, found)| signature::of(told, at, found)).collect();
        Self {
            language,
            title: say("电子签章验证报告", "Electronic seal verification report").to_owned(),
            verdict: Verdict::of(report.conclusion, &wording.shown(wording.text(&report.summary)), language),
            advice,
            facts: facts(told),
            pages: told.pages.iter().take(MAX_PAGE_PICTURES).cloned().collect(),
            uncovered: limits::listed(&parts(&report.coverage.uncovered, language), limits::PARTS, language),
            signatures,
            notes: notes(told.report.signatures.len(), *wording),
        }
    }

    pub(crate) fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.language.choose(zh, en)
    }

    /// What stands below a page's picture.
    pub(crate) fn page_name(&self, number: usize) -> String {
        match self.language {
            Language::Chinese => format!("第 {number} 页"),
            Language::English => format!("Page {number}"),
        }
    }
}

impl Verdict {
    pub(crate) fn of(conclusion: Conclusion, sentence: &str, language: Language) -> Self {
        let word = match conclusion {
            Conclusion::Valid => language.choose("有效", "Valid"),
            Conclusion::Invalid => language.choose("无效", "Not valid"),
            Conclusion::Indeterminate => language.choose("无法确认", "Cannot be confirmed"),
        };
        Self { conclusion, word, sentence: clean(sentence) }
    }
}

impl Advised {
    pub(crate) fn of(row: &Advice, language: Language) -> Self {
        Self {
            meaning: row.meaning.in_language(language).to_owned(),
            action: row.action.in_language(language).to_owned(),
        }
    }
}

impl Wording {
    /// A text as this reader may see it.
    pub(crate) fn shown(self, text: impl AsRef<str>) -> String {
        clean(&self.name(text.as_ref()))
    }

    pub(crate) fn sees_everything(self) -> bool {
        self.reader == Reader::System
    }
}

/// A moment, in Beijing time.
pub(crate) fn moment(time: Timestamp) -> String {
    eseal_api::Time(time).to_string().replacen('T', " ", 1)
}

/// What a check rests on, its times in Beijing time like all others: a moment, or two with `..` between.
pub(crate) fn with_moments(evidence: &str, language: Language) -> String {
    let read = |text: &str| text.parse::<Timestamp>().ok().map(moment);
    let span =
        |(from, to): (&str, &str)| Some(format!("{} {} {}", read(from)?, language.choose("至", "to"), read(to)?));
    read(evidence).or_else(|| evidence.split_once("..").and_then(span)).unwrap_or_else(|| evidence.to_owned())
}

fn facts(told: &Told<'_>) -> Vec<Fact> {
    let Told { report, wording, .. } = told;
    let say = |zh: &'static str, en: &'static str| wording.language.choose(zh, en);
    let mut facts = Vec::new();
    if let Some(name) = told.file_name {
        facts.push(Fact::new(say("文件名", "File"), clean_to(name, limits::FILE_NAME_CHARS)));
    }
    facts.push(Fact::new(say("文件类型", "Type"), report.file_type.as_str()));
    facts.push(Fact::code(say("文件 SM3", "SM3 of the file"), hex::encode(report.sm3)));
    facts.push(Fact::new(say("签章数量", "Signatures"), report.signatures.len().to_string()));
    facts.push(Fact::new(say("保护范围", "Coverage"), covered(report, *wording)));
    if let Some(sub) = report.sub_indication {
        facts.push(Fact::code(say("子结论", "Sub-indication"), sub.as_str()));
    }
    facts.push(Fact::new(say("判断时点", "Judged as of"), moment(told.judged_at)));
    facts.push(Fact::new(say("验证策略", "Policy"), policy_words(&report.policy, wording.language)));
    facts.push(Fact::new(say("验证软件", "Program"), told.software));
    facts
}

/// What is covered; a range that an invalid signature states protects nothing, and the report does not say that it does.
fn covered(report: &Report, wording: Wording) -> String {
    let summary = wording.text(&report.coverage.summary);
    if report.conclusion != Conclusion::Invalid || report.signatures.is_empty() {
        return summary;
    }
    let doubt = wording.language.choose(
        "（按签名所称的范围；无效的签名不起保护作用）",
        " (by the ranges that the signatures state; one that is not valid protects nothing)",
    );
    format!("{summary}{doubt}")
}

/// Parts that are not protected: entries by their names, the end of a PDF in words.
fn parts(uncovered: &[String], language: Language) -> Vec<String> {
    let name = |part: &String| match part.as_str() {
        "end of the file" => language
            .choose(
                "文件末尾：最后一个签章之后追加的内容",
                "the end of the file: what was added after the last signature",
            )
            .to_owned(),
        entry => entry.to_owned(),
    };
    uncovered.iter().map(name).collect()
}

/// The policies that are shipped, in words.
fn policy_words(name: &str, language: Language) -> String {
    let words = match name {
        "default" => language.choose("，要求有时间证明", ": asks for proof of time"),
        "gbt38540-claimed-time" => {
            language.choose("，按 GB/T 38540 采信签章人声称的时间", ": believes the claimed time, as GB/T 38540 does")
        }
        _ => "",
    };
    format!("{name}{words}")
}

fn notes(signatures: usize, wording: Wording) -> Vec<String> {
    let say = |zh: &'static str, en: &'static str| wording.language.choose(zh, en).to_owned();
    let mut notes = Vec::new();
    let left = signatures.saturating_sub(limits::SIGNATURES);
    if left > 0 {
        notes.push(match wording.language {
            Language::Chinese => format!("另有 {left} 个签章未在本页列出，见 JSON 报告。"),
            Language::English => format!("{left} further signatures are not listed here: see the JSON report."),
        });
    }
    if wording.reader == Reader::Public {
        notes.push(say(
            "公开验证：不显示印章图片与证书全文，个人证件号码已遮盖。",
            "Public verification: no seal pictures, no whole certificates; personal numbers are masked.",
        ));
    }
    notes.push(say(
        "文件、印章和证书中的名称按原样引用，不代表其真实；不可见字符和改变文字方向的字符以编码显示。",
        "Names from the file, the seal and the certificates are quoted as they stand, which does not make them true; \
         characters that cannot be seen or that turn the text are shown by their codes.",
    ));
    notes.push(say(
        "本报告自身没有签名；需要长期保存的证明请使用存档报告。",
        "This report is not itself signed; for lasting proof use the archive report.",
    ));
    notes
}
