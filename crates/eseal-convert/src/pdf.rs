//! Pages as PDF (写 PDF).

use eseal_picture::{Segment, VectorPath};
use krilla::{
    Data, Document, SerializeSettings,
    color::rgb,
    configure::{Archival, ConfigurationBuilder},
    error::KrillaError,
    geom::{PathBuilder, Point, Size, Transform},
    image::Image,
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};

use crate::{
    ConvertError, font,
    page::{Area, Content, Line, Page},
    picture::Picture,
};

const POINTS_PER_MM: f32 = 72.0 / 25.4;

/// The document; the same pages give the same bytes.
pub(crate) fn write(pages: Vec<Page>, title: Option<&str>, archival: bool) -> Result<Vec<u8>, ConvertError> {
    let failed = |problem: &str| ConvertError::Write(problem.to_owned());
    let builder = ConfigurationBuilder::new();
    let builder = if archival { builder.with_archival_validator(Archival::A2_B) } else { builder };
    let configuration = builder.finish().map_err(|error| ConvertError::Write(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let metadata = Metadata::new().language("zh-CN".to_owned()).producer("eseal".to_owned());
    // A PDF/A must state when it was made; the same file gives the same bytes, so that it is no time of day.
    let metadata = if archival { metadata.creation_date(DateTime::new(1970).month(1).day(1)) } else { metadata };
    document.set_metadata(match title {
        Some(title) => metadata.title(title.to_owned()),
        None => metadata,
    });
    let mut face = None;
    for page in pages {
        let (width, height) = (page.width_mm * POINTS_PER_MM, page.height_mm * POINTS_PER_MM);
        let settings = PageSettings::from_wh(width, height).ok_or_else(|| failed("a page without area"))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        match page.content {
            Content::Lines(lines) => {
                let opened = face.take().or_else(|| Font::new(Data::from(font::BYTES.to_vec()), 0));
                let opened = opened.ok_or_else(|| failed("the shipped font cannot be read"))?;
                lines.iter().for_each(|line| draw_line(&mut surface, line, &opened));
                face = Some(opened);
            }
            Content::Picture(picture, area) => draw_picture(&mut surface, picture, area)?,
            Content::Shapes(paths) => paths.iter().for_each(|path| draw_shape(&mut surface, path)),
        }
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|error| match error {
        KrillaError::Validation(problems) => {
            let reason = problems.first().map(|(problem, _)| format!("{problem:?}")).unwrap_or_default();
            ConvertError::NotArchival { reason }
        }
        other => ConvertError::Write(format!("{other:?}")),
    })
}

fn draw_line(surface: &mut Surface<'_>, line: &Line, face: &Font) {
    let mut text = String::new();
    let glyphs: Vec<KrillaGlyph> = line
        .letters
        .iter()
        .map(|letter| {
            let start = text.len();
            text.push(letter.character);
            KrillaGlyph {
                glyph_id: GlyphId::new(u32::from(letter.glyph)),
                text_range: start..text.len(),
                x_advance: letter.advance_mm / line.size_mm,
                x_offset: 0.0,
                y_offset: 0.0,
                y_advance: 0.0,
                location: None,
            }
        })
        .collect();
    let start = Point::from_xy(line.left_mm * POINTS_PER_MM, line.baseline_mm * POINTS_PER_MM);
    surface.draw_glyphs(start, &glyphs, face.clone(), &text, line.size_mm * POINTS_PER_MM, false);
}

fn draw_picture(surface: &mut Surface<'_>, picture: Picture, area: Area) -> Result<(), ConvertError> {
    let (left, top) = (area.left_mm * POINTS_PER_MM, area.top_mm * POINTS_PER_MM);
    let (width, height) = (area.width_mm * POINTS_PER_MM, area.height_mm * POINTS_PER_MM);
    let [a, b, c, d, e, f] = picture.upright();
    let place = Transform::from_row(a * width, b * height, c * width, d * height, e * width + left, f * height + top);
    let is_jpeg = picture.is_jpeg;
    let data = Data::from(picture.bytes);
    let image = if is_jpeg { Image::from_jpeg(data, false) } else { Image::from_png(data, false) };
    let image = image.map_err(|problem| ConvertError::UnsupportedFeature { what: problem })?;
    let unit = Size::from_wh(1.0, 1.0).ok_or_else(|| ConvertError::Write("a unit square".into()))?;
    surface.push_transform(&place);
    surface.draw_image(image, unit);
    surface.pop();
    Ok(())
}

fn draw_shape(surface: &mut Surface<'_>, path: &VectorPath) {
    let [red, green, blue] = path.fill;
    surface.set_fill(Some(Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::new(f32::from(path.alpha) / 255.0).unwrap_or(NormalizedF32::ONE),
        rule: if path.even_odd { FillRule::EvenOdd } else { FillRule::NonZero },
    }));
    let mut outline = PathBuilder::new();
    for segment in &path.segments {
        match *segment {
            Segment::Move(to) => {
                let [x, y] = points(to);
                outline.move_to(x, y);
            }
            Segment::Line(to) => {
                let [x, y] = points(to);
                outline.line_to(x, y);
            }
            Segment::Cubic([first, second, to]) => {
                let ([x1, y1], [x2, y2], [x, y]) = (points(first), points(second), points(to));
                outline.cubic_to(x1, y1, x2, y2, x, y);
            }
            Segment::Close => outline.close(),
        }
    }
    if let Some(outline) = outline.finish() {
        surface.draw_path(&outline);
    }
}

/// Millimetres as points.
#[expect(clippy::cast_possible_truncation, reason = "a few metres in points need no more than 24 bits")]
fn points(place: [f64; 2]) -> [f32; 2] {
    place.map(|mm| (mm * 72.0 / 25.4) as f32)
}
