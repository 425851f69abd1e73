//! Files of systems (文件): uploaded, produced, downloaded; streamed, never held whole.

use std::sync::Arc;

use bytes::Bytes;
use eseal::Document;
use eseal_api::{Base64, FileForm, FileInput, FileOutput, FileSource, StoredFile, wants_file_id};
use eseal_bytes::{ByteSource, CHUNK_BYTES};
use eseal_gm::Sm3;
use eseal_store::{FileRecord, ObjectWriter};
use futures::Stream;

use crate::{
    App, Caller, Error, Result,
    idempotency::{self, Begun},
    random::{is_id, new_id},
    seconds,
};

/// Longest `fileType` that a caller may state, in bytes: the longest known one has four letters.
const FILE_TYPE_BYTES: usize = 16;

/// A file on its way in (流式上传): write the pieces, then finish.
pub struct Upload {
    app: Arc<App>,
    system_id: String,
    object: String,
    writer: ObjectWriter,
    hash: Sm3,
    size: u64,
    limit_bytes: u64,
}

/// What the caller says of a file.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// `fileType`.
    pub file_type: Option<String>,
    /// `title`.
    pub title: Option<String>,
}

/// What an upload must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Anything.
    Any,
    /// A readable PDF or OFD: for 5-1.
    Sealing,
}

