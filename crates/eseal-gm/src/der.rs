//! The few DER forms that keys, signatures and ciphertexts of GB/T 35276 need, strictly.

/// Tags that occur.
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// Takes one element with `tag` from the front of `input`: its content.
pub(crate) fn take<'a>(input: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (&found, rest) = input.split_first()?;
    if found != tag {
        return None;
    }
    let (len, rest) = take_length(rest)?;
    let (content, rest) = rest.split_at_checked(len)?;
    *input = rest;
    Some(content)
}

/// A definite length in its shortest form, up to 2³² − 1.
pub(crate) fn take_length(input: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = input.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    if bytes.is_empty() || bytes.len() > 4 || bytes.first() == Some(&0) {
        return None;
    }
    let len = bytes.iter().fold(0_u64, |len, byte| len << 8 | u64::from(*byte));
    let len = usize::try_from(len).ok()?;
    (len >= 0x80).then_some((len, rest))
}

/// Takes a non-negative INTEGER of at most 256 bits, minimal, as 32 bytes.
pub(crate) fn take_integer(input: &mut &[u8]) -> Option<[u8; 32]> {
    let content = take(input, INTEGER)?;
    let digits = match content {
        [] => return None,
        [0, next, ..] if *next < 0x80 => return None, // not minimal
        [0, rest @ ..] if !rest.is_empty() => rest,
        [first, ..] if *first >= 0x80 => return None, // negative
        all => all,
    };
    let mut value = [0; 32];
    let start = value.len().checked_sub(digits.len())?;
    value.get_mut(start..)?.copy_from_slice(digits);
    Some(value)
}

/// Takes an INTEGER that some writers made of 32 bytes without the zero that keeps it positive.
pub(crate) fn take_unsigned_integer(input: &mut &[u8]) -> Option<[u8; 32]> {
    let mut rest = *input;
    if let Some(value) = take_integer(&mut rest) {
        *input = rest;
        return Some(value);
    }
    take(input, INTEGER)?.try_into().ok()
}

/// Appends one element.
pub(crate) fn put(output: &mut Vec<u8>, tag: u8, content: &[u8]) {
    output.push(tag);
    let len = content.len().to_be_bytes();
    let digits = len.iter().position(|byte| *byte != 0).and_then(|start| len.get(start..)).unwrap_or(&[0]);
    match digits {
        [short] if *short < 0x80 => output.push(*short),
        long => {
            output.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            output.extend_from_slice(long);
        }
    }
    output.extend_from_slice(content);
}

/// Appends a non-negative INTEGER, minimal.
pub(crate) fn put_integer(output: &mut Vec<u8>, value: &[u8; 32]) {
    let start = value.iter().position(|byte| *byte != 0).unwrap_or(value.len() - 1);
    let digits = value.get(start..).unwrap_or(value);
    let sign = digits.first().is_some_and(|byte| *byte >= 0x80);
    let content: Vec<u8> = sign.then_some(0).into_iter().chain(digits.iter().copied()).collect();
    put(output, INTEGER, &content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal_both_ways() {
        for len in [0, 1, 127, 128, 255, 256, 65_536] {
            let mut der = Vec::new();
            put(&mut der, OCTET_STRING, &vec![7; len]);
            let mut rest = der.as_slice();
            assert_eq!(take(&mut rest, OCTET_STRING).map(<[u8]>::len), Some(len));
            assert!(rest.is_empty());
        }
        for bad in [&[0x80][..], &[0x81, 0x7f], &[0x82, 0, 0x80], &[0x85, 1, 0, 0, 0, 0], &[0x81], &[0xff]] {
            assert!(take_length(bad).is_none(), "{bad:02x?}");
        }
    }

    #[test]
    fn integers_that_are_negative_padded_empty_or_too_long_are_refused() {
        for bad in [&[2, 0][..], &[2, 1, 0x80], &[2, 2, 0, 0x7f], &[2, 2, 0, 0], &[3, 1, 1], &[2, 2, 1]] {
            assert!(take_integer(&mut &*bad).is_none(), "{bad:02x?}");
        }
        let mut long = vec![2, 33, 1];
        long.extend([0; 32]);
        assert!(take_integer(&mut long.as_slice()).is_none());
        assert_eq!(take_integer(&mut [2, 1, 0].as_slice()), Some([0; 32]));
    }
}
