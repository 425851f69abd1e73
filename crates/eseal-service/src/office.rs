//! Office documents away from the event loop (办公文档转换): a bounded queue before the workers.

use std::sync::Arc;

use eseal_api::ConversionWarning;
use eseal_bytes::ByteSource;
use eseal_convert::{ConvertError, SourceType, Target};
use eseal_office::{Converted, Job, Office, OfficeError, Settings, Stage};
use tokio::sync::{Semaphore, mpsc};

use crate::{Config, Error, Result, fonts::font_folder, tasks::Progress};

/// Documents that wait for a worker; whoever comes later is told to come again.
const QUEUE: usize = 64; // at ten documents a second nobody waits longer than a call may take

/// LibreOffice workers with a queue before them.
#[derive(Debug)]
pub struct OfficeQueue {
    office: Arc<Office>,
    places: Semaphore,
    workers: Semaphore,
}

/// An office document that is to become a PDF.
pub(crate) struct OfficeDocument {
    pub(crate) source: Arc<dyn ByteSource>,
    /// What the caller says it is.
    pub(crate) stated: Option<String>,
    pub(crate) title: Option<String>,
    /// PDF/A-2b.
    pub(crate) archival: bool,
    pub(crate) single_page_sheets: bool,
}

/// Settings of the workers, from the configuration.
#[must_use]
pub fn office_settings(config: &Config) -> Settings {
    let mut settings = Settings::new(config.storage.data.join("office"));
    let office = &config.office;
    settings.fonts = Some(font_folder(config));
    settings.program.clone_from(&office.program);
    settings.workers = office.workers.max(1);
    settings.jobs_per_worker = office.jobs_per_worker.max(1);
    settings.job_time = std::time::Duration::from_secs(office.job_seconds.max(1));
    settings.require_landlock = office.require_landlock;
    settings
}

impl OfficeQueue {
    pub(crate) fn new(config: &Config) -> Self {
        let settings = office_settings(config);
        let workers = settings.workers.min(QUEUE);
        Self {
            office: Arc::new(Office::new(settings)),
            places: Semaphore::new(workers + QUEUE),
            workers: Semaphore::new(workers),
        }
    }

    /// How the workers are; nothing before the first document.
    #[must_use]
    pub fn health(&self) -> Option<eseal_office::Health> {
        self.office.health()
    }

    /// The PDF of a document with what was lost on the way; tells the task how far it is.
    ///
    /// # Errors
    /// The document's, at `/file`; no worker.
    pub(crate) async fn pdf_of(
        &self,
        document: OfficeDocument,
        progress: Option<&Progress>,
    ) -> Result<(Vec<u8>, Vec<ConversionWarning>)> {
        let (stages, mut heard) = mpsc::unbounded_channel();
        let telling = async {
            while let Some(stage) = heard.recv().await {
                if let Some(progress) = progress {
                    progress.report(step(stage)).await?;
                }
            }
            Ok::<(), Error>(())
        };
        let (converted, told) = tokio::join!(self.convert(document, stages), telling);
        told?;
        let converted = converted.map_err(|error| if error.is_transient() { error } else { error.at("/file") })?;
        let warning = |warning: eseal_office::Warning| ConversionWarning {
            kind: warning.kind.as_str().into(),
            detail: warning.detail,
        };
        Ok((converted.bytes, converted.warnings.into_iter().map(warning).collect()))
    }

    async fn convert(&self, document: OfficeDocument, stages: mpsc::UnboundedSender<Stage>) -> Result<Converted> {
        let _place =
            self.places.try_acquire().map_err(|_| Error::ConversionUnavailable("too many documents wait".into()))?;
        let _worker = self.workers.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
        let office = self.office.clone();
        let work = move || {
            let bytes = document.source.read_all(office.settings().limits.source_bytes)?;
            let job = Job {
                bytes: &bytes,
                stated: document.stated.as_deref(),
                title: document.title.as_deref(),
                archival: document.archival,
                single_page_sheets: document.single_page_sheets,
            };
            let tell = |stage| {
                let _ = stages.send(stage); // nobody listens any more
            };
            Ok(office.convert(&job, &tell)?)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
    }
}

/// How much of the task is done, percent.
const fn step(stage: Stage) -> usize {
    match stage {
        Stage::Inspected => 25,
        Stage::Loaded => 50,
        _ => 75,
    }
}

/// True for what LibreOffice has to read: neither PDF nor OFD, nor what is converted natively.
pub(crate) fn is_office(source: &dyn ByteSource, stated: Option<&str>) -> bool {
    let found = eseal_convert::check(source, stated, Target::Pdf);
    matches!(
        found,
        Err(ConvertError::UnsupportedPair { source_type: SourceType::Office | SourceType::Html | SourceType::Rtf, .. })
    )
}

impl From<OfficeError> for Error {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::UnknownKind => Self::UnsupportedFileType,
            OfficeError::Encrypted => Self::FileEncrypted,
            OfficeError::Damaged { problem } => Self::FileDamaged { problem },
            OfficeError::TooLarge { limit, .. } => Self::FileTooLarge { limit_bytes: limit },
            OfficeError::NotInstalled { .. } => Self::OfficeNotInstalled,
            other => Self::ConversionUnavailable(other.to_string()),
        }
    }
}
