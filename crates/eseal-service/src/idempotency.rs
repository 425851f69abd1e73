//! Doing nothing twice (幂等): (systemID, function, reqId) is remembered with a fingerprint of what was asked.

use std::{
    collections::HashSet,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use eseal_gm::Sm3;
use eseal_store::{Earlier, RequestKey};
use serde_json::Value;

use crate::{App, Caller, Error, Result, seconds};

/// Kept instead of an answer: asked again, the function simply runs again.
const RUN_AGAIN: &str = "";

/// Requests that this process is working on, also those that run again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Running(Arc<Mutex<HashSet<(String, String, String)>>>);

impl Running {
    /// Marks a request as running until the guard is dropped; `None` if its twin is.
    fn enter(&self, key: &RequestKey) -> Option<RunningGuard> {
        let name = (key.system_id.clone(), key.function.clone(), key.req_id.clone());
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        is_new.then(|| RunningGuard { running: self.clone(), name })
    }
}

#[derive(Debug)]
struct RunningGuard {
    running: Running,
    name: (String, String, String),
}

impl Drop for RunningGuard {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// What is to be done with a request.
pub(crate) enum Begun {
    /// Carry it out, then [`Remembering::finish`].
    New(Remembering),
    /// It was carried out before, and this was kept of it.
    Before(String),
}

/// A request that is being carried out.
pub(crate) struct Remembering {
    app: Arc<App>,
    key: RequestKey,
    is_first: bool,
    _guard: RunningGuard,
}

/// Writes a request down.
///
/// # Errors
/// [`Error::ReqIdReused`] if other content came under its reqId, [`Error::SameRequestRunning`].
pub(crate) async fn begin(app: &Arc<App>, caller: &Caller, function: &str, fingerprint: &[u8; 32]) -> Result<Begun> {
    let key = RequestKey {
        system_id: caller.system()?.system_id.clone(),
        function: function.to_owned(),
        req_id: caller.req_id.clone(),
    };
    let guard = app.running.enter(&key);
    let now = app.clock.now();
    let earlier = app.store.begin_request(&key, fingerprint, now, now + seconds(app.config.times.idempotency)).await?;
    if guard.is_none() && earlier == Earlier::New {
        // The twin has just been forgotten, but is not gone yet.
        app.store.forget_request(&key).await?;
    }
    let is_first = match (earlier, &guard) {
        (Earlier::Different, _) => return Err(Error::ReqIdReused),
        (Earlier::Running, _) | (_, None) => return Err(Error::SameRequestRunning),
        (Earlier::Answered(kept), _) if kept != RUN_AGAIN => return Ok(Begun::Before(kept)),
        (Earlier::Answered(_), _) => false,
        (Earlier::New, _) => true,
    };
    let guard = guard.ok_or(Error::SameRequestRunning)?;
    Ok(Begun::New(Remembering { app: app.clone(), key, is_first, _guard: guard }))
}

impl Remembering {
    /// Keeps what is needed to answer again; `None` lets the function run again.
    pub(crate) async fn finish(&self, kept: Option<&str>) -> Result<()> {
        match kept {
            None if !self.is_first => Ok(()),
            _ => Ok(self.app.store.finish_request(&self.key, kept.unwrap_or(RUN_AGAIN)).await?),
        }
    }

    /// Forgets the request: it failed for a reason that may pass.
    pub(crate) async fn forget(&self) -> Result<()> {
        if self.is_first { Ok(self.app.store.forget_request(&self.key).await?) } else { Ok(()) }
    }

    /// Finishes or forgets a request by its error.
    pub(crate) async fn fail(&self, error: &Error) -> Result<()> {
        if error.is_transient() { self.forget().await } else { self.finish(None).await }
    }
}

/// Fingerprint of JSON content: SM3 of its bytes with sorted members and no blanks.
#[must_use]
pub(crate) fn fingerprint(content: &Value) -> [u8; 32] {
    struct Hashing(Sm3);
    impl Write for Hashing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut hash = Hashing(Sm3::new());
    // A value has only text as keys, and the hash takes everything.
    let _ = serde_json::to_writer(&mut hash, content);
    hash.0.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_members_does_not_matter_and_everything_else_does() {
        let of = |text: &str| fingerprint(&serde_json::from_str(text).unwrap());
        assert_eq!(of(r#"{"a":1,"b":[1,2]}"#), of(r#"{ "b": [1, 2], "a": 1 }"#));
        assert_ne!(of(r#"{"a":1,"b":[1,2]}"#), of(r#"{"a":1,"b":[2,1]}"#));
        assert_ne!(of(r#"{"a":1}"#), of(r#"{"a":"1"}"#));
    }

    #[test]
    fn a_twin_waits_until_the_first_is_gone() {
        let running = Running::default();
        let key = RequestKey { system_id: "s".into(), function: "f".into(), req_id: "r".into() };
        let first = running.enter(&key).unwrap();
        assert!(running.enter(&key).is_none());
        drop(first);
        assert!(running.enter(&key).is_some());
    }
}
