//! One worker (工作进程): a LibreOffice and our script in one process group, with a folder of their own.

mod frame;
mod process;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use serde_json::json;

use self::frame::{Answer, Order};
use crate::{
    Job, Kind, OfficeError, Settings, Stage,
    confine::{Reach, Role, spawn},
    fonts::{FONT_FOLDERS, Fonts},
    install::Installation,
    profile,
};

/// The worker's part that talks to LibreOffice.
const SCRIPT: &str = include_str!("worker.py");
/// How often a waiting supervisor looks whether the processes still live, and which pipes they have.
const LOOK: Duration = Duration::from_millis(50);
/// LibreOffice ends with this after it has filled a new profile, and wants to be started again.
const AGAIN: i32 = 81;
/// Programs, their data and the little of the system's settings that they read.  No shell is among them.
const PROGRAMS: &[&str] = &["/usr/lib", "/usr/lib64", "/lib", "/lib64"];
const READABLE: &[&str] = &[
    "/usr/share",
    "/etc/libreoffice",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/python3",
    // Without the user's name LibreOffice makes its pipe everybody's.
    "/etc/passwd",
    "/etc/nsswitch.conf",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
];
/// LibreOffice makes its pipes here whatever it is told.
const SOCKETS: &str = "/tmp";

/// A running worker.
#[derive(Debug)]
pub(crate) struct Worker {
    folder: PathBuf,
    script: Child,
    office: Child,
    orders: ChildStdin,
    answers: Receiver<io::Result<Answer>>,
    /// Pipes that LibreOffice made: it is killed, so somebody else has to remove them.
    pipes: BTreeSet<PathBuf>,
    jobs: u32,
    born: Instant,
}

impl Worker {
    /// Starts one below `folder`, which must not exist.
    pub(crate) fn start(
        settings: &Settings,
        installation: &Installation,
        fonts: &Fonts,
        folder: &Path,
    ) -> Result<Self, OfficeError> {
        let failed = |error: io::Error| OfficeError::WorkerFailed(format!("it does not start: {error}"));
        prepare(folder).map_err(failed)?;
        let reach = reach(settings, installation, fonts, folder);
        let pipe = pipe_name(folder);
        let started = Instant::now();
        let mut script = spawn(script_command(settings, installation, folder, &pipe), Role::Script, reach.clone())
            .map_err(|error| OfficeError::NotConfined(error.to_string()))?;
        let group = script.id();
        process::limit(group, &settings.limits);
        let office_command = || office_command(installation, fonts, folder, &pipe, group);
        let office = match spawn(office_command(), Role::Office, reach.clone()) {
            Ok(office) => office,
            Err(error) => {
                let _ = script.kill();
                let _ = script.wait();
                return Err(OfficeError::NotConfined(error.to_string()));
            }
        };
        process::limit(office.id(), &settings.limits);
        let (Some(orders), Some(mut output)) = (script.stdin.take(), script.stdout.take()) else {
            return Err(OfficeError::WorkerFailed("its pipes are gone".into()));
        };
        let (sender, answers) = mpsc::channel();
        std::thread::spawn(move || {
            loop {
                let answer = frame::read(&mut output);
                let is_last = answer.is_err();
                if sender.send(answer).is_err() || is_last {
                    return;
                }
            }
        });
        let folder = folder.to_owned();
        let (pipes, born) = (BTreeSet::new(), Instant::now());
        let mut worker = Self { folder, script, office, orders, answers, pipes, jobs: 0, born };
        loop {
            match worker.wait(started + settings.start_time) {
                Ok(Answer::Ready) => break,
                Ok(_) => return Err(OfficeError::WorkerFailed("it answers before it was asked".into())),
                // Once: the second time the profile is full.
                Err(Waited::OfficeEnded(Some(AGAIN))) if worker.jobs == 0 => {
                    worker.jobs = 1;
                    worker.remove_pipes();
                    worker.office = spawn(office_command(), Role::Office, reach.clone()).map_err(failed)?;
                    process::limit(worker.office.id(), &settings.limits);
                }
                Err(Waited::TooLong) => return Err(OfficeError::WorkerFailed("it does not get ready".into())),
                Err(other) => return Err(OfficeError::WorkerFailed(format!("it ends while it starts: {other}"))),
            }
        }
        worker.jobs = 0;
        worker.pipes.extend(process::pipes_of(worker.office.id(), Path::new(SOCKETS)));
        tracing::info!(start_ms = started.elapsed().as_millis(), "Started an office worker");
        Ok(worker)
    }

