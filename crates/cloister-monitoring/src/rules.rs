//! Rules of Prometheus: what is worked out ahead, and what somebody must be told, each with a case in which it fires and one
//! in which it does not.

use serde_json::{Map, Value, json};

use crate::yaml;

/// Something that is worked out ahead.
#[derive(Clone, Copy, Debug)]
pub struct Recording {
    /// `level:metric:operation`.
    pub name: &'static str,
    /// From what.
    pub expr: &'static str,
}

/// Something that somebody must be told.
#[derive(Clone, Copy, Debug)]
pub struct Alerting {
    /// Its name.
    pub name: &'static str,
    /// When.
    pub expr: &'static str,
    /// For how long it must be so.
    pub lasts: &'static str,
    /// `critical` or `warning`.
    pub severity: &'static str,
    /// The articles that it touches.
    pub articles: &'static str,
    /// What it is.
    pub summary: &'static str,
    /// What to do.
    pub description: &'static str,
    /// When it fires, and when not.
    pub cases: &'static [Case],
}

/// Series over time, and what comes of them.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Series with their values, one a minute, as promtool writes them.
    pub series: &'static [(&'static str, &'static str)],
    /// When it is looked at.
    pub at: &'static str,
    /// The labels of each alert that fires then, beside those of the rule.
    pub fires: &'static [&'static [(&'static str, &'static str)]],
}

/// What is worked out ahead.
pub fn recording() -> &'static [Recording] {
    &[
        Recording { name: "cloister:findings:sum", expr: "sum by (severity) (cloister_hub_findings)" },
        Recording {
            name: "cloister:requirements_satisfied:ratio",
            expr: "sum by (framework) (cloister_hub_requirements{status=~\"satisfied|attested\"}) \
                   / sum by (framework) (cloister_hub_requirements)",
        },
        Recording {
            name: "cloister:change_to_finding_seconds:p99",
            expr: "histogram_quantile(0.99, sum by (le) (rate(cloister_hub_change_to_finding_seconds_bucket[10m])))",
        },
        Recording {
            name: "cloister:http_request_duration_seconds:p99",
            expr: "histogram_quantile(0.99, sum by (le) (rate(cloister_hub_http_request_duration_seconds_bucket[10m])))",
        },
        Recording {
            name: "cloister:events:rate5m",
            expr: "sum by (way, outcome) (rate(cloister_hub_events_total[5m]))",
        },
        Recording {
            name: "cloister:sensor_frames_dropped:ratio",
            expr: "sum by (instance) (rate(cloister_sensor_capture_frames_total{outcome!=\"captured\"}[10m])) \
                   / sum by (instance) (rate(cloister_sensor_capture_frames_total[10m]))",
        },
    ]
}

/// What somebody must be told.
pub fn alerting() -> &'static [Alerting] {
    ALERTING
}

