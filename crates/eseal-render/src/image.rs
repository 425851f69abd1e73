//! Pictures on pages (图像): decoded by what they are, not by what they are called, within limits.

use std::{io::Cursor, rc::Rc};

use image::{DynamicImage, ImageFormat, ImageReader};

use crate::{Limits, number::float};

/// Decoded pixels.
#[derive(Clone)]
pub(crate) struct Bitmap {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Red, green, blue, alpha, not premultiplied.
    pub(crate) rgba: Vec<u8>,
    pub(crate) is_opaque: bool,
    /// The file, where it is a JPEG that carriers may take as it is.
    pub(crate) jpeg: Option<Rc<[u8]>>,
}

/// Decodes a picture.
///
/// # Errors
/// In words.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Bitmap, String> {
    if bytes.starts_with(b"\x97JB2\r\n\x1a\n") || is_embedded_jbig2(bytes) {
        return jbig2(bytes, limits);
    }
    if bytes.starts_with(b"\0\0\0\x0cjP  ") || bytes.starts_with(b"\xff\x4f\xff\x51") {
        return jpeg2000(bytes, limits);
    }
    let format = image::guess_format(bytes).map_err(|_| "not a known kind of picture".to_owned())?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Bmp | ImageFormat::Gif | ImageFormat::Tiff)
    {
        return Err("not a known kind of picture".into());
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) =
        ImageReader::with_format(Cursor::new(bytes), format).into_dimensions().map_err(|error| error.to_string())?;
    check(width, height, limits)?;
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(limits.image_pixels.saturating_mul(8));
    reader.limits(bounds);
    let picture = reader.decode().map_err(|error| error.to_string())?;
    let is_plain = matches!(picture.color(), image::ColorType::L8 | image::ColorType::Rgb8);
    let jpeg = (format == ImageFormat::Jpeg && is_plain).then(|| bytes.into());
    Ok(Bitmap { jpeg, ..Bitmap::of(picture) })
}

/// A file of segments without the file header: the first is a page information or dictionary segment 0.
fn is_embedded_jbig2(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 0, 0, 0x30, 0, 1]) || bytes.starts_with(&[0, 0, 0, 0, 0x00, 0])
}

fn check(width: u32, height: u32, limits: &Limits) -> Result<(), String> {
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels == 0 || pixels > limits.image_pixels {
        return Err(format!("{width} by {height} pixels"));
    }
    Ok(())
}

impl Bitmap {
    fn of(picture: DynamicImage) -> Self {
        let has_alpha = picture.color().has_alpha();
        let rgba = picture.into_rgba8();
        let (width, height) = rgba.dimensions();
        let rgba = rgba.into_raw();
        let is_opaque = !has_alpha || rgba.chunks_exact(4).all(|pixel| pixel.last() == Some(&0xff));
        Self { width, height, rgba, is_opaque, jpeg: None }
    }

    pub(crate) fn new(width: u32, height: u32, rgba: Vec<u8>) -> Self {
        let is_opaque = rgba.chunks_exact(4).all(|pixel| pixel.last() == Some(&0xff));
        Self { width, height, rgba, is_opaque, jpeg: None }
    }

    /// 蒙版: where the mask is dark, the page shows.
    pub(crate) fn masked(mut self, mask: &Self) -> Self {
        let scale = |at: usize, from: u32, to: u32| {
            let at = float(crate::number::long(at)) + 0.5;
            usize::try_from(crate::number::whole((at * f64::from(to) / f64::from(from.max(1)) - 0.5).max(0.0)))
                .unwrap_or(0)
        };
        let row = usize::try_from(self.width).unwrap_or(1).max(1);
        let mask_row = usize::try_from(mask.width).unwrap_or(1).max(1);
        for (index, pixel) in self.rgba.chunks_exact_mut(4).enumerate() {
            let (x, y) = (scale(index % row, self.width, mask.width), scale(index / row, self.height, mask.height));
            let at = y.saturating_mul(mask_row).saturating_add(x).saturating_mul(4);
            let light = mask.rgba.get(at).copied().unwrap_or(u8::MAX);
            if let Some(alpha) = pixel.last_mut() {
                *alpha = u8::try_from(u16::from(*alpha) * u16::from(light) / 255).unwrap_or(u8::MAX);
            }
        }
        self.is_opaque = false;
        self.jpeg = None;
        self
    }

