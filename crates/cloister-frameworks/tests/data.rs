//! The built-in frameworks are complete and name nothing that does not exist.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};

use cloister_frameworks::{Framework, Need, builtin, by_name, find, names, sources};

fn framework(name: &str) -> &'static Framework {
    by_name(name).unwrap_or_else(|| panic!("there is no framework {name}, or its file has mistakes"))
}

fn ids(name: &str) -> Vec<&'static str> {
    framework(name).requirements.iter().map(|requirement| &*requirement.id).collect()
}

/// Every check there is, those over decisions too.
fn registered() -> impl Iterator<Item = &'static str> {
    cloister_checks::entries().chain(cloister_policy::checks::CHECKS).map(|entry| entry.check.name)
}

#[test]
fn every_file_reads_without_mistakes() {
    for (name, text) in sources() {
        let framework = Framework::parse(name, text).unwrap_or_else(|mistakes| panic!("{name}: {mistakes:#?}"));
        assert_eq!(&*framework.name, name, "the file is named after its framework");
    }
    assert_eq!(builtin().count(), names().count());
}

#[test]
fn every_check_named_exists() {
    let known = |name: &str| registered().any(|check| check == name);
    let unknown: Vec<_> = sources()
        .filter_map(|(name, text)| Framework::parse(name, text).ok())
        .flat_map(|framework| framework.unknown_checks(&framework.name, known))
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_check_belongs_to_a_requirement() {
    let used: BTreeSet<&str> = builtin()
        .flat_map(|framework| &framework.requirements)
        .flat_map(|requirement| requirement.checks.iter().map(|name| &**name))
        .collect();
    let orphans: Vec<&str> = registered().filter(|name| !used.contains(name)).collect();
    assert!(orphans.is_empty(), "no requirement of any framework uses {orphans:?}");
}

#[test]
fn texts_are_short_and_whole() {
    for framework in builtin() {
        for requirement in &framework.requirements {
            let place = format!("{} {}", framework.name, requirement.id);
            assert!(requirement.title.chars().count() <= 72, "{place}: the title is too long for a table");
            assert!(!requirement.title.ends_with('.'), "{place}: a title has no full stop");
            assert!(requirement.explains.ends_with('.'), "{place}: explains in whole sentences");
            assert!(requirement.explains.matches(". ").count() < 3, "{place}: explains in at most three sentences");
            assert!(
                requirement.attest.as_ref().is_none_or(|text| text.ends_with('?')),
                "{place}: attest is a question"
            );
            assert!(requirement.parts.iter().all(|part| !part.shows.ends_with('.')), "{place}: no full stop in shows");
            let titled = |need: Need| requirement.parts.iter().any(|part| part.needs == need);
            assert!(!titled(Need::Person), "{place}: a person's part is its question to attest");
        }
    }
}

/// The rows of the table that says which article is shown by which evidence.
#[test]
fn the_gdpr_has_every_row_down_to_the_letter() {
    let expected = "5(1)(a) 5(1)(b) 5(1)(c) 5(1)(d) 5(1)(e) 5(1)(f) 5(2) 6(1) 6(1)(a) 6(1)(b) 6(1)(c) 6(1)(d) 6(1)(e) \
        6(1)(f) 9(1) 9(2) 12(3) 13 14 15 16 17 18 19 20 21 24(1) 24(2) 25(1) 25(2) 26(1) 28(1) 28(3) 29 30(1) 30(1)(a) \
        30(1)(b) 30(1)(c) 30(1)(d) 30(1)(e) 30(1)(f) 30(1)(g) 30(2) 32(1)(a) 32(1)(b) 32(1)(c) 32(1)(d) 32(4) 33(1) \
        33(2) 33(3)(a) 33(3)(b) 33(3)(c) 33(3)(d) 33(5) 34(1) 35(1) 35(3) 35(7) 36 37(1) 37(7) 38 39 44 45 46 47 48 49";
    assert_eq!(ids("gdpr"), expected.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn the_security_principle_is_answered_by_the_security_article() {
    let gdpr = framework("gdpr");
    let principle = gdpr.requirement("5(1)(f)").unwrap();
    for id in ["32(1)(a)", "32(1)(b)", "32(1)(c)", "32(4)"] {
        let article = gdpr.requirement(id).unwrap();
        assert!(article.checks.iter().all(|check| principle.checks.contains(check)), "a check of {id} is missing");
        assert!(article.parts.iter().all(|part| principle.parts.contains(part)), "a part of {id} is missing");
    }
}

#[test]
fn the_cis_benchmark_has_all_recommendations() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for id in ids("cis-1.12") {
        let (section, _) = id.rsplit_once('.').unwrap();
        *counts.entry(section.to_owned()).or_default() += 1;
    }
    let counts: Vec<(&str, usize)> = counts.iter().map(|(section, count)| (&**section, *count)).collect();
    let expected = [
        ("1.1", 21),
        ("1.2", 30),
        ("1.3", 7),
        ("1.4", 2),
        ("2", 7),
        ("3.1", 3),
        ("3.2", 2),
        ("4.1", 10),
        ("4.2", 14),
        ("4.3", 1),
        ("5.1", 13),
        ("5.2", 12),
        ("5.3", 2),
        ("5.4", 2),
        ("5.5", 1),
        ("5.6", 4),
    ];
    assert_eq!(counts, expected);
    assert_eq!(ids("cis-1.12").len(), 131);
}

#[test]
fn sections_1_to_4_of_the_cis_benchmark_say_what_they_wait_for() {
    for requirement in &framework("cis-1.12").requirements {
        let about_policies = requirement.id.starts_with("5.");
        assert!(about_policies || requirement.open().next().is_some() || !requirement.checks.is_empty());
        let waits = requirement.parts.iter().any(|part| matches!(part.needs, Need::NodeFacts | Need::Cluster));
        assert!(waits || !requirement.checks.is_empty(), "{} waits for nothing", requirement.id);
    }
}

#[test]
fn restricted_holds_everything_of_baseline_and_more() {
    let baseline = ids("pss-baseline");
    let restricted = ids("pss-restricted");
    assert_eq!(restricted.get(..baseline.len()), Some(&*baseline));
    assert_eq!((baseline.len(), restricted.len()), (12, 16));
    let checks = |name: &str, id: &str| framework(name).requirement(id).unwrap().checks.len();
    assert!(checks("pss-restricted", "capabilities") > checks("pss-baseline", "capabilities"));
    assert!(checks("pss-restricted", "seccomp") > checks("pss-baseline", "seccomp"));
}

#[test]
fn the_iso_annex_is_complete() {
    let count = |theme: &str| ids("iso-27001").iter().filter(|id| id.starts_with(theme)).count();
    assert_eq!((count("A.5."), count("A.6."), count("A.7."), count("A.8.")), (37, 8, 14, 34));
}

#[test]
fn requirements_are_found_as_people_write_them() {
    let found = |asked: &str| -> Vec<String> {
        find(asked).iter().map(|(framework, requirement)| format!("{} {}", framework.name, requirement.id)).collect()
    };
    assert_eq!(found("Art. 32(1)(A)"), ["gdpr 32(1)(a)"]);
    assert_eq!(found("article 5 (2)"), ["gdpr 5(2)"]);
    assert_eq!(found("5.2.1"), ["cis-1.12 5.2.1", "pci-dss-4.0 5.2.1"]);
    assert_eq!(found("iso-27001:a.8.24"), ["iso-27001 A.8.24"]);
    assert_eq!(found("gdpr 5.2.1"), Vec::<String>::new());
    assert_eq!(found("capabilities"), ["pss-baseline capabilities", "pss-restricted capabilities", "nsa capabilities"]);
    assert_eq!(found("C-0057"), ["nsa privileged-containers", "mitre T1611"]);
}
