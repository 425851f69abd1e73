//! Elements one after another (元素序列).

use crate::{Error, MAX_DEPTH, MAX_SIZE, Node, length};

/// Elements one after another (元素序列): fields of a SEQUENCE, or the top of a file.
#[derive(Clone, Debug)]
pub struct Children<'a> {
    rest: &'a [u8],
    offset: usize,
    depth: u8,
}

impl<'a> Children<'a> {
    pub(crate) const fn new(bytes: &'a [u8], offset: usize, depth: u8) -> Self {
        Self { rest: bytes, offset, depth }
    }

    /// The next element, none at the end.
    ///
    /// # Errors
    /// What follows is no element.  Nothing further can be read then.
    pub fn read(&mut self) -> Result<Option<Node<'a>>, Error> {
        let Some(tag) = self.rest.first() else { return Ok(None) };
        let malformed = Error::Malformed { offset: self.offset };
        if self.depth > MAX_DEPTH {
            return Err(Error::TooDeep { offset: self.offset });
        }
        if self.rest.len() > MAX_SIZE {
            return Err(Error::TooLarge { size: self.rest.len() });
        }
        let extent = length::measure(self.rest, self.offset, self.depth)?;
        let (raw, rest) = self.rest.split_at_checked(extent.total).ok_or(malformed)?;
        let body = raw.get(extent.header..).and_then(|after| after.get(..extent.body)).ok_or(malformed)?;
        let node = Node { tag: *tag, raw, body, offset: self.offset, depth: self.depth, header: extent.header };
        self.rest = rest;
        self.offset = self.offset.saturating_add(extent.total);
        Ok(Some(node))
    }

    /// The next element, which stays.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn peek(&self) -> Result<Option<Node<'a>>, Error> {
        self.clone().read()
    }

    /// Tag of the next element, which stays.
    #[must_use]
    pub fn peek_tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element of any type.
    ///
    /// # Errors
    /// There is none.
    pub fn any(&mut self, field: &'static str) -> Result<Node<'a>, Error> {
        let offset = self.offset;
        self.read()?.ok_or(Error::Field { field, offset })
    }

    /// The next element, which must have this tag.
    ///
    /// # Errors
    /// There is none, or it has another tag.
    pub fn expect(&mut self, tag: u8, field: &'static str) -> Result<Node<'a>, Error> {
        let offset = self.offset;
        self.read()?.filter(|node| node.tag == tag).ok_or(Error::Field { field, offset })
    }

    /// The next element, which must have one of these tags.
    ///
    /// # Errors
    /// There is none, or it has another tag.
    pub fn expect_any(&mut self, tags: &[u8], field: &'static str) -> Result<Node<'a>, Error> {
        let offset = self.offset;
        self.read()?.filter(|node| tags.contains(&node.tag)).ok_or(Error::Field { field, offset })
    }

    /// The next element if it has this tag.
    ///
    /// # Errors
    /// What follows begins with that tag and is no element.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Node<'a>>, Error> {
        if self.peek_tag() == Some(tag) { self.read() } else { Ok(None) }
    }

    /// All that is left.
    ///
    /// # Errors
    /// One of them is no element.
    pub fn all(mut self) -> Result<Vec<Node<'a>>, Error> {
        let mut nodes = Vec::new();
        while let Some(node) = self.read()? {
            nodes.push(node);
        }
        Ok(nodes)
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// Something is.
    pub const fn finish(&self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(Error::Trailing { offset: self.offset }) }
    }

    /// The bytes that were not read yet.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Where the next element would begin.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}
