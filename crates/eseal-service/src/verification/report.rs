//! Reports of the library as answers of 4-1 and 4-2 (验证报告): three depths from one source.
//!
//! The command line prints the same objects.

use eseal::{CertificateFacts, Check, Report, SealReport, SealView, SignatureReport, Text, TimeSource};
use eseal_api::{
    Base64, CertificateInfo, CheckInfo, CoverageInfo, Language, LaterChange, ReportLevel, SealInfo, SealType,
    VerifyFileResult, VerifyResult, VerifySealResult,
};

use crate::signing::rules::placement_info;

/// For whom a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A registered system, or whoever holds the file at the command line.
    System,
    /// Anyone: no pictures, no certificates, personal numbers masked.
    Public,
}

/// How a report is written.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// How much of it.
    pub level: ReportLevel,
    /// For whom.
    pub reader: Reader,
    /// In which language.
    pub language: Language,
}

impl Wording {
    fn text(self, text: &Text) -> String {
        self.language.choose(&text.zh, &text.en).to_owned()
    }

    /// A text out of a certificate.
    fn name(self, text: &str) -> String {
        match self.reader {
            Reader::System => text.to_owned(),
            Reader::Public => mask_numbers(text),
        }
    }

    fn has_details(self) -> bool {
        self.level != ReportLevel::Simple
    }

    fn is_full(self) -> bool {
        self.level == ReportLevel::Full
    }
}

/// The report on a file as the answer of 4-1.
#[must_use]
pub fn report_to_wire(report: &Report, wording: Wording) -> VerifyFileResult {
    VerifyFileResult {
        conclusion: report.conclusion.as_str().into(),
        sub_indication: report.sub_indication.map(|sub| sub.as_str().into()),
        summary: wording.text(&report.summary),
        file_type: report.file_type.as_str().into(),
        sm3: hex::encode(report.sm3),
        policy: report.policy.clone(),
        signatures: report.signatures.iter().map(|signature| signature_info(signature, wording)).collect(),
        coverage: CoverageInfo {
            complete: report.coverage.complete,
            uncovered: report.coverage.uncovered.clone(),
            summary: wording.text(&report.coverage.summary),
        },
    }
}

/// The report on a seal as the answer of 4-2; `status` is not in it.
#[must_use]
pub fn seal_report_to_wire(report: &SealReport, wording: Wording) -> VerifySealResult {
    let seal = report.seal.as_ref().filter(|_| wording.reader == Reader::System);
    VerifySealResult {
        conclusion: report.conclusion.as_str().into(),
        sub_indication: report.sub_indication.map(|sub| sub.as_str().into()),
        summary: wording.text(&report.summary),
        seal: seal.map(|seal| seal_info(seal, &report.region)),
        checks: report.checks.iter().map(|check| check_info(check, wording)).collect(),
        status: None,
        region: report.region.clone(),
    }
}

fn signature_info(report: &SignatureReport, wording: Wording) -> VerifyResult {
    let (seal, signer) = (report.seal.as_ref(), report.signer.as_ref());
    let picture = seal.filter(|_| wording.is_full() && wording.reader == Reader::System);
    VerifyResult {
        index: u32::try_from(report.index).unwrap_or(u32::MAX),
        kind: report.kind.as_str().into(),
        conclusion: report.conclusion.as_str().into(),
        sub_indication: report.sub_indication.map(|sub| sub.as_str().into()),
        summary: wording.text(&report.summary),
        seal_name: seal.map(|seal| wording.name(&seal.name)),
        seal_code: seal.map(|seal| seal.code.clone()),
        seal_picture: picture.map(|seal| Base64(seal.picture.clone())),
        signer: signer.map(|signer| wording.name(&signer.common_name)),
        organization: signer.map(|signer| wording.name(&signer.organization)).filter(|name| !name.is_empty()),
        sign_time: report.sign_time.map(Into::into),
        time_source: match report.time_source {
            TimeSource::Claimed => "claimed".into(),
            TimeSource::Timestamp => "timestamp".into(),
        },
        placements: report.placements.iter().map(placement_info).collect(),
        covers_whole_file: report.covers_whole_file,
        later_changes: report.later_changes.iter().map(|text| LaterChange { detail: wording.text(text) }).collect(),
        region: report.region.clone(),
        recognised: report.recognised.as_str().into(),
        deviations: wording.has_details().then(|| report.deviations.clone()),
        checks: report.checks.iter().map(|check| check_info(check, wording)).collect(),
        certificate: signer.filter(|_| wording.is_full()).map(|signer| certificate_info(signer, wording)),
    }
}

