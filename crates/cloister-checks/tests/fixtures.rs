//! Every check reports exactly the lines that its failing fixtures mark with
//! `# reported`, and nothing in its passing ones, which it must have examined.
//! A finding without a place is marked by `# reported without a place`, once for each. Where `# examined: 2` stands, so
//! many subjects count, and in `none.yaml` none does: what a check does not speak of must not count as held. In
//! `lacks.yaml` something is missing that would decide, and the check must say so.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "a test that reads fixtures")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cloister_checks::{Context, Entry, Outcome, entries, run};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_register::Register;

fn assess(entry: &'static Entry, path: &Path) -> Outcome {
    assess_text(entry, &std::fs::read_to_string(path).unwrap(), path)
}

fn assess_text(entry: &'static Entry, text: &str, path: &Path) -> Outcome {
    let origin = Origin::File("fixture.yaml".into());
    let parsed = parse(text, &origin, 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{}: {:?}", path.display(), parsed.diagnostics);
    // `# input: cluster` reads the fixture as what a live cluster would list.
    let cluster = text.contains("# input: cluster");
    let inventory = Inventory::new(parsed.resources, Inputs { files: !cluster, cluster, ..Inputs::default() });
    let today = jiff::civil::date(2026, 6, 1);
    let (register, unread) = Register::from_inventory(&inventory);
    assert!(unread.is_empty(), "{}: {unread:?}", path.display());
    let context = Context { inventory: &inventory, register: &register, today, profile: None };
    run(&[entry], &context).remove(0)
}

fn marked(path: &Path) -> BTreeMap<Option<u32>, usize> {
    let mut lines = BTreeMap::new();
    for (index, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
        if line.ends_with("# reported without a place") {
            *lines.entry(None).or_default() += 1;
        } else if line.ends_with("# reported") {
            *lines.entry(Some(u32::try_from(index).unwrap() + 1)).or_default() += 1;
        } else if line.ends_with("# reported twice") {
            *lines.entry(Some(u32::try_from(index).unwrap() + 1)).or_default() += 2;
        }
    }
    lines
}

fn fixtures(entry: &Entry, verdict: &str) -> Vec<PathBuf> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(entry.family.folder()).join(entry.check.name);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    paths.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(verdict));
    paths.sort();
    paths
}

#[test]
fn failing_fixtures_are_reported_where_they_say() {
    for entry in entries() {
        let paths = fixtures(entry, "fail");
        assert!(!paths.is_empty(), "{} has no failing fixture", entry.check.name);
        for path in paths {
            let outcome = assess(entry, &path);
            let mut found: BTreeMap<Option<u32>, usize> = BTreeMap::new();
            for finding in &outcome.findings {
                *found.entry(finding.location.as_ref().and_then(|location| location.line)).or_default() += 1;
            }
            assert!(
                !found.is_empty(),
                "{}: nothing found (not evaluated: {:?})",
                path.display(),
                outcome.not_evaluated
            );
            assert_eq!(found, marked(&path), "{} (line: findings), found left, marked right", path.display());
        }
    }
}

#[test]
fn passing_fixtures_are_examined_and_pass() {
    for entry in entries() {
        let paths = fixtures(entry, "pass");
        assert!(!paths.is_empty(), "{} has no passing fixture", entry.check.name);
        for path in paths {
            let outcome = assess(entry, &path);
            assert!(outcome.findings.is_empty(), "{}: {:#?}", path.display(), outcome.findings);
            assert!(outcome.not_evaluated.is_none(), "{}: {:?}", path.display(), outcome.not_evaluated);
            assert!(outcome.examined > 0, "{}: nothing in it is examined", path.display());
            let text = std::fs::read_to_string(&path).unwrap();
            let count = text.lines().find_map(|line| line.strip_prefix("# examined: ")?.parse().ok());
            assert_eq!(outcome.examined, count.unwrap_or(outcome.examined), "{}: examined", path.display());
        }
    }
}

#[test]
fn what_a_check_does_not_speak_of_counts_neither_way() {
    for entry in entries() {
        for path in fixtures(entry, "none") {
            let outcome = assess(entry, &path);
            assert!(outcome.findings.is_empty(), "{}: {:#?}", path.display(), outcome.findings);
            assert_eq!(outcome.examined, 0, "{}: examined", path.display());
        }
    }
}

#[test]
fn what_is_not_known_is_said_and_counts_neither_way() {
    let mut tried = 0;
    for entry in entries() {
        for path in fixtures(entry, "lacks") {
            let outcome = assess(entry, &path);
            assert!(outcome.findings.is_empty(), "{}: {:#?}", path.display(), outcome.findings);
            assert_eq!(outcome.examined, 0, "{}: examined", path.display());
            let said = outcome.not_evaluated.unwrap_or_else(|| panic!("{}: nothing is said", path.display()));
            assert_ne!(said.lacking.as_str(), "size", "{}: {}", path.display(), said.reason);
            tried += 1;
        }
    }
    assert!(tried > 12, "only {tried} were tried");
}

/// A document to write is one that the cluster takes, and with it the finding is gone.
#[test]
fn a_policy_to_write_closes_its_finding() {
    let (mut written, mut open) = (0, Vec::new());
    for entry in entries() {
        for path in fixtures(entry, "fail") {
            for finding in assess(entry, &path).findings {
                let Some(fix) = finding.fix.filter(|fix| fix.contains("kind: NetworkPolicy")) else { continue };
                let text = format!("{}\n---\n{fix}\n", std::fs::read_to_string(&path).unwrap());
                let left = assess_text(entry, &text, &path).findings;
                let place = (&finding.resource, &finding.pointer);
                written += 1;
                if left.iter().any(|one| (&one.resource, &one.pointer) == place) {
                    open.push(format!("{} is still there with\n{fix}", path.display()));
                }
            }
        }
    }
    assert!(written > 0, "no check writes a policy");
    assert!(open.is_empty(), "{}", open.join("\n\n"));
}
