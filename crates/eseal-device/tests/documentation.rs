//! The examples of the documentation are configurations that are read.

use std::{collections::BTreeMap, fs, path::Path};

use eseal_device::{DeviceProfile, KeyUse};
use serde::Deserialize;

#[derive(Deserialize)]
struct Example {
    device: BTreeMap<String, DeviceProfile>,
}

#[test]
fn every_example_of_the_page_on_devices_is_read() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/zh/devices.md");
    let text = fs::read_to_string(page).expect("the page");
    let examples: Vec<Example> = text
        .split("```toml\n")
        .skip(1)
        .map(|rest| toml::from_str(rest.split("```").next().unwrap_or_default()).expect("a configuration"))
        .collect();
    let names: Vec<&str> = examples.iter().flat_map(|example| example.device.keys().map(String::as_str)).collect();
    assert_eq!(names, ["hsm1", "svs1", "softsdf"]);
    let uses: Vec<KeyUse> = examples[0].device["hsm1"].keys().iter().map(|key| key.purpose).collect();
    let platform = [KeyUse::Ticket, KeyUse::Login, KeyUse::Summary, KeyUse::Log, KeyUse::Share];
    assert_eq!(uses, [&[KeyUse::Seal][..], &platform].concat());
}
