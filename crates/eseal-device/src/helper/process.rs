//! One run of the helper process (辅助进程): started, asked, ended.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    process::Child,
    sync::{
        Arc, Mutex,
        mpsc::{self, RecvTimeoutError, SyncSender},
    },
    thread,
    time::Duration,
};

use eseal_helper::{end, frame, spawn};
use zeroize::Zeroizing;

use super::{
    HelperConfig, HelperError,
    client::lock,
    frame::{Answer, Request, Said},
    opening::{self, Opened, Start},
};
use crate::SignDigestError;

/// Why a request got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("the helper process ended")]
    Ended,
    #[error("the device did not answer in time")]
    Timeout,
}

/// Who waits for which answer; `None` when the process has ended.
type Waiting = Mutex<Option<HashMap<u64, SyncSender<Result<Said, SignDigestError>>>>>;

/// A running process.
pub(super) struct Running {
    child: Mutex<Child>,
    input: Mutex<Box<dyn Write + Send>>,
    waiting: Arc<Waiting>,
    pub(super) opened: Opened,
}

/// Ends the process unless it is given away.
struct Guard(Option<Child>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            end(child);
        }
    }
}

impl Running {
    pub(super) fn start(config: &HelperConfig) -> Result<Self, HelperError> {
        let first = Start::to_body(&config.profile, &config.keys, config.confinement);
        let first = first.ok_or(io::Error::from(io::ErrorKind::InvalidInput))?;
        let (child, mut input, output) = spawn(&config.program, &config.arguments, &config.environment)?;
        let mut guard = Guard(Some(child));
        frame::write(&mut input, &first)?;
        let waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let (sender, answer) = mpsc::sync_channel(1);
        let answers = Arc::clone(&waiting);
        thread::Builder::new().name("device helper".to_owned()).spawn(move || {
            read_answers(output, &sender, &answers);
            *lock(&answers) = None; // those who wait see their channel closed
        })?;
        let opened = match answer.recv_timeout(config.open_timeout) {
            Ok(Ok(body)) => opening::read_opened(&body).ok_or(io::Error::from(io::ErrorKind::InvalidData))?,
            Ok(Err(error)) => return Err(error.into()),
            Err(RecvTimeoutError::Timeout) => return Err(HelperError::Timeout),
            Err(RecvTimeoutError::Disconnected) => return Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
        };
        let opened = opened.map_err(|error| match error.is_password {
            true => HelperError::Password(error.why),
            false => HelperError::Device(error.why),
        })?;
        // The process is not believed: what it says is compared here as well.
        let is_other = |(key, found): (&super::HelperKey, &[u8; 65])| key.public_key.is_some_and(|key| key != *found);
        if opened.keys.len() != config.keys.len() || config.keys.iter().zip(&opened.keys).any(is_other) {
            return Err(HelperError::Device("a key does not belong to its certificate".to_owned()));
        }
        let child = guard.0.take().ok_or(io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(Self { child: Mutex::new(child), input: Mutex::new(input), waiting, opened })
    }

    /// Asks and waits; a request that nobody waits for any more is forgotten.
    pub(super) fn ask(&self, request: &Request, timeout: Duration) -> Result<Result<Said, SignDigestError>, Failure> {
        let (sender, answer) = mpsc::sync_channel(1);
        lock(&self.waiting).as_mut().ok_or(Failure::Ended)?.insert(request.id, sender);
        frame::write(&mut *lock(&self.input), &request.to_body()).map_err(|_| Failure::Ended)?;
        answer.recv_timeout(timeout).map_err(|error| match error {
            RecvTimeoutError::Timeout => Failure::Timeout,
            RecvTimeoutError::Disconnected => Failure::Ended,
        })
    }

    /// False when the process has ended.
    pub(super) fn is_running(&self) -> bool {
        lock(&self.waiting).is_some()
    }

    pub(super) fn process_id(&self) -> u32 {
        lock(&self.child).id()
    }

    pub(super) fn end(&self) {
        end(&mut lock(&self.child));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Hands out answers until the stream ends or says what was never asked.
fn read_answers(mut output: impl Read, opened: &SyncSender<io::Result<Zeroizing<Vec<u8>>>>, waiting: &Waiting) {
    let first = frame::read(&mut output);
    let is_read = first.is_ok();
    if opened.send(first).is_err() || !is_read {
        return;
    }
    while let Some(answer) = frame::read(&mut output).ok().and_then(|body| Answer::read(&body)) {
        let sender = lock(waiting).as_mut().and_then(|waiting| waiting.remove(&answer.id));
        let Some(sender) = sender else { return };
        let _ = sender.send(answer.result); // whoever asked may have given up
    }
}
