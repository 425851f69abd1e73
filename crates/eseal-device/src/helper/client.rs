//! The server's side (主进程端): asking, ending, starting again.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use super::{
    Confinement,
    frame::{Ask, Request, Said},
    opening::Opened,
    process::{Failure, Running},
    signer::{HelperSigner, HelperWrapper},
};
use crate::{
    Device as _, LastError, SignDigestError,
    breaker::Breaker,
    sdf::{PASSWORD_REFUSED, SdfProfile},
};

/// How often a device is asked whether it answers: a device that is away is noticed before a caller meets it.
const WATCH: Duration = Duration::from_secs(5);

/// A key that the helper signs with (辅助进程密钥).
#[derive(Clone)]
pub struct HelperKey {
    /// Index in the device.
    pub index: u32,
    /// The key that must be there, 04 ‖ x ‖ y; `None` to take the one that is.
    pub public_key: Option<[u8; 65]>,
    /// Password of the access right.
    pub password: Zeroizing<Vec<u8>>,
    /// True for the pair for encryption, which seals other keys; false for the one that signs.
    pub wraps: bool,
}

/// A helper and what it is told (辅助进程配置).
#[derive(Clone)]
pub struct HelperConfig {
    /// Name of the device, for logs and metrics.
    pub name: String,
    /// The program, which calls [`serve`](super::serve).
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables that the vendor's library wants; of our own it sees `PATH` and the like only.
    pub environment: Vec<(String, String)>,
    /// The device.
    pub profile: SdfProfile,
    /// The keys.
    pub keys: Vec<HelperKey>,
    /// Rights of the process.
    pub confinement: Confinement,
    /// Longest time of one call.
    pub call_timeout: Duration,
    /// Longest time of opening the device.
    pub open_timeout: Duration,
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
    /// The device called a password wrong; it is not asked again, because devices count and lock.
    #[error("{0}: wrong password")]
    Password(String),
}

/// A process that holds a device (辅助进程), started again when it ends.
pub struct Helper {
    pub(super) config: HelperConfig,
    /// As it was first opened: a device that is another after a restart is refused.
    pub(super) opened: Opened,
    state: Mutex<State>,
    started: Condvar,
    next: AtomicU64,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) running: Option<Arc<Running>>,
    is_starting: bool,
    /// The device called a password wrong: only a restart of the server, with another, tries again.
    is_barred: bool,
    pub(super) breaker: Breaker,
    pub(super) last_error: Option<LastError>,
    pub(super) sessions: u64,
    pub(super) restarts: u64,
}

impl Helper {
    /// Starts the process, which opens the device and compares its keys, and a thread that watches over it.
    ///
    /// # Errors
    /// See [`HelperError`].
    pub fn start(mut config: HelperConfig) -> Result<Arc<Self>, HelperError> {
        let running = Running::start(&config)?;
        let opened = running.opened.clone();
        // From now on it is these keys, whether certificates named them or not.
        config.keys.iter_mut().zip(&opened.keys).for_each(|(key, found)| key.public_key = Some(*found));
        let state = Mutex::new(State { running: Some(Arc::new(running)), ..State::default() });
        let helper = Arc::new(Self { config, opened, state, started: Condvar::new(), next: AtomicU64::new(0) });
        let watched = Arc::downgrade(&helper);
        thread::Builder::new().name("device watch".to_owned()).spawn(move || watch(&watched))?;
        helper.count();
        Ok(helper)
    }

    /// A signer with the key at a place in [`HelperConfig::keys`]; `None` for a key that does not sign.
    #[must_use]
    pub fn signer(self: &Arc<Self>, key: usize) -> Option<HelperSigner> {
        let signs = !self.config.keys.get(key)?.wraps;
        signs.then(|| HelperSigner { helper: Arc::clone(self), key })
    }

    /// What seals other keys with the key at a place in [`HelperConfig::keys`]; `None` for a key that signs.
    #[must_use]
    pub fn wrapper(self: &Arc<Self>, key: usize) -> Option<HelperWrapper> {
        let wraps = self.config.keys.get(key)?.wraps;
        wraps.then(|| HelperWrapper { helper: Arc::clone(self), key })
    }

    /// The public key at a place in [`HelperConfig::keys`], 04 ‖ x ‖ y.
    #[must_use]
    pub fn public_key(&self, key: usize) -> Option<[u8; 65]> {
        self.opened.keys.get(key).copied()
    }