    /// White becomes transparent, so that what is under an opaque seal can be read: over white it looks the same.
    pub(crate) fn on_paper(mut self) -> Self {
        for pixel in self.rgba.chunks_exact_mut(4) {
            if let [red, green, blue, alpha] = pixel {
                let paper = (*red).min(*green).min(*blue);
                let ink = 255 - paper;
                for part in [red, green, blue] {
                    let strong = u16::from(*part - paper) * 255;
                    *part = strong.checked_div(u16::from(ink)).and_then(|part| u8::try_from(part).ok()).unwrap_or(0);
                }
                *alpha = ink;
            }
        }
        self.is_opaque = false;
        self.jpeg = None;
        self
    }
}

struct Bits {
    rgba: Vec<u8>,
}

impl hayro_jbig2::Decoder for Bits {
    fn push_pixel(&mut self, black: bool) {
        let value = if black { 0 } else { 255 };
        self.rgba.extend([value, value, value, 255]);
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        for _ in 0..chunk_count.saturating_mul(8) {
            self.push_pixel(black);
        }
    }

    fn next_line(&mut self) {}
}

fn jbig2(bytes: &[u8], limits: &Limits) -> Result<Bitmap, String> {
    let settings = hayro_jbig2::DecodeSettings::default();
    let file = hayro_jbig2::File::new(bytes, &settings).ok();
    let page = match file.as_ref().and_then(|file| file.page(0)) {
        Some(page) => page,
        None => hayro_jbig2::Page::new_embedded(bytes, None, &settings).map_err(|error| format!("JBIG2: {error}"))?,
    };
    let (width, height) = (page.width(), page.height());
    check(width, height, limits)?;
    let mut bits = Bits { rgba: Vec::new() };
    page.decode(&mut bits).map_err(|error| format!("JBIG2: {error}"))?;
    let wanted = usize::try_from(u64::from(width) * u64::from(height) * 4).unwrap_or(usize::MAX);
    if bits.rgba.len() != wanted {
        return Err("JBIG2: size".into());
    }
    Ok(Bitmap { width, height, rgba: bits.rgba, is_opaque: true, jpeg: None })
}

fn jpeg2000(bytes: &[u8], limits: &Limits) -> Result<Bitmap, String> {
    let settings = hayro_jpeg2000::DecodeSettings::default();
    let picture = hayro_jpeg2000::Image::new(bytes, &settings).map_err(|error| format!("JPEG 2000: {error}"))?;
    let (width, height) = (picture.width(), picture.height());
    check(width, height, limits)?;
    let mut context = hayro_jpeg2000::DecoderContext::default();
    let decoded = picture.decode(&mut context).map_err(|error| format!("JPEG 2000: {error}"))?;
    let data = decoded.data_u8();
    let pixels = u64::from(width) * u64::from(height);
    let channels = usize::try_from(crate::number::long(data.len()) / pixels.max(1)).unwrap_or(0);
    let rgba: Vec<u8> =
        data.chunks_exact(channels.max(1)).flat_map(|pixel| to_rgba(pixel, picture.has_alpha())).collect();
    if crate::number::long(rgba.len()) != pixels.saturating_mul(4) {
        return Err("JPEG 2000: size".into());
    }
    Ok(Bitmap::new(width, height, rgba))
}

fn to_rgba(pixel: &[u8], has_alpha: bool) -> [u8; 4] {
    match *pixel {
        [gray] => [gray, gray, gray, 255],
        [gray, alpha] if has_alpha => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] if has_alpha => [red, green, blue, alpha],
        [cyan, magenta, yellow, black, ..] => {
            let part = |ink: u8| u8::try_from(u16::from(255 - ink) * u16::from(255 - black) / 255).unwrap_or(0);
            [part(cyan), part(magenta), part(yellow), 255]
        }
        _ => [255; 4],
    }
}
