//! What verification and sealing need from outside (取证种类), with the content types it comes in.

use std::sync::Arc;

use eseal_pki::Crl;
use jiff::Timestamp;

use crate::{Body, FetchError, Fetcher, Kept, Request};

/// Content types of CRLs: RFC 2585 has the first, servers that know no better send the others.
const CRL: &[&str] = &["application/pkix-crl", "application/x-pkcs7-crl", "application/octet-stream"];
/// RFC 6960, appendix A.
const OCSP: &[&str] = &["application/ocsp-response"];
/// RFC 3161, 3.4.
const TIME_STAMP: &[&str] = &["application/timestamp-reply", "application/timestamp-response"];
const JSON: &[&str] = &["application/json"];

/// Gets the CRL (DER) at a distribution point; kept until its `nextUpdate`.  Whose it is and whether it is signed well is
/// for whoever uses it.
///
/// # Errors
/// [`FetchError`]; a stale list is of no use.
pub fn crl(fetcher: &Fetcher, url: &str, now: Timestamp) -> Result<Arc<[u8]>, FetchError> {
    let limit_bytes = fetcher.limits().crl_bytes;
    let request = Request { url: url.to_owned(), body: None, accepts: CRL, limit_bytes };
    fetcher.get(&request, now, |der| {
        let crl = Crl::from_der(der).map_err(|error| error.to_string())?;
        match crl.next_update {
            Some(next) if next <= now => Err(format!("the list was due on {next}")),
            Some(next) => Ok(Kept::Until(next)),
            None => Ok(Kept::Once),
        }
    })
}

/// Asks an OCSP responder by POST; `read` checks the answer and says until when it is good.
///
/// # Errors
/// [`FetchError`].
pub fn ocsp(
    fetcher: &Fetcher,
    url: &str,
    request: Vec<u8>,
    now: Timestamp,
    read: impl FnOnce(&[u8]) -> Result<Kept, String>,
) -> Result<Arc<[u8]>, FetchError> {
    fetcher.get(&post(fetcher, url, request, "application/ocsp-request", OCSP), now, read)
}

/// Asks a time-stamp authority (RFC 3161 over HTTP); `read` checks the answer, which is for this request only.
///
/// # Errors
/// [`FetchError`].
pub fn time_stamp(
    fetcher: &Fetcher,
    url: &str,
    query: Vec<u8>,
    now: Timestamp,
    read: impl FnOnce(&[u8]) -> Result<(), String>,
) -> Result<Arc<[u8]>, FetchError> {
    let request = post(fetcher, url, query, "application/timestamp-query", TIME_STAMP);
    fetcher.get(&request, now, |answer| read(answer).map(|()| Kept::Once))
}

/// Asks a region's seal-status service by GET; `read` checks the answer and says until when it is good.
///
/// # Errors
/// [`FetchError`].
pub fn seal_status(
    fetcher: &Fetcher,
    url: &str,
    now: Timestamp,
    read: impl FnOnce(&[u8]) -> Result<Kept, String>,
) -> Result<Arc<[u8]>, FetchError> {
    let limit_bytes = fetcher.limits().answer_bytes;
    fetcher.get(&Request { url: url.to_owned(), body: None, accepts: JSON, limit_bytes }, now, read)
}

fn post(
    fetcher: &Fetcher,
    url: &str,
    bytes: Vec<u8>,
    content_type: &'static str,
    accepts: &'static [&'static str],
) -> Request {
    let limit_bytes = fetcher.limits().answer_bytes;
    Request { url: url.to_owned(), body: Some(Body { bytes, content_type }), accepts, limit_bytes }
}
