//! Revocation lists from distribution points (CRL 获取); one that is still good outlives its server.

use std::sync::Arc;

use super::{Found, kept};
use crate::App;

/// Distribution points that are tried for one certificate.
const POINTS: usize = 3;

/// The list of the first distribution point that has one.
pub(super) async fn find(app: &Arc<App>, urls: Vec<String>) -> Option<Vec<Found>> {
    let now = app.clock.now();
    for url in urls.into_iter().filter(|url| app.fetcher.allow().lists(url)).take(POINTS) {
        let (fetcher, asked) = (app.fetcher.clone(), url.clone());
        let fetched = tokio::task::spawn_blocking(move || eseal_fetch::crl(&fetcher, &asked, now)).await;
        let der = match fetched {
            Ok(Ok(der)) => {
                kept::keep(app, &url, &der).await;
                Some(der)
            }
            _ => kept::find(app, &url, now).await,
        };
        if let Some(der) = der {
            return Some(vec![Found::Crl { url, der }]);
        }
    }
    None
}
