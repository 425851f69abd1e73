//! Interface 2-1, 获取登录二维码.

use std::sync::Arc;

use eseal_api::{Base64, Expected, GetLoginQrCode, GetLoginQrCodeResult, Purpose};

use crate::{
    App, Caller, Error, Result,
    mobile::code::{self, NewCode, Payload},
    random::new_token,
    seconds, secret_hash,
};

/// Makes a login code.  Whoever only sees the screen has no poll token and cannot have the login.
///
/// # Errors
/// 40002 for a `clientInfo` that is too long; the store's.
pub async fn qr_code(app: &Arc<App>, caller: &Caller, request: GetLoginQrCode) -> Result<GetLoginQrCodeResult> {
    let system = caller.system()?;
    if request.client_info.as_ref().is_some_and(|text| text.len() > app.config.limits.text_bytes) {
        return Err(Error::malformed("/clientInfo", Expected::Text));
    }
    let poll_token = new_token()?;
    let record = code::insert(
        app,
        NewCode {
            purpose: Purpose::Login,
            system_id: system.system_id.clone(),
            organization_code: None,
            poll_token_hash: Some(secret_hash(&poll_token)),
            client_info: request.client_info,
            payload: Payload { system_name: system.name.clone(), task: None },
            expires: app.clock.now() + seconds(app.config.times.login_code),
        },
    )
    .await?;
    let qr_code = code::qr_text(app, &record.id);
    Ok(GetLoginQrCodeResult {
        qr_image: Base64(code::qr_image(app, &qr_code).await?),
        qr_code,
        qr_id: record.id,
        poll_token,
        match_code: record.match_code,
        expire_time: record.expires.into(),
    })
}
