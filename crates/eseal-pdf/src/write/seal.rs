//! Adding one seal signature (加盖一枚印章).
//!
//! A seal signature with several marks is one value and as many signature fields: each field has one widget (a
//! signature field shall never refer to more than one annotation, ISO 32000-1, 12.7.4.5), all share the `/V`.  So
//! every viewer that shows annotations shows every mark, and each mark says by whom it is signed.

use std::{collections::BTreeMap, ops::Range};

use eseal_bytes::for_each_chunk;
use eseal_gm::Sm3;
use jiff::{Timestamp, tz::Offset};

use super::{
    Mark, PreparedPdf, SealError, SealRequest,
    appearance::Appearances,
    form::{add_annotations, add_fields, field_names},
    serialize::{dict, name, numbers, text_string, write_name, write_object},
    update::Update,
};
use crate::{
    error::PdfError,
    number::to_u64,
    object::{Dict, Object, Ref},
    page::Page,
    read::{PdfDocument, View},
};

/// Annotation flags: print, locked.
const WIDGET_FLAGS: i64 = 4 | 128;

/// Annotation flags of a field that shows nothing: hidden, print, locked.
pub(super) const HIDDEN_FLAGS: i64 = 2 | 4 | 128;

/// Digits (and blanks) of each number of `/ByteRange`: files up to a terabyte.
const RANGE_WIDTH: usize = 12;

/// Most bytes of a value: seal, certificates, time stamp and revocation data stay below 1 MiB by far.
const MAX_CONTENTS: usize = 4 << 20;

/// Adds one seal signature to `document` (签章): everything but its value.
///
/// # Errors
/// See [`SealError`]; nothing is written.
pub fn prepare(document: &PdfDocument, request: &SealRequest<'_>) -> Result<PreparedPdf, SealError> {
    check_request(document, request)?;
    if let Some(locked) = document.locked()? {
        return Err(locked.into());
    }
    let signed = document.has_signatures()?;
    if document.is_rebuilt() && signed {
        return Err(SealError::DamagedAndSigned);
    }
    let mut update = Update::new(document);
    let root = document.root()?;
    let mut catalog = document.catalog(View::NEWEST)?;
    let signature = update.reserve()?;
    let frame = signature_dictionary(request, root, signed);
    update.put_raw(signature, frame.body);
    let fields = add_widgets(&mut update, request, signature, signed)?;
    let mut catalog_changed = add_fields(&mut update, &mut catalog, &fields, signed)?;
    if request.lock && !signed {
        let mut permissions = document.dict_in(View::NEWEST, catalog.get(b"Perms"))?.unwrap_or_default();
        permissions.set(b"DocMDP", Object::Ref(signature));
        catalog.set(b"Perms", Object::Dict(permissions));
        catalog_changed = true;
    }
    if catalog_changed {
        update.put(root, &Object::Dict(catalog));
    }
    let tail = update.finish()?;
    let body = tail.bodies.get(&signature.number).copied().unwrap_or_default();
    let hole = body.saturating_add(frame.hole.start)..body.saturating_add(frame.hole.end);
    fill_range(document, tail.bytes, hole, body.saturating_add(frame.range_at))
}

fn check_request(document: &PdfDocument, request: &SealRequest<'_>) -> Result<(), SealError> {
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_name(request.filter) || !is_name(request.sub_filter) {
        return Err(SealError::BadArgument("filter or sub-filter"));
    }
    if request.contents_bytes == 0 || request.contents_bytes > MAX_CONTENTS {
        return Err(SealError::BadArgument("room for the value"));
    }
    if request.marks.is_empty() {
        return Err(SealError::NoMarks);
    }
    let limit = document.limits.marks;
    if request.marks.len() > limit {
        let found = to_u64(request.marks.len());
        return Err(PdfError::TooLarge { what: "marks", found, limit: to_u64(limit) }.into());
    }
    for (index, mark) in request.marks.iter().enumerate() {
        let pages = document.page_count();
        let page =
            document.page(mark.place.page).ok_or(SealError::NoSuchPage { index, page: mark.place.page, pages })?;
        if !makes_sense(mark, page) {
            return Err(SealError::BadMark { index });
        }
    }
    Ok(())
}

