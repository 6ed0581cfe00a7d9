//! The JSON report and its published schema.
#![allow(clippy::disallowed_methods, reason = "a test that reads and writes the published schema")]

use std::collections::BTreeMap;
use std::path::Path;

use cloister_assessment::Assessment;
use cloister_report::json::render;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::{fixture, hostile};

fn schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Assessment>();
    schema.insert("title".into(), "Cloister's report".into());
    plain(schema.to_value())
}

/// Keys in order, whatever map the rest of the build chooses, and without
/// formats that only Rust knows.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let rust =
                |key: &str, value: &Value| key == "format" && value.as_str().is_some_and(|one| one.starts_with("uint"));
            let entries: BTreeMap<String, Value> = map
                .into_iter()
                .filter(|(key, value)| !rust(key, value))
                .map(|(key, value)| (key, plain(value)))
                .collect();
            entries.into_iter().collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        other => other,
    }
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/report.json");
    let expected = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("CLOISTER_GENERATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &expected).unwrap();
    } else {
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "docs/schema/report.json is stale: run `cargo xtask generate`");
    }
}

#[test]
fn reports_keep_to_the_schema() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    for assessment in [fixture::clinic(), fixture::nothing(), hostile::assessment()] {
        let report: Value = serde_json::from_str(&render(&assessment)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    assert!(!validator.is_valid(&json!({})), "a schema that takes everything says nothing");
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
