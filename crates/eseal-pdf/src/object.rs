//! Objects of PDF (PDF 对象): ISO 32000-1, 7.3.

use std::sync::Arc;

use crate::number::to_f64;

/// Indirect reference (间接引用).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ref {
    /// Object number.
    pub number: u32,
    /// Generation.
    pub generation: u16,
}

/// A stream (流): its dictionary and where its data begin; the data stay in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Its dictionary.
    pub dict: Dict,
    /// First byte of the data, from the beginning of the file.
    pub start: u64,
}

/// Any object (对象).
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// `null`, also what a reference to nothing gives.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Integer that fits.
    Integer(i64),
    /// Real number, or an integer too large to be one.
    Real(f64),
    /// String, decoded.
    String(Vec<u8>),
    /// Name, decoded, without the slash.
    Name(Vec<u8>),
    /// Array.
    Array(Vec<Self>),
    /// Dictionary.
    Dict(Dict),
    /// Stream.
    Stream(Stream),
    /// Reference.
    Ref(Ref),
}

impl Object {
    /// The dictionary, also that of a stream.
    #[must_use]
    pub const fn as_dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            Self::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    /// The array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The reference.
    #[must_use]
    pub const fn as_ref(&self) -> Option<Ref> {
        if let Self::Ref(reference) = self { Some(*reference) } else { None }
    }

    /// The name without the slash.
    #[must_use]
    pub fn as_name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// The string.
    #[must_use]
    pub fn as_string(&self) -> Option<&[u8]> {
        if let Self::String(bytes) = self { Some(bytes) } else { None }
    }

    /// The integer.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }

    /// The number as a coordinate.
    #[must_use]
    pub const fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(to_f64(*value)),
            Self::Real(value) => Some(*value),
            _ => None,
        }
    }

    /// True for `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// Dictionary (字典) whose entries keep their order; of equal keys the last counts.
#[derive(Clone, Debug, Default)]
pub struct Dict(Vec<(Arc<[u8]>, Object)>);

impl Dict {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The entry as it stands: perhaps a reference.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Object> {
        self.0.iter().rev().find(|(own, _)| **own == *key).map(|(_, value)| value)
    }

    /// Sets the entry; an existing one keeps its place.
    pub fn set(&mut self, key: &[u8], value: Object) {
        match self.0.iter_mut().rev().find(|(own, _)| **own == *key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.into(), value)),
        }
    }

    /// Adds an entry behind the others, as read.
    pub(crate) fn push(&mut self, key: Vec<u8>, value: Object) {
        self.0.push((key.into(), value));
    }

    /// Removes the entry.
    pub fn remove(&mut self, key: &[u8]) {
        self.0.retain(|(own, _)| **own != *key);
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &Object)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    /// True if `/Type` (or any other key) has this name as value.
    #[must_use]
    pub fn is(&self, key: &[u8], name: &[u8]) -> bool {
        self.get(key).and_then(Object::as_name) == Some(name)
    }
}

impl PartialEq for Dict {
    /// Order does not matter, nor a `null`.
    fn eq(&self, other: &Self) -> bool {
        let covers = |a: &Self, b: &Self| {
            a.iter().all(|(key, _)| {
                let (mine, yours) = (a.get(key), b.get(key));
                mine == yours || mine.is_none_or(Object::is_null) && yours.is_none_or(Object::is_null)
            })
        };
        covers(self, other) && covers(other, self)
    }
}
