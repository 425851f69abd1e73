//! A report as it reads: every check in the standard's order, in both languages.

use expect_test::{Expect, expect};

use crate::world::{World, at};

fn check(bytes: &[u8], world: &World, expected: &Expect) {
    let report = world.report(bytes);
    let mut lines = vec![
        format!("{} {}", report.conclusion.as_str(), report.policy),
        report.summary.zh.clone(),
        report.summary.en.clone(),
        report.coverage.summary.en.clone(),
    ];
    for signature in &report.signatures {
        let sub = signature.sub_indication.map_or("", eseal::SubIndication::as_str);
        lines.push(format!("[{}] {} {} {sub}", signature.index, signature.kind.as_str(), signature.conclusion.as_str()));
        for check in &signature.checks {
            lines.push(format!("{:8}{:26} {} / {}", check.outcome.as_str(), check.code.as_str(), check.reason.zh, check.reason.en));
        }
        lines.extend(signature.later_changes.iter().map(|change| format!("+ {} / {}", change.zh, change.en)));
    }
    let text: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    expected.assert_eq(&text);
}

#[test]
fn of_a_valid_ofd() {
    let world = World::new();
    let sealed = world.seal(&eseal_testkit::ofd(1), &[at(1, 20.0, 20.0)]);
    check(&sealed, &world, &expect![[r""]]);
}

#[test]
fn of_a_pdf_sealed_twice_and_changed() {
    let world = World::new();
    let first = world.seal(&eseal_testkit::pdf(1), &[at(1, 20.0, 20.0)]);
    let mut sealed = world.seal(&first, &[at(1, 100.0, 20.0)]);
    let place = sealed.windows(8).position(|window| window == b"Contract").unwrap();
    sealed[place] = b'K';
    check(&sealed, &world, &expect![[r""]]);
}

#[test]
fn of_a_file_without_signature() {
    check(&eseal_testkit::ofd(1), &World::new(), &expect![[r""]]);
}