/// Has area, touches its page, and shows a part of the picture.
fn makes_sense(mark: &Mark, page: &Page) -> bool {
    let place = mark.place;
    let [left, bottom, right, top] = mark.part;
    let finite = [place.left_mm, place.bottom_mm, place.right_mm, place.top_mm].iter().all(|edge| edge.abs() < 1e6);
    let smallest = 1e-3;
    finite
        && place.right_mm - place.left_mm > smallest
        && place.top_mm - place.bottom_mm > smallest
        && place.right_mm > 0.0
        && place.top_mm > 0.0
        && place.left_mm < page.width_mm()
        && place.bottom_mm < page.height_mm()
        && (0.0..=1.0).contains(&left)
        && (0.0..=1.0).contains(&bottom)
        && right <= 1.0
        && top <= 1.0
        && right - left > 1e-6
        && top - bottom > 1e-6
}

/// One field with its widget for each mark, and the widgets on their pages.
fn add_widgets(
    update: &mut Update<'_>,
    request: &SealRequest<'_>,
    signature: Ref,
    signed: bool,
) -> Result<Vec<Ref>, SealError> {
    let document = update.document;
    let mut names = field_names(document)?;
    names.extend(document.locked_names()?);
    let mut appearances = Appearances::new(update, request.picture)?;
    let lock = if request.lock && signed {
        let lock = dict([(b"Type", name(b"SigFieldLock")), (b"Action", name(b"All")), (b"P", Object::Integer(1))]);
        Some(update.add(&Object::Dict(lock))?)
    } else {
        None
    };
    let mut free = (1_usize..).map(|at| format!("Seal{at}").into_bytes()).filter(|name| !names.contains(name));
    let mut fields = Vec::with_capacity(request.marks.len());
    let mut by_page: BTreeMap<usize, Vec<Ref>> = BTreeMap::new();
    for mark in request.marks {
        let Some(page) = document.page(mark.place.page) else { continue };
        let appearance = appearances.form(update, mark, page)?;
        let title = Object::String(free.next().unwrap_or_default());
        let mut field = widget(mark, page, title, appearance, signature);
        if let Some(lock) = lock {
            field.set(b"Lock", Object::Ref(lock));
        }
        let field = update.add(&Object::Dict(field))?;
        fields.push(field);
        by_page.entry(mark.place.page).or_default().push(field);
    }
    for (number, widgets) in by_page {
        let Some(page) = document.page(number) else { continue };
        add_annotations(update, page.reference, &widgets)?;
    }
    Ok(fields)
}

/// Field and widget in one.
fn widget(mark: &Mark, page: &Page, title: Object, appearance: Ref, signature: Ref) -> Dict {
    let place = mark.place;
    let rect = page.to_user_space([place.left_mm, place.bottom_mm, place.right_mm, place.top_mm]);
    let mut widget = dict([
        (b"Type", name(b"Annot")),
        (b"Subtype", name(b"Widget")),
        (b"FT", name(b"Sig")),
        (b"T", title),
        (b"Rect", numbers(rect)),
        (b"P", Object::Ref(page.reference)),
        (b"F", Object::Integer(WIDGET_FLAGS)),
        (b"AP", Object::Dict(dict([(b"N", Object::Ref(appearance))]))),
        (b"V", Object::Ref(signature)),
    ]);
    if page.rotate != 0 {
        widget.set(b"MK", Object::Dict(dict([(b"R", Object::Integer(page.rotate.into()))])));
    }
    widget
}

/// The signature dictionary's bytes, and where its holes are.
struct Frame {
    body: Vec<u8>,
    /// First of the blanks of `/ByteRange`.
    range_at: usize,
    /// Hexadecimal digits of `/Contents`.
    hole: Range<usize>,
}

