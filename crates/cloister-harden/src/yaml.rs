//! Words in YAML.

/// A text in quotes, as JSON has them: YAML reads these, whatever stands in them.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
