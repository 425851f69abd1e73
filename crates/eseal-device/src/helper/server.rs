//! The helper's side (辅助进程端).

use std::{
    io::{self, Read, Write},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use eseal_helper::{confine, frame};

use super::{
    frame::{Answer, Ask, Request, Said},
    opening::{self, NotOpened, Opened, Start},
};
use crate::{
    DigestSigner as _, SignDigestError, SignInput,
    sdf::{PASSWORD_REFUSED, SdfDevice, SdfError, SdfSigner, SdfWrapper},
};

/// Threads beyond one a session: for questions about health, which wait like others for a session.
const SPARE_THREADS: usize = 1;

/// An open device and the signers with its keys.
struct Open {
    device: Arc<SdfDevice>,
    keys: Vec<Key>,
}

/// A key, by what it does.
enum Key {
    Signs(SdfSigner),
    Wraps(SdfWrapper),
}

/// Opens the device that the first frame names, says whether that went well, then signs until the input ends.
///
/// As many requests run at a time as the device has sessions.  Nothing is written to `output` but frames, so the
/// library's own words must go elsewhere.
///
/// # Errors
/// If the streams break, or a frame is malformed.
pub fn serve(mut input: impl Read, output: impl Write + Send + 'static) -> io::Result<()> {
    let first = frame::read(&mut input)?;
    let output = Arc::new(Mutex::new(output));
    let start = Start::read(&first).ok_or(io::ErrorKind::InvalidData)?;
    drop(first);
    let threads = start.profile.max_sessions.max(1) + SPARE_THREADS;
    let result = open(start);
    let (open, said) = match result {
        Ok((open, opened)) => (Some(open), Ok(opened)),
        Err(why) => (None, Err(why)),
    };
    say(&output, &opening::opened(&said))?;
    let Some(open) = open else { return Ok(()) };
    let (open, keys) = (Arc::new(open), said.map_or(0, |opened| opened.keys.len()));
    let (sender, receiver) = mpsc::channel::<Request>();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..threads {
        let (open, output, receiver) = (Arc::clone(&open), Arc::clone(&output), Arc::clone(&receiver));
        thread::Builder::new().spawn(move || work(&open, &receiver, &output))?;
    }
    loop {
        let body = match frame::read(&mut input) {
            Ok(body) => body,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let request = Request::read(&body).ok_or(io::ErrorKind::InvalidData)?;
        if let Ask::Sign { key, .. } | Ask::TryOut { key } | Ask::Wrap { key, .. } | Ask::Unwrap { key, .. } =
            &request.ask
            && *key >= keys
        {
            return Err(io::ErrorKind::InvalidData.into());
        }
        sender.send(request).map_err(|_| io::ErrorKind::BrokenPipe)?;
    }
}

fn say(output: &Mutex<impl Write>, body: &[u8]) -> io::Result<()> {
    frame::write(&mut *output.lock().unwrap_or_else(PoisonError::into_inner), body)
}

/// Answers requests until there are no more.
fn work(open: &Open, requests: &Mutex<mpsc::Receiver<Request>>, output: &Mutex<impl Write>) {
    loop {
        let next = requests.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Request { id, ask }) = next else { return };
        let body = Answer { id, result: open.answer(ask) }.to_body();
        if say(output, &body).is_err() {
            return; // the loop that reads ends as well: there is nobody left to tell
        }
    }
}

fn open(start: Start) -> Result<(Open, Opened), NotOpened> {
    let other = |why: String| NotOpened { why, is_password: false };
    let rights = confine(start.confinement).map_err(|error| {
        other(format!("the process cannot be confined: {error}; confine = {{ enabled = false }} does without"))
    })?;
    let device = SdfDevice::open(start.profile).map_err(|error| other(error.to_string()))?;
    let opened = |key: super::HelperKey| {
        let opened = match key.wraps {
            true => device.wrapper(key.index, key.public_key.as_ref(), key.password).map(Key::Wraps),
            false => device.signer_of(key.index, key.public_key.as_ref(), key.password).map(Key::Signs),
        };
        opened.map_err(|error| NotOpened {
            why: format!("key {}: {error}", key.index),
            is_password: matches!(error, SdfError::Device { code: PASSWORD_REFUSED }),
        })
    };
    let keys: Vec<Key> = start.keys.into_iter().map(opened).collect::<Result<_, _>>()?;
    let (field_bytes, is_left) = keys.first().map_or((0, false), Key::layout);
    let opened = Opened {
        info: device.info().clone(),
        field_bytes: field_bytes as u64,
        is_left,
        absent: device.absent().iter().map(|name| (*name).to_owned()).collect(),
        rights: rights.into_iter().map(str::to_owned).collect(),
        keys: keys.iter().map(Key::public_key).collect(),
    };
    Ok((Open { device, keys }, opened))
}

impl Key {
    const fn layout(&self) -> (usize, bool) {
        match self {
            Self::Signs(signer) => signer.layout(),
            Self::Wraps(wrapper) => wrapper.layout(),
        }
    }

    fn public_key(&self) -> [u8; 65] {
        match self {
            Self::Signs(signer) => signer.public_key(),
            Self::Wraps(wrapper) => wrapper.public_key(),
        }
    }

    fn try_out(&self) -> Vec<(String, bool)> {
        match self {
            Self::Signs(signer) => signer.try_out(),
            Self::Wraps(wrapper) => wrapper.try_out(),
        }
    }
}

impl Open {
    fn answer(&self, ask: Ask) -> Result<Said, SignDigestError> {
        let unknown = || SignDigestError::Unavailable("no such key".to_owned());
        let signer = |key: usize| match self.keys.get(key) {
            Some(Key::Signs(signer)) => Ok(signer),
            _ => Err(unknown()),
        };
        let wrapper = |key: usize| match self.keys.get(key) {
            Some(Key::Wraps(wrapper)) => Ok(wrapper),
            _ => Err(unknown()),
        };
        match ask {
            Ask::Sign { key, e } => {
                Ok(Said::Signed(signer(key)?.sign_unchecked(&SignInput { e: &e, tbs: &[] })?.to_raw()))
            }
            Ask::Wrap { key, secret } => Ok(Said::Wrapped(wrapper(key)?.wrap(&secret)?)),
            Ask::Unwrap { key, wrapped } => Ok(Said::Unwrapped(wrapper(key)?.unwrap(&wrapped)?)),
            Ask::Health => match self.device.check() {
                // A busy device works: its sessions sign.
                Ok(()) | Err(SdfError::Busy) => Ok(Said::Healthy(self.device.sessions() as u64)),
                Err(SdfError::Device { code }) => Err(SignDigestError::Device { code }),
                Err(error) => Err(SignDigestError::Unavailable(error.to_string())),
            },
            Ask::TryOut { key } => Ok(Said::Tried(self.keys.get(key).ok_or_else(unknown)?.try_out())),
        }
    }
}
