//! Sessions that are used again (会话池): access rights and state live in a session, so one request has it alone.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
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

    /// A session that nobody uses, or a new one; waits if all are in use, or if the device opens no more.
    pub(super) fn take(&self) -> Result<Lease<'_>, NoSession> {
        let deadline = Instant::now() + self.wait;
        let mut state = self.state();
        let mut is_full = false; // the device said so, and has fewer sessions than it may
        loop {
            if let Some(session) = state.free.pop() {
                return Ok(Lease { pool: self, session: Some(session) });
            }
            if !is_full && state.open < self.most {
                state.open += 1;
                drop(state);
                let mut lease = Lease { pool: self, session: None }; // counted: dropped without one, it frees its place
                match Session::open(&self.device) {
                    Ok(session) => {
                        lease.session = Some(session);
                        return Ok(lease);
                    }
                    Err(code) => {
                        drop(lease);
                        state = self.state();
                        is_full = code.is_without_session() && state.open > 0;
                        if !is_full {
                            return Err(NoSession::Refused(code));
                        }
                        continue;
                    }
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(NoSession::Busy);
            }
            state = self.returned.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            is_full &= state.open > 0;
        }
    }

    /// How many sessions are open.
    pub(super) fn open(&self) -> usize {
        self.state().open
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        let mut state = self.pool.state();
        match self.session.take() {
            Some(session) => state.free.push(session),
            None => state.open = state.open.saturating_sub(1),
        }
        drop(state);
        self.pool.returned.notify_one();
    }
}
