//! What is told of one signature (单个签章).

use eseal::{Check, CheckCode, Outcome, Recognised, SignatureKind, SignatureReport, TimeSource};
use eseal_api::Language;

use super::{
    Advised, CheckRow, Fact, SignatureSheet, Told, Verdict, certificate, limits, moment, picture, with_moments,
};
use crate::{
    Wording,
    text::{check_words, deciding_advice, deviation_words, title_of},
};

/// Checks that speak of time.
const OF_TIME: &[CheckCode] = &[
    CheckCode::SealTimestamp,
    CheckCode::SigTimestamp,
    CheckCode::SignTimeInCert,
    CheckCode::SignTimeInSeal,
    CheckCode::SignTimeNotFuture,
    CheckCode::SignerCertPeriod,
    CheckCode::SealValidity,
];

/// The `at`th signature that is told.
pub(crate) fn of(told: &Told<'_>, at: usize, found: &SignatureReport) -> SignatureSheet {
    let (wording, language) = (told.wording, told.wording.language);
    let seal = found.seal.as_ref().filter(|_| wording.sees_everything() && at < limits::SEAL_PICTURES);
    let number = found.index.saturating_add(1);
    let facts_of = |shown| certificate::facts(wording, told.judged_at, told.evidence, shown);
    let mut certificates = Vec::new();
    if let Some(signer) = &found.signer {
        certificates.push((language.choose("签章人证书", "Signer's certificate"), facts_of(signer)));
    }
    if let Some(maker) = found.seal.as_ref().and_then(|seal| seal.maker.as_ref()) {
        certificates.push((language.choose("制章人证书", "Seal maker's certificate"), facts_of(maker)));
    }
    let changes: Vec<String> = found.later_changes.iter().map(|text| wording.text(text)).collect();
    let advice = deciding_advice(found.sub_indication, &found.checks);
    SignatureSheet {
        title: match language {
            Language::Chinese => format!("签章 {number}"),
            Language::English => format!("Signature {number}"),
        },
        verdict: Verdict::of(found.conclusion, &wording.shown(wording.text(&found.summary)), language),
        // With one signature the file's advice is the signature's.
        advice: advice
            .filter(|_| told.report.signatures.len() > 1)
            .map(|row| Advised::of(&row, language))
            .into_iter()
            .collect(),
        seal_picture: seal.and_then(|seal| picture::redrawn(&seal.picture_type, &seal.picture)),
        facts: facts(told, found),
        tally: tally(&found.checks, language),
        checks: found.checks.iter().map(|check| check_row(wording, check)).collect(),
        time: time(told, found),
        certificates,
        deviations: deviations(&found.deviations, wording),
        later_changes: limits::listed(&changes, limits::PARTS, language),
    }
}

/// Names of deviations, with their words.
pub(super) fn deviations(names: &[String], wording: Wording) -> Vec<String> {
    let words = |name: &String| {
        let words = deviation_words(name, wording.language);
        words.map_or_else(|| wording.shown(name), |words| format!("{name}{}{words}", colon(wording.language)))
    };
    names.iter().take(limits::PARTS).map(words).collect()
}

/// As the language sets it.
const fn colon(language: Language) -> &'static str {
    language.choose("：", ": ")
}

fn facts(told: &Told<'_>, found: &SignatureReport) -> Vec<Fact> {
    let wording = told.wording;
    let say = |zh: &'static str, en: &'static str| wording.language.choose(zh, en);
    let mut facts = Vec::new();
    if let Some(seal) = &found.seal {
        facts.push(Fact::new(say("印章名称", "Seal"), wording.shown(&seal.name)));
        facts.push(Fact::code(say("印章编码", "Seal code"), wording.shown(&seal.code)));
    }
    if let Some(signer) = &found.signer {
        facts.push(Fact::new(say("签章人", "Signer"), wording.shown(&signer.common_name)));
        if !signer.organization.is_empty() {
            facts.push(Fact::new(say("机构", "Organisation"), wording.shown(&signer.organization)));
        }
    }
    if let Some(time) = found.sign_time {
        let source = match found.time_source {
            TimeSource::Claimed => say("（签章人声称，未证明）", " (claimed by the signer, not proven)"),
            TimeSource::Timestamp => say("（由时间戳证明）", " (proven by a time stamp)"),
        };
        facts.push(Fact::new(say("签章时间", "Signed at"), format!("{}{source}", moment(time))));
    }
    facts.push(Fact::new(say("签名形式", "Form"), kind_words(found.kind, say)));
    facts.push(Fact::new(say("落点", "Places"), places(found, wording.language)));
    facts.push(Fact::new(
        say("保护范围", "Covers"),
        if found.covers_whole_file {
            say("文件中会显示的全部内容", "everything that the file shows")
        } else {
            say("只是文件的一部分", "a part of the file only")
        },
    ));
    let recognised = match found.recognised {
        Recognised::Issuer => say("本区域", "own region"),
        Recognised::Partner => say("互认区域", "recognised region"),
        Recognised::Unknown => say("未知，不在信任列表中", "unknown, not in the trust list"),
    };
    let region = wording.shown(&found.region);
    facts.push(Fact::new(
        say("制章方", "Seal's region"),
        if region.is_empty() { recognised.to_owned() } else { format!("{region} · {recognised}") },
    ));
    if let Some(sub) = found.sub_indication {
        facts.push(Fact::code(say("子结论", "Sub-indication"), sub.as_str()));
    }
    facts
}

