//! Seals whose key is in no device (无密钥的印章): said before somebody waits for a signature that never comes.

use std::sync::atomic::{AtomicUsize, Ordering};

use eseal_api::Carrier;
use eseal_store::SealRecord;

use crate::{App, Error, Result};

/// Seals that are read at once.
const AT_ONCE: u32 = 500;
/// Codes that are named; of the others there is the number.
const NAMED: usize = 20;

/// How many there were when they were last looked for.
#[derive(Debug, Default)]
pub struct Keyless(AtomicUsize);

impl Keyless {
    /// Their number.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whether the key that is to sign is in a device, if it is the server's to sign: nobody prepares a document for a
/// signature that cannot come.
///
/// # Errors
/// [`Error::NoKey`].
pub(crate) fn check_has_key(app: &App, seal: &SealRecord, certificate: &[u8]) -> Result<()> {
    if seal.carrier == Carrier::Server.as_str() && app.signers.find(certificate).is_none() {
        return Err(Error::NoKey(seal.code.clone()));
    }
    Ok(())
}

/// Active server seals none of whose certificates has a key in a device, by code.  Their number is kept in
/// [`App::keyless`].
///
/// # Errors
/// The store's.
pub async fn seals_without_key(app: &App) -> Result<Vec<String>> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let seals = app.store.seals_of_carrier(Carrier::Server.as_str(), &after, AT_ONCE).await?;
        let Some(last) = seals.last() else { break };
        after.clone_from(&last.code);
        let is_keyless = |certificates: &[Vec<u8>]| !certificates.iter().any(|der| app.signers.find(der).is_some());
        found.extend(seals.into_iter().filter(|seal| is_keyless(&seal.certificates)).map(|seal| seal.code));
    }
    app.keyless.0.store(found.len(), Ordering::Relaxed);
    Ok(found)
}

/// Looks for them, and says which they are if there are more than before.
pub(crate) async fn warn_of_seals_without_key(app: &App) {
    let before = app.keyless.count();
    match seals_without_key(app).await {
        Ok(found) if found.len() > before => {
            let named = found.iter().take(NAMED).cloned().collect::<Vec<_>>().join(" ");
            tracing::warn!(
                count = found.len(),
                seals = named,
                "{} server seals have no key in any device: {named}",
                found.len()
            );
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "Could not look for seals without a key"),
    }
}