    /// Does one job; after any error but the document's own the worker is of no use any more.
    pub(crate) fn run(
        &mut self,
        settings: &Settings,
        job: &Job<'_>,
        kind: Kind,
        document: &[u8],
        progress: &dyn Fn(Stage),
    ) -> Result<Vec<u8>, OfficeError> {
        self.jobs += 1;
        let folder = self.folder.join("jobs").join(self.jobs.to_string());
        let done = self.run_in(settings, job, kind, document, &folder, progress);
        let _ = fs::remove_dir_all(&folder);
        done
    }

    fn run_in(
        &mut self,
        settings: &Settings,
        job: &Job<'_>,
        kind: Kind,
        document: &[u8],
        folder: &Path,
        progress: &dyn Fn(Stage),
    ) -> Result<Vec<u8>, OfficeError> {
        let broken = |error: io::Error| OfficeError::WorkerFailed(error.to_string());
        fs::create_dir(folder).map_err(broken)?;
        let (input, output) = (folder.join(format!("document.{}", kind.as_str())), folder.join("result.pdf"));
        fs::write(&input, document).map_err(broken)?;
        let order = Order {
            input: &input.to_string_lossy(),
            output: &output.to_string_lossy(),
            filter: kind.import_filter(),
            export: kind.export_filter(),
            data: export_data(job),
            title: job.title,
        };
        frame::write(&mut self.orders, &order).map_err(broken)?;
        let end = Instant::now() + settings.job_time;
        loop {
            match self.wait(end) {
                Ok(Answer::Loaded) => progress(Stage::Loaded),
                Ok(Answer::Done) => break,
                Ok(Answer::Refused { problem }) => {
                    return Err(OfficeError::Damaged { problem: format!("LibreOffice does not read it: {problem}") });
                }
                Ok(Answer::Failed { problem }) => return Err(OfficeError::WorkerFailed(problem)),
                Ok(Answer::Ready) => return Err(OfficeError::WorkerFailed("it got ready twice".into())),
                Err(Waited::TooLong) => return Err(OfficeError::TimedOut { seconds: settings.job_time.as_secs() }),
                Err(other) => {
                    return Err(OfficeError::WorkerFailed(format!("it ended in the middle of the job: {other}")));
                }
            }
        }
        let size = fs::metadata(&output).map_err(broken)?.len();
        if size > settings.limits.output_bytes {
            return Err(OfficeError::TooLarge { what: "bytes of the PDF", limit: settings.limits.output_bytes });
        }
        fs::read(&output).map_err(broken)
    }

    /// True unless one of its processes is gone.
    pub(crate) fn lives(&mut self) -> bool {
        matches!((self.office.try_wait(), self.script.try_wait()), (Ok(None), Ok(None)))
    }

    /// True if it should do no more jobs.
    pub(crate) fn is_worn(&self, settings: &Settings) -> bool {
        self.jobs >= settings.jobs_per_worker
            || self.born.elapsed() >= settings.worker_age
            || process::resident_bytes(self.office.id()).is_some_and(|bytes| bytes > settings.limits.resident_bytes)
    }

    /// Identifier of the LibreOffice process.
    pub(crate) fn office_id(&self) -> u32 {
        self.office.id()
    }

    fn remove_pipes(&mut self) {
        for pipe in std::mem::take(&mut self.pipes) {
            let _ = fs::remove_file(pipe);
        }
    }

