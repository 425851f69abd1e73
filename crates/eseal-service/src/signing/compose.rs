//! Interface 3-5, 签章合成: the signature value is verified and put in, and the use of the seal recorded.

use std::sync::Arc;

use eseal::{FileType, Prepared, Sealed, SignatureValue};
use eseal_api::{
    Base64, ComposeSignature, ComposeSignatureResult, Composed, ComposedEntry, FileForm, SignedDigest, SignedValue,
};
use eseal_bytes::ByteSource;
use eseal_log::Kind;
use eseal_store::{CompositionRecord, DigestRecord, FileRecord};

use super::digest::{self, Checked};
use crate::{
    App, Caller, Error, Result,
    access::{self, Right},
    code::entry,
    evidence, files, mobile,
    random::new_id,
    receipts, seconds,
};

/// Composes every entry of the list, or every document of a phone's signing task; an entry fails alone.
///
/// # Errors
/// What stands outside the list: the right to act, the state of the signing task.
pub async fn compose(app: &Arc<App>, caller: &Caller, request: ComposeSignature) -> Result<ComposeSignatureResult> {
    let right = access::right(app, caller, &request.common).await?;
    let list = match (&request.sign_task_id, request.seal_data_list) {
        (Some(id), _) => mobile::signed_values(app, caller, id).await?.into_iter().map(Ok).collect(),
        (None, Some(entries)) => entries.0,
        (None, None) => return Err(Error::missing("/sealDataList")),
    };
    let mut file_list = Vec::with_capacity(list.len());
    for (index, signed) in list.into_iter().enumerate() {
        let file_unique_id = signed.as_ref().ok().map(|signed| signed.file_unique_id.clone());
        let result = match signed {
            Ok(signed) => compose_entry(app, &right, &signed, request.form, &format!("/sealDataList/{index}")).await,
            Err(error) => Err(error.into()),
        };
        let (composed, status) = entry(result, caller.language);
        file_list.push(ComposedEntry { file_unique_id, composed, status });
    }
    Ok(ComposeSignatureResult { file_list })
}

async fn compose_entry(
    app: &Arc<App>,
    right: &Right,
    signed: &SignedDigest,
    form: Option<FileForm>,
    at: &str,
) -> Result<Composed> {
    let checked = digest::check(app, right, &signed.file_unique_id, at).await?;
    let value = match &signed.value {
        SignedValue::Value(value) => SignatureValue::Bytes(value.0.clone()),
        SignedValue::SignedData(data) => SignatureValue::SignedData(data.0.clone()),
    };
    let certificate = signed.cert.as_ref().map(|certificate| certificate.0.clone());
    let composition = compose_once(app, right, checked, value, certificate, Kind::Composed).await?;
    answer(app, &right.system_id, composition, form).await
}

/// Composes a prepared document, once: the same value again gives the same result, another one [`Error::AlreadyComposed`].
pub(crate) async fn compose_once(
    app: &Arc<App>,
    right: &Right,
    checked: Checked,
    value: SignatureValue,
    certificate: Option<Vec<u8>>,
    kind: Kind,
) -> Result<CompositionRecord> {
    let Checked { record, prepared, .. } = checked;
    if record.composed.is_none() {
        right.check_uses_left(app)?;
        digest::check_certificate(app, &prepared.signer_certificate)?;
    }
    // Whoever was first, the value must fit e and the certificate.
    let (checking, given, named) = (prepared.clone(), value.clone(), certificate.clone());
    let normalized = app.pool.run(move || Ok(checking.check_value(&given, named.as_deref())?)).await;
    if let Some(done) = record.composed {
        return same_composition(done, normalized.ok().as_deref());
    }
    normalized?;
    let sealed = seal(app, &record, prepared.clone(), value, certificate).await?;
    let signature_value = sealed.signature_value.clone();
    // Before it is kept: whoever stops here has lost a use, and never gained one.
    right.use_up(app).await?;
    match keep(app, &record, &prepared, sealed, kind).await? {
        Some(composition) => Ok(composition),
        None => {
            // Another request was faster.
            let found = app.store.find_digest(&record.system_id, &record.id).await?;
            let done = found.and_then(|record| record.composed).ok_or(Error::FileNotFound)?;
            same_composition(done, Some(&signature_value))
        }
    }
}

