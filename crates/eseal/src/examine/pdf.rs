//! Facts about the signatures of a PDF (PDF 签名事实).

use eseal_pdf::{ByteRangeFault, FieldLock, FileDigests, LaterChange, PdfDocument, PdfSignature, Unfixed};
use serde::{Deserialize, Serialize};

use super::{Examination, Examined, Frame, hash, stated};
use crate::{
    FileType, OpenError, Placed,
    value::{Original, SealReader, Value, element_len, wanted},
};

/// How a signature is bound to its PDF (PDF 签名框架).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PdfFrame {
    /// What is wrong with `/ByteRange` and `/Contents`.
    pub(crate) faults: Vec<ByteRangeFault>,
    /// True if something but zeros follows the value in `/Contents`.
    pub(crate) has_tail: bool,
    /// True if a later revision defines the signature dictionary again.
    pub(crate) redefined: bool,
    /// True if the signed part can be read by itself.
    pub(crate) revision_complete: bool,
    /// True if the signed part reaches the end of the file.
    pub(crate) covers_whole_file: bool,
    /// True if some signature reaches the end of the file, or only harmless things follow the last one.
    pub(crate) end_is_covered: bool,
    /// True if the document calls it a document time stamp.
    pub(crate) is_time_stamp: bool,
    /// `/ByteRange`.
    pub(crate) byte_range: Option<[u64; 4]>,
    /// `/ByteRange` as text.
    pub(crate) range: String,
    /// What came afterwards.
    pub(crate) later_changes: Vec<LaterChange>,
    /// Permission of a certification signature.
    pub(crate) doc_mdp: Option<u8>,
    /// Whether it locks form fields.
    pub(crate) field_lock: Option<FieldLock>,
    /// Objects whose content lies in another file.
    #[serde(default)]
    pub(crate) outside: Vec<u32>,
    /// True if scripts or an XFA form decide what readers show.
    #[serde(default)]
    pub(crate) moving: bool,
}

pub(super) fn examine(document: &PdfDocument) -> Result<Examination, OpenError> {
    let signatures = document.signatures()?;
    let FileDigests { file: sm3, beginnings, signed: digests } = document.digests(&signatures)?;
    let originals = originals(document, &signatures, &digests)?;
    let end_is_covered = signatures.iter().any(reaches_end);
    let unfixed = if signatures.is_empty() { Unfixed::default() } else { document.unfixed()? };
    let mut seals = SealReader::default();
    let known = digests.iter().zip(&originals);
    let examined = signatures.iter().zip(known).map(|(signature, (document_sm3, original))| {
        let tail = signature.contents.get(element_len(&signature.contents)..).unwrap_or_default();
        let value = Value::read(&signature.contents, &mut seals, original);
        let date = signature.signing_time.as_deref().and_then(stated::pdf_date);
        let deviations = stated::time(date, &value).map(|found| found.as_str().to_owned()).into_iter().collect();
        Examined {
            value,
            document_sm3: *document_sm3,
            file_sm3: signature
                .signed_end()
                .map(|end| beginnings.range(end..).map(|(_, sm3)| *sm3).collect())
                .unwrap_or_default(),
            placements: signature.placements.iter().map(placed).collect(),
            frame: Frame::Pdf(PdfFrame {
                faults: signature.faults.clone(),
                has_tail: tail.iter().any(|byte| *byte != 0),
                redefined: signature.redefined,
                revision_complete: signature.revision_complete,
                covers_whole_file: signature.covers_whole_file && signature.is_well_framed(),
                end_is_covered,
                is_time_stamp: signature.is_time_stamp || signature.sub_filter.as_deref() == Some("ETSI.RFC3161"),
                byte_range: signature.byte_range,
                range: signature.byte_range.map(|[a, b, c, d]| format!("[{a} {b} {c} {d}]")).unwrap_or_default(),
                later_changes: signature.later_changes.clone(),
                doc_mdp: signature.doc_mdp,
                field_lock: signature.field_lock.clone(),
                outside: unfixed.outside.clone(),
                moving: !unfixed.scripts.is_empty() || unfixed.xfa || unfixed.too_many,
            }),
            deviations,
        }
    });
    let signatures: Vec<Examined> = examined.collect();
    let mut uncovered: Vec<String> =
        unfixed.outside.iter().map(|object| format!("object {object} (content in another file)")).collect();
    if !signatures.is_empty() && !end_is_covered {
        uncovered.push("end of the file".to_owned());
    }
    Ok(Examination {
        file_type: FileType::Pdf,
        sm3,
        signatures,
        uncovered,
        unused: Vec::new(),
        list_problems: Vec::new(),
        embedded: document.dss()?.into(),
    })
}

/// What each signature protects, with the digests that its value asks for.
fn originals(
    document: &PdfDocument,
    signatures: &[PdfSignature],
    digests: &[Option<[u8; 32]>],
) -> Result<Vec<Original>, OpenError> {
    let mut originals: Vec<Original> = digests.iter().map(|sm3| Original::of_sm3(*sm3)).collect();
    // A range of which there is an SM3 lies in the file.
    let readable = signatures.iter().zip(digests).zip(&mut originals).filter_map(|((signature, sm3), original)| {
        sm3.and(signature.byte_range).map(|range| (range, wanted(&signature.contents), original))
    });
    hash::ranges(&**document.source(), readable.collect())?;
    Ok(originals)
}

/// True if the signature's own bytes reach the end, or only validation data and the like follow and no signature.
fn reaches_end(signature: &PdfSignature) -> bool {
    let only_harmless = |change: &LaterChange| change.is_harmless() && !matches!(change, LaterChange::Signature { .. });
    signature.is_well_framed()
        && (signature.covers_whole_file
            || !signature.later_changes.is_empty() && signature.later_changes.iter().all(only_harmless))
}

fn placed(place: &eseal_pdf::PdfPlaced) -> Placed {
    let eseal_pdf::PdfPlaced { page, left_mm, bottom_mm, right_mm, top_mm } = *place;
    Placed { page, left_mm, bottom_mm, right_mm, top_mm }
}
