//! The side that asks (主进程端): asking, ending, starting again.

use std::{
    io::{Read, Write},
    path::PathBuf,
    process::Child,
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use eseal_gm::sm2::Signature;
use eseal_helper::{Confinement, end, frame, spawn};
use zeroize::Zeroizing;

use super::wire::{Ask, Said, Start, read_answer};
use crate::{KeyPlace, Pin, PinInfo, SkfError, SkfInfo, SkfKey, SkfProfile};

/// Longest pause after failures in a row: who plugs in another key does not want to wait.
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// First pause; it doubles with each failure.
const PAUSE: Duration = Duration::from_millis(250);
/// More time for each digest of a batch: slow keys make some signatures a second.
const EACH: Duration = Duration::from_millis(200);

/// A helper and what it is told (辅助进程配置).
#[derive(Clone, Debug)]
pub struct SkfHelperConfig {
    /// The program, which calls [`main`](super::main).
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables that the library wants; it sees `PATH` and the like besides.
    pub environment: Vec<(String, String)>,
    /// The library; `call_timeout` is for one question, more is given to batches.
    pub profile: SkfProfile,
    /// Rights of the process.
    pub confinement: Confinement,
}

/// A process that holds a library (USBKey 辅助进程), started again when it ended.
///
/// Blocking: call it where blocking is allowed.
pub struct SkfHelper {
    config: SkfHelperConfig,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: Option<Running>,
    failures: u32,
    /// Not started again before.
    rests_until: Option<Instant>,
    starts: u64,
}

struct Running {
    child: Child,
    input: Box<dyn Write + Send>,
    answers: Receiver<Zeroizing<Vec<u8>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

impl std::fmt::Debug for SkfHelper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SkfHelper").field("path", &self.config.profile.path).finish_non_exhaustive()
    }
}

impl SkfHelper {
    /// Starts the process, which loads the library.
    ///
    /// # Errors
    /// [`SkfError::Load`], [`SkfError::MissingSymbols`]; [`SkfError::Hung`] if loading takes longer than a question may.
    pub fn start(config: SkfHelperConfig) -> Result<Self, SkfError> {
        let running = Running::start(&config)?;
        let state = State { running: Some(running), starts: 1, ..State::default() };
        Ok(Self { config, state: state.into() })
    }

    /// Names of the tokens that are plugged in now.
    ///
    /// # Errors
    /// See [`SkfError`].
    pub fn devices(&self) -> Result<Vec<String>, SkfError> {
        match self.ask(&Ask::Devices)? {
            Said::Devices(devices) => Ok(devices),
            _ => Err(SkfError::Malformed("answer")),
        }
    }

    /// What a token says of itself.
    ///
    /// # Errors
    /// See [`SkfError`].
    pub fn info(&self, device: &str) -> Result<SkfInfo, SkfError> {
        match self.ask(&Ask::Info(device.to_owned()))? {
            Said::Info(info) => Ok(info),
            _ => Err(SkfError::Malformed("answer")),
        }
    }

    /// The keys for signatures of all tokens, with their certificates; without any PIN.
    ///
    /// # Errors
    /// See [`SkfError`].
    pub fn keys(&self) -> Result<Vec<SkfKey>, SkfError> {
        match self.ask(&Ask::Keys)? {
            Said::Keys(keys) => Ok(keys),
            _ => Err(SkfError::Malformed("answer")),
        }
    }

    /// How often the PIN of a key may still be tried.
    ///
    /// # Errors
    /// See [`SkfError`].
    pub fn pin_info(&self, place: &KeyPlace) -> Result<PinInfo, SkfError> {
        match self.ask(&Ask::PinInfo(place.clone()))? {
            Said::PinInfo(info) => Ok(info),
            _ => Err(SkfError::Malformed("answer")),
        }
    }

