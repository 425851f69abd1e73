//! 去噪: dust, and writing beside the seal that is too small to be part of it.

use image::GrayImage;

/// From this opacity on a pixel is ink and not its edge.
pub(crate) const SOLID: u8 = 96;
/// How far an edge reaches from solid ink, in pixels.
const EDGE: i64 = 2;

/// Whether a solid pixel belongs to a large enough piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unseen,
    Kept,
    Removed,
}

/// Takes away pieces of ink with fewer than `least` pixels, and edges without ink beside them.
pub(crate) fn remove(mask: &mut GrayImage, least: f64) {
    let width = i64::from(mask.width());
    let height = i64::from(mask.height());
    let at = |x: i64, y: i64| {
        let inside = (0..width).contains(&x) && (0..height).contains(&y);
        if inside { usize::try_from(y * width + x).ok() } else { None }
    };
    let solid: Vec<bool> = mask.pixels().map(|pixel| pixel.0 >= [SOLID]).collect();
    let mut states = vec![State::Unseen; solid.len()];
    let mut piece = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let unseen = |states: &[State], place: usize| {
                solid.get(place) == Some(&true) && states.get(place) == Some(&State::Unseen)
            };
            let Some(start) = at(x, y).filter(|start| unseen(&states, *start)) else { continue };
            // Everything that hangs together with this pixel; `piece` is list and queue in one.
            piece.clear();
            piece.push((x, y));
            mark(&mut states, start, State::Kept);
            let mut next = 0;
            while let Some(&(x, y)) = piece.get(next) {
                next += 1;
                for (dx, dy) in NEIGHBOURS {
                    if let Some(place) = at(x + dx, y + dy).filter(|place| unseen(&states, *place)) {
                        mark(&mut states, place, State::Kept);
                        piece.push((x + dx, y + dy));
                    }
                }
            }
            if u32::try_from(piece.len()).is_ok_and(|len| f64::from(len) < least) {
                for (x, y) in &piece {
                    if let Some(place) = at(*x, *y) {
                        mark(&mut states, place, State::Removed);
                    }
                }
            }
        }
    }
    for (x, y, pixel) in mask.enumerate_pixels_mut() {
        if pixel.0 == [0] {
            continue;
        }
        let near = |dx: i64, dy: i64| {
            at(i64::from(x) + dx, i64::from(y) + dy).is_some_and(|place| states.get(place) == Some(&State::Kept))
        };
        if !(-EDGE..=EDGE).any(|dy| (-EDGE..=EDGE).any(|dx| near(dx, dy))) {
            pixel.0 = [0];
        }
    }
}

const NEIGHBOURS: [(i64, i64); 8] = [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)];

fn mark(states: &mut [State], place: usize, state: State) {
    if let Some(slot) = states.get_mut(place) {
        *slot = state;
    }
}
