//! Schemas as they are published. The tests of reports use this file too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// A published schema: keys in order, whatever map the rest of the build chooses, and without formats that only Rust
/// knows.
pub fn plain(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let rust =
                |key: &str, value: &Value| key == "format" && value.as_str().is_some_and(|one| one.starts_with("uint"));
            let kept = map.into_iter().filter(|(key, value)| !rust(key, value));
            let entries: BTreeMap<String, Value> = kept.map(|(key, value)| (key, plain(value))).collect();
            entries.into_iter().collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        other => other,
    }
}

/// Asserts that a schema is published as it is, or publishes it. The test asks the environment itself: by that the
/// generator knows it.
pub fn published(name: &str, schema: &Value, write: bool) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema").join(name);
    let expected = format!("{}\n", serde_json::to_string_pretty(schema).unwrap());
    if write {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &expected).unwrap();
    } else {
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "docs/schema/{name} is stale: run `cargo xtask generate`");
    }
}

/// Asserts that a document keeps to a schema, and that the schema asks for something.
pub fn keeps_to(document: &Value, schema: &Value) {
    let validator = jsonschema::draft202012::new(schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(!validator.is_valid(&serde_json::json!({})), "a schema that takes everything says nothing");
}
