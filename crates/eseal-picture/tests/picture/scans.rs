//! Seal pictures as they come from a scanner, and what is not one.

use std::io::Cursor;

use eseal_picture::{CleanError, Pixels, Scan, SealDesign, Warning, clean, decode_picture, draw};
use image::{ImageFormat, Rgb, RgbImage};

const WHITE: Rgb<u8> = Rgb([250, 248, 240]);

fn seal(dpi: u16) -> Pixels {
    let design = SealDesign {
        template: "co-40".into(),
        name: "深圳市示例科技有限公司".into(),
        code: Some("4403010000001".into()),
        dpi: Some(dpi),
        ..SealDesign::default()
    };
    decode_picture("png", &draw(&design).expect("drawn").png).expect("decoded")
}

/// A seal on paper, as a scanner or a telephone sees it.
struct Sheet {
    picture: RgbImage,
}

impl Sheet {
    /// The seal in the middle, `margin` pixels of paper around it.
    fn with(seal: &Pixels, margin: u32) -> Self {
        let mut picture = RgbImage::from_pixel(seal.width + 2 * margin, seal.height + 2 * margin, WHITE);
        for (at, pixel) in (0_u32..).zip(seal.rgba.chunks_exact(4)) {
            let spot = picture.get_pixel_mut(at % seal.width + margin, at / seal.width + margin);
            let share = f32::from(pixel[3]) / 255.0;
            for (paper, ink) in spot.0.iter_mut().zip(pixel) {
                *paper = (f32::from(*paper) * (1.0 - share) + f32::from(*ink) * share) as u8;
            }
        }
        Self { picture }
    }

    /// Grain of the paper, and light that falls from the left.
    fn worn(mut self) -> Self {
        let mut grain = 12_345_u32;
        let width = self.picture.width();
        for (x, _, pixel) in self.picture.enumerate_pixels_mut() {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (grain >> 24) as f32 / 255.0 * 16.0 - 8.0;
            let light = 1.0 - 0.35 * x as f32 / width as f32;
            for value in &mut pixel.0 {
                *value = (f32::from(*value) * light + noise).clamp(0.0, 255.0) as u8;
            }
        }
        self
    }

    /// Lines of black writing across.
    fn written(mut self) -> Self {
        let (width, height) = self.picture.dimensions();
        for line in (height / 8..height).step_by(height as usize / 8) {
            for x in width / 10..width * 9 / 10 {
                for y in line..(line + 3).min(height) {
                    self.picture.put_pixel(x, y, Rgb([20, 20, 24]));
                }
            }
        }
        self
    }

    /// A shadow with a hard edge over the right part.
    fn shaded(mut self) -> Self {
        let (width, height) = self.picture.dimensions();
        for (x, y, pixel) in self.picture.enumerate_pixels_mut() {
            if x + y * 2 / 5 > width * 3 / 4 || height == 0 {
                pixel.0 = pixel.0.map(|value| (f32::from(value) * 0.55) as u8);
            }
        }
        self
    }

    /// Lines of blue writing across, more ink than the seal has.
    fn full_of_blue(mut self) -> Self {
        let (width, height) = self.picture.dimensions();
        for y in (0..height).filter(|y| y % 40 < 8) {
            for x in (0..width).filter(|x| x % 60 < 52) {
                let pixel = self.picture.get_pixel_mut(x, y);
                let ink = [0.16, 0.24, 0.66];
                for (value, share) in pixel.0.iter_mut().zip(ink) {
                    *value = (f32::from(*value) * share) as u8;
                }
            }
        }
        self
    }

    fn encoded(&self, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        self.picture.write_to(&mut out, format).expect("encoded");
        out.into_inner()
    }
}

fn scan(bytes: &[u8]) -> Scan<'_> {
    Scan { bytes, width_mm: 40.0, height_mm: 40.0, color: None }
}

