//! The world that use cases work in (应用上下文): everything they need comes from here.

use std::{fmt, sync::Arc};

use eseal::{Evidence, Policy, SealValidityAt};
use eseal_device::Signers;
use eseal_fetch::{AllowList, Fetcher, Roots};
use eseal_store::{Objects, Store};
use tokio::sync::Semaphore;

use crate::{
    Clock, Config, ConfigError, Fonts, Hub, Keyless, Mode, OfficeQueue, PlatformKeys, Pool, RateLimits, Result, Trust,
    fonts::font_folder, idempotency::Running, mobile::PhoneKeys, tasks,
};

/// What an [`App`] is made of.
pub struct Parts {
    /// Configuration in force.
    pub config: Config,
    /// Records.
    pub store: Arc<dyn Store>,
    /// Bytes of files.
    pub objects: Objects,
    /// Keys of seals that the server's device keeps.
    pub signers: Signers,
    /// The platform's own keys, one a purpose.
    pub platform_keys: PlatformKeys,
    /// What phones need.
    pub phones: PhoneKeys,
    /// Anchors and revocation lists.
    pub evidence: Evidence,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Secret salt of the seal-use log: hides which system called.
    pub log_salt: [u8; 32],
}

/// The running platform.
pub struct App {
    /// Configuration in force.
    pub config: Config,
    /// Records.
    pub store: Arc<dyn Store>,
    /// Bytes of files.
    pub objects: Objects,
    /// Keys of seals that the server's device keeps.
    pub signers: Signers,
    /// The platform's own keys, one a purpose.
    pub platform_keys: PlatformKeys,
    /// What phones need.
    pub phones: PhoneKeys,
    /// Anchors and revocation lists in force.
    pub trust: Trust,
    /// Asks listed hosts for evidence.
    pub fetcher: Arc<Fetcher>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where documents are parsed and digests signed.
    pub pool: Pool,
    /// Converts office documents.
    pub office: OfficeQueue,
    /// What stands in for fonts that documents do not carry.
    pub fonts: Fonts,
    /// Server seals whose key is in no device, when they were last looked for.
    pub keyless: Keyless,
    /// Wakes up those who wait for a change.
    pub hub: Hub,
    /// Who may ask how often.
    pub rates: RateLimits,
    pub(crate) log_salt: [u8; 32],
    pub(crate) task_slots: Arc<Semaphore>,
    pub(crate) running: Running,
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`ConfigError::Refused`]: production mode refuses what is for development only.
    pub fn new(parts: Parts) -> Result<Arc<Self>, ConfigError> {
        let Parts { config, store, objects, signers, platform_keys, phones, evidence, clock, log_salt } = parts;
        config.check()?;
        if config.mode == Mode::Production {
            if signers.has_key_files() || platform_keys.has_key_files() || phones.has_key_files() {
                return Err(ConfigError::Refused("key files"));
            }
            if signers.has_development_devices()
                || platform_keys.has_development_devices()
                || phones.has_development_devices()
            {
                return Err(ConfigError::Refused("development devices"));
            }
            if evidence.anchors.iter().any(|anchor| is_for_development(&anchor.certificate)) {
                return Err(ConfigError::Refused("development anchors"));
            }
        }
        let fetcher = Arc::new(fetcher(&config)?);
        Ok(Arc::new(Self {
            fetcher,
            pool: Pool::new(config.workers()),
            office: OfficeQueue::new(&config),
            fonts: Fonts::new(font_folder(&config)),
            task_slots: Arc::new(Semaphore::new(config.limits.tasks.clamp(1, Semaphore::MAX_PERMITS))),
            rates: RateLimits::new(&config.limits),
            trust: Trust::new(evidence),
            keyless: Keyless::default(),
            hub: Hub::default(),
            running: Running::default(),
            config,
            store,
            objects,
            signers,
            platform_keys,
            phones,
            clock,
            log_salt,
        }))
    }

    /// Takes up what a server that stopped left unfinished: call once, before the first request, if this is the only
    /// server on its store.
    ///
    /// # Errors
    /// The store's.
    pub async fn recover(self: &Arc<Self>) -> Result<()> {
        let forgotten = self.store.forget_running_requests().await?;
        let resumed = tasks::resume(self).await?;
        tracing::info!(requests = forgotten, tasks = resumed, "Took up what was left unfinished");
        Ok(())
    }

    /// How a seal is judged by itself: as of now.
    #[must_use]
    pub fn seal_policy(&self) -> Policy {
        Policy { seal_validity_at: SealValidityAt::Now, ..Policy::gbt38540_claimed_time() }
    }

    /// How seal and signer are judged before something is sealed: as of now, revocation must be known.
    #[must_use]
    pub fn sealing_policy(&self) -> Policy {
        Policy { require_revocation: true, ..self.seal_policy() }
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Whoever lists nobody contacts nobody, and needs no certificates of others.
fn fetcher(config: &Config) -> Result<Fetcher, ConfigError> {
    let evidence = &config.evidence;
    let allow = AllowList::read(&evidence.allow, &evidence.networks).map_err(ConfigError::Syntax)?;
    if allow.is_empty() {
        return Ok(Fetcher::default());
    }
    let roots = match &evidence.tls_roots {
        Some(path) => Roots::system().and_file(path).map_err(|error| ConfigError::Syntax(error.to_string()))?,
        None => Roots::system(),
    };
    Ok(Fetcher::new(allow, eseal_fetch::Limits::default(), roots))
}

/// What the names of development authorities contain: the project's own writes it into every root that it makes.
const DEVELOPMENT: &[u8] = b"development";

/// True for a certificate whose names say so, and for one that cannot be read: production trusts neither.
fn is_for_development(certificate: &[u8]) -> bool {
    let says_so = certificate.windows(DEVELOPMENT.len()).any(|window| window.eq_ignore_ascii_case(DEVELOPMENT));
    says_so || eseal_pki::Certificate::from_der(certificate).is_err()
}
