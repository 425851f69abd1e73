//! Interface 1-2, 文件格式转换: texts, pictures and office documents become PDF and OFD, OFD becomes PDF and PDF OFD,
//! pages become pictures; other pairs are refused.

mod pictures;

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use eseal::Document;
use eseal_api::{
    ConversionWarning, ConvertFile, ConvertFileResult, FileForm, FileInput, FileOutput, FileSource, Function,
    TargetType, TaskStarted,
};
use eseal_bytes::ByteSource;
use eseal_convert::{ConvertError, Options, Target};
use eseal_store::{FileRecord, TaskRecord};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;

use pictures::Wanted;

use crate::{
    App, Caller, Error, Result,
    files::{self, Purpose, Stated},
    office::{OfficeDocument, is_office},
    tasks::{self, Progress},
};

/// What became of a conversion (转换结果), files by reference.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Conversion {
    /// Done.
    Done(Converted),
    /// Goes on as a task.
    Started(TaskStarted),
}

/// A converted file that is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Converted {
    file_id: String,
    /// One picture a page; empty where there is one file.
    #[serde(default)]
    files: Vec<String>,
    form: Option<FileForm>,
    warnings: Vec<ConversionWarning>,
}

/// What a task needs to go on after a restart.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Job {
    file_id: String,
    /// Where the request named the file, for errors.
    pointer: String,
    target: String,
    allow_signed: bool,
    form: Option<FileForm>,
    #[serde(default = "whole")]
    pictures: Wanted,
    #[serde(default)]
    look: Look,
}

/// How the PDF is to be.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Look {
    archival: bool,
    single_page_sheets: bool,
}

impl Look {
    fn of(request: &ConvertFile) -> Result<Self> {
        let Some(options) = &request.options else { return Ok(Self::default()) };
        if options.pdf_a && request.target_type != TargetType::Pdf {
            return Err(Error::bad("/options/pdfA", "only a PDF can be a PDF/A"));
        }
        if options.pdf_a && options.allow_signed {
            return Err(Error::bad("/options/pdfA", "a PDF/A-2b cannot carry the sealed original"));
        }
        Ok(Self { archival: options.pdf_a, single_page_sheets: options.single_page_sheets })
    }
}

/// Tasks of before pictures could be asked for.
fn whole() -> Wanted {
    Wanted { pages: None, dpi: None }
}

/// Converts a file, or starts a task that does.
///
/// # Errors
/// [`Error::UnsupportedConversion`], [`Error::SealedInput`], [`Error::FileNotFound`]; the file cannot be read.
pub async fn convert_file(app: &Arc<App>, caller: &Caller, request: ConvertFile) -> Result<Conversion> {
    let pictures = Wanted::of(request.pages.as_ref(), request.dpi)?;
    let allow_signed = request.options.as_ref().is_some_and(|options| options.allow_signed);
    let look = Look::of(&request)?;
    if request.run_async {
        let (file_id, pointer) = keep(app, caller, &request.file).await?;
        check_pair(app, &caller.system()?.system_id, &file_id, request.target_type, allow_signed).await?;
        let target = request.target_type.as_str().into();
        let job = Job { file_id, pointer, target, allow_signed, form: request.form, pictures, look };
        return tasks::start(app, caller, Function::ConvertFile, STEPS, &job).await.map(Conversion::Started);
    }
    let system_id = &caller.system()?.system_id;
    let input = match &request.file.source {
        FileSource::Inline(bytes) => Input {
            source: Arc::new(bytes.0.clone()),
            file_type: request.file.file_type.clone(),
            title: request.file.title.clone(),
        },
        FileSource::Stored(id) => {
            let record = files::find(app, system_id, id, "/file/fileId").await?;
            let file_type = request.file.file_type.clone().or(Some(record.file_type));
            let title = request.file.title.clone().or(record.title);
            Input { source: app.objects.source(&record.object).await?, file_type, title }
        }
    };
    let how = How { target: request.target_type, allow_signed, form: request.form, pictures, look };
    let converted = convert(app, system_id, input, how, None).await?;
    Ok(Conversion::Done(converted))
}

