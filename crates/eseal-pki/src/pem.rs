//! Text form of DER (PEM), RFC 7468: read leniently, written strictly.

use base64::{Engine, prelude::BASE64_STANDARD};

/// Label of certificates.
pub const CERTIFICATE: &str = "CERTIFICATE";
/// Label of certificate revocation lists.
pub const CRL: &str = "X509 CRL";

/// Characters in a line.
const LINE: usize = 64;

/// One block of a PEM text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pem {
    /// What stands after BEGIN.
    pub label: String,
    /// The bytes.
    pub der: Vec<u8>,
}

/// Why a text is no PEM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PemError {
    /// No block begins.
    #[error("no PEM block")]
    None,
    /// A block does not end.
    #[error("block {index} has no end")]
    NoEnd {
        /// Which block, from 0.
        index: usize,
    },
    /// A block is not base64.
    #[error("block {index} is not base64")]
    NotBase64 {
        /// Which block, from 0.
        index: usize,
    },
}

/// Reads every block of a text; what stands between blocks is passed over.
///
/// # Errors
/// See [`PemError`].
pub fn decode(text: &str) -> Result<Vec<Pem>, PemError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((label, body)) = begin(rest) {
        let index = blocks.len();
        let end = format!("-----END {label}-----");
        let (body, after) = body.split_once(&end).ok_or(PemError::NoEnd { index })?;
        let body: String = body.chars().filter(|character| !character.is_whitespace()).collect();
        let der = BASE64_STANDARD.decode(body).map_err(|_| PemError::NotBase64 { index })?;
        blocks.push(Pem { label: label.to_owned(), der });
        rest = after;
    }
    if blocks.is_empty() { Err(PemError::None) } else { Ok(blocks) }
}

/// The bytes of a file that is PEM or DER: the first block with that label, or the file as it stands.
///
/// # Errors
/// See [`PemError`].
pub fn der_of(file: &[u8], label: &str) -> Result<Vec<u8>, PemError> {
    let Some(text) = str::from_utf8(file).ok().filter(|text| text.contains("-----BEGIN ")) else {
        return Ok(file.to_vec());
    };
    decode(text)?.into_iter().find(|block| block.label == label).map(|block| block.der).ok_or(PemError::None)
}

/// Writes a block.
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for (position, character) in BASE64_STANDARD.encode(der).chars().enumerate() {
        if position > 0 && position.is_multiple_of(LINE) {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
    text
}

fn begin(text: &str) -> Option<(&str, &str)> {
    let (_, after) = text.split_once("-----BEGIN ")?;
    after.split_once("-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_survive_their_text_form() {
        let der: Vec<u8> = (0..200).collect();
        let text = format!("Bag attributes\n{}\r\n{}", encode(CERTIFICATE, &der), encode(CRL, &[1]));
        let blocks = decode(&text).expect("two blocks");
        assert_eq!(
            blocks,
            [Pem { label: CERTIFICATE.into(), der: der.clone() }, Pem { label: CRL.into(), der: vec![1] }]
        );
        assert_eq!(der_of(text.as_bytes(), CRL), Ok(vec![1]));
        assert_eq!(der_of(&der, CERTIFICATE), Ok(der));
        assert!(text.lines().all(|line| line.len() <= LINE));
    }

    #[test]
    fn what_is_no_pem_says_why() {
        assert_eq!(decode("nothing"), Err(PemError::None));
        assert_eq!(decode("-----BEGIN X-----\nAAAA\n"), Err(PemError::NoEnd { index: 0 }));
        assert_eq!(decode("-----BEGIN X-----\n!\n-----END X-----"), Err(PemError::NotBase64 { index: 0 }));
    }
}
