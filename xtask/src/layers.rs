//! The layer test: dependencies point down only, and some words may stand in some crates only.
//!
//! The map is the one of ARCHITECTURE.md.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run::Command;

/// Every crate of ours with its layer.
const LAYERS: &[(&str, u8)] = &[
    ("eseal-api", 0),
    ("eseal-asn1", 0),
    ("eseal-bytes", 0),
    ("eseal-fonts", 0),
    ("eseal-gm", 0),
    ("eseal-ses", 1),
    ("eseal-pki", 1),
    ("eseal-pdf", 1),
    ("eseal-ofd", 1),
    ("eseal-text", 1),
    ("eseal-picture", 1),
    ("eseal-log", 1),
    ("eseal-ticket", 1),
    ("eseal", 2),
    ("eseal-render", 2),
    ("eseal-report", 2),
    ("eseal-helper", 3),
    ("eseal-device", 3),
    ("eseal-phone", 3),
    ("eseal-skf", 3),
    ("eseal-softsdf", 3),
    ("eseal-softskf", 3),
    ("eseal-store", 3),
    ("eseal-convert", 3),
    ("eseal-confine", 3),
    ("eseal-office", 3),
    ("eseal-fetch", 3),
    ("eseal-service", 4),
    ("eseal-http", 5),
    ("eseal-agent", 5),
    ("eseal-client", 5),
    ("eseal-cli", 6),
];

/// Pairs that may stand within one layer: the first may use the second.
const ALLOWED_WITHIN: &[(&str, &str)] = &[
    ("eseal-text", "eseal-pdf"),
    ("eseal-text", "eseal-ofd"),
    ("eseal-device", "eseal-helper"),
    ("eseal-gm", "eseal-asn1"),
    ("eseal-report", "eseal"),
    ("eseal-report", "eseal-render"),
    ("eseal-helper", "eseal-confine"),
    ("eseal-office", "eseal-confine"),
    ("eseal-skf", "eseal-helper"),
];

/// Layers 0 to 2 are pure; these crates may not be used there.
const IMPURE: &[&str] =
    &["tokio", "axum", "sqlx", "object_store", "reqwest", "hyper", "tracing", "metrics", "async-trait", "libloading"];

/// Crates that only `eseal-gm` may name.
const CRYPTO: &[&str] = &[
    "sm2",
    "sm3",
    "sm4",
    "rsa",
    "p256",
    "ecdsa",
    "sha1",
    "sha2",
    "md-5",
    "hmac",
    "cbc",
    "ctr",
    "gcm",
    "aes-gcm",
    "elliptic-curve",
    "primeorder",
    "crypto-bigint",
];

/// Words that may stand in the source of some crates only, with the crates that may hold them.
const WORDS: &[(&str, &[&str])] = &[
    ("sqlx::", &["eseal-store"]),
    ("Timestamp::now()", &["eseal-cli", "eseal-service", "eseal-agent", "eseal-client"]),
    ("SystemTime::now()", &["eseal-cli", "eseal-service", "eseal-agent", "eseal-client"]),
];

/// Checks all rules; prints every breach.
pub(crate) fn check() -> Result<()> {
    let output = Command::cargo(&["metadata", "--no-deps", "--format-version", "1", "--quiet"]).output()?;
    let metadata: Value = serde_json::from_slice(&output).context("cargo metadata")?;
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        check_package(package, &mut faults);
    }
    check_words(&mut faults)?;
    if !faults.is_empty() {
        bail!("layers:\n{}", faults.join("\n"));
    }
    eprintln!("layers: {} crates, dependencies point down only", LAYERS.len());
    Ok(())
}

fn check_package(package: &Value, faults: &mut Vec<String>) {
    let layers: BTreeMap<&str, u8> = LAYERS.iter().copied().collect();
    let name = package["name"].as_str().unwrap_or_default();
    if matches!(name, "xtask" | "eseal-testkit") {
        return; // tools: they may use every crate, and only tests use them
    }
    let Some(&layer) = layers.get(name) else {
        faults.push(format!("{name} has no layer: add it to xtask/src/layers.rs and ARCHITECTURE.md"));
        return;
    };
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        if dependency["kind"].as_str() == Some("dev") {
            continue;
        }
        let used = dependency["name"].as_str().unwrap_or_default();
        if let Some(&below) = layers.get(used)
            && below >= layer
            && !ALLOWED_WITHIN.contains(&(name, used))
        {
            faults.push(format!("{name} (layer {layer}) uses {used} (layer {below})"));
        }
        if used == "eseal-testkit" {
            faults.push(format!("{name} uses eseal-testkit outside tests"));
        }
        if layer <= 2 && IMPURE.contains(&used) {
            faults.push(format!("{name} is pure (layer {layer}) and uses {used}"));
        }
        if name != "eseal-gm" && CRYPTO.contains(&used) {
            faults.push(format!("{name} names {used}: only eseal-gm is the door to crypto"));
        }
    }
}

fn check_words(faults: &mut Vec<String>) -> Result<()> {
    let crates = crate::root().join("crates");
    for (name, _) in LAYERS {
        let mut files = Vec::new();
        collect(&crates.join(name).join("src"), &mut files)?;
        for (path, text) in &files {
            for (word, holders) in WORDS {
                if text.contains(word) && !holders.contains(name) {
                    faults.push(format!("{path}: {word} may stand in {} only", holders.join(", ")));
                }
            }
        }
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(())
}
