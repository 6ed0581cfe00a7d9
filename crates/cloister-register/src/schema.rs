//! The published JSON Schema, generated from the same lines that the parser reads by.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::documents::{API_VERSION, KINDS};
use crate::spec::{ObjectSpec, Spec, Word};

/// The schema of every document of the register (JSON Schema 2020-12).
pub fn json_schema() -> Value {
    let mut definitions = Map::new();
    let documents: Vec<Value> = KINDS.iter().map(|(kind, object)| document(kind, object, &mut definitions)).collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://cloister.dev/schema/register.v1alpha1.json",
        "title": "Record of processing activities",
        "description": "Documents of cloister.dev/v1alpha1. An absent field says \"not stated\", an empty list says \"none\".",
        "oneOf": documents,
        "$defs": definitions,
    });
    sorted(schema)
}

/// Keys in order, whether or not another crate asked `serde_json` to keep theirs.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let by_key: BTreeMap<String, Value> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(by_key.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn document(kind: &str, object: &'static ObjectSpec, definitions: &mut Map<String, Value>) -> Value {
    define(object, definitions);
    json!({
        "title": kind,
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": { "const": API_VERSION },
            "kind": { "const": kind },
            "metadata": {
                "type": "object",
                "required": ["name"],
                "properties": { "name": { "type": "string", "minLength": 1 } },
            },
            "spec": { "$ref": format!("#/$defs/{}", object.name) },
        },
    })
}

fn define(object: &'static ObjectSpec, definitions: &mut Map<String, Value>) {
    if definitions.contains_key(object.name) {
        return;
    }
    definitions.insert(object.name.to_owned(), Value::Null);
    let mut properties = Map::new();
    for field in object.fields {
        let mut schema = form(&field.spec, definitions);
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), Value::from(field.about.trim()));
        }
        properties.insert(field.key.to_owned(), schema);
    }
    let definition = json!({
        "type": "object",
        "description": object.about.trim(),
        "additionalProperties": false,
        "properties": properties,
    });
    definitions.insert(object.name.to_owned(), definition);
}

fn form(spec: &Spec, definitions: &mut Map<String, Value>) -> Value {
    match spec {
        Spec::Text => json!({ "type": "string" }),
        Spec::Flag => json!({ "type": "boolean" }),
        Spec::Count => json!({ "type": "integer", "minimum": 1 }),
        Spec::Date => json!({ "type": "string", "format": "date" }),
        Spec::Period => json!({ "type": "string", "pattern": PERIOD }),
        Spec::Country => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        Spec::Word(list) => json!({ "oneOf": list.words.iter().flat_map(spellings).collect::<Vec<_>>() }),
        Spec::Labels => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Spec::List(item) => json!({ "type": "array", "items": form(item, definitions) }),
        Spec::Object(object) => {
            define(object, definitions);
            json!({ "$ref": format!("#/$defs/{}", object.name) })
        }
    }
}

/// What `Period::parse` reads.
pub(crate) const PERIOD: &str =
    "^P(?!$)([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?$";

fn spellings(word: &Word) -> Vec<Value> {
    let spelling = |text: &str| json!({ "const": text, "description": word.meaning });
    std::iter::once(word.word).chain(word.also.iter().copied()).map(spelling).collect()
}
