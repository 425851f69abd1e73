//! What the rest of the program sees of a helper (签名器): a device that tells how it is, and signers with its keys.

use std::{sync::Arc, time::Instant};

use eseal_gm::sm2::Signature;

use super::{
    Helper,
    frame::{Ask, Said, within},
    opening::Opened,
};
use crate::{BreakerState, Device, DeviceHealth, DeviceKind, DigestSigner, Secret, SignDigestError, SignInput};

impl Device for Helper {
    fn health(&self) -> DeviceHealth {
        let state = self.state();
        let breaker = state.breaker.state(Instant::now());
        DeviceHealth {
            name: self.config.name.clone(),
            is_up: state.running.as_ref().is_some_and(|running| running.is_running())
                && breaker == BreakerState::Closed,
            breaker,
            sessions: Some((state.sessions, self.config.profile.max_sessions as u64)),
            last_error: state.last_error,
            restarts: state.restarts,
        }
    }

    fn is_for_development(&self) -> bool {
        self.opened.info.is_for_development()
    }

    fn facts(&self) -> Vec<String> {
        let Opened { info, field_bytes, is_left, absent, rights, keys } = &self.opened;
        let alignment = if *is_left { "left" } else { "right" };
        let mut facts = vec![
            format!("{} of {}, serial {}", info.name, info.issuer, info.serial),
            format!("{} keys, at most {} sessions", keys.len(), self.config.profile.max_sessions),
        ];
        if !keys.is_empty() {
            facts.push(format!("ECCref_MAX_LEN {field_bytes}, numbers aligned {alignment}"));
        }
        facts.push(match absent.is_empty() {
            true => "no function is missing".to_owned(),
            false => format!("missing, and not needed for signing: {}", absent.join(", ")),
        });
        facts.push(match rights.is_empty() {
            true => "its process is not confined".to_owned(),
            false => format!("its process: {}", rights.join(", ")),
        });
        facts
    }

    fn try_out(&self, key: usize) -> Vec<(String, bool)> {
        if key >= self.config.keys.len() {
            return Vec::new();
        }
        match self.ask(Ask::TryOut { key }) {
            Ok(Said::Tried(tried)) => tried,
            Ok(_) => vec![("the helper process answered something else".to_owned(), false)],
            Err(error) => vec![(error.to_string(), false)],
        }
    }
}

/// A signer with a key behind a helper process (辅助进程签名器).
pub struct HelperSigner {
    pub(super) helper: Arc<Helper>,
    pub(super) key: usize,
}

impl DigestSigner for HelperSigner {
    fn sign_unchecked(&self, input: &SignInput<'_>) -> Result<Signature, SignDigestError> {
        let begun = Instant::now();
        let value = match self.helper.ask(Ask::Sign { key: self.key, e: *input.e })? {
            Said::Signed(value) => Signature::from_raw64(&value),
            _ => return Err(SignDigestError::WrongValue),
        };
        let labels = [("device", self.helper.config.name.clone())];
        metrics::counter!("eseal_device_signatures_total", &labels).increment(1);
        metrics::histogram!("eseal_device_sign_seconds", &labels).record(begun.elapsed());
        Ok(value)
    }

    fn kind(&self) -> DeviceKind {
        kind(&self.helper)
    }

    fn judged(&self, is_good: bool) {
        if is_good {
            self.helper.state().breaker.succeeded();
        } else {
            self.helper.failed(&SignDigestError::WrongValue);
        }
    }
}

/// Seals other keys with a key behind a helper process (密钥封装).
#[derive(Clone)]
pub struct HelperWrapper {
    pub(super) helper: Arc<Helper>,
    pub(super) key: usize,
}

impl HelperWrapper {
    /// Seals a secret of a few bytes; only this device opens it again.  Blocking.
    ///
    /// # Errors
    /// See [`SignDigestError`].
    pub fn wrap(&self, secret: &Secret) -> Result<Vec<u8>, SignDigestError> {
        if !within(secret) {
            return Err(SignDigestError::WrongValue);
        }
        match self.helper.ask(Ask::Wrap { key: self.key, secret: secret.clone() })? {
            Said::Wrapped(wrapped) => Ok(wrapped),
            _ => Err(SignDigestError::WrongValue),
        }
    }

    /// Opens what [`Self::wrap`] gave.  Blocking.
    ///
    /// # Errors
    /// See [`SignDigestError`].
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<Secret, SignDigestError> {
        if !within(wrapped) {
            return Err(SignDigestError::WrongValue);
        }
        match self.helper.ask(Ask::Unwrap { key: self.key, wrapped: wrapped.to_vec() })? {
            Said::Unwrapped(secret) => Ok(secret),
            _ => Err(SignDigestError::WrongValue),
        }
    }

    /// Where the key is.
    #[must_use]
    pub fn kind(&self) -> DeviceKind {
        kind(&self.helper)
    }
}

fn kind(helper: &Helper) -> DeviceKind {
    if helper.is_for_development() { DeviceKind::Development } else { DeviceKind::Server }
}
