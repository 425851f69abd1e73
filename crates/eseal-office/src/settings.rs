//! How workers run, and what a document may cost (设置与限额).

use std::{path::PathBuf, time::Duration};

/// How workers run (工作进程设置).
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder for profiles and jobs; made when the first job comes, emptied of what an earlier process left.
    pub folder: PathBuf,
    /// 字库目录: fonts that the operator provides, preferred to all others.
    pub fonts: Option<PathBuf>,
    /// `soffice.bin`, if it is not where systems have it.
    pub program: Option<PathBuf>,
    /// Workers at once.
    pub workers: usize,
    /// Jobs after which a worker is replaced.
    pub jobs_per_worker: u32,
    /// How old a worker becomes.
    pub worker_age: Duration,
    /// How long one job may take, by the clock.
    pub job_time: Duration,
    /// How long a worker may take to start.
    pub start_time: Duration,
    /// True to start no worker where Landlock cannot keep it to its own files.
    pub require_landlock: bool,
    /// What a document may cost.
    pub limits: Limits,
    /// Variables for the worker's script, for tests.
    #[doc(hidden)]
    pub test_environment: Vec<(String, String)>,
}

impl Settings {
    /// The defaults, with everything below `folder`.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            fonts: None,
            program: None,
            workers: 1,                             // 250 MB each; one does ten documents a second
            jobs_per_worker: 100,                   // what leaks, leaks for a minute
            worker_age: Duration::from_secs(3_600), // the same for rare jobs
            job_time: Duration::from_secs(60),      // a book of a thousand pages takes half of it
            start_time: Duration::from_secs(40),    // two seconds; twenty on a machine that swaps
            require_landlock: true,
            limits: Limits::default(),
            test_environment: Vec::new(),
        }
    }
}

/// What a document may cost (转换限额).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the document.
    pub source_bytes: u64,
    /// Bytes that a package may unpack to.
    pub unpacked_bytes: u64,
    /// Times that a package may grow when unpacked.
    pub ratio: u64,
    /// Unpacked bytes below which the ratio does not matter.
    pub ratio_floor_bytes: u64,
    /// Entries of a package.
    pub entries: u64,
    /// Bytes of XML that are searched for fonts and links.
    pub searched_bytes: u64,
    /// Bytes of the PDF, and of every other file that a worker writes.
    pub output_bytes: u64,
    /// Address space of a process, in bytes.
    pub memory_bytes: u64,
    /// Resident memory, in bytes, above which an idle worker is replaced.
    pub resident_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: 128 << 20,     // a presentation full of photographs
            unpacked_bytes: 1 << 30,     // eight times that
            ratio: 200,                  // XML of tables reaches 100; deflate itself ends at 1,032
            ratio_floor_bytes: 64 << 20, // a table of a million cells, which LibreOffice still reads in its time
            entries: 20_000,             // a thousand slides of twenty parts
            searched_bytes: 64 << 20,    // the text of a long book; what comes later has the same fonts
            output_bytes: 512 << 20,     // four times the source
            memory_bytes: 3 << 30,       // a fresh one reserves 0.5 GiB, a page of photographs one more
            resident_bytes: 500 << 20,   // twice a fresh one
        }
    }
}
