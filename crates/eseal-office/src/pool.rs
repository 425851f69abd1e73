//! The pool (工作进程池): workers are started when jobs come, and replaced when they fail or are worn.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    Installation, Kind, OfficeError, Settings, Warning, find_installation,
    fonts::Fonts,
    inspect::{self, Inspected},
    output,
    warning::Warnings,
    worker::Worker,
};

/// A document to convert (转换任务).
#[derive(Clone, Copy, Debug, Default)]
pub struct Job<'a> {
    /// The document.
    pub bytes: &'a [u8],
    /// What the caller says it is, such as `DOCX`: tells HTML from plain text.
    pub stated: Option<&'a str>,
    /// 标题, for a document that has none.
    pub title: Option<&'a str>,
    /// PDF/A-2b, for archives (长期保存).
    pub archival: bool,
    /// Each sheet of a table on one page, however large.
    pub single_page_sheets: bool,
}

/// How far a job is (进度).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Looked at: its kind is known, a worker has it.
    Inspected,
    /// Laid out.
    Loaded,
    /// Written as PDF.
    Written,
}

/// A converted document (转换结果).
#[derive(Clone, Debug)]
pub struct Converted {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// What the document was found to be.
    pub kind: Kind,
    /// 页数.
    pub page_count: u32,
    /// What was replaced or left out.
    pub warnings: Vec<Warning>,
}

/// Converts office documents (办公文档转换器): cheap to make, starts nothing before the first job.
#[derive(Debug)]
pub struct Office {
    settings: Settings,
    /// Kept once it succeeded: what is missing may be installed while the server runs.
    ready: Mutex<Option<Arc<Ready>>>,
    state: Mutex<State>,
    freed: Condvar,
    failures: AtomicU64,
}

/// How the workers are (健康状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// That wait for a job.
    pub idle: usize,
    /// At work.
    pub busy: usize,
    /// That were ended for a failure since the start.
    pub failed: u64,
    /// True if the last job ended with a worker that is sound.
    pub is_up: bool,
}

impl std::fmt::Display for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = if self.is_up { "up" } else { "down" };
        write!(f, "office {state}, workers {} idle and {} busy, failed {}", self.idle, self.busy, self.failed)
    }
}

/// Numbers of pools and workers in this process: their folders and pipes have different names.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// What the first job finds out.
#[derive(Debug)]
struct Ready {
    installation: Installation,
    fonts: Fonts,
    folder: PathBuf,
}

impl Drop for Ready {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Worker>,
    busy: usize,
    /// How the last job left its worker.
    is_sound: Option<bool>,
}

