//! SARIF held against the JSON schema that OASIS publishes with the standard (2.1.0, errata 01): what real scans write of
//! files, charts, clusters, and of input that cannot be read.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs programs"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use cloister_e2e::ControlPlane;
use cloister_e2e::clinic::examples;
use jsonschema::Validator;
use serde_json::{Value, json};
use support::{program, root};

/// The module that carries the schema as a text of Go, and where in it.
const MODULE: (&str, &str) = ("github.com/owenrumney/go-sarif/v3", "pkg/report/v210/sarif/schema.go");
const ID: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn schema() -> Validator {
    let text = fs::read_to_string(cloister_tools::definitions(MODULE.0).unwrap().join(MODULE.1)).unwrap();
    let schema: Value = serde_json::from_str(text.split('`').nth(1).unwrap()).unwrap();
    assert_eq!(schema["id"], ID, "another schema than the standard's");
    jsonschema::draft4::options().should_validate_formats(true).build(&schema).unwrap()
}

/// A scan's SARIF, which must keep to the schema.
#[track_caller]
fn scanned(schema: &Validator, arguments: &[&str]) -> Value {
    let helm = cloister_tools::path("helm").unwrap();
    let output = Command::new(program("cloister"))
        .args(["scan", "--output=sarif", "--fail-on=never", "--today=2026-11-26", "--helm"])
        .arg(helm)
        .args(arguments)
        .output()
        .unwrap();
    let log: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)));
    let faults: Vec<String> =
        schema.iter_errors(&log).take(5).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{arguments:?}: {faults:#?}");
    log["runs"][0].clone()
}

fn results(run: &Value) -> &[Value] {
    run["results"].as_array().unwrap()
}

fn notifications(run: &Value) -> &[Value] {
    run["invocations"][0]["toolExecutionNotifications"].as_array().map_or(&[], Vec::as_slice)
}

fn has_file(place: &Value) -> bool {
    place["physicalLocation"]["artifactLocation"]["uri"].is_string()
}

#[test]
fn the_schema_refuses_what_is_no_sarif() {
    let schema = schema();
    let good = json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a"}}, "results": [
        {"ruleId": "x", "message": {"text": "y"}, "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": "a.yaml"}, "region": {"startLine": 1}}}]}]}]});
    assert!(schema.is_valid(&good));
    let bad: [(&str, Value); 6] = [
        ("/version", json!("2.0.0")),
        ("/runs/0/tool/driver", json!({})),
        ("/runs/0/results/0/message", json!({})),
        ("/runs/0/results/0/ruleId", json!(7)),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("/runs/0/results/0/locations", json!({})),
    ];
    for (pointer, value) in bad {
        let mut log = good.clone();
        *log.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&log), "{pointer}");
    }
}

#[test]
fn the_clinic_with_what_is_accepted_and_absent() {
    let run = scanned(&schema(), &[examples().join("clinic").to_str().unwrap()]);
    assert!(results(&run).len() > 100);
    assert!(results(&run).iter().any(|result| result["suppressions"][0]["status"] == "accepted"));
    assert!(results(&run).iter().any(|result| result["locations"].is_null()), "something is absent altogether");
}

#[test]
fn a_chart_whose_lines_are_rendered() {
    let run = scanned(&schema(), &[examples().join("clinic-chart").to_str().unwrap()]);
    let place = |result: &Value| result["locations"][0].clone();
    let rendered =
        results(&run).iter().filter(|it| has_file(&place(it)) && place(it)["physicalLocation"]["region"].is_null());
    assert!(rendered.count() > 10, "places of which the file alone is certain");
}

#[test]
fn the_charts_of_others() {
    let folder = root().join("../shared/corpora/charts");
    if !folder.is_dir() {
        println!("outside cases: NOT RUN, {} does not exist", folder.display());
        return;
    }
    let run = scanned(&schema(), &[folder.to_str().unwrap()]);
    assert!(results(&run).len() > 1_000, "{}", results(&run).len());
}

#[test]
fn a_cluster_has_objects_and_no_files() {
    let plane = ControlPlane::start().unwrap();
    plane.kubectl().unwrap().apply(&examples().join("clinic/k8s")).unwrap();
    let kubeconfig = plane.kubeconfig();
    let schema = schema();
    let run = scanned(&schema, &["--kubeconfig", kubeconfig.to_str().unwrap()]);
    let places = || results(&run).iter().filter_map(|result| result["locations"].get(0));
    assert!(places().count() > 100);
    assert!(!places().any(has_file), "a cluster's object is in no file");
    assert!(places().all(|place| place["logicalLocations"][0]["fullyQualifiedName"].is_string()));

    // Somebody who may list nothing, and a server that is not there: told without a place, since neither is a file.
    let nobody = plane.kubeconfig_as("nobody", &["nobodies"]).unwrap();
    scanned(&schema, &["--kubeconfig", nobody.to_str().unwrap()]);
    let gone = plane.folder().join("gone");
    fs::write(&gone, fs::read_to_string(plane.kubeconfig()).unwrap().replace(plane.url(), "https://127.0.0.1:9"))
        .unwrap();
    let run = scanned(&schema, &["--kubeconfig", gone.to_str().unwrap()]);
    let told = notifications(&run);
    assert!(told.iter().any(|it| it["message"]["text"].as_str().unwrap().contains("cannot be reached")), "{told:?}");
    assert!(told.iter().all(|it| it["locations"].is_null()), "{told:?}");
}

#[test]
fn what_cannot_be_read_and_names_that_are_no_uris() {
    let folder = tempfile::tempdir().unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'a:1'}]}\n";
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    for name in ["a b#1?.yaml", "für 100%.yaml", "[x]{y}|^`\"<>\\.yaml", "javascript:alert(1).yaml", "%SRCROOT%.yaml"]
    {
        write(name, pod);
    }
    write("control\u{1b}[31m\u{202e}.yaml", pod);
    write("broken.yaml", &format!("a: b: c\n---\n{pod}"));
    write("binary.yaml", "\0\u{1}\u{2}");
    let run = scanned(&schema(), &[folder.path().to_str().unwrap()]);
    let files: std::collections::BTreeSet<&str> = results(&run)
        .iter()
        .filter_map(|it| it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str())
        .collect();
    assert_eq!(files.len(), 7, "{files:?}");
    let told = notifications(&run);
    assert_eq!(told.iter().filter(|it| it["level"] == "error" && has_file(&it["locations"][0])).count(), 2, "{told:?}");

    let nothing = Path::new("/nonexistent/manifests");
    let run = scanned(&schema(), &[nothing.to_str().unwrap()]);
    assert_eq!((results(&run).len(), &run["invocations"][0]["executionSuccessful"]), (0, &json!(false)));
}
