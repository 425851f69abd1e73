//! Configuration (配置): a TOML file, overridden by `ESEAL_*` variables.
//!
//! `ESEAL_LIMITS__JSON_BODY_BYTES=1048576` sets `json_body_bytes` of `[limits]`: two underscores go one level down.

mod defaults;

use std::{collections::BTreeMap, net::IpAddr, path::PathBuf, time::Duration};

use eseal_device::DeviceProfile;
use serde::{Deserialize, Serialize};

use crate::Network;

/// What the server is for (运行模式).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// 生产: refuses key files, the simulated phone and development anchors.
    #[default]
    Production,
    /// 开发: everything that the demo needs.
    Development,
}

/// Why a configuration is not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The text is not a configuration.
    #[error("configuration: {0}")]
    Syntax(String),
    /// An environment variable cannot be applied.
    #[error("{variable}: {problem}")]
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong.
        problem: String,
    },
    /// Production mode refuses this.
    #[error("production mode refuses {0}")]
    Refused(&'static str),
}

/// Everything that can be configured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `production` or `development`.
    pub mode: Mode,
    /// Region that the platform issues seals for, as in certificates and reports.
    pub region: String,
    /// Where the server listens.
    pub server: Server,
    /// Where data is kept.
    pub storage: Storage,
    /// Keys and trust.
    pub keys: Keys,
    /// How signatures are written and judged.
    pub sealing: Sealing,
    /// Evidence that is fetched, and what others may ask.
    pub evidence: EvidenceSources,
    /// How long things live.
    pub times: Times,
    /// Phones that sign.
    pub phones: Phones,
    /// Office documents.
    pub office: Office,
    /// What a stranger may cost us.
    pub limits: Limits,
    /// `[device.NAME]`: server cryptographic devices and signature servers, and the keys in them.
    pub device: BTreeMap<String, DeviceProfile>,
}

/// `[server]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: String,
    /// URL under which others reach the server; QR codes and login messages name it.
    pub base_url: String,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks (`10.0.0.0/8`).
    pub trusted_proxies: Vec<String>,
    /// True to run the simulated phone (development only).
    pub simulated_phone: bool,
    /// How long running requests may still work after the signal to stop, in seconds.
    pub shutdown_seconds: u64,
}

/// `[storage]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// Folder of the embedded database and the objects.
    pub data: PathBuf,
    /// URL of the database; empty for the embedded one in `data`.
    pub database: String,
}

/// `[keys]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// Folder of key files (development only): `ticket.key`, `login.key`, `summary.key`, `log.key` and those of seals.
    pub key_files: Option<PathBuf>,
    /// Trust bundle: regions with their certificates; signed, or in development of version 0.
    pub trust_bundle: Option<PathBuf>,
    /// Keys of operators who may sign it: hex (04 ‖ x ‖ y), or files with a certificate or key.
    pub trust_operators: Vec<String>,
}

/// `[sealing]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sealing {
    /// `/Filter` of PDF signatures.
    pub pdf_filter: String,
    /// `/SubFilter` of PDF signatures.
    pub pdf_sub_filter: String,
    /// Policy by which files are judged unless the caller names one: `default` asks for proof of time once a
    /// certificate or seal is expired or revoked, `gbt38540-claimed-time` believes the signer's clock.
    pub policy: String,
    /// Origin line of the seal-use log's checkpoints.
    pub log_origin: String,
}

/// `[evidence]`: nothing is fetched unless somebody is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvidenceSources {
    /// Hosts that may be asked for CRLs, OCSP answers, time stamps and the status of seals: scheme, host and port, such as
    /// `https://ocsp.example.cn`.
    pub allow: Vec<String>,
    /// Networks that listed hosts may be in although they are not public, such as `10.2.0.0/16`.
    pub networks: Vec<String>,
    /// Further certificates (PEM) that TLS servers are checked by.
    pub tls_roots: Option<PathBuf>,
    /// Time-stamp authority (RFC 3161 over HTTP); its host must be listed.
    pub time_stamp_url: String,
    /// What goes into a document when it is sealed.
    pub at_sealing: AtSealing,
    /// How long an answer of our own seal-status service is good.
    pub status_seconds: u64,
}

/// What goes into a document when it is sealed (签章时证据).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AtSealing {
    /// 不嵌入.
    #[default]
    Nothing,
    /// 尽量: a time stamp if it can be had, and in a PDF certificates and revocation lists.
    Optional,
    /// 必须: the same; without a time stamp nothing is sealed.
    Required,
}

