//! What is asked and answered (请求与应答), in [frames](eseal_helper::frame).

use std::{path::PathBuf, time::Duration};

use eseal_gm::sm2::Signature;
use eseal_helper::{
    Confinement,
    frame::{Reader, Writer},
};
use zeroize::Zeroizing;

use crate::{KeyPlace, Pin, PinInfo, SkfError, SkfInfo, SkfKey, SkfProfile, UlongBytes};

/// The first frame (启动帧).
pub(super) struct Start {
    pub(super) profile: SkfProfile,
    pub(super) confinement: Confinement,
}

impl Start {
    pub(super) fn body(profile: &SkfProfile, confinement: Confinement) -> Option<Zeroizing<Vec<u8>>> {
        let mut writer = Writer::default();
        writer.bytes(profile.path.to_str()?.as_bytes());
        writer.number(match profile.ulong {
            UlongBytes::Detect => 0,
            UlongBytes::Four => 4,
            UlongBytes::Eight => 8,
        });
        writer.number(profile.symbols.len() as u64);
        for (name, alias) in &profile.symbols {
            writer.bytes(name.as_bytes());
            writer.bytes(alias.as_bytes());
        }
        for filter in [&profile.application, &profile.container] {
            writer.texts(filter.iter().map(String::as_str));
        }
        writer.number(u64::try_from(profile.lock_wait.as_millis()).ok()?);
        [confinement.enabled, confinement.network, confinement.programs]
            .iter()
            .for_each(|may| writer.number((*may).into()));
        Some(writer.body())
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let path = PathBuf::from(reader.text()?);
        let ulong = match reader.number()? {
            0 => UlongBytes::Detect,
            4 => UlongBytes::Four,
            8 => UlongBytes::Eight,
            _ => return None,
        };
        let symbols = reader.list(|reader| Some((reader.text()?, reader.text()?)))?;
        let application = reader.list(Reader::text)?.pop();
        let container = reader.list(Reader::text)?.pop();
        let lock_wait = Duration::from_millis(reader.number()?);
        let confinement = Confinement { enabled: reader.flag()?, network: reader.flag()?, programs: reader.flag()? };
        let profile = SkfProfile { ulong, symbols, application, container, lock_wait, ..SkfProfile::new(path) };
        reader.end(Self { profile, confinement })
    }
}

/// A question (请求).
pub(super) enum Ask {
    Devices,
    Info(String),
    Keys,
    PinInfo(KeyPlace),
    Sign { key: SkfKey, pin: Pin, digests: Vec<[u8; 32]> },
}

impl Ask {
    /// True if the process may be asked again after it ended: nothing was signed, no PIN was tried.
    pub(super) const fn is_harmless(&self) -> bool {
        !matches!(self, Self::Sign { .. })
    }

    pub(super) fn body(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::with_room(match self {
            Self::Sign { key, digests, .. } => 2_048 + key.certificate.len() + 64 * digests.len(),
            _ => 1_024,
        });
        match self {
            Self::Devices => writer.number(0),
            Self::Info(device) => {
                writer.number(1);
                writer.bytes(device.as_bytes());
            }
            Self::Keys => writer.number(2),
            Self::PinInfo(place) => {
                writer.number(3);
                put_place(&mut writer, place);
            }
            Self::Sign { key, pin, digests } => {
                writer.number(4);
                put_place(&mut writer, &key.place);
                writer.bytes(&key.certificate);
                writer.bytes(pin);
                writer.number(digests.len() as u64);
                digests.iter().for_each(|digest| writer.bytes(digest));
            }
        }
        writer.body()
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let ask = match reader.number()? {
            0 => Self::Devices,
            1 => Self::Info(reader.text()?),
            2 => Self::Keys,
            3 => Self::PinInfo(place(&mut reader)?),
            4 => Self::Sign {
                key: SkfKey { place: place(&mut reader)?, certificate: reader.bytes()?.to_vec() },
                pin: Zeroizing::new(reader.bytes()?.to_vec()),
                digests: reader.list(|reader| reader.bytes()?.try_into().ok())?,
            },
            _ => return None,
        };
        reader.end(ask)
    }
}

