//! Interface 5-1, 上传文件; forms are streamed through [`crate::files::Upload`].

use std::sync::Arc;

use eseal_api::{FileSource, StoredFile, UploadFile};

use crate::{
    App, Caller, Result,
    files::{self, Purpose, Stated},
};

/// Keeps a PDF or OFD for central signing; one that was uploaded before is answered again.
///
/// # Errors
/// The file is damaged, encrypted or neither PDF nor OFD; it is not found.
pub async fn upload_file(app: &Arc<App>, caller: &Caller, request: UploadFile) -> Result<StoredFile> {
    let stated = Stated { file_type: request.file.file_type.clone(), title: request.file.title.clone() };
    let record = match request.file.source {
        FileSource::Inline(bytes) => {
            files::store_bytes(app, caller, bytes.0, stated, Purpose::Sealing, "/file").await?
        }
        FileSource::Stored(id) => files::find(app, &caller.system()?.system_id, &id, "/file/fileId").await?,
    };
    Ok(files::stored_file(&record))
}
