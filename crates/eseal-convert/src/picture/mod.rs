//! Pictures (图片): decoded once to know that they are whole, kept in their own form where both targets take it.

mod encode;
mod fit;
mod resolution;
mod tags;

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, metadata::Orientation};

use crate::{
    ConvertError, Limits, SourceType, WarningKind,
    page::{Content, Page},
    warning::Warnings,
};

use self::tags::Tags;

/// Largest side, in pixels: JPEG knows no larger one.
const SIDE_PIXELS: u32 = 65_535;
/// Bytes that one pixel takes at most while it is decoded: four channels of 16 bits, twice.
const BYTES_A_PIXEL: u64 = 16;

/// A picture in a form that PDF and OFD take.
pub(crate) struct Picture {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_jpeg: bool,
    pub(crate) width_px: u32,
    pub(crate) height_px: u32,
    /// How it must be turned to stand upright, as in EXIF: 1 to 8.
    pub(crate) orientation: u8,
}

impl Picture {
    /// What turns a unit square so that the picture stands upright: `(x, y) → (ax + cy + e, bx + dy + f)`, y downwards.
    pub(crate) const fn upright(&self) -> [f32; 6] {
        match self.orientation {
            2 => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
            3 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
            4 => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
            5 => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
            6 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
            7 => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
            8 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
            _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        }
    }

    /// Width and height as it is shown.
    fn shown_px(&self) -> (u32, u32) {
        if self.orientation >= 5 { (self.height_px, self.width_px) } else { (self.width_px, self.height_px) }
    }
}

/// One page for each picture of the file.
pub(crate) fn pages(
    bytes: Vec<u8>,
    source_type: SourceType,
    limits: &Limits,
    warnings: &mut Warnings,
) -> Result<Vec<Page>, ConvertError> {
    let mut loader = Loader { limits, warnings, pixels: 0 };
    match source_type {
        SourceType::Tiff => loader.tiff(bytes),
        _ => {
            let found = resolution::of(&bytes, source_type);
            let picture = loader.single(bytes, source_type)?;
            Ok(vec![page(picture, found, loader.warnings)])
        }
    }
}

fn page(picture: Picture, resolution: Option<resolution::DotsPerMm>, warnings: &mut Warnings) -> Page {
    let resolution = resolution.map(|found| if picture.orientation >= 5 { found.turned() } else { found });
    let sheet = fit::fit(picture.shown_px(), resolution);
    if sheet.is_guessed {
        warnings.add(WarningKind::PageBoxGuessed, "the picture does not tell its size on paper: fitted to A4");
    }
    Page { width_mm: sheet.width_mm, height_mm: sheet.height_mm, content: Content::Picture(picture, sheet.area) }
}

struct Loader<'a> {
    limits: &'a Limits,
    warnings: &'a mut Warnings,
    /// Of all pictures so far.
    pixels: u64,
}

impl Loader<'_> {
    fn single(&mut self, bytes: Vec<u8>, source_type: SourceType) -> Result<Picture, ConvertError> {
        let format = match source_type {
            SourceType::Png => ImageFormat::Png,
            SourceType::Jpeg => ImageFormat::Jpeg,
            _ => ImageFormat::Bmp,
        };
        let decoded = self.decode(&bytes, format)?;
        let is_kept = match format {
            ImageFormat::Png => true,
            ImageFormat::Jpeg => !decoded.is_cmyk, // readers disagree about which way round CMYK is
            _ => false,
        };
        if is_kept {
            let (width_px, height_px, orientation) =
                (decoded.image.width(), decoded.image.height(), decoded.orientation);
            return Ok(Picture { bytes, is_jpeg: format == ImageFormat::Jpeg, width_px, height_px, orientation });
        }
        encode::as_png(decoded.image, decoded.orientation)
    }

    /// A page for each picture of a TIFF; thumbnails and masks are none.
    fn tiff(&mut self, mut bytes: Vec<u8>) -> Result<Vec<Page>, ConvertError> {
        let directories = Tags::directories(&bytes, self.limits.pages)?;
        let mut pages = Vec::new();
        for tags in directories.iter().filter(|tags| tags.is_page()) {
            tags.make_first(&mut bytes); // the decoder reads the first directory only
            let decoded = self.decode(&bytes, ImageFormat::Tiff)?;
            let picture = encode::as_png(decoded.image, decoded.orientation)?;
            pages.push(page(picture, tags.resolution(), self.warnings));
        }
        if pages.is_empty() {
            return Err(ConvertError::Damaged { problem: "a TIFF without pictures".into() });
        }
        Ok(pages)
    }

    fn decode(&mut self, bytes: &[u8], format: ImageFormat) -> Result<Decoded, ConvertError> {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut bounds = image::Limits::default();
        bounds.max_image_width = Some(SIDE_PIXELS);
        bounds.max_image_height = Some(SIDE_PIXELS);
        bounds.max_alloc = Some(self.limits.pixels.saturating_mul(BYTES_A_PIXEL));
        reader.limits(bounds);
        let mut decoder = reader.into_decoder().map_err(|error| self.refused(&error))?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width).saturating_mul(u64::from(height));
        if pixels > self.limits.pixels {
            return Err(ConvertError::TooLarge { what: "pixels of a picture", limit: self.limits.pixels });
        }
        self.pixels = self.pixels.saturating_add(pixels);
        if self.pixels > self.limits.pixels_in_all {
            return Err(ConvertError::TooLarge { what: "pixels of all pictures", limit: self.limits.pixels_in_all });
        }
        let is_cmyk = decoder.original_color_type() == image::ExtendedColorType::Cmyk8;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms).to_exif();
        let image = DynamicImage::from_decoder(decoder).map_err(|error| self.refused(&error))?;
        Ok(Decoded { image, orientation, is_cmyk })
    }

    fn refused(&self, error: &ImageError) -> ConvertError {
        match error {
            ImageError::Limits(_) => ConvertError::TooLarge { what: "pixels of a picture", limit: self.limits.pixels },
            ImageError::Unsupported(problem) => ConvertError::UnsupportedFeature { what: problem.to_string() },
            other => ConvertError::Damaged { problem: other.to_string() },
        }
    }
}

struct Decoded {
    image: DynamicImage,
    orientation: u8,
    is_cmyk: bool,
}
