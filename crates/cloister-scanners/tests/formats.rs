//! One report of each format, as its scanner writes it in short, and what is read of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use cloister_model::Severity;
use cloister_scanners::{Format, Found, Kind, Limits, NoReport, Part, Report, read};
use serde_json::{Value, json};

fn taken(value: &Value) -> Report {
    read(value.to_string().as_bytes(), Limits::default()).unwrap()
}

#[track_caller]
fn clean(value: &Value) -> Report {
    let report = taken(value);
    assert_eq!(report.faults, [], "nothing of it is malformed");
    report
}

fn objects(part: &Part) -> Vec<String> {
    let name = |found: &Found| {
        let object = part.subject(found)?.object.as_ref()?;
        Some(format!("{} {}/{}", object.kind, object.namespace.as_deref().unwrap_or("-"), object.name))
    };
    part.results.iter().map(|found| name(found).unwrap_or_default()).collect()
}

#[test]
fn an_image_by_trivy() {
    let report = clean(&json!({
        "SchemaVersion": 2, "Trivy": {"Version": "0.74.0"}, "CreatedAt": "2026-11-20T08:00:00.5Z",
        "ArtifactName": "shop/orders:1.4", "ArtifactType": "container_image",
        "Metadata": {"RepoTags": ["shop/orders:1.4", "shop/orders:stable"],
            "RepoDigests": [format!("shop/orders@sha256:{}", "a".repeat(64))]},
        "Results": [
            {"Target": "shop/orders:1.4 (alpine 3.22)", "Class": "os-pkgs", "Type": "alpine", "Vulnerabilities": [{
                "VulnerabilityID": "CVE-2026-0001", "PkgName": "libssl", "InstalledVersion": "3.1", "FixedVersion": "3.1.1, 3.2",
                "Severity": "CRITICAL", "Title": "ssl: keys of others", "CVSS": {"nvd": {"V3Score": 9.8}}}]},
            {"Target": "app/package-lock.json", "Class": "lang-pkgs", "Vulnerabilities": [{
                "VulnerabilityID": "GHSA-aaaa", "PkgName": "left", "InstalledVersion": "1.0", "Severity": "UNKNOWN"}]},
            {"Target": "app/.env", "Class": "secret", "Secrets": [{
                "RuleID": "aws-access-key-id", "Severity": "CRITICAL", "Title": "AWS key", "StartLine": 3,
                "Match": "KEY=planted-secret", "Code": {"Lines": [{"Content": "planted-secret"}]}}]},
            {"Target": "OS Packages", "Class": "license", "Licenses": [
                {"Name": "GPL-3.0", "PkgName": "bash", "Severity": "HIGH", "FilePath": ""}]},
        ],
    }));
    assert_eq!((report.format, report.parts.len()), (Format::Trivy, 1));
    let part = &report.parts[0];
    assert_eq!((&*part.scanner, &*part.version, &*part.scope), ("Trivy", "0.74.0", "image shop/orders:1.4"));
    assert_eq!(part.made.unwrap().to_string(), "2026-11-20T08:00:00.5Z");
    let image = part.subjects[0].image.as_ref().unwrap();
    assert_eq!(image.names, ["shop/orders:1.4", "shop/orders:stable"]);
    assert_eq!((part.subjects.len(), image.digests.len()), (1, 1));
    let [ssl, left, key, licence] = &part.results[..] else { panic!("{part:?}") };
    assert_eq!(
        (&*ssl.id, ssl.kind, &*ssl.said, ssl.severity),
        ("CVE-2026-0001", Kind::Vulnerability, "CRITICAL", Some(Severity::Critical))
    );
    assert_eq!((&*ssl.package, &*ssl.version, &*ssl.file), ("libssl", "3.1", ""));
    assert_eq!(ssl.fixed, ["3.1.1", "3.2"]);
    assert_eq!((left.severity, &*left.title, &*left.file), (None, "GHSA-aaaa in left", "app/package-lock.json"));
    assert_eq!((key.kind, &*key.file, key.line), (Kind::Secret, "app/.env", 3));
    assert!(licence.fixed.is_empty() && licence.kind == Kind::Licence && licence.title == "bash is under GPL-3.0");
    assert!(!format!("{report:?}").contains("planted-secret"), "what was found is not quoted");
}