/// Of the pixels that are ink in either picture, how many are in both.
fn overlap(a: &Pixels, b: &Pixels) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let (mut both, mut either) = (0_u32, 0_u32);
    for (a, b) in a.rgba.chunks_exact(4).zip(b.rgba.chunks_exact(4)) {
        both += u32::from(a[3] > 127 && b[3] > 127);
        either += u32::from(a[3] > 127 || b[3] > 127);
    }
    f64::from(both) / f64::from(either)
}

#[test]
fn a_scanned_seal_comes_out_as_it_was_drawn() {
    let drawn = seal(300);
    for (name, sheet, format, least) in [
        ("clean paper", Sheet::with(&drawn, 30), ImageFormat::Png, 0.95),
        ("cropped already", Sheet::with(&drawn, 0), ImageFormat::Png, 0.95),
        ("photographed", Sheet::with(&drawn, 45).worn(), ImageFormat::Jpeg, 0.93),
        ("over writing", Sheet::with(&drawn, 45).written().worn(), ImageFormat::Jpeg, 0.90),
    ] {
        let bytes = sheet.encoded(format);
        let cleaned = clean(&scan(&bytes)).expect(name);
        let pixels = decode_picture("png", &cleaned.png).expect("a PNG");
        assert_eq!((cleaned.width_mm, cleaned.height_mm), (40.0, 40.0), "{name}");
        assert_eq!((pixels.width, pixels.height), (drawn.width, drawn.height), "{name}: cropped to the ring");
        assert_eq!(pixels.rgba[3], 0, "{name}: the corner is transparent");
        let found = overlap(&drawn, &pixels);
        assert!(found > least, "{name}: {found}");
        let red = u8::from_str_radix(&cleaned.color[1..3], 16).expect("red");
        let green = u8::from_str_radix(&cleaned.color[3..5], 16).expect("green");
        assert!(red > 170 && green < 90, "{name}: {}", cleaned.color);
        let has_other = cleaned.warnings.iter().any(|warning| matches!(warning, Warning::OtherInk { .. }));
        assert_eq!(has_other, name == "over writing", "{name}: {:?}", cleaned.warnings);
        if name == "cropped already" {
            assert_eq!(cleaned.png, clean(&scan(&bytes)).expect(name).png, "the same bytes again");
        }
    }
}

#[test]
fn shadows_and_writing_all_over_take_no_more_of_the_seal_than_they_cover() {
    let drawn = seal(300);
    for (name, sheet, least) in [
        ("shadow", Sheet::with(&drawn, 45).shaded(), 0.93),
        ("blue writing", Sheet::with(&drawn, 45).full_of_blue(), 0.72), // a sixth of the seal is covered
    ] {
        let cleaned = clean(&scan(&sheet.encoded(ImageFormat::Png))).expect(name);
        let pixels = decode_picture("png", &cleaned.png).expect("a PNG");
        let found = overlap(&drawn, &pixels);
        assert!(found > least, "{name}: {found}");
        let has_other = cleaned.warnings.iter().any(|warning| matches!(warning, Warning::OtherInk { .. }));
        assert!(has_other, "{name}: {:?}", cleaned.warnings);
    }
}

#[test]
fn the_small_digits_of_a_code_outlive_jpeg_and_faint_ink() {
    let drawn = seal(300);
    let digits = |pixels: &Pixels| {
        // Below the name, inside the ring: nothing but the code.
        let (width, height) = (pixels.width as usize, pixels.height as usize);
        let inside = |x: usize, y: usize| {
            let (dx, dy) = (x as f64 / width as f64 - 0.5, y as f64 / height as f64 - 0.5);
            dy > 0.38 && dx.hypot(dy) < 0.47
        };
        let ink = |at: &usize| pixels.rgba[at * 4 + 3] > 127 && inside(at % width, at / width);
        (0..width * height).filter(ink).count() as f64
    };
    let mut faint = Sheet::with(&drawn, 45);
    faint.picture.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|value| (130.0 + f32::from(value) * 0.48) as u8));
    let worst = |sheet: Sheet| {
        let mut out = Cursor::new(Vec::new());
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 25);
        sheet.picture.write_with_encoder(encoder).expect("encoded");
        out.into_inner()
    };
    for (name, bytes) in [("JPEG", worst(Sheet::with(&drawn, 45))), ("faint", faint.worn().encoded(ImageFormat::Jpeg))]
    {
        let cleaned = clean(&scan(&bytes)).expect(name);
        let share = digits(&decode_picture("png", &cleaned.png).expect("a PNG")) / digits(&drawn);
        assert!((0.6..1.6).contains(&share), "{name}: {share} of the code's ink");
    }
}

