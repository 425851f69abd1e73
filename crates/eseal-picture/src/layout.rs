//! 排版: a design on a template becomes filled shapes, in mm from the upper left corner.

use std::f64::consts::PI;

use tiny_skia::{FillRule, Path, PathBuilder, Rect};

use crate::{
    arc::{Ellipse, Point},
    design::{DrawError, SealDesign, Warning},
    glyph::{Fonts, OwnFonts, Place, Source, single},
    template::{Arc, Centre, Grid, Line, Order, Shape, Template},
};

/// Characters narrower than this share of their height are hard to read.
const DENSE: f64 = 0.42;
/// A character on an arc leaves this share of its place blank.
const AIR: f64 = 0.1;
/// Of the way between the feet of neighbours a character takes at most this: strokes reach a little out of its body.
const FEET: f64 = 0.96;
/// Between the ends of the name and those of the code, mm.
const PARTING_MM: f64 = 0.6;
/// Short names are not torn apart further than this many heights from middle to middle.
const WIDEST_PITCH: f64 = 1.3;

/// A filled outline.
pub(crate) struct Filled {
    pub(crate) path: Path,
    pub(crate) rule: FillRule,
}

/// All of the picture.
pub(crate) struct Drawing {
    pub(crate) shapes: Vec<Filled>,
    pub(crate) warnings: Vec<Warning>,
}

/// Puts ring, centre and texts in their places.
pub(crate) fn lay_out(template: &Template, design: &SealDesign, fonts: &OwnFonts<'_>) -> Result<Drawing, DrawError> {
    let mut sheet = Sheet {
        template,
        fonts: Fonts::serif(fonts),
        digits: Fonts::sans(),
        shapes: Vec::new(),
        warnings: Vec::new(),
        arc: None,
    };
    sheet.ring()?;
    sheet.centre()?;
    if let Some(grid) = &template.grid {
        sheet.grid(grid, &padded(&design.name))?;
    }
    if let Some(arc) = &template.arc {
        let code = template.code.as_ref().zip(design.code.as_ref());
        let taken = code.map_or(0.0, |(arc, code)| sheet.code_reach_deg(arc, characters(code).len()));
        sheet.upper_arc(arc, &characters(&design.name), taken)?;
    }
    for (index, line) in template.lines.iter().enumerate() {
        let text = design.lines.get(index).unwrap_or(&line.text);
        sheet.line(line, &characters(text));
    }
    if let (Some(arc), Some(code)) = (&template.code, &design.code) {
        sheet.lower_arc(arc, &characters(code))?;
    }
    Ok(Drawing { shapes: sheet.shapes, warnings: sheet.warnings })
}

/// 补字: three characters are padded with 印, two with 之印.
fn padded(name: &str) -> Vec<char> {
    let mut characters = characters(name);
    match characters.len() {
        2 => characters.extend(['之', '印']),
        1 | 3 => characters.push('印'),
        _ => {}
    }
    characters
}

fn characters(text: &str) -> Vec<char> {
    text.chars().filter(|character| !character.is_whitespace() && !character.is_control()).collect()
}

struct Sheet<'a> {
    template: &'a Template,
    fonts: Fonts<'a>,
    digits: Fonts<'a>,
    shapes: Vec<Filled>,
    warnings: Vec<Warning>,
    /// What the text on the upper arc leaves free inside, once it stands.
    arc: Option<Inside>,
}

/// The room inside the text of an arc.
struct Inside {
    /// The line of the feet.
    feet: Ellipse,
    /// How far below the centre the text reaches.
    lowest: f64,
}

