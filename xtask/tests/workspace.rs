//! The house in order: dependencies point one way, crates without I/O stay so, and every licence is one we accept.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that runs cargo and reads the project's files"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The crates in the order of ARCHITECTURE.md: each may use those before it, never those after it.
const ORDER: &[&str] = &[
    "cloister-model",
    "cloister-certificate",
    "cloister-manifest",
    "cloister-node",
    "cloister-inventory",
    "cloister-register",
    "cloister-base64",
    "cloister-detect",
    "cloister-packet",
    "cloister-protocol",
    "cloister-flags",
    "cloister-expression",
    "cloister-authentication",
    "cloister-encryption",
    "cloister-graph",
    "cloister-paper",
    "cloister-rbac",
    "cloister-audit",
    "cloister-privilege",
    "cloister-network",
    "cloister-purpose",
    "cloister-pictures",
    "cloister-questions",
    "cloister-checks",
    "cloister-transit",
    "cloister-dlp",
    "cloister-policy",
    "cloister-frameworks",
    "cloister-assessment",
    "cloister-rules",
    "cloister-breach",
    "cloister-scanners",
    "cloister-harden",
    "cloister-report",
    "cloister-monitoring",
    "cloister-parquet",
    "cloister-source",
    "cloister-probe",
    "cloister-dpi",
    "cloister-store",
    "cloister-evidence",
    "cloister-forward",
    "cloister-alert",
    "cloister-hub",
    "cloister-operator",
    "cloister-confine",
    "cloister-extproc",
    "cloister-capture",
    "cloister-sensor",
    "cloister-cli",
    "conformance",
    "cloister-tools",
    "cloister-dice",
    "cloister-recognition",
    "cloister-streams",
    "cloister-wire",
    "cloister-e2e-alerts",
    "cloister-e2e-envoy",
    "cloister-e2e-evidence",
    "cloister-e2e-hub",
    "cloister-messages",
    "cloister-e2e",
    "xtask",
];
/// The last crate above the line: those up to it know no I/O.
const LAST_PURE: &str = "cloister-monitoring";
/// What does I/O on its own, or brings a runtime for it.
const IMPURE: &[&str] = &[
    "tokio",
    "async-std",
    "smol",
    "mio",
    "hyper",
    "reqwest",
    "ureq",
    "kube",
    "kube-client",
    "sqlx",
    "rusqlite",
    "tokio-postgres",
];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--all-features"])
        .current_dir(project())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

/// The workspace's own packages: those without a source.
fn own(metadata: &Value) -> impl Iterator<Item = &Value> {
    list(metadata, "packages").iter().filter(|package| package["source"].is_null())
}

#[test]
fn dependencies_between_our_crates_point_one_way() {
    let place = |name: &str| ORDER.iter().position(|crate_name| *crate_name == name);
    for package in own(&metadata()) {
        let name = text(package, "name");
        let own_place = place(name).unwrap_or_else(|| panic!("{name} has no place in the order of this test"));
        for dependency in list(package, "dependencies").iter().filter(|one| text(one, "kind") != "dev") {
            let used = text(dependency, "name");
            if let Some(used_place) = place(used) {
                assert!(used_place < own_place, "{name} uses {used}, which comes after it");
            }
        }
    }
}

#[test]
fn crates_above_the_line_bring_no_io() {
    let metadata = metadata();
    let names: BTreeMap<&str, &str> =
        list(&metadata, "packages").iter().map(|package| (text(package, "id"), text(package, "name"))).collect();
    let mut uses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in list(&metadata["resolve"], "nodes") {
        let normal =
            list(node, "deps").iter().filter(|one| list(one, "dep_kinds").iter().any(|kind| kind["kind"].is_null()));
        uses.insert(text(node, "id"), normal.map(|one| text(one, "pkg")).collect());
    }
    let last = ORDER.iter().position(|name| *name == LAST_PURE).unwrap();
    for package in own(&metadata).filter(|package| ORDER[..=last].contains(&text(package, "name"))) {
        let mut reached = BTreeSet::new();
        let mut open = vec![text(package, "id")];
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(&uses[id]);
            }
        }
        for name in reached.iter().map(|id| names[id]) {
            assert!(!IMPURE.contains(&name), "{} reaches {name}", text(package, "name"));
        }
    }
}

