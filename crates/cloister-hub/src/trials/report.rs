//! A small assessment.

use serde_json::{Value, json};

/// Of two findings and two requirements.
pub fn value() -> Value {
    let resource = json!({"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "orders"});
    let finding = |id: &str, check: &str, severity: &str| {
        json!({
            "id": id, "check": check, "severity": severity, "resource": resource, "container": null,
            "location": {"file": "k8s/orders.yaml", "line": 12, "column": 9}, "pointer": "/spec/replicas",
            "message": format!("{check} <b>here</b>"), "fix": "spec:\n  replicas: 2", "remediation": "Write `replicas: 2`.",
            "exposure": {"level": "special", "reason": "holds health data"}, "rank": 40,
            "requirements": [{"framework": "gdpr", "id": "32(1)(b)"}], "accepted": null,
        })
    };
    let requirement = |id: &str, status: &str, findings: Value| {
        json!({
            "framework": "gdpr", "id": id, "title": "Security of processing", "section": "Security", "status": status, "open": 1,
            "held": 0, "accepted": 0, "notApplicable": 0, "notEvaluated": [], "coverage": 100, "passes": 0, "findings": findings,
            "attested": null, "question": null,
        })
    };
    json!({
        "generator": "cloister", "version": "0.1.0", "assessedAt": "2026-11-26T12:00:00Z",
        "subject": {"targets": ["k8s"], "title": "k8s", "files": 1, "rendered": 0, "otherDocuments": 0, "resources": 1,
            "workloads": 1, "workloadsWithPersonalData": 1, "workloadsWithSpecialData": 1, "register": true},
        "summary": {"open": {"high": 1, "low": 1}, "openTotal": 2, "openPlaces": 1, "accepted": 0, "unreadable": 0,
            "failOn": "high", "overThreshold": 1},
        "advice": [],
        "findings": [finding("aaaa", "single-replica", "high"), finding("bbbb", "probe-missing", "low")],
        "frameworks": [{"name": "gdpr", "title": "General Data Protection Regulation", "version": "2016/679", "satisfied": 0,
            "notSatisfied": 1, "notEvaluated": 1, "attested": 0}],
        "requirements": [requirement("32(1)(b)", "not-satisfied", json!(["aaaa", "bbbb"])), requirement("39", "not-evaluated", json!([]))],
        "checks": [{"name": "single-replica", "title": "one replica", "family": "availability", "severity": "high",
            "examined": 1, "failed": 1, "notEvaluated": null}],
        "diagnostics": [],
    })
}

/// As it is sent.
pub fn json() -> String {
    value().to_string()
}

/// As it is made.
pub fn read(json: &str) -> crate::Report {
    crate::Report::read(json.as_bytes()).unwrap()
}