    fn wait(&mut self, end: Instant) -> Result<Answer, Waited> {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.answers.recv_timeout(left.min(LOOK)) {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => return Err(Waited::ScriptEnded),
                Err(RecvTimeoutError::Timeout) => {
                    if let Ok(Some(status)) = self.office.try_wait() {
                        return Err(Waited::OfficeEnded(status.code()));
                    }
                    self.pipes.extend(process::pipes_of(self.office.id(), Path::new(SOCKETS)));
                    if left.is_zero() {
                        return Err(Waited::TooLong);
                    }
                }
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        process::kill_group(self.script.id());
        let _ = self.office.kill();
        let _ = self.script.kill();
        let _ = self.office.wait();
        let _ = self.script.wait();
        let _ = fs::remove_dir_all(&self.folder);
        self.remove_pipes();
    }
}

/// Removes pipes of workers whose supervisor was killed.
pub(crate) fn remove_dead_pipes() {
    process::remove_dead_pipes(Path::new(SOCKETS));
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
enum Waited {
    #[error("time is over")]
    TooLong,
    #[error("LibreOffice ended with {0:?}")]
    OfficeEnded(Option<i32>),
    #[error("the script ended")]
    ScriptEnded,
}

/// Profile, jobs and a place for temporary files.
fn prepare(folder: &Path) -> io::Result<()> {
    process::make_private(folder)?;
    for name in ["jobs", "tmp", "profile", "profile/user"] {
        fs::create_dir(folder.join(name))?;
    }
    fs::write(folder.join("profile/user/registrymodifications.xcu"), profile::registry())
}

fn reach(settings: &Settings, installation: &Installation, fonts: &Fonts, folder: &Path) -> Reach {
    let paths = |list: &[&str]| list.iter().map(PathBuf::from).collect::<Vec<_>>();
    let mut programs = paths(PROGRAMS);
    // The folder above `program` has the data; of a Python elsewhere, its installation.
    programs.extend(installation.program.parent().and_then(Path::parent).map(Path::to_owned));
    programs.push(installation.python.clone());
    let mut readable = paths(READABLE);
    readable.extend(paths(FONT_FOLDERS));
    readable.extend(settings.fonts.clone());
    readable.push(fonts.config().to_owned());
    readable.extend(fonts.config().parent().map(|folder| folder.join("font-cache")));
    Reach {
        programs,
        readable,
        own: vec![folder.to_owned()],
        sockets: vec![SOCKETS.into()],
        required: settings.require_landlock,
    }
}

/// Two workers have two pipes: their folders' names differ.
fn pipe_name(folder: &Path) -> String {
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .replace(|sign: char| !sign.is_ascii_alphanumeric(), "");
    format!("eseal{}{name}", std::process::id())
}

fn script_command(settings: &Settings, installation: &Installation, folder: &Path, pipe: &str) -> Command {
    let mut command = bare(&installation.python, folder);
    let seconds = settings.start_time.as_secs().to_string();
    command.args(["-I", "-B", "-c", SCRIPT, pipe, &seconds]).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.envs(settings.test_environment.iter().map(|(name, value)| (name, value)));
    process::lead_group(&mut command, None);
    command
}

fn office_command(installation: &Installation, fonts: &Fonts, folder: &Path, pipe: &str, group: u32) -> Command {
    let mut command = bare(&installation.program, folder);
    command
        .args(["--headless", "--invisible", "--nologo", "--norestore", "--nodefault", "--nofirststartwizard"])
        .arg(format!("-env:UserInstallation={}", url(&folder.join("profile"))))
        .arg(format!("--accept=pipe,name={pipe};urp;"))
        .env("FONTCONFIG_FILE", fonts.config())
        .env("SAL_USE_VCLPLUGIN", "svp")
        .env("SAL_DISABLE_OPENCL", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    process::lead_group(&mut command, Some(group));
    command
}

/// A command that inherits nothing.
fn bare(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("HOME", folder)
        .env("TMPDIR", folder.join("tmp"))
        .env("LANG", "C.UTF-8")
        .current_dir(folder)
        .stderr(Stdio::null());
    command
}

/// `file:` URL of an absolute path.
fn url(path: &Path) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("file://");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Filter data of the PDF: everything that a reader may use, nothing that acts.
fn export_data(job: &Job<'_>) -> serde_json::Value {
    json!({
        "ExportBookmarks": true,
        "ExportFormFields": false,
        "UseTaggedPDF": true,
        "ReduceImageResolution": false,
        "UseLosslessCompression": true,
        "SelectPdfVersion": if job.archival { 2 } else { 17 },
        "SinglePageSheets": job.single_page_sheets,
    })
}