/// `[phones]`: keys of seals that phones and the server share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Phones {
    /// Program that has a new key certified, and its arguments: it gets the request on its input and writes the
    /// certificate, PEM, to its output.  Without one nobody is enrolled.
    pub certificate_command: Vec<PathBuf>,
    /// How long it may take, in seconds.
    pub certificate_seconds: u64,
    /// True to let phones hold their whole key alone (手机独立持有密钥), if they ask for it.
    pub held_keys: bool,
}

/// `[office]`: LibreOffice, which turns office documents into PDF.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Office {
    /// Documents converted at once, each by a worker of 250 MB.
    pub workers: usize,
    /// How long one document may take.
    pub job_seconds: u64,
    /// Documents after which a worker is replaced.
    pub jobs_per_worker: u32,
    /// False to start workers where Landlock cannot keep them to their own files.
    pub require_landlock: bool,
    /// Folder of fonts that are preferred to the system's, for office documents and for pages that are drawn or converted;
    /// `fonts` below `storage.data` if absent.
    pub fonts: Option<PathBuf>,
    /// `soffice.bin`, if it is not where distributions have it.
    pub program: Option<PathBuf>,
}

/// `[times]`: all in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Times {
    /// Request window, to both sides.
    pub request_window: u64,
    /// How long a nonce is kept.
    pub nonce: u64,
    /// How long a reqId is remembered.
    pub idempotency: u64,
    /// How long a prepared digest lives.
    pub digest: u64,
    /// How long it may be configured to live.
    pub digest_max: u64,
    /// How long a phone's signing task lives unless the caller says.
    pub sign_task: u64,
    /// How long a login QR code lives.
    pub login_code: u64,
    /// How long a login challenge lives.
    pub challenge: u64,
    /// How long a ticket for the USBKey agent lives.
    pub ticket: u64,
    /// How long an access token lives.
    pub access_token: u64,
    /// How long uploaded and produced files are kept.
    pub file: u64,
    /// How long a finished task is kept.
    pub task: u64,
    /// Longest long poll.
    pub long_poll: u64,
    /// How often expired things are removed.
    pub clean_up: u64,
}

/// `[limits]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest JSON body.
    pub json_body_bytes: u64,
    /// Largest streamed file.
    pub file_bytes: u64,
    /// Body that is read before its signature is checked.
    pub unsigned_body_bytes: u64,
    /// Start of a refused body in which `reqId` is looked for.
    pub req_id_search_bytes: u64,
    /// Nesting of JSON.
    pub json_depth: usize,
    /// Entries of a list.
    pub list_entries: usize,
    /// Placements of one seal signature.
    pub placements: usize,
    /// Files that central signing does at once; more become a task.
    pub central_sync_files: usize,
    /// Files of one central task.
    pub central_task_files: usize,
    /// Requests of one system, per minute.
    pub system_requests_per_minute: u32,
    /// Requests of one address to the public functions, per minute.
    pub public_requests_per_minute: u32,
    /// Largest file that an answer carries as base64; larger ones are answered by identifier.
    pub inline_file_bytes: u64,
    /// Bytes of a file that the public may verify.
    pub public_file_bytes: u64,
    /// Documents parsed or signed at once; 0 is twice the number of processors.
    pub workers: usize,
    /// Tasks running at once.
    pub tasks: usize,
    /// Largest page of a list.
    pub page_size: u64,
    /// Bytes of `clientInfo`, `reason`, `title` and the like, in UTF-8.
    pub text_bytes: usize,
}

impl Config {
    /// Reads a TOML text and applies the `ESEAL_*` variables among `variables`.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`] with the place in the text, [`ConfigError::Variable`].
    pub fn read(text: &str, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let syntax = |error: toml::de::Error| ConfigError::Syntax(error.to_string());
        // Once as it stands, so that an error names its line.
        let _: Self = toml::from_str(text).map_err(syntax)?;
        let mut table: toml::Table = toml::from_str(text).map_err(syntax)?;
        let known = toml::Table::try_from(Self::default()).map_err(|error| ConfigError::Syntax(error.to_string()))?;
        for (name, value) in variables {
            let Some(path) = name.strip_prefix("ESEAL_") else { continue };
            let path = path.to_ascii_lowercase();
            if !known.contains_key(path.split("__").next().unwrap_or_default()) {
                continue; // ESEAL_LOG and the like belong to others
            }
            set(&mut table, &path, &value).map_err(|problem| ConfigError::Variable { variable: name, problem })?;
        }
        table.try_into().map_err(syntax)
    }

