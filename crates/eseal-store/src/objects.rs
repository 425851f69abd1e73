//! Bytes of files (对象存储): written as they come, read by ranges, never held whole.

use std::{
    collections::VecDeque,
    path::{Path as FolderPath, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use bytes::Bytes;
use eseal_bytes::{ByteSource, ReadError};
use futures::TryStreamExt;
use jiff::Timestamp;
use object_store::{ObjectStore, ObjectStoreExt, buffered::BufWriter, local::LocalFileSystem, path::Path};
use tokio::{io::AsyncWriteExt, runtime::Handle};

use crate::{Result, StoreError};

/// Piece of a file that is written at once: each upload on its way holds three of them, so a hundred need 75 MiB.
const PART_BYTES: usize = 256 << 10;
/// Parts on their way at once: two keep a disk or network busy, more only hold memory.
const PARTS_AT_ONCE: usize = 2;
/// Size of a cached block: parsers read a few bytes here and there, hashing reads 256 KiB pieces.
const BLOCK_BYTES: u64 = 64 << 10;
/// Cached blocks of one source: 1 MiB, so that a hundred open documents need 100 MiB.
const BLOCKS: usize = 16;

/// Where the bytes of files are.
#[derive(Clone, Debug)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

impl Objects {
    /// Keeps objects as files in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub fn open(folder: &FolderPath) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Objects(error.to_string()))?;
        // A sealed file must be on the disk before the database says that it exists.
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: folder.to_owned() })
    }

    /// Begins a new object; it exists once the writer has finished.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn create(&self, name: &str) -> Result<ObjectWriter> {
        let writer = BufWriter::with_capacity(self.store.clone(), Path::from(name), PART_BYTES);
        Ok(ObjectWriter(writer.with_max_concurrency(PARTS_AT_ONCE)))
    }

    /// Writes all bytes of a source, piece by piece.
    ///
    /// # Errors
    /// [`StoreError::Objects`], also if the source cannot be read.
    pub async fn put(&self, name: &str, source: Arc<dyn ByteSource>) -> Result<()> {
        let mut writer = self.create(name).await?;
        let (len, chunk) = (source.len(), u64::try_from(eseal_bytes::CHUNK_BYTES).unwrap_or(u64::MAX));
        let mut offset = 0;
        while offset < len {
            let (source, end) = (source.clone(), len.min(offset.saturating_add(chunk)));
            let piece = tokio::task::spawn_blocking(move || source.read_range(offset..end, chunk))
                .await
                .map_err(|error| StoreError::Objects(error.to_string()))?
                .map_err(|error| StoreError::Objects(error.to_string()))?;
            writer.write(piece.into()).await?;
            offset = end;
        }
        writer.finish().await
    }

    /// An object, to be read by ranges from blocking threads.
    ///
    /// # Errors
    /// [`StoreError::NoObject`].
    pub async fn source(&self, name: &str) -> Result<Arc<dyn ByteSource>> {
        let path = Path::from(name);
        let len = self.store.head(&path).await?.size;
        let store = self.store.clone();
        Ok(Arc::new(ObjectSource { store, path, len, runtime: Handle::current(), blocks: Mutex::default() }))
    }

    /// Removes an object; that it is gone already is no error.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn delete(&self, name: &str) -> Result<()> {
        match self.store.delete(&Path::from(name)).await.map_err(StoreError::from) {
            Err(StoreError::NoObject) => Ok(()),
            other => other,
        }
    }

    /// Names of the objects that were finished before a moment.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn written_before(&self, moment: Timestamp) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut list = self.store.list(None);
        while let Some(object) = list.try_next().await? {
            if object.last_modified.timestamp_millis() < moment.as_millisecond() {
                found.push(object.location.to_string());
            }
        }
        Ok(found)
    }

    /// Removes what uploads that never finished left before a moment, and gives how many there were.
    pub(crate) async fn remove_unfinished(&self, moment: Timestamp) -> Result<usize> {
        let folder = self.folder.clone();
        let removed = tokio::task::spawn_blocking(move || remove_unfinished(&folder, moment)).await;
        removed
            .map_err(|error| StoreError::Objects(error.to_string()))?
            .map_err(|error| StoreError::Objects(error.to_string()))
    }
}

