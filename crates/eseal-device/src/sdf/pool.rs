//! Sessions that are used again (会话池): access rights and state live in a session, so one request has it alone.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use super::{
    code::Code,
    library::{Device, Session},
};

/// Why no session was given.
pub(super) enum NoSession {
    /// All were in use, for longer than a request waits.
    Busy,
    /// The library opens none.
    Refused(Code),
}

/// Open sessions that nobody uses, and how many are open.
pub(super) struct Pool {
    device: Arc<Device>,
    most: usize,
    wait: Duration,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    free: Vec<Session>,
    open: usize,
}

/// A session for one request (借出的会话); given back when dropped, unless it was [spoilt](Lease::spoil).
pub(super) struct Lease<'a> {
    pool: &'a Pool,
    session: Option<Session>,
}

impl Pool {
    pub(super) fn new(device: Arc<Device>, most: usize, wait: Duration) -> Self {
        Self { device, most: most.max(1), wait, state: Mutex::default(), returned: Condvar::new() }
    }

    pub(super) fn take(&self) -> Result<Lease<'_>, NoSession> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |state: &mut State| state.free.is_empty() && state.open >= self.most;
        let waited = self.returned.wait_timeout_while(state, self.wait, full);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = state.free.pop() {
            return Ok(Lease { pool: self, session: Some(session) });
        }
        if state.open >= self.most {
            return Err(NoSession::Busy);
        }
        state.open += 1;
        drop(state);
        let mut lease = Lease { pool: self, session: None }; // counted: dropped without a session, it frees its place
        lease.session = Some(Session::open(&self.device).map_err(NoSession::Refused)?);
        Ok(lease)
    }

    /// How many sessions are open.
    pub(super) fn open(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).open
    }
}

impl Lease<'_> {
    /// The session; `None` after it was spoilt.
    pub(super) fn session(&mut self) -> Option<&mut Session> {
        self.session.as_mut()
    }

    /// Closes the session instead of giving it back.
    pub(super) fn spoil(&mut self) {
        self.session = None;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state.lock().unwrap_or_else(PoisonError::into_inner);
        match self.session.take() {
            Some(session) => state.free.push(session),
            None => state.open = state.open.saturating_sub(1),
        }
        drop(state);
        self.pool.returned.notify_one();
    }
}
