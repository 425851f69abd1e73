//! What a list says, and what it leaves open.

use eseal_asn1::write;
use eseal_pki::{
    Certificate, Crl, Revocation, RevocationUnknown, Usage, check_path,
    issue::{CrlTemplate, Profile, RevokedEntry},
};
use jiff::Timestamp;

use crate::{Holder, days, issue, issue_with, now, read, with};

const URL: &str = "http://crl.example/root.crl";

fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { write::boolean(true) } else { Vec::new() };
    write::sequence(&[&write::oid(oid), &critical, &write::octet_string(value)])
}

/// An issuing distribution point with these fields.
fn scope(fields: &[&[u8]]) -> Vec<u8> {
    extension(&[0x55, 0x1D, 28], true, &write::sequence(fields))
}

fn point(url: &str) -> Vec<u8> {
    write::context(0, &write::context(0, &write::implicit(6, url.as_bytes())))
}

fn list(root: &Holder, made: Timestamp, revoked: &[RevokedEntry], extensions: &[Vec<u8>]) -> Vec<u8> {
    let template = CrlTemplate { number: 1, this_update: made, next_update: made + days(7), revoked };
    with(&root.key, |sign| template.issued_by_with(&root.der, extensions, sign))
}

fn status(certificate: &Holder, root: &Holder, lists: &[&[u8]], at: Timestamp) -> Revocation {
    let lists: Vec<Crl<'_>> = lists.iter().map(|der| Crl::from_der(der).expect("a list")).collect();
    let roots = [Certificate::from_der(&root.der).expect("a root")];
    check_path(&read(certificate), &[], &roots, &lists, at, Usage::Sign).links[0].revocation
}

#[test]
fn a_list_tells_only_of_what_it_is_about() {
    let root = issue(1, "根", Profile::Root, None);
    let signer = issue(2, "甲", Profile::Signer, Some(&root));
    let middle = issue(3, "中级", Profile::Intermediate { path_len: 0 }, Some(&root));
    let open = Revocation::Unknown;
    let yes = [0xFF];
    for (name, extension, of_signer, of_ca) in [
        ("its own point", scope(&[&point(URL)]), Revocation::Good, Revocation::Good),
        (
            "another point",
            scope(&[&point("http://crl.example/2.crl")]),
            open(RevocationUnknown::OtherScope),
            open(RevocationUnknown::OtherScope),
        ),
        ("users only", scope(&[&write::implicit(1, &yes)]), Revocation::Good, open(RevocationUnknown::OtherScope)),
        (
            "authorities only",
            scope(&[&write::implicit(2, &yes)]),
            open(RevocationUnknown::OtherScope),
            Revocation::Good,
        ),
        (
            "some reasons",
            scope(&[&write::implicit(3, &[1, 0x40])]),
            open(RevocationUnknown::Partial),
            open(RevocationUnknown::Partial),
        ),
        (
            "indirect",
            scope(&[&write::implicit(4, &yes)]),
            open(RevocationUnknown::Indirect),
            open(RevocationUnknown::Indirect),
        ),
        (
            "attribute certificates",
            scope(&[&write::implicit(5, &yes)]),
            open(RevocationUnknown::OtherScope),
            open(RevocationUnknown::OtherScope),
        ),
        (
            "changes only",
            extension(&[0x55, 0x1D, 27], true, &write::integer(&[1])),
            open(RevocationUnknown::Delta),
            open(RevocationUnknown::Delta),
        ),
        (
            "something critical",
            extension(&[0x55, 0x1D, 99], true, &[5, 0]),
            open(RevocationUnknown::Partial),
            open(RevocationUnknown::Partial),
        ),
        ("something else", extension(&[0x55, 0x1D, 99], false, &[5, 0]), Revocation::Good, Revocation::Good),
    ] {
        let der = list(&root, now(), &[], &[extension]);
        assert_eq!(status(&signer, &root, &[&der], now()), of_signer, "{name}");
        assert_eq!(status(&middle, &root, &[&der], now()), of_ca, "{name}");
    }
}

#[test]
fn an_entry_counts_by_its_reason_and_date() {
    let root = issue(1, "根", Profile::Root, None);
    let signer = issue(2, "甲", Profile::Signer, Some(&root));
    let entry = |days_ago, reason| RevokedEntry { serial: vec![2, 0, 2], since: now() - days(days_ago), reason };
    let removed = entry(3, Some(8));
    let delta = extension(&[0x55, 0x1D, 27], true, &write::integer(&[1]));
    let plain = list(&root, now(), &[], &[]);
    let old_hold = list(&root, now() - days(2), &[entry(3, Some(6))], &[]);
    let new_hold = list(&root, now(), &[entry(3, Some(6))], &[]);
    let old_plain = list(&root, now() - days(2), &[], &[]);
    let old_compromise = list(&root, now() - days(2), &[entry(3, Some(1))], &[]);
    let since = Some(now() - days(3));
    for (name, lists, expected) in [
        ("a hold that was lifted", vec![&old_hold, &plain], None),
        ("a new hold", vec![&old_plain, &new_hold], since),
        ("a revocation is never lifted", vec![&old_compromise, &plain], since),
        ("a hold alone", vec![&new_hold], since),
    ] {
        let lists: Vec<&[u8]> = lists.into_iter().map(Vec::as_slice).collect();
        assert_eq!(status(&signer, &root, &lists, now()).counts_from(), expected, "{name}");
    }
    let in_delta = list(&root, now(), &[entry(3, Some(1))], std::slice::from_ref(&delta));
    assert_eq!(status(&signer, &root, &[&in_delta, &plain], now()).counts_from(), since, "revoked in a delta list");
    let lifted = list(&root, now(), std::slice::from_ref(&removed), &[delta]);
    assert_eq!(status(&signer, &root, &[&lifted], now()), Revocation::Unknown(RevocationUnknown::Delta));
    let nonsense = list(&root, now(), &[removed], &[]);
    assert_eq!(status(&signer, &root, &[&nonsense], now()), Revocation::Unknown(RevocationUnknown::Unreadable));
}

#[test]
fn what_the_issuer_dates_back_counts_from_there() {
    let since: Timestamp = "2026-11-20T00:00:00Z".parse().expect("a time");
    let early: Timestamp = "2026-11-01T00:00:00Z".parse().expect("a time");
    for (invalid_since, expected) in [(None, since), (Some(early), early), (Some(since + days(3)), since)] {
        let revoked = Revocation::Revoked { since, reason: Some(1), invalid_since };
        assert_eq!(revoked.counts_from(), Some(expected));
    }
}

#[test]
fn a_list_made_after_a_certificate_ended_need_not_have_it() {
    let root = issue(1, "根", Profile::Root, None);
    let ended = issue_with(2, "甲", Profile::Signer, Some(&root), |t| t.not_after = now() - days(5));
    let keeps = |since: Timestamp| extension(&[0x55, 0x1D, 60], false, &write::generalized_time(since));
    let at = now() - days(6);
    for (name, made, extensions, expected) in [
        ("made before", now() - days(6), vec![], Revocation::Good),
        ("made after", now(), vec![], Revocation::Unknown(RevocationUnknown::AfterExpiry)),
        ("made after, keeping all", now(), vec![keeps(now() - days(400))], Revocation::Good),
        (
            "made after, keeping later ones",
            now(),
            vec![keeps(now() - days(4))],
            Revocation::Unknown(RevocationUnknown::AfterExpiry),
        ),
    ] {
        assert_eq!(status(&ended, &root, &[&list(&root, made, &[], &extensions)], at), expected, "{name}");
    }
}
