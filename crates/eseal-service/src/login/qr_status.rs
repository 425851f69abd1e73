//! Interface 2-2, 查询登录二维码状态.

use std::sync::Arc;

use eseal_api::{GetLoginQrStatus, GetLoginQrStatusResult, Purpose, ScanStatus};
use eseal_store::{CodeChange, CodeRecord};
use subtle::ConstantTimeEq;

use crate::{
    App, Caller, Error, Result,
    login::{active_user, audit, new_access_token, user_info},
    mobile::code,
    secret_hash,
};

/// Tells how far the phone is, after waiting for a change if that is asked for; hands the access token out, once.
///
/// # Errors
/// [`Error::TaskNotFound`] for a code of nobody or of another system, [`Error::InvalidToken`] for a wrong poll token.
pub async fn qr_status(app: &Arc<App>, caller: &Caller, request: GetLoginQrStatus) -> Result<GetLoginQrStatusResult> {
    let system_id = &caller.system()?.system_id;
    let found = code::find_of(app, system_id, &request.qr_id, Purpose::Login, "/qrId").await?;
    let given = secret_hash(&request.poll_token.0);
    let is_owner = found.poll_token_hash.is_some_and(|kept| bool::from(kept.as_bytes().ct_eq(given.as_bytes())));
    if !is_owner {
        return Err(Error::InvalidToken.at("/pollToken"));
    }
    let code = code::wait_for_change(app, system_id, &request.qr_id, Purpose::Login, request.wait_seconds).await?;
    match code::state(&code, app.clock.now())? {
        ScanStatus::Confirmed => hand_out(app, &code).await,
        scan_status => Ok(only(scan_status)),
    }
}

const fn only(scan_status: ScanStatus) -> GetLoginQrStatusResult {
    GetLoginQrStatusResult { scan_status, user: None, access_token: None, expires_in: None }
}

/// Whoever moves the code to 已使用 has the token; everybody else sees that it is used.
async fn hand_out(app: &Arc<App>, code: &CodeRecord) -> Result<GetLoginQrStatusResult> {
    let user_id = code.user_id.as_deref().ok_or_else(|| Error::Internal("a confirmed code without a user".into()))?;
    let user = active_user(app, user_id).await?;
    let used = CodeChange { state: ScanStatus::Used.as_str().into(), ..CodeChange::default() };
    if !app.store.change_code(&code.id, ScanStatus::Confirmed.as_str(), &used).await? {
        let now = code::find_of(app, &code.system_id, &code.id, code::purpose(code)?, "/qrId").await?;
        return Ok(only(code::state(&now, app.clock.now())?));
    }
    app.hub.notify(&code.id);
    let (token, expires_in) = new_access_token(app, &code.system_id, user_id).await?;
    audit(app, "login.phone", Some(&code.system_id), Some(user_id), Some(&code.id), Ok(())).await?;
    tracing::info!(code.id = %code.id, "Logged a user in by the code {}", code.id);
    Ok(GetLoginQrStatusResult {
        scan_status: ScanStatus::Confirmed,
        user: Some(user_info(app, &user).await?),
        access_token: Some(token),
        expires_in: Some(expires_in),
    })
}
