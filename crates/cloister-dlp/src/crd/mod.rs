//! The custom resource definition of `DlpPolicy`: generated from the lines that its reader reads by.

mod profile;

use cloister_register::documents::{DlpPolicy, Document, GROUP};
use cloister_register::{Rule, structural};
use serde_json::{Value, json};

pub use profile::profile_crd;

/// What no schema says. An empty selector selects nothing, and an exception without a part lets nothing through: both
/// are surely not meant.
const RULES: [Rule; 22] = [
    Rule {
        path: "",
        rule: "!has(self.action) || !(self.action in ['redact', 'block']) || (has(self.categories) && size(self.categories) > 0) || (has(self.detection) && has(self.detection.profile))",
        message: "redact and block name the categories that they are for, or a profile",
    },
    Rule {
        path: "",
        rule: "!has(self.directions) || (size(self.directions) > 0 && self.directions.all(one, self.directions.filter(other, other == one).size() == 1))",
        message: "directions names each direction once, or is absent for both",
    },
    Rule {
        path: "",
        rule: "!has(self.categories) || self.categories.all(one, self.categories.filter(other, other.category == one.category).size() == 1)",
        message: "each category stands once",
    },
    Rule {
        path: "",
        rule: "!has(self.allowedThirdCountries) || !has(self.allowedRecipients) || size(self.allowedRecipients) > 0 || size(self.allowedThirdCountries) == 0",
        message: "where no recipient is allowed, no third country can be",
    },
    Rule {
        path: "selector",
        rule: "has(self.namespaces) || has(self.matchLabels) || has(self.matchExpressions) || has(self.names)",
        message: "an empty selector selects nothing: leave it out to select all",
    },
    Rule {
        path: "namespaceSelector",
        rule: "has(self.matchLabels) || has(self.matchExpressions)",
        message: "an empty selector selects nothing: leave it out to select all",
    },
    Rule { path: "categories", rule: "has(self.category)", message: "a threshold names its category" },
    Rule { path: "bulk", rule: "has(self.records)", message: "a baseline says how many records" },
    Rule {
        path: "exceptions",
        rule: "has(self.category) || has(self.to) || has(self.host) || has(self.target) || has(self.field)",
        message: "an exception says what it lets through: category, to, host, target or field",
    },
    Rule { path: "exceptions", rule: "has(self.reason)", message: "an exception says why" },
    Rule {
        path: "categories",
        rule: "!has(self.confidence) || self.confidence != 'never' || !has(self.count)",
        message: "what is never a finding alone has no count",
    },
    Rule {
        path: "detection",
        rule: "has(self.profile) || has(self.allow) || has(self.rules) || has(self.detectors)",
        message: "detection says something: profile, allow, rules or detectors",
    },
    Rule {
        path: "detection",
        rule: "!has(self.detectors) || self.detectors.all(one, self.detectors.filter(other, has(other.name) && has(one.name) && other.name == one.name).size() <= 1)",
        message: "each detector has a name of its own",
    },
    Rule { path: "detection.allow", rule: "has(self.reason)", message: "what is allowed says why" },
    Rule {
        path: "detection.allow",
        rule: "has(self.hashes) || has(self.patterns) || has(self.domains) || has(self.paths) || has(self.of)",
        message: "what is allowed names hashes, patterns, domains, paths or kinds (of): else it would be everything",
    },
    Rule {
        path: "detection.allow",
        rule: "!has(self.hashes) || self.hashes.all(hash, hash.matches('^[A-Za-z0-9._-]+:[0-9a-f]{32}$'))",
        message: "a hash is KEY:HEX, as cloister detect key hash writes it",
    },
    Rule {
        path: "detection.rules",
        rule: "has(self.name) && self.name.matches('^[a-z][a-z0-9-]{0,63}$')",
        message: "a rule has a name of small letters, digits and -",
    },
    Rule {
        path: "detection.rules",
        rule: "has(self.of) && size(self.of) > 1 && (!has(self.atLeast) || (self.atLeast > 1 && self.atLeast <= size(self.of)))",
        message: "a rule joins two kinds of data or more, and asks for two at least",
    },
    Rule {
        path: "detection.detectors",
        rule: "has(self.name) && self.name.matches('^[a-z][a-z0-9-]{0,63}$')",
        message: "a detector has a name of small letters, digits and -",
    },
    Rule {
        path: "detection.detectors",
        rule: "has(self.category) && has(self.pattern)",
        message: "a detector says its category and its pattern",
    },
    Rule {
        path: "detection.detectors",
        rule: "!has(self.contextRequired) || !self.contextRequired || (has(self.context) && size(self.context) > 0)",
        message: "a detector that requires context names its words",
    },
    Rule {
        path: "bulk.learnt",
        rule: "!has(self.times) || self.times <= 1000",
        message: "so many times what is usual is no bound",
    },
];

