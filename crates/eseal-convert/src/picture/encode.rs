//! Pictures that neither PDF nor OFD takes as they are become PNG (转为 PNG), without loss for eight bits a channel.

use image::{
    DynamicImage, ExtendedColorType, ImageEncoder,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};

use super::Picture;
use crate::ConvertError;

/// The picture as PNG with eight bits a channel.
pub(super) fn as_png(image: DynamicImage, orientation: u8) -> Result<Picture, ConvertError> {
    let (width_px, height_px) = (image.width(), image.height());
    let (pixels, color) = match (image.color().has_alpha(), image.color().has_color()) {
        (true, _) => (image.into_rgba8().into_raw(), ExtendedColorType::Rgba8),
        (false, true) => (image.into_rgb8().into_raw(), ExtendedColorType::Rgb8),
        (false, false) => (image.into_luma8().into_raw(), ExtendedColorType::L8),
    };
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
        .write_image(&pixels, width_px, height_px, color)
        .map_err(|error| ConvertError::Write(error.to_string()))?;
    Ok(Picture { bytes, is_jpeg: false, width_px, height_px, orientation })
}
