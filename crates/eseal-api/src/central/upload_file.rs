//! Interface 5-1, 上传文件; the answer is [`crate::StoredFile`].

use crate::{FileInput, StoredFile, envelope::overall, field::request};

request! {
    /// Content of 5-1 `uploadFile`, unless it comes as a form.
    struct UploadFile {
        /// 文件.
        file: FileInput = "file",
    }
}

overall! { StoredFile; }