/// The definition, as it is applied to an API server.
pub fn crd() -> Value {
    let kind = DlpPolicy::KIND;
    let names = json!({
        "kind": kind,
        "listKind": format!("{kind}List"),
        "plural": "dlppolicies",
        "singular": "dlppolicy",
        "shortNames": ["dlp"],
        "categories": ["cloister"],
    });
    let columns = [
        column("Action", "string", ".spec.action", "what is done"),
        column(
            "Accepted",
            "string",
            ".status.conditions[?(@.type==\"Accepted\")].status",
            "whether everything in it was understood",
        ),
        column("Sensors", "integer", ".status.sensors", "nodes on which it is in force"),
        column("Findings", "integer", ".status.findings", "leaks that were found"),
        column("Last", "date", ".status.lastFinding", "when one was last seen"),
        column("Age", "date", ".metadata.creationTimestamp", "since when it exists"),
    ];
    let schemas = json!({ "spec": structural(&DlpPolicy::OBJECT, &RULES), "status": status() });
    definition(&names, &columns, &schemas, &json!({ "subresources": { "status": {} } }))
}

fn column(name: &str, kind: &str, path: &str, description: &str) -> Value {
    json!({ "name": name, "type": kind, "jsonPath": path, "description": description })
}

/// A definition of the group, with the schemas of its parts and what else its version has.
fn definition(names: &Value, columns: &[Value], schemas: &Value, more: &Value) -> Value {
    let mut properties = json!({
        "apiVersion": { "type": "string" },
        "kind": { "type": "string" },
        "metadata": { "type": "object" },
    });
    join(&mut properties, schemas);
    let mut version = json!({
        "name": "v1alpha1",
        "served": true,
        "storage": true,
        "additionalPrinterColumns": columns,
        "schema": { "openAPIV3Schema": { "type": "object", "required": ["spec"], "properties": properties } },
    });
    join(&mut version, more);
    let plural = names.get("plural").and_then(Value::as_str).unwrap_or_default();
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("{plural}.{GROUP}") },
        "spec": { "group": GROUP, "scope": "Cluster", "names": names, "versions": [version] },
    })
}

fn join(object: &mut Value, more: &Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
}

/// What sensors write back.
fn status() -> Value {
    json!({
        "type": "object",
        "description": "What the sensors make of it.",
        "properties": {
            "observedGeneration": { "type": "integer", "format": "int64", "description": "The generation in force on every node that has a word." },
            "sensors": { "type": "integer", "minimum": 0, "description": "Nodes on which this generation is in force." },
            "findings": { "type": "integer", "format": "int64", "minimum": 0, "description": "Leaks that were found." },
            "lastFinding": { "type": "string", "format": "date-time", "description": "When one was last seen." },
            "unlisted": { "type": "integer", "minimum": 1, "description": "Nodes whose sensors have no room for a word: an object has a bound. Their metrics tell." },
            "nodes": {
                "type": "array",
                "description": "Each sensor's own word.",
                "maxItems": 5000,
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {
                    "type": "object",
                    "required": ["name", "observedGeneration"],
                    "properties": {
                        "name": { "type": "string", "maxLength": 253, "description": "The node." },
                        "observedGeneration": { "type": "integer", "format": "int64" },
                        "findings": { "type": "integer", "format": "int64", "minimum": 0 },
                        "lastFinding": { "type": "string", "format": "date-time" },
                        "fault": { "type": "string", "maxLength": 1024, "description": "What it did not understand." },
                    },
                },
            },
            "conditions": {
                "type": "array",
                "description": "Accepted: whether everything in it could be read.",
                "maxItems": 8,
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["type"],
                "items": {
                    "type": "object",
                    "required": ["type", "status", "reason", "message", "lastTransitionTime"],
                    "properties": {
                        "type": { "type": "string", "maxLength": 316 },
                        "status": { "type": "string", "enum": ["True", "False", "Unknown"] },
                        "observedGeneration": { "type": "integer", "format": "int64", "minimum": 0 },
                        "lastTransitionTime": { "type": "string", "format": "date-time" },
                        "reason": { "type": "string", "maxLength": 1024 },
                        "message": { "type": "string", "maxLength": 32768 },
                    },
                },
            },
        },
    })
}
