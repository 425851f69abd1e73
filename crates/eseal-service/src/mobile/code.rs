//! Codes that a phone scans (二维码): made, drawn, found, their state and its transitions.

use std::{io::Cursor, time::Duration};

use eseal_api::{Purpose, ScanStatus};
use eseal_store::{CodeChange, CodeRecord};
use jiff::Timestamp;
use qrcode::QrCode;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::SignTask;
use crate::{
    App, Error, Expired, Result,
    random::{is_id, new_id, random_bytes},
    seconds,
};

/// Match codes that the phone offers: a third of those who would confirm blindly are stopped by two, most by four.
const CHOICES: usize = 4;
/// Side of the QR picture in pixels, at least: large enough for a phone held a metre away.
const QR_PIXELS: u32 = 240;
/// Longest text of a QR code that is looked at.
const QR_TEXT_BYTES: usize = 512;
/// Path at the server's own host under which a code's identifier stands.
const QR_PATH: &str = "/q/";

/// A code to be made.
pub(crate) struct NewCode {
    pub(crate) purpose: Purpose,
    pub(crate) system_id: String,
    pub(crate) organization_code: Option<String>,
    pub(crate) poll_token_hash: Option<String>,
    pub(crate) client_info: Option<String>,
    pub(crate) payload: Payload,
    pub(crate) expires: Timestamp,
}

/// What a code stands for, as it is kept; no secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// 应用系统名称 at the time.
    pub(crate) system_name: String,
    /// What is signed, for signing codes.
    pub(crate) task: Option<SignTask>,
}

/// Writes a new code down.
pub(crate) async fn insert(app: &App, new: NewCode) -> Result<CodeRecord> {
    let choices = match_codes()?;
    let record = CodeRecord {
        id: new_id()?,
        purpose: new.purpose.as_str().into(),
        system_id: new.system_id,
        organization_code: new.organization_code,
        state: ScanStatus::NotScanned.as_str().into(),
        match_code: pick(&choices)?,
        choices,
        poll_token_hash: new.poll_token_hash,
        client_info: new.client_info,
        payload: serde_json::to_string(&new.payload).map_err(|error| Error::Internal(error.to_string()))?,
        device_id: None,
        user_id: None,
        result: None,
        created: app.clock.now(),
        expires: new.expires,
    };
    app.store.insert_code(&record).await?;
    metrics::counter!("eseal_codes_total", "purpose" => new.purpose.as_str()).increment(1);
    tracing::info!(code.id = %record.id, purpose = %new.purpose, "Made the code {}", record.id);
    Ok(record)
}