fn signature_dictionary(request: &SealRequest<'_>, root: Ref, signed: bool) -> Frame {
    let mut body = b"<</Type /Sig/Filter ".to_vec();
    write_name(request.filter.as_bytes(), &mut body);
    body.extend(b"/SubFilter ");
    write_name(request.sub_filter.as_bytes(), &mut body);
    let (mut body, range_at, hole) = write_hole(body, request.contents_bytes);
    let mut rest = dict([(b"M", Object::String(date(request.signing_time).into_bytes()))]);
    if let Some(reason) = request.reason {
        rest.set(b"Reason", text_string(reason));
    }
    if let Some(name) = request.name {
        rest.set(b"Name", text_string(name));
    }
    if request.lock {
        rest.set(b"Reference", Object::Array(vec![Object::Dict(lock_reference(root, signed))]));
    }
    for (key, value) in rest.iter() {
        write_name(key, &mut body);
        body.push(b' ');
        write_object(value, &mut body);
    }
    body.extend(b">>");
    Frame { body, range_at, hole }
}

/// Behind `body`: a blank `/ByteRange`, and `/Contents` with room for `bytes`; where the blanks and the room are.
fn write_hole(mut body: Vec<u8>, bytes: usize) -> (Vec<u8>, usize, Range<usize>) {
    body.extend(b"/ByteRange [0");
    let range_at = body.len();
    body.extend(std::iter::repeat_n(b' ', (RANGE_WIDTH + 1) * 3));
    body.extend(b"]/Contents <");
    let start = body.len();
    body.extend(std::iter::repeat_n(b'0', bytes * 2));
    let hole = start..body.len();
    body.push(b'>');
    (body, range_at, hole)
}

/// The same for a caller's number of bytes.
pub(super) fn hole_in(body: Vec<u8>, bytes: usize) -> Result<(Vec<u8>, usize, Range<usize>), SealError> {
    if bytes == 0 || bytes > MAX_CONTENTS {
        return Err(SealError::BadArgument("room for the value"));
    }
    Ok(write_hole(body, bytes))
}

/// The first signature certifies the file without permission to change it; a later one locks all fields.
fn lock_reference(root: Ref, signed: bool) -> Dict {
    let version = (b"V".as_slice(), name(b"1.2"));
    let kind = (b"Type".as_slice(), name(b"TransformParams"));
    let permission = (b"P".as_slice(), Object::Integer(1));
    let (method, parameters): (&[u8], Dict) = if signed {
        (b"FieldMDP", dict([kind, (b"Action", name(b"All")), permission, version]))
    } else {
        (b"DocMDP", dict([kind, permission, version]))
    };
    let mut reference = dict([
        (b"Type", name(b"SigRef")),
        (b"TransformMethod", name(method)),
        (b"TransformParams", Object::Dict(parameters)),
    ]);
    if signed {
        reference.set(b"Data", Object::Ref(root));
    }
    reference
}

/// `D:YYYYMMDDHHmmSS+08'00'`: Chinese time.
fn date(time: Timestamp) -> String {
    let local = Offset::constant(8).to_datetime(time);
    let [year, month] = [i32::from(local.year()), i32::from(local.month())];
    format!(
        "D:{year:04}{month:02}{:02}{:02}{:02}{:02}+08'00'",
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// Writes `/ByteRange` and computes the digest over what it names.
pub(super) fn fill_range(
    document: &PdfDocument,
    mut tail: Vec<u8>,
    hole: Range<usize>,
    range_at: usize,
) -> Result<PreparedPdf, SealError> {
    let original_len = document.source.len();
    let (before, after) = (hole.start.saturating_sub(1), hole.end.saturating_add(1));
    let first = original_len.saturating_add(to_u64(before));
    let second = original_len.saturating_add(to_u64(after));
    let rest = to_u64(tail.len().saturating_sub(after));
    let text = [first, second, rest].map(|number| format!(" {number:RANGE_WIDTH$}")).concat();
    let place = tail.get_mut(range_at..range_at.saturating_add(text.len()));
    match place {
        Some(place) if text.len() == (RANGE_WIDTH + 1) * 3 => place.copy_from_slice(text.as_bytes()),
        _ => return Err(SealError::BadArgument("file too large")),
    }
    let mut hash = Sm3::new();
    for_each_chunk(&*document.source, 0..original_len, |piece| hash.update(piece))?;
    hash.update(tail.get(..before).unwrap_or_default());
    hash.update(tail.get(after..).unwrap_or_default());
    let byte_range = [0, first, second, rest];
    Ok(PreparedPdf { original_len, byte_range, data_hash: hash.finish(), tail, hole })
}