#[test]
fn a_cluster_by_trivy() {
    let bad = json!({"ID": "KSV-0001", "Severity": "MEDIUM", "Title": "May rise", "Status": "FAIL", "CauseMetadata": {"StartLine": 7}});
    let good = json!({"ID": "KSV-0002", "Severity": "LOW", "Title": "x", "Status": "PASS"});
    let report = clean(&json!({"ClusterName": "clinic", "Resources": [
        {"Namespace": "shop", "Kind": "Deployment", "Name": "orders", "Metadata": [{"RepoTags": ["shop/orders:1.4"]}],
            "Results": [{"Target": "Deployment/orders", "Class": "config", "MisconfSummary": {"Successes": 3, "Failures": 1},
                "Misconfigurations": [bad, good]}]},
        {"Kind": "ClusterRole", "Name": "all:of-it", "Results": [{"Target": "ClusterRole/all", "Misconfigurations": [bad]}]},
        {"Namespace": "shop", "Kind": "Deployment", "Name": "quiet"},
    ]}));
    let part = &report.parts[0];
    assert_eq!((&*part.scope, part.passed), ("cluster clinic", 4));
    assert_eq!(objects(part), ["Deployment shop/orders", "ClusterRole -/all:of-it"]);
    assert_eq!((part.results[0].line, part.results[0].kind), (7, Kind::Misconfiguration));
    assert_eq!(part.subjects[0].image.as_ref().unwrap().names, ["shop/orders:1.4"]);
}

#[test]
fn an_image_and_a_folder_by_grype() {
    let found = json!([{
        "vulnerability": {"id": "CVE-2026-0002", "severity": "Negligible", "fix": {"versions": ["2.1"], "state": "fixed"}},
        "artifact": {"name": "zlib", "version": "2.0", "locations": [{"path": "/lib/apk/db/installed"}]}}]);
    let descriptor = json!({"name": "grype", "version": "0.121.2", "timestamp": "2026-11-20T08:00:00+01:00"});
    let image = clean(
        &json!({"matches": found, "ignoredMatches": [{}], "descriptor": descriptor, "source": {"type": "image",
        "target": {"userInput": "shop/web", "tags": ["shop/web:latest"], "repoDigests": [], "manifestDigest": "sha256:bb"}}}),
    );
    let part = &image.parts[0];
    assert_eq!((&*part.scanner, &*part.version, &*part.scope, part.passed), ("Grype", "0.121.2", "image shop/web", 1));
    let one = &part.results[0];
    assert_eq!(
        (one.severity, &*one.file, &*one.title),
        (Some(Severity::Info), "/lib/apk/db/installed", "CVE-2026-0002 in zlib")
    );
    assert_eq!(part.subjects[0].image.as_ref().unwrap().digests, ["sha256:bb"]);
    let folder = clean(
        &json!({"matches": found, "descriptor": descriptor, "source": {"type": "directory", "target": "/srv/app"}}),
    );
    assert_eq!((&*folder.parts[0].scope, folder.parts[0].subjects[0].image.is_none()), ("directory /srv/app", true));
}

