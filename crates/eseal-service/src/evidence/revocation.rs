//! Revocation from responders and distribution points (OCSP、CRL 获取); one that is still good outlives its server.

use std::sync::Arc;

use eseal_fetch::{Fetcher, Kept};
use eseal_gm::Hash;
use eseal_pki::{
    Certificate,
    ocsp::{OcspResponse, ResponderCheck, ocsp_request},
};
use jiff::Timestamp;

use super::{Found, kept};
use crate::App;

/// Distribution points that are tried for one certificate.
const POINTS: usize = 3;

/// What the first responder says, else the list of the first distribution point that has one.
pub(super) async fn find(
    app: &Arc<App>,
    certificate: Vec<u8>,
    issuer: Vec<u8>,
    ocsp_urls: Vec<String>,
    crl_urls: Vec<String>,
) -> Option<Vec<Found>> {
    let pair = Arc::new((certificate, issuer));
    for url in ocsp_urls.into_iter().filter(|url| app.fetcher.allow().lists(url)).take(POINTS) {
        let (fetcher, pair, now) = (app.fetcher.clone(), pair.clone(), app.clock.now());
        let asked = tokio::task::spawn_blocking(move || ask(&fetcher, &url, &pair.0, &pair.1, now)).await;
        if let Ok(Some(response)) = asked {
            return Some(vec![Found::Ocsp(response)]);
        }
    }
    find_list(app, crl_urls).await
}

/// Asks a responder.  Without a nonce the answer can be kept; what makes it fresh is its next update.
fn ask(fetcher: &Fetcher, url: &str, certificate: &[u8], issuer: &[u8], now: Timestamp) -> Option<Arc<[u8]>> {
    let (certificate, issuer) = (Certificate::from_der(certificate).ok()?, Certificate::from_der(issuer).ok()?);
    let request = ocsp_request(&certificate, &issuer, Hash::Sha1, None);
    let read = |answer: &[u8]| {
        let response = OcspResponse::from_der(answer).map_err(|error| error.to_string())?;
        if response.check_signer(&issuer) == ResponderCheck::Unauthorized {
            return Err("not signed by who may".to_owned());
        }
        let single = response.singles.iter().find(|single| single.certificate.is_of(&certificate, &issuer));
        let single = single.ok_or("about another certificate")?;
        match single.next_update {
            Some(next) if next <= now => Err(format!("was good until {next}")),
            Some(next) => Ok(Kept::Until(next)),
            None => Ok(Kept::Once),
        }
    };
    eseal_fetch::ocsp(fetcher, url, request, now, read).ok()
}

async fn find_list(app: &Arc<App>, urls: Vec<String>) -> Option<Vec<Found>> {
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
