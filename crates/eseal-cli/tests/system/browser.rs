//! The reference page in a real browser.

use std::process::Command;

use crate::{demo::Demo, judges::at_hand};

#[test]
fn the_reference_page_opens_without_the_network() {
    if !at_hand("chromium", "--version") {
        return;
    }
    let demo = Demo::start();
    let profile = tempfile::tempdir().expect("a folder");
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("http://127.0.0.1:{}/docs", demo.port))
        .output()
        .expect("chromium runs");
    let page = String::from_utf8_lossy(&output.stdout);
    for word in ["getSealList", "downloadFile", "40001", "SEAL_MAKER_SIGNATURE"] {
        assert!(page.contains(word), "{word} is not on the page: {page}");
    }
    assert!(!page.contains("src=\"http"), "the page loads something from outside");
}
