//! Interface 4-2, 印章验证, for systems and for the public.

use std::sync::Arc;

use eseal::{SealReport, examine_seal, judge_seal};
use eseal_api::{ReportLevel, SealInfo, SealStatus, VerifySeal, VerifySealResult};
use eseal_store::SealRecord;

use super::{Reader, Wording, seal_report_to_wire};
use crate::{
    App, Caller, Error, Result,
    access::{self, seal_status},
    evidence,
    seal_info::seal_info,
};

/// Verifies seal data, or one of the platform's seals by its code.
///
/// Whoever names a seal only by its code learns conclusion and status: its picture must not be had by counting codes.
///
/// # Errors
/// [`Error::SealNotFound`]; 40002 if data and code are of different seals.
pub async fn verify_seal(app: &Arc<App>, caller: &Caller, request: VerifySeal) -> Result<VerifySealResult> {
    let known = find_known(app, &request).await?;
    let granted = match &known {
        Some(seal) if !caller.is_public() => granted_info(app, caller, &request, seal).await?,
        _ => None,
    };
    let given = request.seal_data.map(|data| data.0);
    let has_data = given.is_some();
    let der = given.or_else(|| known.as_ref().map(|seal| seal.der.clone())).ok_or(Error::SealNotFound)?;
    let wording = Wording {
        // Reasons and evidence name certificates.
        level: if has_data || granted.is_some() { ReportLevel::Detailed } else { ReportLevel::Simple },
        reader: if caller.is_public() { Reader::Public } else { Reader::System },
        language: caller.language,
    };
    let (report, status) = judge_now(app, der, known).await?;
    let mut answer = seal_report_to_wire(&report, wording);
    answer.status = status;
    if granted.is_some() {
        answer.seal = granted;
    } else if !has_data {
        answer.seal = None;
    }
    Ok(answer)
}

/// The platform's own record of the seal: by code, which must exist, or by the data that was sent.
async fn find_known(app: &Arc<App>, request: &VerifySeal) -> Result<Option<SealRecord>> {
    match &request.seal_code {
        Some(code) => {
            let found = app.store.find_seal(code).await?.ok_or_else(|| Error::SealNotFound.at("/sealCode"))?;
            match &request.seal_data {
                Some(data) if data.0 != found.der => Err(Error::bad("/sealData", "not the data of that seal")),
                _ => Ok(Some(found)),
            }
        }
        None => {
            let Some(data) = &request.seal_data else { return Ok(None) };
            let code = seal_code_of(app, data.0.clone()).await?;
            let found = match code {
                Some(code) => app.store.find_seal(&code).await?,
                None => None,
            };
            Ok(found.filter(|seal| seal.der == data.0))
        }
    }
}

/// The code inside seal data, if it can be read.
async fn seal_code_of(app: &Arc<App>, der: Vec<u8>) -> Result<Option<String>> {
    let (shared, now) = (app.clone(), app.clock.now());
    app.pool
        .run(move || {
            let report = judge_seal(&examine_seal(&der), &shared.trust.evidence(), &shared.seal_policy(), now);
            Ok(report.seal.map(|seal| seal.code))
        })
        .await
}

/// Everything about the seal if the request carries a right that reaches it.
async fn granted_info(
    app: &Arc<App>,
    caller: &Caller,
    request: &VerifySeal,
    seal: &SealRecord,
) -> Result<Option<SealInfo>> {
    if request.common.grant_code.is_none() && request.common.access_token.is_none() {
        return Ok(None);
    }
    let right = access::right(app, caller, &request.common).await?;
    let found = right.seal(app, Some(&seal.code), None, "").await?;
    let (shared, now) = (app.clone(), app.clock.now());
    app.pool.run(move || Ok(Some(seal_info(&shared, &found, &right.organization, now)))).await
}

async fn judge_now(
    app: &Arc<App>,
    der: Vec<u8>,
    known: Option<SealRecord>,
) -> Result<(SealReport, Option<SealStatus>)> {
    let (shared, now) = (app.clone(), app.clock.now());
    let examined = app.pool.run(move || Ok(examine_seal(&der))).await?;
    let (examined, evidence) = evidence::for_seal(app, examined, now).await?;
    let report = app.pool.run(move || Ok(judge_seal(&examined, &evidence, &shared.seal_policy(), now))).await?;
    Ok((report, known.map(|seal| seal_status(&seal, now))))
}