#[test]
fn the_colour_asked_for_is_the_colour_that_comes() {
    let bytes = Sheet::with(&seal(300), 30).encoded(ImageFormat::Png);
    let cleaned = clean(&Scan { color: Some("#E60012"), ..scan(&bytes) }).expect("cleaned");
    assert_eq!(cleaned.color, "#e60012");
    let pixels = decode_picture("png", &cleaned.png).expect("a PNG");
    assert!(pixels.rgba.chunks_exact(4).all(|pixel| pixel[..3] == [0xe6, 0, 0x12]));
}

#[test]
fn what_a_human_should_look_at_is_said() {
    let coarse = Sheet::with(&seal(120), 10).encoded(ImageFormat::Png);
    let found = clean(&scan(&coarse)).expect("cleaned").warnings;
    assert!(matches!(found[..], [Warning::Coarse { dpi: 110..=130 }]), "{found:?}");

    let round = Sheet::with(&seal(300), 20).encoded(ImageFormat::Png);
    let found = clean(&Scan { height_mm: 30.0, ..scan(&round) }).expect("cleaned");
    assert!(matches!(found.warnings[..], [Warning::Proportions { .. }]), "{:?}", found.warnings);
    let pixels = decode_picture("png", &found.png).expect("a PNG");
    assert!(pixels.width > pixels.height, "the canvas has the stated proportions, the seal is not stretched");
}

#[test]
fn dust_is_no_part_of_a_seal() {
    let drawn = seal(300);
    let mut sheet = Sheet::with(&drawn, 60);
    for x in 3..6 {
        sheet.picture.put_pixel(x, 4, Rgb([220, 10, 20]));
    }
    let cleaned = clean(&scan(&sheet.encoded(ImageFormat::Png))).expect("cleaned");
    let found = overlap(&drawn, &decode_picture("png", &cleaned.png).expect("a PNG"));
    assert!(found > 0.95, "cropped to the seal, not to the dust: {found}");
}

#[test]
fn what_is_no_scanned_seal_is_refused() {
    let encoded = |color| Sheet { picture: RgbImage::from_pixel(400, 400, color) }.encoded(ImageFormat::Png);
    let blank = encoded(WHITE);
    assert!(matches!(clean(&scan(&blank)), Err(CleanError::NoInk)));
    let mut dark = RgbImage::from_pixel(400, 400, Rgb([200, 0, 10]));
    (0..400).for_each(|x| dark.put_pixel(x, 0, WHITE));
    let dark = Sheet { picture: dark }.encoded(ImageFormat::Png);
    assert!(matches!(clean(&scan(&dark)), Err(CleanError::AllInk | CleanError::NoInk)));
    assert!(matches!(clean(&scan(b"no picture")), Err(CleanError::Decode(_))));
    assert!(matches!(clean(&scan(&vec![0; 6 << 20])), Err(CleanError::TooLarge { .. })));
    for width_mm in [0.0, 3.0, 500.0, f64::NAN] {
        assert!(matches!(clean(&Scan { width_mm, ..scan(&blank) }), Err(CleanError::Size { .. })), "{width_mm}");
    }
    assert!(matches!(clean(&Scan { color: Some("red"), ..scan(&blank) }), Err(CleanError::Color)));
}
