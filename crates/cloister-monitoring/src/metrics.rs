//! The metrics: names in Prometheus' conventions, with base units, and what their labels can be.

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its whole name; for a counter with `_total`.
    pub name: &'static str,
    /// What it counts or measures.
    pub help: &'static str,
    /// Of which kind it is.
    pub kind: Kind,
    /// Its labels.
    pub labels: &'static [Label],
}

/// The kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// As it is now.
    Gauge,
    /// How things are spread over buckets with these upper ends.
    Histogram(&'static [f64]),
}

/// A label.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// What it can be.
    pub values: Values,
}

/// What a label can be.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// One of these.
    Fixed(&'static [&'static str]),
    /// One of so many that are built into the program or stand in its configuration.
    Few(usize),
}

impl Values {
    /// How many there are at the most.
    pub fn count(&self) -> usize {
        match self {
            Values::Fixed(values) => values.len(),
            Values::Few(count) => *count,
        }
    }
}

const fn metric(name: &'static str, kind: Kind, help: &'static str, labels: &'static [Label]) -> Metric {
    Metric { name, help, kind, labels }
}

const fn fixed(name: &'static str, values: &'static [&'static str]) -> Label {
    Label { name, values: Values::Fixed(values) }
}

const SEVERITY: Label = fixed("severity", &["info", "low", "medium", "high", "critical"]);
const STATUS: Label = fixed("status", &["satisfied", "not-satisfied", "not-evaluated", "attested"]);
const FRAMEWORK: Label = Label { name: "framework", values: Values::Few(16) };
const SECONDS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0];
const QUICK: &[f64] = &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0];

/// What the hub serves.
pub const HUB: &[Metric] = &[
    metric(
        "cloister_hub_build_info",
        Kind::Gauge,
        "1, with the version that runs",
        &[Label { name: "version", values: Values::Few(1) }],
    ),
    metric("cloister_hub_sources", Kind::Gauge, "Clusters and other sources", &[fixed("state", &["fresh", "stale"])]),
    metric(
        "cloister_hub_oldest_assessment_timestamp_seconds",
        Kind::Gauge,
        "When the source that was assessed longest ago was",
        &[],
    ),
    metric("cloister_hub_findings", Kind::Gauge, "Open findings", &[SEVERITY]),
    metric("cloister_hub_requirements", Kind::Gauge, "Requirements by status", &[FRAMEWORK, STATUS]),
    metric("cloister_hub_assessment_duration_seconds", Kind::Histogram(SECONDS), "How long an assessment takes", &[]),
    metric(
        "cloister_hub_change_to_finding_seconds",
        Kind::Histogram(SECONDS),
        "From a change in a cluster to what is found of it",
        &[],
    ),
    metric(
        "cloister_hub_events_total",
        Kind::Counter,
        "Events that came in",
        &[
            fixed("way", &["webhook", "file", "forward", "http", "agent"]),
            fixed("outcome", &["stored", "repeated", "refused"]),
        ],
    ),
    metric(
        "cloister_hub_scanner_reports_total",
        Kind::Counter,
        "Reports of other scanners that came in, by scanner and scope",
        &[fixed("outcome", &["stored", "repeated", "refused"])],
    ),
    metric("cloister_hub_queued", Kind::Gauge, "What waits", &[fixed("queue", &["events", "assessments", "evidence"])]),
    metric(
        "cloister_hub_queue_limit",
        Kind::Gauge,
        "How much can wait",
        &[fixed("queue", &["events", "assessments", "evidence"])],
    ),
    metric("cloister_hub_detections_total", Kind::Counter, "Detections of rules over audit events", &[SEVERITY]),
    metric(
        "cloister_hub_alerts",
        Kind::Gauge,
        "Alerts that go on",
        &[SEVERITY, fixed("state", &["open", "acknowledged", "silenced"])],
    ),
    metric(
        "cloister_hub_alert_messages_total",
        Kind::Counter,
        "Messages to receivers",
        &[
            fixed("kind", &["alertmanager", "slack", "teams", "email", "webhook", "fluentd"]),
            fixed("outcome", &["delivered", "failed"]),
        ],
    ),
    metric(
        "cloister_hub_breaches",
        Kind::Gauge,
        "Personal-data breaches that are open",
        &[fixed("state", &["suspected", "known", "notified"])],
    ),
    metric(
        "cloister_hub_breach_deadline_timestamp_seconds",
        Kind::Gauge,
        "When the first open breach must have been notified (Art. 33(1)); absent where none is open",
        &[],
    ),
    metric("cloister_hub_evidence_entries", Kind::Gauge, "Entries of the evidence log", &[]),
    metric("cloister_hub_evidence_append_seconds", Kind::Histogram(QUICK), "How long a durable entry takes", &[]),
    metric("cloister_hub_evidence_faults", Kind::Gauge, "Faults that the last check of the evidence log found", &[]),
    metric(
        "cloister_hub_evidence_checked_timestamp_seconds",
        Kind::Gauge,
        "When the evidence log was checked last",
        &[],
    ),
    metric(
        "cloister_hub_http_requests_total",
        Kind::Counter,
        "Requests",
        &[Label { name: "route", values: Values::Few(64) }, fixed("status", &["2xx", "3xx", "4xx", "5xx"])],
    ),
    metric("cloister_hub_http_request_duration_seconds", Kind::Histogram(QUICK), "How long an answer takes", &[]),
];

/// Of what the sensor serves, what rules and dashboards read.
pub const SENSOR: &[Metric] = &[
    metric(
        "cloister_sensor_capture_frames_total",
        Kind::Counter,
        "Frames by what became of them in the capture",
        &[fixed("outcome", &["captured", "dropped", "dropped_by_interface"])],
    ),
    metric(
        "cloister_sensor_unwritten_findings_total",
        Kind::Counter,
        "Findings that a writer did not take in time",
        &[fixed("writer", &["findings", "forward", "flows"])],
    ),
    metric(
        "cloister_sensor_findings",
        Kind::Gauge,
        "Leaks that are known",
        &[
            Label { name: "finding", values: Values::Few(8) },
            Label { name: "category", values: Values::Few(40) },
            SEVERITY,
            Label { name: "action", values: Values::Few(3) },
        ],
    ),
    metric("cloister_sensor_unwatched_kinds", Kind::Gauge, "Kinds of the API server that are not followed now", &[]),
];

/// The metric that a series of this name belongs to.
pub fn find(name: &str) -> Option<&'static Metric> {
    HUB.iter().chain(SENSOR).find(|metric| match metric.kind {
        Kind::Histogram(_) => {
            ["_bucket", "_sum", "_count"].iter().any(|end| name.strip_suffix(end) == Some(metric.name))
        }
        _ => metric.name == name,
    })
}