    /// Whether the device answers; a process that ended is started again, unless it failed too lately.  Blocking.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        match self.ask(Ask::Health) {
            Ok(Said::Healthy(sessions)) => {
                self.state().sessions = sessions;
                self.count();
                true
            }
            _ => {
                self.count();
                false
            }
        }
    }

    /// The number of the process, for operators and tests.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.state().running.as_ref().map(|running| running.process_id())
    }

    /// Asks, and asks once more if the process ended meanwhile: that is harmless, because a prepared document takes one
    /// signature only.
    pub(super) fn ask(&self, ask: Ask) -> Result<Said, SignDigestError> {
        match self.try_ask(ask.clone()) {
            Err(Failure::Ended) => self.try_ask(ask),
            done => done,
        }
        .unwrap_or_else(|failure| Err(SignDigestError::Unavailable(failure.to_string())))
    }

    fn try_ask(&self, ask: Ask) -> Result<Result<Said, SignDigestError>, Failure> {
        let running = match self.running() {
            Ok(running) => running,
            Err(error) => return Ok(Err(error)),
        };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let result = running.ask(&Request { id, ask }, self.config.call_timeout);
        match &result {
            Ok(Ok(Said::Signed(_))) => {} // whether it is good is not yet known
            Ok(Ok(_)) => self.answered(),
            Ok(Err(error)) => self.failed(error),
            Err(failure) => self.give_up(&running, *failure),
        }
        result
    }

    /// The process, started again if it ended and has rested; whoever finds others starting it waits for them.
    fn running(&self) -> Result<Arc<Running>, SignDigestError> {
        let unavailable = |why: &str| SignDigestError::Unavailable(why.to_owned());
        let starting =
            self.started.wait_timeout_while(self.state(), self.config.call_timeout, |state| state.is_starting);
        let mut state = starting.unwrap_or_else(PoisonError::into_inner).0;
        if state.is_starting {
            return Err(unavailable("the helper process is being started"));
        }
        if state.is_barred {
            return Err(SignDigestError::Device { code: PASSWORD_REFUSED });
        }
        if !state.breaker.allows(Instant::now()) {
            return Err(unavailable("the device failed and is not yet tried again"));
        }
        if let Some(running) = &state.running {
            return Ok(Arc::clone(running));
        }
        state.is_starting = true;
        drop(state);
        let started = Running::start(&self.config).and_then(|running| self.same(running));
        let mut state = self.state();
        state.is_starting = false;
        self.started.notify_all();
        match started {
            Ok(running) => {
                state.restarts += 1;
                state.running = Some(Arc::clone(&running));
                drop(state);
                tracing::warn!(
                    device = self.config.name,
                    "Started the helper process of device {} again",
                    self.config.name
                );
                Ok(running)
            }
            Err(error) => {
                state.breaker.failed(Instant::now(), true);
                state.is_barred = matches!(error, HelperError::Password(_));
                state.last_error =
                    Some(if state.is_barred { LastError::Code(PASSWORD_REFUSED) } else { LastError::NotOpened });
                drop(state);
                tracing::error!(device = self.config.name, %error, "Could not open device {} again", self.config.name);
                Err(unavailable(&error.to_string()))
            }
        }
    }

    /// A device that says to be another than before was changed while the server ran.
    fn same(&self, running: Running) -> Result<Arc<Running>, HelperError> {
        if running.opened.info == self.opened.info {
            Ok(Arc::new(running))
        } else {
            Err(HelperError::Device("the device is another than when the server started".to_owned()))
        }
    }

    /// The device answers, which ends a pause; wrong values in a row are still counted.
    fn answered(&self) {
        let mut state = self.state();
        if state.last_error != Some(LastError::WrongValue) {
            state.breaker.succeeded();
        }
    }

    /// A request that the device refused.
    pub(super) fn failed(&self, error: &SignDigestError) {
        let last = LastError::of(error);
        let mut state = self.state();
        state.last_error = Some(last);
        if error.is_outage() {
            state.breaker.failed(Instant::now(), false);
        } else {
            state.breaker.succeeded(); // it answers
        }
        drop(state);
        self.count_failure(last);
    }

    /// Ends a process; requests that saw the same one fail find that it is done already.
    fn give_up(&self, failed: &Arc<Running>, failure: Failure) {
        let mut state = self.state();
        if !state.running.as_ref().is_some_and(|running| Arc::ptr_eq(running, failed)) {
            return;
        }
        let last = if failure == Failure::Timeout { LastError::Timeout } else { LastError::Ended };
        state.running = None;
        state.sessions = 0;
        state.breaker.failed(Instant::now(), true);
        state.last_error = Some(last);
        drop(state);
        tracing::error!(device = self.config.name, error = %failure, "Ended the helper process of device {}", self.config.name);
        self.count_failure(last);
        failed.end();
    }

    fn count_failure(&self, error: LastError) {
        let labels = [("device", self.config.name.clone()), ("error", error.name().to_owned())];
        metrics::counter!("eseal_device_failures_total", &labels).increment(1);
    }

    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
    fn count(&self) {
        let health = self.health();
        let labels = [("device", health.name)];
        metrics::gauge!("eseal_device_up", &labels).set(if health.is_up { 1.0 } else { 0.0 });
        metrics::gauge!("eseal_device_sessions", &labels).set(health.sessions.map_or(0, |(open, _)| open) as f64);
        metrics::counter!("eseal_device_restarts_total", &labels).absolute(health.restarts);
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// Asks now and then, until nobody has the device any more.
fn watch(helper: &Weak<Helper>) {
    loop {
        thread::sleep(WATCH);
        let Some(helper) = helper.upgrade() else { return };
        let _ = helper.is_healthy(); // what it found stands in the state
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
