//! Object identifiers (对象标识符): dotted text and content octets.

/// An OID in dotted form, from its content octets.
#[must_use]
pub fn dotted(content: &[u8]) -> String {
    let mut arcs = Vec::new();
    let mut arc = 0_u64;
    for byte in content {
        arc = arc.wrapping_shl(7) | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            arcs.push(std::mem::take(&mut arc));
        }
    }
    let first = arcs.first().copied().unwrap_or(0);
    let top = (first / 40).min(2);
    let rest = std::iter::once(first.saturating_sub(top.saturating_mul(40))).chain(arcs.iter().skip(1).copied());
    rest.fold(top.to_string(), |text, arc| format!("{text}.{arc}"))
}

/// The content octets of an OID in dotted form; none if the text is no OID.
#[must_use]
pub fn parse(dotted: &str) -> Option<Vec<u8>> {
    let arcs = dotted.split('.').map(arc).collect::<Option<Vec<u64>>>()?;
    let (top, rest) = arcs.split_first()?;
    let (second, rest) = rest.split_first()?;
    let fits = *top < 2 && *second < 40 || *top == 2;
    let first = top.checked_mul(40)?.checked_add(*second).filter(|_| fits)?;
    Some(std::iter::once(&first).chain(rest).flat_map(|arc| base128(*arc)).collect())
}

fn arc(text: &str) -> Option<u64> {
    let is_minimal = text == "0" || !text.starts_with('0');
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_minimal && is_number { text.parse().ok() } else { None }
}

fn base128(arc: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = arc;
    loop {
        let more = if bytes.is_empty() { 0 } else { 0x80 };
        bytes.push(more | u8::try_from(rest & 0x7F).unwrap_or(0));
        rest >>= 7;
        if rest == 0 {
            break;
        }
    }
    bytes.reverse();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_written_and_read() {
        for (text, content) in [
            ("1.2.156.10197.1.501", &[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75][..]),
            ("2.5.4.3", &[0x55, 4, 3]),
            ("2.999.1", &[0x88, 0x37, 1]),
            ("0.0", &[0]),
        ] {
            assert_eq!(parse(text).as_deref(), Some(content), "{text}");
            assert_eq!(dotted(content), text);
        }
        for text in ["", "1", "3.1", "1.40", "1..2", "1.2.", "1.02", "1.x", "1.2.99999999999999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