/// What is answered (应答).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Ready,
    Devices(Vec<String>),
    Info(SkfInfo),
    Keys(Vec<SkfKey>),
    PinInfo(PinInfo),
    Signed(Vec<Signature>),
}

/// Writes an answer.
pub(super) fn answer(result: Result<&Said, SkfError>) -> Zeroizing<Vec<u8>> {
    let mut writer = Writer::default();
    match result {
        Ok(Said::Ready) => writer.number(0),
        Ok(Said::Devices(devices)) => {
            writer.number(1);
            writer.texts(devices.iter().map(String::as_str));
        }
        Ok(Said::Info(info)) => {
            writer.number(2);
            [&info.manufacturer, &info.label, &info.serial].iter().for_each(|text| writer.bytes(text.as_bytes()));
            writer.number(info.ulong_bytes.unwrap_or_default() as u64);
        }
        Ok(Said::Keys(keys)) => {
            writer.number(3);
            writer.number(keys.len() as u64);
            for key in keys {
                put_place(&mut writer, &key.place);
                writer.bytes(&key.certificate);
            }
        }
        Ok(Said::PinInfo(info)) => {
            writer.number(4);
            writer.number(info.attempts_max.into());
            writer.number(info.attempts_left.into());
            writer.number(info.is_default.into());
        }
        Ok(Said::Signed(values)) => {
            writer.number(5);
            writer.number(values.len() as u64);
            values.iter().for_each(|value| writer.bytes(&value.to_raw()));
        }
        Err(error) => put_error(&mut writer, &error),
    }
    writer.body()
}

/// Reads what [`answer`] wrote.
pub(super) fn read_answer(body: &[u8]) -> Option<Result<Said, SkfError>> {
    let mut reader = Reader::new(body);
    let said = match reader.number()? {
        0 => Said::Ready,
        1 => Said::Devices(reader.list(Reader::text)?),
        2 => Said::Info(SkfInfo {
            manufacturer: reader.text()?,
            label: reader.text()?,
            serial: reader.text()?,
            ulong_bytes: match reader.number()? {
                0 => None,
                bytes => Some(usize::try_from(bytes).ok()?),
            },
        }),
        3 => Said::Keys(
            reader.list(|reader| Some(SkfKey { place: place(reader)?, certificate: reader.bytes()?.to_vec() }))?,
        ),
        4 => Said::PinInfo(PinInfo {
            attempts_max: reader.small()?,
            attempts_left: reader.small()?,
            is_default: reader.flag()?,
        }),
        5 => Said::Signed(reader.list(|reader| Some(Signature::from_raw64(reader.bytes()?.try_into().ok()?)))?),
        number => {
            let error = error(&mut reader, number)?;
            return reader.end(Err(error));
        }
    };
    reader.end(Ok(said))
}

fn put_error(writer: &mut Writer, error: &SkfError) {
    writer.number(match error {
        SkfError::Load { .. } => 10,
        SkfError::MissingSymbols(_) => 11,
        SkfError::NoKey => 12,
        SkfError::Removed => 13,
        SkfError::Busy => 14,
        SkfError::WrongPin { .. } => 15,
        SkfError::Locked => 16,
        SkfError::PinShape => 17,
        SkfError::Device { .. } => 18,
        SkfError::Malformed(_) => 19,
        SkfError::WrongValue => 20,
        SkfError::Hung => 21,
        SkfError::Ended => 22,
        SkfError::Resting => 23,
    });
    match error {
        SkfError::Load { path, error } => {
            writer.bytes(path.to_string_lossy().as_bytes());
            writer.bytes(error.as_bytes());
        }
        SkfError::MissingSymbols(names) => writer.texts(names.iter().map(String::as_str)),
        SkfError::WrongPin { attempts_left: number } | SkfError::Device { code: number } => {
            writer.number((*number).into());
        }
        _ => {}
    }
}

