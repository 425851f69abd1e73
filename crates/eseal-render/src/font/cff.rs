//! The little of a bare CFF font (裸 CFF) that is needed to put it into a wrapper: Adobe technical note 5176.

/// What the wrapper's tables say.
pub(super) struct CffFacts {
    pub(super) glyphs: u16,
    pub(super) units_per_em: u16,
}

/// Reads the header, the first Top DICT and the number of CharStrings; none if it is no CFF font.
pub(super) fn facts(bytes: &[u8]) -> Option<CffFacts> {
    if bytes.first() != Some(&1) {
        return None;
    }
    let header = usize::from(*bytes.get(2)?);
    let (_, after_names) = index(bytes, header)?;
    let (tops, _) = index(bytes, after_names)?;
    let top = bytes.get(tops.first?..tops.second?)?;
    let (mut strings, mut units) = (None, 1000.0);
    for (operator, operands) in (Dict { bytes: top, at: 0 }) {
        match operator {
            17 => strings = operands.first().copied(),
            // FontMatrix: 0.001 for 1,000 units.
            0x0c07 => {
                let scale = operands.first().copied().filter(|scale| *scale > 1e-5);
                units = scale.map_or(1000.0, |scale| 1.0 / scale);
            }
            _ => {}
        }
    }
    let offset = usize::try_from(crate::number::whole(strings?)).ok()?;
    let (strings, _) = index(bytes, offset)?;
    let units = crate::number::whole(f64::clamp(units, 16.0, 16_384.0));
    Some(CffFacts { glyphs: u16::try_from(strings.count).ok()?, units_per_em: u16::try_from(units).ok()? })
}

struct Index {
    count: usize,
    /// Where the first item begins and ends.
    first: Option<usize>,
    second: Option<usize>,
}

/// An INDEX and where it ends.
fn index(bytes: &[u8], at: usize) -> Option<(Index, usize)> {
    let count = number(bytes, at, 2)?;
    if count == 0 {
        return Some((Index { count, first: None, second: None }, at.checked_add(2)?));
    }
    let size = usize::from(*bytes.get(at.checked_add(2)?)?);
    if !(1..=4).contains(&size) {
        return None;
    }
    let offsets = at.checked_add(3)?;
    let data = offsets.checked_add(count.checked_add(1)?.checked_mul(size)?)?.checked_sub(1)?;
    let place = |item: usize| data.checked_add(number(bytes, offsets.checked_add(item.checked_mul(size)?)?, size)?);
    let end = place(count)?;
    Some((Index { count, first: place(0), second: place(1) }, end))
}

fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    let digits = bytes.get(at..at.checked_add(size)?)?;
    Some(digits.iter().fold(0, |sum: usize, byte| (sum << 8) | usize::from(*byte)))
}

/// Operators of a DICT with their operands.
struct Dict<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Dict<'_> {
    fn take(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    fn real(&mut self) -> Option<f64> {
        let mut text = String::new();
        loop {
            let byte = self.take()?;
            for half in [byte >> 4, byte & 15] {
                match half {
                    0..=9 => text.push(char::from(b'0'.saturating_add(half))),
                    10 => text.push('.'),
                    11 => text.push('E'),
                    12 => text.push_str("E-"),
                    14 => text.push('-'),
                    15 => return text.parse().ok(),
                    _ => return None,
                }
            }
        }
    }
}

impl Iterator for Dict<'_> {
    type Item = (u16, Vec<f64>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut operands = Vec::new();
        loop {
            let byte = self.take()?;
            let number = match byte {
                12 => return Some((0x0c00 | u16::from(self.take()?), operands)),
                0..=21 => return Some((u16::from(byte), operands)),
                28 => f64::from(i16::from_be_bytes([self.take()?, self.take()?])),
                29 => f64::from(i32::from_be_bytes([self.take()?, self.take()?, self.take()?, self.take()?])),
                30 => self.real()?,
                32..=246 => f64::from(byte) - 139.0,
                247..=250 => (f64::from(byte) - 247.0) * 256.0 + f64::from(self.take()?) + 108.0,
                251..=254 => -(f64::from(byte) - 251.0) * 256.0 - f64::from(self.take()?) - 108.0,
                _ => return None,
            };
            operands.push(number);
        }
    }
}
