//! `KeyUsage` (密钥用途), RFC 5280, 4.2.1.3.

use std::ops::BitOr;

use eseal_asn1::write;

/// A set of uses of a key (密钥用途).
///
/// ```text
/// KeyUsage ::= BIT STRING { digitalSignature (0), nonRepudiation (1), keyEncipherment (2), dataEncipherment (3),
///     keyAgreement (4), keyCertSign (5), cRLSign (6), encipherOnly (7), decipherOnly (8) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// 数字签名.
    pub const DIGITAL_SIGNATURE: Self = Self(0x8000);
    /// 抗抵赖, now called contentCommitment.
    pub const NON_REPUDIATION: Self = Self(0x4000);
    /// 密钥加密.
    pub const KEY_ENCIPHERMENT: Self = Self(0x2000);
    /// 数据加密.
    pub const DATA_ENCIPHERMENT: Self = Self(0x1000);
    /// 密钥协商.
    pub const KEY_AGREEMENT: Self = Self(0x0800);
    /// 签发证书.
    pub const KEY_CERT_SIGN: Self = Self(0x0400);
    /// 签发 CRL.
    pub const CRL_SIGN: Self = Self(0x0200);

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True if one of `wanted` is in the set.
    #[must_use]
    pub const fn any(self, wanted: Self) -> bool {
        self.0 & wanted.0 != 0
    }

    /// From the bits of the BIT STRING; unused bits and trailing zeros, which DER forbids and real files have, do not
    /// matter.
    pub(crate) fn from_bits(bits: &[u8]) -> Self {
        let byte = |at: usize| bits.get(at).copied().unwrap_or(0);
        Self(u16::from_be_bytes([byte(0), byte(1)]))
    }

    /// The BIT STRING, with as few bits as hold the set.
    pub(crate) fn to_der(self) -> Vec<u8> {
        let bytes = self.0.to_be_bytes();
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
        let bytes = bytes.get(..used).unwrap_or_default();
        let unused = bytes.last().map_or(0, |last| last.trailing_zeros());
        write::bit_string_with(u8::try_from(unused).unwrap_or(0), bytes)
    }
}

impl BitOr for KeyUsage {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.and(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_with_as_few_bits_as_hold_the_set() {
        for (usage, expected) in [
            (KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION, [3, 2, 6, 0xC0]),
            (KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN, [3, 2, 1, 0x06]),
            (KeyUsage::DIGITAL_SIGNATURE, [3, 2, 7, 0x80]),
        ] {
            assert_eq!(usage.to_der(), expected);
        }
    }
}
