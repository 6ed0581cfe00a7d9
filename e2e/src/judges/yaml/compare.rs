//! Our reading of a stream beside that of Kubernetes.

use cloister_manifest::{Decoded, Interner, decode, parse_trees};
use cloister_model::{DiagnosticLevel, Node, Value};
use serde_json::Value as Json;

use super::kubernetes::Reading;
use crate::json;

/// In what the two readings differ.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Difference {
    /// Kubernetes reads it; our reason why we do not.
    OnlyWeRefuse(String),
    /// We read it; the reason why Kubernetes does not.
    OnlyKubernetesRefuses(String),
    /// Both read it, as different values.
    Values { ours: String, theirs: String, doubled: bool },
    /// Both read the same, and only one of them says that a key stands twice.
    Doubled { ours: bool },
}

/// How we read a stream.
fn ours(text: &str) -> Result<(Vec<Node>, bool), String> {
    let Decoded::Text(text) = decode(text.as_bytes()) else { return Err("no text".to_owned()) };
    let (trees, diagnostics) = parse_trees(&text, "judge.yaml", &mut Interner::default());
    match diagnostics.iter().find(|diagnostic| diagnostic.level == DiagnosticLevel::Error) {
        Some(error) => Err(error.message.to_string()),
        None => Ok((trees, diagnostics.iter().any(|diagnostic| diagnostic.message.starts_with("the key \"")))),
    }
}

/// The difference between the two readings, if there is one.
pub(super) fn difference(text: &str, theirs: &Reading) -> Option<Difference> {
    match (ours(text), theirs) {
        (Err(_), Reading::Refused(_)) => None,
        (Err(why), Reading::Read { .. }) => Some(Difference::OnlyWeRefuse(why)),
        (Ok(_), Reading::Refused(why)) => Some(Difference::OnlyKubernetesRefuses(why.clone())),
        (Ok((trees, told)), Reading::Read { documents, doubled }) => {
            if trees.len() != documents.len() || !trees.iter().zip(documents).all(|(tree, json)| same(tree, json)) {
                let theirs = Json::Array(documents.clone()).to_string();
                let ours = Json::Array(trees.iter().map(json).collect()).to_string();
                return Some(Difference::Values { ours, theirs, doubled: told });
            }
            (told != *doubled).then_some(Difference::Doubled { ours: told })
        }
    }
}

fn same(node: &Node, json: &Json) -> bool {
    match (&node.value, json) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(left), Json::Bool(right)) => left == right,
        (Value::Int(left), Json::Number(right)) => right.as_i64() == Some(*left),
        // serde_json may miss the last bit of a float.
        (Value::Float(left), Json::Number(right)) => {
            right.as_f64().is_some_and(|right| (left - right).abs() <= left.abs() * 4.0 * f64::EPSILON)
        }
        (Value::Text(left), Json::String(right)) => **left == **right,
        (Value::List(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Map(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|entry| right.get(&*entry.key).is_some_and(|value| same(&entry.node, value)))
        }
        _ => false,
    }
}
