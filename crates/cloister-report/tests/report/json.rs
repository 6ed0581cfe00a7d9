//! The JSON report and its published schema.
#![allow(clippy::disallowed_methods, reason = "a test that reads and writes the published schema")]

use cloister_assessment::Assessment;
use cloister_report::json::render;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::schema::{keeps_to, plain, published};
use crate::{fixture, hostile};

fn schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Assessment>();
    schema.insert("title".into(), "Cloister's report".into());
    plain(schema.to_value())
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    published("report.json", &schema(), std::env::var_os("CLOISTER_GENERATE").is_some());
}

#[test]
fn reports_keep_to_the_schema() {
    for assessment in [fixture::clinic(), fixture::nothing(), hostile::assessment()] {
        let report: Value = serde_json::from_str(&render(&assessment)).unwrap();
        keeps_to(&report, &schema());
    }
}

#[test]
fn a_finding_names_its_place_and_its_requirements() {
    let report: Value = serde_json::from_str(&render(&fixture::clinic())).unwrap();
    let finding = &report["findings"][1];
    assert_eq!(finding["check"], "credential-in-config-map");
    assert_eq!(finding["severity"], "high");
    assert_eq!(
        finding["resource"],
        json!({"apiVersion": "v1", "kind": "ConfigMap", "namespace": "clinic", "name": "api-config"})
    );
    assert_eq!(finding["location"], json!({"file": "k8s/config.yaml", "line": 9, "column": 17}));
    assert_eq!(finding["pointer"], "/data/DATABASE_URL");
    assert_eq!(finding["requirements"][0], json!({"framework": "gdpr", "id": "32(1)(a)"}));
    assert_eq!(finding["accepted"], Value::Null);
    let absent = &report["findings"][5];
    assert_eq!(absent["location"], Value::Null);
    assert_eq!(absent["resource"], Value::Null);
    assert_eq!(report["findings"][8]["accepted"]["owner"], "platform@clinic.example");
    assert_eq!(report["requirements"][1]["status"], "not-satisfied");
    assert_eq!(report["diagnostics"][0]["line"], 14);
    assert_eq!(report["summary"]["openTotal"], 8);
}

#[test]
fn clinic() {
    insta::assert_snapshot!(render(&fixture::clinic()));
}
