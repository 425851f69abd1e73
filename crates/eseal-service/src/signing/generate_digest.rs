//! Interface 3-1, 生成摘要: a document is prepared, and what is to be signed goes back.

use std::sync::Arc;

use eseal::{Document, Placement, PrepareRequest, Prepared, prepare_detached};
use eseal_api::{
    Base64, FileHash, FileHashEntry, FileInput, GenerateDigest, GenerateDigestResult, SealData, SignAlgorithm, Subject,
};
use eseal_bytes::ByteSource;
use eseal_report::placement_info;
use eseal_store::{DigestRecord, FileRecord, SealRecord};
use jiff::Timestamp;

use super::rules::placements;
use crate::{
    App, Caller, Error, Result,
    access::{self, Right},
    code::entry,
    evidence, files,
    keyless::check_has_key,
    random::new_id,
    seconds,
};

/// Prepares every entry of the list; an entry fails alone.
///
/// # Errors
/// What stands outside the list: the right to act.
pub async fn generate_digest(app: &Arc<App>, caller: &Caller, request: GenerateDigest) -> Result<GenerateDigestResult> {
    let right = access::right(app, caller, &request.common).await?;
    right.check_uses_left(app)?;
    let mut file_hash_list = Vec::with_capacity(request.seal_data_list.0.len());
    for (index, data) in request.seal_data_list.0.into_iter().enumerate() {
        let result = match data {
            Ok(data) => prepare_entry(app, caller, &right, &data, &format!("/sealDataList/{index}")).await,
            Err(error) => Err(error.into()),
        };
        let (hash, status) = entry(result, caller.language);
        file_hash_list.push(FileHashEntry { hash, status });
    }
    Ok(GenerateDigestResult { file_hash_list })
}

async fn prepare_entry(app: &Arc<App>, caller: &Caller, right: &Right, data: &SealData, at: &str) -> Result<FileHash> {
    if data.timestamp {
        return Err(Error::bad(format!("{at}/timestamp"), "no time-stamp authority is configured"));
    }
    let seal = right.seal(app, data.seal_code.as_deref(), data.seal_type, at).await?;
    access::check_usable(&seal, app.clock.now())?;
    let certificate = signer_certificate(&seal, data.cert.as_ref(), at)?;
    check_has_key(app, &seal, &certificate)?;
    let work = Work { certificate, seal, lock: data.lock, reason: data.reason.clone() };
    let record = match &data.subject {
        Subject::File { file } => prepare_file(app, caller, right, work, file, &data.rules, at).await?,
        Subject::Digest { data_hash, property_info } => {
            prepare_digest(app, caller, right, work, data_hash.0, property_info.clone(), at).await?
        }
    };
    app.store.insert_digest(&record).await?;
    metrics::counter!("eseal_digests_prepared_total").increment(1);
    tracing::info!(digest.id = %record.id, seal.code = %record.seal_code, "Prepared the digest {}", record.id);
    file_hash(&record)
}

/// The certificate that will sign: the one that the caller names, else the first of the seal.
pub(crate) fn signer_certificate(seal: &SealRecord, named: Option<&Base64>, at: &str) -> Result<Vec<u8>> {
    match named {
        Some(named) if seal.certificates.contains(&named.0) => Ok(named.0.clone()),
        Some(_) => Err(Error::CertificateNotListed.at(format!("{at}/cert"))),
        None => seal.certificates.first().cloned().ok_or(Error::CertificateNotListed),
    }
}

/// What is put on a document.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) seal: SealRecord,
    pub(crate) certificate: Vec<u8>,
    pub(crate) lock: bool,
    pub(crate) reason: Option<String>,
}

impl Work {
    /// Prepares a document; blocking.
    pub(crate) fn prepare(
        &self,
        app: &App,
        source: Arc<dyn ByteSource>,
        rules: &[Placement],
        now: Timestamp,
        at: &str,
    ) -> Result<Prepared> {
        let document = Document::open(source, &app.config.document_limits())
            .map_err(|error| Error::from(error).at(format!("{at}/file")))?;
        self.with_request(app, rules, now, |request| {
            document.prepare_with_room(request, evidence::at_sealing::room_bytes(app))
        })
        .map_err(|error| Error::of_prepare(error, at))
    }

