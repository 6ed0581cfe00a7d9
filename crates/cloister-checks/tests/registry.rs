//! The registry is complete: `mod.rs` of each family is what its files say.
//! With `CLOISTER_GENERATE=1` (as `cargo xtask generate` sets it) it is written.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "a test that reads the source tree")]

use std::fmt::Write as _;
use std::path::Path;

use cloister_checks::{Family, entries};

const TITLE: &str = "// Generated from the files of this folder by `cargo xtask generate`; do not edit.\n";

fn expected(family: Family) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(family.folder());
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name != "mod")
        .collect();
    names.sort();
    // A file without a CHECK is a helper that several checks of the family share.
    let (checks, helpers): (Vec<String>, Vec<String>) = names.into_iter().partition(|name| {
        std::fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap().contains("const CHECK: Check")
    });
    let variant = format!("{family:?}");
    let mut text = format!("//! {}.\n{TITLE}\nuse crate::check::{{Entry, entry}};\n\n", family.title());
    let mut modules: Vec<&String> = checks.iter().chain(&helpers).collect();
    modules.sort();
    for name in modules {
        // What several checks share, other families may share too.
        let shared = if helpers.contains(name) { "pub(crate) " } else { "" };
        writeln!(text, "{shared}mod {name};").unwrap();
    }
    if !(checks.is_empty() && helpers.is_empty()) {
        text.push('\n');
    }
    text.push_str("/// The checks of this family.\n#[rustfmt::skip]\npub static CHECKS: &[Entry] = &[\n");
    for name in &checks {
        writeln!(text, "    entry!({variant}, {name}),").unwrap();
    }
    text.push_str("];\n");
    text
}

#[test]
fn each_family_lists_its_files() {
    for family in Family::ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(family.folder()).join("mod.rs");
        let expected = expected(family);
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        if std::env::var_os("CLOISTER_GENERATE").is_some() {
            if found != expected {
                std::fs::write(&path, &expected).unwrap();
            }
        } else {
            assert!(found == expected, "{} is stale: run `cargo xtask generate`", path.display());
        }
    }
}

#[test]
fn names_are_unique_and_match_their_files() {
    let mut seen = std::collections::BTreeSet::new();
    for entry in entries() {
        let name = entry.check.name;
        assert!(seen.insert(name), "two checks are called {name}");
        let file = format!("src/{}/{}.rs", entry.family.folder(), name.replace('-', "_"));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
        assert!(path.exists(), "check {name} is expected in {file}");
    }
}

#[test]
fn every_check_is_documented() {
    for entry in entries() {
        let (name, docs) = (entry.check.name, entry.docs());
        for (section, text) in [
            ("What it does", docs.what),
            ("Why it matters", docs.why),
            ("What to do", docs.remedy),
            ("References", docs.references),
        ] {
            assert!(!text.is_empty(), "{name} lacks \"# {section}\"");
        }
        assert!(!entry.check.title.ends_with('.'), "{name}: a title has no full stop");
    }
}
