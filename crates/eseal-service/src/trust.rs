//! What the platform trusts (信任证据): anchors and revocation lists, replaceable while running.

use std::sync::{Arc, PoisonError, RwLock};

use eseal::Evidence;

/// Anchors and revocation lists in force.
#[derive(Debug, Default)]
pub struct Trust(RwLock<Arc<Evidence>>);

impl Trust {
    /// Trusts what `evidence` names.
    #[must_use]
    pub fn new(evidence: Evidence) -> Self {
        Self(RwLock::new(Arc::new(evidence)))
    }

    /// The evidence in force now.
    #[must_use]
    pub fn evidence(&self) -> Arc<Evidence> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces it, for work that begins from now on.
    pub fn replace(&self, evidence: Evidence) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(evidence);
    }
}
