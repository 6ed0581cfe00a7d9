//! What Trivy, Grype, OpenReports' samples and our own scan write, read by `cloister-scanners` and counted here by themselves:
//! nothing of it is lost, and nothing is malformed. The reports are those that the scanners' own tests expect of them, from their
//! modules.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that reads what others wrote"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloister_e2e::clinic::examples;
use cloister_scanners::{Format, Found, Kind, Limits, Report, read};
use serde_json::Value;
use support::program;

fn files(module: &str, folder: &str, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![cloister_tools::definitions(module).unwrap().join(folder)]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.to_str().unwrap().ends_with(ending) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

#[track_caller]
fn whole(path: &Path, bytes: &[u8], format: Format) -> Report {
    let report = read(bytes, Limits::default()).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    assert_eq!(report.format, format, "{}", path.display());
    assert_eq!(report.faults, [], "{}", path.display());
    report
}

fn results(report: &Report) -> Vec<&Found> {
    report.parts.iter().flat_map(|part| &part.results).collect()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// What a vulnerability says, in one line.
fn line(id: &str, package: &str, version: &str, severity: &str, fixed: &[String]) -> String {
    format!("{id} {package} {version} {severity} {}", fixed.join(","))
}

fn lines(found: &[&Found]) -> Vec<String> {
    let all = found.iter().filter(|one| one.kind == Kind::Vulnerability);
    let mut all: Vec<String> =
        all.map(|one| line(&one.id, &one.package, &one.version, &one.said, &one.fixed)).collect();
    all.sort();
    all
}

#[test]
fn what_trivy_writes() {
    let (mut read_whole, mut refused, mut kinds) = (0, 0, [0; 6]);
    for path in files("github.com/aquasecurity/trivy", "integration/testdata", ".json.golden") {
        let bytes = fs::read(&path).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        if value["SchemaVersion"] != 2 {
            // Bills of materials, and what other services take.
            assert!(read(&bytes, Limits::default()).is_err(), "{}", path.display());
            refused += 1;
            continue;
        }
        let report = whole(&path, &bytes, Format::Trivy);
        let found = results(&report);
        let mut expected = Vec::new();
        let mut count = 0;
        for result in list(&value, "Results") {
            for one in list(result, "Vulnerabilities") {
                let fixed: Vec<String> =
                    text(one, "FixedVersion").split(", ").filter(|one| !one.is_empty()).map(str::to_owned).collect();
                expected.push(line(
                    text(one, "VulnerabilityID"),
                    text(one, "PkgName"),
                    text(one, "InstalledVersion"),
                    text(one, "Severity"),
                    &fixed,
                ));
            }
            let failed = list(result, "Misconfigurations").iter().filter(|one| one["Status"] == "FAIL").count();
            count += list(result, "Vulnerabilities").len()
                + failed
                + list(result, "Secrets").len()
                + list(result, "Licenses").len();
        }
        expected.sort();
        assert_eq!(lines(&found), expected, "{}", path.display());
        assert_eq!(found.len(), count, "{}", path.display());
        found.iter().for_each(|one| kinds[Kind::ALL.iter().position(|kind| *kind == one.kind).unwrap()] += 1);
        read_whole += 1;
    }
    assert!(read_whole > 80 && refused > 3, "{read_whole} {refused}");
    assert!(kinds[..4].iter().all(|count| *count > 0), "vulnerabilities, settings, secrets, licences: {kinds:?}");
}

#[test]
fn what_grype_writes() {
    for path in files("github.com/anchore/grype", "grype/presenter/json", "Presenter.golden") {
        let bytes = fs::read(&path).unwrap();
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        let mut expected: Vec<String> = Vec::new();
        for one in list(&value, "matches") {
            let (weak, artifact) = (&one["vulnerability"], &one["artifact"]);
            let fixed: Vec<String> =
                list(&weak["fix"], "versions").iter().map(|one| one.as_str().unwrap().to_owned()).collect();
            expected.push(line(
                text(weak, "id"),
                text(artifact, "name"),
                text(artifact, "version"),
                text(weak, "severity"),
                &fixed,
            ));
        }
        expected.sort();
        let report = whole(&path, &bytes, Format::Grype);
        assert_eq!(lines(&results(&report)), expected, "{}", path.display());
    }
}

#[test]
fn sarif_of_both_and_of_ourselves() {
    let mut all: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for (module, folder, ending) in [
        ("github.com/aquasecurity/trivy", "integration/testdata", ".sarif.golden"),
        ("github.com/anchore/grype", "grype/presenter/sarif", ".golden"),
    ] {
        all.extend(files(module, folder, ending).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())));
    }
    let own = Command::new(program("cloister"))
        .args(["scan", "--output=sarif", "--fail-on=never", "--today=2026-11-26"])
        .arg(examples().join("clinic"))
        .output()
        .unwrap();
    all.push(("our own".into(), own.stdout));
    assert!(all.len() >= 4, "{}", all.len());
    for (path, bytes) in &all {
        let value: Value = serde_json::from_slice(bytes).unwrap();
        let report = whole(path, bytes, Format::Sarif);
        let told: usize = list(&value, "runs").iter().map(|run| list(run, "results").len()).sum();
        let accepted = u64::try_from(told - results(&report).len()).unwrap();
        assert_eq!(report.parts.iter().map(|part| part.passed).sum::<u64>(), accepted, "{}", path.display());
        assert!(
            results(&report).iter().all(|one| one.severity.is_some() && !one.title.is_empty()),
            "{}",
            path.display()
        );
    }
    let ours = whole(Path::new("our own"), &all.last().unwrap().1, Format::Sarif);
    let part = &ours.parts[0];
    assert!(part.passed > 0, "an accepted finding is none");
    let objects = part.results.iter().filter(|one| part.subject(one).is_some_and(|subject| subject.object.is_some()));
    assert!(objects.count() > 100, "resources are found in logical places");
}

#[test]
fn samples_of_openreports() {
    let all = files("github.com/openreports/reports-api", "samples", ".yaml");
    assert!(all.len() >= 6, "{all:?}");
    let mut count = 0;
    for path in all {
        for document in fs::read_to_string(&path).unwrap().split("\n---\n") {
            let value: Value = serde_saphyr::from_str(document).unwrap();
            let report = whole(&path, value.to_string().as_bytes(), Format::OpenReports);
            let against = list(&value, "results").iter().filter(|one| !["pass", "skip"].contains(&text(one, "result")));
            let expected: usize = against.map(|one| list(one, "resources").len().max(1)).sum();
            assert_eq!(results(&report).len(), expected, "{}", path.display());
            count += expected;
        }
    }
    assert!(count > 5, "{count}");
}