const ALERTING: &[Alerting] = &[
    Alerting {
        name: "CloisterHubAbsent",
        expr: "absent(cloister_hub_build_info)",
        lasts: "5m",
        severity: "critical",
        articles: "32(1)(d), 33(1)",
        summary: "No hub of Cloister is there",
        description: "Nobody watches, and nobody would be told of a breach. Look at the hub's pods and at what scrapes them.",
        cases: &[
            Case { series: &[("up", "1x20")], at: "6m", fires: &[&[]] },
            Case { series: &[("cloister_hub_build_info{version=\"1\"}", "1x20")], at: "6m", fires: &[] },
        ],
    },
    Alerting {
        name: "CloisterAssessmentOld",
        expr: "time() - max(cloister_hub_oldest_assessment_timestamp_seconds) > 3600",
        lasts: "10m",
        severity: "warning",
        articles: "32(1)(d)",
        summary: "A source was not assessed for more than an hour",
        description: "Look at the agent of the source that is marked stale, and whether its API server can be reached.",
        cases: &[
            Case { series: &[("cloister_hub_oldest_assessment_timestamp_seconds", "0x90")], at: "80m", fires: &[&[]] },
            Case { series: &[("cloister_hub_oldest_assessment_timestamp_seconds", "0+60x90")], at: "80m", fires: &[] },
        ],
    },
    Alerting {
        name: "CloisterCriticalFindings",
        expr: "sum(cloister_hub_findings{severity=\"critical\"}) > 0",
        lasts: "15m",
        severity: "warning",
        articles: "32(1)",
        summary: "Personal data or a node is open",
        description: "The hub's first page says what helps most.",
        cases: &[
            Case { series: &[("cloister_hub_findings{severity=\"critical\"}", "2x30")], at: "20m", fires: &[&[]] },
            Case { series: &[("cloister_hub_findings{severity=\"high\"}", "2x30")], at: "20m", fires: &[] },
        ],
    },
    Alerting {
        name: "CloisterRequirementLost",
        expr: "sum by (framework) (cloister_hub_requirements{status=\"not-satisfied\"}) \
               > sum by (framework) (cloister_hub_requirements{status=\"not-satisfied\"} offset 1h)",
        lasts: "5m",
        severity: "warning",
        articles: "5(2), 24(1)",
        summary: "A requirement of {{ $labels.framework }} that was met an hour ago is not any more",
        description: "The hub's page of changes says which, and what changed in the cluster.",
        cases: &[
            Case {
                series: &[("cloister_hub_requirements{framework=\"gdpr\",status=\"not-satisfied\"}", "3x60 4x60")],
                at: "75m",
                fires: &[&[("framework", "gdpr")]],
            },
            Case {
                series: &[("cloister_hub_requirements{framework=\"gdpr\",status=\"not-satisfied\"}", "4x60 3x60")],
                at: "75m",
                fires: &[],
            },
        ],
    },
    Alerting {
        name: "CloisterSlow",
        expr: "cloister:change_to_finding_seconds:p99 > 2",
        lasts: "10m",
        severity: "warning",
        articles: "32(1)(d)",
        summary: "Changes are judged late",
        description: "More than one in a hundred waits for two seconds. Look at the hub's processor and at what changes so often.",
        cases: &[
            Case {
                series: &[
                    ("cloister_hub_change_to_finding_seconds_bucket{le=\"2.0\"}", "0x40"),
                    ("cloister_hub_change_to_finding_seconds_bucket{le=\"5.0\"}", "0+10x40"),
                    ("cloister_hub_change_to_finding_seconds_bucket{le=\"+Inf\"}", "0+10x40"),
                ],
                at: "30m",
                fires: &[&[]],
            },
            Case {
                series: &[
                    ("cloister_hub_change_to_finding_seconds_bucket{le=\"2.0\"}", "0+10x40"),
                    ("cloister_hub_change_to_finding_seconds_bucket{le=\"+Inf\"}", "0+10x40"),
                ],
                at: "30m",
                fires: &[],
            },
        ],
    },
    Alerting {
        name: "CloisterEventsRefused",
        expr: "sum by (way) (rate(cloister_hub_events_total{outcome=\"refused\"}[5m])) > 0",
        lasts: "5m",
        severity: "warning",
        articles: "33(1)",
        summary: "Events that come by {{ $labels.way }} are refused",
        description: "What is refused cannot be detected. The hub's log says why: malformed, too large, or too many.",
        cases: &[
            Case {
                series: &[("cloister_hub_events_total{way=\"webhook\",outcome=\"refused\"}", "0+5x30")],
                at: "15m",
                fires: &[&[("way", "webhook")]],
            },
            Case {
                series: &[("cloister_hub_events_total{way=\"webhook\",outcome=\"stored\"}", "0+5x30")],
                at: "15m",
                fires: &[],
            },
        ],
    },
    Alerting {
        name: "CloisterQueueFills",
        expr: "max by (queue) (cloister_hub_queued) / max by (queue) (cloister_hub_queue_limit) > 0.8",
        lasts: "5m",
        severity: "warning",
        articles: "32(1)(b)",
        summary: "The queue of {{ $labels.queue }} is nearly full",
        description: "When it is, senders are held up. Look at the disk, the database, and what sends so much.",
        cases: &[
            Case {
                series: &[
                    ("cloister_hub_queued{queue=\"events\"}", "90x20"),
                    ("cloister_hub_queue_limit{queue=\"events\"}", "100x20"),
                ],
                at: "10m",
                fires: &[&[("queue", "events")]],
            },
            Case {
                series: &[
                    ("cloister_hub_queued{queue=\"events\"}", "80x20"),
                    ("cloister_hub_queue_limit{queue=\"events\"}", "100x20"),
                ],
                at: "10m",
                fires: &[],
            },
        ],
    },
    Alerting {
        name: "CloisterAlertsNotDelivered",
        expr: "sum by (kind) (increase(cloister_hub_alert_messages_total{outcome=\"failed\"}[15m])) > 0 \
               unless sum by (kind) (increase(cloister_hub_alert_messages_total{outcome=\"delivered\"}[15m])) > 0",
        lasts: "5m",
        severity: "critical",
        articles: "33(1), 32(1)(d)",
        summary: "No alert arrives by {{ $labels.kind }}",
        description: "cloister alert test says what the receivers answer.",
        cases: &[
            Case {
                series: &[("cloister_hub_alert_messages_total{kind=\"slack\",outcome=\"failed\"}", "0+1x40")],
                at: "30m",
                fires: &[&[("kind", "slack")]],
            },
            Case {
                series: &[
                    ("cloister_hub_alert_messages_total{kind=\"slack\",outcome=\"failed\"}", "0+1x40"),
                    ("cloister_hub_alert_messages_total{kind=\"slack\",outcome=\"delivered\"}", "0+1x40"),
                ],
                at: "30m",
                fires: &[],
            },
        ],
    },
    Alerting {
        name: "CloisterBreachDeadlineNear",
        expr: "min(cloister_hub_breach_deadline_timestamp_seconds) - time() < 24 * 3600",
        lasts: "0m",
        severity: "critical",
        articles: "33(1)",
        summary: "A breach must be notified within a day, or is late already",
        description: "The hub's page of the breach has the draft, and the reasons that a late notification needs.",
        cases: &[
            Case { series: &[("cloister_hub_breach_deadline_timestamp_seconds", "86400x10")], at: "1m", fires: &[&[]] },
            Case { series: &[("cloister_hub_breach_deadline_timestamp_seconds", "259200x10")], at: "1m", fires: &[] },
        ],
    },
    Alerting {
        name: "CloisterEvidenceBroken",
        expr: "max(cloister_hub_evidence_faults) > 0",
        lasts: "0m",
        severity: "critical",
        articles: "5(2), 32(1)(b)",
        summary: "The evidence log is not as it was recorded",
        description: "cloister evidence verify names each place. Keep the folder as it is, and look who could write to it.",
        cases: &[
            Case { series: &[("cloister_hub_evidence_faults", "1x10")], at: "1m", fires: &[&[]] },
            Case { series: &[("cloister_hub_evidence_faults", "0x10")], at: "1m", fires: &[] },
        ],
    },
    Alerting {
        name: "CloisterEvidenceUnchecked",
        expr: "time() - max(cloister_hub_evidence_checked_timestamp_seconds) > 26 * 3600",
        lasts: "10m",
        severity: "warning",
        articles: "5(2)",
        summary: "The evidence log was not checked for more than a day",
        description: "The hub checks it daily. Its log says why it did not.",
        cases: &[
            Case {
                series: &[("cloister_hub_evidence_checked_timestamp_seconds", "0x1600")],
                at: "1580m",
                fires: &[&[]],
            },
            Case {
                series: &[("cloister_hub_evidence_checked_timestamp_seconds", "0+60x1600")],
                at: "1580m",
                fires: &[],
            },
        ],
    },
    Alerting {
        name: "CloisterSensorDropsFrames",
        expr: "cloister:sensor_frames_dropped:ratio > 0.01",
        lasts: "10m",
        severity: "warning",
        articles: "32(1)(d)",
        summary: "The sensor {{ $labels.instance }} does not see one frame in a hundred",
        description: "Give it more processor or a larger buffer, or let it look at less (docs/sensor.md).",
        cases: &[
            Case {
                series: &[
                    ("cloister_sensor_capture_frames_total{instance=\"a\",outcome=\"captured\"}", "0+900x40"),
                    ("cloister_sensor_capture_frames_total{instance=\"a\",outcome=\"dropped\"}", "0+100x40"),
                ],
                at: "30m",
                fires: &[&[("instance", "a")]],
            },
            Case {
                series: &[
                    ("cloister_sensor_capture_frames_total{instance=\"a\",outcome=\"captured\"}", "0+900x40"),
                    ("cloister_sensor_capture_frames_total{instance=\"a\",outcome=\"dropped\"}", "0+1x40"),
                ],
                at: "30m",
                fires: &[],
            },
        ],
    },
    Alerting {
        name: "CloisterSensorLosesFindings",
        expr: "sum by (instance) (increase(cloister_sensor_unwritten_findings_total[15m])) > 0",
        lasts: "0m",
        severity: "critical",
        articles: "33(1)",
        summary: "Findings of the sensor {{ $labels.instance }} are not written",
        description: "Look at the file, the disk or the Fluentd that it writes to.",
        cases: &[
            Case {
                series: &[("cloister_sensor_unwritten_findings_total{instance=\"a\",writer=\"forward\"}", "0+1x30")],
                at: "20m",
                fires: &[&[("instance", "a")]],
            },
            Case {
                series: &[("cloister_sensor_unwritten_findings_total{instance=\"a\",writer=\"forward\"}", "7x30")],
                at: "20m",
                fires: &[],
            },
        ],
    },
];

