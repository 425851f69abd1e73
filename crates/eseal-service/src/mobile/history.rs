//! `history` 用章记录: the codes that this phone scanned.

use std::sync::Arc;

use eseal_api::mobile::{History, HistoryRecord, HistoryResult};
use eseal_store::CodeRecord;
use jiff::Timestamp;

use super::{calling_phone, code};
use crate::{App, Caller, Error, Result};

/// Records of a page unless the phone says: two screens.
const PAGE_SIZE: u32 = 20;
/// Largest page.
const PAGE_MAX: u32 = 200;

/// Lists what was asked of this phone and what became of it, the latest first.
///
/// # Errors
/// 40002 for a page that there cannot be.
pub async fn history(app: &Arc<App>, caller: &Caller, request: History) -> Result<HistoryResult> {
    let (phone, _) = calling_phone(app, caller).await?;
    let size = request.page_size.unwrap_or(PAGE_SIZE);
    if size == 0 || size > PAGE_MAX {
        return Err(Error::bad("/pageSize", format!("from 1 to {PAGE_MAX}")));
    }
    let page = request.page.unwrap_or(1);
    let earlier = page.checked_sub(1).ok_or_else(|| Error::bad("/page", "pages count from 1"))?;
    let (total, codes) = app.store.codes_of_device(&phone.id, earlier.saturating_mul(size), size).await?;
    let now = app.clock.now();
    Ok(HistoryResult { total, records: codes.iter().map(|code| record(code, now)).collect::<Result<_>>()? })
}

fn record(code: &CodeRecord, now: Timestamp) -> Result<HistoryRecord> {
    let payload = code::payload(code)?;
    Ok(HistoryRecord {
        qr_id: code.id.clone(),
        purpose: code::purpose(code)?,
        system: payload.system_name,
        titles: payload.task.into_iter().flat_map(|task| task.documents).map(|document| document.title).collect(),
        scan_status: code::state(code, now)?,
        time: code.created.into(),
    })
}
