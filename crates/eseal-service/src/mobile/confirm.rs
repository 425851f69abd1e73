//! `confirm` 确认: the user approves with match code and PIN; for signing codes the rounds follow, one document at a time.

use std::sync::Arc;

use eseal_api::{
    Purpose, ScanStatus, Secret,
    mobile::{Confirm, ConfirmResult},
};
use eseal_store::{CodeChange, CodeRecord, PhoneRecord};

use super::{
    SignTask, TaskResult, bound_code, calling_phone, code, cosign,
    enrol::HELD,
    pin::{PinAnswer, check_pin},
    scan::CONFIRM_SECONDS,
    task::Failure,
};
use crate::{App, Caller, Error, Result, login::audit, seconds};

/// Takes a confirmation from the phone that scanned the code.  It repeats purpose, system and match code, so that a
/// confirmation of one thing is none of another.
///
/// # Errors
/// [`Error::NotGranted`] for another phone and for one that holds its whole key where that is not allowed, about `/pin` for a wrong PIN; [`Error::ChallengeMismatch`] for a wrong match
/// code, which ends the code, and for a round that is not open; [`Error::SameRequestRunning`] while another one is open;
/// 40001 about `/pin` if the task is not approved, or not any more; [`Error::Expired`] for a code that is over.
pub async fn confirm(app: &Arc<App>, caller: &Caller, request: Confirm) -> Result<ConfirmResult> {
    let (phone, _) = calling_phone(app, caller).await?;
    let code = bound_code(app, &phone, &request.qr_id).await?;
    let purpose = code::purpose(&code)?;
    if request.purpose != purpose {
        return Err(Error::bad("/purpose", "the code is for something else"));
    }
    if request.confirmed_system_id != code.system_id {
        return Err(Error::bad("/systemID", "another system made the code"));
    }
    if request.match_code != code.match_code {
        return Err(fail(app, &code, Failure::MatchCode).await?.at("/matchCode"));
    }
    match purpose {
        Purpose::Login => confirm_login(app, &code, &phone, request.pin).await,
        Purpose::Sign => confirm_signing(app, &code, &phone, request).await,
    }
}

async fn confirm_login(
    app: &App,
    code: &CodeRecord,
    phone: &PhoneRecord,
    pin: Option<Secret>,
) -> Result<ConfirmResult> {
    if let Some(pin) = pin {
        ask_pin(app, code, phone, &pin).await?;
    }
    let confirmed = CodeChange {
        state: ScanStatus::Confirmed.as_str().into(),
        expires: Some(app.clock.now() + seconds(CONFIRM_SECONDS)),
        ..CodeChange::default()
    };
    if !code::change(app, code, ScanStatus::Scanned, confirmed).await? {
        return Err(code::expired(code));
    }
    Ok(ConfirmResult { scan_status: ScanStatus::Confirmed, round: None, remaining: 0 })
}

async fn confirm_signing(
    app: &Arc<App>,
    code: &CodeRecord,
    phone: &PhoneRecord,
    request: Confirm,
) -> Result<ConfirmResult> {
    if phone.key_profile == HELD && !app.phones.allows_held_keys {
        return Err(Error::NotGranted.at("/qrId")); // it was enrolled when the platform still allowed it
    }
    let task = SignTask::of(code)?;
    if !app.phones.rounds.is_approved(&phone.id, &code.id, app.clock.now()) {
        let pin = request.pin.ok_or_else(|| Error::missing("/pin"))?;
        approve(app, code, phone, &task, &pin).await?;
    }
    match request.round {
        Some(round) => cosign::round(app, code, phone, &task, round).await,
        None => {
            let remaining = cosign::remaining(&task, &TaskResult::of(code)?);
            Ok(ConfirmResult { scan_status: ScanStatus::Scanned, round: None, remaining })
        }
    }
}

/// Whether everything still allows the task, then the PIN; the approval covers all digests of the task and nothing else.
async fn approve(app: &App, code: &CodeRecord, phone: &PhoneRecord, task: &SignTask, pin: &Secret) -> Result<()> {
    if !task.is_for(&phone.certificates) {
        return Err(Error::NotGranted);
    }
    if let Err(error) = task.check(app, &code.system_id).await {
        if !error.is_transient() {
            fail(app, code, Failure::NotGood).await?;
        }
        return Err(error);
    }
    ask_pin(app, code, phone, pin).await?;
    app.phones.rounds.approve(&phone.id, &code.id, code.expires, app.clock.now())?;
    audit(app, "sign.approve", Some(&code.system_id), Some(&phone.user_id), Some(&code.id), Ok(())).await
}

async fn ask_pin(app: &App, code: &CodeRecord, phone: &PhoneRecord, pin: &Secret) -> Result<()> {
    let error = match check_pin(app, phone, &pin.0).await? {
        PinAnswer::Right => return Ok(()),
        PinAnswer::Wrong => Error::NotGranted,
        PinAnswer::Locked => fail(app, code, Failure::PinLocked).await?,
    };
    audit(app, "phone.pin", Some(&code.system_id), Some(&phone.user_id), Some(&phone.id), Err(&error)).await?;
    Err(error.at("/pin"))
}

/// Ends a code; gives the error that says why.
async fn fail(app: &App, code: &CodeRecord, failure: Failure) -> Result<Error> {
    let result = TaskResult { failure: Some(failure), ..TaskResult::of(code)? };
    let failed = CodeChange {
        state: ScanStatus::Failed.as_str().into(),
        result: Some(result.to_json()?),
        ..CodeChange::default()
    };
    code::change(app, code, ScanStatus::Scanned, failed).await?;
    if let Some(device_id) = &code.device_id {
        app.phones.rounds.end(device_id);
    }
    let error = failure.error();
    audit(app, "code.fail", Some(&code.system_id), code.user_id.as_deref(), Some(&code.id), Err(&error)).await?;
    Ok(error)
}
