//! Our own seal-status service (印章状态服务): other regions ask whether a seal that we issued is usable, and get a signed
//! answer that is good for a while.

use std::sync::Arc;

use eseal::status::{SealStatement, StatedStatus};
use eseal_api::{AskSealStatus, Base64, KeyPurpose, SealStatus, SealStatusAnswer};
use eseal_gm::sm3;
use eseal_store::{SealRecord, Store};
use jiff::Timestamp;

use crate::{App, Error, Result, access, revocation, seconds};

/// `GET /api/v1/public/sealStatus?sealCode&sealSm3&nonce`, and the same as an envelope.
///
/// Says only what state the seal of this code is in, so that nobody learns more by counting codes; a seal that is not the
/// one of this code is unknown.
///
/// # Errors
/// 40400 if the platform has no key for this; the parameters; storage; the device with the key.
pub async fn seal_status(app: &Arc<App>, request: AskSealStatus) -> Result<SealStatusAnswer> {
    let Some(key_id) = app.platform_keys.key_id(KeyPurpose::Status) else { return Err(Error::NoSuchInterface) };
    let nonce = fixed::<16>(&request.nonce).ok_or_else(|| Error::bad("/nonce", "32 lower-case hex digits"))?;
    let seal_sm3 = match request.seal_sm3.as_deref() {
        None | Some("") => None,
        Some(text) => Some(fixed::<32>(text).ok_or_else(|| Error::bad("/sealSm3", "64 lower-case hex digits"))?),
    };
    let code = &request.seal_code;
    if code.is_empty() || code.len() > 64 || code.contains(char::is_control) {
        return Err(Error::bad("/sealCode", "1 to 64 characters"));
    }
    let now = app.clock.now();
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let found = app.store.find_seal(code).await?;
    let (status, since) = state_of(found.as_ref(), seal_sm3.as_ref(), now);
    let statement = SealStatement {
        region: app.config.region.clone(),
        seal_code: code.clone(),
        seal_sm3,
        status,
        since,
        this_update: now,
        next_update: now + seconds(app.config.evidence.status_seconds),
        nonce,
    };
    let text = statement.to_text();
    let signature = app.platform_keys.sign(&app.pool, KeyPurpose::Status, text.clone().into_bytes()).await?;
    Ok(SealStatusAnswer {
        region: statement.region,
        seal_code: statement.seal_code,
        status: statement.status.as_str().into(),
        next_update: statement.next_update.into(),
        statement: text,
        signature: Base64(signature),
        key_id,
    })
}

/// State of the seal that a code has, if it is the one that is asked about, and since when, in whole seconds.
pub(crate) fn state_of(
    found: Option<&SealRecord>,
    asked: Option<&[u8; 32]>,
    now: Timestamp,
) -> (StatedStatus, Option<Timestamp>) {
    let Some(seal) = found else { return (StatedStatus::Unknown, None) };
    if asked.is_some_and(|asked| *asked != sm3(&seal.der)) {
        return (StatedStatus::Unknown, None);
    }
    let noted = seal.status_since.and_then(|since| Timestamp::from_second(since.as_second()).ok());
    match access::seal_status(seal, now) {
        SealStatus::Active => (StatedStatus::Active, noted),
        SealStatus::Frozen => (StatedStatus::Frozen, noted),
        SealStatus::Revoked => (StatedStatus::Revoked, noted),
        SealStatus::Expired => (StatedStatus::Expired, Some(seal.valid_end).filter(|end| *end < now)),
        SealStatus::Uncollected => (StatedStatus::Uncollected, noted),
    }
}

/// What an operator does with a seal (印章状态变更).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealChange {
    /// 冻结: nobody may use it until it is released.
    Freeze,
    /// 解冻.
    Release,
    /// 注销, for good.
    Revoke,
}

impl SealChange {
    const fn status(self) -> &'static str {
        match self {
            Self::Freeze => "FROZEN",
            Self::Release => "ACTIVE",
            Self::Revoke => "REVOKED",
        }
    }
}

/// Changes the status of a seal, beside a running server too, and notes since when.  False if there is no such seal, or
/// it is in that status, or revoked, or was never collected and is to be released.
///
/// # Errors
/// Of the store.
pub async fn change_seal(store: &dyn Store, now: Timestamp, code: &str, change: SealChange) -> Result<bool> {
    let found = store.find_seal(code).await?;
    if change == SealChange::Release && found.is_none_or(|seal| seal.status != "FROZEN") {
        return Ok(false);
    }
    let done = store.set_seal_status(code, change.status(), now).await?;
    revocation::note(store, now, "seal.status", None, code, done).await
}

fn fixed<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let is_lower = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    (is_lower && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(bytes)
}
