//! The same language as a structural schema, in which Kubernetes reads custom resources: no references, no
//! alternatives, and a bound to everything, by which the API server tells what its rules may cost.

use serde_json::{Map, Value, json};

use crate::schema::PERIOD;
use crate::spec::{ObjectSpec, Spec, Words};

/// A CEL rule: where it stands (the path of keys from the object on; a list's items share its path), what must hold,
/// and what is said otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Such as `exceptions`; empty for the object itself.
    pub path: &'static str,
    /// In CEL.
    pub rule: &'static str,
    /// For whoever wrote the resource.
    pub message: &'static str,
}

/// The most items of a list.
const ITEMS: u32 = 64;
/// The longest text, in characters.
const TEXT: u32 = 512;

/// The schema of an object, with `rules` in their places.
pub fn structural(object: &ObjectSpec, rules: &[Rule]) -> Value {
    mapping(object, "", rules)
}

fn mapping(object: &ObjectSpec, path: &str, rules: &[Rule]) -> Value {
    let mut properties = Map::new();
    for field in object.fields {
        let below = if path.is_empty() { field.key.to_owned() } else { format!("{path}.{}", field.key) };
        let mut schema = form(&field.spec, &below, rules);
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), Value::from(lines(field.about)));
        }
        properties.insert(field.key.to_owned(), schema);
    }
    let here: Vec<Value> = rules
        .iter()
        .filter(|rule| rule.path == path)
        .map(|rule| json!({ "rule": rule.rule, "message": rule.message }))
        .collect();
    let mut schema = json!({ "type": "object", "description": lines(object.about), "properties": properties });
    if let (false, Value::Object(schema)) = (here.is_empty(), &mut schema) {
        schema.insert("x-kubernetes-validations".to_owned(), Value::from(here));
    }
    schema
}

fn form(spec: &Spec, path: &str, rules: &[Rule]) -> Value {
    match spec {
        Spec::Text => json!({ "type": "string", "minLength": 1, "maxLength": TEXT }),
        Spec::Flag => json!({ "type": "boolean" }),
        Spec::Count => json!({ "type": "integer", "format": "int64", "minimum": 1 }),
        Spec::Date => json!({ "type": "string", "format": "date", "maxLength": 10 }),
        Spec::Period => json!({ "type": "string", "pattern": simple(PERIOD), "maxLength": 32 }),
        Spec::Country => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        Spec::Word(list) => json!({ "type": "string", "enum": spellings(list) }),
        Spec::Labels => json!({
            "type": "object", "maxProperties": ITEMS, "additionalProperties": { "type": "string", "maxLength": 63 },
        }),
        Spec::List(item) => json!({ "type": "array", "maxItems": ITEMS, "items": form(item, path, rules) }),
        Spec::Object(object) => mapping(object, path, rules),
    }
}

/// Go's patterns look neither ahead nor back: what is left is laxer, and the reader says the rest.
fn simple(pattern: &str) -> String {
    pattern.replace("(?!$)", "").replace("(?=[0-9])", "")
}

fn spellings(list: &Words) -> Vec<&'static str> {
    list.words.iter().flat_map(|word| std::iter::once(word.word).chain(word.also.iter().copied())).collect()
}

/// What is written over several lines, in one.
fn lines(about: &str) -> String {
    about.split_whitespace().collect::<Vec<_>>().join(" ")
}
