//! A prepared digest seen from the later steps, 3-2 to 3-5 (待签摘要复核).

use eseal::Prepared;
use eseal_api::{Carrier, DigestRef};
use eseal_pki::{Certificate, Chain, Crl, Period, Revocation, Usage, UsageAnswer, check_path};
use eseal_store::{DigestRecord, SealRecord};
use subtle::ConstantTimeEq;

use super::generate_digest::prepared_of;
use crate::{
    App, Error, Expired, Result,
    access::{self, Right},
    random::is_id,
};

/// A prepared digest whose right, seal and certificate were checked again.
#[derive(Debug)]
pub(crate) struct Checked {
    /// What is kept of it.
    pub(crate) record: DigestRecord,
    /// Its seal as it is now.
    pub(crate) seal: SealRecord,
    /// The prepared document.
    pub(crate) prepared: Prepared,
}

/// Looks a digest up for a later step: same system and holder as in 3-1, grant, scene, seal and certificate still good.
///
/// `at` is the pointer of the entry.
///
/// # Errors
/// [`Error::FileNotFound`], [`Error::Expired`], and those of the seal and the certificate.
pub(crate) async fn check(app: &App, right: &Right, id: &str, at: &str) -> Result<Checked> {
    let not_found = || Error::FileNotFound.at(format!("{at}/fileUniqueId"));
    if !is_id(id) {
        return Err(not_found());
    }
    let record = app.store.find_digest(&right.system_id, id).await?.ok_or_else(not_found)?;
    if record.organization_code != right.organization.code {
        return Err(not_found());
    }
    let now = app.clock.now();
    if record.composed.is_none() && record.expires < now {
        return Err(Error::Expired { what: Expired::Digest });
    }
    let seal = right.seal(app, Some(&record.seal_code), None, at).await?;
    access::check_usable(&seal, now)?;
    let prepared = prepared_of(&record)?;
    Ok(Checked { record, seal, prepared })
}

/// As [`check`], for a step that signs: `data` is the stored e, the key is where this interface signs, and nothing was
/// composed yet.
///
/// # Errors
/// As [`check`]; [`Error::WrongCarrier`], [`Error::AlreadyComposed`], 40002 about `data`.
pub(crate) async fn check_to_sign(
    app: &App,
    right: &Right,
    digest: &DigestRef,
    carrier: Carrier,
    at: &str,
) -> Result<Checked> {
    let checked = check(app, right, &digest.file_unique_id, at).await?;
    if !bool::from(digest.data.0.ct_eq(&checked.record.e)) {
        return Err(Error::bad(format!("{at}/data"), "not the fileHash that was answered for this fileUniqueId"));
    }
    access::check_carrier(&checked.seal, carrier)?;
    if checked.record.composed.is_some() {
        return Err(Error::AlreadyComposed);
    }
    right.check_uses_left(app)?;
    check_certificate(app, &checked.prepared.signer_certificate)?;
    Ok(checked)
}

/// Whether the right still reaches the seal of a digest that was answered before (重复请求复核).
///
/// # Errors
/// As [`check`]; a digest that is gone by now has nothing left to protect.
pub(crate) async fn check_seal_again(app: &App, right: &Right, id: &str) -> Result<()> {
    let Some(record) = app.store.find_digest(&right.system_id, id).await? else { return Ok(()) };
    if record.organization_code != right.organization.code {
        return Err(Error::FileNotFound);
    }
    let seal = right.seal(app, Some(&record.seal_code), None, "").await?;
    access::check_usable(&seal, app.clock.now())
}

/// Whether a signer's certificate may sign now: path, period, key usage, revocation; what is not known is not good.
///
/// Two or three signatures are verified: less than a millisecond.
///
/// # Errors
/// [`Error::CertificateNotTrusted`], [`Error::CertificateOutsidePeriod`], [`Error::CertificateRevoked`].
pub(crate) fn check_certificate(app: &App, certificate: &[u8]) -> Result<()> {
    let evidence = app.trust.evidence();
    let anchors = read(evidence.anchors.iter().map(|anchor| &anchor.certificate));
    let intermediates = read(evidence.intermediates.iter());
    let crls: Vec<Crl<'_>> = evidence.crls.iter().filter_map(|der| Crl::from_der(der).ok()).collect();
    let certificate = Certificate::from_der(certificate).map_err(|_| Error::CertificateNotTrusted)?;
    let report = check_path(&certificate, &intermediates, &anchors, &crls, app.clock.now(), Usage::Sign);
    if !matches!(report.chain, Chain::Trusted { .. }) || report.usage() != UsageAnswer::Allowed {
        return Err(Error::CertificateNotTrusted);
    }
    if report.period() != Period::Within {
        return Err(Error::CertificateOutsidePeriod);
    }
    if report.revocation() != Revocation::Good {
        return Err(Error::CertificateRevoked);
    }
    Ok(())
}

fn read<'a>(certificates: impl Iterator<Item = &'a Vec<u8>>) -> Vec<Certificate<'a>> {
    certificates.filter_map(|der| Certificate::from_der(der).ok()).collect()
}
