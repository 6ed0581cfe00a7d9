//! Numbers for Prometheus, by the names of `cloister_monitoring::HUB`. Labels are bounded there, and no name of anybody is one.

mod gather;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cloister_model::Severity;
use cloister_monitoring::{HUB, Kind, Metric, Values};

use crate::ingest::Way;

pub use gather::text;

type Series = BTreeMap<Vec<String>, Value>;

#[derive(Clone, Debug)]
enum Value {
    Number(f64),
    Spread(Spread),
}

/// How durations are spread over buckets.
#[derive(Clone, Debug)]
struct Spread {
    ends: &'static [f64],
    counts: Vec<u64>,
    sum: f64,
    all: u64,
}

/// All numbers that are counted as things happen.
#[derive(Debug, Default)]
pub struct Numbers(Mutex<BTreeMap<&'static str, Series>>);

/// The metric of a name; a name that is none counts nowhere, which a test finds.
fn metric(name: &str) -> Option<&'static Metric> {
    HUB.iter().find(|metric| metric.name == name)
}

fn owned(labels: &[&str]) -> Vec<String> {
    labels.iter().map(|label| (*label).to_owned()).collect()
}

impl Numbers {
    fn all(&self) -> MutexGuard<'_, BTreeMap<&'static str, Series>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts so many more. Values of labels come in the order of the metric's labels.
    pub fn add(&self, name: &str, labels: &[&str], more: u64) {
        let Some(metric) = metric(name).filter(|metric| metric.labels.len() == labels.len()) else { return };
        let mut all = self.all();
        let value = all.entry(metric.name).or_default().entry(owned(labels)).or_insert(Value::Number(0.0));
        if let Value::Number(number) = value {
            #[expect(clippy::cast_precision_loss, reason = "as Prometheus has it")]
            let more = more as f64;
            *number += more;
        }
    }

    /// As it is now; `None` where there is nothing to tell any more.
    pub fn set(&self, name: &str, labels: &[&str], now: Option<f64>) {
        let Some(metric) = metric(name).filter(|metric| metric.labels.len() == labels.len()) else { return };
        let mut all = self.all();
        let series = all.entry(metric.name).or_default();
        match now {
            Some(now) => drop(series.insert(owned(labels), Value::Number(now))),
            None => drop(series.remove(&owned(labels))),
        }
    }

    /// Something took so long.
    pub fn observe(&self, name: &str, took: Duration) {
        let Some((metric, ends)) = metric(name).and_then(|metric| match metric.kind {
            Kind::Histogram(ends) => Some((metric, ends)),
            Kind::Counter | Kind::Gauge => None,
        }) else {
            return;
        };
        let mut all = self.all();
        let new = || Value::Spread(Spread { ends, counts: vec![0; ends.len()], sum: 0.0, all: 0 });
        let value = all.entry(metric.name).or_default().entry(Vec::new()).or_insert_with(new);
        if let Value::Spread(spread) = value {
            spread.observe(took.as_secs_f64());
        }
    }

    /// Events that came in: new, repeated, refused.
    pub fn events(&self, way: Way, counts: [u64; 3]) {
        for (outcome, count) in
            ["stored", "repeated", "refused"].into_iter().zip(counts).filter(|(_, count)| *count > 0)
        {
            self.add("cloister_hub_events_total", &[way.as_str(), outcome], count);
        }
    }

    /// What is watched was assessed, after these changes: how long it took, and how old each of them is now.
    pub fn assessed(&self, took: Duration, changes: impl Iterator<Item = Instant>) {
        self.observe("cloister_hub_assessment_duration_seconds", took);
        changes.for_each(|at| self.observe("cloister_hub_change_to_finding_seconds", at.elapsed()));
    }

