//! Every check code and every deviation is explained in both languages, and every case of the corpus uses only those.

use std::{fs, path::PathBuf};

use eseal::CheckCode;
use eseal_ses::Deviation;
use eseal_testkit::conformance::{ConformanceWorld, Expected, cases};

fn pages() -> [String; 2] {
    ["zh", "en"].map(|language| {
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/{language}/conformance/checks.md"));
        fs::read_to_string(path).expect("a page")
    })
}

fn assert_explained(name: &str) {
    for page in pages() {
        assert!(page.contains(&format!("| `{name}` |")), "{name} is not explained");
    }
}

#[test]
fn every_check_code_and_deviation_is_explained() {
    CheckCode::ALL.iter().for_each(|(_, name, _)| assert_explained(name));
    Deviation::ALL.iter().for_each(|(_, name, _)| assert_explained(name));
}

#[test]
fn the_corpus_uses_explained_names_and_says_what_each_case_is() {
    for case in cases(&ConformanceWorld::new()) {
        assert!(!case.zh.is_empty() && !case.en.is_empty() && !case.clause.is_empty(), "{}", case.name);
        let Expected::Signatures(all) = &case.expected else { continue };
        let names = all.iter().flat_map(|one| one.failed.iter().chain(&one.unknown).chain(&one.deviations));
        names.for_each(|name| assert_explained(name));
    }
}
