//! Evidence that a judgement lacks (待取证据): fetched from listed hosts, answered from the own records, kept.
//!
//! Nothing here makes anything good: what cannot be had stays unknown, and the judge says so.

pub(crate) mod at_sealing;
mod kept;
mod revocation;
mod seal_status;

use std::{sync::Arc, time::Duration};

use eseal::{Evidence, Examination, ExaminedSeal, Wanted, status::SealStatement, wanted_to_seal};
use futures::future::join_all;
use jiff::Timestamp;
use tokio::time::timeout;

use crate::{App, Result};

/// All fetching for one request: two slow hosts one after the other; then whoever asked gets an answer with what is there.
const PATIENCE: Duration = Duration::from_secs(8);

/// Something that was had.
enum Found {
    Crl { url: String, der: Arc<[u8]> },
    Ocsp(Arc<[u8]>),
    Statement(SealStatement),
}

/// Evidence for judging a document as of `at`.
///
/// # Errors
/// The pool's.
pub(crate) async fn for_document(
    app: &Arc<App>,
    examination: Examination,
    at: Timestamp,
) -> Result<(Examination, Arc<Evidence>)> {
    let evidence = app.trust.current(app.clock.now());
    let known = evidence.clone();
    let (examination, wanted) = app
        .pool
        .run(move || {
            let wanted = examination.wanted(&known, at);
            Ok((examination, wanted))
        })
        .await?;
    let records = seal_status::adverse(app, examination.seals()).await;
    Ok((examination, complete(app, evidence, wanted, records).await))
}

/// Evidence for judging a seal as of `at`.
///
/// # Errors
/// The pool's.
pub(crate) async fn for_seal(
    app: &Arc<App>,
    seal: ExaminedSeal,
    at: Timestamp,
) -> Result<(ExaminedSeal, Arc<Evidence>)> {
    let evidence = app.trust.current(app.clock.now());
    let known = evidence.clone();
    let (seal, wanted) = app
        .pool
        .run(move || {
            let wanted = seal.wanted(&known, at);
            Ok((seal, wanted))
        })
        .await?;
    let records = seal_status::adverse(app, seal.seals()).await;
    Ok((seal, complete(app, evidence, wanted, records).await))
}

/// Gets what sealing with this seal and certificate lacks: afterwards [`App::trust`] has it, as far as it can be had.
///
/// # Errors
/// The pool's.
pub(crate) async fn before_sealing(app: &Arc<App>, seal: &[u8], certificate: &[u8]) -> Result<()> {
    if app.fetcher.allow().is_empty() {
        return Ok(());
    }
    let (now, evidence) = (app.clock.now(), app.trust.current(app.clock.now()));
    let (seal, certificate, known) = (seal.to_vec(), certificate.to_vec(), evidence.clone());
    let wanted = app.pool.run(move || Ok(wanted_to_seal(&seal, &certificate, &known, now))).await?;
    complete(app, evidence, wanted, Vec::new()).await;
    Ok(())
}

/// `evidence`, whatever of `wanted` can be had, and what the own `records` say.
async fn complete(
    app: &Arc<App>,
    evidence: Arc<Evidence>,
    wanted: Vec<Wanted>,
    records: Vec<SealStatement>,
) -> Arc<Evidence> {
    if wanted.is_empty() {
        if records.is_empty() {
            return evidence;
        }
        return Arc::new(Evidence { seal_statuses: records, ..(*evidence).clone() });
    }
    let asked = wanted.len();
    let all = join_all(wanted.into_iter().map(|wanted| find(app, wanted)));
    let found: Vec<Found> = match timeout(PATIENCE, all).await {
        Ok(found) => found.into_iter().flatten().flatten().collect(),
        Err(_) => Vec::new(), // what came in time is in the caches
    };
    metrics::counter!("eseal_evidence_wanted_total").increment(u64::try_from(asked).unwrap_or(u64::MAX));
    metrics::counter!("eseal_evidence_found_total").increment(u64::try_from(found.len()).unwrap_or(u64::MAX));
    let now = app.clock.now();
    let (mut statements, mut responses) = (records, Vec::new());
    for found in found {
        match found {
            Found::Crl { url, der } => app.trust.note_crl(&url, &der, now),
            Found::Ocsp(der) => responses.push(der.to_vec()),
            Found::Statement(statement) => statements.push(statement),
        }
    }
    let evidence = app.trust.current(now);
    if statements.is_empty() && responses.is_empty() {
        return evidence;
    }
    responses.extend(evidence.ocsps.iter().cloned());
    Arc::new(Evidence { seal_statuses: statements, ocsps: responses, ..(*evidence).clone() })
}

async fn find(app: &Arc<App>, wanted: Wanted) -> Option<Vec<Found>> {
    match wanted {
        Wanted::Revocation { certificate, issuer, ocsp_urls, crl_urls } => {
            revocation::find(app, certificate, issuer, ocsp_urls, crl_urls).await
        }
        Wanted::SealStatus { region, service, seal_code, seal_sm3 } => {
            let statement = seal_status::find(app, region, service, seal_code, seal_sm3).await?;
            Some(vec![Found::Statement(statement)])
        }
        _ => None,
    }
}
