//! Frames between server and helper (帧): a length and a body, fields in a fixed order.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{Confinement, HelperKey};
use crate::{
    SignDigestError,
    sdf::{Algorithms, Alignment, FieldBytes, SdfInfo, SdfProfile},
};

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
struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    fn number(&mut self, number: u64) {
        self.0.extend(number.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }

    fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.number(texts.len() as u64);
        texts.for_each(|text| self.bytes(text.as_bytes()));
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

    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    fn flag(&mut self) -> Option<bool> {
        match self.number()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
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

    /// A list; how long it says to be is not believed.
    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.number()?).map(|_| item(self)).collect()
    }

    fn end<T>(self, value: T) -> Option<T> {
        self.0.is_empty().then_some(value)
    }
}

/// The first frame (启动帧): the library, the keys, and the rights that remain.
pub(super) struct Start {
    pub(super) profile: SdfProfile,
    pub(super) keys: Vec<HelperKey>,
    pub(super) confinement: Confinement,
}

impl Start {
    pub(super) fn to_body(
        profile: &SdfProfile,
        keys: &[HelperKey],
        confinement: Confinement,
    ) -> Option<Zeroizing<Vec<u8>>> {
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
        writer.number(profile.algorithms.sm3.into());
        writer.number(profile.algorithms.sm2_sign.into());
        writer.number(profile.symbols.len() as u64);
        for (name, alias) in &profile.symbols {
            writer.bytes(name.as_bytes());
            writer.bytes(alias.as_bytes());
        }
        [confinement.enabled, confinement.network, confinement.programs]
            .iter()
            .for_each(|may| writer.number((*may).into()));
        writer.number(keys.len() as u64);
        for key in keys {
            writer.number(key.index.into());
            writer.bytes(key.public_key.as_ref().map_or(&[], <[u8; 65]>::as_slice));
            writer.bytes(&key.password);
        }
        Some(writer.0)
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
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
        let algorithms = Algorithms { sm3: reader.small()?, sm2_sign: reader.small()? };
        let symbols = reader.list(|reader| Some((reader.text()?, reader.text()?)))?;
        let confinement = Confinement { enabled: reader.flag()?, network: reader.flag()?, programs: reader.flag()? };
        let keys = reader.list(|reader| {
            Some(HelperKey {
                index: reader.small()?,
                public_key: match reader.bytes()? {
                    [] => None,
                    key => Some(key.try_into().ok()?),
                },
                password: Zeroizing::new(reader.bytes()?.to_vec()),
            })
        })?;
        let profile = SdfProfile { path, field, alignment, max_sessions, wait, symbols, algorithms };
        reader.end(Self { profile, keys, confinement })
    }
}

/// What the helper says when the device is open (就绪帧).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) info: SdfInfo,
    /// Bytes of fields, and whether numbers stand at their beginning; 0 bytes if there is no key.
    pub(super) field_bytes: u64,
    pub(super) is_left: bool,
    pub(super) absent: Vec<String>,
    pub(super) rights: Vec<String>,
    /// Public keys, in the order of the first frame.
    pub(super) keys: Vec<[u8; 65]>,
}

/// Why there is no device (打开失败).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotOpened {
    /// In words.
    pub(super) why: String,
    /// The device called a password wrong: asking again would use up its patience.
    pub(super) is_password: bool,
}

/// Writes what came of opening: the device, or why there is none.
pub(super) fn opened(result: &Result<Opened, NotOpened>) -> Zeroizing<Vec<u8>> {
    let mut writer = Writer::default();
    match result {
        Err(NotOpened { why, is_password }) => {
            writer.number(1);
            writer.bytes(why.as_bytes());
            writer.number((*is_password).into());
        }
        Ok(opened) => {
            writer.number(0);
            let info = &opened.info;
            [&info.issuer, &info.name, &info.serial].iter().for_each(|text| writer.bytes(text.as_bytes()));
            writer.number(opened.field_bytes);
            writer.number(opened.is_left.into());
            writer.texts(opened.absent.iter().map(String::as_str));
            writer.texts(opened.rights.iter().map(String::as_str));
            writer.number(opened.keys.len() as u64);
            opened.keys.iter().for_each(|key| writer.bytes(key));
        }
    }
    writer.0
}

/// Reads what [`opened`] wrote.
pub(super) fn read_opened(body: &[u8]) -> Option<Result<Opened, NotOpened>> {
    let mut reader = Reader(body);
    if reader.flag()? {
        let not_opened = NotOpened { why: reader.text()?, is_password: reader.flag()? };
        return reader.end(Err(not_opened));
    }
    let info = SdfInfo { issuer: reader.text()?, name: reader.text()?, serial: reader.text()? };
    let (field_bytes, is_left) = (reader.number()?, reader.flag()?);
    let (absent, rights) = (reader.list(Reader::text)?, reader.list(Reader::text)?);
    let keys = reader.list(|reader| reader.bytes()?.try_into().ok())?;
    reader.end(Ok(Opened { info, field_bytes, is_left, absent, rights, keys }))
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
    fn the_first_frames_come_back_as_they_were_and_not_when_cut() {
        let mut profile = SdfProfile::new("/lib/x.so".into());
        profile.symbols.push(("a".to_owned(), "b".to_owned()));
        let keys = [Some([4; 65]), None].map(|public_key| HelperKey {
            index: 3,
            public_key,
            password: Zeroizing::new(vec![9]),
        });
        let body = Start::to_body(&profile, &keys, Confinement::default()).expect("written");
        let read = Start::read(&body).expect("read");
        assert_eq!((read.profile.path, read.profile.symbols), (profile.path, profile.symbols));
        assert_eq!((read.keys[0].index, read.keys[0].public_key, read.keys[1].public_key), (3, Some([4; 65]), None));
        assert_eq!(read.confinement, Confinement::default());
        assert!((0..body.len()).all(|length| Start::read(&body[..length]).is_none()));

        let info = SdfInfo { issuer: "i".into(), name: "n".into(), serial: "s".into() };
        let texts = |text: &str| vec![text.to_owned()];
        let device = Opened {
            info,
            field_bytes: 64,
            is_left: true,
            absent: texts("a"),
            rights: texts("r"),
            keys: vec![[4; 65]],
        };
        for result in [Ok(device), Err(NotOpened { why: "no".to_owned(), is_password: true })] {
            let body = opened(&result);
            assert_eq!(read_opened(&body), Some(result));
            assert!((0..body.len()).all(|length| read_opened(&body[..length]).is_none()));
        }
    }

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
