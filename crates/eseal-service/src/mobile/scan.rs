//! `scan` 扫码: the first phone that may scan a code takes it, and gets the summary of what is asked.

use std::sync::Arc;

use eseal_api::{
    Base64, KeyPurpose, Purpose, ScanStatus,
    mobile::{Scan, ScanDocument, ScanResult, ScanSeal, ScanSummary},
};
use eseal_store::{CodeChange, CodeRecord, PhoneRecord};
use jiff::Timestamp;

use super::{SignTask, calling_phone, code, phone::SUMMARY_PREFIX};
use crate::{App, Caller, Error, Result, seconds};

/// How long a scanned login code waits for its confirmation, in seconds: time to read and to pick a number.
pub(super) const CONFIRM_SECONDS: u64 = 60;

/// Binds a code to the calling phone and shows what it is about.  The same phone may look again.
///
/// # Errors
/// 40002 for a text that is no code of this server; [`Error::TaskNotFound`]; [`Error::NotGranted`], and nothing is shown,
/// if the phone lacks the key that is to sign or another phone was first; [`Error::Expired`] for a code that is over.
pub async fn scan(app: &Arc<App>, caller: &Caller, request: Scan) -> Result<ScanResult> {
    let (phone, user) = calling_phone(app, caller).await?;
    let foreign = || Error::bad("/qrCode", "not a code of this server");
    let id = code::scanned_id(app, &request.qr_code).ok_or_else(foreign)?;
    let mut code = app.store.find_code(&id).await?.ok_or_else(|| Error::TaskNotFound.at("/qrCode"))?;
    let task = task_for(&code, &phone)?;
    let now = app.clock.now();
    let expires = check_scannable(&code, &phone, now)?;
    let summary = summary(app, &code, task.as_ref(), expires).await?;
    if code::state(&code, now)? == ScanStatus::NotScanned {
        let bound = CodeChange {
            state: ScanStatus::Scanned.as_str().into(),
            device_id: Some(phone.id.clone()),
            user_id: Some(user.id),
            expires: Some(expires),
            result: None,
        };
        if !code::change(app, &code, ScanStatus::NotScanned, bound).await? {
            // Somebody was faster: another phone, or this one twice.
            code = app.store.find_code(&id).await?.ok_or(Error::TaskNotFound)?;
            check_scannable(&code, &phone, now)?;
        }
    }
    sign_summary(app, summary).await
}

/// The task of a signing code, if the phone holds its key.
fn task_for(code: &CodeRecord, phone: &PhoneRecord) -> Result<Option<SignTask>> {
    if code::purpose(code)? == Purpose::Login {
        return Ok(None);
    }
    let task = SignTask::of(code)?;
    if task.is_for(&phone.certificates) { Ok(Some(task)) } else { Err(Error::NotGranted.at("/qrCode")) }
}

/// Whether the phone may see the code, and when the code ends from now on.
fn check_scannable(code: &CodeRecord, phone: &PhoneRecord, now: Timestamp) -> Result<Timestamp> {
    match code::state(code, now)? {
        ScanStatus::NotScanned if code.purpose == Purpose::Login.as_str() => Ok(now + seconds(CONFIRM_SECONDS)),
        ScanStatus::NotScanned => Ok(code.expires),
        ScanStatus::Scanned if code.device_id.as_ref() == Some(&phone.id) => Ok(code.expires),
        ScanStatus::Scanned => Err(Error::NotGranted.at("/qrCode")),
        ScanStatus::Confirmed | ScanStatus::Canceled | ScanStatus::Expired | ScanStatus::Used | ScanStatus::Failed => {
            Err(code::expired(code).at("/qrCode"))
        }
    }
}

async fn summary(app: &App, code: &CodeRecord, task: Option<&SignTask>, expires: Timestamp) -> Result<ScanSummary> {
    let mut documents = Vec::new();
    let mut seals: Vec<ScanSeal> = Vec::new();
    for document in task.map_or(&[][..], |task| &task.documents) {
        let Some(task) = task else { break };
        let (_, prepared) = task.digest(app, &code.system_id, &document.file_unique_id).await?;
        let seal = ScanSeal { seal_code: document.seal_code.clone(), seal_name: document.seal_name.clone() };
        if !seals.contains(&seal) {
            seals.push(seal);
        }
        documents.push(ScanDocument {
            file_unique_id: document.file_unique_id.clone(),
            title: document.title.clone(),
            page_count: document.page_count,
            data_hash: Base64(prepared.data_hash.to_vec()),
            tbs: Base64(prepared.tbs),
            seal_code: document.seal_code.clone(),
            preview: None,
        });
    }
    Ok(ScanSummary {
        qr_id: code.id.clone(),
        purpose: code::purpose(code)?,
        system: code::payload(code)?.system_name,
        system_id: code.system_id.clone(),
        client_info: code.client_info.clone(),
        documents,
        seals,
        match_code_choices: code.choices.clone(),
        expire_time: expires.into(),
    })
}

async fn sign_summary(app: &Arc<App>, shown: ScanSummary) -> Result<ScanResult> {
    let mut summary = SUMMARY_PREFIX.to_vec();
    serde_json::to_writer(&mut summary, &shown).map_err(|error| Error::Internal(error.to_string()))?;
    let signature = app.platform_keys.sign(&app.pool, KeyPurpose::Summary, summary.clone()).await?;
    Ok(ScanResult { shown, summary: Base64(summary), summary_signature: Base64(signature) })
}
