//! What a signing code stands for (签名任务): the digests, what was signed of them, and how it failed.

use eseal::Prepared;
use eseal_api::{Base64, Purpose, ScanStatus, Scene, SignedDigest, SignedValue};
use eseal_store::{CodeChange, CodeRecord, DigestRecord};
use serde::{Deserialize, Serialize};

use super::code;
use crate::{
    App, Caller, Error, Expired, Result,
    access::{allows_scene, check_grant, check_usable},
    signing::{digest::check_certificate, generate_digest::prepared_of},
};

/// What is signed, as it is kept with the code; no secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SignTask {
    /// SM3 of the one certificate whose key signs, hex.
    pub(crate) certificate_sm3: String,
    /// The holder's grant by which the system asked, unless a logged-in user did.
    pub(crate) grant_id: Option<String>,
    /// Scene that the request named.
    pub(crate) scene: Option<Scene>,
    /// In the order of the request.
    pub(crate) documents: Vec<TaskDocument>,
}

/// One document of a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TaskDocument {
    pub(crate) file_unique_id: String,
    pub(crate) title: String,
    pub(crate) page_count: Option<u32>,
    pub(crate) seal_code: String,
    pub(crate) seal_name: String,
}

/// What became of a code, as it is kept with it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TaskResult {
    /// Signatures so far.
    pub(crate) values: Vec<TaskValue>,
    /// Why the user refused.
    pub(crate) reason: Option<String>,
    /// Why the server ended it, state 6.
    pub(crate) failure: Option<Failure>,
}

/// A signature that was verified.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TaskValue {
    pub(crate) file_unique_id: String,
    /// DER.
    pub(crate) value: Base64,
    /// 签章人证书, DER.
    pub(crate) certificate: Base64,
}

/// Why the server ended a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Failure {
    /// The wrong match code was picked.
    MatchCode,
    /// The PIN is locked.
    PinLocked,
    /// Seal, grant or certificate are not good any more.
    NotGood,
}

impl Failure {
    /// What whoever asks later is told.
    pub(crate) const fn error(self) -> Error {
        match self {
            Self::MatchCode => Error::ChallengeMismatch,
            Self::PinLocked | Self::NotGood => Error::NotGranted,
        }
    }
}

impl TaskResult {
    /// What is kept with a code.
    pub(crate) fn of(code: &CodeRecord) -> Result<Self> {
        let read = |text: &String| serde_json::from_str(text).map_err(|error| Error::Internal(error.to_string()));
        code.result.as_ref().map_or_else(|| Ok(Self::default()), read)
    }

    /// As it is kept.
    pub(crate) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))
    }

    /// Puts the values into the order in which the documents were asked for.
    pub(crate) fn put_in_order(&mut self, task: &SignTask) {
        let place = |id: &str| task.documents.iter().position(|document| document.file_unique_id == id);
        self.values.sort_by_key(|value| place(&value.file_unique_id));
    }

    /// True if the document was signed.
    pub(crate) fn has(&self, file_unique_id: &str) -> bool {
        self.values.iter().any(|value| value.file_unique_id == file_unique_id)
    }
}

impl SignTask {
    /// The task of a signing code.
    pub(crate) fn of(code: &CodeRecord) -> Result<Self> {
        code::payload(code)?.task.ok_or_else(|| Error::Internal("a signing code without a task".into()))
    }

    /// True if the phone holds the key that is asked for.
    pub(crate) fn is_for(&self, certificates: &[Vec<u8>]) -> bool {
        certificates.iter().any(|certificate| hex::encode(eseal_gm::sm3(certificate)) == self.certificate_sm3)
    }

    /// One digest, still to be signed.
    pub(crate) async fn digest(&self, app: &App, system_id: &str, id: &str) -> Result<(DigestRecord, Prepared)> {
        let record = app.store.find_digest(system_id, id).await?.ok_or(Error::FileNotFound)?;
        if record.composed.is_some() {
            return Err(Error::AlreadyComposed);
        }
        if record.expires < app.clock.now() {
            return Err(Error::Expired { what: Expired::Digest });
        }
        let prepared = prepared_of(&record)?;
        Ok((record, prepared))
    }

    /// Whether everything that allowed the task still holds: digests, seals, grant, certificate.
    pub(crate) async fn check(&self, app: &App, system_id: &str) -> Result<()> {
        let now = app.clock.now();
        if let Some(id) = &self.grant_id {
            let grant = app.store.find_grant_by_id(id).await?.ok_or(Error::NotGranted)?;
            check_grant(&grant, now)?;
        }
        let mut checked: Option<Vec<u8>> = None;
        for document in &self.documents {
            let (_, prepared) = self.digest(app, system_id, &document.file_unique_id).await?;
            let seal = app.store.find_seal(&document.seal_code).await?.ok_or(Error::SealNotFound)?;
            check_usable(&seal, now)?;
            if self.scene.is_some_and(|scene| !allows_scene(&seal, scene)) {
                return Err(Error::SceneNotAllowed);
            }
            if checked.as_ref() != Some(&prepared.signer_certificate) {
                check_certificate(app, &prepared.signer_certificate)?;
                checked = Some(prepared.signer_certificate);
            }
        }
        Ok(())
    }
}

/// What the phone signed for a task of the calling system, for 3-5; the code counts as used then.
///
/// # Errors
/// [`Error::TaskNotFound`], [`Error::NotSignedYet`], [`Error::RefusedBySigner`], [`Error::Expired`], or why it failed.
pub(crate) async fn signed_values(app: &App, caller: &Caller, id: &str) -> Result<Vec<SignedDigest>> {
    let code = code::find_of(app, &caller.system()?.system_id, id, Purpose::Sign, "/signTaskId").await?;
    let result = TaskResult::of(&code)?;
    match code::state(&code, app.clock.now())? {
        ScanStatus::NotScanned | ScanStatus::Scanned => return Err(Error::NotSignedYet),
        ScanStatus::Canceled => return Err(Error::RefusedBySigner),
        ScanStatus::Expired => return Err(code::expired(&code)),
        ScanStatus::Failed => return Err(result.failure.map_or(Error::NotGranted, Failure::error)),
        ScanStatus::Confirmed => {
            let used = CodeChange { state: ScanStatus::Used.as_str().into(), ..CodeChange::default() };
            code::change(app, &code, ScanStatus::Confirmed, used).await?;
        }
        ScanStatus::Used => {}
    }
    let signed = |value: TaskValue| SignedDigest {
        file_unique_id: value.file_unique_id,
        value: SignedValue::Value(value.value),
        cert: Some(value.certificate),
    };
    Ok(result.values.into_iter().map(signed).collect())
}
