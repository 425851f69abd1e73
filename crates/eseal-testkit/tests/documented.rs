//! Every check code and every deviation is explained in both languages, and every case of the corpus uses only those.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::OnceLock};

use eseal::{CheckCode, SubIndication};
use eseal_ses::Deviation;
use eseal_testkit::conformance::{Case, Class, ConformanceWorld, Expected, cases};

fn corpus() -> &'static [Case] {
    static CORPUS: OnceLock<Vec<Case>> = OnceLock::new();
    CORPUS.get_or_init(|| cases(&ConformanceWorld::new()))
}

/// A page in both languages.
fn pages(name: &str) -> [String; 2] {
    ["zh", "en"].map(|language| {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(language).join("conformance");
        fs::read_to_string(folder.join(name)).expect("a page")
    })
}

fn assert_explained(name: &str) {
    for page in pages("checks.md") {
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
    for case in corpus() {
        assert!(!case.zh.is_empty() && !case.en.is_empty() && !case.clause.is_empty(), "{}", case.name);
        let Expected::Signatures(all) = &case.expected else { continue };
        let names = all.iter().flat_map(|one| one.failed.iter().chain(&one.unknown).chain(&one.deviations));
        names.for_each(|name| assert_explained(name));
    }
}

#[test]
fn every_quirk_and_every_sub_indication_has_its_row() {
    for page in pages("quirks.md") {
        (1..=24).for_each(|number| assert!(page.contains(&format!("| Q{number} |")), "Q{number}"));
    }
    for page in pages("indications.md") {
        let rows = SubIndication::ALL.iter().map(|sub| format!("| `{}` |", sub.as_str()));
        rows.for_each(|row| assert!(page.contains(&row), "{row}"));
    }
}

#[test]
fn pages_name_cases_that_exist_and_the_corpus_has_as_many_as_they_say() {
    let all = corpus();
    let exists = |name: &str| match name.split_once('*') {
        Some((begin, _)) => all.iter().any(|case| case.name.starts_with(begin)),
        None => all.iter().any(|case| case.name == name),
    };
    let groups: BTreeSet<&str> = all.iter().filter_map(|case| case.name.split('-').next()).collect();
    for page in ["quirks.md", "attacks.md", "clauses.md", "must-hold-verification.md", "must-hold-documents.md"]
        .map(pages)
        .concat()
    {
        // What stands between single backquotes and begins as cases do is a case.
        let quoted = page.split('`').skip(1).step_by(2).filter(|text| {
            text.split_once('-').is_some_and(|(group, _)| groups.contains(group)) && !text.contains('/')
        });
        quoted.for_each(|name| assert!(exists(name), "{name} is no case"));
    }
    let twins = all.iter().filter(|case| case.class == Class::Twin).count();
    for page in pages("suite.md") {
        for count in [all.len(), all.len() - twins, twins] {
            assert!(page.contains(&count.to_string()), "{count}");
        }
    }
}

/// What stands between single backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The rows of quirks on a page: `| Q1 | deviation | conclusion | cases |`.
fn quirk_rows(page: &str) -> Vec<(u8, Vec<&str>, &str, Vec<&str>)> {
    page.lines()
        .filter(|line| line.starts_with("| Q"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, number, deviations, conclusion, cases, _] = cells[..] else { panic!("{line}") };
            let number = number.trim_start_matches('Q').parse().expect("a number");
            (number, quoted(deviations).collect(), conclusion, quoted(cases).collect())
        })
        .collect()
}

#[test]
fn every_quirk_has_its_vectors_with_exactly_the_deviation_that_is_named() {
    let all = corpus();
    for page in pages("must-hold-verification.md") {
        let rows = quirk_rows(&page);
        let numbers: BTreeSet<u8> = rows.iter().map(|(number, ..)| *number).collect();
        assert_eq!(numbers, (1..=24).collect(), "quirks of formats.md, section 12");
        let mut seen = BTreeSet::new();
        for (number, deviations, conclusion, names) in &rows {
            assert!(!names.is_empty(), "Q{number} has no vector");
            for name in names {
                let matching = |case: &&Case| match name.split_once('*') {
                    Some((begin, _)) => case.name.starts_with(begin),
                    None => case.name == *name,
                };
                let cases: Vec<&Case> = all.iter().filter(matching).collect();
                assert!(!cases.is_empty(), "Q{number}: {name} is no case");
                for case in cases {
                    seen.insert(case.name.as_str());
                    let named: BTreeSet<&str> = match &case.expected {
                        Expected::Signatures(all) => all.iter().flat_map(|one| one.deviations.clone()).collect(),
                        _ => BTreeSet::new(),
                    };
                    assert_eq!(named, deviations.iter().copied().collect(), "Q{number}: {}", case.name);
                    assert_eq!(case.expected.of_file().0, *conclusion, "Q{number}: {}", case.name);
                }
            }
        }
        // A case that is called after a quirk stands in its row.
        let called = |case: &&Case| case.name.strip_prefix('q').is_some_and(|rest| rest.as_bytes()[0].is_ascii_digit());
        all.iter().filter(called).for_each(|case| assert!(seen.contains(case.name.as_str()), "{}", case.name));
    }
}

#[test]
fn the_tests_that_pages_cite_exist() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut cited = 0;
    for page in ["must-hold-verification.md", "must-hold-devices.md", "must-hold-documents.md"].map(pages).concat() {
        for line in page.lines().filter(|line| line.starts_with("| ")) {
            let mut source = String::new();
            let tests = line.split('|').nth(2).unwrap_or_default();
            for text in quoted(tests) {
                if text.ends_with(".rs") || text.ends_with(".sh") {
                    source = fs::read_to_string(root.join(text)).unwrap_or_else(|error| panic!("{text}: {error}"));
                } else if !text.contains(|character: char| character.is_ascii_uppercase()) {
                    assert!(source.contains(&format!("fn {text}(")), "{text} is no test of its file");
                    cited += 1;
                }
            }
        }
    }
    assert!(cited > 300, "{cited} tests are cited");
}