/// The local store writes an object as `name#1`, `name#2`, … and renames it when it is whole.
fn remove_unfinished(folder: &FolderPath, moment: Timestamp) -> std::io::Result<usize> {
    let mut removed = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (name, metadata) = (entry.file_name(), entry.metadata()?);
        if metadata.is_dir() {
            removed += remove_unfinished(&entry.path(), moment)?;
        } else if is_unfinished(&name.to_string_lossy()) && is_before(metadata.modified()?, moment) {
            std::fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn is_before(modified: SystemTime, moment: Timestamp) -> bool {
    Timestamp::try_from(modified).is_ok_and(|modified| modified < moment)
}

fn is_unfinished(name: &str) -> bool {
    name.rsplit_once('#')
        .is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// An object on its way in.  Dropped without `finish`, nothing is kept.
pub struct ObjectWriter(BufWriter);

impl ObjectWriter {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        Ok(self.0.put(bytes).await?)
    }

    /// Makes the object exist.
    ///
    /// # Errors
    /// [`StoreError::Objects`].
    pub async fn finish(mut self) -> Result<()> {
        self.0.shutdown().await.map_err(|error| StoreError::Objects(error.to_string()))
    }
}

/// An object read by ranges.
struct ObjectSource {
    store: Arc<dyn ObjectStore>,
    path: Path,
    len: u64,
    runtime: Handle,
    /// Blocks by number, the latest used last.
    blocks: Mutex<VecDeque<(u64, Bytes)>>,
}

impl ObjectSource {
    fn fetch(&self, offset: u64, len: u64) -> Result<Bytes, ReadError> {
        let range = offset..offset.saturating_add(len).min(self.len);
        let wanted = range.end.saturating_sub(range.start);
        let (store, path) = (self.store.clone(), self.path.clone());
        let bytes = self
            .runtime
            .block_on(async move { store.get_range(&path, range).await })
            .map_err(|error| ReadError::Storage(error.to_string()))?;
        if u64::try_from(bytes.len()) == Ok(wanted) {
            Ok(bytes)
        } else {
            Err(ReadError::Storage("the object is shorter than it was".into()))
        }
    }

    fn block(&self, number: u64) -> Result<Bytes, ReadError> {
        {
            let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = blocks.iter().position(|(own, _)| *own == number).and_then(|at| blocks.remove(at)) {
                blocks.push_back(found.clone());
                return Ok(found.1);
            }
        }
        let bytes = self.fetch(number.saturating_mul(BLOCK_BYTES), BLOCK_BYTES)?;
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        if blocks.len() >= BLOCKS {
            blocks.pop_front();
        }
        blocks.push_back((number, bytes.clone()));
        Ok(bytes)
    }
}

impl ByteSource for ObjectSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let len = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        let end = offset.checked_add(len).filter(|end| *end <= self.len);
        let end = end.ok_or(ReadError::OutOfRange { offset, len, size: self.len })?;
        if len >= BLOCK_BYTES {
            // Whoever reads much reads it once.
            buffer.copy_from_slice(&self.fetch(offset, len)?);
            return Ok(());
        }
        let (mut at, mut rest) = (offset, buffer);
        while at < end {
            let block = self.block(at / BLOCK_BYTES)?;
            let within = usize::try_from(at % BLOCK_BYTES).unwrap_or(usize::MAX);
            let found = block.get(within..).unwrap_or_default();
            let size = found.len().min(rest.len());
            if size == 0 {
                return Err(ReadError::Storage("the object is shorter than it was".into()));
            }
            let (now, later) = rest.split_at_mut(size);
            now.copy_from_slice(found.get(..size).unwrap_or_default());
            at = at.saturating_add(u64::try_from(size).unwrap_or(u64::MAX));
            rest = later;
        }
        Ok(())
    }
}
