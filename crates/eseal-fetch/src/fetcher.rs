//! Gets what was asked for, or says why not (取证).

use std::{sync::Arc, time::Instant};

use eseal_gm::Sm3;
use jiff::{SignedDuration, Timestamp};

use crate::{
    AllowList, FetchError, Limits, Roots,
    breaker::Breaker,
    cache::{Answer, Cache, Key},
    client::Client,
    slots::Slots,
};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where.
    pub url: String,
    /// What is sent by POST; GET if nothing is.
    pub body: Option<Body>,
    /// Content types of which one is expected, lower case, without parameters.
    pub accepts: &'static [&'static str],
    /// Longest answer.
    pub limit_bytes: u64,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its content type.
    pub content_type: &'static str,
}

/// How long an answer is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Until then, or until the limit on keeping things is reached.
    Until(Timestamp),
    /// For this request only.
    Once,
}

/// Gets things from listed hosts.  One a process: it holds the cache and the health of hosts.
pub struct Fetcher {
    allow: Arc<AllowList>,
    limits: Limits,
    client: Client,
    cache: Cache,
    breaker: Breaker,
    slots: Slots,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("allow", &self.allow).field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Default for Fetcher {
    /// Contacts nobody.
    fn default() -> Self {
        Self::new(AllowList::default(), Limits::default(), Roots::default())
    }
}

impl Fetcher {
    /// Contacts whom `allow` lists, within `limits`; TLS servers are checked by `roots`.
    #[must_use]
    pub fn new(allow: AllowList, limits: Limits, roots: Roots) -> Self {
        let allow = Arc::new(allow);
        Self {
            client: Client::new(allow.clone(), roots, limits.request),
            cache: Cache::new(limits.cache_bytes),
            breaker: Breaker::default(),
            slots: Slots::default(),
            allow,
            limits,
        }
    }

    /// Whom we may contact.
    #[must_use]
    pub fn allow(&self) -> &AllowList {
        &self.allow
    }

    /// The limits in force.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Gets an answer, from the cache if it is there.  `read` says whether the bytes are what was wanted, and how long
    /// they are good; what it refuses counts as no answer.
    ///
    /// # Errors
    /// [`FetchError`]: then the matter is unknown.
    pub fn get(
        &self,
        request: &Request,
        now: Timestamp,
        read: impl FnOnce(&[u8]) -> Result<Kept, String>,
    ) -> Result<Arc<[u8]>, FetchError> {
        // Before the cache: what may no longer be contacted is no longer believed either.
        self.allow.check(&request.url)?;
        let deadline = Instant::now().checked_add(self.limits.request).unwrap_or_else(Instant::now);
        self.cache.get_or(key(request), now, deadline, || {
            let answer = self.ask(request, now, deadline);
            self.judge(answer, request, now, read)
        })
    }

    fn ask(&self, request: &Request, now: Timestamp, deadline: Instant) -> Result<Vec<u8>, FetchError> {
        let (uri, origin) = self.allow.check(&request.url)?;
        self.breaker.check(&origin, now, &self.limits)?;
        let slot = self.slots.take(&origin, &self.limits, deadline)?;
        let answer = self.client.send(uri, request);
        drop(slot);
        let is_outage = answer.as_ref().is_err_and(FetchError::is_outage);
        self.breaker.note(&origin, is_outage, now, &self.limits);
        answer
    }

    /// The answer, and until when it is kept.
    fn judge(
        &self,
        answer: Result<Vec<u8>, FetchError>,
        request: &Request,
        now: Timestamp,
        read: impl FnOnce(&[u8]) -> Result<Kept, String>,
    ) -> (Answer, Option<Timestamp>) {
        let read = answer.and_then(|bytes| match read(&bytes) {
            Ok(kept) => Ok((bytes, kept)),
            Err(problem) => Err(FetchError::Useless(problem)),
        });
        match read {
            Ok((bytes, kept)) => {
                let until = match kept {
                    Kept::Until(until) => Some(until.min(later(now, self.limits.kept))),
                    Kept::Once => None,
                };
                (Ok(bytes.into()), until)
            }
            Err(error) => {
                tracing::info!(url = request.url, code = error.code(), "Could not fetch evidence: {error}");
                let until = error.is_kept().then(|| later(now, self.limits.failure));
                (Err(error), until)
            }
        }
    }
}

fn later(now: Timestamp, duration: std::time::Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    now.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

fn key(request: &Request) -> Key {
    let mut hash = Sm3::new();
    hash.update(request.url.as_bytes());
    hash.update(&[0]);
    if let Some(body) = &request.body {
        hash.update(body.content_type.as_bytes());
        hash.update(&[0]);
        hash.update(&body.bytes);
    }
    hash.finish()
}
