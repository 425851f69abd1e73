//! `AbbreviatedData` (图形轮廓数据), GB/T 33190 §9.1: S, M, L, Q, B, A and C.

use kurbo::{Arc, BezPath, Point, SvgArc, Vec2};

/// How far a curve may be from the arc it stands for, mm.
const TOLERANCE: f64 = 0.005;

/// Reads the data; what is left of it when something is not understood is the second value.
pub(crate) fn parse(data: &str) -> (BezPath, bool) {
    let mut path = BezPath::new();
    let mut words = data.split([' ', '\t', '\r', '\n', ',']).filter(|word| !word.is_empty()).peekable();
    let mut start = Point::ZERO;
    let mut at = Point::ZERO;
    let mut open = false;
    while let Some(word) = words.next() {
        let mut numbers = [0.0_f64; 7];
        let count = match word {
            "S" | "M" | "L" => 2,
            "Q" => 4,
            "B" => 6,
            "A" => 7,
            "C" | "Z" => 0,
            _ => return (path, false),
        };
        for slot in numbers.iter_mut().take(count) {
            let Some(number) = words.next().and_then(|word| word.parse().ok()) else { return (path, false) };
            if !(-1e6..=1e6).contains(&number) {
                return (path, false);
            }
            *slot = number;
        }
        let [a, b, c, d, e, f, g] = numbers;
        // Whatever follows a closed figure without a move begins where that figure began.
        if !matches!(word, "S" | "M" | "C" | "Z") && !open {
            path.move_to(at);
            start = at;
            open = true;
        }
        match word {
            "S" | "M" => {
                at = Point::new(a, b);
                start = at;
                path.move_to(at);
                open = true;
            }
            "L" => {
                at = Point::new(a, b);
                path.line_to(at);
            }
            "Q" => {
                at = Point::new(c, d);
                path.quad_to(Point::new(a, b), at);
            }
            "B" => {
                at = Point::new(e, f);
                path.curve_to(Point::new(a, b), Point::new(c, d), at);
            }
            "A" => {
                let to = Point::new(f, g);
                arc(&mut path, at, to, Vec2::new(a, b), c, d > 0.5, e > 0.5);
                at = to;
            }
            _ => {
                if open {
                    path.close_path();
                }
                open = false;
                at = start;
            }
        }
    }
    (path, true)
}

fn arc(path: &mut BezPath, from: Point, to: Point, radii: Vec2, turn: f64, large_arc: bool, sweep: bool) {
    let x_rotation = turn.to_radians();
    let radii = Vec2::new(radii.x.abs(), radii.y.abs());
    match Arc::from_svg_arc(&SvgArc { from, to, radii, x_rotation, large_arc, sweep }) {
        Some(arc) => arc.to_cubic_beziers(TOLERANCE, |a, b, c| path.curve_to(a, b, c)),
        None => path.line_to(to), // no radius: a straight line
    }
}

#[cfg(test)]
mod tests {
    use kurbo::Shape as _;

    use super::*;

    #[test]
    fn figures_have_the_size_that_their_data_says() {
        for (data, [x0, y0, x1, y1]) in [
            ("M 0 0 L 10 0 L 10 5 C", [0.0, 0.0, 10.0, 5.0]),
            ("S 1 1 L 2 2", [1.0, 1.0, 2.0, 2.0]),
            ("M 0 5 A 5 5 0 0 1 10 5 A 5 5 0 0 1 0 5 C", [0.0, 0.0, 10.0, 10.0]),
            ("M 0 0 Q 5 10 10 0", [0.0, 0.0, 10.0, 5.0]),
            ("M 0 0 B 0 4 10 4 10 0 C", [0.0, 0.0, 10.0, 3.0]),
            ("M 0 0 A 0 0 0 0 1 3 4", [0.0, 0.0, 3.0, 4.0]),
        ] {
            let (path, whole) = parse(data);
            let bounds = path.bounding_box();
            assert!(whole, "{data}");
            for (found, expected) in [(bounds.x0, x0), (bounds.y0, y0), (bounds.x1, x1), (bounds.y1, y1)] {
                assert!((found - expected).abs() < 0.01, "{data}: {bounds:?}");
            }
        }
    }

    #[test]
    fn broken_data_gives_what_comes_before_the_break() {
        for data in ["M 0 0 L 1 1 X", "M 0 0 L 1", "M 0 0 L 1e9 1", "M 0 0 L NaN 1", "Hello"] {
            let (path, whole) = parse(data);
            assert!(!whole && path.elements().len() <= 2, "{data}");
        }
        assert!(parse("C C C L 1 1").1);
    }
}
