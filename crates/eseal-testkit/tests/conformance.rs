//! The library judges every case of the conformance corpus exactly as it must.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use eseal::{
    Anchor, Check, Conclusion, Document, Evidence, Limits, Outcome, Policy, Report, SealValidityAt,
    bundle::SignedBundle, examine_seal, judge, judge_seal,
};
use eseal_testkit::conformance::{Case, Class, ConformanceWorld, Expected, REGIONS, Verdict, cases, manifest};

fn corpus() -> &'static (ConformanceWorld, Vec<Case>) {
    static CORPUS: OnceLock<(ConformanceWorld, Vec<Case>)> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let world = ConformanceWorld::new();
        let all = cases(&world);
        (world, all)
    })
}

fn evidence(world: &ConformanceWorld, trust: &str) -> Evidence {
    if trust == REGIONS {
        let signed = SignedBundle::from_json(world.regions().to_string().as_bytes()).expect("a bundle");
        return signed.verify(&[signed.operator().clone()], world.now).expect("a good bundle").evidence();
    }
    Evidence {
        anchors: vec![Anchor { certificate: world.pki.anchor(), region: "深圳".into(), own: true }],
        crls: world.crls(),
        ..Evidence::default()
    }
}

/// What was found, in the terms of the corpus.
fn found(checks: &[Check], sub: Option<eseal::SubIndication>, deviations: &[String]) -> String {
    let names = |wanted| {
        checks.iter().filter(|check| check.outcome == wanted).map(|check| check.code.as_str()).collect::<Vec<_>>()
    };
    let deviations: BTreeSet<&str> = deviations.iter().map(String::as_str).collect();
    say(&names(Outcome::Failed), &names(Outcome::Unknown), sub.map(eseal::SubIndication::as_str), deviations)
}

fn wanted(verdict: &Verdict) -> String {
    let deviations = verdict.deviations.iter().copied().collect();
    say(&verdict.failed, &verdict.unknown, verdict.sub_indication, deviations)
}

fn say(failed: &[&str], unknown: &[&str], sub: Option<&str>, deviations: BTreeSet<&str>) -> String {
    format!("failed {failed:?} unknown {unknown:?} {} deviations {deviations:?}", sub.unwrap_or("-"))
}

fn report(world: &ConformanceWorld, case: &Case) -> Option<Report> {
    let document = Document::open(Arc::new(case.bytes.clone()), &Limits::default()).ok()?;
    let examination = document.examine().ok()?;
    Some(judge(&examination, &evidence(world, case.trust), &Policy::default(), world.now))
}

/// What is wrong with the judgement on a case.
fn differences(world: &ConformanceWorld, case: &Case) -> Vec<String> {
    if case.extension == "esl" {
        let policy = Policy { seal_validity_at: SealValidityAt::Now, ..Policy::default() };
        let report = judge_seal(&examine_seal(&case.bytes), &evidence(world, case.trust), &policy, world.now);
        let Expected::Signatures(all) = &case.expected else { return vec!["a seal has one verdict".into()] };
        let found = found(&report.checks, report.sub_indication, &report.deviations);
        return if found == wanted(&all[0]) {
            Vec::new()
        } else {
            vec![format!("  found {found}\n wanted {}", wanted(&all[0]))]
        };
    }
    let Some(report) = report(world, case) else {
        return if case.expected == Expected::Refused { Vec::new() } else { vec!["refused".into()] };
    };
    let mut wrong = Vec::new();
    let expected = case.expected.of_file();
    let of_file = (report.conclusion.as_str(), report.sub_indication.map(eseal::SubIndication::as_str));
    if of_file != expected {
        wrong.push(format!("  file {of_file:?}, wanted {expected:?}"));
    }
    if let Expected::Signatures(all) = &case.expected {
        if all.len() != report.signatures.len() {
            wrong.push(format!("{} signatures, wanted {}", report.signatures.len(), all.len()));
        }
        for (signature, verdict) in report.signatures.iter().zip(all) {
            let found = found(&signature.checks, signature.sub_indication, &signature.deviations);
            let region = (signature.region.as_str(), signature.recognised.as_str());
            if verdict.recognised.is_some_and(|recognised| recognised != region) {
                wrong.push(format!("  {region:?}, wanted {:?}", verdict.recognised));
            }
            if found != wanted(verdict) {
                wrong.push(format!("  found {found}\n wanted {} [{}]", wanted(verdict), signature.index));
            }
        }
    }
    wrong
}

#[test]
fn every_case_is_judged_exactly_as_it_must() {
    let (world, cases) = corpus();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let wrong = differences(world, case);
            (!wrong.is_empty()).then(|| format!("{}: {}\n{}", case.file(), case.en, wrong.join("\n")))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_corpus_in_the_checkout_is_what_is_made() {
    let (world, cases) = corpus();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/conformance");
    let kept = fs::read_to_string(folder.join("manifest.json")).expect("made by `cargo xtask vectors`");
    let made = serde_json::to_string_pretty(&manifest(world, cases)).expect("JSON") + "\n";
    assert!(kept == made, "manifest.json is another: `cargo xtask vectors` makes it anew");
    for case in cases {
        let file = folder.join(case.file());
        assert!(fs::read(&file).is_ok_and(|kept| kept == case.bytes), "{} is another", file.display());
    }
}

#[test]
fn no_forgery_is_valid_and_names_are_unique() {
    let (world, cases) = corpus();
    let names: BTreeSet<String> = cases.iter().map(Case::file).collect();
    assert_eq!(names.len(), cases.len());
    let twins = cases.iter().filter(|case| case.class == Class::Twin);
    assert!(twins.clone().count() >= 150);
    for case in twins {
        assert_ne!(case.expected.of_file().0, "VALID", "{} is no forgery", case.name);
        let accepted =
            case.extension != "esl" && report(world, case).is_some_and(|report| report.conclusion == Conclusion::Valid);
        assert!(!accepted, "{} was accepted", case.name);
    }
}