#[test]
fn every_licence_is_one_that_we_accept() {
    let (accepted, exceptions) = (accepted_licences(), exceptions());
    let metadata = metadata();
    let refused: Vec<String> = list(&metadata, "packages")
        .iter()
        .filter(|package| !is_accepted(text(package, "license"), &accepted))
        .filter(|package| {
            !exceptions.contains(&(text(package, "name").to_owned(), text(package, "license").to_owned()))
        })
        .map(|package| format!("{} {}: {}", text(package, "name"), text(package, "version"), package["license"]))
        .collect();
    assert!(refused.is_empty(), "not in the list of deny.toml:\n{}", refused.join("\n"));
}

/// The list `allow` in the section `[licenses]` of deny.toml: stated there once, for cargo-deny and for this test.
fn accepted_licences() -> BTreeSet<String> {
    let file = fs::read_to_string(project().join("deny.toml")).unwrap();
    let section = file.split_once("[licenses]").unwrap().1;
    let section = section.split_once("\n[").map_or(section, |(section, _)| section);
    let allowed = section.split_once("allow = [").unwrap().1.split_once(']').unwrap().0;
    allowed.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The crates that may have a licence of their own, with it: a line each.
fn exceptions() -> BTreeSet<(String, String)> {
    let file = fs::read_to_string(project().join("deny.toml")).unwrap();
    let lines = file.split_once("\nexceptions = [\n").unwrap().1.split_once("\n]").unwrap().0;
    let quoted = |line: &str, after: &str| line.split_once(after).unwrap().1.split('"').next().unwrap().to_owned();
    lines.lines().map(|line| (quoted(line, "crate = \""), quoted(line, "allow = [\""))).collect()
}

/// Reads an SPDX expression (and `/`, which old manifests write for `OR`): one way through it must be accepted.
fn is_accepted(expression: &str, accepted: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (mut rest, result) = alternatives(&words, accepted);
    rest = rest.strip_prefix(&[")"][..]).unwrap_or(rest);
    result && rest.is_empty()
}

fn alternatives<'a>(words: &'a [&'a str], accepted: &BTreeSet<String>) -> (&'a [&'a str], bool) {
    let (mut rest, mut result) = parts(words, accepted);
    while let Some(after) = rest.strip_prefix(&["OR"][..]) {
        let (next, also) = parts(after, accepted);
        result |= also;
        rest = next;
    }
    (rest, result)
}

fn parts<'a>(words: &'a [&'a str], accepted: &BTreeSet<String>) -> (&'a [&'a str], bool) {
    let (mut rest, mut result) = licence(words, accepted);
    while let Some(after) = rest.strip_prefix(&["AND"][..]) {
        let (next, also) = licence(after, accepted);
        result &= also;
        rest = next;
    }
    (rest, result)
}

fn licence<'a>(words: &'a [&'a str], accepted: &BTreeSet<String>) -> (&'a [&'a str], bool) {
    match words {
        ["(", inner @ ..] => {
            let (rest, result) = alternatives(inner, accepted);
            (rest.strip_prefix(&[")"][..]).unwrap_or(rest), result)
        }
        [name, "WITH", exception, rest @ ..] => {
            (rest, accepted.contains(*name) || accepted.contains(&format!("{name} WITH {exception}")))
        }
        [name, rest @ ..] => (rest, accepted.contains(*name)),
        [] => (words, false),
    }
}

#[test]
fn licence_expressions_are_read_as_spdx_has_them() {
    let accepted = BTreeSet::from(["MIT".to_owned(), "Unicode-3.0".to_owned(), "Apache-2.0".to_owned()]);
    for good in
        ["MIT", "GPL-3.0 OR MIT", "(MIT OR GPL-3.0) AND Unicode-3.0", "MIT/GPL-2.0", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(is_accepted(good, &accepted), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR MIT) AND OpenSSL"] {
        assert!(!is_accepted(bad, &accepted), "{bad}");
    }
}

#[test]
fn nothing_is_left_to_do_later() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("#[", "ignore"), concat!("unimpl", "emented!")];
    let output = Command::new("git").args(["ls-files", "*.rs"]).current_dir(project()).output().unwrap();
    for name in String::from_utf8(output.stdout).unwrap().lines() {
        let source = fs::read_to_string(project().join(name)).unwrap_or_default();
        for word in words {
            assert!(!source.contains(word), "{name} holds {word}");
        }
    }
}