fn check_info(check: &Check, wording: Wording) -> CheckInfo {
    let details = wording.has_details();
    CheckInfo {
        code: check.code.as_str().into(),
        outcome: check.outcome.as_str().into(),
        reason: details.then(|| wording.name(&wording.text(&check.reason))),
        sub_indication: check.sub_indication.map(|sub| sub.as_str().into()),
        evidence: check.evidence.as_deref().filter(|_| details).map(|evidence| wording.name(evidence)),
    }
}

fn certificate_info(facts: &CertificateFacts, wording: Wording) -> CertificateInfo {
    CertificateInfo {
        cert: (wording.reader == Reader::System).then(|| Base64(facts.der.clone())),
        subject: wording.name(&facts.subject),
        issuer: facts.issuer.clone(),
        serial_number: facts.serial.clone(),
        not_before: facts.not_before.into(),
        not_after: facts.not_after.into(),
        sm3: hex::encode(facts.sm3),
    }
}

/// What a seal says of itself; what only its issuer knows is left out.
fn seal_info(seal: &SealView, region: &str) -> SealInfo {
    let certificates: Vec<Base64> = seal.certificates.iter().cloned().map(Base64).collect();
    SealInfo {
        seal_code: seal.code.clone(),
        seal_name: seal.name.clone(),
        seal_type: SealType::find(&format!("{:02}", seal.kind)),
        organization_code: None,
        organization_name: None,
        seal_img: Some(Base64(seal.picture.clone())),
        image_type: Some(seal.picture_type.clone()),
        width: millimetres(seal.width_mm),
        height: millimetres(seal.height_mm),
        cert: certificates.first().cloned(),
        cert_list: Some(certificates),
        valid_start: seal.valid_start.map(Into::into),
        valid_end: seal.valid_end.map(Into::into),
        carrier: None,
        status: None,
        sign_alg: "SM3withSM2".into(),
        maker: seal.maker.as_ref().map(|maker| maker.common_name.clone()).unwrap_or_default(),
        region: region.to_owned(),
        seal_data: Some(Base64(seal.der.clone())),
    }
}

/// A length of a seal; lengths beyond a page are no lengths.
fn millimetres(length: i64) -> f64 {
    i32::try_from(length).map_or(0.0, f64::from)
}

/// Masks identity card numbers (居民身份证号) in a text: 18 or 15 characters with a date of birth inside, GB 11643.
#[must_use]
pub fn mask_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_alphanumeric()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        masked.push_str(before);
        masked.push_str(&mask_word(word));
        rest = after;
    }
    masked.push_str(rest);
    masked
}

fn mask_word(word: &str) -> String {
    // Numbers stand alone or behind letters, as in `CN=110105…` and `SF110105…`.
    let digits = word.trim_start_matches(|character: char| character.is_ascii_alphabetic());
    let (letters, body) = word.split_at(word.len() - digits.len());
    if is_identity_number(body) { format!("{letters}{}", mask_id(body)) } else { word.to_owned() }
}

fn is_identity_number(text: &str) -> bool {
    let (date, head) = match text.len() {
        18 => (text.get(10..14), text.get(..17)),
        15 => (text.get(8..12), Some(text)),
        _ => return false,
    };
    let number = |range: Option<&str>| range.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let (month, day) = (number(date.and_then(|date| date.get(..2))), number(date.and_then(|date| date.get(2..))));
    head.is_some_and(|head| head.bytes().all(|byte| byte.is_ascii_digit()))
        && text.bytes().last().is_some_and(|last| last.is_ascii_digit() || matches!(last, b'X' | b'x'))
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
}

/// A personal number with its middle masked: what is left tells people apart, but does not identify them.
#[must_use]
pub fn mask_id(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    let shown =
        if characters.len() >= 15 { (3, 2) } else { (1.min(characters.len()), usize::from(characters.len() > 4)) };
    let last = characters.len().saturating_sub(shown.1);
    characters
        .iter()
        .enumerate()
        .map(|(index, character)| if index < shown.0 || index >= last { *character } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_numbers_are_masked_and_credit_codes_are_not() {
        let check = |text: &str, masked: &str| assert_eq!(mask_numbers(text), masked);
        check("CN=张三, SERIALNUMBER=11010519491231002X", "CN=张三, SERIALNUMBER=110*************2X");
        check("SF110105491231002", "SF110**********02");
        check("OU=91440300MA5DA1234H", "OU=91440300MA5DA1234H");
        check("serial 00a1b2c3d4e5f60718", "serial 00a1b2c3d4e5f60718");
        check("", "");
    }

    #[test]
    fn short_numbers_keep_their_ends_only() {
        assert_eq!(mask_id("E12345678"), "E*******8");
        assert_eq!(mask_id("12"), "1*");
        assert_eq!(mask_id(""), "");
    }
}
