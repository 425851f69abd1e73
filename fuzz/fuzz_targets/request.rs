//! Any JSON as the content of each interface: it is read, or the field at fault is named.

use eseal_api::{
    ComposeSignature, ConvertFile, DownloadFile, FieldError, GenerateDigest, GetLoginQrCode, GetLoginQrStatus,
    GetSealList, GetSignTask, GetUsbKeyChallenge, LoginByUsbKey, Request, RequestEnvelope, SignDigestByMobile,
    SignDigestByServer, SignDigestByUsbKey, SignFile, UploadFile, VerifyFile, VerifySeal, mobile,
};
use serde_json::Value;

pub(crate) fn check(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    let _ = serde_json::from_value::<RequestEnvelope>(value.clone());
    let content = value.get("content").unwrap_or(&value);
    let read: [Result<(), FieldError>; 21] = [
        as_a::<GetSealList>(content),
        as_a::<ConvertFile>(content),
        as_a::<GetLoginQrCode>(content),
        as_a::<GetLoginQrStatus>(content),
        as_a::<GetUsbKeyChallenge>(content),
        as_a::<LoginByUsbKey>(content),
        as_a::<GenerateDigest>(content),
        as_a::<SignDigestByMobile>(content),
        as_a::<GetSignTask>(content),
        as_a::<SignDigestByUsbKey>(content),
        as_a::<SignDigestByServer>(content),
        as_a::<ComposeSignature>(content),
        as_a::<VerifyFile>(content),
        as_a::<VerifySeal>(content),
        as_a::<UploadFile>(content),
        as_a::<SignFile>(content),
        as_a::<DownloadFile>(content),
        as_a::<mobile::StartEnrol>(content),
        as_a::<mobile::Scan>(content),
        as_a::<mobile::Confirm>(content),
        as_a::<mobile::Refuse>(content),
    ];
    for error in read.into_iter().filter_map(Result::err) {
        assert!(error.pointer.is_empty() || error.pointer.starts_with('/'), "{} is a pointer", error.pointer);
    }
}

fn as_a<R: Request>(content: &Value) -> Result<(), FieldError> {
    R::from_content(content).map(drop)
}
