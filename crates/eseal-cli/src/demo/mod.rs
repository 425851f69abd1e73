//! `eseal demo`: the whole system on its embedded default (演示), with made-up holders, seals, files and a phone.
//!
//! Everything lies in one folder and survives a restart: the authority, keys, database, files, the phone's memory.  What
//! stands in `demo.json` is what a third-party system would be told when it is registered.

mod description;
mod device;
mod docx;
mod neighbour;
mod phone;
mod samples;
mod seed;
pub(crate) mod trust;
mod usbkey;
mod who;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use eseal_pki::issue::{Profile, Subject};
use eseal_service::{
    App, Config, Mode,
    mobile::{CertificateIssuer, NotIssued},
};
use eseal_store::UserRecord;
use jiff::Timestamp;
use tokio::net::TcpListener;

use crate::{
    ca::{Authority, IssueRequest},
    exit::Exit,
    files, runtime,
    serve::{block_on, listen, log_to_stderr, serve_beside},
    tsa,
};

/// OU of every certificate of the demo: production mode trusts no authority that says this of itself.
const DEVELOPMENT_UNIT: &str = "DEVELOPMENT ONLY";
/// Days that certificates of the demo are valid.
const CERTIFICATE_DAYS: i64 = 730;

pub(crate) use device::profile as device;

/// Arguments of `eseal demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder for everything; made if it is not there.
    #[arg(long, default_value = "eseal-demo")]
    data: PathBuf,
    /// Port on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// A demo that is ready to be called.
pub(crate) struct Started {
    pub(crate) app: Arc<App>,
    pub(crate) folder: PathBuf,
    pub(crate) base_url: String,
    listener: TcpListener,
    /// What the demo answers beside the platform: time stamps, the neighbour's status service.
    beside: axum::Router,
}

/// Runs `eseal demo`.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    log_to_stderr();
    block_on(async {
        let started = Started::new(&args.data, args.port, None).await?;
        started.run(true).await
    })?;
    Ok(Exit::Done)
}

/// The development authority certifies the demo's phones.
struct Issuer(Mutex<Authority>);

impl CertificateIssuer for Issuer {
    fn issue(&self, _user: &UserRecord, public_key: &[u8]) -> Result<Vec<u8>, NotIssued> {
        let mut authority = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let request = who::request_of(who::PHONE_SEAL, public_key);
        authority.issue(&request, Timestamp::now()).map_err(|error| NotIssued(format!("{error:#}")))
    }
}

impl Started {
    /// Opens or makes everything in `folder` and binds the port; `requests_per_minute` is the system's rate limit.
    pub(crate) async fn new(folder: &Path, port: u16, requests_per_minute: Option<u32>) -> Result<Self> {
        files::make_folder(folder)?;
        let folder = std::path::absolute(folder).context("the folder's path")?;
        let mut authority = open_authority(&folder.join("ca"))?;
        let listener = listen(&format!("127.0.0.1:{port}")).await?;
        let base_url = format!("http://{}", listener.local_addr().context("the server's address")?);
        let mut config = Config { mode: Mode::Development, ..Config::default() };
        config.server.listen = base_url.trim_start_matches("http://").to_owned();
        config.server.base_url.clone_from(&base_url);
        config.server.simulated_phone = true;
        config.storage.data.clone_from(&folder);
        config.keys.key_files = Some(folder.join("keys"));
        seed::server_keys(&folder, &mut authority)?;
        let neighbour = neighbour::Neighbour::open(&folder.join("guangzhou"), &folder.join("samples"))?;
        config.keys.trust_operators = vec![trust::write(&folder, &base_url, &authority, &neighbour)?];
        config.keys.trust_bundle = Some(folder.join(trust::BUNDLE));
        config.evidence.allow = vec![base_url.clone()];
        let stamps = tsa::router(trust::time_stamps(&folder, &mut authority)?);
        let beside = neighbour.router().nest(trust::TIME_STAMPS, stamps);
        config.device.extend(device::profile(&folder)?);
        let issuer = Issuer(authority.into());
        let app = runtime::build(config, Some(Arc::new(issuer))).await?;
        seed::registry(&app, &folder, &base_url, requests_per_minute).await?;
        Ok(Self { app, folder, base_url, listener, beside })
    }

    /// Serves: enrols the phone if it is new, writes `demo.json`, and goes on until the process is asked to stop.
    pub(crate) async fn run(self, is_talkative: bool) -> Result<()> {
        let Self { app, folder, base_url, listener, beside } = self;
        let server = tokio::spawn(serve_beside(app.clone(), listener, beside));
        let phone = seed::phone(&app, &folder, &base_url).await?;
        let screen = listen("127.0.0.1:0").await?;
        let phone_url = format!("http://{}", screen.local_addr().context("the phone's address")?);
        let phone = tokio::spawn(phone::Simulated::new(phone, &base_url).serve(screen));
        samples::write(&folder.join("samples"))?;
        let key = usbkey::start(&app, &folder, &base_url).await;
        if let Err(error) = &key {
            tracing::warn!("The demo goes on without a USBKey and its agent: {error:#}");
        }
        let key = key.ok();
        let described = description::write(&folder, &base_url, &phone_url, key.as_ref())?;
        if is_talkative {
            println!("{}", description::what_next(&base_url, &described));
        }
        let ended = server.await.context("the server ended")?;
        phone.abort();
        if let Some(key) = key {
            key.task.abort();
        }
        ended
    }

    /// As [`Self::run`], in the background: ready when `demo.json` is written.
    pub(crate) async fn run_in_background(self) -> Result<tokio::task::JoinHandle<Result<()>>> {
        let described = self.folder.join(description::FILE);
        let _ = std::fs::remove_file(&described);
        let running = tokio::spawn(self.run(false));
        while !described.exists() && !running.is_finished() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(running)
    }
}

/// The demo's authority; a new CRL at each start, so that it is never stale.
fn open_authority(folder: &Path) -> Result<Authority> {
    let now = Timestamp::now();
    if folder.join("ca.pem").exists() {
        let mut authority = Authority::open(folder)?;
        authority.renew_crl(now)?;
        return Ok(authority);
    }
    let subject =
        Subject { organizational_unit: DEVELOPMENT_UNIT.into(), ..Subject::named("示例根证书 eseal demo root") };
    Authority::init(folder, &subject, 20, now)
}

/// A certificate of the demo.
fn request(subject: Subject, public_key: &[u8], profile: Profile) -> IssueRequest {
    let subject = Subject { organizational_unit: DEVELOPMENT_UNIT.into(), ..subject };
    IssueRequest { subject, public_key: public_key.to_vec(), profile, days: CERTIFICATE_DAYS }
}