    /// Something was detected.
    pub fn detected(&self, severity: Severity) {
        self.add("cloister_hub_detections_total", &[severity.as_str()], 1);
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let class = match status {
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.add("cloister_hub_http_requests_total", &[&family(route), class], 1);
        self.observe("cloister_hub_http_request_duration_seconds", took);
    }

    /// In the text format of Prometheus.
    fn write(&self, out: &mut String) {
        let all = self.all();
        for metric in HUB {
            let mut series = zeros(metric);
            series.extend(all.get(metric.name).cloned().unwrap_or_default());
            if series.is_empty() {
                continue;
            }
            let kind = match metric.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram(_) => "histogram",
            };
            let _ = writeln!(out, "# HELP {} {}\n# TYPE {} {kind}", metric.name, metric.help, metric.name);
            for (labels, value) in &series {
                let pairs: Vec<String> = metric
                    .labels
                    .iter()
                    .zip(labels)
                    .map(|(label, value)| format!("{}=\"{}\"", label.name, quoted(value)))
                    .collect();
                match value {
                    Value::Number(number) => line(out, metric.name, &pairs, *number),
                    Value::Spread(spread) => spread.write(out, metric.name),
                }
            }
        }
    }
}

/// Counters begin with nothing, so that the first of something is seen to be more than before.
fn zeros(metric: &Metric) -> Series {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    for label in metric.labels {
        let Values::Fixed(values) = label.values else { return Series::new() };
        let each = |before: &Vec<String>| -> Vec<Vec<String>> {
            values.iter().map(|value| before.iter().cloned().chain([(*value).to_owned()]).collect()).collect()
        };
        all = all.iter().flat_map(each).collect();
    }
    match metric.kind {
        Kind::Counter => all.into_iter().map(|labels| (labels, Value::Number(0.0))).collect(),
        Kind::Gauge | Kind::Histogram(_) => Series::new(),
    }
}

/// A label's value: names of sources and frameworks are ours, and are quoted all the same.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn line(out: &mut String, name: &str, pairs: &[String], value: f64) {
    let labels = if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) };
    let _ = writeln!(out, "{name}{labels} {value}");
}

impl Spread {
    fn observe(&mut self, seconds: f64) {
        self.sum += seconds;
        self.all += 1;
        let place = self.ends.iter().position(|end| seconds <= *end);
        if let Some(count) = place.and_then(|place| self.counts.get_mut(place)) {
            *count += 1;
        }
    }

    fn write(&self, out: &mut String, name: &str) {
        let mut below = 0;
        for (end, count) in self.ends.iter().zip(&self.counts) {
            below += count;
            let _ = writeln!(out, "{name}_bucket{{le=\"{end}\"}} {below}");
        }
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {}", self.all);
        let _ = writeln!(out, "{name}_sum {}\n{name}_count {}", self.sum, self.all);
    }
}

/// Routes that are counted together: what is named in a path, and its ends, are left out. What a source has is told apart.
pub fn family(route: &str) -> String {
    let depth = match (route.strip_prefix("/api/v1"), route.contains("/sources")) {
        (Some(_), of_source) => 3 + usize::from(of_source),
        (None, of_source) => 1 + usize::from(of_source),
    };
    let words = route.split('/').filter(|part| !part.is_empty() && !part.starts_with('{'));
    words.take(depth).fold(String::new(), |all, part| format!("{all}/{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    #[test]
    fn routes_are_few() {
        let all: std::collections::BTreeSet<String> = ROUTES.iter().map(|route| family(route.path)).collect();
        let label = metric("cloister_hub_http_requests_total").unwrap().labels[0];
        assert!(all.len() < label.values.count(), "{} {all:?}", all.len());
    }

    #[test]
    fn what_is_counted_is_told_in_the_words_of_prometheus() {
        let numbers = Numbers::default();
        numbers.events(Way::Webhook, [3, 0, 1]);
        numbers.events(Way::Webhook, [2, 0, 0]);
        numbers.add("cloister_hub_nothing_total", &[], 1);
        numbers.add("cloister_hub_events_total", &["webhook"], 1);
        numbers.observe("cloister_hub_evidence_append_seconds", Duration::from_millis(7));
        let mut text = String::new();
        numbers.write(&mut text);
        for line in [
            "# TYPE cloister_hub_events_total counter",
            "cloister_hub_events_total{way=\"webhook\",outcome=\"stored\"} 5",
            "cloister_hub_events_total{way=\"forward\",outcome=\"stored\"} 0",
            "cloister_hub_evidence_append_seconds_bucket{le=\"0.005\"} 0",
            "cloister_hub_evidence_append_seconds_bucket{le=\"0.01\"} 1",
            "cloister_hub_evidence_append_seconds_bucket{le=\"+Inf\"} 1",
            "cloister_hub_evidence_append_seconds_count 1",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
        assert!(!text.contains("nothing"));
    }
}
