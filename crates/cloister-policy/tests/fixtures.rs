//! Every check over decisions reports the documents that its failing fixtures mark with `# reported`, and nothing in its
//! passing ones, which it must have examined. Today is 1 June 2026.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that reads fixtures")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cloister_checks::{Context, Entry, Outcome, entries};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_policy::{Accepted, Exceptions, checks};
use cloister_register::Register;
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 6, 1);

fn read(text: &str) -> Inventory {
    let parsed = parse(text, &Origin::File("fixture.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

/// Runs the checks that exceptions speak of, accepts what they find, and judges the decisions.
fn decided<T>(text: &str, then: impl FnOnce(Vec<Option<Accepted<'_>>>, Vec<Outcome>) -> T) -> T {
    let inventory = read(text);
    let (register, unread) = Register::from_inventory(&inventory);
    assert!(unread.is_empty(), "{unread:?}");
    let mut exceptions = Exceptions::read(&register, &inventory, TODAY);
    let judged: Vec<&'static Entry> = entries().filter(|entry| entry.check.name == "privileged-container").collect();
    let context = Context { inventory: &inventory, register: &register, today: TODAY, profile: None };
    let found = cloister_checks::run(&judged, &context);
    let accepted = found.iter().flat_map(|outcome| &outcome.findings).map(|finding| exceptions.accept(finding));
    let accepted: Vec<_> = accepted.collect();
    let over: Vec<&'static Entry> = checks::CHECKS.iter().collect();
    let known = |name: &str| entries().any(|entry| entry.check.name == name);
    then(accepted, checks::run(&over, &exceptions, &register, &known))
}

fn outcome(check: &str, path: &Path) -> (usize, BTreeSet<u32>) {
    decided(&std::fs::read_to_string(path).unwrap(), |_, outcomes| {
        let outcome = outcomes.into_iter().find(|outcome| outcome.entry.check.name == check).unwrap();
        let line = |finding: &cloister_model::Finding| finding.location.as_ref().unwrap().line.unwrap();
        (outcome.examined, outcome.findings.iter().map(line).collect())
    })
}

fn fixture(check: &str, verdict: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(check).join(verdict)
}

#[test]
fn failing_fixtures_are_reported_where_they_say() {
    for entry in checks::CHECKS {
        let path = fixture(entry.check.name, "fail.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let marked = (1..).zip(text.lines()).filter(|(_, line)| line.ends_with("# reported")).map(|(number, _)| number);
        let marked: BTreeSet<u32> = marked.collect();
        assert!(!marked.is_empty(), "{}", path.display());
        assert_eq!(outcome(entry.check.name, &path).1, marked, "{}: found left, marked right", path.display());
    }
}

#[test]
fn passing_fixtures_are_examined_and_pass() {
    for entry in checks::CHECKS {
        let path = fixture(entry.check.name, "pass.yaml");
        let (examined, found) = outcome(entry.check.name, &path);
        assert!(found.is_empty() && examined > 0, "{}: {found:?}", path.display());
    }
}

/// A workload with two privileged containers, and one exception with these lines.
fn accepted(exception: &str) -> usize {
    let text = "apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: clinic}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api, tier: front}}
    spec:
      containers:
        - {name: api, image: 'api:1', securityContext: {privileged: true}}
        - {name: sidecar, image: 'sidecar:1', securityContext: {privileged: true}}
---
apiVersion: cloister.dev/v1alpha1
kind: Exception
metadata: {name: disks}
spec: {check: privileged-container, reason: measures the disks, owner: platform team, EXCEPTION}
";
    decided(&text.replace("EXCEPTION", exception), |accepted, _| accepted.into_iter().flatten().count())
}

#[test]
fn an_exception_accepts_what_it_names_and_no_more() {
    let until = "expires: 2026-06-01";
    let named = "resource: {kind: Deployment, namespace: clinic, name: api}";
    assert_eq!(accepted(&format!("{until}, {named}")), 2);
    assert_eq!(accepted(&format!("{until}, {named}, container: sidecar")), 1);
    assert_eq!(accepted(&format!("{until}, {named}, container: other")), 0);
    assert_eq!(accepted(&format!("{until}, selector: {{namespaces: [clinic], matchLabels: {{tier: front}}}}")), 2);
    assert_eq!(accepted(&format!("{until}, selector: {{namespaces: [other]}}")), 0);
    assert_eq!(accepted(&format!("{until}, resource: {{kind: StatefulSet, namespace: clinic, name: api}}")), 0);
    assert_eq!(accepted(&format!("expires: 2026-05-31, {named}")), 0, "it expired yesterday");
    assert_eq!(accepted(named), 0, "for ever is no exception");
}
