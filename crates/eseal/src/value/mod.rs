//! Signature values as they stand in a document (签名值): told apart by their bytes, never by what the document calls
//! them.  One file a structure.

mod certificate;
mod cms;
mod fit;
mod original;
mod raw;
mod seal;
mod ses;
mod signer;
mod stamp;

use eseal_asn1::{Node, tag};

use crate::SignatureKind;

pub(crate) use cms::{CmsFacts, ContentKind, wanted};
pub(crate) use fit::Fit;
pub(crate) use original::{Original, Wanted};
pub(crate) use raw::RawFacts;
pub(crate) use seal::{SealFacts, SealReader};
pub(crate) use ses::SesFacts;
pub(crate) use signer::{Binding, SignerFacts};
pub(crate) use stamp::StampFacts;

/// A signature value with everything that can be computed from its bytes.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A seal signature of any version.
    Ses(Box<SesFacts>),
    /// A SignedData.
    Cms(Box<CmsFacts>),
    /// A bare SM2 signature.
    Raw(RawFacts),
    /// Something else, or one of them that cannot be read: why.
    Unreadable(String),
}

impl Value {
    /// Reads the value at the beginning of `bytes`; what follows it is for whoever owns the frame.
    /// `original` must have the digests that [`wanted`] asks for.
    pub(crate) fn read(bytes: &[u8], seals: &mut SealReader, original: &Original) -> Self {
        match shape(bytes) {
            Some(Shape::Ses) => {
                SesFacts::read(bytes, seals).map_or_else(Self::Unreadable, |facts| Self::Ses(Box::new(facts)))
            }
            Some(Shape::Cms) => {
                CmsFacts::read(bytes, original).map_or_else(Self::Unreadable, |facts| Self::Cms(Box::new(facts)))
            }
            Some(Shape::Raw) => RawFacts::read(bytes).map_or_else(Self::Unreadable, Self::Raw),
            None => Self::Unreadable("neither a seal signature nor SignedData nor an SM2 signature".into()),
        }
    }

    /// Its structure, as reports name it.
    pub(crate) fn kind(&self) -> SignatureKind {
        match self {
            Self::Ses(facts) => facts.kind,
            Self::Cms(facts) => facts.kind(),
            Self::Raw(_) => SignatureKind::Sm2Raw,
            Self::Unreadable(_) => SignatureKind::Unknown,
        }
    }
}

/// Length of the element at the beginning of `bytes`; everything if there is none.
pub(crate) fn element_len(bytes: &[u8]) -> usize {
    Node::parse_first(bytes).map_or(bytes.len(), |node| node.raw.len())
}

enum Shape {
    Ses,
    Cms,
    Raw,
}

/// formats.md §11.2: the first child of the outer SEQUENCE tells.
fn shape(bytes: &[u8]) -> Option<Shape> {
    let top = Node::parse_first(bytes).ok().filter(|top| top.tag == tag::SEQUENCE)?;
    let first = top.children().read().ok()??;
    match first.tag {
        tag::OID => eseal_ses::cms::is_signed_data(bytes).then_some(Shape::Cms),
        tag::SEQUENCE => (first.children().peek_tag() == Some(tag::INTEGER)).then_some(Shape::Ses),
        tag::INTEGER => Some(Shape::Raw),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use eseal_gm::sm3;
    use eseal_ses::Seal;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    /// The synthetic vectors of V1, V4, V5 and the quirks, if they are there.
    fn vectors() -> Option<(serde_json::Value, [u8; 32])> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
        if !folder.exists() {
            println!("skipped: ../shared is absent");
            return None;
        }
        let text = std::fs::read_to_string(folder.join("synthetic-ses.json")).unwrap();
        let document = std::fs::read(folder.join("synthetic.Signature.xml")).unwrap();
        Some((serde_json::from_str(&text).unwrap(), sm3(&document)))
    }

    #[test]
    fn every_version_and_quirk_of_the_vectors_is_told_good_from_bad() {
        let Some((vectors, document)) = vectors() else { return };
        let cases = vectors["cases"].as_array().unwrap();
        for case in cases {
            let (name, bytes) = (case["name"].as_str().unwrap(), hex(case["hex"].as_str().unwrap()));
            let is = |field: &str| case[field].as_bool().unwrap_or(true);
            match case["kind"].as_str().unwrap() {
                "SESeal" => {
                    let facts = SealFacts::of(&Seal::parse(&bytes).unwrap());
                    assert_eq!(facts.maker_fit == Fit::Good, is("valid"), "{name}");
                    let has_stamp =
                        facts.time_stamp.is_some_and(|stamp| matches!(stamp, StampFacts::Fits { fit: Fit::Good, .. }));
                    assert_eq!(has_stamp, name.contains("_ts"), "{name}");
                }
                "SES_Signature" => {
                    let value = Value::read(&bytes, &mut SealReader::default(), &Original::default());
                    let Value::Ses(facts) = value else { panic!("{name}") };
                    assert_eq!(facts.fit == Fit::Good, is("valid"), "{name}");
                    assert_eq!(facts.listed, is("match_valid"), "{name}");
                    assert_eq!(facts.data_hash == Some(document), is("document_valid"), "{name}");
                    assert_eq!(facts.seal.maker_fit, Fit::Good, "{name}");
                    assert_eq!(facts.time.unwrap().to_string(), "2024-06-15T08:00:00Z", "{name}");
                    let version = &facts.kind.as_str()[facts.kind.as_str().len() - 4..];
                    let expected = ["v1", "v4", "v5"].iter().position(|version| name.contains(version)).unwrap();
                    assert_eq!(version, ["2014", "2020", "2025"][expected], "{name}");
                    let has_stamp =
                        facts.time_stamp.is_some_and(|stamp| matches!(stamp, StampFacts::Fits { fit: Fit::Good, .. }));
                    assert_eq!(has_stamp, name.ends_with("_ts"), "{name}");
                }
                _ => {
                    let value = Value::read(&bytes, &mut SealReader::default(), &Original::of_sm3(Some(document)));
                    let Value::Cms(facts) = value else { panic!("{name}") };
                    assert_eq!((facts.kind(), facts.content), (SignatureKind::CmsSm2, ContentKind::Data), "{name}");
                    let signer = &facts.signers[0];
                    assert_eq!((signer.fit, signer.binding, signer.doubt), (Fit::Good, Binding::Same, None), "{name}");
                    assert_eq!(signer.signed == signer::Signed::Attributes, name.contains("attrs"), "{name}");
                    let other = CmsFacts::read(&bytes, &Original::of_sm3(Some([7; 32]))).unwrap();
                    assert_eq!(other.signers[0].binding, Binding::Other, "{name}");
                }
            }
        }
        assert_eq!(cases.len(), 21);
    }

    #[test]
    fn bytes_that_are_no_signature_are_unreadable() {
        for bytes in [
            &b""[..],
            b"\x30",
            b"\x30\x00",
            b"hello",
            &[0; 100],
            b"\x30\x03\x02\x01\x01",
            b"\x30\x80\x06\x01\x01\x00\x00",
        ] {
            let value = Value::read(bytes, &mut SealReader::default(), &Original::default());
            assert!(matches!(value, Value::Unreadable(_)), "{bytes:?}");
            assert_eq!(value.kind(), SignatureKind::Unknown);
        }
    }
}
