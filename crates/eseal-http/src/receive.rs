//! Who asks (调用方认证), and the body that belongs to the signature.

use eseal_service::{Caller, Error, Identity, Result, authenticate, check_rate};

use crate::{body::Incoming, head::Head, req_id::find_req_id, state::Http};

/// Authenticates a request and reads its whole body, whichever may come first.
///
/// With `X-Eseal-Content-SM3` the signature is checked before the body is read, and the body's digest at its end; without
/// it only a small body is read before the check.
pub(crate) async fn receive(http: &Http, head: &Head, body: &mut Incoming, limit_bytes: u64) -> Result<Identity> {
    let limits = &http.app.config.limits;
    body.read_start(limits.req_id_search_bytes).await?;
    if let Some(announced) = head.announced_sm3()? {
        let identity = authenticate(&http.app, &head.credentials(), &announced, head.address).await?;
        body.read_all(limit_bytes, head.content_length(), &http.memory).await?;
        return if body.sm3() == announced { Ok(identity) } else { Err(Error::BadRequestSignature) };
    }
    check_names_somebody(head)?;
    body.read_all(limits.unsigned_body_bytes.min(limit_bytes), head.content_length(), &http.stranger_memory).await?;
    authenticate(&http.app, &head.credentials(), &body.sm3(), head.address).await
}

/// Authenticates a request whose body will be streamed, unless it is small and unannounced: then it is read first.
///
/// Gives the digest that the body must turn out to have, if it was not read.
pub(crate) async fn receive_stream(
    http: &Http,
    head: &Head,
    body: &mut Incoming,
) -> Result<(Identity, Option<[u8; 32]>)> {
    if let Some(announced) = head.announced_sm3()? {
        let identity = authenticate(&http.app, &head.credentials(), &announced, head.address).await?;
        return Ok((identity, Some(announced)));
    }
    check_names_somebody(head)?;
    body.read_all(http.app.config.limits.unsigned_body_bytes, head.content_length(), &http.stranger_memory).await?;
    let identity = authenticate(&http.app, &head.credentials(), &body.sm3(), head.address).await?;
    Ok((identity, None))
}

/// Nobody makes us read megabytes without naming a system or a phone and giving a signature.
fn check_names_somebody(head: &Head) -> Result<()> {
    let credentials = head.credentials();
    if credentials.system_id.is_none() && credentials.device_id.is_none() {
        return Err(Error::UnknownSystem);
    }
    if credentials.signature.is_none() { Err(Error::BadRequestSignature) } else { Ok(()) }
}

/// The caller of a request, counted; its reqId is that of the header, or new, until the body is understood.
///
/// # Errors
/// [`eseal_service::Error::TooManyRequests`].
pub(crate) fn counted(http: &Http, head: &Head, identity: Identity) -> Result<Caller> {
    let req_id = head.addressee(None).req_id;
    let caller = Caller { identity, language: head.language, req_id, address: head.address };
    check_rate(&http.app, &caller)?;
    Ok(caller)
}

/// The reqId in the beginning of a body that will not be read on.
pub(crate) fn req_id_in(http: &Http, body: &Incoming) -> Option<String> {
    let limit = usize::try_from(http.app.config.limits.req_id_search_bytes).unwrap_or(usize::MAX);
    let start = body.start();
    find_req_id(start.get(..limit).unwrap_or(start))
}