#[test]
fn reports_of_a_cluster_alone_and_in_lists() {
    let result = |result: &str| {
        json!({"policy": "require-limits", "rule": "memory", "result": result, "severity": "high",
        "message": "no limit\nof memory", "resources": [{"apiVersion": "v1", "kind": "Pod", "name": "orders-0"}],
        "timestamp": {"seconds": 1_764_000_000, "nanos": 0}})
    };
    let own = json!({"apiVersion": "openreports.io/v1alpha1", "kind": "Report", "metadata": {"name": "r", "namespace": "shop"},
        "source": "kyverno", "results": [result("fail"), result("pass"), result("skip")]});
    let report = clean(&own);
    let part = &report.parts[0];
    assert_eq!(
        (report.format, &*part.scanner, &*part.scope, part.passed),
        (Format::OpenReports, "kyverno", "Report shop/r", 2)
    );
    assert_eq!(
        (objects(part), &*part.results[0].id, &*part.results[0].title),
        (vec!["Pod shop/orders-0".to_owned()], "require-limits/memory", "no limit")
    );
    assert_eq!((part.results[0].seen.unwrap().as_second(), part.made), (1_764_000_000, None));

    let former = json!({"apiVersion": "wgpolicyk8s.io/v1alpha2", "kind": "PolicyReport", "metadata": {"name": "p", "namespace": "shop",
        "labels": {"app.kubernetes.io/managed-by": "other"}}, "scope": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "results": [{"policy": "a", "result": "fail"}, {"policy": "b", "result": "error", "properties": {"severity": "low"}}]});
    let list = clean(&json!({"apiVersion": "v1", "kind": "List", "items": [former, own]}));
    assert_eq!((list.format, list.parts.len()), (Format::PolicyReport, 2));
    let part = &list.parts[0];
    assert_eq!((&*part.scope, &*list.parts[1].scope), ("reports of namespace shop", "reports of namespace shop"));
    let (own, former) = if part.results.len() == 1 { (part, &list.parts[1]) } else { (&list.parts[1], part) };
    assert_eq!((objects(former), own.results.len()), (vec!["Deployment shop/web".to_owned(); 2], 1));
    let part = former;
    let said: Vec<_> = part.results.iter().map(|one| (&*one.said, one.severity)).collect();
    assert_eq!(said, [("fail", None), ("low", Some(Severity::Low))]);

    let empty =
        clean(&json!({"apiVersion": "openreports.io/v1alpha1", "kind": "ClusterReport", "metadata": {"name": "c"},
        "source": "kyverno", "summary": {"pass": 7}}));
    assert_eq!((empty.parts[0].passed, empty.parts[0].results.len()), (7, 0), "that nothing is wrong is said, too");
}

#[test]
fn runs_of_sarif() {
    let place = json!([{"physicalLocation": {"artifactLocation": {"uri": "k8s/orders.yaml"}, "region": {"startLine": 12}},
        "logicalLocations": [{"name": "shop/Deployment/orders", "fullyQualifiedName": "shop/Deployment/orders/spec", "kind": "resource"}]}]);
    let report = clean(&json!({"version": "2.1.0", "runs": [{
    "tool": {"driver": {"name": "Judge", "semanticVersion": "3.0.0", "rules": [
        {"id": "A", "shortDescription": {"text": "the rule"}, "defaultConfiguration": {"level": "error"}, "properties": {"security-severity": "9.1"}},
        {"id": "B"}]}},
    "automationDetails": {"id": "nightly/shop/2026-11-20"},
    "invocations": [{"executionSuccessful": true, "endTimeUtc": "2026-11-20T08:00:00Z"}],
    "results": [
        {"ruleId": "A/part", "message": {"text": "this one"}, "locations": place},
        {"ruleIndex": 1, "level": "note", "message": {"text": "that one"}},
        {"ruleId": "A", "kind": "pass", "message": {"text": "good"}},
        {"ruleId": "A", "message": {"text": "accepted"}, "suppressions": [{"kind": "external", "status": "accepted"}]},
        {"ruleId": "A", "message": {"text": "not yet"}, "suppressions": [{"kind": "external", "status": "underReview"}]},
        {"ruleId": "CVE-2026-0003", "message": {"text": "Package: a\nFixed: 2"}},
    ]}]}));
    let part = &report.parts[0];
    assert_eq!((&*part.scanner, &*part.version, &*part.scope, part.passed), ("Judge", "3.0.0", "nightly/shop", 2));
    let [first, second, third, fourth] = &part.results[..] else { panic!("{part:?}") };
    assert_eq!((&*first.said, first.severity, &*first.title), ("error (9.1)", Some(Severity::Critical), "this one"));
    assert_eq!((&*first.file, first.line, &*objects(part)[0]), ("k8s/orders.yaml", 12, "Deployment shop/orders"));
    assert_eq!((&*second.id, &*second.said, second.severity), ("B", "note", Some(Severity::Low)));
    assert!(third.title == "not yet" && fourth.kind == Kind::Vulnerability && fourth.said == "warning");
}