/// Whether a kept file can be converted at all: a task is not started for what will be refused.
async fn check_pair(
    app: &Arc<App>,
    system_id: &str,
    file_id: &str,
    target: TargetType,
    allow_signed: bool,
) -> Result<()> {
    let kept = files::find(app, system_id, file_id, "/file/fileId").await?;
    let source = app.objects.source(&kept.object).await?;
    let shared = app.clone();
    app.pool.run(move || check(&shared, &source, Some(&kept.file_type), target, allow_signed).map(drop)).await
}

/// How a file becomes what is asked for.
enum Way {
    /// Text or pictures, by the native writers.
    Native(Target),
    /// Pages drawn as pictures.
    Pictures,
    /// OFD to PDF; true for a sealed one, which goes along as attachment.
    OfdToPdf(bool),
    /// PDF to OFD; the same.
    PdfToOfd(bool),
}

/// The way, if seals, source and target allow one; blocking.
fn check(
    app: &App,
    source: &Arc<dyn ByteSource>,
    file_type: Option<&str>,
    target: TargetType,
    allow_signed: bool,
) -> Result<Way> {
    let is_picture = matches!(target, TargetType::Png | TargetType::Svg);
    let to = if target == TargetType::Ofd { Target::Ofd } else { Target::Pdf };
    match Document::open(source.clone(), &app.config.document_limits()) {
        Ok(document) if document.signature_count() > 0 && !allow_signed => Err(Error::SealedInput.at("/file")),
        Ok(_) if is_picture => Ok(Way::Pictures),
        Ok(document) if document.as_ofd().is_some() && to == Target::Pdf => {
            Ok(Way::OfdToPdf(document.signature_count() > 0))
        }
        Ok(document) if document.as_pdf().is_some() && to == Target::Ofd => {
            Ok(Way::PdfToOfd(document.signature_count() > 0))
        }
        Ok(_) => Err(Error::UnsupportedConversion),
        // An office document goes by way of PDF.
        Err(eseal::OpenError::UnknownType) if is_office(source.as_ref(), file_type) => Ok(match to {
            _ if is_picture => Way::Pictures,
            Target::Ofd => Way::PdfToOfd(false),
            Target::Pdf => Way::Native(to),
        }),
        Err(eseal::OpenError::UnknownType) => {
            eseal_convert::check(source.as_ref(), file_type, to).map_err(|error| Error::from(error).at("/file"))?;
            Ok(if is_picture { Way::Pictures } else { Way::Native(to) })
        }
        Err(error) => Err(Error::from(error).at("/file")),
    }
}

/// A file's identifier; what came inside the request is kept for the task.
async fn keep(app: &Arc<App>, caller: &Caller, file: &FileInput) -> Result<(String, String)> {
    match &file.source {
        FileSource::Stored(id) => {
            files::find(app, &caller.system()?.system_id, id, "/file/fileId").await?;
            Ok((id.clone(), "/file/fileId".into()))
        }
        FileSource::Inline(bytes) => {
            let stated = Stated { file_type: file.file_type.clone(), title: file.title.clone() };
            let record = files::store_bytes(app, caller, bytes.0.clone(), stated, Purpose::Any, "/file").await?;
            Ok((record.id, "/file".into()))
        }
    }
}

/// Works on a task; done twice it makes two files, of which one is answered.
pub(crate) async fn run_task(app: &Arc<App>, record: &TaskRecord, progress: &Progress) -> Result<Value> {
    let internal = |error: serde_json::Error| Error::Internal(error.to_string());
    let job: Job = serde_json::from_str(&record.input).map_err(internal)?;
    let target = TargetType::find(&job.target).ok_or(Error::UnsupportedConversion)?;
    let kept = files::find(app, &record.system_id, &job.file_id, &job.pointer).await?;
    let input =
        Input { source: app.objects.source(&kept.object).await?, file_type: Some(kept.file_type), title: kept.title };
    let how = How { target, allow_signed: job.allow_signed, form: job.form, pictures: job.pictures, look: job.look };
    let converted = convert(app, &record.system_id, input, how, Some(progress)).await?;
    progress.report(STEPS).await?;
    serde_json::to_value(Conversion::Done(converted)).map_err(internal)
}

/// Steps of a conversion, as percent: each page that is written counts.
const STEPS: usize = 100;
/// Where the pages of an office document begin, which LibreOffice has laid out.
const LAID_OUT: usize = 75;
/// Where all pages are written, and the file is to be kept.
const WRITTEN: usize = 95;
/// Most pictures that are answered as they are.
const INLINE_PICTURES: usize = 20;