    /// Signs digests e with a key under one PIN, which is tried once; each signature is verified there and here.
    ///
    /// # Errors
    /// See [`SkfError`]; none of the signatures is given out then.  After [`SkfError::Hung`] and [`SkfError::Ended`]
    /// nobody knows whether the PIN was tried.
    pub fn sign(&self, key: &SkfKey, pin: Pin, digests: &[[u8; 32]]) -> Result<Vec<Signature>, SkfError> {
        let verifying = key.public_key().ok_or(SkfError::Malformed("certificate"))?;
        let Said::Signed(values) = self.ask(&Ask::Sign { key: key.clone(), pin, digests: digests.to_vec() })? else {
            return Err(SkfError::Malformed("answer"));
        };
        // The process is not believed.
        let is_good = |(e, value): (&[u8; 32], &Signature)| verifying.verify_prehash(e, value);
        if values.len() == digests.len() && digests.iter().zip(&values).all(is_good) {
            Ok(values)
        } else {
            Err(SkfError::WrongValue)
        }
    }

    /// How often the process was started: once if nothing happened.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).starts
    }

    /// One question at a time, as the library bears.
    fn ask(&self, ask: &Ask) -> Result<Said, SkfError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match self.try_ask(&mut state, ask) {
            Err(SkfError::Ended) if ask.is_harmless() => self.try_ask(&mut state, ask),
            done => done,
        }
    }

    fn try_ask(&self, state: &mut State, ask: &Ask) -> Result<Said, SkfError> {
        if state.running.is_none() {
            if state.rests_until.is_some_and(|until| Instant::now() < until) {
                return Err(SkfError::Resting);
            }
            state.starts += 1;
            match Running::start(&self.config) {
                Ok(running) => state.running = Some(running),
                Err(error) => {
                    state.failed();
                    return Err(error);
                }
            }
        }
        let patience = self.config.profile.call_timeout
            + match ask {
                Ask::Sign { digests, .. } => EACH * u32::try_from(digests.len()).unwrap_or(u32::MAX),
                _ => Duration::ZERO,
            };
        let running = state.running.as_mut().ok_or(SkfError::Ended)?;
        match running.ask(&ask.body(), patience) {
            Err(error @ (SkfError::Hung | SkfError::Ended)) => {
                state.running = None;
                state.failed();
                Err(error)
            }
            answered => {
                state.failures = 0;
                state.rests_until = None;
                answered
            }
        }
    }
}

impl State {
    /// The first failure may have been chance, and is followed by a start at once; then pauses double.
    fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        let pause = match self.failures {
            0 | 1 => return,
            more => PAUSE.saturating_mul(1 << (more - 2).min(8)),
        };
        self.rests_until = Some(Instant::now() + pause.min(PAUSE_MAX));
    }
}

impl Running {
    fn start(config: &SkfHelperConfig) -> Result<Self, SkfError> {
        let path = &config.profile.path;
        let failed = |error: String| SkfError::Load { path: path.clone(), error };
        let first = Start::body(&config.profile, config.confinement);
        let first = first.ok_or_else(|| failed("the path is no UTF-8".to_owned()))?;
        let (child, input, output) = spawn(&config.program, &config.arguments, &config.environment)
            .map_err(|error| failed(format!("{}: {error}", config.program.display())))?;
        let (sender, answers) = mpsc::sync_channel(1);
        let mut running = Self { child, input, answers };
        thread::Builder::new()
            .name("USBKey library".to_owned())
            .spawn(move || read_answers(output, &sender))
            .map_err(|error| failed(error.to_string()))?;
        match running.ask(&first, config.profile.call_timeout) {
            Ok(Said::Ready) => Ok(running),
            Ok(_) => Err(SkfError::Malformed("answer")),
            Err(SkfError::Ended) => Err(failed("the process ended while the library was loaded".to_owned())),
            Err(error) => Err(error),
        }
    }

    fn ask(&mut self, body: &[u8], patience: Duration) -> Result<Said, SkfError> {
        frame::write(&mut self.input, body).map_err(|_| SkfError::Ended)?;
        match self.answers.recv_timeout(patience) {
            Ok(answer) => read_answer(&answer).unwrap_or(Err(SkfError::Ended)), // what is no answer ends it
            Err(RecvTimeoutError::Timeout) => Err(SkfError::Hung),
            Err(RecvTimeoutError::Disconnected) => Err(SkfError::Ended),
        }
    }
}

/// Hands out answers until the stream ends, or nobody waits for more than one.
fn read_answers(mut output: impl Read, answers: &mpsc::SyncSender<Zeroizing<Vec<u8>>>) {
    while let Ok(body) = frame::read(&mut output) {
        if answers.try_send(body).is_err() {
            return;
        }
    }
}
