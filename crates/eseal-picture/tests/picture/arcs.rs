//! Text on arcs: every template, names of every length.

use std::fmt::Write as _;

use eseal_picture::{Centre, SealDesign, Segment, Shape, Template, Templates, VectorPath, VectorPicture, draw_with};
use tiny_skia::{FillRule, Mask, Path, PathBuilder, Transform};

/// Pixels a millimetre in which overlaps are looked for.
const FINENESS: f32 = 12.0;
/// A name of 40 characters, wide and dense ones among them.
const NAME: &str = "深圳市疆鑫囊国际（集团）股份有限责任公司繁圆露霸田区第八零一号营业部及新材料分公司";
const CODES: [&str; 3] = ["4403010000001", "91440300MA5EXAMPL0", "12345678901234567890"];

struct Drawn<'a> {
    template: &'a Template,
    label: String,
    /// The star, where the template has one.
    star: Option<VectorPath>,
    name: Vec<VectorPath>,
    lines: Vec<VectorPath>,
    code: Vec<VectorPath>,
}

impl<'a> Drawn<'a> {
    fn new(template: &'a Template, name: &str, code: Option<&str>) -> Self {
        let design = SealDesign {
            template: template.id.clone(),
            name: name.into(),
            lines: if template.id == "inv-40" { vec![CODES[1].into()] } else { Vec::new() },
            code: code.filter(|_| template.code.is_some()).map(Into::into),
            dpi: Some(72),
            ..SealDesign::default()
        };
        let picture = draw_with(template, &design).unwrap();
        let vector = VectorPicture::from_svg(picture.svg.as_bytes()).unwrap();
        let mut paths = vector.paths.into_iter();
        let rings = 1 + usize::from(template.inner_ring.is_some());
        assert_eq!(paths.by_ref().take(rings).count(), rings);
        let star = (template.centre == Centre::Star).then(|| paths.next().unwrap());
        let name_count = name.chars().count();
        let code_count = design.code.as_ref().map_or(0, |code| code.chars().count());
        let rest: Vec<_> = paths.collect();
        let (name_paths, rest) = rest.split_at(name_count);
        let (lines, code) = rest.split_at(rest.len() - code_count);
        let label = format!("{} with {name_count} characters, code of {code_count}", template.id);
        Self { template, label, star, name: name_paths.to_vec(), lines: lines.to_vec(), code: code.to_vec() }
    }

    /// How far the ink stays from the ring at the least, mm.
    fn room_to_ring(&self, path: &VectorPath) -> f64 {
        let inner = self.template.inner_ring.map_or(0.0, |ring| ring.gap_mm + ring.ring_mm);
        let inset = self.template.ring_mm + inner;
        let (a, b) = (self.template.width_mm / 2.0, self.template.height_mm / 2.0);
        let (inner_a, inner_b) = (a - inset, b - inset);
        points(path).map(|[x, y]| 1.0 - ((x - a) / inner_a).hypot((y - b) / inner_b)).fold(f64::INFINITY, f64::min)
            * inner_b
    }

    /// Ink that belongs to two shapes at once.
    fn overlaps(&self) -> String {
        let shapes = self.star.iter().chain(&self.name).chain(&self.lines).chain(&self.code);
        let (width, height) = (pixels(self.template.width_mm), pixels(self.template.height_mm));
        let mut owners = vec![usize::MAX; width * height];
        let mut found = String::new();
        for (number, shape) in shapes.enumerate() {
            let shape = outline(shape);
            let bounds = shape.bounds();
            let (left, top) = ((bounds.left() * FINENESS).floor(), (bounds.top() * FINENESS).floor());
            let side = |length: f32| (length * FINENESS).ceil() as u32 + 2;
            let mut mask = Mask::new(side(bounds.width()), side(bounds.height())).unwrap();
            let place = Transform::from_scale(FINENESS, FINENESS).post_translate(-left, -top);
            mask.fill_path(&shape, FillRule::Winding, false, place);
            let mut shared = 0;
            for (at, _) in mask.data().iter().enumerate().filter(|(_, covered)| **covered > 0) {
                let (x, y) = (at % mask.width() as usize + left as usize, at / mask.width() as usize + top as usize);
                let owner = &mut owners[y * width + x];
                shared += u32::from(*owner != usize::MAX);
                *owner = number;
            }
            if shared > 0 {
                let _ = write!(found, " shape {number} shares {shared} pixels;");
            }
        }
        found
    }
}

fn pixels(length_mm: f64) -> usize {
    (length_mm * f64::from(FINENESS)).ceil() as usize + 2
}

