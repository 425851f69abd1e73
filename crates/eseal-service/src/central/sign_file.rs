//! Interface 5-2, 集中签章: the platform prepares, signs and composes in one go, for government seals only.
//!
//! Each file gets a prepared digest whose identifier follows from the job, so that after a restart in the middle what was
//! composed is found again and nothing is sealed twice.

use std::sync::Arc;

use eseal::SignatureValue;
use eseal_api::{
    At, Carrier, Entries, EntryStatus, Field, Function, Language, Scene, SignFile, SignFileEntry, SignFileResult,
    SignedFile, SignedFileEntry, SignedFiles,
};
use eseal_log::Kind;
use eseal_store::{CompositionRecord, DigestRecord, OperationRecord, SealRecord, TaskRecord};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    App, Caller, Error, Result,
    access::{self, Right},
    code::entry,
    files,
    keyless::check_has_key,
    receipts,
    signing::{
        compose::compose_once,
        digest,
        generate_digest::{Work, digest_record, prepare_kept, prepared_of, signer_certificate},
        rules::placements,
        sign_by_server_device::sign,
    },
    tasks::{self, Progress},
    verification::mask_id,
};

/// What a job needs to go on after a restart; no secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Job {
    /// Names the digests of this job.
    id: String,
    system_id: String,
    organization_code: String,
    grant_id: String,
    scene: Option<Scene>,
    seal_code: String,
    files: Vec<JobFile>,
    english: bool,
}

/// One file of a job.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum JobFile {
    /// The entry as it was sent.
    Entry(Value),
    /// It could not be read.
    Unreadable(EntryStatus),
}

/// Seals a list of files; many files, or on demand, as a task.
///
/// # Errors
/// What stands outside the list: the right to act, the seal.
pub async fn sign_file(app: &Arc<App>, caller: &Caller, request: SignFile) -> Result<SignFileResult> {
    let right = access::right(app, caller, &request.common).await?;
    right.check_uses_left(app)?;
    let seal = right.seal(app, request.seal_code.as_deref(), request.seal_type, "").await?;
    check_central(app, &right, &seal)?;
    let count = request.file_list.0.len();
    if count > app.config.limits.central_task_files {
        return Err(Error::too_long("/fileList", app.config.limits.central_task_files));
    }
    let job = Job::new(caller, &right, &seal, &request.file_list)?;
    app.store
        .insert_operation(&OperationRecord {
            job_id: job.id.clone(),
            operator_name: mask_id(&request.operator.name.0),
            operator_id_type: request.operator.id_type.as_str().into(),
            operator_id: mask_id(&request.operator.id_no.0),
            time: app.clock.now(),
        })
        .await?;
    if request.run_async || count > app.config.limits.central_sync_files {
        return tasks::start(app, caller, Function::SignFile, count, &job).await.map(SignFileResult::Started);
    }
    let mut file_list = Vec::with_capacity(count);
    for index in 0..count {
        file_list.push(job.sign_entry(app, &right, index).await);
    }
    Ok(SignFileResult::Signed(SignedFiles { file_list }))
}

/// Works on a task, from its beginning or again after a restart.
pub(crate) async fn run_task(app: &Arc<App>, record: &TaskRecord, progress: &Progress) -> Result<Value> {
    let internal = |error: serde_json::Error| Error::Internal(error.to_string());
    let job: Job = serde_json::from_str(&record.input).map_err(internal)?;
    let right = job.right(app).await?;
    let mut file_list = Vec::with_capacity(job.files.len());
    for index in 0..job.files.len() {
        if !progress.report(index).await? {
            break; // cancelled: what was sealed stays sealed and logged
        }
        file_list.push(job.sign_entry(app, &right, index).await);
    }
    progress.report(file_list.len()).await?;
    serde_json::to_value(SignedFiles { file_list }).map_err(internal)
}

/// Central signing is for government bodies that authorised this system for it, with keys in the server's device.
fn check_central(app: &App, right: &Right, seal: &SealRecord) -> Result<()> {
    if !right.organization.is_government {
        return Err(Error::GovernmentSealsOnly);
    }
    if !right.grant.as_ref().is_some_and(|grant| grant.central) {
        return Err(Error::NotGranted.at("/grantCode"));
    }
    access::check_usable(seal, app.clock.now())?;
    access::check_carrier(seal, Carrier::Server)
}

impl Job {
    fn new(caller: &Caller, right: &Right, seal: &SealRecord, list: &Entries<SignFileEntry>) -> Result<Self> {
        let internal = |error: serde_json::Error| Error::Internal(error.to_string());
        let file = |entry: &Result<SignFileEntry, eseal_api::FieldError>| match entry {
            Ok(entry) => serde_json::to_value(entry).map(JobFile::Entry).map_err(internal),
            Err(error) => Ok(JobFile::Unreadable(EntryStatus::unreadable(error, caller.language))),
        };
        let files = list.0.iter().map(file).collect::<Result<Vec<_>>>()?;
        // The same request sent again after a crash is the same job.
        let content = serde_json::to_vec(&files).map_err(internal)?;
        let name =
            [right.system_id.as_bytes(), b"\0", caller.req_id.as_bytes(), b"\0", seal.code.as_bytes(), b"\0", &content]
                .concat();
        Ok(Self {
            id: hex::encode(eseal_gm::sm3(&name)),
            system_id: right.system_id.clone(),
            organization_code: right.organization.code.clone(),
            grant_id: right.grant.as_ref().map(|grant| grant.id.clone()).unwrap_or_default(),
            scene: right.scene,
            seal_code: seal.code.clone(),
            files,
            english: caller.language == Language::English,
        })
    }