/// Different numbers of two digits, in the order in which they were drawn.
fn match_codes() -> Result<Vec<String>> {
    let mut codes: Vec<String> = Vec::with_capacity(CHOICES);
    while codes.len() < CHOICES {
        // 200 and more would make some numbers likelier than others.
        let [byte] = random_bytes::<1>()?;
        let code = format!("{:02}", byte % 100);
        if byte < 200 && !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(codes)
}

fn pick(choices: &[String]) -> Result<String> {
    let [byte] = random_bytes::<1>()?;
    let index = usize::from(byte) % choices.len().max(1); // 256 is a multiple of four
    choices.get(index).cloned().ok_or_else(|| Error::Internal("no match codes".into()))
}

/// What the QR code says: an opaque identifier at the server's own host.
pub(crate) fn qr_text(app: &App, id: &str) -> String {
    format!("{}{QR_PATH}{id}", app.config.server.base_url.trim_end_matches('/'))
}

/// The identifier in a scanned text, if it is one of this server's.
pub(crate) fn scanned_id(app: &App, text: &str) -> Option<String> {
    let host = app.config.server.base_url.trim_end_matches('/');
    let id = text.get(..QR_TEXT_BYTES).unwrap_or(text).trim().strip_prefix(host)?.strip_prefix(QR_PATH)?;
    is_id(id).then(|| id.to_owned())
}

/// The QR code as PNG.
pub(crate) async fn qr_image(app: &App, text: &str) -> Result<Vec<u8>> {
    let text = text.to_owned();
    app.pool
        .run(move || {
            let internal = |error: &dyn std::error::Error| Error::Internal(format!("QR code: {error}"));
            let code = QrCode::new(text.as_bytes()).map_err(|error| internal(&error))?;
            let picture = code.render::<image::Luma<u8>>().min_dimensions(QR_PIXELS, QR_PIXELS).build();
            let mut png = Cursor::new(Vec::new());
            picture.write_to(&mut png, image::ImageFormat::Png).map_err(|error| internal(&error))?;
            Ok(png.into_inner())
        })
        .await
}

/// A code of this system and for this purpose; others do not exist for it.  `at` is the pointer of its identifier.
pub(crate) async fn find_of(app: &App, system_id: &str, id: &str, purpose: Purpose, at: &str) -> Result<CodeRecord> {
    let found = if is_id(id) { app.store.find_code_of(system_id, id).await? } else { None };
    found.filter(|code| code.purpose == purpose.as_str()).ok_or_else(|| Error::TaskNotFound.at(at))
}

/// What a code is for.
pub(crate) fn purpose(code: &CodeRecord) -> Result<Purpose> {
    Purpose::find(&code.purpose).ok_or_else(|| Error::Internal("a code without a known purpose".into()))
}

/// What a code stands for.
pub(crate) fn payload(code: &CodeRecord) -> Result<Payload> {
    serde_json::from_str(&code.payload).map_err(|error| Error::Internal(format!("payload of a code: {error}")))
}

/// State of a code at a moment: as it is kept, but for the clock.
///
/// What a phone signed does not expire with the code: the digests have their own time.
pub(crate) fn state(code: &CodeRecord, now: Timestamp) -> Result<ScanStatus> {
    let kept = ScanStatus::find(&code.state).ok_or_else(|| Error::Internal("a code without a known state".into()))?;
    let may_expire = match kept {
        ScanStatus::NotScanned | ScanStatus::Scanned => true,
        ScanStatus::Confirmed => code.purpose == Purpose::Login.as_str(),
        ScanStatus::Canceled | ScanStatus::Expired | ScanStatus::Used | ScanStatus::Failed => false,
    };
    Ok(if may_expire && code.expires < now { ScanStatus::Expired } else { kept })
}

/// What had a time limit, by what the code is for.
pub(crate) fn expired(code: &CodeRecord) -> Error {
    let what = if code.purpose == Purpose::Sign.as_str() { Expired::SignTask } else { Expired::QrCode };
    Error::Expired { what }
}

/// Moves a code on from a state; wakes up whoever waits.  False, and nothing changes, if it is not in that state.
pub(crate) async fn change(app: &App, code: &CodeRecord, from: ScanStatus, change: CodeChange) -> Result<bool> {
    let changed = app.store.change_code(&code.id, from.as_str(), &change).await?;
    if changed {
        app.hub.notify(&code.id);
    }
    Ok(changed)
}

/// The code as it is when its state has changed, or when the caller has waited long enough.
pub(crate) async fn wait_for_change(
    app: &App,
    system_id: &str,
    id: &str,
    purpose: Purpose,
    wait_seconds: Option<u32>,
) -> Result<CodeRecord> {
    let longest = seconds(app.config.times.long_poll);
    let wait = Duration::from_secs(u64::from(wait_seconds.unwrap_or(0))).min(longest);
    let mut subscription = app.hub.subscribe(id);
    let deadline = Instant::now() + wait;
    let mut code = find_of(app, system_id, id, purpose, "").await?;
    let first = state(&code, app.clock.now())?;
    loop {
        let now = state(&code, app.clock.now())?;
        let left = deadline.saturating_duration_since(Instant::now());
        let goes_on = matches!(now, ScanStatus::NotScanned | ScanStatus::Scanned);
        if !goes_on || now != first || left.is_zero() {
            return Ok(code);
        }
        subscription.wait(left).await;
        code = find_of(app, system_id, id, purpose, "").await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn match_codes_are_two_digits_and_differ() {
        for _ in 0..200 {
            let codes = match_codes().unwrap();
            assert_eq!(codes.len(), CHOICES);
            assert!(codes.iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit())));
            assert!((1..CHOICES).all(|index| !codes[..index].contains(&codes[index])));
            assert!(codes.contains(&pick(&codes).unwrap()));
        }
    }
}
