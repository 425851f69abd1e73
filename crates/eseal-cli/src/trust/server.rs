//! The bundle of a running server (服务端信任包): signed in production, never older than one that was in use, read again
//! when it changes, and out of force when its time is over.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use eseal::{
    Evidence,
    bundle::{Installed, SignedBundle},
};
use eseal_service::{App, Config, Mode};
use jiff::Timestamp;

use super::{Bundle, operator_key};
use crate::files;

/// Where the data folder remembers which bundle was in use.
const INSTALLED: &str = "trust-installed.json";
/// How often the file is looked at: an operator who replaces it does not want to wait.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Evidence from the configured bundle; without one nothing is trusted.
pub(crate) fn load(config: &Config) -> Result<Evidence> {
    let Some(path) = config.keys.trust_bundle.as_deref() else { return Ok(Evidence::default()) };
    read(config, path).with_context(|| path.display().to_string())
}

fn read(config: &Config, path: &Path) -> Result<Evidence> {
    let json = files::read(path)?;
    let memory = config.storage.data.join(INSTALLED);
    let before: Option<Installed> = if memory.exists() {
        Some(serde_json::from_str(&files::read_text(&memory)?).with_context(|| memory.display().to_string())?)
    } else {
        None
    };
    if let Some(bundle) = Bundle::of(&json) {
        if config.mode == Mode::Production {
            bail!("production takes signed trust bundles only: see `eseal trust`");
        }
        if let Some(before) = before {
            bail!("an unsigned bundle does not follow version {}", before.version);
        }
        return bundle.evidence(&config.region);
    }
    let operators = config.keys.trust_operators.iter().map(|text| operator_key(text)).collect::<Result<Vec<_>>>()?;
    if operators.is_empty() {
        bail!("keys.trust_operators names nobody who may sign it");
    }
    let signed = SignedBundle::from_json(&json)?;
    let bundle = signed.verify(&operators, Timestamp::now())?;
    let home = bundle.home_region().map(|region| region.name.as_str()).unwrap_or_default();
    if home != config.region {
        bail!("it is for {home}, and this platform is for {}", config.region);
    }
    let now = Installed::of(&signed, &bundle);
    if let Some(before) = &before {
        before.check_next(&now)?;
    }
    if before.as_ref() != Some(&now) {
        files::write(&memory, serde_json::to_string(&now)?.as_bytes())?;
        tracing::info!(version = bundle.version, "Trust bundle of version {} is in force", bundle.version);
    }
    Ok(bundle.evidence())
}

/// Takes up a new bundle while the server runs.  A bad one changes nothing; one whose time is over ends all trust.
pub(crate) async fn watch(app: Arc<App>) {
    let Some(path) = app.config.keys.trust_bundle.clone() else { return };
    let mut known = files::read(&path).ok();
    let mut refused = None;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let found = files::read(&path).ok();
        if found == known && !is_over(known.as_deref()) {
            continue;
        }
        let shared = app.clone();
        let loaded = tokio::task::spawn_blocking(move || load(&shared.config)).await;
        match loaded.map_err(anyhow::Error::from).flatten() {
            Ok(evidence) => {
                app.trust.replace(evidence);
                (known, refused) = (found, None);
            }
            Err(error) => {
                if is_over(known.as_deref()) {
                    app.trust.replace(Evidence::default());
                }
                let text = format!("{error:#}");
                if refused.as_ref() != Some(&text) {
                    tracing::error!(error = text, "The trust bundle is not taken up: {text}");
                    refused = Some(text);
                }
            }
        }
    }
}

/// Whether a bundle that was in force is so no more.
fn is_over(json: Option<&[u8]>) -> bool {
    let signed = json.and_then(|json| SignedBundle::from_json(json).ok());
    let bundle = signed.and_then(|signed| signed.read().ok());
    bundle.is_some_and(|bundle| Timestamp::now() >= bundle.next_update)
}
