//! Ids against lists that other projects published. They lie beside the project
//! and are not part of it: without them this says so and proves nothing.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that reads lists beside the project")]

use std::collections::BTreeSet;
use std::path::Path;

use cloister_frameworks::{Framework, by_name};

/// Id and title of each row, or `None` when the lists are not there.
fn rows(file: &str) -> Option<Vec<(String, String, String)>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/facts").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("NOT COMPARED: ../shared/facts/{file} is absent");
        return None;
    };
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        Some((cells.next()?, cells.next()?, cells.next()?))
    };
    Some(text.lines().skip(1).filter_map(row).collect())
}

fn framework(name: &str) -> &'static Framework {
    by_name(name).unwrap()
}

#[test]
fn every_published_id_is_there() {
    for (name, file) in [
        ("cis-1.12", "cis-1.12.tsv"),
        ("iso-27001", "iso-27001-2022-prowler.tsv"),
        ("nsa", "kubescape-nsa.tsv"),
        ("mitre", "kubescape-mitre.tsv"),
        ("soc2", "kubescape-soc2.tsv"),
    ] {
        let framework = framework(name);
        for (id, title, _) in rows(file).unwrap_or_default() {
            assert!(framework.requirement(&id).is_some(), "{name} lacks {id} ({title})");
        }
    }
}

/// That list numbers its rows beneath the standard's requirements, which its third column names.
#[test]
fn every_requirement_of_the_card_standard_is_there() {
    let framework = framework("pci-dss-4.0");
    let named: BTreeSet<String> = rows("pci-dss-4.0-prowler.tsv")
        .unwrap_or_default()
        .iter()
        .filter_map(|(_, _, section)| section.split_once(':').map(|(id, _)| id.to_owned()))
        .collect();
    for id in named {
        assert!(framework.requirement(&id).is_some(), "pci-dss-4.0 lacks {id}");
    }
}

#[test]
fn titles_are_our_own() {
    for (name, file) in [
        ("cis-1.12", "cis-1.12.tsv"),
        ("iso-27001", "iso-27001-2022-prowler.tsv"),
        ("nsa", "kubescape-nsa.tsv"),
        ("mitre", "kubescape-mitre.tsv"),
        ("soc2", "kubescape-soc2.tsv"),
        ("pci-dss-4.0", "pci-dss-4.0-prowler.tsv"),
    ] {
        for (id, title, section) in rows(file).unwrap_or_default() {
            let theirs = [title, section.split_once(": ").map(|(_, text)| text.to_owned()).unwrap_or(section)];
            for requirement in &framework(name).requirements {
                let copied = theirs.iter().any(|text| text.eq_ignore_ascii_case(&requirement.title));
                assert!(!copied, "{name} {} repeats the title of {id}", requirement.id);
            }
        }
    }
}
