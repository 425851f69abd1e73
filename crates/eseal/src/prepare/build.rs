//! Laying out a seal signature (生成摘要): everything but the value.

use eseal_gm::sm2::VerifyingKey;
use eseal_ofd::{Provider, Stamp};
use eseal_pdf::{PdfPlaced, SealError};
use eseal_pki::Certificate;
use eseal_ses::v4::{CriticalFalse, TbsTemplate};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::{Body, PrepareError, PrepareRequest, Prepared, picture, places, vouch};
use crate::{
    Check, CheckCode, Document, Limits, Outcome, Placed, PlacementError, SubIndication, Text, document::Carrier,
    judge::Trust, resolve::Mark, value::SealFacts,
};

/// Room in `/Contents` beside seal and certificate: TBS_Sign, the value, and some to spare.
const CONTENTS_SPARE_BYTES: usize = 1024;

impl Document {
    /// Prepares a seal signature: verifies seal, signer and earlier signatures, finds the places, computes the digest.
    ///
    /// # Errors
    /// See [`PrepareError`]; nothing is written.
    pub fn prepare(&self, request: &PrepareRequest<'_>) -> Result<Prepared, PrepareError> {
        self.prepare_with_room(request, 0)
    }

    /// As [`Self::prepare`], with room for a time stamp of so many bytes: what is put into a PDF has to fit into a hole
    /// that is made now.  Tokens with the authority's path have 1 to 6 KiB.
    ///
    /// # Errors
    /// See [`PrepareError`]; nothing is written.
    pub fn prepare_with_room(
        &self,
        request: &PrepareRequest<'_>,
        time_stamp_bytes: usize,
    ) -> Result<Prepared, PrepareError> {
        let trust = Trust::of(request.evidence);
        let request = &PrepareRequest { signing_time: whole_seconds(request.signing_time), ..*request };
        let seal = vouch::seal_of(request, &trust)?;
        vouch::check_signer(request, &trust)?;
        vouch::check_earlier(self, request.signing_time)?;
        let (width_mm, height_mm) = size_of(&seal)?;
        let (marks, mut warnings) = places::find(self, request.placements, width_mm, height_mm)?;
        let (body, data_hash, property_info) = match &self.carrier {
            Carrier::Ofd(ofd) => {
                picture::check_shown(&seal).map_err(undrawn)?;
                let prepared = ofd.prepare(&ofd_request(request, &stamps(&marks)))?;
                let (data_hash, property_info) = (prepared.data_hash, prepared.property_info.clone());
                (Body::Ofd(Box::new(prepared)), data_hash, property_info)
            }
            Carrier::Pdf(pdf) => {
                warnings.extend(fixed(pdf)?);
                let prepared = prepare_pdf(pdf, request, &seal, &marks, time_stamp_bytes)?;
                let (data_hash, property_info) = (prepared.data_hash, prepared.property_info());
                (Body::Pdf(prepared), data_hash, property_info)
            }
        };
        let prepared = assemble(request, data_hash, &property_info, body, self.limits)?;
        Ok(Prepared {
            file_type: Some(self.file_type()),
            placements: marks.iter().map(Mark::placed).collect(),
            warnings,
            ..prepared
        })
    }
}

/// Prepares a seal signature over a digest alone (仅摘要): the document never comes here.
///
/// `request.placements`, `lock`, `reason` and `pdf` are not used.
///
/// # Errors
/// See [`PrepareError`].
pub fn prepare_detached(
    data_hash: [u8; 32],
    property_info: &str,
    request: &PrepareRequest<'_>,
) -> Result<Prepared, PrepareError> {
    let trust = Trust::of(request.evidence);
    let request = &PrepareRequest { signing_time: whole_seconds(request.signing_time), ..*request };
    let seal = vouch::seal_of(request, &trust)?;
    vouch::check_signer(request, &trust)?;
    picture::check_shown(&seal).map_err(undrawn)?;
    assemble(request, data_hash, property_info, Body::Detached, Limits::default())
}

/// Refuses a file part of which lies elsewhere, and remarks on what scripts may do (不固定的内容).
fn fixed(pdf: &eseal_pdf::PdfDocument) -> Result<Option<String>, PrepareError> {
    let unfixed = pdf.unfixed().map_err(crate::OpenError::from)?;
    if let Some(object) = unfixed.outside.first() {
        let problem = format!("object {object} takes its content from another file, which no seal would protect");
        return Err(crate::OpenError::Damaged(problem).into());
    }
    let moving = !unfixed.scripts.is_empty() || unfixed.xfa || unfixed.too_many;
    Ok(moving.then(|| {
        "文件含脚本或动态表单，不同软件显示的内容可能不同 / \
         the file has scripts or a dynamic form: readers may show different things"
            .to_owned()
    }))
}

/// TBS_Sign and e.
fn assemble(
    request: &PrepareRequest<'_>,
    data_hash: [u8; 32],
    property_info: &str,
    body: Body,
    limits: Limits,
) -> Result<Prepared, PrepareError> {
    let template = TbsTemplate {
        seal: request.seal,
        time: request.signing_time,
        data_hash,
        property_info,
        ext_datas: &[],
        critical_false: CriticalFalse::Written,
    };
    let tbs = template.to_der().map_err(|error| PrepareError::BadRequest(error.to_string()))?;
    let certificate = Certificate::from_der(request.signer_certificate).map_err(|_| PrepareError::NotTrusted)?;
    let point = certificate.public_key.sm2().ok_or(PrepareError::NotTrusted)?;
    let key = VerifyingKey::from_bytes(point).map_err(|_| PrepareError::NotTrusted)?;
    Ok(Prepared {
        file_type: None,
        e: key.e(&tbs),
        tbs,
        data_hash,
        signer_certificate: request.signer_certificate.to_vec(),
        placements: Vec::new(),
        warnings: Vec::new(),
        body,
        signing_time: request.signing_time,
        limits,
    })
}

