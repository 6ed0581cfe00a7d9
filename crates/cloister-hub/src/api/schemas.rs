//! What the API's document says of bodies: those that are sent, and those of answers.

use serde_json::{Map, Value, json};

/// All of them, by name.
pub fn all() -> Value {
    let mut all = own();
    if let Some(all) = all.as_object_mut() {
        all.extend(of_breach());
    }
    all
}

/// What a breach and its steps are, as their published schema says it: generated from the types, each under its name with
/// `Breach` before it.
fn of_breach() -> Map<String, Value> {
    const PUBLISHED: &str = include_str!("../../../../docs/schema/breach.v1alpha1.json");
    let text = PUBLISHED.replace("#/$defs/", "#/components/schemas/Breach");
    let mut schema: Value = serde_json::from_str(&text).unwrap_or_default();
    bound(&mut schema);
    let all = schema.get_mut("$defs").and_then(Value::as_object_mut).map(std::mem::take).unwrap_or_default();
    all.into_iter().map(|(name, schema)| (format!("Breach{name}"), schema)).collect()
}

/// Bounds whole numbers that have no bounds to those that every program reads alike (RFC 7493, section 2.2).
fn bound(schema: &mut Value) {
    const MOST: i64 = (1 << 53) - 1;
    match schema {
        Value::Array(all) => all.iter_mut().for_each(bound),
        Value::Object(fields) => {
            if fields.get("type").is_some_and(|is| is == "integer" || *is == json!(["integer", "null"])) {
                fields.entry("minimum").or_insert_with(|| json!(-MOST));
                fields.entry("maximum").or_insert_with(|| json!(MOST));
            }
            fields.values_mut().for_each(bound);
        }
        _ => {}
    }
}

fn own() -> Value {
    let text = || json!({"type": "string"});
    let written = |least: usize| json!({"type": "string", "minLength": least, "maxLength": 2000});
    let day = || json!({"type": "string", "format": "date"});
    json!({
        "Problem": {
            "type": "object", "required": ["type", "title", "status", "detail"],
            "properties": {"type": text(), "title": text(), "status": {"type": "integer"}, "detail": text()},
        },
        "List": {
            "type": "object", "required": ["items", "total", "next"],
            "properties": {"items": {"type": "array", "items": {"type": "object"}}, "total": {"type": "integer"}, "next": {"type": ["string", "null"]}},
        },
        "Answer": {
            "type": "object", "required": ["question", "answer", "notes", "items", "total", "told", "byNamespace", "next"],
            "properties": {
                "question": text(), "answer": text(), "notes": {"type": "array", "items": text()}, "items": {"type": "array", "items": {"type": "object"}},
                "total": {"type": "integer", "description": "How many there are"},
                "told": {"type": "integer", "description": "How many are told one by one, over all parts"},
                "byNamespace": {"type": "array", "description": "All of them by namespace, where not all are told", "items": {"type": "object"}}, "next": {"type": ["string", "null"]},
            },
            "example": {
                "question": "Who can get secrets in namespace \"clinic\"", "answer": "1 subject by 1 rule that is bound.", "notes": [],
                "items": [{
                    "name": "system:serviceaccount:clinic:api", "kind": "ServiceAccount", "namespace": "clinic", "binding": "RoleBinding api",
                    "role": "Role api", "rule": "get on secrets", "bindingAt": "k8s/rbac.yaml:12:5", "ruleAt": "k8s/rbac.yaml:4:5",
                }],
                "total": 1, "told": 1, "byNamespace": [], "next": null,
            },
        },
        "Report": {"type": "object", "description": "As `cloister scan -o json` writes it; its schema is docs/report.schema.json", "required": ["generator", "version", "assessedAt", "findings", "requirements"], "properties": {"generator": text(), "version": text(), "assessedAt": {"type": "string", "format": "date-time"}, "findings": {"type": "array", "items": {"type": "object"}}, "requirements": {"type": "array", "items": {"type": "object"}}}},
        "EventList": {"type": "object", "description": "An EventList of audit.k8s.io/v1", "required": ["kind", "apiVersion"], "properties": {"kind": {"type": "string", "enum": ["EventList"]}, "apiVersion": {"type": "string", "pattern": "^audit\\.k8s\\.io/v1$"}, "items": {"type": ["array", "null"], "items": {"type": "object"}}}},
        "ScannerReport": {"type": "object", "description": "As the scanner wrote it: SARIF 2.1.0; a Report or ClusterReport of openreports.io, a PolicyReport or ClusterPolicyReport of wgpolicyk8s.io, or a list of these; JSON of Trivy or Grype"},
        "Lines": {"description": "One object on each line, or a list of them", "type": ["object", "array"], "items": {"type": "object"}},
        "Suspicion": {
            "type": "object", "additionalProperties": false, "required": ["title", "reason"],
            "properties": {
                "title": {"type": "string", "minLength": 3, "maxLength": 2000}, "reason": written(10), "source": text(), "namespace": text(),
                "suspicion": {"anyOf": [{"$ref": "#/components/schemas/BreachSource"}, {"type": "null"}]},
                "occurred": {"type": ["string", "null"], "format": "date-time"}, "detection": text(),
            },
        },
        "BreachAnswers": {
            "type": "object", "additionalProperties": false, "required": ["proposals", "confirm"],
            "properties": {"proposals": {"type": "array", "items": text()}, "confirm": {"type": "boolean"}},
        },
        "ToAccept": {
            "type": "object", "additionalProperties": false, "required": ["finding", "reason", "expires"],
            "properties": {"finding": text(), "reason": written(10), "expires": day()},
        },
        "ToAcknowledge": {
            "type": "object", "additionalProperties": false,
            "properties": {"note": {"type": ["string", "null"], "maxLength": 2000}},
        },
        "ToSilence": {
            "type": "object", "additionalProperties": false, "required": ["match", "endsAt", "reason"],
            "properties": {
                "match": {"type": "object", "minProperties": 1, "description": "As `match` of a route in docs/schema/alerts.v1alpha1.json"},
                "startsAt": {"type": ["string", "null"], "format": "date-time"},
                "endsAt": {"type": "string", "format": "date-time"},
                "reason": written(5),
            },
        },
        "ToAttest": {
            "type": "object", "additionalProperties": false, "required": ["framework", "requirement", "statement", "expires"],
            "properties": {"framework": text(), "requirement": text(), "statement": written(20), "evidence": {"type": ["string", "null"]}, "expires": day()},
        },
    })
}
