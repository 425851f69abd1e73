//! The status of a seal by the word of its region (异地印章状态): over HTTPS, signed, fresh; the own region's from the
//! own records.

use std::sync::Arc;

use eseal::{
    StatusRules,
    status::{SealStatement, StatusQuestion},
};
use eseal_fetch::Kept;
use eseal_gm::sm2::VerifyingKey;
use jiff::Timestamp;
use serde_json::Value;

use crate::{App, seal_status::state_of};

/// Asks for it; nothing if it cannot be had, or is not to be believed.
pub(super) async fn find(
    app: &Arc<App>,
    region: String,
    service: StatusRules,
    seal_code: String,
    seal_sm3: [u8; 32],
) -> Option<SealStatement> {
    if region == app.config.region {
        return own(app, region, seal_code, seal_sm3).await;
    }
    let now = app.clock.now();
    if let Some(known) = app.trust.statement(&region, &seal_code, &seal_sm3, now) {
        return Some(known);
    }
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).ok()?;
    let key = VerifyingKey::from_bytes(&service.key).ok()?;
    let question = StatusQuestion { region, seal_code, seal_sm3, nonce };
    let fetcher = app.fetcher.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let url = format!("{}?{}", service.url, question.to_query());
        let mut believed = None;
        let fetched = eseal_fetch::seal_status(&fetcher, &url, now, |answer| {
            believed = Some(read(answer, &key, &question, now)?);
            Ok(Kept::Once) // the nonce is in the question
        });
        fetched.ok().and(believed)
    });
    let statement = asked.await.ok()??;
    app.trust.note_statement(&statement, now);
    Some(statement)
}

/// `{statement, signature}`, in an envelope or without.
fn read(answer: &[u8], key: &VerifyingKey, question: &StatusQuestion, now: Timestamp) -> Result<SealStatement, String> {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let value: Value = serde_json::from_slice(answer).map_err(|error| error.to_string())?;
    let data = value.get("data").unwrap_or(&value);
    let text = |name: &str| data.get(name).and_then(Value::as_str).ok_or_else(|| format!("no {name}"));
    let signature = BASE64_STANDARD.decode(text("signature")?).map_err(|error| error.to_string())?;
    SealStatement::verify(text("statement")?, &signature, key, question, now).map_err(|error| error.to_string())
}

/// What the own records have against these seals: a seal that was frozen or revoked here is not good here, whether or not
/// a bundle says that somebody must be asked.
pub(super) async fn adverse(app: &App, seals: Vec<(String, [u8; 32])>) -> Vec<SealStatement> {
    let mut statements = Vec::new();
    for (seal_code, seal_sm3) in seals {
        let stated = own(app, app.config.region.clone(), seal_code, seal_sm3).await;
        statements.extend(stated.filter(|stated| stated.status.is_adverse()));
    }
    statements
}

async fn own(app: &App, region: String, seal_code: String, seal_sm3: [u8; 32]) -> Option<SealStatement> {
    let now = app.clock.now();
    let found = app.store.find_seal(&seal_code).await.ok()?;
    let (status, since) = state_of(found.as_ref(), Some(&seal_sm3), now);
    Some(SealStatement {
        status,
        region,
        seal_code,
        seal_sm3: Some(seal_sm3),
        since,
        this_update: now,
        next_update: now,
        nonce: [0; 16],
    })
}
