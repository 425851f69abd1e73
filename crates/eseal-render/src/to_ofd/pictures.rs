//! Pictures of the new document (图像资源): JPEG as it is where that is possible, else PNG; each once.

use std::collections::HashMap;

use eseal_ofd::PackageWriter;
use hayro_interpret::{CacheKey as _, Image, ImageData, LumaData, Paint, StencilImage};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use image::{
    ExtendedColorType, ImageEncoder as _,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use crate::{Limits, RenderError, number::long};

/// A picture among the resources.
pub(super) struct Media {
    pub(super) id: u32,
    pub(super) format: &'static str,
    pub(super) name: String,
}

/// Pictures that have been written.
#[derive(Default)]
pub(super) struct Pictures {
    pub(super) media: Vec<Media>,
    known: HashMap<(u128, [u8; 4]), Option<u32>>,
}

/// Why a picture is not written.
pub(super) enum Missing {
    /// In words, for a warning.
    Picture(String),
    /// It is painted with a pattern: the page is drawn there.
    Pattern,
    Failed(RenderError),
}

impl From<RenderError> for Missing {
    fn from(error: RenderError) -> Self {
        Self::Failed(error)
    }
}

struct Encoded {
    bytes: Vec<u8>,
    is_jpeg: bool,
}

impl Pictures {
    /// The resource of a picture.
    pub(super) fn resource(
        &mut self,
        image: &Image<'_, '_>,
        package: &mut PackageWriter,
        limits: &Limits,
        ids: &mut impl FnMut() -> u32,
    ) -> Result<u32, Missing> {
        let pixels = u64::from(image.width()).saturating_mul(u64::from(image.height()));
        if pixels > limits.image_pixels {
            return Err(Missing::Picture(format!("a picture of {} by {} pixels", image.width(), image.height())));
        }
        let color = match image {
            Image::Stencil(stencil) => stencil_color(stencil).ok_or(Missing::Pattern)?,
            Image::Raster(_) => [0; 4],
        };
        let key = (image.cache_key(), color);
        let missing = || Missing::Picture("a picture that cannot be decoded".into());
        if let Some(known) = self.known.get(&key) {
            return known.ok_or_else(missing);
        }
        let encoded = match image {
            Image::Stencil(stencil) => stencil_png(stencil, color),
            Image::Raster(raster) => match jpeg_of(raster.stream()) {
                Some(bytes) => Some(Encoded { bytes, is_jpeg: true }),
                None => {
                    let mut png = None;
                    raster.with_rgba(|pixels, alpha| png = raster_png(pixels, alpha), None);
                    png
                }
            },
        };
        let id = match encoded {
            Some(encoded) => Some(self.write(&encoded.bytes, encoded.is_jpeg, package, ids)?),
            None => None,
        };
        self.known.insert(key, id);
        id.ok_or_else(missing)
    }

    /// Writes a file and gives it an id.
    pub(super) fn write(
        &mut self,
        bytes: &[u8],
        is_jpeg: bool,
        package: &mut PackageWriter,
        ids: &mut impl FnMut() -> u32,
    ) -> Result<u32, RenderError> {
        let id = ids();
        let (format, extension) = if is_jpeg { ("JPEG", "jpg") } else { ("PNG", "png") };
        let name = format!("image_{id}.{extension}");
        package.add(&format!("Doc_0/Res/{name}"), bytes).map_err(super::failed)?;
        self.media.push(Media { id, format, name });
        Ok(id)
    }
}

/// The color of a stencil; none for patterns.
fn stencil_color(stencil: &StencilImage<'_, '_>) -> Option<[u8; 4]> {
    let mut color = None;
    // The paint comes with the pixels only; the smallest size will do.
    stencil.with_stencil(
        |_, paint| {
            if let Paint::Color(found) = paint {
                color = Some(found.to_rgba().to_rgba8());
            }
        },
        Some((1, 1)),
    );
    color
}

fn stencil_png(stencil: &StencilImage<'_, '_>, color: [u8; 4]) -> Option<Encoded> {
    let mut png = None;
    stencil.with_stencil(
        |luma, _| {
            let [red, green, blue, alpha] = color;
            let faded = |light: u8| u8::try_from(u16::from(light) * u16::from(alpha) / 255).unwrap_or(u8::MAX);
            let pixels: Vec<u8> = luma.data.iter().flat_map(|light| [red, green, blue, faded(*light)]).collect();
            png = encode(&pixels, luma.width, luma.height, ExtendedColorType::Rgba8);
        },
        None,
    );
    png
}

fn raster_png(pixels: ImageData, alpha: Option<LumaData>) -> Option<Encoded> {
    let (width, height) = (pixels.width(), pixels.height());
    let Some(alpha) = alpha.filter(|alpha| alpha.data.iter().any(|light| *light != u8::MAX)) else {
        return match pixels {
            ImageData::Rgb(rgb) if is_gray(&rgb.data) => {
                let gray: Vec<u8> = rgb.data.iter().step_by(3).copied().collect();
                encode(&gray, width, height, ExtendedColorType::L8)
            }
            ImageData::Rgb(rgb) => encode(&rgb.data, width, height, ExtendedColorType::Rgb8),
            ImageData::Luma(luma) => encode(&luma.data, width, height, ExtendedColorType::L8),
        };
    };
    // The finer of the two decides how many pixels there are.
    let size = if alpha.width > width { (alpha.width, alpha.height) } else { (width, height) };
    let mut out = Vec::new();
    for y in 0..size.1 {
        for x in 0..size.0 {
            let at = |own_width: u32, own_height: u32| {
                let scale = |at: u32, own: u32, all: u32| {
                    usize::try_from(u64::from(at) * u64::from(own) / u64::from(all.max(1))).unwrap_or(0)
                };
                let row = usize::try_from(own_width).unwrap_or(0);
                scale(y, own_height, size.1).saturating_mul(row).saturating_add(scale(x, own_width, size.0))
            };
            let from = at(width, height);
            let [red, green, blue] = match &pixels {
                ImageData::Rgb(rgb) => {
                    let start = from.saturating_mul(3);
                    rgb.data.get(start..).and_then(|rest| rest.first_chunk::<3>()).copied().unwrap_or_default()
                }
                ImageData::Luma(luma) => [luma.data.get(from).copied().unwrap_or_default(); 3],
            };
            let light = alpha.data.get(at(alpha.width, alpha.height)).copied().unwrap_or(u8::MAX);
            out.extend([red, green, blue, light]);
        }
    }
    encode(&out, size.0, size.1, ExtendedColorType::Rgba8)
}

fn is_gray(rgb: &[u8]) -> bool {
    rgb.chunks_exact(3).all(|pixel| matches!(pixel, [red, green, blue] if red == green && green == blue))
}

fn encode(pixels: &[u8], width: u32, height: u32, color: ExtendedColorType) -> Option<Encoded> {
    png(pixels, width, height, color).map(|bytes| Encoded { bytes, is_jpeg: false })
}

/// Pixels as PNG.
pub(super) fn png(pixels: &[u8], width: u32, height: u32, color: ExtendedColorType) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
        .write_image(pixels, width, height, color)
        .ok()?;
    Some(bytes)
}

