//! 墨与纸: telling ink from paper under uneven light.

use crate::decode::Pixels;

/// Tiles a side: small against a shadow, large against a stroke.
const TILES: usize = 16;
/// This share of a tile's pixels may be brighter than what counts as its paper.
const GLARE: u32 = 10;
/// Paper darker than this is not paper: a level that no division blows up at.
const DARKEST_PAPER: f32 = 60.0;
/// Less ink than this is paper that is not quite even.
const FAINT: f32 = 0.12;
/// As much ink as this is ink altogether, where the seal is not faint.
const FULL: f32 = 0.45;
/// The same of the faintest seal: twice what uneven paper has.
const FULL_OF_FAINT: f32 = 0.24;
/// Ink altogether is this share of what most of the seal's ink takes.
const FULL_SHARE: f32 = 0.55;
/// From here on a pixel counts when kinds of ink are compared.
const STRONG: f32 = 0.35;
/// Red ink takes at most this share of its green and blue from the red light.
const RED_SHARE: f32 = 0.6;
/// The same of red ink whose color ran out, as JPEG makes it of thin strokes: its neighbourhood must be red.
const BROWN_SHARE: f32 = 0.85;
/// From here on a pixel is red whatever light falls on it.
const IN_SHADOW: f32 = 0.5;
/// Where less red light than this comes back, colors are noise.
const DARK: f32 = 0.25;
/// How far JPEG lets colors run at 2 × 2 pixels a color.
const RUN: usize = 2;
/// A seal is red if this share of all ink is: there may be much more writing than seal.
const RED_OF_ALL: f64 = 0.15;

/// 纸: brightness of the paper, tile by tile.
pub(crate) struct Paper {
    levels: Vec<[f32; 3]>,
    tile: (f32, f32),
}

impl Paper {
    /// Takes the bright end of each tile, and the brightest of its neighbours where a tile is full of ink.
    pub(crate) fn of(pixels: &Pixels) -> Self {
        let (width, height) = (size(pixels.width), size(pixels.height));
        let tile = (width.div_ceil(TILES).max(1), height.div_ceil(TILES).max(1));
        let mut counts = vec![[[0_u32; 256]; 3]; TILES * TILES];
        each(pixels, |x, y, rgb| {
            if let Some(count) = counts.get_mut(y / tile.1 * TILES + x / tile.0) {
                for (channel, value) in count.iter_mut().zip(rgb) {
                    if let Some(slot) = channel.get_mut(usize::from(value)) {
                        *slot += 1;
                    }
                }
            }
        });
        let own: Vec<[f32; 3]> = counts.iter().map(|count| count.map(|channel| bright_end(&channel))).collect();
        let levels = (0..TILES * TILES).map(|at| brightest_near(&own, at % TILES, at / TILES)).collect();
        Self { levels, tile: (float(tile.0), float(tile.1)) }
    }

    /// The paper's red, green and blue at a pixel, from the four tiles around it.
    fn at(&self, x: usize, y: usize) -> [f32; 3] {
        let (x, left) = between((float(x) + 0.5) / self.tile.0 - 0.5);
        let (y, top) = between((float(y) + 0.5) / self.tile.1 - 0.5);
        let level = |x: usize, y: usize| {
            let at = y.min(TILES - 1) * TILES + x.min(TILES - 1);
            self.levels.get(at).copied().unwrap_or([255.0; 3])
        };
        let mix = |a: [f32; 3], b: [f32; 3], share: f32| {
            let [[r, g, b1], [r2, g2, b2]] = [a, b];
            [r + (r2 - r) * share, g + (g2 - g) * share, b1 + (b2 - b1) * share]
        };
        let upper = mix(level(x, y), level(x + 1, y), left);
        let lower = mix(level(x, y + 1), level(x + 1, y + 1), left);
        mix(upper, lower, top)
    }

    /// How much red, green and blue light the ink takes at each pixel: 0 none, 255 all.
    pub(crate) fn densities(&self, pixels: &Pixels) -> Vec<[u8; 3]> {
        let mut densities = Vec::with_capacity(pixels.rgba.len() / 4);
        each(pixels, |x, y, rgb| {
            let [[red, green, blue], [r, g, b]] = [self.at(x, y), rgb.map(f32::from)];
            densities.push([1.0 - r / red, 1.0 - g / green, 1.0 - b / blue].map(|taken| byte(255.0 * taken)));
        });
        densities
    }
}

/// 墨: which ink a seal is printed with.
pub(crate) struct Ink {
    /// Red, green, blue.
    pub(crate) color: [u8; 3],
    /// Pixels with ink.
    pub(crate) strong: f64,
    /// Ink that is not the seal's, in percent of all.
    pub(crate) other_percent: u8,
    /// How much of the seal's ink each pixel has.
    amounts: Vec<u8>,
    /// From this amount on it is ink altogether.
    full: f32,
}

impl Ink {
    /// Takes red for the seal's ink where there is enough of it, all ink otherwise.
    pub(crate) fn of(densities: &[[u8; 3]], width: u32) -> Self {
        let reds = reds(densities, size(width).max(1));
        let (mut red, mut all) = (0_u64, 0_u64);
        for (density, is_red) in densities.iter().zip(&reds) {
            if most(shares(*density)) > STRONG {
                all += 1;
                red += u64::from(*is_red);
            }
        }
        let is_red = double(red) > RED_OF_ALL * double(all);
        let amount = |(density, red): (&[u8; 3], &bool)| byte(255.0 * amount(shares(*density), is_red, *red));
        let amounts: Vec<u8> = densities.iter().zip(&reds).map(amount).collect();
        let full = full(&amounts);
        let (mut sums, mut count) = ([0_u64; 3], 0_u64);
        for (density, _) in densities.iter().zip(&amounts).filter(|(_, amount)| share(**amount) >= full) {
            count += 1;
            for (sum, taken) in sums.iter_mut().zip(density) {
                *sum += u64::from(u8::MAX - taken);
            }
        }
        Self {
            color: sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX)),
            strong: double(all),
            other_percent: percent(if is_red { all - red } else { 0 }, all),
            amounts,
            full,
        }
    }

    /// Opacity of each pixel: at [`FAINT`] none.
    pub(crate) fn mask(&self) -> Vec<u8> {
        let opacity = |amount: &u8| byte(255.0 * (share(*amount) - FAINT) / (self.full - FAINT));
        self.amounts.iter().map(opacity).collect()
    }
}

