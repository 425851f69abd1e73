//! Stream filters (流过滤器) that structures use: Flate with predictors, ASCIIHex, ASCII85.

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};

use super::lexer::{hex_value, is_space};
use crate::{
    number::to_u64,
    object::{Dict, Object},
};

/// Most filters of one stream: real files have two.
const MAX_FILTERS: usize = 8;

/// Why a stream cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterError {
    /// A filter of pictures, or an unknown one.
    Unsupported,
    /// The data are broken.
    Broken,
    /// More bytes than the limit.
    TooLarge,
}

/// Decodes `raw` as the dictionary says; entries must be direct.
pub(crate) fn decode(raw: &[u8], dict: &Dict, limit: u64) -> Result<Vec<u8>, FilterError> {
    let list = |key: &[u8], short: &[u8]| match dict.get(key).or_else(|| dict.get(short)) {
        None | Some(Object::Null) => Vec::new(),
        Some(Object::Array(items)) => items.clone(),
        Some(other) => vec![other.clone()],
    };
    let (filters, parameters) = (list(b"Filter", b"F"), list(b"DecodeParms", b"DP"));
    if filters.len() > MAX_FILTERS {
        return Err(FilterError::Unsupported);
    }
    let mut data = raw.to_vec();
    for (at, filter) in filters.iter().enumerate() {
        data = match filter.as_name().unwrap_or_default() {
            b"FlateDecode" | b"Fl" => {
                let unpacked = inflate(&data, limit)?;
                match parameters.get(at).and_then(Object::as_dict) {
                    Some(parameters) => undo_predictor(unpacked, parameters)?,
                    None => unpacked,
                }
            }
            b"ASCIIHexDecode" | b"AHx" => ascii_hex(&data),
            b"ASCII85Decode" | b"A85" => ascii_85(&data)?,
            _ => return Err(FilterError::Unsupported),
        };
    }
    Ok(data)
}

/// Unpacks what can be unpacked: a broken end does not take away the beginning, as in other readers.
fn inflate(data: &[u8], limit: u64) -> Result<Vec<u8>, FilterError> {
    let unpack = |reader: &mut dyn Read| {
        let mut out = Vec::new();
        let result = reader.take(limit.saturating_add(1)).read_to_end(&mut out);
        (out, result.is_ok())
    };
    let (mut out, good) = unpack(&mut ZlibDecoder::new(data));
    if !good && out.is_empty() {
        // Without the zlib header.
        (out, _) = unpack(&mut DeflateDecoder::new(data));
    }
    if to_u64(out.len()) > limit {
        return Err(FilterError::TooLarge);
    }
    if out.is_empty() && !good { Err(FilterError::Broken) } else { Ok(out) }
}

fn undo_predictor(data: Vec<u8>, parameters: &Dict) -> Result<Vec<u8>, FilterError> {
    let number = |key: &[u8], default: usize| match parameters.get(key).map(Object::as_integer) {
        None => Ok(default),
        Some(value) => value
            .and_then(|value| usize::try_from(value).ok())
            .filter(|value| *value <= 1 << 20)
            .ok_or(FilterError::Broken),
    };
    let predictor = number(b"Predictor", 1)?;
    let (colors, bits, columns) = (number(b"Colors", 1)?, number(b"BitsPerComponent", 8)?, number(b"Columns", 1)?);
    let pixel_bits = colors.checked_mul(bits).ok_or(FilterError::Broken)?;
    let row = pixel_bits.checked_mul(columns).ok_or(FilterError::Broken)?.div_ceil(8);
    let pixel = pixel_bits.div_ceil(8).max(1);
    match predictor {
        0 | 1 => Ok(data),
        2 if bits == 8 && row > 0 => Ok(undo_tiff(data, row, pixel)),
        10..=15 if row > 0 => undo_png(&data, row, pixel),
        _ => Err(FilterError::Unsupported),
    }
}

