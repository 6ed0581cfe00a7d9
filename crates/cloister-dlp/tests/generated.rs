//! What is published is what the code gives; `cargo xtask generate` writes it.
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "the tests read, and on request write, files")]

mod support;

use cloister_register::documents::Leak;

fn assert_fresh(file: &str, text: &str) {
    let path = support::root().join(file);
    if std::env::var_os("CLOISTER_GENERATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, text).expect("the file");
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == text, "{file} is stale: run cargo xtask generate");
}

#[test]
fn the_custom_resource_definitions_are_fresh() {
    // JSON is YAML: kubectl applies it as it is.
    for (file, definition) in [("dlppolicies", cloister_dlp::crd()), ("detectionprofiles", cloister_dlp::profile_crd())]
    {
        let text = serde_json::to_string_pretty(&definition).expect("a definition is JSON") + "\n";
        assert_fresh(&format!("deploy/sensor/{file}.json"), &text);
    }
}

#[test]
#[cfg(feature = "schema")]
fn the_published_schema_of_findings_is_fresh() {
    use cloister_dlp::document::Finding;
    use schemars::generate::SchemaSettings;
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Finding>();
    let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    assert_fresh("docs/schema/dlp-finding.json", &text);
}

#[test]
fn every_article_is_one_of_the_framework() {
    let gdpr = include_str!("../../cloister-frameworks/data/gdpr.yaml");
    for leak in Leak::ALL {
        for id in cloister_dlp::articles(*leak) {
            assert!(gdpr.contains(&format!("  - id: \"{id}\"\n")), "{id}");
        }
    }
}

/// What the definition does not have, the API server drops without a word.
#[test]
fn the_definition_of_profiles_has_the_fields_that_are_read() {
    let definition = cloister_dlp::profile_crd();
    let spec =
        definition.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties").expect("a spec");
    let keys = |path: &str| -> Vec<String> {
        let object = if path.is_empty() { Some(spec) } else { spec.pointer(path) };
        object.and_then(serde_json::Value::as_object).expect("an object").keys().cloned().collect()
    };
    // As `cloister_detect::profile::Spec` has them; serde refuses every other.
    assert_eq!(keys(""), ["allow", "detectors", "rules", "thresholds"]);
    let allowed = ["domains", "files", "hashes", "of", "paths", "patterns", "reason"];
    assert_eq!(keys("/allow/items/properties"), allowed);
    let rule = ["atLeast", "category", "from", "name", "of", "title", "within"];
    assert_eq!(keys("/rules/items/properties"), rule);
    let detector = [
        "category",
        "checksum",
        "confidence",
        "context",
        "contextRequired",
        "examples",
        "name",
        "neighbours",
        "pattern",
        "title",
    ];
    assert_eq!(keys("/detectors/items/properties"), detector);
}
