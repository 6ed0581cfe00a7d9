//! What is published is what the code gives (`cargo xtask generate` writes it), and speaks of metrics that there are.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the tests read, and on request write, files"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cloister_monitoring::{
    HUB, Kind, SENSOR, alerting, dashboard, dashboard_json, find, recording, rules_yaml, series, tests_yaml,
};

fn fresh(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/monitoring").join(file);
    if std::env::var_os("CLOISTER_GENERATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "deploy/monitoring/{file} is stale: run `cargo xtask generate`");
}

#[test]
fn rules_tests_and_dashboard_are_fresh() {
    fresh("rules.yaml", &rules_yaml());
    fresh("rules.test.yaml", &tests_yaml());
    fresh("grafana.json", &dashboard_json(&dashboard()));
}

/// The names in an expression that are ours.
fn names(expr: &str) -> BTreeSet<&str> {
    let letter = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == ':';
    expr.split(|it| !letter(it)).filter(|word| word.starts_with("cloister")).collect()
}

#[test]
fn what_is_asked_for_is_there() {
    let recorded: BTreeSet<&str> = recording().iter().map(|rule| rule.name).collect();
    let panels = dashboard().rows.iter().flat_map(|row| row.iter()).map(|panel| panel.expr);
    let rules = alerting().iter().map(|rule| rule.expr).chain(recording().iter().map(|rule| rule.expr));
    for expr in panels.chain(rules) {
        assert!(!names(expr).is_empty(), "{expr}");
        for name in names(expr) {
            assert!(recorded.contains(name) || find(name).is_some(), "{expr} asks for {name}");
        }
    }
    let used = |name: &str| {
        let all = dashboard_json(&dashboard()) + &rules_yaml();
        all.contains(name)
    };
    assert!(recording().iter().all(|rule| used(rule.name)));
}

#[test]
fn series_are_few_and_named_by_the_conventions() {
    let mut all = BTreeSet::new();
    for metric in HUB.iter().chain(SENSOR) {
        assert!(all.insert(metric.name), "{} is there twice", metric.name);
        assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{}", metric.name);
        assert!(!metric.help.ends_with('.') && !metric.help.is_empty());
        let count = series(metric);
        assert!(count <= 5_000, "{} can have {count} series", metric.name);
    }
    assert!(HUB.iter().map(series).sum::<usize>() < 1_000);
}

#[test]
fn every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() {
    let gdpr = include_str!("../../cloister-frameworks/data/gdpr.yaml");
    for rule in alerting() {
        assert!(rule.cases.iter().any(|case| !case.fires.is_empty()), "{}", rule.name);
        assert!(rule.cases.iter().any(|case| case.fires.is_empty()), "{}", rule.name);
        assert!(["critical", "warning"].contains(&rule.severity));
        for article in rule.articles.split(", ") {
            assert!(gdpr.contains(&format!("  - id: \"{article}")), "{article}");
        }
    }
}
