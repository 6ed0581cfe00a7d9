//! Trees as JSON, to be sent, compared and shown.

use cloister_model::{Node, Value};
use serde_json::{Number, Value as Json};

/// A tree as JSON. A float that JSON cannot hold is told in words.
pub fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::from(*value),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => {
            Number::from_f64(*value).map_or_else(|| Json::String(format!("float {value}")), Json::Number)
        }
        Value::Text(value) => Json::from(&**value),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries.iter().map(|entry| (entry.key.to_string(), json(&entry.node))).collect(),
    }
}
