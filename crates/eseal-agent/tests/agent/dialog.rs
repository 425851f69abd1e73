//! The agent as a program with its dialog in a window: who may see the question, what stays in memory, what is logged.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::world::{Got, ORIGIN, PIN, World, post, send};

/// The program, started with a "browser" that writes down the address it is given.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    folder: PathBuf,
}

impl Program {
    pub(crate) fn start(world: &World, origins: &[&str]) -> Self {
        let (program, folder) = (env!("CARGO_BIN_EXE_eseal-agent"), world.folder.path().to_owned());
        let (address, file) = Self::configure(world, origins, "page");
        let log = fs::File::create(folder.join("agent.log")).expect("a log");
        let mut command = Command::new(program);
        let child = command.arg("--config").arg(file).stdin(Stdio::null()).stderr(log).spawn().expect("started");
        let program = Self { child, address, folder };
        wait_for(|| std::net::TcpStream::connect(program.address).is_ok());
        program
    }

    /// Writes a configuration; gives where the agent will listen, and the file.
    fn configure(world: &World, origins: &[&str], dialog: &str) -> (SocketAddr, PathBuf) {
        let folder = world.folder.path().to_owned();
        drop(world.config(origins));
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port();
        let hex = |key: &eseal_gm::sm2::SigningKey| hex::encode(key.public_key());
        let text = format!(
            "listen = '127.0.0.1:{port}'\npolicy = '{}'\nticket_key = '{}'\nlogin_key = '{}'\nlibraries = ['{}']\n\
             development = true\ndialog = '{dialog}'\nbrowser = ['sh', '-c', 'printf %s \"$1\" > {}', 'x', '{{url}}']",
            world.path("policy").display(),
            hex(&world.ticket_key),
            hex(&world.login_key),
            world.path("libskf.so").display(),
            folder.join("url").display(),
        );
        fs::write(folder.join("agent.toml"), text).expect("written");
        (SocketAddr::from(([127, 0, 0, 1], port)), folder.join("agent.toml"))
    }