fn same_composition(done: CompositionRecord, value: Option<&[u8]>) -> Result<CompositionRecord> {
    if value == Some(done.signature_value.as_slice()) { Ok(done) } else { Err(Error::AlreadyComposed) }
}

async fn seal(
    app: &Arc<App>,
    record: &DigestRecord,
    prepared: Prepared,
    value: SignatureValue,
    certificate: Option<Vec<u8>>,
) -> Result<Sealed> {
    let original: Arc<dyn ByteSource> = match &record.object {
        Some(object) => app.objects.source(object).await?,
        None => Arc::new(Vec::new()), // a digest's document never came here
    };
    let token = evidence::at_sealing::time_stamp(app, &prepared, &value, certificate.as_deref()).await?;
    let shared = app.clone();
    app.pool
        .run(move || {
            let file_type = prepared.file_type;
            let sealed =
                prepared.compose_with_time_stamp(original, &value, certificate.as_deref(), token.as_deref())?;
            evidence::at_sealing::with_evidence(&shared, sealed, file_type)
        })
        .await
}

/// Writes the file, then commits file, composition and log entry in one transaction; nothing if another was faster.
async fn keep(
    app: &Arc<App>,
    record: &DigestRecord,
    prepared: &Prepared,
    sealed: Sealed,
    kind: Kind,
) -> Result<Option<CompositionRecord>> {
    let now = app.clock.now();
    let file = match prepared.file_type {
        None => None,
        Some(file_type) => Some(write_file(app, record, file_type, &sealed).await?),
    };
    let kind = if file.is_none() { Kind::DigestOnly } else { kind };
    let leaf = receipts::leaf(app, kind, &sealed.sm3, prepared, record, now)?;
    let composition = CompositionRecord {
        signature_value: sealed.signature_value,
        seal_signature: sealed.seal_signature,
        file_id: file.as_ref().map(|file| file.id.clone()),
        sm3: sealed.sm3,
        leaf,
        log_index: 0,
        time: now,
    };
    let committed = app.store.commit_composition(&record.id, &composition, file.as_ref()).await?;
    match (&committed, file) {
        (Some(done), _) => {
            metrics::counter!("eseal_compositions_total").increment(1);
            tracing::info!(digest.id = %record.id, log.index = done.log_index, "Composed the digest {}", record.id);
        }
        (None, Some(file)) => app.objects.delete(&file.object).await?,
        (None, None) => {}
    }
    Ok(committed)
}

/// Streams the sealed file into the object store.
async fn write_file(app: &Arc<App>, record: &DigestRecord, file_type: FileType, sealed: &Sealed) -> Result<FileRecord> {
    let (id, now) = (new_id()?, app.clock.now());
    let object = format!("files/{id}");
    let source: Arc<dyn ByteSource> = Arc::new(sealed.bytes.clone());
    let size = source.len();
    app.objects.put(&object, source).await?;
    Ok(FileRecord {
        id,
        system_id: record.system_id.clone(),
        object,
        file_type: file_type.as_str().into(),
        title: record.title.clone(),
        page_count: record.page_count,
        size,
        sm3: sealed.sm3,
        created: now,
        expires: now + seconds(app.config.times.file),
    })
}

async fn answer(app: &Arc<App>, system_id: &str, done: CompositionRecord, form: Option<FileForm>) -> Result<Composed> {
    let receipt = receipts::receipt(app, &done).await?;
    let Some(file_id) = &done.file_id else {
        return Ok(Composed {
            file_b64: None,
            file_id: None,
            signed_value: Some(Base64(done.seal_signature)),
            file_type: None,
            sm3: hex::encode(done.sm3),
            receipt,
        });
    };
    let record = files::find(app, system_id, file_id, "/fileUniqueId").await?;
    let file = files::output(app, &record, form).await?;
    Ok(Composed {
        file_b64: file.file_b64,
        file_id: file.file_id,
        signed_value: None,
        file_type: Some(file.file_type),
        sm3: file.sm3,
        receipt,
    })
}
