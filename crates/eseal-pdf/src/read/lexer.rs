//! From bytes to objects (词法与对象解析): tolerant, bounded, never panics.

use crate::{
    limits::{MAX_DEPTH, MAX_NUMBER},
    object::{Dict, Object, Ref},
};

/// Why no object could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LexError {
    /// The bytes end first: more of them may help.
    End,
    /// What stands there is no object.
    Syntax(&'static str),
}

type Result<T> = std::result::Result<T, LexError>;

/// A position in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(crate) position: usize,
    /// Where `/Contents` of the outermost dictionary stood, if it is a hexadecimal string.
    pub(crate) contents: Option<(usize, usize)>,
}

/// True for white space (ISO 32000-1, table 1).
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

/// True for a delimiter (ISO 32000-1, table 2).
pub(crate) const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

pub(crate) const fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

/// Value of a hexadecimal digit.
pub(crate) const fn hex_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

impl<'a> Lexer<'a> {
    pub(crate) const fn new(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position, contents: None }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                    self.position += 1;
                }
            } else if is_space(byte) {
                self.position += 1;
            } else {
                break;
            }
        }
    }

    /// Skips `word` if it stands here.
    pub(crate) fn take(&mut self, word: &[u8]) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.position += word.len();
        }
        found
    }

    /// The regular characters that stand here.
    fn token(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let len = rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len());
        self.position += len;
        rest.get(..len).unwrap_or_default()
    }

    /// An unsigned integer that stands here after white space.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        self.skip_space();
        let start = self.position;
        let value = std::str::from_utf8(self.token()).ok().and_then(|token| token.parse().ok());
        if value.is_none() {
            self.position = start;
        }
        value
    }

    /// `N G obj`.
    pub(crate) fn object_header(&mut self) -> Result<Ref> {
        let number = self.unsigned().ok_or(LexError::Syntax("no object number"))?;
        let generation = self.unsigned().ok_or(LexError::Syntax("no generation"))?;
        self.skip_space();
        if !self.take(b"obj") {
            return Err(LexError::Syntax("no obj keyword"));
        }
        reference(number, generation).ok_or(LexError::Syntax("object number out of range"))
    }

    /// One object: everything but streams.
    pub(crate) fn object(&mut self) -> Result<Object> {
        self.value(0)
    }

    fn value(&mut self, depth: usize) -> Result<Object> {
        if depth > MAX_DEPTH {
            return Err(LexError::Syntax("nested too deeply"));
        }
        self.skip_space();
        match self.peek().ok_or(LexError::End)? {
            b'<' if self.rest().starts_with(b"<<") => self.dict(depth).map(Object::Dict),
            b'<' => self.hex_string().map(Object::String),
            b'(' => self.literal_string().map(Object::String),
            b'[' => self.array(depth),
            b'/' => self.name().map(Object::Name),
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            byte if is_regular(byte) => self.keyword(),
            _ => Err(LexError::Syntax("unexpected delimiter")),
        }
    }

    fn keyword(&mut self) -> Result<Object> {
        let start = self.position;
        match self.token() {
            b"true" => Ok(Object::Bool(true)),
            b"false" => Ok(Object::Bool(false)),
            b"null" => Ok(Object::Null),
            _ => {
                self.position = start;
                Err(if self.rest().iter().all(|byte| is_regular(*byte)) {
                    LexError::End
                } else {
                    LexError::Syntax("unknown keyword")
                })
            }
        }
    }

    fn number(&mut self) -> Result<Object> {
        let token = self.token();
        let integer = std::str::from_utf8(token).ok().and_then(|token| token.parse::<i64>().ok());
        if let Some(value) = integer {
            return Ok(self.maybe_reference(value));
        }
        lenient_real(token).map(Object::Real).ok_or(LexError::Syntax("not a number"))
    }

    /// `12 0 R` if that is what follows, else the integer.
    fn maybe_reference(&mut self, value: i64) -> Object {
        let after = self.position;
        let found = u64::try_from(value).ok().and_then(|number| {
            let generation = self.unsigned()?;
            self.skip_space();
            let ends = self.bytes.get(self.position.saturating_add(1)).is_none_or(|byte| !is_regular(*byte));
            (ends && self.take(b"R")).then_some((number, generation))
        });
        match found {
            // A reference to an impossible number is a reference to nothing.
            Some((number, generation)) => reference(number, generation).map_or(Object::Null, Object::Ref),
            None => {
                self.position = after;
                Object::Integer(value)
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Object> {
        self.position += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.take(b"]") {
                return Ok(Object::Array(items));
            }
            items.push(self.value(depth + 1)?);
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Dict> {
        self.position += 2;
        let mut dict = Dict::new();
        loop {
            self.skip_space();
            if self.take(b">>") {
                return Ok(dict);
            }
            if self.peek().ok_or(LexError::End)? != b'/' {
                return Err(LexError::Syntax("key is not a name"));
            }
            let key = self.name()?;
            self.skip_space();
            // Some writers leave out a value.
            if self.rest().starts_with(b">>") {
                dict.push(key, Object::Null);
                continue;
            }
            let start = self.position;
            let value = self.value(depth + 1)?;
            if depth == 0 && key == b"Contents" {
                let hexadecimal = self.bytes.get(start) == Some(&b'<') && matches!(value, Object::String(_));
                self.contents = hexadecimal.then_some((start, self.position));
            }
            dict.push(key, value);
        }
    }

    fn name(&mut self) -> Result<Vec<u8>> {
        self.position += 1;
        let token = self.token();
        if self.position >= self.bytes.len() {
            return Err(LexError::End);
        }
        let mut name = Vec::with_capacity(token.len());
        let mut rest = token;
        while let Some((byte, tail)) = rest.split_first() {
            rest = tail;
            match (byte, tail) {
                (b'#', [high, low, tail @ ..]) => match (hex_value(*high), hex_value(*low)) {
                    (Some(high), Some(low)) => {
                        name.push(high << 4 | low);
                        rest = tail;
                    }
                    _ => name.push(b'#'),
                },
                _ => name.push(*byte),
            }
        }
        Ok(name)
    }

    fn hex_string(&mut self) -> Result<Vec<u8>> {
        self.position += 1;
        let rest = self.rest();
        let len = rest.iter().position(|byte| *byte == b'>').ok_or(LexError::End)?;
        self.position += len + 1;
        let mut digits = rest.iter().take(len).filter_map(|byte| hex_value(*byte));
        let mut bytes = Vec::with_capacity(len / 2);
        while let Some(high) = digits.next() {
            bytes.push(high << 4 | digits.next().unwrap_or(0));
        }
        Ok(bytes)
    }

    fn literal_string(&mut self) -> Result<Vec<u8>> {
        self.position += 1;
        let (mut bytes, mut open) = (Vec::new(), 1_usize);
        loop {
            let byte = self.peek().ok_or(LexError::End)?;
            self.position += 1;
            match byte {
                b'(' => open += 1,
                b')' if open == 1 => return Ok(bytes),
                b')' => open -= 1,
                b'\\' => {
                    self.escape(&mut bytes)?;
                    continue;
                }
                b'\r' => {
                    self.take(b"\n");
                    bytes.push(b'\n');
                    continue;
                }
                _ => {}
            }
            bytes.push(byte);
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let byte = self.peek().ok_or(LexError::End)?;
        self.position += 1;
        match byte {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'\r' => {
                self.take(b"\n");
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = byte - b'0';
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    self.position += 1;
                    // High-order overflow is ignored (ISO 32000-1, 7.3.4.2).
                    value = value.wrapping_shl(3) | (digit - b'0');
                }
                bytes.push(value);
            }
            other => bytes.push(other),
        }
        Ok(())
    }
}

/// A reference if the numbers can be one.
fn reference(number: u64, generation: u64) -> Option<Ref> {
    let number = u32::try_from(number).ok().filter(|number| *number <= MAX_NUMBER)?;
    Some(Ref { number, generation: u16::try_from(generation).ok()? })
}

/// A real number, also in the forms that bad writers produce (`--5`, `1.2.3`, `4.`, `.`), as far as it goes.
fn lenient_real(token: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(token).ok()?;
    let negative = text.starts_with('-');
    let text = text.trim_start_matches(['+', '-']);
    let mut dots = 0;
    let end = text.find(|c: char| {
        dots += usize::from(c == '.');
        !(c.is_ascii_digit() || c == '.' && dots == 1)
    });
    let text = text.get(..end.unwrap_or(text.len()))?;
    let value = if text.is_empty() || text == "." { 0.0 } else { text.parse::<f64>().ok()? };
    value.is_finite().then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Object> {
        Lexer::new(text.as_bytes(), 0).object()
    }

    #[test]
    fn every_kind_of_object_is_read() {
        let text = "<</A 1/B[-2 +3.5 .5 4. (a\\(b\\)\\101\\\n(c)) <4 1 4>/N#20x true null 7 0 R]/C<</D/E>>>> ";
        let Ok(Object::Dict(dict)) = parse(text) else { panic!() };
        let items = dict.get(b"B").and_then(Object::as_array).unwrap();
        assert_eq!(items[1..4], [Object::Real(3.5), Object::Real(0.5), Object::Real(4.0)]);
        assert_eq!(items[4].as_string().unwrap(), b"a(b)A(c)");
        assert_eq!(items[5].as_string().unwrap(), b"A@");
        assert_eq!(items[6].as_name().unwrap(), b"N x");
        assert_eq!(items[9], Object::Ref(Ref { number: 7, generation: 0 }));
    }

    #[test]
    fn huge_numbers_and_references_to_them_are_harmless() {
        assert_eq!(parse("99999999999999999999 "), Ok(Object::Real(1e20)));
        assert_eq!(parse("99999999 0 R "), Ok(Object::Null));
        assert_eq!(parse("--5.5.5 "), Ok(Object::Real(-5.5)));
        assert!(parse("1 99999999999999999999 R ").is_ok());
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert_eq!(parse(&"[".repeat(100_000)), Err(LexError::Syntax("nested too deeply")));
        assert_eq!(parse(&"<</A".repeat(100_000)), Err(LexError::Syntax("nested too deeply")));
    }

    #[test]
    fn no_prefix_of_an_object_panics() {
        let text = b"<</A 1/B[-2 (a\\(b\\)\\101) <41 4>/N#20x true null 7 0 R]/C<</D/E>>>>";
        for end in 0..text.len() {
            assert!(Lexer::new(&text[..end], 0).object().is_err(), "{end}");
        }
    }
}
