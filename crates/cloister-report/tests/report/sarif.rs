//! The SARIF report, as a code host reads it.

use cloister_model::Diagnostic;
use cloister_report::sarif::render;
use serde_json::{Value, json};

use crate::fixture;

fn run() -> Value {
    let log: Value = serde_json::from_str(&render(&fixture::clinic())).unwrap();
    assert_eq!(log["version"], "2.1.0");
    log["runs"][0].clone()
}

#[test]
fn clinic() {
    // The rules before it are the registry's words, which change without this crate.
    let log = render(&fixture::clinic());
    insta::assert_snapshot!(log.split_once("\"automationDetails\"").unwrap().1);
}

#[test]
fn every_result_points_at_its_rule_and_every_relationship_at_its_taxon() {
    let run = run();
    let rules = &run["tool"]["driver"]["rules"];
    assert_eq!(run["results"].as_array().unwrap().len(), fixture::clinic().findings.len());
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["partialFingerprints"]["cloister/v1"].is_string());
    }
    let mut related = 0;
    for relationship in rules.as_array().unwrap().iter().filter_map(|rule| rule["relationships"].as_array()).flatten() {
        let target = &relationship["target"];
        let at = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let taxonomy = &run["taxonomies"][at(&target["toolComponent"]["index"])];
        assert_eq!(taxonomy["name"], target["toolComponent"]["name"]);
        assert_eq!(taxonomy["taxa"][at(&target["index"])]["id"], target["id"]);
        related += 1;
    }
    assert!(related > 0);
}

#[test]
fn places_are_those_of_the_files_and_never_invented() {
    let run = run();
    let place = |index: usize| run["results"][index]["locations"][0].clone();
    assert_eq!(
        place(1)["physicalLocation"],
        json!({
            "artifactLocation": {"uri": "k8s/config.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 9, "startColumn": 17}
        })
    );
    assert_eq!(place(1)["logicalLocations"][0]["fullyQualifiedName"], "clinic/ConfigMap/api-config/data/DATABASE_URL");
    assert_eq!(place(3)["physicalLocation"]["region"], Value::Null, "a rendered line is no line of the template");
    assert_eq!(run["results"][5]["locations"], Value::Null, "what is absent has no place");
}

#[test]
fn accepted_findings_are_suppressed_with_their_reason() {
    let run = run();
    let suppression = &run["results"][8]["suppressions"][0];
    assert_eq!(suppression["status"], "accepted");
    assert!(suppression["justification"].as_str().unwrap().contains("platform@clinic.example, until 2026-12-31"));
    assert_eq!(run["results"][0]["suppressions"], Value::Null);
}

#[test]
fn what_could_not_be_read_is_a_notification() {
    let run = run();
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["exitCode"], 2);
    let first = &invocation["toolExecutionNotifications"][0];
    assert_eq!(first["level"], "error");
    assert_eq!(first["locations"][0]["physicalLocation"]["region"]["startLine"], 14);
}

#[test]
fn a_cluster_is_named_in_words_since_it_is_no_file() {
    let mut assessment = fixture::clinic();
    assessment.diagnostics = vec![Diagnostic::of_cluster("kind-dev", "the API server cannot be reached")];
    let log: Value = serde_json::from_str(&render(&assessment)).unwrap();
    let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(told["message"]["text"], "kind-dev: the API server cannot be reached");
    assert_eq!(told["locations"], Value::Null);
}
