//! Frames between server and helper (帧): a length and a body, fields in a fixed order.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use crate::SignDigestError;

/// Longest frame: the first one holds the passwords and public keys of all keys, some hundred bytes each.
const FRAME_MAX_BYTES: u32 = 1 << 20;

/// Writes a frame.
pub(super) fn write(to: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= FRAME_MAX_BYTES);
    let length = length.ok_or(io::ErrorKind::InvalidInput)?;
    to.write_all(&Zeroizing::new([&length.to_be_bytes(), body].concat()))?;
    to.flush()
}

/// Reads a frame.
pub(super) fn read(from: &mut impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > FRAME_MAX_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = Zeroizing::new(vec![0; length as usize]);
    from.read_exact(&mut body)?;
    Ok(body)
}

/// A body in the making.
#[derive(Default)]
pub(super) struct Writer(pub(super) Zeroizing<Vec<u8>>);

impl Writer {
    pub(super) fn number(&mut self, number: u64) {
        self.0.extend(number.to_be_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }

    pub(super) fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.number(texts.len() as u64);
        texts.for_each(|text| self.bytes(text.as_bytes()));
    }
}

/// What is left of a body.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*number))
    }

    pub(super) fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    /// A list; how long it says to be is not believed.
    pub(super) fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.number()?).map(|_| item(self)).collect()
    }

    pub(super) fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

/// What is asked (请求).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Sign e with the key at a place in the first frame.
    Sign { key: usize, e: [u8; 32] },
    /// Whether the device answers, and how many sessions are open.
    Health,
    /// Try the device out with a key.
    TryOut { key: usize },
}

/// A request with its number.
pub(super) struct Request {
    pub(super) id: u64,
    pub(super) ask: Ask,
}

impl Request {
    pub(super) fn to_body(&self) -> Vec<u8> {
        let (kind, key, e) = match &self.ask {
            Ask::Sign { key, e } => (0, *key, e.as_slice()),
            Ask::Health => (1, 0, [].as_slice()),
            Ask::TryOut { key } => (2, *key, [].as_slice()),
        };
        let mut body = [self.id, kind, key as u64].map(u64::to_be_bytes).concat();
        body.extend(e);
        body
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let id = reader.number()?;
        let kind = reader.number()?;
        let key = usize::try_from(reader.number()?).ok()?;
        let ask = match kind {
            0 => Ask::Sign { key, e: reader.0.try_into().ok()? },
            1 if reader.0.is_empty() => Ask::Health,
            2 if reader.0.is_empty() => Ask::TryOut { key },
            _ => return None,
        };
        Some(Self { id, ask })
    }
}

/// What is answered (应答).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// r ‖ s.
    Signed([u8; 64]),
    /// The device answers, with so many sessions.
    Healthy(u64),
    /// What was tried.
    Tried(Vec<(String, bool)>),
}

/// The answer to a request.
pub(super) struct Answer {
    pub(super) id: u64,
    pub(super) result: Result<Said, SignDigestError>,
}

impl Answer {
    pub(super) fn to_body(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::default();
        writer.number(self.id);
        match &self.result {
            Ok(Said::Signed(value)) => {
                writer.number(0);
                writer.bytes(value);
            }
            Ok(Said::Healthy(sessions)) => {
                writer.number(1);
                writer.number(*sessions);
            }
            Ok(Said::Tried(tried)) => {
                writer.number(2);
                writer.number(tried.len() as u64);
                for (text, is_good) in tried {
                    writer.bytes(text.as_bytes());
                    writer.number((*is_good).into());
                }
            }
            Err(SignDigestError::Unavailable(why)) => {
                writer.number(3);
                writer.bytes(why.as_bytes());
            }
            Err(SignDigestError::Device { code }) => {
                writer.number(4);
                writer.number((*code).into());
            }
            Err(SignDigestError::WrongValue) => writer.number(5),
        }
        writer.0
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let id = reader.number()?;
        let result = match reader.number()? {
            0 => Ok(Said::Signed(reader.bytes()?.try_into().ok()?)),
            1 => Ok(Said::Healthy(reader.number()?)),
            2 => Ok(Said::Tried(reader.list(|reader| Some((reader.text()?, reader.flag()?)))?)),
            3 => Err(SignDigestError::Unavailable(reader.text()?)),
            4 => Err(SignDigestError::Device { code: reader.small()? }),
            5 => Err(SignDigestError::WrongValue),
            _ => return None,
        };
        reader.end(Self { id, result })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_answers_come_back_as_they_were_and_not_when_cut() {
        for ask in [Ask::Sign { key: 2, e: [5; 32] }, Ask::Health, Ask::TryOut { key: 1 }] {
            let body = Request { id: 9, ask }.to_body();
            assert_eq!(Request::read(&body).map(|request| (request.id, request.ask)), Some((9, ask)));
            assert!((0..body.len()).all(|length| Request::read(&body[..length]).is_none()));
        }
        for result in [
            Ok(Said::Signed([5; 64])),
            Ok(Said::Healthy(3)),
            Ok(Said::Tried(vec![("x".to_owned(), true)])),
            Err(SignDigestError::WrongValue),
            Err(SignDigestError::Device { code: 7 }),
            Err(SignDigestError::Unavailable("x".to_owned())),
        ] {
            let body = Answer { id: 4, result: result.clone() }.to_body();
            assert_eq!(Answer::read(&body).map(|answer| (answer.id, answer.result)), Some((4, result)));
            assert!((0..body.len()).all(|length| Answer::read(&body[..length]).is_none()));
        }
    }

    #[test]
    fn a_frame_or_a_list_that_says_it_is_long_is_not_believed() {
        assert!(read(&mut [0xFF; 8].as_slice()).is_err());
        let mut stream = Vec::new();
        write(&mut stream, b"abc").expect("written");
        assert_eq!(read(&mut stream.as_slice()).expect("read").as_slice(), b"abc");
        assert!(Reader(&[0xFF; 16]).list(Reader::text).is_none());
    }
}