fn outline(path: &VectorPath) -> Path {
    let mut builder = PathBuilder::new();
    let f = |value: f64| value as f32;
    for segment in &path.segments {
        match *segment {
            Segment::Move([x, y]) => builder.move_to(f(x), f(y)),
            Segment::Line([x, y]) => builder.line_to(f(x), f(y)),
            Segment::Cubic([[ax, ay], [bx, by], [x, y]]) => builder.cubic_to(f(ax), f(ay), f(bx), f(by), f(x), f(y)),
            Segment::Close => builder.close(),
        }
    }
    builder.finish().unwrap()
}

/// Ends of the steps: the ink's corners, enough to see where it reaches.
fn points(path: &VectorPath) -> impl Iterator<Item = [f64; 2]> + '_ {
    path.segments.iter().filter_map(|segment| match *segment {
        Segment::Move(point) | Segment::Line(point) | Segment::Cubic([_, _, point]) => Some(point),
        Segment::Close => None,
    })
}

fn with_arcs() -> impl Iterator<Item = &'static Template> {
    Templates::shipped().iter().filter(|template| template.arc.is_some() && template.shape == Shape::Ellipse)
}

/// How far the characters stand apart and how far each is turned; all of them are the same, so ink is as good as places.
fn spacing(template: &Template, paths: &[VectorPath]) -> Vec<f64> {
    let (a, b) = (template.width_mm / 2.0, template.height_mm / 2.0);
    let middle = |path: &VectorPath| {
        let (mut count, mut sum) = (0.0, [0.0, 0.0]);
        for [x, y] in points(path) {
            (count, sum) = (count + 1.0, [sum[0] + x - a, sum[1] + y - b]);
        }
        sum.map(|sum| sum / count)
    };
    let turns: Vec<f64> = paths.iter().map(middle).map(|[x, y]| x.atan2(-y).to_degrees()).collect();
    turns.windows(2).map(|pair| (pair[1] - pair[0] + 360.0) % 360.0).collect()
}

#[test]
fn every_name_and_code_stays_within_the_ring_and_touches_nothing() {
    for template in with_arcs() {
        let gap = template.arc.unwrap().gap_mm;
        for count in 4..=40 {
            let name: String = NAME.chars().take(count).collect();
            let drawn = Drawn::new(template, &name, Some(CODES[count % CODES.len()]));
            assert_eq!((drawn.name.len(), drawn.overlaps()), (count, String::new()), "{}", drawn.label);
            for path in &drawn.name {
                assert!(drawn.room_to_ring(path) > 0.4 * gap, "{}: {}", drawn.label, drawn.room_to_ring(path));
            }
            let gap = template.code.map_or(0.0, |code| code.gap_mm);
            for path in &drawn.code {
                assert!(drawn.room_to_ring(path) > 0.8 * gap, "{}: {}", drawn.label, drawn.room_to_ring(path));
            }
            for path in drawn.lines.iter().chain(&drawn.star) {
                assert!(drawn.room_to_ring(path) > 0.5, "{}: {}", drawn.label, drawn.room_to_ring(path));
            }
        }
    }
}

#[test]
fn characters_on_a_circle_stand_at_equal_angles_and_symmetrically() {
    for template in with_arcs().filter(|template| template.width_mm == template.height_mm) {
        for count in 4..=40 {
            // Of a sign that is its own mirror image the ink's middle is that of its place.
            let drawn = Drawn::new(template, &"田".repeat(count), Some(&"8".repeat(count.min(20))));
            for paths in [&drawn.name, &drawn.code].into_iter().filter(|paths| !paths.is_empty()) {
                let steps = spacing(template, paths);
                let far = steps.iter().map(|step| (step - steps.first().unwrap()).abs()).fold(0.0, f64::max);
                assert!(far < 0.05, "{}: {steps:?}", drawn.label);
                let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
                for [x, _] in paths.iter().flat_map(points) {
                    (left, right) = (left.min(x), right.max(x));
                }
                let off = (left + right - template.width_mm).abs();
                assert!(off < 0.3, "{}: {off} mm off the axis", drawn.label);
            }
        }
    }
}

#[test]
fn a_long_name_leaves_the_code_its_place() {
    let template = Templates::shipped().find("co-38").unwrap();
    let name: String = NAME.chars().take(34).collect();
    let reach = |code: Option<&str>| {
        let drawn = Drawn::new(template, &name, code);
        points(drawn.name.first().unwrap()).map(|[_, y]| y).fold(0.0, f64::max)
    };
    assert!(reach(None) > reach(Some(CODES[0])) + 0.1, "without a code the name may reach further down");
}