    fn with_request<T>(
        &self,
        app: &App,
        rules: &[Placement],
        now: Timestamp,
        act: impl FnOnce(&PrepareRequest<'_>) -> T,
    ) -> T {
        let evidence = app.trust.evidence();
        act(&PrepareRequest {
            seal: &self.seal.der,
            signer_certificate: &self.certificate,
            placements: rules,
            lock: self.lock,
            reason: self.reason.as_deref(),
            signing_time: now,
            pdf: &app.config.pdf_names(),
            evidence: &evidence,
            policy: &app.sealing_policy(),
        })
    }
}

async fn prepare_file(
    app: &Arc<App>,
    caller: &Caller,
    right: &Right,
    work: Work,
    file: &FileInput,
    rules: &[eseal_api::Rule],
    at: &str,
) -> Result<DigestRecord> {
    let kept = files::keep_input(app, caller, file, &format!("{at}/file")).await?;
    let title = file.title.clone().or_else(|| kept.title.clone());
    let prepared = prepare_kept(app, &kept, work.clone(), placements(rules), at).await?;
    let record = digest_record(app, right, &work.seal, &prepared, new_id()?)?;
    // The original must not be cleaned up before the digest.
    app.store.extend_file(&kept.id, record.expires).await?;
    Ok(DigestRecord { title, page_count: kept.page_count, object: Some(kept.object), ..record })
}

/// Prepares a stored file on the pool.
pub(crate) async fn prepare_kept(
    app: &Arc<App>,
    kept: &FileRecord,
    work: Work,
    rules: Vec<Placement>,
    at: &str,
) -> Result<Prepared> {
    evidence::before_sealing(app, &work.seal.der, &work.certificate).await?;
    let source = app.objects.source(&kept.object).await?;
    let (shared, at, now) = (app.clone(), at.to_owned(), app.clock.now());
    app.pool.run(move || work.prepare(&shared, source, &rules, now, &at)).await
}

async fn prepare_digest(
    app: &Arc<App>,
    caller: &Caller,
    right: &Right,
    work: Work,
    data_hash: [u8; 32],
    property_info: String,
    at: &str,
) -> Result<DigestRecord> {
    if !caller.system()?.digest_only {
        return Err(Error::FunctionNotAllowed.at(format!("{at}/dataHash")));
    }
    evidence::before_sealing(app, &work.seal.der, &work.certificate).await?;
    let (shared, seal, now) = (app.clone(), work.seal.clone(), app.clock.now());
    let pointer = at.to_owned();
    let prepared = app
        .pool
        .run(move || {
            work.with_request(&shared, &[], now, |request| prepare_detached(data_hash, &property_info, request))
                .map_err(|error| Error::of_prepare(error, &pointer))
        })
        .await?;
    digest_record(app, right, &seal, &prepared, new_id()?)
}

/// What is kept of a prepared document until it is composed.
pub(crate) fn digest_record(
    app: &App,
    right: &Right,
    seal: &SealRecord,
    prepared: &Prepared,
    id: String,
) -> Result<DigestRecord> {
    let now = app.clock.now();
    Ok(DigestRecord {
        id,
        system_id: right.system_id.clone(),
        organization_code: right.organization.code.clone(),
        seal_code: seal.code.clone(),
        title: None,
        page_count: None,
        object: None,
        prepared: serde_json::to_string(prepared).map_err(|error| Error::Internal(error.to_string()))?,
        e: prepared.e,
        created: now,
        expires: now + seconds(app.config.times.digest),
        composed: None,
    })
}

/// The prepared document of a record.
pub(crate) fn prepared_of(record: &DigestRecord) -> Result<Prepared> {
    serde_json::from_str(&record.prepared).map_err(|error| Error::Internal(error.to_string()))
}

fn file_hash(record: &DigestRecord) -> Result<FileHash> {
    let prepared = prepared_of(record)?;
    Ok(FileHash {
        file_unique_id: record.id.clone(),
        file_hash: Base64(prepared.e.to_vec()),
        data_hash: Base64(prepared.data_hash.to_vec()),
        tbs: Base64(prepared.tbs),
        algo: SignAlgorithm::Sm3WithSm2,
        cert: Base64(prepared.signer_certificate),
        placements: prepared.placements.iter().map(placement_info).collect(),
        expire_time: record.expires.into(),
    })
}