struct Input {
    source: Arc<dyn ByteSource>,
    file_type: Option<String>,
    title: Option<String>,
}

/// What is to become of a file.
struct How {
    target: TargetType,
    allow_signed: bool,
    form: Option<FileForm>,
    pictures: Wanted,
    look: Look,
}

async fn convert(
    app: &Arc<App>,
    system_id: &str,
    input: Input,
    how: How,
    progress: Option<&Progress>,
) -> Result<Converted> {
    let (shared, title) = (app.clone(), input.title.clone());
    let (target, form) = (how.target, how.form);
    let (files, warnings) = match as_pdf(app, &input, &how, progress).await? {
        None => worked(shared, input, how, 0, progress).await?,
        Some((pdf, warnings)) if target == TargetType::Pdf => (vec![pdf], warnings),
        Some((pdf, mut warnings)) => {
            let input = Input { source: Arc::new(pdf), file_type: Some("PDF".into()), title: input.title };
            let (files, more) = worked(shared, input, how, LAID_OUT, progress).await?;
            warnings.extend(more);
            (files, warnings)
        }
    };
    let mut ids = Vec::new();
    for bytes in files {
        ids.push(store(app, system_id, bytes, target, title.clone()).await?.id);
    }
    metrics::counter!("eseal_conversions_total", "target" => target.as_str()).increment(1);
    let file_id = ids.first().cloned().ok_or(Error::UnsupportedConversion)?;
    let files = if matches!(target, TargetType::Png | TargetType::Svg) { ids } else { Vec::new() };
    Ok(Converted { file_id, files, form, warnings })
}

/// The PDF of an office document, and what was lost; none for other files.
async fn as_pdf(
    app: &Arc<App>,
    input: &Input,
    how: &How,
    progress: Option<&Progress>,
) -> Result<Option<(Vec<u8>, Vec<ConversionWarning>)>> {
    let (shared, source, file_type) = (app.clone(), input.source.clone(), input.file_type.clone());
    let (target, allow_signed) = (how.target, how.allow_signed);
    let look = move || {
        check(&shared, &source, file_type.as_deref(), target, allow_signed)?;
        Ok(is_office(source.as_ref(), file_type.as_deref()))
    };
    if !app.pool.run(look).await? {
        return Ok(None);
    }
    let document = OfficeDocument {
        source: input.source.clone(),
        stated: input.file_type.clone(),
        title: input.title.clone(),
        archival: how.look.archival,
        single_page_sheets: how.look.single_page_sheets,
    };
    app.office.pdf_of(document, progress).await.map(Some)
}

/// Files and what was lost.
type Made = (Vec<Vec<u8>>, Vec<ConversionWarning>);

/// [`work`] away from the event loop; tells the task of each percent after `from`, and ends with it.
async fn worked(app: Arc<App>, input: Input, how: How, from: usize, progress: Option<&Progress>) -> Result<Made> {
    let (sender, mut heard) = mpsc::unbounded_channel();
    let steps = Steps { from, last: Cell::new(from), sender, wanted: Arc::new(AtomicBool::new(true)) };
    let wanted = steps.wanted.clone();
    let telling = async {
        while let Some(done) = heard.recv().await {
            if let Some(progress) = progress
                && !progress.report(done).await?
            {
                wanted.store(false, Ordering::Relaxed);
            }
        }
        Ok::<(), Error>(())
    };
    let shared = app.clone();
    let (made, told) = tokio::join!(app.pool.run(move || work(&shared, input, &how, &steps)), telling);
    told?;
    made
}

/// How far the pages are.
struct Steps {
    from: usize,
    last: Cell<usize>,
    sender: mpsc::UnboundedSender<usize>,
    wanted: Arc<AtomicBool>,
}

impl Steps {
    /// Tells of each new percent; false if nobody wants the file any more.
    fn tell(&self, page: usize, count: usize) -> bool {
        let room = WRITTEN.saturating_sub(self.from);
        let done = self.from + page.min(count).saturating_mul(room) / count.max(1);
        if done > self.last.replace(done.max(self.last.get())) {
            let _ = self.sender.send(done); // nobody listens any more
        }
        self.wanted.load(Ordering::Relaxed)
    }
}

