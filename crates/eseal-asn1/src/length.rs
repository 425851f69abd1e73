//! How long an element is (长度).

use crate::{Error, MAX_DEPTH, tag};

/// Octets of an element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Tag and length.
    pub(crate) header: usize,
    /// Content.
    pub(crate) body: usize,
    /// Header, content, and the end-of-contents octets of the indefinite form.
    pub(crate) total: usize,
}

/// Measures the element at the beginning of `bytes`, which lie at `offset` and `depth` levels deep.
pub(crate) fn measure(bytes: &[u8], offset: usize, depth: u8) -> Result<Extent, Error> {
    let malformed = Error::Malformed { offset };
    let (first, after) = bytes.split_first().ok_or(malformed)?;
    // Tags above 30 have no place in anything that is read here.
    if first & 0x1F == 0x1F {
        return Err(malformed);
    }
    if after.first() == Some(&0x80) {
        if first & tag::CONSTRUCTED == 0 {
            return Err(malformed);
        }
        let content = after.get(1..).unwrap_or_default();
        let body = indefinite(content, offset.saturating_add(2), depth)?;
        return Ok(Extent { header: 2, body, total: body.saturating_add(4) });
    }
    let (body, octets) = definite(after).ok_or(malformed)?;
    let header = octets.saturating_add(1);
    let total = header.checked_add(body).filter(|total| *total <= bytes.len()).ok_or(malformed)?;
    Ok(Extent { header, body, total })
}

/// Length of the content before the two end-of-contents octets.
fn indefinite(content: &[u8], offset: usize, depth: u8) -> Result<usize, Error> {
    if depth >= MAX_DEPTH {
        return Err(Error::TooDeep { offset });
    }
    let mut read = 0_usize;
    loop {
        let rest = content.get(read..).unwrap_or_default();
        if rest.starts_with(&[0, 0]) {
            return Ok(read);
        }
        let inner = measure(rest, offset.saturating_add(read), depth.saturating_add(1))?;
        read = read.saturating_add(inner.total);
    }
}

/// A definite length, in as many octets as it likes, and the number of its octets.
fn definite(after: &[u8]) -> Option<(usize, usize)> {
    let (first, rest) = after.split_first()?;
    let count = usize::from(first & 0x7F);
    match first {
        0..=0x7F => Some((count, 1)),
        0x81..=0x88 => {
            let bytes = rest.get(..count)?;
            let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            Some((usize::try_from(number).ok()?, count.checked_add(1)?))
        }
        _ => None,
    }
}
