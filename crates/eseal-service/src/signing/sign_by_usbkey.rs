//! Interface 3-3, USBKey证书摘要签名: the ticket by which the agent beside the key may sign.

use std::sync::Arc;

use eseal_api::{Carrier, Expected, KeyPurpose, SignDigestByUsbKey, SignDigestByUsbKeyResult};
use jiff::Timestamp;

use super::{
    digest::Checked,
    sign_by_mobile::{check_all, one_certificate, shown_title},
};
use crate::{
    App, Caller, CallingSystem, Error, Result, access,
    random::random_bytes,
    seconds,
    tickets::{SignTicket, TicketEntry},
};

/// Makes the platform's statement of what the key on the user's desk may sign.
///
/// # Errors
/// The right to act; whatever keeps an entry from being signed; 40001 without an origin if the system has several, 40002
/// for one that is not registered; 40002 for entries of different certificates.
pub async fn sign_by_usbkey(
    app: &Arc<App>,
    caller: &Caller,
    request: SignDigestByUsbKey,
) -> Result<SignDigestByUsbKeyResult> {
    let right = access::right(app, caller, &request.common).await?;
    let system = caller.system()?;
    let origin = origin(system, request.origin)?;
    let checked = check_all(app, &right, &request.seal_data_list, Carrier::UsbKey).await?;
    let ticket = SignTicket {
        origin,
        system_id: system.system_id.clone(),
        system_name: system.name.clone(),
        organization_code: right.organization.code.clone(),
        organization_name: right.organization.name.clone(),
        certificate_sm3: one_certificate(&checked)?,
        nonce: random_bytes()?,
        expires: expiry(app, &checked),
        entries: checked.iter().map(entry).collect(),
    };
    let text = ticket.to_bytes()?;
    let signature = app.platform_keys.sign(&app.pool, KeyPurpose::Ticket, text.clone()).await?;
    metrics::counter!("eseal_tickets_total").increment(1);
    Ok(SignDigestByUsbKeyResult {
        ticket: SignTicket::assemble(&text, &signature)?,
        expire_time: ticket.expires.into(),
    })
}

fn origin(system: &CallingSystem, asked: Option<String>) -> Result<String> {
    match (asked, system.origins.as_slice()) {
        (Some(origin), registered) if registered.contains(&origin) => Ok(origin),
        (Some(_), _) => Err(Error::malformed("/origin", Expected::Equal("an origin registered for the system"))),
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Error::missing("/origin")),
    }
}

/// A ticket lives its own time, but not longer than the digests.
fn expiry(app: &App, checked: &[Checked]) -> Timestamp {
    let longest = app.clock.now() + seconds(app.config.times.ticket);
    checked.iter().map(|entry| entry.record.expires).fold(longest, Timestamp::min)
}

fn entry(checked: &Checked) -> TicketEntry {
    TicketEntry {
        file_unique_id: checked.record.id.clone(),
        seal_code: checked.seal.code.clone(),
        seal_name: checked.seal.name.clone(),
        title: shown_title(&checked.record),
        page_count: checked.record.page_count,
        e: checked.record.e,
    }
}