impl Office {
    /// With these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let (ready, state, freed, failures) = Default::default();
        Self { settings, ready, state, freed, failures }
    }

    /// Settings in force.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What a document is, without converting it.
    ///
    /// # Errors
    /// As [`Self::convert`], but for those of the worker; [`OfficeError::NotInstalled`] too.
    pub fn check(&self, job: &Job<'_>) -> Result<Kind, OfficeError> {
        let kind = inspect::inspect(job.bytes, job.stated, &self.settings.limits)?.kind;
        self.ready().map(|_| kind)
    }

    /// Converts a document to PDF, when a worker is free; blocking.
    ///
    /// # Errors
    /// See [`OfficeError`].
    pub fn convert(&self, job: &Job<'_>, progress: &dyn Fn(Stage)) -> Result<Converted, OfficeError> {
        let Inspected { kind, fonts, mut warnings, rewritten } =
            inspect::inspect(job.bytes, job.stated, &self.settings.limits)?;
        let ready = self.ready()?;
        progress(Stage::Inspected);
        let pdf = self.run(&ready, job, kind, rewritten.as_deref().unwrap_or(job.bytes), progress)?;
        let (bytes, page_count) = output::finish(pdf)?;
        ready.fonts.warn(&fonts, &mut warnings);
        progress(Stage::Written);
        Ok(Converted { bytes, kind, page_count, warnings: Warnings::finish(warnings) })
    }

    /// Identifiers of the LibreOffice processes that wait for a job.
    #[must_use]
    pub fn idle_processes(&self) -> Vec<u32> {
        self.lock().idle.iter().map(Worker::office_id).collect()
    }

    /// How the workers are; nothing before the first job, since nothing is started before.
    #[must_use]
    pub fn health(&self) -> Option<Health> {
        let state = self.lock();
        let failed = self.failures.load(Ordering::Relaxed);
        state.is_sound.map(|is_up| Health { idle: state.idle.len(), busy: state.busy, failed, is_up })
    }

    fn run(
        &self,
        ready: &Ready,
        job: &Job<'_>,
        kind: Kind,
        document: &[u8],
        progress: &dyn Fn(Stage),
    ) -> Result<Vec<u8>, OfficeError> {
        let (seat, worker) = self.sit_down();
        let had_worked = worker.is_some();
        let mut result = self.attempt(ready, worker, job, kind, document, progress);
        // What a worker's earlier jobs left in it is not this document's fault: a new one tries once more.
        if had_worked && matches!(result, Err(OfficeError::WorkerFailed(_))) {
            result = self.attempt(ready, None, job, kind, document, progress);
        }
        drop(seat);
        result
    }

    /// One worker, a new one if none is given, does the job; it is kept if it is sound.
    fn attempt(
        &self,
        ready: &Ready,
        worker: Option<Worker>,
        job: &Job<'_>,
        kind: Kind,
        document: &[u8],
        progress: &dyn Fn(Stage),
    ) -> Result<Vec<u8>, OfficeError> {
        let started = match worker {
            Some(worker) => Ok(worker),
            None => self.start(ready),
        };
        let mut worker = match started {
            Ok(worker) => worker,
            Err(error) => {
                self.lock().is_sound = Some(false);
                self.failures.fetch_add(1, Ordering::Relaxed);
                return Err(error);
            }
        };
        let result = worker.run(&self.settings, job, kind, document, progress);
        let is_sound = matches!(result, Ok(_) | Err(OfficeError::Damaged { .. }));
        if let (false, Err(error)) = (is_sound, &result) {
            self.failures.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "An office worker is replaced");
        }
        let is_kept = is_sound && !worker.is_worn(&self.settings);
        let mut state = self.lock();
        state.is_sound = Some(is_sound);
        if is_kept {
            state.idle.push(worker);
        } else {
            drop(state);
            drop(worker);
        }
        result
    }

    fn start(&self, ready: &Ready) -> Result<Worker, OfficeError> {
        let folder = ready.folder.join(format!("worker-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
        let worker = Worker::start(&self.settings, &ready.installation, &ready.fonts, &folder);
        if worker.is_err() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        worker
    }

    /// Waits until fewer jobs run than there may be workers; gives one that is idle and lives.
    fn sit_down(&self) -> (Seat<'_>, Option<Worker>) {
        let mut state = self.lock();
        while state.busy >= self.settings.workers.max(1) {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.busy += 1;
        let idle = state.idle.pop();
        drop(state);
        // One that grew old or died while it waited is replaced.
        (Seat(self), idle.and_then(|mut worker| (worker.lives() && !worker.is_worn(&self.settings)).then_some(worker)))
    }

    fn ready(&self) -> Result<Arc<Ready>, OfficeError> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ready) = &*ready {
            return Ok(ready.clone());
        }
        let made = Arc::new(self.make_ready()?);
        *ready = Some(made.clone());
        Ok(made)
    }

    fn make_ready(&self) -> Result<Ready, OfficeError> {
        let installation = find_installation(&self.settings)?;
        let failed = |error: std::io::Error| OfficeError::WorkerFailed(format!("its folder cannot be made: {error}"));
        std::fs::create_dir_all(&self.settings.folder).map_err(failed)?;
        let root = self.settings.folder.canonicalize().map_err(failed)?;
        remove_leftovers(&root);
        crate::worker::remove_dead_pipes();
        let folder = root.join(format!("run-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let fonts = Fonts::prepare(&self.settings, &folder).map_err(failed)?;
        Ok(Ready { installation, fonts, folder })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Office {
    /// Workers before their folders.
    fn drop(&mut self) {
        self.lock().idle.clear();
    }
}

/// A running job; the next may run when it is dropped, however the job ended.
struct Seat<'a>(&'a Office);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.lock().busy -= 1;
        self.0.freed.notify_one();
    }
}

/// Removes the folders of supervisors that are gone.
fn remove_leftovers(root: &Path) {
    let Ok(entries) = std::fs::read_dir(root) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix("run-")?.split('-').next());
        let Some(id) = id else { continue };
        if id.parse::<u32>().is_ok() && !Path::new("/proc").join(id).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
