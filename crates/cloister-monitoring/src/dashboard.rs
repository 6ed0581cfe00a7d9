//! A dashboard for Grafana.

use serde_json::{Value, json};

/// A dashboard.
#[derive(Clone, Copy, Debug)]
pub struct Dashboard {
    /// Its name in addresses.
    pub uid: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Rows of panels, each row as wide as the page.
    pub rows: &'static [&'static [Panel]],
}

/// A picture of one thing.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    /// Its title.
    pub title: &'static str,
    /// `stat` or `timeseries`.
    pub kind: &'static str,
    /// What is shown.
    pub expr: &'static str,
    /// What a line is called.
    pub legend: &'static str,
    /// Grafana's word for the unit.
    pub unit: &'static str,
    /// Which article asks for it, and what it means.
    pub help: &'static str,
}

const fn panel(
    title: &'static str,
    kind: &'static str,
    expr: &'static str,
    legend: &'static str,
    unit: &'static str,
    help: &'static str,
) -> Panel {
    Panel { title, kind, expr, legend, unit, help }
}

/// How the hub and the sensors are.
pub fn dashboard() -> Dashboard {
    Dashboard { uid: "cloister", title: "Cloister", rows: ROWS }
}

const ROWS: &[&[Panel]] = &[
    &[
        panel(
            "Requirements met",
            "stat",
            "cloister:requirements_satisfied:ratio",
            "{{framework}}",
            "percentunit",
            "Satisfied or attested, of all (Art. 24(1)).",
        ),
        panel(
            "Critical findings",
            "stat",
            "sum(cloister_hub_findings{severity=\"critical\"})",
            "critical",
            "short",
            "Data or a node is open (Art. 32(1)).",
        ),
        panel(
            "Until a breach must be notified",
            "stat",
            "min(cloister_hub_breach_deadline_timestamp_seconds) - time()",
            "time left",
            "s",
            "72 hours from awareness (Art. 33(1)); empty where none is open.",
        ),
        panel(
            "Evidence log",
            "stat",
            "max(cloister_hub_evidence_faults)",
            "faults",
            "short",
            "Faults that the last check found (Art. 5(2)).",
        ),
    ],
    &[
        panel(
            "Requirements met, over time",
            "timeseries",
            "cloister:requirements_satisfied:ratio",
            "{{framework}}",
            "percentunit",
            "A step down is drift.",
        ),
        panel("Findings", "timeseries", "cloister:findings:sum", "{{severity}}", "short", "Open, by severity."),
    ],
    &[
        panel(
            "Detections",
            "timeseries",
            "sum by (severity) (increase(cloister_hub_detections_total[1h]))",
            "{{severity}}",
            "short",
            "Of rules over audit events, in an hour (Art. 33).",
        ),
        panel(
            "Alerts that go on",
            "timeseries",
            "sum by (state) (cloister_hub_alerts)",
            "{{state}}",
            "short",
            "Open ones are said again until somebody acknowledges them.",
        ),
        panel(
            "Messages to receivers",
            "timeseries",
            "sum by (kind, outcome) (increase(cloister_hub_alert_messages_total[15m]))",
            "{{kind}} {{outcome}}",
            "short",
            "What failed is given out again.",
        ),
    ],
    &[
        panel(
            "From a change to its finding",
            "timeseries",
            "cloister:change_to_finding_seconds:p99",
            "99 of 100",
            "s",
            "Two seconds are the goal.",
        ),
        panel(
            "Events",
            "timeseries",
            "cloister:events:rate5m",
            "{{way}} {{outcome}}",
            "reqps",
            "Refused events cannot be detected.",
        ),
        panel(
            "Queues",
            "timeseries",
            "max by (queue) (cloister_hub_queued) / max by (queue) (cloister_hub_queue_limit)",
            "{{queue}}",
            "percentunit",
            "Full ones hold senders up.",
        ),
    ],
    &[
        panel(
            "Leaks on the wire",
            "timeseries",
            "sum by (finding) (cloister_sensor_findings)",
            "{{finding}}",
            "short",
            "Personal data where policies or purposes do not let it go (Art. 5(1)(b), 32(1)(a)).",
        ),
        panel(
            "Frames not seen",
            "timeseries",
            "cloister:sensor_frames_dropped:ratio",
            "{{instance}}",
            "percentunit",
            "Of each sensor.",
        ),
        panel(
            "Answers of the hub",
            "timeseries",
            "cloister:http_request_duration_seconds:p99",
            "99 of 100",
            "s",
            "Pages and API.",
        ),
    ],
];

/// How wide a page is, and how high a row.
const WIDTH: usize = 24;
const HIGH: usize = 8;

/// The dashboard as Grafana imports it.
pub fn dashboard_json(dashboard: &Dashboard) -> String {
    let mut panels = Vec::new();
    for (row, all) in dashboard.rows.iter().enumerate() {
        let width = WIDTH / all.len().max(1);
        panels.extend(all.iter().enumerate().map(|(at, panel)| {
            let place = json!({ "x": at * width, "y": row * HIGH, "w": width, "h": HIGH });
            drawn(panel, row * WIDTH + at + 1, &place)
        }));
    }
    let source = json!({
        "name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus",
    });
    let whole = json!({
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["cloister", "gdpr"],
        "schemaVersion": 39,
        "version": 1,
        "editable": true,
        "refresh": "30s",
        "time": { "from": "now-24h", "to": "now" },
        "templating": { "list": [source] },
        "panels": panels,
    });
    format!("{:#}\n", crate::yaml::sorted(whole))
}

fn drawn(panel: &Panel, id: usize, place: &Value) -> Value {
    let source = json!({ "type": "prometheus", "uid": "${datasource}" });
    json!({
        "id": id,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.help,
        "gridPos": place,
        "datasource": source,
        "fieldConfig": { "defaults": { "unit": panel.unit }, "overrides": [] },
        "targets": [{ "refId": "A", "datasource": source, "expr": panel.expr, "legendFormat": panel.legend }],
    })
}
