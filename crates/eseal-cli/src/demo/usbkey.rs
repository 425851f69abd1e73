//! The demo's USBKey (智能密码钥匙) and the agent beside it: our own key in software, behind its C interface, as a vendor's
//! would be.

use std::{
    env::consts,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use eseal_agent::{AgentConfig, FixedPin, LIBRARY_PROCESS};
use eseal_api::KeyPurpose;
use eseal_pki::pem;
use eseal_service::{App, tickets::AgentPolicy};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use softskf::{TokenKey, provision as put};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use super::who;
use crate::{ca::Authority, client::random_hex, devices, files, keys, serve::listen};

/// Folder of the token, with a copy of its library: the library finds the tokens beside itself.
const FOLDER: &str = "usbkey";
/// Name of the token.
const TOKEN: &str = "demo";
/// Name of its application.
const APPLICATION: &str = "ESEAL";
/// Folder of the agent's configuration.
const AGENT: &str = "agent";
/// Wrong PINs until the key is locked.
const TRIES: u32 = 10;
/// Days that a policy of the agent holds; each start makes a new one.
const POLICY_DAYS: i64 = 30;

/// Where the certificate of a seal on the key is.
pub(super) fn certificate(demo: &Path, seal_code: &str) -> PathBuf {
    demo.join("keys").join(FOLDER).join(seal_code).with_extension("pem")
}

/// A PIN that is made once.
fn pin(demo: &Path, name: &str, digits: usize) -> Result<Zeroizing<String>> {
    let path = demo.join("keys").join(FOLDER).join(name);
    if !path.exists() {
        let pin: String = random_hex()?.bytes().map(|byte| char::from(b'0' + byte % 10)).take(digits).collect();
        files::write_private(&path, pin.as_bytes())?;
    }
    Ok(Zeroizing::new(files::read_text(&path)?.trim().to_owned()))
}

/// A key and a certificate for a seal, unless they are there.
///
/// A key file of an earlier demo is moved into the token, so that its seals go on.
pub(super) fn provision(demo: &Path, authority: &mut Authority, seal_code: &str) -> Result<()> {
    let certificate_file = certificate(demo, seal_code);
    let key_file = certificate_file.with_extension("key");
    files::make_folder(certificate_file.parent().unwrap_or(demo))?;
    if certificate_file.exists() && !key_file.exists() {
        return Ok(());
    }
    let (key, issued) = if key_file.exists() && certificate_file.exists() {
        (keys::read(&key_file)?, files::read_certificate(&certificate_file)?)
    } else {
        let key = keys::generate()?;
        let issued = authority.issue(&who::request_of(seal_code, &key.public_key()), Timestamp::now())?;
        (key, issued)
    };
    let (user, admin) = (pin(demo, "user.pin", 6)?, pin(demo, "admin.pin", 8)?);
    let new = TokenKey {
        application: APPLICATION,
        container: seal_code,
        key: &key,
        certificate: &issued,
        user_pin: user.as_bytes(),
        admin_pin: admin.as_bytes(),
        tries: TRIES,
    };
    put(&demo.join(FOLDER), TOKEN, &new).context("cannot put a key into the USBKey")?;
    files::write(&certificate_file, pem::encode(pem::CERTIFICATE, &issued).as_bytes())?;
    let _ = fs::remove_file(key_file); // there is none in a new demo
    Ok(())
}

/// The library, copied beside the token.
fn library(demo: &Path) -> Result<PathBuf> {
    let name = format!("{}softskf{}", consts::DLL_PREFIX, consts::DLL_SUFFIX);
    let (from, to) = (devices::beside(&name)?, demo.join(FOLDER).join(&name));
    let part = to.with_extension("part");
    fs::copy(&from, &part).and_then(|_| fs::rename(&part, &to)).with_context(|| to.display().to_string())?;
    Ok(to)
}

/// A running agent.
pub(super) struct Running {
    /// For `demo.json`: `usbKey`.
    pub(super) described: Value,
    /// For `demo.json`: `agentUrl`.
    pub(super) url: String,
    pub(super) task: JoinHandle<std::io::Result<()>>,
}

/// Starts the agent, for pages of `base_url`, with the PIN in its configuration; writes beside it a configuration without
/// one, for who wants to try the dialog.
pub(super) async fn start(app: &App, demo: &Path, base_url: &str) -> Result<Running> {
    let library = library(demo)?;
    let folder = demo.join(AGENT);
    files::make_folder(&folder)?;
    let policy_file = folder.join("policy");
    files::write(&policy_file, policy(app, base_url).await?.as_bytes())?;
    let key = |purpose| hex::encode(app.platform_keys.public_key(purpose).to_bytes());
    let text = format!(
        "# The agent with its own dialog: eseal-agent --config {file}\n\
         listen = \"127.0.0.1:21350\"\npolicy = {policy}\nticket_key = \"{ticket}\"\nlogin_key = \"{login}\"\n\
         libraries = [{library}]\ndialog = \"page\" # or \"terminal\"\ndevelopment = true # a software token\n",
        file = folder.join("eseal-agent.toml").display(),
        policy = json!(policy_file),
        ticket = key(KeyPurpose::Ticket),
        login = key(KeyPurpose::Login),
        library = json!(library),
    );
    files::write(&folder.join("eseal-agent.toml"), text.as_bytes())?;
    let user_pin = pin(demo, "user.pin", 6)?;
    let config = AgentConfig {
        used_tickets: Some(folder.join("used")),
        library_program: Some((devices::helper()?, vec![LIBRARY_PROCESS.to_owned()])),
        ..AgentConfig::read(&text)?
    };
    let dialog = Arc::new(FixedPin::new(&user_pin));
    let agent = tokio::task::spawn_blocking(move || config.build_with(dialog, Arc::new(Timestamp::now))).await??;
    let listener = listen("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr().context("the agent's address")?);
    let (first, _) = who::seals()
        .map(|(_, seal)| (seal.code, seal.carrier))
        .find(|(_, carrier)| *carrier == "usbkey")
        .context("a seal on the USBKey")?;
    let described =
        json!({ "library": library, "application": APPLICATION, "container": first, "pin": user_pin.as_str() });
    Ok(Running { described, url, task: tokio::spawn(eseal_agent::serve(agent, listener)) })
}

/// The pages that may speak with the agent, signed by the platform.
async fn policy(app: &App, base_url: &str) -> Result<String> {
    let issued = Timestamp::now();
    let expires = issued + SignedDuration::from_hours(24 * POLICY_DAYS);
    let text = AgentPolicy { origins: vec![base_url.to_owned()], issued, expires }.to_bytes()?;
    let signature = app.platform_keys.sign(&app.pool, KeyPurpose::Ticket, text.clone()).await?;
    Ok(AgentPolicy::assemble(&text, &signature))
}
