//! Taking back what was given (撤销): grants, tokens, phones.  For the operator; at once and for good, beside a running
//! server too, because everything is in the store.

use eseal_store::{AuditRecord, Store};
use jiff::Timestamp;

use crate::Result;

/// Ends a grant: the system acts for the holder no more by its code.  False if there is none that was not ended.
///
/// # Errors
/// Of the store.
pub async fn revoke_grant(store: &dyn Store, now: Timestamp, grant_id: &str) -> Result<bool> {
    let done = store.revoke_grant(grant_id).await?;
    note(store, now, "grant.revoke", None, grant_id, done).await
}

/// Ends every access token of a user, in every system; gives how many there were.
///
/// # Errors
/// Of the store.
pub async fn revoke_tokens(store: &dyn Store, now: Timestamp, user_id: &str) -> Result<u64> {
    let count = store.revoke_tokens_of(user_id).await?;
    note(store, now, "tokens.revoke", Some(user_id), user_id, count > 0).await?;
    Ok(count)
}

/// Switches a phone off and deletes the server's share of its key: nobody can sign with the other half alone, whoever
/// holds the phone.  False if it was off, or there is none.
///
/// # Errors
/// Of the store.
pub async fn revoke_phone(store: &dyn Store, now: Timestamp, device_id: &str) -> Result<bool> {
    let done = store.revoke_phone(device_id).await?;
    note(store, now, "phone.revoke", None, device_id, done).await
}

pub(crate) async fn note(
    store: &dyn Store,
    now: Timestamp,
    event: &str,
    user_id: Option<&str>,
    subject: &str,
    done: bool,
) -> Result<bool> {
    if done {
        let record = AuditRecord {
            time: now,
            event: event.to_owned(),
            system_id: None,
            user_id: user_id.map(str::to_owned),
            subject: Some(subject.to_owned()),
            outcome: "ok".to_owned(),
        };
        store.insert_audit(&record).await?;
    }
    Ok(done)
}
