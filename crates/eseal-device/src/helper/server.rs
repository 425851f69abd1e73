//! The helper's side (辅助进程端).

use std::{
    io::{self, Read, Write},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use super::{
    confine::confine,
    frame::{self, Answer, Ask, Request, Said},
    opening::{self, NotOpened, Opened, Start},
};
use crate::{
    DigestSigner as _, SignDigestError, SignInput,
    sdf::{PASSWORD_REFUSED, SdfDevice, SdfError, SdfSigner},
};

/// Threads beyond one a session: for questions about health, which wait like others for a session.
const SPARE_THREADS: usize = 1;

/// An open device and the signers with its keys.
struct Open {
    device: Arc<SdfDevice>,
    signers: Vec<SdfSigner>,
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
        if let Ask::Sign { key, .. } | Ask::TryOut { key } = request.ask
            && key >= keys
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
    let signer = |key: super::HelperKey| {
        let signer = device.signer_of(key.index, key.public_key.as_ref(), key.password);
        signer.map_err(|error| NotOpened {
            why: format!("key {}: {error}", key.index),
            is_password: matches!(error, SdfError::Device { code: PASSWORD_REFUSED }),
        })
    };
    let signers: Vec<SdfSigner> = start.keys.into_iter().map(signer).collect::<Result<_, _>>()?;
    let (field_bytes, is_left) = signers.first().map_or((0, false), SdfSigner::layout);
    let opened = Opened {
        info: device.info().clone(),
        field_bytes: field_bytes as u64,
        is_left,
        absent: device.absent().iter().map(|name| (*name).to_owned()).collect(),
        rights: rights.into_iter().map(str::to_owned).collect(),
        keys: signers.iter().map(SdfSigner::public_key).collect(),
    };
    Ok((Open { device, signers }, opened))
}

impl Open {
    fn answer(&self, ask: Ask) -> Result<Said, SignDigestError> {
        let unknown = || SignDigestError::Unavailable("no such key".to_owned());
        match ask {
            Ask::Sign { key, e } => {
                let signer = self.signers.get(key).ok_or_else(unknown)?;
                Ok(Said::Signed(signer.sign_unchecked(&SignInput { e: &e, tbs: &[] })?.to_raw()))
            }
            Ask::Health => match self.device.check() {
                // A busy device works: its sessions sign.
                Ok(()) | Err(SdfError::Busy) => Ok(Said::Healthy(self.device.sessions() as u64)),
                Err(SdfError::Device { code }) => Err(SignDigestError::Device { code }),
                Err(error) => Err(SignDigestError::Unavailable(error.to_string())),
            },
            Ask::TryOut { key } => Ok(Said::Tried(self.signers.get(key).ok_or_else(unknown)?.try_out())),
        }
    }
}
