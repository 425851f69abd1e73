//! The thread of a library (工作线程), and the watchdog over it.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
};

use eseal_gm::sm2::Signature;
use zeroize::Zeroizing;

use crate::{KeyPlace, PinInfo, SkfError, SkfInfo, SkfKey, SkfProfile, library, session};

/// A PIN on its way to a key (个人识别码); wiped when it goes.
pub type Pin = Zeroizing<Vec<u8>>;

type Job = Box<dyn FnOnce(&library::Skf, &SkfProfile) + Send>;

/// A vendor's library with the tokens that it finds (智能密码钥匙接口).
///
/// Blocking: call it where blocking is allowed.
pub struct Skf {
    profile: SkfProfile,
    jobs: Mutex<Sender<Job>>,
    hangs: AtomicBool,
}

impl std::fmt::Debug for Skf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Skf").field("path", &self.profile.path).finish_non_exhaustive()
    }
}

impl Skf {
    /// Loads the library on a thread of its own.
    ///
    /// # Errors
    /// [`SkfError::Load`], [`SkfError::MissingSymbols`]; [`SkfError::Hung`] if loading takes longer than a call may.
    pub fn open(profile: SkfProfile) -> Result<Self, SkfError> {
        let (jobs, work) = mpsc::channel::<Job>();
        let (ready, loaded) = mpsc::channel();
        let own = profile.clone();
        thread::Builder::new()
            .name("skf".to_owned())
            .spawn(move || {
                let skf = match library::Skf::load(&own) {
                    Ok(skf) => skf,
                    Err(error) => return drop(ready.send(Err(error))),
                };
                let _ = ready.send(Ok(()));
                work.iter().for_each(|job| job(&skf, &own));
            })
            .map_err(|error| SkfError::Load { path: profile.path.clone(), error: error.to_string() })?;
        loaded.recv_timeout(profile.call_timeout).map_err(|_| SkfError::Hung)??;
        Ok(Self { profile, jobs: jobs.into(), hangs: AtomicBool::new(false) })
    }

    /// Names of the tokens that are plugged in now.
    ///
    /// # Errors
    /// See [`SkfError`].
    pub fn devices(&self) -> Result<Vec<String>, SkfError> {
        self.run(|skf, _| session::devices(skf))
    }

    /// What a token says of itself.
    ///
    /// # Errors
    /// See [`SkfError`].
    pub fn info(&self, device: &str) -> Result<SkfInfo, SkfError> {
        let device = device.to_owned();
        self.run(move |skf, profile| session::info(skf, profile, &device))
    }

    /// The keys for signatures of all tokens, with their certificates; without any PIN.
    ///
    /// # Errors
    /// See [`SkfError`].
    pub fn keys(&self) -> Result<Vec<SkfKey>, SkfError> {
        self.run(session::keys)
    }

    /// How often the PIN of a key may still be tried.
    ///
    /// # Errors
    /// See [`SkfError`].
    pub fn pin_info(&self, place: &KeyPlace) -> Result<PinInfo, SkfError> {
        let place = place.clone();
        self.run(move |skf, profile| session::pin_info(skf, profile, &place))
    }

    /// Signs digests e with a key, one after the other under one PIN, and verifies each signature; then the key is closed
    /// again, whatever happened.  The PIN is tried once.
    ///
    /// # Errors
    /// See [`SkfError`]; none of the signatures is given out then.
    pub fn sign(&self, key: &SkfKey, pin: Pin, digests: &[[u8; 32]]) -> Result<Vec<Signature>, SkfError> {
        let (key, digests) = (key.clone(), digests.to_vec());
        self.run(move |skf, profile| session::sign(skf, profile, &key, &pin, &digests))
    }

    /// True after a call did not come back: nothing more is asked of the library then.
    #[must_use]
    pub fn hangs(&self) -> bool {
        self.hangs.load(Ordering::SeqCst)
    }

    /// Runs a job on the library's thread and waits for it, not for ever.
    fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&library::Skf, &SkfProfile) -> Result<T, SkfError> + Send + 'static,
    ) -> Result<T, SkfError> {
        // Held while the job runs: jobs wait here, where no time runs, and not in the channel, where theirs would.
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if self.hangs() {
            return Err(SkfError::Hung);
        }
        let (done, result) = mpsc::channel();
        let job: Job = Box::new(move |skf, profile| {
            let result = job(skf, profile);
            let _ = done.send(result);
        });
        jobs.send(job).map_err(|_| SkfError::Hung)?;
        match result.recv_timeout(self.profile.call_timeout) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                self.hangs.store(true, Ordering::SeqCst);
                Err(SkfError::Hung)
            }
        }
    }
}
