//! (filled next)
pub(super) fn hex_pair(byte: u8) -> [u8; 2] {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' - 10 + value };
    [digit(byte >> 4), digit(byte & 15)]
}
