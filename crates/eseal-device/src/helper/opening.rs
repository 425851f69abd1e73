//! The first frames (启动): what the helper is told, and what it says when the device is open.

use std::{path::PathBuf, time::Duration};

use eseal_helper::frame::{Reader, Writer};
use zeroize::Zeroizing;

use super::{Confinement, HelperKey};
use crate::sdf::{Algorithms, Alignment, FieldBytes, SdfInfo, SdfProfile};

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
        writer.number(profile.algorithms.sm2_encrypt.into());
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
            writer.number(key.wraps.into());
        }
        Some(writer.body())
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
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
        let algorithms = Algorithms { sm3: reader.small()?, sm2_sign: reader.small()?, sm2_encrypt: reader.small()? };
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
                wraps: reader.flag()?,
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
    writer.body()
}

/// Reads what [`opened`] wrote.
pub(super) fn read_opened(body: &[u8]) -> Option<Result<Opened, NotOpened>> {
    let mut reader = Reader::new(body);
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
            wraps: public_key.is_none(),
        });
        let body = Start::to_body(&profile, &keys, Confinement::default()).expect("written");
        let read = Start::read(&body).expect("read");
        assert_eq!((read.profile.path, read.profile.symbols), (profile.path, profile.symbols));
        assert_eq!((read.keys[0].index, read.keys[0].public_key, read.keys[1].public_key), (3, Some([4; 65]), None));
        assert!(!read.keys[0].wraps && read.keys[1].wraps);
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
}
