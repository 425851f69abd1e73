//! What is told of a seal by itself (单独的印章).

use eseal::{Evidence, Recognised, SealReport};
use eseal_api::Language;
use eseal_ses::Seal;
use jiff::Timestamp;

use super::{
    Advised, Fact, Sheet, SignatureSheet, Verdict, certificate, limits, moment, notes, picture,
    signature::{check_row, deviations, tally},
};
use crate::{
    Wording,
    text::{clean_to, deciding_advice, seal_conclusion_advice},
};

/// What a report on a seal by itself is made of (印章报告素材).
#[derive(Clone, Copy, Debug)]
pub struct ToldSeal<'a> {
    /// The judgement.
    pub report: &'a SealReport,
    /// For whom, and in which language.
    pub wording: Wording,
    /// 判断时点.
    pub judged_at: Timestamp,
    /// Name of the file, if it has one.
    pub file_name: Option<&'a str>,
    /// Name and version of the program that judged.
    pub software: &'a str,
    /// What the judge was given: shows the path of the maker's certificate.
    pub evidence: Option<&'a Evidence>,
}

impl Sheet {
    /// The report on a seal by itself: the one sentence, what it means, the seal's facts, check by check.
    #[must_use]
    pub fn of_seal(told: &ToldSeal<'_>) -> Self {
        let ToldSeal { report, wording, .. } = told;
        let language = wording.language;
        let say = |zh: &'static str, en: &'static str| language.choose(zh, en);
        let verdict = Verdict::of(report.conclusion, &wording.shown(wording.text(&report.summary)), language);
        let mut advice = vec![Advised::of(&seal_conclusion_advice(report.conclusion), language)];
        advice.extend(deciding_advice(report.sub_indication, &report.checks).map(|row| Advised::of(&row, language)));
        let seal = report.seal.as_ref();
        let maker = seal.and_then(|seal| seal.maker.as_ref());
        Self {
            language,
            title: say("电子印章验证报告", "Electronic seal report").to_owned(),
            verdict: verdict.clone(),
            advice,
            facts: of_file(told),
            pages: Vec::new(),
            uncovered: Vec::new(),
            signatures: vec![SignatureSheet {
                title: say("印章", "The seal").to_owned(),
                verdict,
                advice: Vec::new(),
                seal_picture: seal
                    .filter(|_| wording.sees_everything())
                    .and_then(|seal| picture::redrawn(&seal.picture_type, &seal.picture)),
                facts: of_seal(told),
                tally: tally(&report.checks, language),
                checks: report.checks.iter().map(|check| check_row(*wording, check)).collect(),
                time: Vec::new(),
                certificates: maker
                    .map(|maker| {
                        let facts = certificate::facts(*wording, told.judged_at, told.evidence, maker);
                        (say("制章人证书", "Seal maker's certificate"), facts)
                    })
                    .into_iter()
                    .collect(),
                deviations: deviations(&report.deviations, *wording),
                later_changes: Vec::new(),
            }],
            notes: notes(0, *wording),
        }
    }
}

fn of_file(told: &ToldSeal<'_>) -> Vec<Fact> {
    let say = |zh: &'static str, en: &'static str| told.wording.language.choose(zh, en);
    let mut facts = Vec::new();
    if let Some(name) = told.file_name {
        facts.push(Fact::new(say("文件名", "File"), clean_to(name, limits::FILE_NAME_CHARS)));
    }
    facts.push(Fact::new(say("文件类型", "Type"), say("电子印章（SESeal）", "electronic seal (SESeal)")));
    if let Some(sub) = told.report.sub_indication {
        facts.push(Fact::code(say("子结论", "Sub-indication"), sub.as_str()));
    }
    facts.push(Fact::new(say("判断时点", "Judged as of"), moment(told.judged_at)));
    facts.push(Fact::new(say("验证软件", "Program"), told.software));
    facts
}

fn of_seal(told: &ToldSeal<'_>) -> Vec<Fact> {
    let (report, wording) = (told.report, told.wording);
    let say = |zh: &'static str, en: &'static str| wording.language.choose(zh, en);
    let mut facts = Vec::new();
    if let Some(seal) = &report.seal {
        facts.push(Fact::new(say("印章名称", "Seal"), wording.shown(&seal.name)));
        facts.push(Fact::code(say("印章编码", "Seal code"), wording.shown(&seal.code)));
        facts.push(Fact::code(say("厂商标识", "Vendor"), wording.shown(&seal.vendor)));
        facts.push(Fact::new(say("结构", "Structure"), structure(&seal.der, wording.language)));
        facts.push(Fact::new(say("尺寸", "Size"), format!("{} × {} mm", seal.width_mm, seal.height_mm)));
        let time = |at: Option<Timestamp>| at.map_or_else(|| say("未知", "unknown").to_owned(), moment);
        facts.push(Fact::new(say("制作日期", "Made"), time(seal.created)));
        let span = format!("{} {} {}", time(seal.valid_start), say("至", "to"), time(seal.valid_end));
        facts.push(Fact::new(say("有效期", "Validity"), span));
        let listed = match seal.certificates.len() {
            0 => say("以摘要列出", "listed by digest").to_owned(),
            count => match wording.language {
                Language::Chinese => format!("{count} 张"),
                Language::English => count.to_string(),
            },
        };
        facts.push(Fact::new(say("签章人证书", "Certificates listed"), listed));
    }
    let recognised = match report.recognised {
        Recognised::Issuer => say("本区域", "own region"),
        Recognised::Partner => say("互认区域", "recognised region"),
        Recognised::Unknown => say("未知，不在信任列表中", "unknown, not in the trust list"),
    };
    let region = wording.shown(&report.region);
    let region = if region.is_empty() { recognised.to_owned() } else { format!("{region} · {recognised}") };
    facts.push(Fact::new(say("制章方", "Seal's region"), region));
    facts
}

/// The standard whose layout the seal has.
fn structure(der: &[u8], language: Language) -> &'static str {
    match Seal::parse(der) {
        Ok(Seal::V1(_)) => "GM/T 0031—2014（V1）",
        Ok(Seal::V4(_)) => "GB/T 38540—2020（V4）",
        Ok(Seal::V5(_)) => "GM/T 0031—2025（V5）",
        _ => language.choose("未知", "unknown"),
    }
}
