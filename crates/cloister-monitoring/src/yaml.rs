//! YAML as it is read best, for the few forms that rules have. Strings are quoted as JSON's are, which are YAML's, too.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Writes a value, in blocks.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, depth: usize, to: &mut String) {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            ordered(map).for_each(|(key, value)| entry(&format!("{pad}{key}:"), value, depth, to));
        }
        Value::Array(items) => {
            for item in items {
                let mut inner = String::new();
                block(item, depth + 1, &mut inner);
                let inner = inner.trim_start_matches(' ');
                to.push_str(&format!("{pad}- {inner}"));
            }
        }
        scalar => to.push_str(&format!("{pad}{scalar}\n")),
    }
}

fn entry(head: &str, value: &Value, depth: usize, to: &mut String) {
    match value {
        Value::Object(map) if map.is_empty() => to.push_str(&format!("{head} {{}}\n")),
        Value::Array(items) if items.is_empty() => to.push_str(&format!("{head} []\n")),
        Value::Object(_) | Value::Array(_) => {
            to.push_str(&format!("{head}\n"));
            block(value, depth + 1, to);
        }
        scalar => to.push_str(&format!("{head} {scalar}\n")),
    }
}

/// The keys in order, whatever map the rest of the build chooses for JSON.
fn ordered(map: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    map.iter().collect::<BTreeMap<&String, &Value>>().into_iter()
}

/// The same with the keys of each object in order.
pub fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let entries: BTreeMap<String, Value> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.into_iter().collect::<Map<String, Value>>().into()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}
