//! `refuse` 拒绝: the user does not want what the code asks for.

use std::sync::Arc;

use eseal_api::{
    Expected, ScanStatus,
    mobile::{Refuse, RefuseResult},
};
use eseal_store::CodeChange;

use super::{TaskResult, bound_code, calling_phone, code};
use crate::{App, Caller, Error, Result, login::audit};

/// Ends a code by the user's will; only the phone that scanned it can.
///
/// # Errors
/// [`Error::NotGranted`] for another phone; [`Error::Expired`] for a code that is over.
pub async fn refuse(app: &Arc<App>, caller: &Caller, request: Refuse) -> Result<RefuseResult> {
    let (phone, _) = calling_phone(app, caller).await?;
    if request.reason.as_ref().is_some_and(|text| text.len() > app.config.limits.text_bytes) {
        return Err(Error::malformed("/reason", Expected::Text));
    }
    let code = bound_code(app, &phone, &request.qr_id).await?;
    // Nothing that was signed before the refusal is handed out.
    let result = TaskResult { reason: request.reason, ..TaskResult::default() };
    let canceled = CodeChange {
        state: ScanStatus::Canceled.as_str().into(),
        result: Some(result.to_json()?),
        ..CodeChange::default()
    };
    if !code::change(app, &code, ScanStatus::Scanned, canceled).await? {
        return Err(code::expired(&code).at("/qrId"));
    }
    app.phones.rounds.end(&phone.id);
    let refused = Err(&Error::RefusedBySigner);
    audit(app, "code.refuse", Some(&code.system_id), Some(&phone.user_id), Some(&code.id), refused).await?;
    tracing::info!(code.id = %code.id, "A phone refused the code {}", code.id);
    Ok(RefuseResult { scan_status: ScanStatus::Canceled })
}
