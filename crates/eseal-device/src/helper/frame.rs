//! Frames between server and helper (帧): a length and a body, fields in a fixed order.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
    time::Duration,
};

use zeroize::Zeroizing;

use super::HelperKey;
use crate::{
    SignDigestError,
    sdf::{Alignment, FieldBytes, SdfProfile},
};

/// Longest frame: the first one holds the certificates of all keys, some KiB each.
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
struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    fn number(&mut self, number: u64) {
        self.0.extend(number.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }
}

/// What is left of a body.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*number))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }
}

/// The first frame: the library and the keys.
pub(super) fn start(profile: &SdfProfile, keys: &[HelperKey]) -> Option<Zeroizing<Vec<u8>>> {
    let mut writer = Writer::default();
    writer.bytes(profile.path.to_str()?.as_bytes());
    writer.number(match profile.field {
        FieldBytes::Standard => 64,
        FieldBytes::Short => 32,
        FieldBytes::Detect => 0,
    });
    writer.number(match profile.alignment {
        Alignment::Right => 1,
        Alignment::Left => 2,
        Alignment::Detect => 0,
    });
    writer.number(profile.max_sessions as u64);
    writer.number(u64::try_from(profile.wait.as_millis()).ok()?);
    writer.number(profile.symbols.len() as u64);
    for (name, alias) in &profile.symbols {
        writer.bytes(name.as_bytes());
        writer.bytes(alias.as_bytes());
    }
    writer.number(keys.len() as u64);
    for key in keys {
        writer.number(key.index.into());
        writer.bytes(&key.certificate);
        writer.bytes(&key.password);
    }
    Some(writer.0)
}

/// Reads what [`start`] wrote.
pub(super) fn read_start(body: &[u8]) -> Option<(SdfProfile, Vec<HelperKey>)> {
    let mut reader = Reader(body);
    let path = PathBuf::from(reader.text()?);
    let field = match reader.number()? {
        64 => FieldBytes::Standard,
        32 => FieldBytes::Short,
        0 => FieldBytes::Detect,
        _ => return None,
    };
    let alignment = match reader.number()? {
        1 => Alignment::Right,
        2 => Alignment::Left,
        0 => Alignment::Detect,
        _ => return None,
    };
    let max_sessions = usize::try_from(reader.number()?).ok()?;
    let wait = Duration::from_millis(reader.number()?);
    let symbols = (0..reader.number()?).map(|_| Some((reader.text()?, reader.text()?))).collect::<Option<_>>()?;
    let key = |reader: &mut Reader<'_>| {
        Some(HelperKey {
            index: u32::try_from(reader.number()?).ok()?,
            certificate: reader.bytes()?.to_vec(),
            password: Zeroizing::new(reader.bytes()?.to_vec()),
        })
    };
    let keys = (0..reader.number()?).map(|_| key(&mut reader)).collect::<Option<_>>()?;
    let profile = SdfProfile { path, field, alignment, max_sessions, wait, symbols };
    reader.0.is_empty().then_some((profile, keys))
}

/// A request to sign: number of the request, number of the key in the first frame, e.
pub(super) struct Request {
    pub(super) id: u64,
    pub(super) key: usize,
    pub(super) e: [u8; 32],
}

impl Request {
    pub(super) fn to_body(&self) -> Vec<u8> {
        let mut body = [self.id, self.key as u64].map(u64::to_be_bytes).concat();
        body.extend(self.e);
        body
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let (id, key) = (reader.number()?, usize::try_from(reader.number()?).ok()?);
        Some(Self { id, key, e: reader.0.try_into().ok()? })
    }
}

/// The answer to a request: r ‖ s, or why not.
pub(super) struct Answer {
    pub(super) id: u64,
    pub(super) result: Result<[u8; 64], SignDigestError>,
}

impl Answer {
    pub(super) fn to_body(&self) -> Vec<u8> {
        let (kind, bytes) = match &self.result {
            Ok(value) => (0, value.to_vec()),
            Err(SignDigestError::Unavailable(why)) => (1, why.as_bytes().to_vec()),
            Err(SignDigestError::Device { code }) => (2, code.to_be_bytes().to_vec()),
            Err(SignDigestError::WrongValue) => (3, Vec::new()),
        };
        [self.id.to_be_bytes().as_slice(), &[kind], &bytes].concat()
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let id = reader.number()?;
        let (kind, bytes) = reader.0.split_first()?;
        let result = match kind {
            0 => Ok(bytes.try_into().ok()?),
            1 => Err(SignDigestError::Unavailable(String::from_utf8(bytes.to_vec()).ok()?)),
            2 => Err(SignDigestError::Device { code: u32::from_be_bytes(bytes.try_into().ok()?) }),
            3 => Err(SignDigestError::WrongValue),
            _ => return None,
        };
        Some(Self { id, result })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_were_and_not_when_cut() {
        let mut profile = SdfProfile::new("/lib/x.so".into());
        profile.symbols.push(("a".to_owned(), "b".to_owned()));
        let key = HelperKey { index: 3, certificate: vec![1, 2], password: Zeroizing::new(vec![9]) };
        let body = start(&profile, &[key]).expect("written");
        let (read, keys) = read_start(&body).expect("read");
        assert_eq!((read.path, read.symbols, keys[0].index), (profile.path, profile.symbols, 3));
        for length in 0..body.len() {
            assert!(read_start(&body[..length]).is_none());
        }
        for result in [
            Ok([5; 64]),
            Err(SignDigestError::WrongValue),
            Err(SignDigestError::Device { code: 7 }),
            Err(SignDigestError::Unavailable("x".to_owned())),
        ] {
            let body = Answer { id: 4, result: result.clone() }.to_body();
            assert_eq!(Answer::read(&body).map(|answer| (answer.id, answer.result)), Some((4, result)));
        }
        assert!(Answer::read(&[0; 8]).is_none());
        assert!(Request::read(&[0; 47]).is_none());
    }

    #[test]
    fn a_frame_that_says_it_is_long_is_not_read() {
        assert!(read(&mut [0xFF; 8].as_slice()).is_err());
        let mut stream = Vec::new();
        write(&mut stream, b"abc").expect("written");
        assert_eq!(read(&mut stream.as_slice()).expect("read").as_slice(), b"abc");
    }
}