/// The file inside the PDF, if it is a JPEG that looks the same outside: no mask, no other decoding, gray or RGB.
fn jpeg_of(stream: &Stream<'_>) -> Option<Vec<u8>> {
    let dict = stream.dict();
    let has = |key: &[u8]| dict.contains_key(key);
    if !is_only_jpeg(dict)
        || has(b"SMask")
        || has(b"Mask")
        || has(b"Decode")
        || has(b"SMaskInData")
        || has(b"DecodeParms")
    {
        return None;
    }
    let components = jpeg_components(&stream.raw_data())?;
    let is_plain = match dict.get::<Object<'_>>(b"ColorSpace".as_slice())? {
        Object::Name(name) => match name.as_str() {
            "DeviceRGB" | "CalRGB" | "RGB" => components == 3,
            "DeviceGray" | "CalGray" | "G" => components == 1,
            _ => false,
        },
        Object::Array(array) => {
            let mut items = array.flex_iter();
            let kind = items.next::<Name<'_>>()?;
            let profile = items.next::<Stream<'_>>();
            let count = profile.and_then(|profile| profile.dict().get::<u8>(b"N".as_slice()));
            match kind.as_str() {
                "ICCBased" => count == Some(components) && matches!(components, 1 | 3),
                "CalRGB" => components == 3,
                "CalGray" => components == 1,
                _ => false,
            }
        }
        _ => false,
    };
    is_plain.then(|| stream.raw_data().into_owned())
}

/// True if the stream is packed as JPEG and not packed again.
fn is_only_jpeg(dict: &Dict<'_>) -> bool {
    let is_jpeg = |name: &Name<'_>| matches!(name.as_str(), "DCTDecode" | "DCT");
    let keys = [b"Filter".as_slice(), b"F".as_slice()];
    match keys.iter().find_map(|key| dict.get::<Object<'_>>(*key)) {
        Some(Object::Name(name)) => is_jpeg(&name),
        Some(Object::Array(list)) => only(&list).is_some_and(|name| is_jpeg(&name)),
        _ => false,
    }
}

fn only<'a>(list: &Array<'a>) -> Option<Name<'a>> {
    let mut names = list.iter::<Name<'_>>();
    names.next().filter(|_| names.next().is_none())
}

/// Components of a JPEG with the usual colors; none for those whose Adobe segment says otherwise.
fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut at = 2_usize;
    let mut transform = None;
    while long(at) < long(bytes.len()) {
        let [0xff, marker, high, low] = *bytes.get(at..)?.first_chunk::<4>()? else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let body = bytes.get(at.checked_add(4)?..at.checked_add(2)?.checked_add(length)?)?;
        match marker {
            0xee if body.starts_with(b"Adobe") => transform = body.get(11).copied(),
            0xc0..=0xc2 => {
                let components = *body.get(5)?;
                // Three components without transformation are RGB as they are, which other readers take for YCbCr.
                return Some(components).filter(|count| *count == 1 || *count == 3 && transform != Some(0));
            }
            0xc3..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => return None,
            _ => {}
        }
        at = at.checked_add(2)?.checked_add(length)?;
    }
    None
}
