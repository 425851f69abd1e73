//! 系统登录 `login`: interfaces 2-1 to 2-4.

mod qr_code;
mod qr_status;
mod usbkey_challenge;
mod usbkey_login;

use eseal_api::{IdType, UserInfo, UserOrganization};
use eseal_store::{AuditRecord, TokenRecord, UserRecord};

use crate::{App, Error, Result, random::new_token, seconds, secret_hash, verification::mask_id};

pub use qr_code::qr_code;
pub use qr_status::qr_status;
pub use usbkey_challenge::usbkey_challenge;
pub use usbkey_login::usbkey_login;

/// How long an access token may rest, in seconds: a lunch break; an unattended session ends by itself.
const TOKEN_IDLE_SECONDS: u32 = 3_600;

/// A new access token (访问令牌) for the user in this system, and how many seconds it lives; only its hash is kept.
pub(crate) async fn new_access_token(app: &App, system_id: &str, user_id: &str) -> Result<(String, u32)> {
    let (token, now) = (new_token()?, app.clock.now());
    let lives = app.config.times.access_token;
    let record = TokenRecord {
        hash: secret_hash(&token),
        system_id: system_id.to_owned(),
        user_id: user_id.to_owned(),
        used: now,
        idle_seconds: TOKEN_IDLE_SECONDS,
        expires: now + seconds(lives),
    };
    app.store.insert_token(&record).await?;
    Ok((token, u32::try_from(lives).unwrap_or(u32::MAX)))
}

/// What a calling system or a phone learns of a user: the number masked.
pub(crate) async fn user_info(app: &App, user: &UserRecord) -> Result<UserInfo> {
    let mut organizations = Vec::with_capacity(user.organizations.len());
    for code in &user.organizations {
        if let Some(found) = app.store.find_organization(code).await? {
            organizations.push(UserOrganization { organization_code: found.code, organization_name: found.name });
        }
    }
    Ok(UserInfo {
        name: user.name.clone(),
        id_type: IdType::find(&user.id_type).unwrap_or(IdType::Other),
        id_no: mask_id(&user.id_no),
        organizations,
    })
}

/// The user, if there is one who may still act.
pub(crate) async fn active_user(app: &App, id: &str) -> Result<UserRecord> {
    app.store.find_user(id).await?.filter(|user| user.active).ok_or(Error::NotGranted)
}

/// Writes down who did what and how it ended (审计); no secrets, no names.
pub(crate) async fn audit(
    app: &App,
    event: &str,
    system_id: Option<&str>,
    user_id: Option<&str>,
    subject: Option<&str>,
    outcome: Result<(), &Error>,
) -> Result<()> {
    let record = AuditRecord {
        time: app.clock.now(),
        event: event.to_owned(),
        system_id: system_id.map(str::to_owned),
        user_id: user_id.map(str::to_owned),
        subject: subject.map(str::to_owned),
        outcome: outcome.map_or_else(|error| error.code().number().to_string(), |()| "ok".into()),
    };
    Ok(app.store.insert_audit(&record).await?)
}
