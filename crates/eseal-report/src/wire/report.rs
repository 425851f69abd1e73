//! Reports of the library as answers of 4-1 and 4-2 (验证报告): three depths from one source.
//!
//! The command line prints the same objects, byte for byte: see [`crate::canonical_json`].

use eseal::{CertificateFacts, Check, Placed, Report, SealReport, SealView, SignatureReport, Text, TimeSource};
use eseal_api::{
    Base64, CertificateInfo, CheckInfo, CoverageInfo, Language, LaterChange, PlacementInfo, ReportLevel, SealInfo,
    SealType, VerifyFileResult, VerifyResult, VerifySealResult,
};

use super::mask::mask_numbers;

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
    pub(crate) fn text(self, text: &Text) -> String {
        self.language.choose(&text.zh, &text.en).to_owned()
    }

    /// A text out of a certificate.
    pub(crate) fn name(self, text: &str) -> String {
        match self.reader {
            Reader::System => text.to_owned(),
            Reader::Public => mask_numbers(text),
        }
    }

    pub(crate) fn has_details(self) -> bool {
        self.level != ReportLevel::Simple
    }

    pub(crate) fn is_full(self) -> bool {
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

/// Where a mark stands, on the wire (落点): hundredths of a millimetre are enough for any printer.
#[must_use]
pub fn placement_info(placed: &Placed) -> PlacementInfo {
    let round = |length_mm: f64| (length_mm * 100.0).round() / 100.0;
    PlacementInfo {
        page: u32::try_from(placed.page).unwrap_or(u32::MAX),
        left: round(placed.left_mm),
        bottom: round(placed.bottom_mm),
        right: round(placed.right_mm),
        top: round(placed.top_mm),
    }
}
