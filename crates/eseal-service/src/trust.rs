//! What the platform trusts (信任证据): anchors and revocation lists, replaceable while running, and what was fetched
//! besides.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use eseal::{Evidence, status::SealStatement};
use jiff::{SignedDuration, Timestamp};

/// Lists that are kept: more than a province has authorities; the oldest goes first.
const LISTS: usize = 256;
/// Statements that are kept: an hour's work of a busy desk.
const STATEMENTS: usize = 10_000;
/// After this a list is fetched again, though it may be good for longer: a revocation must become known the same day.
const LIST_AGE: SignedDuration = SignedDuration::from_hours(12);

/// Anchors and revocation lists in force.
#[derive(Debug, Default)]
pub struct Trust(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    /// What the operator gave.
    base: Arc<Evidence>,
    /// The same with the lists that were fetched.
    merged: Arc<Evidence>,
    lists: Vec<List>,
    statements: Vec<SealStatement>,
}

#[derive(Debug)]
struct List {
    url: String,
    der: Vec<u8>,
    fetched: Timestamp,
}

impl Trust {
    /// Trusts what `evidence` names.
    #[must_use]
    pub fn new(evidence: Evidence) -> Self {
        let base = Arc::new(evidence);
        Self(RwLock::new(State { merged: base.clone(), base, ..State::default() }))
    }

    /// The evidence in force now.
    #[must_use]
    pub fn evidence(&self) -> Arc<Evidence> {
        self.read().merged.clone()
    }

    /// Replaces it, for work that begins from now on.
    pub fn replace(&self, evidence: Evidence) {
        let mut state = self.write();
        state.base = Arc::new(evidence);
        state.statements.clear(); // the keys that signed them may be gone
        state.merge();
    }

    /// The evidence in force, without lists that are to be fetched again.
    pub(crate) fn current(&self, now: Timestamp) -> Arc<Evidence> {
        let is_old = |list: &List| now.duration_since(list.fetched) >= LIST_AGE;
        if self.read().lists.iter().any(is_old) {
            let mut state = self.write();
            state.lists.retain(|list| !is_old(list));
            state.merge();
        }
        self.evidence()
    }

    /// Adds a list that was fetched.
    pub(crate) fn note_crl(&self, url: &str, der: &[u8], now: Timestamp) {
        if self.read().lists.iter().any(|list| list.url == url && list.der == der) {
            return;
        }
        let mut state = self.write();
        state.lists.retain(|list| list.url != url);
        if state.lists.len() >= LISTS {
            state.lists.remove(0);
        }
        state.lists.push(List { url: url.to_owned(), der: der.to_vec(), fetched: now });
        state.merge();
    }

    /// What a region said of a seal, while that is good.
    pub(crate) fn statement(&self, region: &str, code: &str, seal: &[u8; 32], now: Timestamp) -> Option<SealStatement> {
        let state = self.read();
        let mut all = state.statements.iter().rev();
        all.find(|stated| {
            stated.region == region
                && stated.seal_code == code
                && stated.seal_sm3.as_ref() == Some(seal)
                && now < stated.next_update
        })
        .cloned()
    }

    /// Keeps what a region said.
    pub(crate) fn note_statement(&self, statement: &SealStatement, now: Timestamp) {
        let mut state = self.write();
        state.statements.retain(|stated| now < stated.next_update);
        if state.statements.len() >= STATEMENTS {
            state.statements.remove(0);
        }
        state.statements.push(statement.clone());
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn merge(&mut self) {
        if self.lists.is_empty() {
            self.merged = self.base.clone();
            return;
        }
        let mut evidence = (*self.base).clone();
        evidence.crls.extend(self.lists.iter().map(|list| list.der.clone()));
        self.merged = Arc::new(evidence);
    }
}