    /// Everything in force, as TOML: for `--print-config`.  There are no secrets in it.
    ///
    /// # Errors
    /// Never for a configuration that was read.
    pub fn print(&self) -> Result<String, ConfigError> {
        toml::to_string_pretty(self).map_err(|error| ConfigError::Syntax(error.to_string()))
    }

    /// Refuses what makes no sense, and in production what is for development only.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`], [`ConfigError::Refused`].
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_values()?;
        if self.mode == Mode::Development {
            return Ok(());
        }
        if self.keys.key_files.is_some() {
            return Err(ConfigError::Refused("key files"));
        }
        if self.server.simulated_phone {
            return Err(ConfigError::Refused("the simulated phone"));
        }
        if !self.listens_on_loopback() && self.server.trusted_proxies.is_empty() {
            return Err(ConfigError::Refused("plain HTTP off loopback without trusted_proxies"));
        }
        Ok(())
    }

    fn check_values(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str, value: &str| Err(ConfigError::Syntax(format!("{what} cannot be {value:?}")));
        if self.policy(None).is_none() {
            return wrong("sealing.policy", &self.sealing.policy);
        }
        if eseal_log::Origin::new(&self.sealing.log_origin).is_err() {
            return wrong("sealing.log_origin", &self.sealing.log_origin);
        }
        if let Some(proxy) = self.server.trusted_proxies.iter().find(|proxy| proxy.parse::<Network>().is_err()) {
            return wrong("server.trusted_proxies", proxy);
        }
        if let Err(problem) = eseal_fetch::AllowList::read(&self.evidence.allow, &self.evidence.networks) {
            return Err(ConfigError::Syntax(format!("evidence: {problem}")));
        }
        let allow = eseal_fetch::AllowList::read(&self.evidence.allow, &self.evidence.networks).unwrap_or_default();
        if self.evidence.at_sealing != AtSealing::Nothing && !allow.lists(&self.evidence.time_stamp_url) {
            return wrong(
                "evidence.time_stamp_url, whose host must be in evidence.allow,",
                &self.evidence.time_stamp_url,
            );
        }
        if !(1..=86_400).contains(&self.evidence.status_seconds) {
            return wrong("evidence.status_seconds", &self.evidence.status_seconds.to_string());
        }
        if self.phones.certificate_command.first().is_some_and(|program| !program.is_absolute()) {
            return wrong("phones.certificate_command, which is not absolute,", "a relative path");
        }
        if !(1..=300).contains(&self.phones.certificate_seconds) {
            return wrong("phones.certificate_seconds", &self.phones.certificate_seconds.to_string());
        }
        if self.times.nonce < self.times.request_window.saturating_mul(2) {
            // A request would outlive its nonce.
            return wrong("times.nonce", &self.times.nonce.to_string());
        }
        if self.times.digest > self.times.digest_max {
            return wrong("times.digest", &self.times.digest.to_string());
        }
        Ok(())
    }

    fn listens_on_loopback(&self) -> bool {
        let host = self.server.listen.rsplit_once(':').map_or(self.server.listen.as_str(), |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Number of documents parsed or signed at once.
    #[must_use]
    pub fn workers(&self) -> usize {
        match self.limits.workers {
            0 => 2 * std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            set => set,
        }
    }

    /// Limits of the library.
    #[must_use]
    pub fn document_limits(&self) -> eseal::Limits {
        eseal::Limits {
            file_bytes: self.limits.file_bytes,
            placements: self.limits.placements,
            ..eseal::Limits::default()
        }
    }

    /// Names in PDF signatures.
    #[must_use]
    pub fn pdf_names(&self) -> eseal::PdfNames {
        eseal::PdfNames { filter: self.sealing.pdf_filter.clone(), sub_filter: self.sealing.pdf_sub_filter.clone() }
    }

    /// Policy of that name; the configured one if none is named.
    #[must_use]
    pub fn policy(&self, name: Option<&str>) -> Option<eseal::Policy> {
        match name.unwrap_or(&self.sealing.policy) {
            "default" => Some(eseal::Policy::default()),
            "gbt38540-claimed-time" => Some(eseal::Policy::gbt38540_claimed_time()),
            _ => None,
        }
    }
}

/// Seconds of configuration as a duration.
#[must_use]
pub const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// Puts `value` at `path` (`limits__json_body_bytes`): as TOML if it reads as TOML, else as text.
fn set(table: &mut toml::Table, path: &str, value: &str) -> Result<(), String> {
    let parsed =
        toml::from_str::<toml::Table>(&format!("value = {value}")).ok().and_then(|mut found| found.remove("value"));
    let value = parsed.unwrap_or_else(|| toml::Value::String(value.to_owned()));
    match path.split_once("__") {
        None => {
            table.insert(path.to_owned(), value);
            Ok(())
        }
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            let inner = inner.as_table_mut().ok_or_else(|| format!("{first} is no section"))?;
            match rest.contains("__") {
                true => Err("sections are one level deep".into()),
                false => {
                    inner.insert(rest.to_owned(), value);
                    Ok(())
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.into(), value.into())]
    }

    #[test]
    fn an_empty_text_is_the_default_and_production() {
        let config = Config::read("", Vec::new()).unwrap();
        assert_eq!(config, Config::default());
        assert_eq!(config.mode, Mode::Production);
        config.check().unwrap();
    }

    #[test]
    fn what_is_printed_reads_back() {
        let config = Config::default();
        assert_eq!(Config::read(&config.print().unwrap(), Vec::new()).unwrap(), config);
    }

    #[test]
    fn variables_win_over_the_file() {
        let text = "mode = \"development\"\n[limits]\nplacements = 3\n";
        let config = Config::read(text, variable("ESEAL_LIMITS__PLACEMENTS", "7")).unwrap();
        assert_eq!((config.mode, config.limits.placements), (Mode::Development, 7));
        let config = Config::read(text, variable("ESEAL_SERVER__BASE_URL", "https://seal.example")).unwrap();
        assert_eq!(config.server.base_url, "https://seal.example");
        assert!(Config::read(text, variable("ESEAL_LOG", "debug")).is_ok());
        assert!(Config::read(text, variable("ESEAL_LIMITS__PLACEMENTS", "many")).is_err());
        assert!(Config::read(text, variable("ESEAL_LIMITS__NOSUCH", "1")).is_err());
    }

    #[test]
    fn an_unknown_setting_is_an_error() {
        assert!(Config::read("[limits]\nplacement = 3\n", Vec::new()).is_err());
    }

    #[test]
    fn devices_are_described_without_their_passwords() {
        let text = r#"
            [device.hsm1]
            kind = "sdf"
            path = "/opt/vendor/libsdf.so"
            secret = "env:HSM1_PWD"
            key = [{ index = 1, certificate = "/etc/eseal/seal.pem" }, { index = 2, use = "log" }]
            [device.svs1]
            kind = "svs"
            url = "http://127.0.0.1:8000/svs"
            secret = "open sesame"
        "#;
        let config = Config::read(text, Vec::new()).unwrap();
        assert_eq!(config.device.len(), 2);
        let printed = config.print().unwrap();
        assert!(printed.contains("env:HSM1_PWD") && !printed.contains("sesame"), "{printed}");
        assert!(Config::read("[device.hsm1]\nkind = \"sdf\"\n", Vec::new()).is_err());
    }

    #[test]
    fn values_that_make_no_sense_are_refused_in_every_mode() {
        let refused = |text: &str| {
            let config = Config::read(&format!("mode = \"development\"\n{text}"), Vec::new()).unwrap();
            assert!(config.check().is_err(), "{text}");
        };
        refused("[sealing]\npolicy = \"whatever\"");
        refused("[sealing]\nlog_origin = \"two words\"");
        refused("[server]\ntrusted_proxies = [\"everybody\"]");
        refused("[evidence]\nallow = [\"https://ocsp.example.cn/path\"]");
        refused("[evidence]\nnetworks = [\"inside\"]");
        refused("[evidence]\nstatus_seconds = 100000");
        refused("[evidence]\nat_sealing = \"required\"");
        refused("[evidence]\nat_sealing = \"optional\"\ntime_stamp_url = \"https://tsa.example.cn/\"");
        refused("[times]\nnonce = 599");
        refused("[times]\ndigest = 90000");
    }

    #[test]
    fn production_refuses_what_is_for_development() {
        let refused = |change: fn(&mut Config)| {
            let mut config = Config::default();
            change(&mut config);
            assert!(config.check().is_err());
            config.mode = Mode::Development;
            config.check().unwrap();
        };
        refused(|config| config.keys.key_files = Some("keys".into()));
        refused(|config| config.server.simulated_phone = true);
        refused(|config| config.server.listen = "0.0.0.0:8080".into());
        let mut proxied = Config::default();
        proxied.server.listen = "0.0.0.0:8080".into();
        proxied.server.trusted_proxies = vec!["10.0.0.1".into()];
        proxied.check().unwrap();
    }
}
