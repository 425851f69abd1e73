//! Signature values as they stand in a document (签名值): told apart by their bytes, never by what the document calls
//! them.  One file a structure.

mod certificate;
mod cms;
mod fit;
mod raw;
mod seal;
mod ses;

use eseal_asn1::{Node, tag};

use crate::SignatureKind;

pub(crate) use cms::CmsFacts;
pub(crate) use fit::Fit;
pub(crate) use raw::RawFacts;
pub(crate) use seal::{SealFacts, SealReader};
pub(crate) use ses::{SesFacts, StampFacts};

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
    pub(crate) fn read(bytes: &[u8], seals: &mut SealReader) -> Self {
        match shape(bytes) {
            Some(Shape::Ses) => {
                SesFacts::read(bytes, seals).map_or_else(Self::Unreadable, |facts| Self::Ses(Box::new(facts)))
            }
            Some(Shape::Cms) => CmsFacts::read(bytes).map_or_else(Self::Unreadable, |facts| Self::Cms(Box::new(facts))),
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