/// The new files and what was lost; blocking.
fn work(app: &App, input: Input, how: &How, steps: &Steps) -> Result<Made> {
    let tell = |page, count| steps.tell(page, count);
    let file_type = input.file_type.as_deref();
    match check(app, &input.source, file_type, how.target, how.allow_signed)? {
        Way::Pictures => pictures::draw(app, input.source, file_type, how.target, &how.pictures),
        Way::OfdToPdf(is_sealed) => {
            let archival = how.look.archival;
            pictures::ofd_to_pdf(app, input.source, input.title.as_deref(), is_sealed, archival, &tell)
        }
        Way::PdfToOfd(is_sealed) => pictures::pdf_to_ofd(app, input.source, input.title.as_deref(), is_sealed, &tell),
        Way::Native(to) => {
            let options = Options { title: input.title, archival: how.look.archival, ..Options::default() };
            let converted = eseal_convert::convert(input.source.as_ref(), file_type, to, &options)
                .map_err(|error| Error::from(error).at("/file"))?;
            let warning = |warning: eseal_convert::Warning| ConversionWarning {
                kind: warning.kind.as_str().into(),
                detail: warning.detail,
            };
            Ok((vec![converted.bytes], converted.warnings.into_iter().map(warning).collect()))
        }
    }
}

async fn store(
    app: &Arc<App>,
    system_id: &str,
    bytes: Vec<u8>,
    target: TargetType,
    title: Option<String>,
) -> Result<FileRecord> {
    let stated = Stated { file_type: Some(target.as_str().into()), title };
    let is_picture = matches!(target, TargetType::Png | TargetType::Svg);
    let purpose = if is_picture { Purpose::Any } else { Purpose::Sealing };
    files::store_bytes_of(app, system_id, bytes, stated, purpose).await
}

impl Conversion {
    /// The answer: the file's bytes, or its identifier.
    ///
    /// # Errors
    /// [`Error::FileNotFound`] once the file's time is over.
    pub async fn answer(self, app: &Arc<App>, caller: &Caller) -> Result<ConvertFileResult> {
        match self {
            Self::Started(task) => Ok(ConvertFileResult::Started(task)),
            Self::Done(Converted { file_id, files: pages, form, warnings }) => {
                let system_id = &caller.system()?.system_id;
                let record = files::find(app, system_id, &file_id, "/file").await?;
                let is_picture = !pages.is_empty();
                let of_one_page =
                    |file: FileOutput| FileOutput { page_count: file.page_count.or(is_picture.then_some(1)), ..file };
                let file = of_one_page(files::output(app, &record, form).await?);
                let mut pictures = Vec::new();
                for id in &pages {
                    let record = files::find(app, system_id, id, "/files").await?;
                    // The first is in `file`; many at once are fetched one by one.
                    let form = if pages.len() > INLINE_PICTURES { Some(FileForm::FileId) } else { form };
                    pictures.push(of_one_page(files::output(app, &record, form).await?));
                }
                let files = (!pictures.is_empty()).then_some(pictures);
                Ok(ConvertFileResult::Converted(eseal_api::Converted { file, files, warnings }))
            }
        }
    }
}

impl From<ConvertError> for Error {
    fn from(error: ConvertError) -> Self {
        match error {
            ConvertError::UnknownType
            | ConvertError::UnsupportedPair { .. }
            | ConvertError::UnsupportedFeature { .. } => Self::UnsupportedConversion,
            ConvertError::Damaged { problem } => Self::FileDamaged { problem },
            ConvertError::TooLarge { limit, .. } => Self::FileTooLarge { limit_bytes: limit },
            ConvertError::NotArchival { reason } => Self::bad("/options/pdfA", reason),
            ConvertError::Read(error) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_percent_is_told_once_and_never_backwards() {
        let (sender, mut heard) = mpsc::unbounded_channel();
        let steps =
            Steps { from: LAID_OUT, last: Cell::new(LAID_OUT), sender, wanted: Arc::new(AtomicBool::new(true)) };
        assert!((1..=1_000).all(|page| steps.tell(page, 1_000)) && steps.tell(3, 1_000));
        let mut told = Vec::new();
        while let Ok(done) = heard.try_recv() {
            told.push(done);
        }
        assert_eq!(told, (LAID_OUT + 1..=WRITTEN).collect::<Vec<_>>());
        steps.wanted.store(false, Ordering::Relaxed);
        assert!(!steps.tell(1_000, 1_000));
        assert!(!steps.tell(1, 0));
    }
}
