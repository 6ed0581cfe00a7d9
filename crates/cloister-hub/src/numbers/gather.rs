//! What is looked up when somebody asks for the numbers.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::Hub;
use crate::ingest::{LIMITS, queue};

/// All numbers as they are now.
pub fn text(hub: &Hub) -> String {
    let numbers = &hub.numbers;
    numbers.set("cloister_hub_build_info", &[env!("CARGO_PKG_VERSION")], Some(1.0));
    assessed(hub);
    waits(hub);
    breaches(hub);
    if let Some(log) = &hub.config.log {
        if let Ok(head) = log.head() {
            numbers.set("cloister_hub_evidence_entries", &[], Some(float(head.size)));
        }
        if let Some((at, faults)) = log.last_check() {
            numbers.set("cloister_hub_evidence_faults", &[], Some(float(faults)));
            numbers.set("cloister_hub_evidence_checked_timestamp_seconds", &[], Some(seconds(at)));
        }
    }
    let mut text = String::new();
    numbers.write(&mut text);
    text
}

#[expect(clippy::cast_precision_loss, reason = "as Prometheus has it")]
fn float(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "as Prometheus has it")]
fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

/// Sources, and what was found in all of them.
fn assessed(hub: &Hub) {
    let (mut fresh, mut stale, mut oldest) = (0, 0, None::<Timestamp>);
    let mut found: BTreeMap<&str, u64> =
        ["info", "low", "medium", "high", "critical"].into_iter().map(|word| (word, 0)).collect();
    let mut judged: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for name in hub.names() {
        let trouble = hub.state(&name).is_some_and(|(trouble, _)| trouble.is_some());
        let Some(known) = hub.snapshot(&name) else {
            stale += 1;
            continue;
        };
        *(if trouble { &mut stale } else { &mut fresh }) += 1;
        if let Ok(at) = known.report.assessed_at.parse::<Timestamp>() {
            oldest = Some(oldest.map_or(at, |before| before.min(at)));
        }
        for one in known.report.findings.iter().filter(|one| one.is_open()) {
            *found.entry(one.severity.as_str()).or_default() += 1;
        }
        for one in &known.report.requirements {
            *judged.entry((one.framework.to_string(), status(one.status))).or_default() += 1;
        }
    }
    let numbers = &hub.numbers;
    numbers.set("cloister_hub_sources", &["fresh"], Some(float(fresh)));
    numbers.set("cloister_hub_sources", &["stale"], Some(float(stale)));
    numbers.set("cloister_hub_oldest_assessment_timestamp_seconds", &[], oldest.map(seconds));
    found.iter().for_each(|(severity, count)| numbers.set("cloister_hub_findings", &[severity], Some(float(*count))));
    // A report may name frameworks of its own: no more than are reckoned with.
    for ((framework, status), count) in judged.iter().take(16 * 4) {
        numbers.set("cloister_hub_requirements", &[framework, status], Some(float(*count)));
    }
}

fn status(status: cloister_assessment::Status) -> &'static str {
    use cloister_assessment::Status;
    match status {
        Status::Satisfied => "satisfied",
        Status::NotSatisfied => "not-satisfied",
        Status::NotEvaluated => "not-evaluated",
        Status::Attested => "attested",
    }
}

/// Breaches that are open, and the clock that ends first.
fn breaches(hub: &Hub) {
    let standing = hub.standing();
    for (state, count) in ["suspected", "known", "notified"].into_iter().zip(standing.open) {
        hub.numbers.set("cloister_hub_breaches", &[state], Some(float(count)));
    }
    let first = standing.running.first().map(|one| seconds(one.clock.due));
    hub.numbers.set("cloister_hub_breach_deadline_timestamp_seconds", &[], first);
}

/// What waits to be judged, of all sources, and how much may.
fn waits(hub: &Hub) {
    let sources = hub.ingest.sources();
    let sizes = sources.iter().filter_map(|source| hub.store.queue_size(&queue(source)).ok());
    let waiting: u64 = sizes.map(|size| size.items).sum();
    hub.numbers.set("cloister_hub_queued", &["events"], Some(float(waiting)));
    hub.numbers.set("cloister_hub_queue_limit", &["events"], Some(float(LIMITS.items * sources.len().max(1) as u64)));
}
