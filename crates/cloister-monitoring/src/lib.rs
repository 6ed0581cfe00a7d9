//! What Prometheus and Grafana are told of Cloister, as code: the names of metrics, rules over them with their tests, and
//! dashboards. `deploy/monitoring/` is written from here, so that a metric that is renamed is renamed everywhere.
//!
//! Labels are bounded: each has a fixed list of values, or one of a stated length. No person, object, address or other name that
//! somebody chose is in one.

mod dashboard;
mod metrics;
mod rules;
mod yaml;

pub use dashboard::{Dashboard, Panel, dashboard, dashboard_json};
pub use metrics::{HUB, Kind, Label, Metric, SENSOR, Values, find};
pub use rules::{Alerting, Case, Recording, alerting, recording, rules_yaml, tests_yaml};

/// How many series a metric can have at the most.
pub fn series(metric: &Metric) -> usize {
    let values: usize = metric.labels.iter().map(|label| label.values.count()).product();
    // A histogram has its buckets, the last of them without an end, a sum and a count.
    values * if let Kind::Histogram(buckets) = metric.kind { buckets.len() + 3 } else { 1 }
}
