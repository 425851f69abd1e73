//! Lists that were fetched (证据缓存), in the object store: after a restart, and while their server is down, they are
//! there until their next update.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use eseal_gm::sm3;
use eseal_pki::Crl;
use jiff::Timestamp;

use crate::App;

/// What was written last under a name, so that the same list is not written again each time.
static WRITTEN: LazyLock<Mutex<std::collections::HashMap<String, [u8; 32]>>> = LazyLock::new(Mutex::default);
/// Names that are remembered: more than authorities there are; past it all are forgotten, and written once more.
const REMEMBERED: usize = 1_024;

/// Keeps a list under its URL.
pub(super) async fn keep(app: &App, url: &str, der: &Arc<[u8]>) {
    let (name, digest) = (name_of(url), sm3(der));
    {
        let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        if written.get(&name) == Some(&digest) {
            return;
        }
        if written.len() >= REMEMBERED {
            written.clear();
        }
        written.insert(name.clone(), digest);
    }
    if let Err(error) = app.objects.put(&name, Arc::new(der.to_vec())).await {
        tracing::warn!(%error, "Could not keep a fetched revocation list");
    }
}

/// The list that was kept under its URL, if it is still good.
pub(super) async fn find(app: &App, url: &str, now: Timestamp) -> Option<Arc<[u8]>> {
    let source = app.objects.source(&name_of(url)).await.ok()?;
    let limit_bytes = app.fetcher.limits().crl_bytes;
    let bytes = tokio::task::spawn_blocking(move || source.read_all(limit_bytes).ok());
    let der = bytes.await.ok()??;
    let is_good = Crl::from_der(&der).is_ok_and(|crl| crl.next_update.is_some_and(|next| now < next));
    is_good.then(|| der.into())
}

fn name_of(url: &str) -> String {
    format!("evidence/{}", hex::encode(sm3(url.as_bytes())))
}