fn kind_words(kind: SignatureKind, say: impl Fn(&'static str, &'static str) -> &'static str) -> &'static str {
    match kind {
        SignatureKind::Gbt38540 => say("电子签章 GB/T 38540—2020（V4）", "seal signature of GB/T 38540-2020 (V4)"),
        SignatureKind::Gmt0031V1 => say("电子签章 GM/T 0031—2014（V1）", "seal signature of GM/T 0031-2014 (V1)"),
        SignatureKind::Gmt0031V5 => say("电子签章 GM/T 0031—2025（V5）", "seal signature of GM/T 0031-2025 (V5)"),
        SignatureKind::CmsSm2 => say("数字签名 SignedData（SM2）", "digital signature, SignedData with SM2"),
        SignatureKind::Cms => say("数字签名 SignedData", "digital signature, SignedData"),
        SignatureKind::Sm2Raw => say("裸 SM2 签名值", "bare SM2 signature value"),
        _ => say("未知的签名形式", "a form that is not known"),
    }
}

fn places(found: &SignatureReport, language: Language) -> String {
    if found.placements.is_empty() {
        return language.choose("页面上没有印记", "no mark on a page").to_owned();
    }
    let mut words: Vec<String> = found
        .placements
        .iter()
        .take(limits::PLACES)
        .map(|placed| {
            let (page, left, bottom) = (placed.page, placed.left_mm, placed.bottom_mm);
            match language {
                Language::Chinese => format!("第 {page} 页（左 {left:.0} 毫米，下 {bottom:.0} 毫米）"),
                Language::English => format!("page {page} ({left:.0} mm from the left, {bottom:.0} mm up)"),
            }
        })
        .collect();
    let left = found.placements.len().saturating_sub(words.len());
    if left > 0 {
        words.push(format!("… +{left}"));
    }
    words.join(language.choose("；", "; "))
}

pub(super) fn tally(checks: &[Check], language: Language) -> String {
    let count = |outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    let (passed, failed, unknown) = (count(Outcome::Passed), count(Outcome::Failed), count(Outcome::Unknown));
    match language {
        Language::Chinese => format!("共 {} 项：通过 {passed}，不通过 {failed}，无法确认 {unknown}", checks.len()),
        Language::English => {
            format!("{} checks: {passed} passed, {failed} failed, {unknown} could not be decided", checks.len())
        }
    }
}

pub(super) fn check_row(wording: Wording, check: &Check) -> CheckRow {
    let language = wording.language;
    let words = check_words(check.code);
    CheckRow {
        outcome: check.outcome,
        word: match check.outcome {
            Outcome::Passed => language.choose("通过", "passed"),
            Outcome::Failed => language.choose("不通过", "failed"),
            Outcome::Unknown => language.choose("无法确认", "unknown"),
        },
        title: title_of(check.code, language),
        code: check.code.as_str(),
        reason: wording.shown(wording.text(&check.reason)),
        evidence: check.evidence.as_deref().map(|evidence| {
            let label = match check.code {
                CheckCode::SigValue => language.choose("证书序列号：", "Serial number of the certificate: "),
                _ => language.choose("依据的事实：", "Rests on: "),
            };
            format!("{label}{}", wording.shown(with_moments(evidence, language)))
        }),
        clause: words.map_or("", |words| words.clause.in_language(language)),
        advice: words
            .filter(|_| check.outcome != Outcome::Passed)
            .map(|words| words.unless_passed.in_language(language)),
    }
}

fn time(told: &Told<'_>, found: &SignatureReport) -> Vec<Fact> {
    let (wording, language) = (told.wording, told.wording.language);
    let of_time = found.checks.iter().filter(|check| OF_TIME.contains(&check.code));
    of_time
        .map(|check| {
            let mark = match check.outcome {
                Outcome::Passed => language.choose("通过", "passed"),
                Outcome::Failed => language.choose("不通过", "failed"),
                Outcome::Unknown => language.choose("无法确认", "unknown"),
            };
            let (open, close) = (language.choose("（", " ("), language.choose("）", ")"));
            let shown = |text: &str| format!("{open}{}{close}", wording.shown(with_moments(text, language)));
            let evidence = check.evidence.as_deref().map(shown).unwrap_or_default();
            Fact::new(
                short_time_label(check.code, language),
                format!("{mark}{}{}{evidence}", colon(language), wording.text(&check.reason)),
            )
        })
        .collect()
}

fn short_time_label(code: CheckCode, language: Language) -> &'static str {
    match code {
        CheckCode::SealTimestamp => language.choose("印章时间戳", "Seal's time stamp"),
        CheckCode::SigTimestamp => language.choose("签章时间戳", "Time stamp"),
        CheckCode::SignTimeInCert => language.choose("时间与证书", "Time and certificate"),
        CheckCode::SignTimeInSeal => language.choose("时间与印章", "Time and seal"),
        CheckCode::SignTimeNotFuture => language.choose("不在将来", "Not in the future"),
        CheckCode::SignerCertPeriod => language.choose("证书有效期", "Certificate's period"),
        _ => language.choose("印章有效期", "Seal's validity"),
    }
}
