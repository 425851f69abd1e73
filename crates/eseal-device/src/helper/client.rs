//! The server's side (主进程端): starting, asking, ending, starting again.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    path::PathBuf,
    process::{Child, Command},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError, SyncSender},
    },
    thread,
    time::{Duration, Instant},
};

use eseal_gm::sm2::Signature;
use zeroize::Zeroizing;

use super::frame::{self, Answer, Request};
use crate::{DeviceKind, DigestSigner, SignDigestError, SignInput, sdf::SdfProfile};

/// Pause after the second failure in a row; the first has none, each further one doubles it.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// Longest pause: an operator who mended the device does not wait longer.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// A key that the helper signs with (辅助进程密钥).
#[derive(Clone)]
pub struct HelperKey {
    /// Index in the device.
    pub index: u32,
    /// Certificate of the key, DER.
    pub certificate: Vec<u8>,
    /// Password of the access right.
    pub password: Zeroizing<Vec<u8>>,
}

/// A helper and what it is told (辅助进程配置).
#[derive(Clone)]
pub struct HelperConfig {
    /// The program, which calls [`serve`](super::serve).
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables that the vendor's library wants, beside those of this process.
    pub environment: Vec<(String, String)>,
    /// The device.
    pub profile: SdfProfile,
    /// The keys.
    pub keys: Vec<HelperKey>,
    /// Longest time of one call, and of opening the device.
    pub call_timeout: Duration,
}

/// The helper did not start (辅助进程启动失败).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HelperError {
    /// The program does not run, or ended before it answered.
    #[error("the helper process: {0}")]
    Process(#[from] io::Error),
    /// It did not answer in time.
    #[error("the helper process did not open the device in time")]
    Timeout,
    /// The device or a key cannot be used.
    #[error("{0}")]
    Device(String),
}

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the helper process ended")]
    Ended,
    #[error("the device did not answer in time")]
    Timeout,
}

/// A process that holds a device (辅助进程), started again when it ends.
pub struct Helper {
    config: HelperConfig,
    state: Mutex<State>,
    next: AtomicU64,
}

struct State {
    running: Option<Arc<Running>>,
    failures: u32,
    resting_until: Option<Instant>,
}

/// Who waits for which answer; `None` when the process has ended.
type Waiting = Mutex<Option<HashMap<u64, SyncSender<Result<[u8; 64], SignDigestError>>>>>;

struct Running {
    child: Mutex<Child>,
    input: Mutex<Box<dyn Write + Send>>,
    waiting: Arc<Waiting>,
}

impl Helper {
    /// Starts the process, which opens the device and compares its keys with their certificates.
    ///
    /// # Errors
    /// See [`HelperError`].
    pub fn start(config: HelperConfig) -> Result<Arc<Self>, HelperError> {
        let running = Some(Arc::new(Running::start(&config)?));
        let state = Mutex::new(State { running, failures: 0, resting_until: None });
        Ok(Arc::new(Self { config, state, next: AtomicU64::new(0) }))
    }

    /// A signer with the key at a place in [`HelperConfig::keys`].
    #[must_use]
    pub fn signer(self: &Arc<Self>, key: usize) -> Option<HelperSigner> {
        (key < self.config.keys.len()).then(|| HelperSigner { helper: Arc::clone(self), key })
    }

