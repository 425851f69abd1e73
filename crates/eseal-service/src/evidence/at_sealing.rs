//! Evidence that goes into a document when it is sealed (签章时证据): a time stamp over the signature value, and in a PDF
//! what later verification needs, so that it can be verified when certificates have expired and servers are gone.

use std::sync::Arc;

use eseal::{Document, FileType, Prepared, Sealed, SignatureValue};
use eseal_bytes::ByteSource;
use eseal_gm::Sm3;
use eseal_pki::time_stamp::{TimeStampRequest, TimeStampResponse};
use eseal_ses::time_stamp::TimeStampToken;
use jiff::{SignedDuration, Timestamp};

use crate::{App, Error, Result, config::AtSealing};

/// Room for a token in a PDF: with a path of three SM2 certificates it has some 3 KiB, with RSA 6 KiB.
const ROOM_BYTES: usize = 8 << 10;
/// How far the authority's clock may be from ours.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Room that a prepared document leaves for a time stamp.
pub(crate) fn room_bytes(app: &App) -> usize {
    if app.config.evidence.at_sealing == AtSealing::Nothing { 0 } else { ROOM_BYTES }
}

/// A time stamp over a signature value, if one is wanted and can be had.
///
/// # Errors
/// The value does not fit; a time stamp is required and cannot be had.
pub(crate) async fn time_stamp(
    app: &Arc<App>,
    prepared: &Prepared,
    value: &SignatureValue,
    certificate: Option<&[u8]>,
) -> Result<Option<Vec<u8>>> {
    if app.config.evidence.at_sealing == AtSealing::Nothing {
        return Ok(None);
    }
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(|error| Error::Internal(error.to_string()))?;
    let request = prepared.time_stamp_request(value, certificate, Some(&nonce))?;
    let (fetcher, url, now) = (app.fetcher.clone(), app.config.evidence.time_stamp_url.clone(), app.clock.now());
    let asked = tokio::task::spawn_blocking(move || {
        let expected = request.clone();
        let answer = eseal_fetch::time_stamp(&fetcher, &url, request, now, |answer| {
            token_of(answer, &expected, now).map(|_| ())
        })?;
        token_of(&answer, &expected, now).map_err(eseal_fetch::FetchError::Useless)
    });
    match asked.await.map_err(|error| Error::Internal(error.to_string()))? {
        Ok(token) => Ok(Some(token)),
        Err(error) if app.config.evidence.at_sealing == AtSealing::Required => {
            Err(Error::DeviceUnavailable(format!("the time-stamp authority: {error}")))
        }
        Err(error) => {
            tracing::warn!(%error, "Sealed without a time stamp: {error}");
            Ok(None)
        }
    }
}

/// The token of an answer, if it answers this request and its time is about now.
fn token_of(answer: &[u8], request: &[u8], now: Timestamp) -> std::result::Result<Vec<u8>, String> {
    let request = TimeStampRequest::from_der(request).map_err(|error| error.to_string())?;
    let answer = TimeStampResponse::from_der(answer).map_err(|error| error.to_string())?;
    let Some(token) = answer.granted() else {
        let why = answer.failure.map_or_else(String::new, |failure| failure.to_string());
        return Err(format!("not granted: {why} {}", answer.text.chars().take(100).collect::<String>()));
    };
    let read = TimeStampToken::parse(token).map_err(|error| error.to_string())?;
    if read.info.imprint != request.imprint {
        return Err("it stands on something else".into());
    }
    if read.info.nonce.as_deref() != request.nonce {
        return Err("the nonce is another one".into());
    }
    if read.info.gen_time.duration_since(now).abs() > CLOCK_TOLERANCE {
        return Err(format!("its time is {}, and here it is {now}", read.info.gen_time));
    }
    Ok(token.to_vec())
}

/// The sealed file with what its later verification needs; unchanged where there is no place for it.  On the pool.
///
/// # Errors
/// The file cannot be read again.
pub(crate) fn with_evidence(app: &App, sealed: Sealed, file_type: Option<FileType>) -> Result<Sealed> {
    if app.config.evidence.at_sealing == AtSealing::Nothing || file_type != Some(FileType::Pdf) {
        return Ok(sealed);
    }
    let evidence = app.trust.evidence();
    let document = Document::open(Arc::new(sealed.bytes.clone()), &app.config.document_limits())?;
    match document.add_needed_evidence(&evidence, app.clock.now()) {
        Ok(Some(bytes)) => {
            let mut hash = Sm3::new();
            eseal_bytes::for_each_chunk(&bytes, 0..bytes.len(), |chunk| hash.update(chunk))
                .map_err(|error| Error::Internal(error.to_string()))?;
            Ok(Sealed { sm3: hash.finish(), bytes, ..sealed })
        }
        Ok(None) => Ok(sealed),
        Err(error) => {
            // The seal is good without: whoever verifies later must have the evidence from elsewhere.
            tracing::warn!(%error, "Sealed without evidence for later: {error}");
            Ok(sealed)
        }
    }
}
