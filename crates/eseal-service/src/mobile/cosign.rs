//! One signature of phone and server (协同签名): the server's part, then the finished value, verified before it is kept.

use std::sync::Arc;

use eseal::SignatureValue;
use eseal_api::{
    Base64, Digest, ScanStatus,
    mobile::{ConfirmResult, ServerPart, SigningRound},
};
use eseal_gm::{equal, sm2::cosign::FirstMessage};
use eseal_store::{CodeChange, CodeRecord, PhoneRecord};

use super::{SignTask, TaskResult, bound_code, code, enrol::HELD, task::TaskValue};
use crate::{App, Error, Result, login::audit, seconds};

/// Signatures of a task that are still to come.
pub(super) fn remaining(task: &SignTask, result: &TaskResult) -> u32 {
    let open = task.documents.iter().filter(|document| !result.has(&document.file_unique_id)).count();
    u32::try_from(open).unwrap_or(u32::MAX)
}

/// One message of a round: Q1 asks for the server's part, a value ends the round, neither gives it up.
pub(super) async fn round(
    app: &Arc<App>,
    code: &CodeRecord,
    phone: &PhoneRecord,
    task: &SignTask,
    round: SigningRound,
) -> Result<ConfirmResult> {
    let result = TaskResult::of(code)?;
    let is_listed = task.documents.iter().any(|document| document.file_unique_id == round.file_unique_id);
    if !is_listed {
        return Err(Error::FileNotFound.at("/round/fileUniqueId"));
    }
    let going_on =
        |part| ConfirmResult { scan_status: ScanStatus::Scanned, round: part, remaining: remaining(task, &result) };
    if result.has(&round.file_unique_id) {
        return Ok(going_on(None)); // the phone did not hear that it was kept
    }
    let is_held = phone.key_profile == HELD;
    match (round.q1, round.sign_value) {
        (Some(_), None) if is_held => Err(Error::bad("/round/q1", "the phone holds the whole key")),
        (None, Some(value)) if is_held => {
            // Its one message opens and ends the round; what is allowed, and once, is the same.
            let rounds = &app.phones.rounds;
            let open = rounds.open(&phone.id, &code.id, &round.file_unique_id, app.clock.now());
            open.map_err(|error| error.at("/round"))?;
            finish(app, code, phone, task, &round.file_unique_id, value.0).await
        }
        (Some(q1), None) => {
            let e = round.e.ok_or_else(|| Error::missing("/round/e"))?;
            answer(app, code, phone, task, &round.file_unique_id, &q1.0, e).await.map(Some).map(going_on)
        }
        (None, Some(value)) => finish(app, code, phone, task, &round.file_unique_id, value.0).await,
        (None, None) => {
            app.phones.rounds.give_up(&phone.id);
            Ok(going_on(None))
        }
        (Some(_), Some(_)) => Err(Error::bad("/round", "q1 or signValue")),
    }
}

/// The server's part of one signature of the digest that it holds itself.
async fn answer(
    app: &Arc<App>,
    code: &CodeRecord,
    phone: &PhoneRecord,
    task: &SignTask,
    id: &str,
    q1: &[u8],
    e: Digest,
) -> Result<ServerPart> {
    let (record, _) = task.digest(app, &code.system_id, id).await?;
    if !equal(&e.0, &record.e) {
        return Err(Error::bad("/round/e", "not the digest that is to be signed"));
    }
    let first = [&e.0[..], q1].concat();
    let first = <[u8; 97]>::try_from(first.as_slice()).map_err(|_| Error::bad("/round/q1", "65 bytes"))?;
    app.phones.rounds.open(&phone.id, &code.id, id, app.clock.now()).map_err(|error| error.at("/round"))?;
    let part = share_answer(app, phone, record.e, FirstMessage(first)).await;
    if part.is_err() {
        app.phones.rounds.close(&phone.id);
    }
    let part = part?;
    let (r, s1) = part.split_at(32);
    Ok(ServerPart { file_unique_id: id.to_owned(), r: Base64(r.to_vec()), s1: Base64(s1.to_vec()) })
}

async fn share_answer(app: &Arc<App>, phone: &PhoneRecord, e: [u8; 32], first: FirstMessage) -> Result<[u8; 64]> {
    let (shared, device_id, sealed) = (app.clone(), phone.id.clone(), phone.key_share.clone());
    app.pool
        .run(move || {
            let share = shared.phones.share_key()?.open(&device_id, &sealed)?;
            share.answer(&e, &first).map(|part| part.0).map_err(|_| Error::bad("/round/q1", "not a point on the curve"))
        })
        .await
}

/// Takes the finished value of the open round.
async fn finish(
    app: &Arc<App>,
    code: &CodeRecord,
    phone: &PhoneRecord,
    task: &SignTask,
    id: &str,
    value: Vec<u8>,
) -> Result<ConfirmResult> {
    let rounds = &app.phones.rounds;
    rounds.finish(&phone.id, &code.id, id, app.clock.now()).map_err(|error| error.at("/round"))?;
    let kept = keep(app, code, phone, task, id, value).await;
    rounds.close(&phone.id);
    let answer = kept?;
    if answer.remaining == 0 {
        rounds.end(&phone.id);
        audit(app, "sign.phone", Some(&code.system_id), Some(&phone.user_id), Some(&code.id), Ok(())).await?;
        tracing::info!(code.id = %code.id, count = task.documents.len(), "A phone signed the task {}", code.id);
    }
    Ok(answer)
}

/// Verifies a value on the stored digest and writes it down; with the last one the task is signed.
async fn keep(
    app: &Arc<App>,
    code: &CodeRecord,
    phone: &PhoneRecord,
    task: &SignTask,
    id: &str,
    value: Vec<u8>,
) -> Result<ConfirmResult> {
    let (_, prepared) = task.digest(app, &code.system_id, id).await?;
    let certificate = prepared.signer_certificate.clone();
    let checked = app.pool.run(move || Ok(prepared.check_value(&SignatureValue::Bytes(value), None)?)).await;
    let value = checked.map_err(|error| error.at("/round/signValue"))?;
    // As it is now: an earlier round may have been written since the request began.
    let code = bound_code(app, phone, &code.id).await?;
    let mut result = TaskResult::of(&code)?;
    result.values.push(TaskValue {
        file_unique_id: id.to_owned(),
        value: Base64(value),
        certificate: Base64(certificate),
    });
    let remaining = remaining(task, &result);
    let scan_status = if remaining == 0 { ScanStatus::Confirmed } else { ScanStatus::Scanned };
    if remaining == 0 {
        result.put_in_order(task);
    }
    let change = CodeChange {
        state: scan_status.as_str().into(),
        result: Some(result.to_json()?),
        // What was signed stays to be fetched as long as any result.
        expires: (remaining == 0).then(|| app.clock.now() + seconds(app.config.times.idempotency)),
        ..CodeChange::default()
    };
    if !code::change(app, &code, ScanStatus::Scanned, change).await? {
        return Err(code::expired(&code));
    }
    metrics::counter!("eseal_phone_signatures_total").increment(1);
    Ok(ConfirmResult { scan_status, round: None, remaining })
}
