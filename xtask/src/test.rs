//! `cargo xtask test`: everything that must hold, in one command; the test runner speaks last.

use std::{cell::Cell, time::Instant};

use anyhow::{Context, Result};

use crate::{layers, links, run::Command, tools, wasm};

/// Runs every step; stops at the first that fails.
pub(crate) fn run() -> Result<()> {
    let start = Instant::now();
    let module = Cell::new(None);
    let step = |name: &str, action: &dyn Fn() -> Result<()>| -> Result<()> {
        eprintln!("== {name} ({} s so far{})", start.elapsed().as_secs(), free_disk());
        action().with_context(|| name.to_owned())
    };
    step("tools", &|| {
        tools::ensure();
        Ok(())
    })?;
    step("format", &|| Command::cargo(&["fmt", "--all", "--check"]).run())?;
    step("layers", &layers::check)?;
    step("links", &links::check)?;
    step("licences", &licences)?;
    step("lints", &|| {
        Command::cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]).run()
    })?;
    step("docs", &|| {
        Command::cargo(&["doc", "--quiet", "--workspace", "--no-deps", "--locked"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()
    })?;
    step("fuzz smoke", &fuzz_smoke)?;
    step("phone's core as WebAssembly", &|| {
        module.set(wasm::build()?);
        Ok(())
    })?;
    step("tests", &|| {
        let module = module.take().map(|path| path.display().to_string()).unwrap_or_default();
        Command::cargo(&["test", "--workspace", "--locked", "--no-fail-fast"])
            .env("ESEAL_TEST_TOOLS", "installed")
            .env("ESEAL_PHONE_WASM", &module)
            .run()
    })
}

/// What `df` tells of the file system of the checkout: a full disk shows itself in odd ways.
fn free_disk() -> String {
    let output = Command::new("df", &["-h", "--output=avail", "."]).output();
    let text = String::from_utf8(output.unwrap_or_default()).unwrap_or_default();
    text.lines().nth(1).map(|free| format!(", {} of disk free", free.trim())).unwrap_or_default()
}

/// Bans, licences and sources by `deny.toml`; needs no network, and says so where `cargo deny` could not be installed.
fn licences() -> Result<()> {
    if Command::cargo(&["deny", "--version"]).succeeds() {
        return Command::cargo(&["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]).run();
    }
    eprintln!("skipped: cargo-deny is not installed");
    Ok(())
}

/// A minute over all fuzz targets.
fn fuzz_smoke() -> Result<()> {
    let folder = crate::root().join("fuzz");
    Command::new("bash", &["smoke.sh", "60"]).within(&folder).run()
}
