//! What Kubernetes makes of a stream: the answers of `yaml-reader`, which is sigs.k8s.io/yaml behind a pipe.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::pipe::ask;

/// How Kubernetes reads one stream.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// The documents that hold something, and whether a key stands twice.
    Read { documents: Vec<Value>, doubled: bool },
    /// Why it refuses the stream, or one document of it.
    Refused(String),
}

/// Asks for all streams at once; the answers come in their order.
pub(super) fn read(texts: &[&str]) -> Result<Vec<Reading>> {
    ask("yaml-reader", texts, reading)
}

fn reading(line: &str) -> Result<Reading> {
    let answer: Value = serde_json::from_str(line).context("yaml-reader answered no JSON")?;
    let documents = answer.get("documents").and_then(Value::as_array).context("an answer without documents")?;
    let error = |of: &Value| of.get("error").and_then(Value::as_str).map(str::to_owned);
    if let Some(error) = documents.iter().find_map(error).or_else(|| error(&answer)) {
        return Ok(Reading::Refused(error));
    }
    let doubled = documents.iter().any(|document| document.get("strict").is_some());
    let values = documents.iter().filter_map(|document| document.get("json"));
    Ok(Reading::Read { documents: values.filter(|value| !value.is_null()).cloned().collect(), doubled })
}