    /// The address that the browser was given.
    pub(crate) fn url(&self) -> (SocketAddr, String) {
        let file = self.folder.join("url");
        wait_for(|| fs::read_to_string(&file).is_ok_and(|text| text.len() > 60));
        let text = fs::read_to_string(&file).expect("read");
        fs::remove_file(&file).expect("removed");
        let (address, path) = text.strip_prefix("http://").expect("http").split_once('/').expect("a path");
        (address.parse().expect("an address"), format!("/{path}"))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("agent.log")).expect("read")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_for(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "nothing came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A navigation of a browser, with the headers that say where it came from.
pub(crate) fn open(address: SocketAddr, path: &str, more: &[&str]) -> Got {
    let (first, host) = (format!("GET {path} HTTP/1.1"), format!("Host: {address}"));
    let mut head = vec![first.as_str(), host.as_str()];
    head.extend(more);
    send(address, &head, "")
}

/// Sends the form.
pub(crate) fn answer(address: SocketAddr, path: &str, origin: &str, token: &str, pin: &str, answer: &str) -> Got {
    let (first, host, origin) =
        (format!("POST {path} HTTP/1.1"), format!("Host: {address}"), format!("Origin: {origin}"));
    let body = format!("token={token}&pin={pin}&answer={answer}");
    send(address, &[&first, &host, &origin, "Content-Type: application/x-www-form-urlencoded"], &body)
}

pub(crate) fn token(page: &Got) -> String {
    let (_, rest) = page.body.split_once("name=\"token\" value=\"").expect("a form");
    rest.split_once('"').expect("an end").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_shown_once_framed_by_nobody_and_answered_from_itself_only() {
    let world = World::new();
    let program = Program::start(&world, &[ORIGIN]);
    let body = json!({"ticket": world.ticket(ORIGIN, 2)});
    let address = program.address;
    let signing = tokio::spawn(async move { post(address, "/v1/sign", ORIGIN, &body).await });
    tokio::task::spawn_blocking(move || {
        let (window, path) = program.url();
        assert_ne!(window.port(), program.address.port(), "an origin of its own");
        // Another site, or a frame, or somebody who guesses the secret, sees nothing; and uses nothing up.
        for foreign in ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Dest: iframe"] {
            assert_eq!(open(window, &path, &[foreign]).status, 404, "{foreign}");
        }
        assert_eq!(open(window, &format!("/{}", "0".repeat(64)), &[]).status, 404);
        let rebound = send(window, &[&format!("GET {path} HTTP/1.1"), "Host: evil.example"], "");
        assert_eq!(rebound.status, 404);
        let page = open(window, &path, &["Sec-Fetch-Site: none", "Sec-Fetch-Dest: document"]);
        assert_eq!(page.status, 200);
        for word in ["合同 0", "合同 1", "财务专用章", "示例系统", ORIGIN, "type=\"password\""] {
            assert!(page.body.contains(word), "{word}");
        }
        for line in
            ["frame-ancestors 'none'", "x-frame-options: deny", "cache-control: no-store", "cross-origin-opener-policy"]
        {
            assert!(page.head.contains(line), "{line}");
        }
        assert!(!page.head.contains("access-control"), "no page may read it");
        assert_eq!(open(window, &path, &["Sec-Fetch-Site: none"]).status, 404, "once");

        let own = format!("http://{window}");
        let token = token(&page);
        assert_eq!(answer(window, &path, ORIGIN, &token, PIN, "agree").status, 404, "from another origin");
        assert_eq!(answer(window, &path, &own, &"0".repeat(64), PIN, "agree").status, 404, "with another token");
        assert_eq!(answer(window, &path, &own, &token, PIN, "agree").status, 200);
        assert_eq!(answer(window, &path, &own, &token, PIN, "agree").status, 404, "once");
        let signed = tokio::runtime::Handle::current().block_on(signing).expect("no panic");
        assert_eq!(signed.status, 200, "{}", signed.body);

        let body = json!({"ticket": world.ticket(ORIGIN, 1)});
        let refusing =
            tokio::runtime::Handle::current().spawn(async move { post(address, "/v1/sign", ORIGIN, &body).await });
        let (window, path) = program.url();
        let page = open(window, &path, &[]);
        let refused = answer(window, &path, &format!("http://{window}"), &self::token(&page), "", "refuse");
        assert_eq!(refused.status, 200);
        assert_eq!(tokio::runtime::Handle::current().block_on(refusing).expect("no panic").code(), 42214);
    })
    .await
    .expect("no panic");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn pin_and_key_are_gone_from_memory_and_never_in_the_log() {
    let world = World::new();
    let program = Program::start(&world, &[ORIGIN]);
    let address = program.address;
    tokio::task::spawn_blocking(move || {
        let handle = tokio::runtime::Handle::current();
        let wrong = "Wr0ngPinOfUser77";
        for _ in 0..3 {
            let body = json!({"ticket": world.ticket(ORIGIN, 3)});
            let signing = handle.spawn(async move { post(address, "/v1/sign", ORIGIN, &body).await });
            for pin in [wrong, PIN] {
                let (window, path) = program.url();
                let page = open(window, &path, &[]);
                answer(window, &path, &format!("http://{window}"), &token(&page), pin, "agree");
            }
            assert_eq!(handle.block_on(signing).expect("no panic").status, 200);
        }
        let mut memory = memory(program.child.id()).expect("readable");
        let libraries = children(program.child.id());
        assert_eq!(libraries.len(), 1, "the library has a process of its own");
        match self::memory(libraries[0]) {
            Some(of_the_library) => memory.extend(of_the_library),
            None => eprintln!("skipped: the memory of the library's process is readable by nobody here"),
        }
        assert!(memory.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 1 << 20, "memory was read");
        let where_is = |word: &[u8]| {
            let found = memory.iter().filter(|(_, bytes)| find(bytes, word));
            found.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
        };
        assert!(!where_is(b"eseal-agent").is_empty(), "what is there is found");
        assert!(
            where_is(world.key.to_bytes().as_slice()).is_empty(),
            "{:?}",
            where_is(world.key.to_bytes().as_slice())
        );
        assert!(where_is(wrong.as_bytes()).is_empty(), "a wrong PIN: {:?}", where_is(wrong.as_bytes()));
        let form = format!("pin={PIN}");
        assert!(where_is(form.as_bytes()).is_empty(), "the form: {:?}", where_is(form.as_bytes()));
        let log = program.log();
        for secret in [wrong, PIN, &hex::encode(world.key.to_bytes()), "合同", "示例"] {
            assert!(!log.contains(secret), "{secret}: {log}");
        }
        assert!(log.contains("Signed a ticket") && log.contains("A wrong PIN was given"), "{log}");
    })
    .await
    .expect("no panic");
}

/// Runs the agent on a terminal of its own, types an answer at each question, and writes down what the terminal showed.
#[cfg(target_os = "linux")]
const TERMINAL: &str = r#"
import os, pty, select, sys, time
answers = [answer.encode() + b"\r" for answer in sys.argv[2].split(",")]
process, terminal = pty.fork()
if process == 0:
    os.execv(sys.argv[3], sys.argv[3:])
shown, asked, until = b"", 0, time.monotonic() + 100
while time.monotonic() < until and not os.path.exists(sys.argv[1] + ".stop"):
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            shown += os.read(terminal, 4096)
        except OSError:
            break
    if shown.count(b"PIN (") > asked and asked < len(answers):
        time.sleep(0.3)
        os.write(terminal, answers[asked])
        asked += 1
    open(sys.argv[1], "wb").write(shown)
os.kill(process, 9)
"#;

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_shows_what_is_signed_and_not_what_is_typed() {
    if Command::new("python3").arg("--version").output().is_err()
        || Command::new("stty").arg("--version").output().is_err()
    {
        eprintln!("skipped: python3 or stty is absent");
        return;
    }
    let world = World::new();
    let (address, file) = Program::configure(&world, &[ORIGIN], "terminal");
    let shown = world.path("shown");
    let mut terminal = Command::new("python3")
        .args(["-c", TERMINAL])
        .arg(&shown)
        // A wrong PIN, corrected once while it is typed; the right one; then nothing.
        .arg(format!("65432\x7f21,{PIN},"))
        .args([env!("CARGO_BIN_EXE_eseal-agent"), "--config"])
        .arg(file)
        .spawn()
        .expect("started");
    tokio::task::spawn_blocking(move || wait_for(|| std::net::TcpStream::connect(address).is_ok())).await.expect("up");
    let signed = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 2)})).await;
    assert_eq!(signed.status, 200, "{}", signed.body);
    let refused = post(address, "/v1/sign", ORIGIN, &json!({"ticket": world.ticket(ORIGIN, 1)})).await;
    assert_eq!(refused.code(), 42214, "Enter alone refuses: {}", refused.body);
    fs::write(world.path("shown.stop"), "").expect("written");
    assert!(terminal.wait().expect("ended").success());
    let text = String::from_utf8_lossy(&fs::read(&shown).expect("what was shown")).into_owned();
    for word in
        ["合同 0", "合同 1", "财务专用章", "示例系统", "示例公司", ORIGIN, "attempts left: 19", "Enter alone refuses"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
    for typed in [PIN, "65432", "654321"] {
        assert!(!text.contains(typed), "{typed} was shown: {text}");
    }
}