#[test]
fn what_is_none_of_these_is_told_with_what_is() {
    let cause = |text: &str| read(text.as_bytes(), Limits::default()).unwrap_err();
    for other in [
        "{}",
        "[]",
        "7",
        "null",
        r#"{"kind":"Pod","apiVersion":"v1"}"#,
        r#"{"matches":[]}"#,
        r#"{"kind":"Report","apiVersion":"v1"}"#,
    ] {
        assert_eq!(cause(other), NoReport::Unknown, "{other}");
    }
    assert!(cause("{}").to_string().contains("SARIF 2.1.0"));
    assert_eq!(cause("{\n  no"), NoReport::NoJson { line: 2, column: 3 });
    assert!(matches!(cause(&"[".repeat(100_000)), NoReport::NoJson { .. }));
    for old in [r#"{"version":"2.0.0","runs":[]}"#, r#"[{"Target":"a"}]"#, r#"{"SchemaVersion":3,"Results":[]}"#] {
        assert!(matches!(cause(old), NoReport::Version(..)), "{old}");
    }
}

#[test]
fn of_a_pod_with_several_images_none_is_named() {
    let image = |name: &str| json!({"RepoTags": [name]});
    let report = clean(&json!({"ClusterName": "c", "Resources": [{"Kind": "Pod", "Name": "a", "Namespace": "shop",
        "Metadata": [image("a:1"), image("b:1")], "Results": [{"Target": "t", "Secrets": [{"RuleID": "x", "Title": "y"}]}]}]}));
    assert_eq!(report.parts[0].subjects[0].image, None);
    let other = clean(
        &json!({"matches": [{"vulnerability": {"id": "A"}, "artifact": {"name": "p"}}], "descriptor": {"name": "grype"},
        "source": {"type": "snap", "target": {"userInput": "core"}}}),
    );
    assert_eq!((&*other.parts[0].scope, &other.parts[0].subjects[0].image), ("snap core", &None));
}

#[test]
fn runs_of_one_tool_about_one_scope_are_one_made_last() {
    let run = |time: &str, text: &str| {
        json!({"tool": {"driver": {"name": "j", "rules": [{"id": "A", "shortDescription": {"text": "what A is"}}]}},
        "invocations": [{"executionSuccessful": true, "endTimeUtc": time}], "results": [{"ruleId": "A", "message": {"text": text}}]})
    };
    let runs =
        [run("2026-11-20T08:00:00Z", "a\nb"), run("2026-11-21T08:00:00Z", ""), run("2026-11-19T08:00:00Z", "alone")];
    let report = clean(&json!({"version": "2.1.0", "runs": runs}));
    assert_eq!((report.parts.len(), report.parts[0].made.unwrap().to_string()), (1, "2026-11-21T08:00:00Z".to_owned()));
    let titles: Vec<&str> = report.parts[0].results.iter().map(|one| &*one.title).collect();
    assert_eq!(titles, ["what A is", "what A is", "alone"]);
}

#[test]
fn another_scope_joins_parts_of_one_scanner_and_loses_nothing() {
    let of = |namespace: &str| {
        json!({"apiVersion": "openreports.io/v1alpha1", "kind": "Report", "metadata": {"name": "r", "namespace": namespace},
        "source": "s", "results": [{"policy": "p", "result": "fail"}, {"policy": "p", "result": "pass"}]})
    };
    let list = clean(&json!({"apiVersion": "v1", "kind": "List", "items": [of("b"), of("a")]}));
    assert_eq!(list.parts.len(), 2);
    let one = list.of_scope("nightly");
    let [part] = &one.parts[..] else { panic!("{one:?}") };
    assert_eq!(
        (&*part.scope, part.passed, objects(part)),
        ("nightly", 2, vec!["Namespace -/a".to_owned(), "Namespace -/b".to_owned()])
    );
    let (mut sorted, mut turned) = (part.clone(), part.clone());
    turned.results.reverse();
    sorted.sort();
    turned.sort();
    assert_eq!(sorted, turned, "the same results are the same part however they came");
}