    /// The right to act, looked up again: it may have ended since the task was started.
    async fn right(&self, app: &App) -> Result<Right> {
        let system = app.store.find_system(&self.system_id).await?.filter(|system| system.active);
        let may_call =
            |system: eseal_store::SystemRecord| system.functions.iter().any(|path| path == Function::SignFile.path());
        if !system.is_some_and(may_call) {
            return Err(Error::FunctionNotAllowed);
        }
        let grant = app.store.find_grant_by_id(&self.grant_id).await?.ok_or(Error::NotGranted)?;
        access::check_in_force(&grant, app.clock.now())?;
        let organization =
            app.store.find_organization(&self.organization_code).await?.ok_or(Error::OrganizationNotFound)?;
        let right = Right { system_id: self.system_id.clone(), organization, grant: Some(grant), scene: self.scene };
        right.check_scene()?;
        Ok(right)
    }

    const fn language(&self) -> Language {
        if self.english { Language::English } else { Language::Chinese }
    }

    /// Identifier of the digest of a file: the same whenever the job is run again.
    fn digest_id(&self, index: usize) -> String {
        let hash = eseal_gm::sm3(format!("{}/{index}", self.id).as_bytes());
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    async fn sign_entry(&self, app: &Arc<App>, right: &Right, index: usize) -> SignedFileEntry {
        let at = format!("/fileList/{index}");
        let unreadable = |status| SignedFileEntry { file_id: None, business_number: None, signed: None, status };
        let data = match self.files.get(index) {
            Some(JobFile::Entry(value)) => match SignFileEntry::parse(value, &At::ROOT) {
                Ok(data) => data,
                Err(error) => return unreadable(EntryStatus::unreadable(&error, self.language())),
            },
            Some(JobFile::Unreadable(status)) => return unreadable(status.clone()),
            None => return unreadable(Error::Internal("no such file in the job".into()).entry_status(self.language())),
        };
        let result = self.seal_file(app, right, &data, &self.digest_id(index), &at).await;
        let (signed, status) = entry(result, self.language());
        SignedFileEntry { file_id: Some(data.file_id), business_number: data.business_number, signed, status }
    }

    async fn seal_file(
        &self,
        app: &Arc<App>,
        right: &Right,
        data: &SignFileEntry,
        id: &str,
        at: &str,
    ) -> Result<SignedFile> {
        let seal = right.seal(app, Some(&self.seal_code), None, "").await?;
        check_central(app, right, &seal)?;
        let record = match app.store.find_digest(&self.system_id, id).await? {
            Some(found) => found,
            None => self.prepare(app, right, &seal, data, id, at).await?,
        };
        let done = match record.composed.clone() {
            Some(done) => done,
            None => {
                let checked = digest::Checked { prepared: prepared_of(&record)?, seal, record };
                let value = sign(app, &checked).await?;
                match compose_once(app, right, checked, SignatureValue::Bytes(value), None, Kind::Central).await {
                    // The same job runs twice, and the other was faster.
                    Err(Error::AlreadyComposed) => self.composed(app, id).await?,
                    other => other?,
                }
            }
        };
        Ok(SignedFile {
            signed_file_id: done.file_id.clone().ok_or(Error::FileNotFound)?,
            sm3: hex::encode(done.sm3),
            receipt: receipts::receipt(app, &done).await?,
        })
    }

    async fn composed(&self, app: &App, id: &str) -> Result<CompositionRecord> {
        let record = app.store.find_digest(&self.system_id, id).await?;
        record.and_then(|record| record.composed).ok_or(Error::AlreadyComposed)
    }

    async fn prepare(
        &self,
        app: &Arc<App>,
        right: &Right,
        seal: &SealRecord,
        data: &SignFileEntry,
        id: &str,
        at: &str,
    ) -> Result<DigestRecord> {
        let kept = files::find(app, &self.system_id, &data.file_id, &format!("{at}/fileId")).await?;
        let certificate = signer_certificate(seal, None, at)?;
        check_has_key(app, seal, &certificate)?;
        let work = Work { seal: seal.clone(), certificate, lock: false, reason: None };
        let prepared = prepare_kept(app, &kept, work, placements(&data.rules), at).await?;
        let record = digest_record(app, right, seal, &prepared, id.to_owned())?;
        let record =
            DigestRecord { title: kept.title, page_count: kept.page_count, object: Some(kept.object), ..record };
        match app.store.insert_digest(&record).await {
            Ok(()) => Ok(record),
            // The same job runs twice, and the other was faster.
            Err(error) => app.store.find_digest(&self.system_id, id).await?.ok_or_else(|| error.into()),
        }
    }
}
