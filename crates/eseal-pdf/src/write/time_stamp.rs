//! Adding a document time stamp (文档时间戳): a signature whose value is a token over everything before it.

use eseal_bytes::for_each_chunk;
use eseal_gm::{Hash, Hasher};
use serde::{Deserialize, Serialize};

use super::{
    PreparedPdf, SealError,
    form::{add_annotations, add_fields, field_names},
    seal::{HIDDEN_FLAGS, fill_range, hole_in},
    serialize::{dict, name, numbers},
    update::Update,
};
use crate::{
    error::PdfError,
    object::Object,
    read::{PdfDocument, View},
};

/// A document time stamp that lacks only its token (待签发的文档时间戳).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedTimeStamp {
    /// The update; the token goes into its hole.
    pub update: PreparedPdf,
    /// Digest of the bytes that its `/ByteRange` names, by the algorithm that was asked for: the imprint to be stamped.
    pub imprint: Vec<u8>,
}

/// Prepares a document time stamp (`/Type /DocTimeStamp`, `ETSI.RFC3161`; ISO 32000-2, 12.8.5) in a field that shows
/// nothing; `room_bytes` is how large the token may become.
///
/// # Errors
/// See [`SealError`]; nothing is written.  A document that is locked against further signatures is locked against this
/// one too.
pub fn prepare_time_stamp(
    document: &PdfDocument,
    hash: Hash,
    room_bytes: usize,
) -> Result<PreparedTimeStamp, SealError> {
    if let Some(locked) = document.locked()? {
        return Err(locked.into());
    }
    let signed = document.has_signatures()?;
    if document.is_rebuilt() && signed {
        return Err(SealError::DamagedAndSigned);
    }
    let page = document.page(1).ok_or(PdfError::damaged(0, "no page"))?.reference;
    let mut update = Update::new(document);
    let root = document.root()?;
    let mut catalog = document.catalog(View::NEWEST)?;
    let signature = update.reserve()?;
    let head = b"<</Type /DocTimeStamp/Filter /Adobe.PPKLite/SubFilter /ETSI.RFC3161".to_vec();
    let (mut body, range_at, hole) = hole_in(head, room_bytes)?;
    body.extend(b">>");
    update.put_raw(signature, body);
    let mut names = field_names(document)?;
    names.extend(document.locked_names()?);
    let title = (1_usize..).map(|at| format!("TimeStamp{at}").into_bytes()).find(|name| !names.contains(name));
    let field = dict([
        (b"Type", name(b"Annot")),
        (b"Subtype", name(b"Widget")),
        (b"FT", name(b"Sig")),
        (b"T", Object::String(title.unwrap_or_default())),
        (b"Rect", numbers([0.0; 4])),
        (b"P", Object::Ref(page)),
        (b"F", Object::Integer(HIDDEN_FLAGS)),
        (b"V", Object::Ref(signature)),
    ]);
    let field = update.add(&Object::Dict(field))?;
    add_annotations(&mut update, page, &[field])?;
    if add_fields(&mut update, &mut catalog, &[field], signed)? {
        update.put(root, &Object::Dict(catalog));
    }
    let tail = update.finish()?;
    let body = tail.bodies.get(&signature.number).copied().unwrap_or_default();
    let hole = body.saturating_add(hole.start)..body.saturating_add(hole.end);
    let update = fill_range(document, tail.bytes, hole, body.saturating_add(range_at))?;
    let mut hasher = Hasher::new(hash);
    for_each_chunk(&**document.source(), 0..update.original_len, |piece| hasher.update(piece))?;
    let [before, after] = update.around_hole();
    hasher.update(before);
    hasher.update(after);
    Ok(PreparedTimeStamp { imprint: hasher.finish(), update })
}
