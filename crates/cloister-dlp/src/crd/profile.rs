//! The custom resource definition of `DetectionProfile`: what a policy says of recognition itself, in a document of its own
//! that several policies name.

use cloister_detect::Category;
use cloister_detect::profile::KIND;
use cloister_register::documents::WireDetection;
use cloister_register::{Rule, structural};
use serde_json::{Value, json};

use super::{RULES, column, definition};

/// What its rules stand below in a policy.
const BELOW: &str = "detection";

/// The definition, as it is applied to an API server.
pub fn profile_crd() -> Value {
    let columns = [column("Age", "date", ".metadata.creationTimestamp", "since when it exists")];
    let names = json!({
        "kind": KIND,
        "listKind": format!("{KIND}List"),
        "plural": "detectionprofiles",
        "singular": "detectionprofile",
        "categories": ["cloister"],
    });
    definition(&names, &columns, &json!({ "spec": spec() }), &json!({}))
}

fn spec() -> Value {
    let mut schema = structural(&WireDetection::OBJECT, &rules());
    if let Value::Object(schema) = &mut schema {
        let about = "How personal data is recognised: what counts, what is known, what matters together, and what else there is.";
        schema.insert("description".to_owned(), Value::from(about));
    }
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove("profile");
        properties.insert("thresholds".to_owned(), thresholds());
        if let Some(known) = properties.get_mut("allow").and_then(|it| it.pointer_mut("/items/properties")) {
            with_files(known);
        }
    }
    schema
}

/// The rules for what policies and profiles share, and those of a profile itself.
fn rules() -> Vec<Rule> {
    let shared = RULES.iter().filter(|rule| !rule.rule.contains("self.profile")).filter_map(|rule| {
        let path = rule.path.strip_prefix(BELOW)?;
        // What is allowed in files is a place too.
        Some(match (path.strip_prefix('.').unwrap_or(path), rule.rule) {
            ("allow", places) if places.contains("has(self.paths)") => ALLOWED,
            (path, _) => Rule { path, ..*rule },
        })
    });
    std::iter::once(SAYS).chain(shared).collect()
}

const SAYS: Rule = Rule {
    path: "",
    rule: "has(self.thresholds) || has(self.allow) || has(self.rules) || has(self.detectors)",
    message: "a profile says something: thresholds, allow, rules or detectors",
};
const ALLOWED: Rule = Rule {
    path: "allow",
    rule: "has(self.hashes) || has(self.patterns) || has(self.domains) || has(self.files) || has(self.paths) || has(self.of)",
    message: "what is allowed names hashes, patterns, domains, files, paths or kinds (of): else it would be everything",
};

/// By category: how sure a detection must be.
fn thresholds() -> Value {
    let mut words: Vec<&str> = Category::all().map(Category::as_str).collect();
    words.push("default");
    let quoted = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
    json!({
        "type": "object",
        "description": "By category, or `default` for the rest: how sure a detection must be to count; `never`: rules alone see it.",
        "maxProperties": words.len(),
        "additionalProperties": { "type": "string", "enum": ["possible", "likely", "certain", "never"] },
        "x-kubernetes-validations": [{
            "rule": format!("self.all(key, key in [{quoted}])"),
            "message": "a threshold is for a category, as cloister detect kinds lists them, or default",
        }],
    })
}

/// A profile is for files, too; on the wire there are none.
fn with_files(known: &mut Value) {
    let like = known.get("paths").cloned().unwrap_or_default();
    if let (Value::Object(known), Value::Object(mut files)) = (known, like) {
        files.insert("description".to_owned(), Value::from("Files, as globs; on the wire there are none."));
        known.insert("files".to_owned(), Value::from(files));
    }
}