impl Upload {
    /// Begins an upload for the calling system.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin(app: &Arc<App>, caller: &Caller) -> Result<Self> {
        Self::begin_for(app, &caller.system()?.system_id).await
    }

    async fn begin_for(app: &Arc<App>, system_id: &str) -> Result<Self> {
        let object = format!("files/{}", new_id()?);
        Ok(Self {
            system_id: system_id.to_owned(),
            writer: app.objects.create(&object).await?,
            object,
            hash: Sm3::new(),
            size: 0,
            limit_bytes: app.config.limits.file_bytes,
            app: app.clone(),
        })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`]; the store's.
    pub async fn write(&mut self, piece: Bytes) -> Result<()> {
        let len = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.size = self.size.saturating_add(len);
        if self.size > self.limit_bytes {
            return Err(Error::FileTooLarge { limit_bytes: self.limit_bytes });
        }
        self.hash.update(&piece);
        Ok(self.writer.write(piece).await?)
    }

    /// Bytes so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Keeps the file; without this call nothing is kept.
    ///
    /// # Errors
    /// The file is empty, or not what it must be; the store's.
    pub async fn finish(self, stated: Stated, purpose: Purpose) -> Result<StoredFile> {
        let record = self.keep(stated, purpose).await.map_err(|error| about_file(error, "/file"))?;
        Ok(stored_file(&record))
    }

    /// As [`Self::finish`], once: the same upload under the same reqId is answered again and kept once.
    ///
    /// `function` is what the file was uploaded for: `files`, or the `category/function` of an interface.
    ///
    /// # Errors
    /// As [`Self::finish`]; [`Error::ReqIdReused`], [`Error::SameRequestRunning`].
    pub async fn finish_once(
        self,
        caller: &Caller,
        function: &str,
        stated: Stated,
        purpose: Purpose,
    ) -> Result<StoredFile> {
        let (app, caller) = (self.app.clone(), caller.clone());
        let fields = serde_json::json!({
            "sm3": hex::encode(self.hash.clone().finish()), "fileType": stated.file_type, "title": stated.title,
        });
        match idempotency::begin(&app, &caller, function, &idempotency::fingerprint(&fields)).await? {
            Begun::Before(kept) => serde_json::from_str(&kept).map_err(|error| Error::Internal(error.to_string())),
            Begun::New(remembering) => {
                // To its end, whatever happens to whoever waits.
                tokio::spawn(async move {
                    let done = self.finish(stated, purpose).await;
                    match &done {
                        Ok(file) => {
                            let kept =
                                serde_json::to_string(file).map_err(|error| Error::Internal(error.to_string()))?;
                            remembering.finish(Some(&kept)).await?;
                        }
                        Err(error) => remembering.fail(error).await?,
                    }
                    done
                })
                .await
                .map_err(|error| Error::Internal(error.to_string()))?
            }
        }
    }

    async fn keep(self, stated: Stated, purpose: Purpose) -> Result<FileRecord> {
        let Self { app, system_id, object, writer, hash, size, .. } = self;
        if size == 0 {
            return Err(Error::FileDamaged { problem: "the file is empty".into() });
        }
        writer.finish().await?;
        let facts = look_at(&app, app.objects.source(&object).await?, &stated, purpose).await;
        let (file_type, page_count) = match facts {
            Ok(found) => found,
            Err(error) => {
                app.objects.delete(&object).await?;
                return Err(error);
            }
        };
        let now = app.clock.now();
        let record = FileRecord {
            id: new_id()?,
            system_id,
            object,
            file_type,
            title: stated.title,
            page_count,
            size,
            sm3: hash.finish(),
            created: now,
            expires: now + seconds(app.config.times.file),
        };
        app.store.insert_file(&record).await?;
        Ok(record)
    }
}

/// Kind and number of pages.
async fn look_at(
    app: &App,
    source: Arc<dyn ByteSource>,
    stated: &Stated,
    purpose: Purpose,
) -> Result<(String, Option<u32>)> {
    let limits = app.config.document_limits();
    let opened = app
        .pool
        .run(move || {
            let document = Document::open(source, &limits)?;
            Ok((document.file_type().as_str().to_owned(), u32::try_from(document.page_count()).ok()))
        })
        .await;
    match opened {
        Ok(found) => Ok(found),
        Err(error) if purpose == Purpose::Sealing => Err(error),
        Err(Error::StorageUnavailable(problem)) => Err(Error::StorageUnavailable(problem)),
        Err(_) => Ok((stated_type(stated), None)),
    }
}

/// What the caller says the file is, in capitals.
fn stated_type(stated: &Stated) -> String {
    let text = stated.file_type.as_deref().unwrap_or_default().trim().to_ascii_uppercase();
    let is_type = (1..=FILE_TYPE_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_type { text } else { "BIN".into() }
}

/// Keeps bytes that came inside a request.
///
/// `pointer` is the place of the request that names the file.
///
/// # Errors
/// As [`Upload::finish`].
pub async fn store_bytes(
    app: &Arc<App>,
    caller: &Caller,
    bytes: Vec<u8>,
    stated: Stated,
    purpose: Purpose,
    pointer: &str,
) -> Result<FileRecord> {
    let stored = store_bytes_of(app, &caller.system()?.system_id, bytes, stated, purpose).await;
    stored.map_err(|error| about_file(error, pointer))
}

/// An error that is the file's fault, at the place that named the file.
fn about_file(error: Error, pointer: &str) -> Error {
    match error.kind() {
        Error::FileDamaged { .. } | Error::FileEncrypted | Error::FileTooLarge { .. } | Error::UnsupportedFileType => {
            error.at(pointer)
        }
        _ => error,
    }
}

/// Keeps bytes for a system.
pub(crate) async fn store_bytes_of(
    app: &Arc<App>,
    system_id: &str,
    bytes: Vec<u8>,
    stated: Stated,
    purpose: Purpose,
) -> Result<FileRecord> {
    let mut upload = Upload::begin_for(app, system_id).await?;
    upload.write(bytes.into()).await?;
    upload.keep(stated, purpose).await
}

/// A file on its way out.
pub struct Download {
    /// What is known of it.
    pub file: StoredFile,
    /// Title, if one was given.
    pub title: Option<String>,
    /// Its bytes.
    pub source: Arc<dyn ByteSource>,
}

/// `GET /api/v1/files/{fileId}`: a file of the calling system.
///
/// # Errors
/// [`Error::FileNotFound`].
pub async fn download(app: &App, caller: &Caller, id: &str) -> Result<Download> {
    let record = find(app, &caller.system()?.system_id, id, "/fileId").await?;
    let source = app.objects.source(&record.object).await?;
    Ok(Download { file: stored_file(&record), title: record.title, source })
}

/// The file of that system; others do not exist for it.
pub(crate) async fn find(app: &App, system_id: &str, id: &str, pointer: &str) -> Result<FileRecord> {
    let not_found = || Error::FileNotFound.at(pointer);
    if !is_id(id) {
        return Err(not_found());
    }
    let record = app.store.find_file(system_id, id).await?.ok_or_else(not_found)?;
    if record.expires < app.clock.now() { Err(not_found()) } else { Ok(record) }
}

/// The bytes of a file that a request names or carries; carried bytes stay in memory.
///
/// # Errors
/// [`Error::FileNotFound`].
pub async fn open_input(app: &App, caller: &Caller, file: &FileInput, pointer: &str) -> Result<Arc<dyn ByteSource>> {
    match &file.source {
        FileSource::Inline(_) => open_inline(file, pointer),
        FileSource::Stored(id) => {
            let record = find(app, &caller.system()?.system_id, id, &format!("{pointer}/fileId")).await?;
            Ok(app.objects.source(&record.object).await?)
        }
    }
}

/// The bytes that a request carries.
///
/// # Errors
/// [`Error::FileNotFound`] if it names a stored file instead.
pub fn open_inline(file: &FileInput, pointer: &str) -> Result<Arc<dyn ByteSource>> {
    match &file.source {
        FileSource::Inline(bytes) => Ok(Arc::new(bytes.0.clone())),
        FileSource::Stored(_) => Err(Error::FileNotFound.at(format!("{pointer}/fileId"))),
    }
}

/// The record of a file that a request names or carries; carried bytes are stored, so that they outlive a restart.
pub(crate) async fn keep_input(app: &Arc<App>, caller: &Caller, file: &FileInput, pointer: &str) -> Result<FileRecord> {
    match &file.source {
        FileSource::Stored(id) => find(app, &caller.system()?.system_id, id, &format!("{pointer}/fileId")).await,
        FileSource::Inline(bytes) => {
            let stated = Stated { file_type: file.file_type.clone(), title: file.title.clone() };
            store_bytes(app, caller, bytes.0.clone(), stated, Purpose::Sealing, pointer).await
        }
    }
}

/// Answer of uploads.
pub(crate) fn stored_file(record: &FileRecord) -> StoredFile {
    StoredFile {
        file_id: record.id.clone(),
        file_type: record.file_type.clone(),
        page_count: record.page_count,
        size: record.size,
        sm3: hex::encode(record.sm3),
    }
}

/// A file in an answer: its bytes, or its identifier if that is asked for or the bytes would not fit an answer.
pub(crate) async fn output(app: &App, record: &FileRecord, form: Option<FileForm>) -> Result<FileOutput> {
    let by_id = wants_file_id(form) || record.size > app.config.limits.inline_file_bytes;
    let file_b64 = if by_id { None } else { Some(Base64(read_all(app, record).await?)) };
    Ok(FileOutput {
        file_id: by_id.then(|| record.id.clone()),
        file_b64,
        file_type: record.file_type.clone(),
        title: record.title.clone(),
        page_count: record.page_count,
        sm3: hex::encode(record.sm3),
    })
}

async fn read_all(app: &App, record: &FileRecord) -> Result<Vec<u8>> {
    let (source, limit) = (app.objects.source(&record.object).await?, app.config.limits.inline_file_bytes);
    app.pool.run(move || Ok(source.read_all(limit)?)).await
}

/// The bytes of a source, piece by piece, read off the event loop.
pub fn stream(source: Arc<dyn ByteSource>) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    futures::stream::try_unfold((source, 0_u64), |(source, offset)| async move {
        if offset >= source.len() {
            return Ok(None);
        }
        tokio::task::spawn_blocking(move || {
            let chunk = u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX);
            let end = source.len().min(offset.saturating_add(chunk));
            let piece = source.read_range(offset..end, chunk)?;
            Ok(Some((Bytes::from(piece), (source, end))))
        })
        .await
        .map_err(|error| Error::Internal(error.to_string()))?
    })
}
