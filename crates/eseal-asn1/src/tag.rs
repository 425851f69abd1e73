//! Tag octets (标签).

/// BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// INTEGER.
pub const INTEGER: u8 = 0x02;
/// BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// NULL.
pub const NULL: u8 = 0x05;
/// OBJECT IDENTIFIER.
pub const OID: u8 = 0x06;
/// ENUMERATED.
pub const ENUMERATED: u8 = 0x0A;
/// UTF8String.
pub const UTF8_STRING: u8 = 0x0C;
/// PrintableString.
pub const PRINTABLE_STRING: u8 = 0x13;
/// IA5String.
pub const IA5_STRING: u8 = 0x16;
/// UTCTime.
pub const UTC_TIME: u8 = 0x17;
/// GeneralizedTime.
pub const GENERALIZED_TIME: u8 = 0x18;
/// UniversalString.
pub const UNIVERSAL_STRING: u8 = 0x1C;
/// BMPString.
pub const BMP_STRING: u8 = 0x1E;
/// SEQUENCE and SEQUENCE OF.
pub const SEQUENCE: u8 = 0x30;
/// SET and SET OF.
pub const SET: u8 = 0x31;

/// The bit of elements that are made of elements.
pub const CONSTRUCTED: u8 = 0x20;

/// `[number]`, constructed; numbers go up to 30.
#[must_use]
pub const fn context(number: u8) -> u8 {
    0xA0 | (number & 0x1F)
}

/// `[number] IMPLICIT` of a primitive type; numbers go up to 30.
#[must_use]
pub const fn implicit(number: u8) -> u8 {
    0x80 | (number & 0x1F)
}
