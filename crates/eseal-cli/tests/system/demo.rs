//! Starts `eseal demo` in a folder of its own and ends it again.

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// A running demo; it ends when this is dropped.
pub(crate) struct Demo {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) port: u16,
    child: Child,
}

impl Demo {
    /// Starts the demo on a free port and waits until it answers.
    pub(crate) fn start() -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"))
    }

    /// Starts the demo with the data of an earlier one.
    pub(crate) fn start_in(folder: tempfile::TempDir) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
        let log = fs::File::create(folder.path().join("demo.log")).expect("a log file");
        let _ = fs::remove_file(folder.path().join("demo.json"));
        let child = Command::new(env!("CARGO_BIN_EXE_eseal"))
            .args(["demo", "--port", &port.to_string(), "--data"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log"))
            .stderr(log)
            .spawn()
            .expect("the demo starts");
        let mut demo = Self { folder, port, child };
        demo.wait();
        demo
    }

    fn wait(&mut self) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            if let Some(status) = self.child.try_wait().expect("the demo's state") {
                panic!("the demo ended with {status}: {}", self.log());
            }
            if self.json().exists() && std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("the demo did not answer within a minute: {}", self.log());
    }

    /// Ends the demo as a crash would, and gives its folder back.
    pub(crate) fn kill(mut self) -> tempfile::TempDir {
        self.child.kill().expect("the demo can be ended");
        self.child.wait().expect("the demo ends");
        std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"))
    }

    /// Path of `demo.json`.
    pub(crate) fn json(&self) -> PathBuf {
        self.folder.path().join("demo.json")
    }

    /// The number of its process.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// The description of the demo.
    pub(crate) fn description(&self) -> Value {
        serde_json::from_slice(&fs::read(self.json()).expect("demo.json")).expect("JSON")
    }

    /// What the demo printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("demo.log")).unwrap_or_default()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
