//! What server and helper say (请求与应答).

use eseal_helper::frame::{Reader, Writer};
use zeroize::Zeroizing;

use crate::{Secret, SignDigestError};

/// What is asked (请求).
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Ask {
    /// Sign e with the key at a place in the first frame.
    Sign { key: usize, e: [u8; 32] },
    /// Whether the device answers, and how many sessions are open.
    Health,
    /// Try the device out with a key.
    TryOut { key: usize },
    /// Seal a secret with the key at a place.
    Wrap { key: usize, secret: Secret },
    /// Open what was sealed.
    Unwrap { key: usize, wrapped: Vec<u8> },
}

/// A request with its number.
pub(super) struct Request {
    pub(super) id: u64,
    pub(super) ask: Ask,
}

impl Request {
    pub(super) fn to_body(&self) -> Zeroizing<Vec<u8>> {
        let (kind, key, rest) = match &self.ask {
            Ask::Sign { key, e } => (0, *key, e.as_slice()),
            Ask::Health => (1, 0, [].as_slice()),
            Ask::TryOut { key } => (2, *key, [].as_slice()),
            Ask::Wrap { key, secret } => (3, *key, secret.as_slice()),
            Ask::Unwrap { key, wrapped } => (4, *key, wrapped.as_slice()),
        };
        let mut body = Zeroizing::new(Vec::with_capacity(24 + rest.len())); // at once: growing would leave copies
        [self.id, kind, key as u64].iter().for_each(|number| body.extend(number.to_be_bytes()));
        body.extend(rest);
        body
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let id = reader.number()?;
        let kind = reader.number()?;
        let key = usize::try_from(reader.number()?).ok()?;
        let ask = match kind {
            0 => Ask::Sign { key, e: reader.rest().try_into().ok()? },
            1 if reader.rest().is_empty() => Ask::Health,
            2 if reader.rest().is_empty() => Ask::TryOut { key },
            3 if within(reader.rest()) => Ask::Wrap { key, secret: Zeroizing::new(reader.rest().to_vec()) },
            4 if within(reader.rest()) => Ask::Unwrap { key, wrapped: reader.rest().to_vec() },
            _ => return None,
        };
        Some(Self { id, ask })
    }
}

/// Whether something may be sealed or opened: keys have 16 or 32 bytes, sealed some hundred.
pub(super) fn within(bytes: &[u8]) -> bool {
    (1..=1024).contains(&bytes.len())
}

/// What is answered (应答).
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// r ‖ s.
    Signed([u8; 64]),
    /// The device answers, with so many sessions.
    Healthy(u64),
    /// What was tried.
    Tried(Vec<(String, bool)>),
    /// What was sealed.
    Wrapped(Vec<u8>),
    /// What was opened.
    Unwrapped(Secret),
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
            Ok(Said::Wrapped(wrapped)) => {
                writer.number(6);
                writer.bytes(wrapped);
            }
            Ok(Said::Unwrapped(secret)) => {
                writer.number(7);
                writer.bytes(secret);
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
        writer.body()
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let id = reader.number()?;
        let result = match reader.number()? {
            0 => Ok(Said::Signed(reader.bytes()?.try_into().ok()?)),
            1 => Ok(Said::Healthy(reader.number()?)),
            2 => Ok(Said::Tried(reader.list(|reader| Some((reader.text()?, reader.flag()?)))?)),
            3 => Err(SignDigestError::Unavailable(reader.text()?)),
            4 => Err(SignDigestError::Device { code: reader.small()? }),
            5 => Err(SignDigestError::WrongValue),
            6 => Ok(Said::Wrapped(reader.bytes()?.to_vec())),
            7 => Ok(Said::Unwrapped(Zeroizing::new(reader.bytes()?.to_vec()))),
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
        let sealing =
            [Ask::Wrap { key: 1, secret: Zeroizing::new(vec![8; 1]) }, Ask::Unwrap { key: 1, wrapped: vec![8; 1] }];
        for ask in [Ask::Sign { key: 2, e: [5; 32] }, Ask::Health, Ask::TryOut { key: 1 }].into_iter().chain(sealing) {
            let body = Request { id: 9, ask: ask.clone() }.to_body();
            assert!(Request::read(&body).is_some_and(|request| request.id == 9 && request.ask == ask));
            assert!((0..body.len()).all(|length| Request::read(&body[..length]).is_none()));
        }
        assert!(
            Request::read(&Request { id: 9, ask: Ask::Unwrap { key: 1, wrapped: vec![8; 1025] } }.to_body()).is_none()
        );
        for result in [
            Ok(Said::Signed([5; 64])),
            Ok(Said::Healthy(3)),
            Ok(Said::Tried(vec![("x".to_owned(), true)])),
            Ok(Said::Wrapped(vec![3; 180])),
            Ok(Said::Unwrapped(Zeroizing::new(vec![3; 16]))),
            Err(SignDigestError::WrongValue),
            Err(SignDigestError::Device { code: 7 }),
            Err(SignDigestError::Unavailable("x".to_owned())),
        ] {
            let body = Answer { id: 4, result: result.clone() }.to_body();
            assert!(Answer::read(&body).is_some_and(|answer| answer.id == 4 && answer.result == result));
            assert!((0..body.len()).all(|length| Answer::read(&body[..length]).is_none()));
        }
    }
}