impl Sheet<'_> {
    fn half(&self) -> (f64, f64) {
        (self.template.width_mm / 2.0, self.template.height_mm / 2.0)
    }

    /// How much the rings take from each side.
    fn inside(&self) -> f64 {
        self.template.ring_mm + self.template.inner_ring.map_or(0.0, |inner| inner.gap_mm + inner.ring_mm)
    }

    fn error(&self) -> DrawError {
        DrawError::Geometry(self.template.id.clone())
    }

    fn ring(&mut self) -> Result<(), DrawError> {
        self.frame(0.0, self.template.ring_mm)?;
        if let Some(inner) = self.template.inner_ring {
            self.frame(self.template.ring_mm + inner.gap_mm, inner.ring_mm)?;
        }
        Ok(())
    }

    /// The outline, `inset` from the edge and `thick`.
    fn frame(&mut self, inset: f64, thick: f64) -> Result<(), DrawError> {
        if thick <= 0.0 {
            return Ok(());
        }
        let mut builder = PathBuilder::new();
        for inset in [inset, inset + thick] {
            let (width, height) = (self.template.width_mm, self.template.height_mm);
            let rect = Rect::from_ltrb(single(inset), single(inset), single(width - inset), single(height - inset))
                .ok_or_else(|| self.error())?;
            match self.template.shape {
                Shape::Ellipse => builder.push_oval(rect),
                Shape::Rectangle => builder.push_rect(rect),
            }
        }
        self.push(builder.finish(), FillRule::EvenOdd);
        Ok(())
    }

    fn centre(&mut self) -> Result<(), DrawError> {
        match self.template.centre {
            Centre::None => {}
            Centre::Emblem | Centre::HammerSickle => self.warnings.push(Warning::EmblemMissing),
            Centre::Star => {
                let radius = self.template.star_tip_mm.ok_or_else(|| self.error())? / 2.0;
                let (x, y) = self.half();
                self.push(star(x, y, radius), FillRule::Winding);
            }
        }
        Ok(())
    }

    /// The name, left to right over the top, feet towards the centre; `taken_deg` on each side of the bottom are not free.
    fn upper_arc(&mut self, arc: &Arc, text: &[char], taken_deg: f64) -> Result<(), DrawError> {
        let (a, b) = self.half();
        let depth = self.inside() + arc.gap_mm + arc.height_mm / 2.0;
        let middle = Ellipse { a: a - depth, b: b - depth };
        let feet = Ellipse { a: middle.a - arc.height_mm / 2.0, b: middle.b - arc.height_mm / 2.0 };
        if feet.a <= 0.0 || feet.b <= 0.0 {
            return Err(self.error());
        }
        let fit = Fit::new(arc, text.len(), &middle, 180.0 - taken_deg);
        if fit.width <= 0.0 {
            return Err(self.error());
        }
        if fit.width < DENSE * arc.height_mm {
            self.warnings.push(Warning::TooDense { percent: percent(fit.width / arc.height_mm) });
        }
        let points = middle.points(text.len(), fit.pitch);
        let lowest = points.last().map_or(0.0, |point| point.y + fit.width / 2.0);
        self.arc = Some(Inside { feet, lowest });
        for (point, &character) in points.iter().zip(text) {
            self.character(
                character,
                &Place {
                    x: a + point.x,
                    y: b + point.y,
                    width: fit.width,
                    height: arc.height_mm,
                    turn_deg: point.normal_deg,
                },
            );
        }
        Ok(())
    }

    /// The line that the digits of the code stand on, and how far apart they are along it.
    fn code_line(&self, arc: &Arc, count: usize) -> (Ellipse, f64) {
        let (a, b) = self.half();
        let depth = self.inside() + arc.gap_mm + arc.height_mm / 2.0;
        let middle = Ellipse { a: a - depth, b: b - depth };
        let gaps = f64::from(u32::try_from(count.saturating_sub(1).max(1)).unwrap_or(u32::MAX));
        let pitch = (middle.length(arc.span_deg) / gaps).min(arc.height_mm * WIDEST_PITCH);
        (middle, pitch)
    }

    /// How far to each side of the bottom the code reaches, with some air.
    fn code_reach_deg(&self, arc: &Arc, count: usize) -> f64 {
        let (middle, pitch) = self.code_line(arc, count);
        let half = pitch * f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / 2.0 + PARTING_MM;
        middle.angle_deg_at(half)
    }

    /// The code, left to right through the bottom, so anticlockwise, heads towards the centre.
    fn lower_arc(&mut self, arc: &Arc, text: &[char]) -> Result<(), DrawError> {
        let (a, b) = self.half();
        let (middle, pitch) = self.code_line(arc, text.len());
        if middle.a <= 0.0 || middle.b <= 0.0 {
            return Err(self.error());
        }
        // Here the heads are on the shorter side, and digits have air of their own.
        let width = (arc.height_mm * arc.width_ratio).min(pitch * (1.0 - AIR));
        for (point, &character) in middle.points(text.len(), pitch).iter().zip(text) {
            self.character(
                character,
                &Place { x: a + point.x, y: b - point.y, width, height: arc.height_mm, turn_deg: -point.normal_deg },
            );
        }
        Ok(())
    }

    fn line(&mut self, line: &Line, text: &[char]) {
        let (x, y) = self.half();
        let count = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
        let pitch = line.width_mm.min(self.room(line) / count.max(1.0));
        if pitch < DENSE * line.height_mm && text.iter().any(|character| !character.is_ascii()) {
            self.warnings.push(Warning::TooDense { percent: percent(pitch / line.height_mm) });
        }
        let mut middle = x - pitch * (count - 1.0) / 2.0;
        for &character in text {
            self.character(
                character,
                &Place {
                    x: middle,
                    y: y + line.top_below_centre_mm + line.height_mm / 2.0,
                    width: pitch * (1.0 - AIR),
                    height: line.height_mm,
                    turn_deg: 0.0,
                },
            );
            middle += pitch;
        }
    }

    /// How long a line may be that touches neither the text on the arc nor the ring.
    fn room(&self, line: &Line) -> f64 {
        const SHARE: f64 = 0.95; // the rest is air
        let (x, y) = self.half();
        let ring = Ellipse { a: x - self.inside(), b: y - self.inside() };
        let (top, bottom) = (line.top_below_centre_mm, line.top_below_centre_mm + line.height_mm);
        let within_ring = ring.chord(top).min(ring.chord(bottom));
        let beside_arc = self.arc.as_ref().filter(|inside| top < inside.lowest);
        let within_arc =
            beside_arc.map(|inside| inside.feet.chord(top).min(inside.feet.chord(bottom.min(inside.lowest))));
        within_ring.min(within_arc.unwrap_or(f64::INFINITY)) * SHARE
    }

    /// Columns from right to left, characters from top to bottom.
    fn grid(&mut self, grid: &Grid, text: &[char]) -> Result<(), DrawError> {
        let count = u32::try_from(text.len()).unwrap_or(u32::MAX).max(1);
        let columns = match grid.order {
            Order::Square => (1_u32..).find(|side| side * side >= count).unwrap_or(1),
            Order::Row => count,
            Order::Column => 1,
        };
        let rows = count.div_ceil(columns);
        let inset = self.inside() + grid.margin_mm;
        let cell =
            |whole: f64, parts: u32| (whole - 2.0 * inset - grid.gap_mm * f64::from(parts - 1)) / f64::from(parts);
        let (width, height) = (cell(self.template.width_mm, columns), cell(self.template.height_mm, rows));
        if width <= 0.0 || height <= 0.0 {
            return Err(self.error());
        }
        for (index, &character) in (0_u32..).zip(text) {
            let (column, row) = match grid.order {
                Order::Row => (index, 0),
                Order::Square | Order::Column => (columns - 1 - index / rows, index % rows),
            };
            self.character(
                character,
                &Place {
                    x: inset + width / 2.0 + f64::from(column) * (width + grid.gap_mm),
                    y: inset + height / 2.0 + f64::from(row) * (height + grid.gap_mm),
                    width,
                    height,
                    turn_deg: 0.0,
                },
            );
        }
        Ok(())
    }

    fn character(&mut self, character: char, place: &Place) {
        let fonts = if character.is_ascii_alphanumeric() { &self.digits } else { &self.fonts };
        let glyph = fonts.glyph(character);
        let warning = match glyph.source {
            Source::Usual => None,
            Source::Last => Some(Warning::OtherFont(character)),
            Source::Missing => Some(Warning::MissingGlyph(character)),
        };
        self.warnings.extend(warning.filter(|warning| !self.warnings.contains(warning)));
        self.push(glyph.placed(place), FillRule::Winding);
    }

    fn push(&mut self, path: Option<Path>, rule: FillRule) {
        self.shapes.extend(path.map(|path| Filled { path, rule }));
    }
}