const HEAD: &str = "# Generated by `cargo xtask generate` from crates/cloister-monitoring; do not edit.\n";

/// The file of rules.
pub fn rules_yaml() -> String {
    let record: Vec<Value> = recording().iter().map(|rule| json!({ "record": rule.name, "expr": rule.expr })).collect();
    let alert: Vec<Value> = alerting().iter().map(alert).collect();
    let group = |name: &str, rules: Vec<Value>| json!({ "name": name, "rules": rules });
    HEAD.to_owned() + &yaml::write(&json!({ "groups": [group("cloister-recorded", record), group("cloister", alert)] }))
}

fn alert(rule: &Alerting) -> Value {
    json!({
        "alert": rule.name,
        "expr": rule.expr,
        "for": rule.lasts,
        "labels": labels(rule),
        "annotations": annotations(rule, &[]),
    })
}

fn labels(rule: &Alerting) -> Map<String, Value> {
    [("severity", rule.severity), ("app", "cloister")]
        .map(|(name, it)| (name.to_owned(), it.into()))
        .into_iter()
        .collect()
}

/// With the words that labels stand for.
fn annotations(rule: &Alerting, fired: &[(&str, &str)]) -> Value {
    let mut summary = rule.summary.to_owned();
    for (name, value) in fired {
        summary = summary.replace(&format!("{{{{ $labels.{name} }}}}"), value);
    }
    json!({ "summary": summary, "description": rule.description, "articles": rule.articles })
}

/// The tests of the rules, for `promtool test rules`.
pub fn tests_yaml() -> String {
    let cases = alerting().iter().flat_map(|rule| rule.cases.iter().map(move |case| test(rule, case)));
    let all =
        json!({ "rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": cases.collect::<Vec<Value>>() });
    HEAD.to_owned() + &yaml::write(&all)
}

fn test(rule: &Alerting, case: &Case) -> Value {
    let series: Vec<Value> =
        case.series.iter().map(|(series, values)| json!({ "series": series, "values": values })).collect();
    let fired = case.fires.iter().map(|fired| {
        let mut all = labels(rule);
        all.extend(fired.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))));
        json!({ "exp_labels": all, "exp_annotations": annotations(rule, fired) })
    });
    json!({
        "interval": "1m",
        "input_series": series,
        "alert_rule_test": [{ "eval_time": case.at, "alertname": rule.name, "exp_alerts": fired.collect::<Vec<Value>>() }],
    })
}