/// GeneralizedTime is written without fractions.
fn whole_seconds(at: Timestamp) -> Timestamp {
    at.round(TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Floor)).unwrap_or(at)
}

/// Size of the seal, mm.
fn size_of(seal: &SealFacts) -> Result<(f64, f64), PrepareError> {
    let side = |length: i64| i32::try_from(length).ok().filter(|length| (1..=200).contains(length)).map(f64::from);
    match (side(seal.view.width_mm), side(seal.view.height_mm)) {
        (Some(width), Some(height)) => Ok((width, height)),
        _ => Err(unusable("印章尺寸不合理", "the seal's size makes no sense")),
    }
}

/// A seal that is genuine and cannot be put on a document.
fn unusable(zh: &str, en: &str) -> PrepareError {
    PrepareError::SealNotGood {
        checks: vec![Check {
            code: CheckCode::SealFormat,
            outcome: Outcome::Failed,
            reason: Text::new(zh, en),
            sub_indication: Some(SubIndication::FormatFailure),
            evidence: None,
        }],
    }
}

fn undrawn(problem: String) -> PrepareError {
    unusable(&format!("印章图像无法绘制：{problem}"), &format!("the seal's picture cannot be drawn: {problem}"))
}

fn stamps(marks: &[Mark]) -> Vec<Stamp> {
    let to_ofd = |place: &crate::resolve::BoxMm| eseal_ofd::BoxMm {
        left: place.left,
        bottom: place.bottom,
        right: place.right,
        top: place.top,
    };
    marks
        .iter()
        .map(|mark| Stamp { page: mark.page, full: to_ofd(&mark.full), visible: to_ofd(&mark.visible) })
        .collect()
}

fn ofd_request<'a>(request: &PrepareRequest<'a>, stamps: &'a [Stamp]) -> eseal_ofd::SealRequest<'a> {
    eseal_ofd::SealRequest {
        seal: request.seal,
        stamps,
        lock: request.lock,
        signed_at: request.signing_time,
        provider: Provider { name: "eseal", version: env!("CARGO_PKG_VERSION"), company: "" },
    }
}

fn prepare_pdf(
    pdf: &eseal_pdf::PdfDocument,
    request: &PrepareRequest<'_>,
    seal: &SealFacts,
    marks: &[Mark],
    time_stamp_bytes: usize,
) -> Result<eseal_pdf::PreparedPdf, PrepareError> {
    let picture = picture::of(seal).map_err(undrawn)?;
    let marks: Vec<eseal_pdf::Mark> = marks.iter().map(pdf_mark).collect();
    let room = request.seal.len().saturating_add(request.signer_certificate.len()).saturating_add(CONTENTS_SPARE_BYTES);
    let room = room.saturating_add(time_stamp_bytes);
    let prepared = eseal_pdf::prepare(
        pdf,
        &eseal_pdf::SealRequest {
            marks: &marks,
            picture: &picture,
            filter: &request.pdf.filter,
            sub_filter: &request.pdf.sub_filter,
            signing_time: request.signing_time,
            reason: request.reason,
            name: Some(&seal.view.name).filter(|name| !name.is_empty()).map(String::as_str),
            lock: request.lock,
            contents_bytes: room,
        },
    )?;
    Ok(prepared)
}

fn pdf_mark(mark: &Mark) -> eseal_pdf::Mark {
    let Placed { page, left_mm, bottom_mm, right_mm, top_mm } = mark.placed();
    let (full, visible) = (&mark.full, &mark.visible);
    let (width, height) = (full.right - full.left, full.top - full.bottom);
    let x = |edge: f64| ((edge - full.left) / width).clamp(0.0, 1.0);
    let y = |edge: f64| ((edge - full.bottom) / height).clamp(0.0, 1.0);
    eseal_pdf::Mark {
        place: PdfPlaced { page, left_mm, bottom_mm, right_mm, top_mm },
        part: [x(visible.left), y(visible.bottom), x(visible.right), y(visible.top)],
    }
}

/// An error about a mark; which rule it came from is not known any more, and rules were checked before.
const fn mark_error(error: PlacementError) -> PrepareError {
    PrepareError::Placement { index: 0, error }
}

impl From<eseal_ofd::PrepareError> for PrepareError {
    fn from(error: eseal_ofd::PrepareError) -> Self {
        use eseal_ofd::PrepareError;
        match error {
            PrepareError::Package(error) => Self::Document(error.into()),
            PrepareError::Locked { .. } => Self::Locked,
            PrepareError::NoSuchPage { page } => {
                mark_error(PlacementError::NoSuchPage { page: i64::try_from(page).unwrap_or(i64::MAX), pages: page })
            }
            PrepareError::EmptyStamp { .. } | PrepareError::NoStamp => {
                mark_error(PlacementError::Nonsense("a mark without area"))
            }
            other => Self::Document(crate::OpenError::Damaged(other.to_string())),
        }
    }
}

impl From<SealError> for PrepareError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Locked(_) => Self::Locked,
            SealError::Pdf(error) => Self::Document(error.into()),
            SealError::NoSuchPage { page, pages, .. } => {
                mark_error(PlacementError::NoSuchPage { page: i64::try_from(page).unwrap_or(i64::MAX), pages })
            }
            SealError::BadMark { .. } | SealError::NoMarks => {
                mark_error(PlacementError::Nonsense("a mark without area"))
            }
            SealError::BadArgument(what) => Self::BadRequest(what.into()),
            other => Self::Document(crate::OpenError::Damaged(other.to_string())),
        }
    }
}
