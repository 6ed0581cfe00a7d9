//! YAML as it is read best, for the few forms that rules have. Strings are quoted as JSON's are, which are YAML's, too.

use serde_json::Value;

/// Writes a value, in blocks.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, depth: usize, to: &mut String) {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| entry(&format!("{pad}{key}:"), value, depth, to)),
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