fn error(reader: &mut Reader<'_>, number: u64) -> Option<SkfError> {
    Some(match number {
        10 => SkfError::Load { path: PathBuf::from(reader.text()?), error: reader.text()? },
        11 => SkfError::MissingSymbols(reader.list(Reader::text)?),
        12 => SkfError::NoKey,
        13 => SkfError::Removed,
        14 => SkfError::Busy,
        15 => SkfError::WrongPin { attempts_left: reader.small()? },
        16 => SkfError::Locked,
        17 => SkfError::PinShape,
        18 => SkfError::Device { code: reader.small()? },
        19 => SkfError::Malformed("answer"),
        20 => SkfError::WrongValue,
        21 => SkfError::Hung,
        22 => SkfError::Ended,
        23 => SkfError::Resting,
        _ => return None,
    })
}

fn put_place(writer: &mut Writer, place: &KeyPlace) {
    [&place.device, &place.application, &place.container].iter().for_each(|name| writer.bytes(name.as_bytes()));
}

fn place(reader: &mut Reader<'_>) -> Option<KeyPlace> {
    Some(KeyPlace { device: reader.text()?, application: reader.text()?, container: reader.text()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SkfKey {
        let place = KeyPlace { device: "d".into(), application: "a".into(), container: "c".into() };
        SkfKey { place, certificate: vec![0x30, 0] }
    }

    #[test]
    fn the_first_frame_comes_back_as_it_was_and_not_when_cut() {
        let profile = SkfProfile {
            ulong: UlongBytes::Eight,
            symbols: vec![("a".into(), "b".into())],
            container: Some("c".into()),
            ..SkfProfile::new("/lib/x.so")
        };
        let body = Start::body(&profile, Confinement::default()).expect("written");
        let read = Start::read(&body).expect("read");
        assert_eq!((read.profile.path, read.profile.ulong), (profile.path, profile.ulong));
        assert_eq!((read.profile.symbols, read.profile.application), (profile.symbols, None));
        assert_eq!((read.profile.container, read.confinement), (profile.container, Confinement::default()));
        assert!((0..body.len()).all(|length| Start::read(&body[..length]).is_none()));
    }

    #[test]
    fn questions_come_back_as_they_were_and_not_when_cut() {
        let sign = Ask::Sign { key: key(), pin: Pin::new(b"123456".to_vec()), digests: vec![[1; 32], [2; 32]] };
        for ask in [Ask::Devices, Ask::Info("d".into()), Ask::Keys, Ask::PinInfo(key().place), sign] {
            let body = ask.body();
            assert!(
                Ask::read(&body).is_some_and(|read| *read.body() == *body && read.is_harmless() == ask.is_harmless())
            );
            assert!((0..body.len()).all(|length| Ask::read(&body[..length]).is_none()));
        }
    }

    #[test]
    fn answers_and_errors_come_back_as_they_were_and_not_when_cut() {
        let info = SkfInfo { manufacturer: "m".into(), label: "l".into(), serial: "s".into(), ulong_bytes: Some(4) };
        let pins = PinInfo { attempts_max: 10, attempts_left: 9, is_default: true };
        let errors = [
            SkfError::Load { path: "/x".into(), error: "e".into() },
            SkfError::MissingSymbols(vec!["S".into()]),
            SkfError::NoKey,
            SkfError::Removed,
            SkfError::Busy,
            SkfError::WrongPin { attempts_left: 3 },
            SkfError::Locked,
            SkfError::PinShape,
            SkfError::Device { code: 7 },
            SkfError::Malformed("answer"),
            SkfError::WrongValue,
            SkfError::Hung,
            SkfError::Ended,
            SkfError::Resting,
        ];
        let said = [
            Said::Ready,
            Said::Devices(vec!["d".into()]),
            Said::Info(info),
            Said::Keys(vec![key()]),
            Said::PinInfo(pins),
            Said::Signed(vec![Signature { r: [1; 32], s: [2; 32] }]),
        ];
        for result in said.into_iter().map(Ok).chain(errors.into_iter().map(Err)) {
            let body = answer(result.as_ref().map_err(Clone::clone));
            assert_eq!(read_answer(&body), Some(result));
            assert!((0..body.len()).all(|length| read_answer(&body[..length]).is_none()));
        }
    }
}