/// How much of the seal's ink a pixel has.
fn amount(density: [f32; 3], seal_is_red: bool, pixel_is_red: bool) -> f32 {
    let [red, green, blue] = density;
    match (seal_is_red, pixel_is_red) {
        (false, _) => most(density),
        (true, true) => (green.min(blue) - red.min(green.min(blue)) * 0.5).max(redness(density)),
        (true, false) => 0.0,
    }
}

/// What is ink altogether, by what nine tenths of the ink stay below: faint seals have less.
fn full(amounts: &[u8]) -> f32 {
    let mut counts = [0_u64; 256];
    for amount in amounts {
        if let Some(count) = counts.get_mut(usize::from(*amount)).filter(|_| share(*amount) > FULL_OF_FAINT) {
            *count += 1;
        }
    }
    let mut left = counts.iter().sum::<u64>() / 10;
    for (amount, count) in (0_u8..=255).zip(counts).rev() {
        if count > left {
            return (share(amount) * FULL_SHARE).clamp(FULL_OF_FAINT, FULL);
        }
        left -= count;
    }
    FULL
}

/// Which pixels have red ink: red ones, and brownish ones among them.
fn reds(densities: &[[u8; 3]], width: usize) -> Vec<bool> {
    let height = densities.len() / width;
    let near = |at: usize| {
        let (x, y) = (at % width, at / width);
        let columns = x.saturating_sub(RUN)..(x + RUN + 1).min(width);
        let rows = y.saturating_sub(RUN)..(y + RUN + 1).min(height);
        let mut sums = [0.0; 3];
        for row in rows {
            let line = densities.get(row * width + columns.start..row * width + columns.end).unwrap_or_default();
            for density in line {
                for (sum, taken) in sums.iter_mut().zip(shares(*density)) {
                    *sum += taken;
                }
            }
        }
        sums
    };
    let is_red = |(at, density): (usize, &[u8; 3])| {
        let density = shares(*density);
        let [red, green, blue] = density;
        let is_brown = green.min(blue) > FAINT && red < BROWN_SHARE * green.min(blue);
        is_reddish(density) || is_brown && is_reddish(near(at))
    };
    densities.iter().enumerate().map(is_red).collect()
}

fn share(amount: u8) -> f32 {
    f32::from(amount) / 255.0
}

fn shares(density: [u8; 3]) -> [f32; 3] {
    density.map(share)
}

fn most([red, green, blue]: [f32; 3]) -> f32 {
    red.max(green).max(blue)
}

fn is_reddish([red, green, blue]: [f32; 3]) -> bool {
    red < RED_SHARE * green.min(blue) || redness([red, green, blue]) > IN_SHADOW
}

/// How much less green and blue light than red comes back: the same in a shadow that the paper's level does not show.
fn redness([red, green, blue]: [f32; 3]) -> f32 {
    let back = 1.0 - red;
    if back < DARK { 0.0 } else { 1.0 - (1.0 - green.min(blue)) / back }
}

/// Calls `take` with every pixel as it looks on white.
fn each(pixels: &Pixels, mut take: impl FnMut(usize, usize, [u8; 3])) {
    let width = size(pixels.width).max(1);
    for (at, pixel) in pixels.rgba.chunks_exact(4).enumerate() {
        if let [red, green, blue, alpha] = *pixel {
            let on_white = |value: u8| {
                let (value, alpha) = (u32::from(value), u32::from(alpha));
                u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
            };
            take(at % width, at / width, [red, green, blue].map(on_white));
        }
    }
}

/// The level that all but the brightest pixels stay below.
fn bright_end(counts: &[u32; 256]) -> f32 {
    let total: u32 = counts.iter().sum();
    let mut left = total / GLARE;
    for (value, count) in (0_u8..=255).zip(counts).rev() {
        if *count > left {
            return f32::from(value);
        }
        left -= count;
    }
    0.0
}

fn brightest_near(levels: &[[f32; 3]], x: usize, y: usize) -> [f32; 3] {
    let mut found = [DARKEST_PAPER; 3];
    for y in y.saturating_sub(1)..=(y + 1).min(TILES - 1) {
        for x in x.saturating_sub(1)..=(x + 1).min(TILES - 1) {
            for (found, level) in found.iter_mut().zip(levels.get(y * TILES + x).copied().unwrap_or_default()) {
                *found = found.max(level);
            }
        }
    }
    found
}

/// Whole part and rest of a position among tiles.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 16")]
fn between(position: f32) -> (usize, f32) {
    let position = position.clamp(0.0, 15.999);
    (position as usize, position.fract())
}

fn size(side: u32) -> usize {
    usize::try_from(side).unwrap_or(usize::MAX)
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "pixels of a side: below 2²⁴")]
fn float(value: usize) -> f32 {
    value as f32
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "pixels of a picture: below 2⁵³")]
fn double(value: u64) -> f64 {
    value as f64
}

fn percent(part: u64, whole: u64) -> u8 {
    u8::try_from(part.saturating_mul(100) / whole.max(1)).unwrap_or(100)
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}