/// How far apart and how wide the characters on an arc are.
struct Fit {
    /// Along the middle line.
    pitch: f64,
    width: f64,
}

impl Fit {
    /// Wide characters if there is room; then condensed ones; then a longer arc.  All of it stays within `reach_deg` to
    /// each side of the top.
    fn new(arc: &Arc, count: usize, middle: &Ellipse, reach_deg: f64) -> Self {
        let gaps = f64::from(u32::try_from(count.saturating_sub(1).max(1)).unwrap_or(u32::MAX));
        let at = |span: f64| {
            let pitch = (middle.length(span) / gaps).min(arc.height_mm * WIDEST_PITCH);
            // The feet stand closer together than the middles, closest where the ring bends most: they decide the width.
            let feet = closest_feet(&middle.points(count, pitch), arc.height_mm / 2.0);
            // Feet may touch the neighbour's air, hence the mean of both lines.
            let width = ((feet.min(pitch) + pitch) / 2.0 * (1.0 - AIR)).min(feet * FEET);
            Self { pitch, width: width.min(arc.height_mm * arc.width_ratio) }
        };
        // The outer half of the last character is beyond the span.
        let beyond = middle.angle_deg_at(at(arc.widest_span_deg.max(arc.span_deg)).width / 2.0);
        let within = |span: f64| span.min(2.0 * (reach_deg - beyond)).max(0.0);
        let usual = at(within(arc.span_deg));
        if usual.width < DENSE * arc.height_mm { at(within(arc.widest_span_deg.max(arc.span_deg))) } else { usual }
    }
}

