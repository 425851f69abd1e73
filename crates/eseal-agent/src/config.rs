//! The agent's configuration (代理配置), TOML, and what it pins.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use eseal_gm::sm2::VerifyingKey;
use eseal_skf::{SkfHelper, SkfHelperConfig, SkfProfile, helper::Confinement};
use eseal_ticket::AgentPolicy;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{Agent, Dialog, FixedPin, PageDialog, Parts, Terminal};

/// Argument that makes this program the process of a library.
pub const LIBRARY_PROCESS: &str = "--library-process";

/// How the user is asked (确认方式).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DialogKind {
    /// In a window of the browser.
    #[default]
    Page,
    /// On the terminal in which the agent runs.
    Terminal,
}

/// The configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// Address to listen on: loopback only.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// File of the policy that the platform signed: which pages may speak with the agent.
    pub policy: PathBuf,
    /// Public key of the platform's tickets, `04 ‖ x ‖ y`, hex, as `/api/v1/public/keys` has it under `ticket`.
    pub ticket_key: String,
    /// The same, of its login messages, under `login`.
    pub login_key: String,
    /// Libraries of keys, GB/T 35291.
    pub libraries: Vec<PathBuf>,
    /// Longest time of one question to a library, in milliseconds; a batch has more.  Then its process is ended.
    #[serde(default = "default_call_timeout_ms")]
    pub call_timeout_ms: u64,
    /// Variables that the libraries want; they see no others but `PATH`, `HOME`, `LANG`, `TZ` and `LD_LIBRARY_PATH`.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// What the processes with the libraries may do.
    #[serde(default = "default_confinement")]
    pub confine: Confinement,
    /// The program in whose processes the libraries run, and its arguments: this one unless said by whoever embeds the
    /// agent.
    #[serde(skip)]
    pub library_program: Option<(PathBuf, Vec<String>)>,
    /// How the user is asked.
    #[serde(default)]
    pub dialog: DialogKind,
    /// The program that opens an address, with its arguments.
    #[serde(default = "default_browser")]
    pub browser: Vec<String>,
    /// File of tickets that were used; beside the policy unless said.
    pub used_tickets: Option<PathBuf>,
    /// Software tokens, and a PIN in the configuration, are taken.
    #[serde(default)]
    pub development: bool,
    /// A PIN that agrees to everything; development only.
    pub pin: Option<Secret>,
}

/// A text that is not printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// Why the agent does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is no configuration.
    #[error("the configuration: {0}")]
    Shape(Box<toml::de::Error>),
    /// A pinned key is none.
    #[error("{0} is no SM2 public key in hex")]
    Key(&'static str),
    /// The policy is not the platform's.
    #[error("the policy: {0}")]
    Policy(eseal_ticket::TicketError),
    /// A library of keys does not load.
    #[error("a library of keys: {0}")]
    Library(eseal_skf::SkfError),
    /// A PIN in the configuration outside development.
    #[error("a PIN in the configuration is for development only")]
    Pin,
    /// No library is named.
    #[error("no library of keys is named")]
    NoLibrary,
}

impl AgentConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ConfigError::Shape`].
    pub fn read(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError::Shape(error.into()))
    }

    /// Reads the policy, loads the libraries and makes the agent.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn build(&self) -> Result<Arc<Agent>, ConfigError> {
        let dialog: Arc<dyn Dialog> = match (&self.pin, self.dialog) {
            (Some(_), _) if !self.development => return Err(ConfigError::Pin),
            (Some(pin), _) => Arc::new(FixedPin::new(&pin.0)),
            (None, DialogKind::Terminal) => Arc::new(Terminal),
            (None, DialogKind::Page) => {
                let failed = |error| ConfigError::Read { path: "the dialog's port".into(), error };
                Arc::new(PageDialog::start(self.browser.clone()).map_err(failed)?)
            }
        };
        self.build_with(dialog, Arc::new(Timestamp::now))
    }

    /// As [`Self::build`], with another dialog and another clock.  Blocking while libraries are loaded.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn build_with(
        &self,
        dialog: Arc<dyn Dialog>,
        clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Result<Arc<Agent>, ConfigError> {
        let ticket_key = public_key(&self.ticket_key).ok_or(ConfigError::Key("ticket_key"))?;
        let login_key = public_key(&self.login_key).ok_or(ConfigError::Key("login_key"))?;
        let text = read(&self.policy)?;
        let policy = AgentPolicy::verify(&text, &ticket_key, clock()).map_err(ConfigError::Policy)?;
        if self.libraries.is_empty() {
            return Err(ConfigError::NoLibrary);
        }
        let failed = |error| ConfigError::Read { path: "the path of this program".into(), error };
        let (program, arguments) = match &self.library_program {
            Some(program) => program.clone(),
            None => (std::env::current_exe().map_err(failed)?, vec![LIBRARY_PROCESS.to_owned()]),
        };
        let libraries = self.libraries.iter().map(|path| {
            let call_timeout = Duration::from_millis(self.call_timeout_ms);
            SkfHelper::start(SkfHelperConfig {
                program: program.clone(),
                arguments: arguments.clone(),
                environment: self.environment.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
                profile: SkfProfile { call_timeout, ..SkfProfile::new(path) },
                confinement: self.confine,
            })
            .map_err(ConfigError::Library)
        });
        let used = self.used_tickets.clone().unwrap_or_else(|| self.policy.with_extension("used"));
        Agent::new(Parts {
            policy,
            ticket_key,
            login_key,
            libraries: libraries.collect::<Result<_, _>>()?,
            dialog,
            clock,
            used_tickets: Some(used.clone()),
            is_development: self.development,
        })
        .map_err(|error| ConfigError::Read { path: used, error })
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|error| ConfigError::Read { path: path.to_owned(), error })
}

fn public_key(text: &str) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&hex::decode(text.trim()).ok()?).ok()
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 21_350))
}

/// Keys answer in some tenths of a second; a person who is asked by the key's own button takes longer.
const fn default_call_timeout_ms() -> u64 {
    30_000
}

/// Libraries of USB devices learn from the kernel, over a socket, what is plugged in.
fn default_confinement() -> Confinement {
    Confinement { network: true, ..Confinement::default() }
}

fn default_browser() -> Vec<String> {
    vec!["xdg-open".to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_has_safe_defaults_and_hides_its_pin() {
        let text = "policy = 'p'\nticket_key = 't'\nlogin_key = 'l'\nlibraries = ['a.so']\npin = '123456'";
        let config = AgentConfig::read(text).expect("read");
        assert!(config.listen.ip().is_loopback() && !config.development && config.dialog == DialogKind::Page);
        assert!(!format!("{config:?}").contains("123456"));
        assert!(AgentConfig::read("policy = 'p'").is_err());
        assert!(AgentConfig::read(&format!("{text}\norigins = ['*']")).is_err(), "no list of one's own");
    }
}