/// Processes that a process started.
#[cfg(target_os = "linux")]
fn children(process: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("threads");
    let of_a_thread = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    of_a_thread.flat_map(|text| text.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

/// All writable memory of a process, by what it is; `None` if this program may not read it.
#[cfg(target_os = "linux")]
fn memory(process: u32) -> Option<Vec<(String, Vec<u8>)>> {
    use std::os::unix::fs::FileExt as _;
    let maps = fs::read_to_string(Path::new("/proc").join(process.to_string()).join("maps")).ok()?;
    let file = fs::File::open(format!("/proc/{process}/mem")).ok()?;
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let Some((from, to)) = line.split(' ').next().and_then(|range| range.split_once('-')) else { continue };
        let at = |text| u64::from_str_radix(text, 16).expect("hexadecimal");
        let length = usize::try_from(at(to) - at(from)).expect("a length");
        let mut bytes = vec![0; length.min(256 << 20)];
        if let Ok(read) = file.read_at(&mut bytes, at(from)) {
            bytes.truncate(read);
            all.push((line.to_owned(), bytes));
        }
    }
    Some(all)
}

fn find(memory: &[u8], word: &[u8]) -> bool {
    let first = word[0];
    let mut rest = memory;
    while let Some(at) = rest.iter().position(|byte| *byte == first) {
        rest = &rest[at..];
        if rest.starts_with(word) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}