/// The shortest way between the feet of neighbours, `depth` below the points, along the line that both lean on.
fn closest_feet(points: &[Point], depth: f64) -> f64 {
    let foot = |point: &Point| {
        let (sin, cos) = point.normal_deg.to_radians().sin_cos();
        (point.x - depth * sin, point.y + depth * cos)
    };
    let between = |pair: &[Point]| {
        let [one, other] = pair else { return f64::INFINITY };
        let ((x, y), (to_x, to_y)) = (foot(one), foot(other));
        let turn = ((other.normal_deg - one.normal_deg + 540.0) % 360.0 - 180.0).to_radians();
        (to_x - x).hypot(to_y - y) / (turn / 2.0).cos()
    };
    points.windows(2).map(between).fold(f64::INFINITY, f64::min)
}

/// 五角星: one tip up.
fn star(x: f64, y: f64, radius: f64) -> Option<Path> {
    // The inner corners of a regular star lie where its sides cross: r·cos 72° / cos 36°.
    let inner = radius * (PI * 0.4).cos() / (PI * 0.2).cos();
    let mut builder = PathBuilder::new();
    for corner in 0..10_u32 {
        let length = if corner % 2 == 0 { radius } else { inner };
        let (sin, cos) = (f64::from(corner) * PI / 5.0).sin_cos();
        let (x, y) = (single(x + length * sin), single(y - length * cos));
        if corner == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
    }
    builder.close();
    builder.finish()
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
fn percent(share: f64) -> u8 {
    (share * 100.0).clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_padded_to_four() {
        let cases = [("王明", "王明之印"), ("王小明", "王小明印"), ("欧阳小明", "欧阳小明"), ("王 明", "王明之印")];
        for (name, want) in cases {
            assert_eq!(padded(name).iter().collect::<String>(), want);
        }
    }

    #[test]
    fn a_star_has_its_tips_on_the_circle() {
        let bounds = star(10.0, 10.0, 7.0).unwrap().bounds();
        assert!((bounds.top() - 3.0).abs() < 1e-4 && (bounds.width() - 14.0 * 72_f32.to_radians().sin()).abs() < 1e-3);
    }
}