fn undo_tiff(mut data: Vec<u8>, row: usize, pixel: usize) -> Vec<u8> {
    for line in data.chunks_mut(row) {
        for at in pixel..line.len() {
            let left = line.get(at - pixel).copied().unwrap_or(0);
            if let Some(byte) = line.get_mut(at) {
                *byte = byte.wrapping_add(left);
            }
        }
    }
    data
}

fn undo_png(data: &[u8], row: usize, pixel: usize) -> Result<Vec<u8>, FilterError> {
    let mut out = Vec::with_capacity(data.len());
    let mut above = vec![0; row];
    for line in data.chunks(row + 1) {
        let Some((kind, line)) = line.split_first() else { break };
        let mut now = vec![0_u8; row];
        for (at, byte) in line.iter().enumerate() {
            let left = at.checked_sub(pixel);
            let a = left.and_then(|at| now.get(at)).copied().unwrap_or(0);
            let b = above.get(at).copied().unwrap_or(0);
            let c = left.and_then(|at| above.get(at)).copied().unwrap_or(0);
            let predicted = match kind {
                0 => 0,
                1 => a,
                2 => b,
                3 => u8::midpoint(a, b),
                4 => paeth(a, b, c),
                _ => return Err(FilterError::Broken),
            };
            if let Some(place) = now.get_mut(at) {
                *place = byte.wrapping_add(predicted);
            }
        }
        out.extend(now.iter().take(line.len()));
        above = now;
    }
    Ok(out)
}

fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let (x, y, z) = (i16::from(a), i16::from(b), i16::from(c));
    let guess = x + y - z;
    let (to_a, to_b, to_c) = ((guess - x).abs(), (guess - y).abs(), (guess - z).abs());
    if to_a <= to_b && to_a <= to_c {
        a
    } else if to_b <= to_c {
        b
    } else {
        c
    }
}

fn ascii_hex(data: &[u8]) -> Vec<u8> {
    let mut digits = data.iter().take_while(|byte| **byte != b'>').filter_map(|byte| hex_value(*byte));
    let mut out = Vec::with_capacity(data.len() / 2);
    while let Some(high) = digits.next() {
        out.push(high << 4 | digits.next().unwrap_or(0));
    }
    out
}

fn ascii_85(data: &[u8]) -> Result<Vec<u8>, FilterError> {
    let mut out = Vec::with_capacity(data.len());
    let (mut value, mut count) = (0_u32, 0_usize);
    for byte in data.iter().copied().filter(|byte| !is_space(*byte)) {
        match byte {
            b'~' => break,
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                value = value.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                count += 1;
                if count == 5 {
                    out.extend(value.to_be_bytes());
                    (value, count) = (0, 0);
                }
            }
            _ => return Err(FilterError::Broken),
        }
    }
    if count > 1 {
        for _ in count..5 {
            value = value.wrapping_mul(85).wrapping_add(84);
        }
        out.extend(value.to_be_bytes().iter().take(count - 1));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dict(text: &str) -> Dict {
        match crate::read::Lexer::new(text.as_bytes(), 0).object() {
            Ok(Object::Dict(dict)) => dict,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ascii_filters_are_undone() {
        assert_eq!(decode(b"48 65 6c6C 6f>", &dict("<</Filter/ASCIIHexDecode>> "), 99).unwrap(), b"Hello");
        assert_eq!(decode(b"87cURD]i,\"Ebo80~>", &dict("<</Filter[/A85]>> "), 99).unwrap(), b"Hello World!");
    }

    #[test]
    fn png_prediction_is_undone() {
        let up = [2, 1, 2, 2, 1, 1];
        let parameters = dict("<</Predictor 12/Columns 2>> ");
        assert_eq!(undo_predictor(up.to_vec(), &parameters).unwrap(), [1, 2, 2, 3]);
    }

    #[test]
    fn a_bomb_is_refused() {
        use std::io::Write;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
        let packed = encoder.finish().unwrap();
        assert_eq!(decode(&packed, &dict("<</Filter/FlateDecode>> "), 1000), Err(FilterError::TooLarge));
    }
}