    /// Whether the process runs; one that ended is started again, unless it failed too lately.  Blocking.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        let Ok(running) = self.running() else { return false };
        let runs = lock(&running.waiting).is_some();
        if !runs {
            self.give_up(&running);
        }
        runs
    }

    /// The number of the process, for operators and tests.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.state().running.as_ref().map(|running| lock(&running.child).id())
    }

    /// Asks once more if the process ended: that is harmless, because a prepared document takes one signature only.
    fn sign(&self, key: usize, e: &[u8; 32]) -> Result<[u8; 64], SignDigestError> {
        match self.try_sign(key, e) {
            Err(Failure::Ended) => self.try_sign(key, e),
            done => done,
        }
        .unwrap_or_else(|failure| Err(SignDigestError::Unavailable(failure.to_string())))
    }

    fn try_sign(&self, key: usize, e: &[u8; 32]) -> Result<Result<[u8; 64], SignDigestError>, Failure> {
        let running = match self.running() {
            Ok(running) => running,
            Err(error) => return Ok(Err(error)),
        };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let result = running.ask(&Request { id, key, e: *e }, self.config.call_timeout);
        match &result {
            Ok(_) => self.state().failures = 0,
            Err(_) => self.give_up(&running),
        }
        result
    }

    /// The process, started again if it ended and has rested.
    fn running(&self) -> Result<Arc<Running>, SignDigestError> {
        let unavailable = |why: &str| SignDigestError::Unavailable(why.to_owned());
        let mut state = self.state();
        if let Some(running) = &state.running {
            return Ok(Arc::clone(running));
        }
        if state.resting_until.is_some_and(|until| Instant::now() < until) {
            return Err(unavailable("the helper process failed and is not yet started again"));
        }
        match Running::start(&self.config) {
            Ok(running) => {
                let running = Arc::new(running);
                state.running = Some(Arc::clone(&running));
                Ok(running)
            }
            Err(error) => {
                state.rest();
                Err(unavailable(&error.to_string()))
            }
        }
    }

    /// Ends a process; requests that saw the same one fail find that it is done already.
    fn give_up(&self, failed: &Arc<Running>) {
        let mut state = self.state();
        if state.running.as_ref().is_some_and(|running| Arc::ptr_eq(running, failed)) {
            state.running = None;
            state.rest();
            failed.end();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn rest(&mut self) {
        let doubled = |times: u32| PAUSE_MIN.saturating_mul(1 << times.min(16)).min(PAUSE_MAX);
        let pause = self.failures.checked_sub(1).map_or(Duration::ZERO, doubled);
        self.failures = self.failures.saturating_add(1);
        self.resting_until = Some(Instant::now() + pause);
    }
}

impl Running {
    fn start(config: &HelperConfig) -> Result<Self, HelperError> {
        let first = frame::start(&config.profile, &config.keys).ok_or(io::Error::from(io::ErrorKind::InvalidInput))?;
        let mut command = Command::new(&config.program);
        command.args(&config.arguments).envs(config.environment.iter().map(|(name, value)| (name, value)));
        let (child, input, output) = spawn(command)?;
        let waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let running = Self { child: Mutex::new(child), input: Mutex::new(input), waiting: Arc::clone(&waiting) };
        // From here on a failure drops `running`, which ends the process.
        frame::write(&mut *lock(&running.input), &first)?;
        let (opened, answer) = mpsc::sync_channel(1);
        thread::Builder::new().name("device helper".to_owned()).spawn(move || {
            read_answers(output, &opened, &waiting);
            *lock(&waiting) = None; // those who wait see their channel closed
        })?;
        match answer.recv_timeout(config.call_timeout) {
            Ok(Ok(words)) if words.is_empty() => Ok(running),
            Ok(Ok(words)) => Err(HelperError::Device(String::from_utf8_lossy(&words).into_owned())),
            Ok(Err(error)) => Err(error.into()),
            Err(RecvTimeoutError::Timeout) => Err(HelperError::Timeout),
            Err(RecvTimeoutError::Disconnected) => Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
        }
    }

    fn ask(&self, request: &Request, timeout: Duration) -> Result<Result<[u8; 64], SignDigestError>, Failure> {
        let (sender, answer) = mpsc::sync_channel(1);
        lock(&self.waiting).as_mut().ok_or(Failure::Ended)?.insert(request.id, sender);
        frame::write(&mut *lock(&self.input), &request.to_body()).map_err(|_| Failure::Ended)?;
        answer.recv_timeout(timeout).map_err(|error| match error {
            RecvTimeoutError::Timeout => Failure::Timeout,
            RecvTimeoutError::Disconnected => Failure::Ended,
        })
    }

    fn end(&self) {
        let mut child = lock(&self.child);
        let _ = child.kill(); // fails only if it has ended
        let _ = child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

type Spawned = (Child, Box<dyn Write + Send>, Box<dyn Read + Send>);

/// Starts a program with a socket as its standard input; what its library prints goes where our own errors go.
#[cfg(unix)]
fn spawn(mut command: Command) -> io::Result<Spawned> {
    use std::os::{
        fd::{AsFd as _, OwnedFd},
        unix::net::UnixStream,
    };
    let (ours, theirs) = UnixStream::pair()?;
    let errors = io::stderr().as_fd().try_clone_to_owned()?;
    let child = command.stdin(OwnedFd::from(theirs)).stdout(errors).spawn()?;
    Ok((child, Box::new(ours.try_clone()?), Box::new(ours)))
}

/// Starts a program with two pipes: a library that prints would end it.
#[cfg(not(unix))]
fn spawn(mut command: Command) -> io::Result<Spawned> {
    use std::process::Stdio;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(input), Some(output)) => Ok((child, Box::new(input), Box::new(output))),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// Hands out answers until the stream ends or says what was never asked.
fn read_answers(mut output: impl Read, opened: &SyncSender<io::Result<Zeroizing<Vec<u8>>>>, waiting: &Waiting) {
    let first = frame::read(&mut output);
    let is_open = matches!(&first, Ok(words) if words.is_empty());
    if opened.send(first).is_err() || !is_open {
        return;
    }
    while let Some(answer) = frame::read(&mut output).ok().and_then(|body| Answer::read(&body)) {
        let sender = lock(waiting).as_mut().and_then(|waiting| waiting.remove(&answer.id));
        let Some(sender) = sender else { return };
        let _ = sender.send(answer.result); // whoever asked may have given up
    }
}

/// A signer with a key behind a helper process (辅助进程签名器).
pub struct HelperSigner {
    helper: Arc<Helper>,
    key: usize,
}

impl DigestSigner for HelperSigner {
    fn sign_unchecked(&self, input: &SignInput<'_>) -> Result<Signature, SignDigestError> {
        self.helper.sign(self.key, input.e).map(|value| Signature::from_raw64(&value))
    }

    fn kind(&self) -> DeviceKind {
        DeviceKind::Server
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
