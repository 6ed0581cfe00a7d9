//! Each rule fires on what its fixture says, and on nothing else of it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloister_rules::fixture::prove;
use cloister_rules::{Rules, page};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(data().join(format!("{name}.jsonl"))).unwrap()
}

#[test]
fn every_file_of_data_is_a_rule_of_that_name() {
    let files: BTreeSet<String> = std::fs::read_dir(data())
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".yaml").map(str::to_owned))
        .collect();
    for name in &files {
        let text = std::fs::read_to_string(data().join(format!("{name}.yaml"))).unwrap();
        let (rules, faults) = cloister_rules::read(name, &text);
        assert!(faults.is_empty(), "{faults:#?}");
        assert_eq!(rules.iter().map(|rule| &rule.name).collect::<Vec<_>>(), [name]);
    }
    let known: BTreeSet<String> = Rules::builtin().all().iter().map(|rule| rule.name.clone()).collect();
    assert_eq!(known, files);
}

#[test]
fn every_rule_fires_on_its_fixture_and_is_quiet_where_it_must() {
    let rules = Arc::new(Rules::builtin());
    for rule in rules.all() {
        let cases = prove(&rules, &fixture(&rule.name)).map_err(|error| format!("{}: {error:?}", rule.name)).unwrap();
        for case in &cases {
            assert!(case.holds(), "{}.jsonl:{}: {case:#?}", rule.name, case.line);
        }
        assert!(cases.iter().any(|case| case.wanted.contains(&rule.name)), "{} is never tried", rule.name);
        assert!(cases.iter().any(|case| case.quiet.is_some()), "{} is never quiet", rule.name);
    }
}

/// A rule that fires for its neighbour as well would be noticed above; one that is never needed is noticed here.
#[test]
fn without_a_rule_its_fixture_fails() {
    let all = Rules::builtin();
    for rule in all.all() {
        let mut others = Rules::none();
        for other in all.all().iter().filter(|other| other.name != rule.name) {
            let text = std::fs::read_to_string(data().join(&other.place.0)).unwrap();
            assert!(others.read(&other.place.0, &text).is_empty());
        }
        let cases = prove(&Arc::new(others), &fixture(&rule.name)).unwrap();
        assert!(cases.iter().any(|case| !case.holds()), "{}", rule.name);
    }
}

#[test]
fn every_article_is_one_of_the_framework_and_every_description_says_enough() {
    let gdpr = include_str!("../../cloister-frameworks/data/gdpr.yaml");
    for rule in Rules::builtin().all() {
        for id in &rule.articles {
            assert!(gdpr.contains(&format!("  - id: \"{id}\"\n")), "{}: {id}", rule.name);
        }
        assert!(rule.description.len() > 80 && rule.description.ends_with('.'), "{}", rule.name);
        assert!(!rule.title.ends_with('.') && !rule.attack.is_empty(), "{}", rule.name);
    }
}

fn assert_fresh(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    if std::env::var_os("CLOISTER_GENERATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap_or_default() == text, "{file} is stale: run cargo xtask generate");
}

#[test]
fn the_page_is_fresh() {
    assert_fresh("docs/detections.md", &page::page(&Rules::builtin()));
}

#[test]
fn the_example_of_the_page_is_a_rule_that_holds() {
    let page = page::page(&Rules::none());
    let part = |start: &str| page.split(start).nth(1).unwrap().split("```").next().unwrap().to_owned();
    let mut rules = Rules::none();
    assert_eq!(rules.read("page", &part("```yaml\n")), []);
    let cases = prove(&Arc::new(rules), &part("by `cloister audit rules test FILE…`:\n\n```\n")).unwrap();
    assert!(cases.len() == 2 && cases.iter().all(|case| case.holds()), "{cases:#?}");
}
