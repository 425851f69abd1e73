//! Pages in headless Chromium call the agent: the JavaScript client, an allowed origin, foreign origins, a rebound name.

use std::{
    collections::HashMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    http::{Method, Uri, header},
    response::IntoResponse,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::world::{PIN, World, scripted, start};

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/js")
}

fn has_chromium() -> bool {
    let found = Command::new("chromium").arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: chromium is absent");
    }
    found
}

/// Pages of one origin, and what they report.
struct Pages {
    address: SocketAddr,
    files: Arc<Mutex<HashMap<String, String>>>,
    reports: mpsc::UnboundedReceiver<String>,
}

impl Pages {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let address = listener.local_addr().expect("an address");
        let files: Arc<Mutex<HashMap<String, String>>> = Arc::default();
        let (report, reports) = mpsc::unbounded_channel();
        let shared = Arc::clone(&files);
        let router = Router::new().fallback(move |method: Method, uri: Uri, body: String| {
            let text = shared.lock().expect("unlocked").get(uri.path()).cloned();
            if method == Method::POST {
                let _ = report.send(body);
            }
            async move {
                let kind = if uri.path().ends_with(".js") { "text/javascript" } else { "text/html" };
                ([(header::CONTENT_TYPE, format!("{kind};charset=utf-8"))], text.unwrap_or_default()).into_response()
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, files, reports }
    }

    fn put(&self, files: HashMap<String, String>) {
        *self.files.lock().expect("unlocked") = files;
    }

    /// Opens an address in a browser and waits for what the page reports.
    async fn visit(&mut self, url: &str) -> String {
        let profile = tempfile::tempdir().expect("a folder");
        let mut browser = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg("--host-resolver-rules=MAP evil.example 127.0.0.1, MAP seals.example 127.0.0.1")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromium runs");
        let report = tokio::time::timeout(Duration::from_secs(90), self.reports.recv()).await;
        browser.kill().expect("ended");
        browser.wait().expect("ended");
        report.expect("the page reports in time").expect("a report")
    }
}

/// A page that makes calls and writes down what came of each.
fn page(calls: &Value, agent: &str) -> HashMap<String, String> {
    let script = format!(
        r#"<!doctype html><meta charset="utf-8"><body><script type="module">
import {{ Agent }} from "/eseal.js";
const agent = new Agent({{ url: "{agent}" }});
const results = {{}};
for (const [name, how, content] of {calls}) {{
  try {{
    const value = how === "keys" ? await agent.keys() : how === "login" ? await agent.login(content) : await agent.sign(content);
    results[name] = Array.isArray(value) ? value.length : "ok";
  }} catch (error) {{ results[name] = error.code || error.kind || String(error); }}
}}
await fetch("/report", {{ method: "POST", body: JSON.stringify(results) }});
</script>"#
    );
    let client = fs::read_to_string(clients().join("eseal.js")).expect("the client");
    HashMap::from([("/".to_owned(), script), ("/eseal.js".to_owned(), client)])
}

fn results(report: &str) -> Value {
    serde_json::from_str(report).unwrap_or_else(|_| panic!("no results: {report}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_for_pages_knows_the_three_states_of_the_permission() {
    if !has_chromium() {
        return;
    }
    let read = |name: &str| fs::read_to_string(clients().join(name)).expect("a file");
    let html = r#"<!doctype html><meta charset="utf-8"><body><script type="module">
import "/test.js";
await fetch("/report", { method: "POST", body: document.body.textContent });
</script>"#;
    let files = [("/", html.to_owned()), ("/eseal.js", read("eseal.js")), ("/test.js", read("test.js"))];
    let mut pages = Pages::start().await;
    pages.put(files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect());
    let report = pages.visit(&format!("http://{}/", pages.address)).await;
    assert!(report.contains("TESTS DONE") && !report.contains("FAILED"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_an_allowed_origin_signs_and_every_other_is_refused() {
    if !has_chromium() {
        return;
    }
    let world = World::new();
    let dialog = scripted(&[Some(PIN)]);
    let mut page_of_system = Pages::start().await;
    let allowed = format!("http://{}", page_of_system.address);
    let agent = world.agent(dialog.clone(), &[&allowed]);
    let address = start(agent).await;

    let (message, login_ticket) = world.login(&allowed);
    let (foreign_message, foreign_ticket) = world.login("http://evil.example");
    let good = world.ticket(&allowed, 3);
    let at = good.len() / 2;
    let altered: String =
        good.char_indices().map(|(i, c)| if i == at { if c == 'A' { 'B' } else { 'A' } } else { c }).collect();
    let mut late = world.ticket_of(&allowed, 1);
    late.expires = world.now() - Duration::from_secs(1);
    let calls = json!([
        ["keys", "keys", null],
        ["login", "login", {"message": message, "ticket": login_ticket}],
        ["foreign login", "login", {"message": foreign_message, "ticket": foreign_ticket}],
        ["sign", "sign", good],
        ["again", "sign", good],
        ["missing", "sign", null],
        ["altered", "sign", altered],
        ["expired", "sign", world.signed(&late)],
        ["other origin", "sign", world.ticket("http://evil.example", 1)],
    ]);
    page_of_system.put(page(&calls, &format!("http://{address}")));
    let found = results(&page_of_system.visit(&format!("{allowed}/")).await);
    let asked = dialog.asked.lock().expect("unlocked").len();
    assert_eq!(
        found,
        json!({"keys": 1, "login": "ok", "foreign login": 40306, "sign": 3, "again": 40104, "missing": 40001,
            "altered": found["altered"], "expired": 41001, "other origin": 40306})
    );
    assert!([40302, 40002].contains(&found["altered"].as_u64().unwrap_or_default()), "{found}");
    assert_eq!(asked, 2);

    // A page of another origin gets nothing to read, even with a ticket that is right; and nobody is asked.
    let calls = json!([["keys", "keys", null], ["sign", "sign", world.ticket(&allowed, 1)]]);
    let mut foreign = Pages::start().await;
    foreign.put(page(&calls, &format!("http://{address}")));
    let url = format!("http://{}/", foreign.address);
    let found = results(&foreign.visit(&url).await);
    assert_eq!(found, json!({"keys": "unreachable", "sign": "unreachable"}));

    // A name of the attacker that now points to 127.0.0.1, for the page and for the agent.
    foreign.put(page(&calls, &format!("http://evil.example:{}", address.port())));
    let url = format!("http://evil.example:{}/", foreign.address.port());
    let found = results(&foreign.visit(&url).await);
    // Browsers do not ask for pages over plain HTTP: it is denied there at once.
    let is_refused = |value: &Value| value == "unreachable" || value == "denied";
    assert!(is_refused(&found["keys"]) && is_refused(&found["sign"]), "{found}");
    // Even the allowed page, if it calls the agent by a strange name.
    page_of_system.put(page(&calls, &format!("http://seals.example:{}", address.port())));
    let found = results(&page_of_system.visit(&format!("{allowed}/")).await);
    assert_eq!(found, json!({"keys": "unreachable", "sign": "unreachable"}));
    assert_eq!(dialog.asked.lock().expect("unlocked").len(), 2);
}
