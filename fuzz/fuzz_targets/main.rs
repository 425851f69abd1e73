//! One instrumented program with all targets (模糊测试): building and linking it once is what keeps CI short.
//!
//! `FUZZ_TARGET` names the target, or `FUZZ_SEEDS` a folder that is filled with first inputs for each target;
//! everything else is libFuzzer's.  `smoke.sh` does both.
#![no_main]

mod asn1;
mod certificate;
mod document;
mod keyword;
mod ocsp;
mod ofd;
mod ofd_xml;
mod pdf;
mod request;
mod seal;
mod seeds;
mod sm2_differential;
mod svg;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

type Check = fn(&[u8]);

/// Every target by its name.
pub(crate) const TARGETS: [(&str, Check); 17] = [
    ("asn1", asn1::check),
    ("seal", seal::check_seal),
    ("seal_signature", seal::check_signature),
    ("signed_data", seal::check_signed_data),
    ("time_stamp", seal::check_time_stamp),
    ("certificate", certificate::check_certificate),
    ("crl", certificate::check_crl),
    ("ocsp", ocsp::check_response),
    ("ocsp_request", ocsp::check_request),
    ("ofd", ofd::check),
    ("ofd_xml", ofd_xml::check),
    ("pdf", pdf::check),
    ("document", document::check),
    ("request", request::check),
    ("keyword", keyword::check),
    ("svg", svg::check),
    ("sm2_differential", sm2_differential::check),
];

static CHECK: OnceLock<Check> = OnceLock::new();

fuzz_target!(init: choose(), |data: &[u8]| {
    if let Some(check) = CHECK.get() {
        check(data);
    }
});

fn choose() {
    // libFuzzer's hook ends the program at every panic; ours lets those pass that the code itself catches.
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}\n{}", std::backtrace::Backtrace::force_capture())));
    if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
        seeds::write(folder.as_ref()).expect("seeds are written");
        std::process::exit(0);
    }
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let Some((_, check)) = TARGETS.iter().find(|(target, _)| *target == name) else {
        let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        eprintln!("FUZZ_TARGET is one of {}", names.join(", "));
        std::process::exit(2);
    };
    CHECK.get_or_init(|| *check);
}
