//! Audit events that lead to one detection each, and senders who send again what was not acknowledged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::site::{Node, Site};

/// Events in one batch: of as many people, but for one, who is the same in all.
const BATCH: u32 = 4;

fn shell(number: u32, at: u32) -> Value {
    let user = if at == 0 { "everybody".to_owned() } else { format!("u{number}-{at}") };
    // All within one hour, so that those of the same one are counted together.
    let time = format!("2026-11-26T12:{:02}:{:02}.000000Z", number / 60 % 60, number % 60);
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": format!("{number}-{at}"),
        "stage": "ResponseStarted", "requestURI": "/api/v1/namespaces/clinic/pods/patients-db-0/exec?command=sh",
        "verb": "create", "user": {"username": user, "groups": ["dev"]}, "sourceIPs": ["192.0.2.7"],
        "userAgent": "kubectl/v1.37.0",
        "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "clinic", "name": "patients-db-0", "apiVersion": "v1"},
        "responseStatus": {"code": 101}, "requestReceivedTimestamp": time, "stageTimestamp": time,
        "annotations": {"authorization.k8s.io/decision": "allow"},
    })
}

fn batch(number: u32) -> String {
    let items: Vec<Value> = (0..BATCH).map(|at| shell(number, at)).collect();
    json!({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": items}).to_string()
}

/// Sends batches, each until it is acknowledged, to whoever of these takes it. `refused` is told of each answer that was no yes.
pub fn send(site: &Site, nodes: &[&Node], next: &AtomicU32, end: &AtomicBool, refused: &(dyn Fn(u16) + Sync)) {
    while !end.load(Ordering::Relaxed) {
        one(site, nodes, next.fetch_add(1, Ordering::Relaxed), refused);
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends one until it is acknowledged.
pub fn one(site: &Site, nodes: &[&Node], number: u32, refused: &(dyn Fn(u16) + Sync)) {
    for node in nodes.iter().cycle().skip(number as usize % nodes.len()) {
        match site.send(node, &batch(number)) {
            200 => return,
            other => refused(other),
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Every event of so many batches led to its detection, once.
pub fn judged(site: &Site, node: &Node, batches: u32) {
    let wanted: BTreeMap<String, u64> = (0..batches)
        .flat_map(|number| (1..BATCH).map(move |at| (format!("u{number}-{at}"), 1)))
        .chain([("everybody".to_owned(), u64::from(batches))])
        .collect();
    let differs = || {
        let found = found(site, node);
        wanted.iter().filter(|(user, count)| found.get(*user) != Some(count)).count()
            + found.len().abs_diff(wanted.len())
    };
    site.until("every event is judged, once", || differs() == 0);
}

/// By user, how often they were seen by the rule that knows most of them.
fn found(site: &Site, node: &Node) -> BTreeMap<String, u64> {
    let (mut by_rule, mut cursor): (BTreeMap<String, BTreeMap<String, u64>>, _) = (BTreeMap::new(), String::new());
    loop {
        let page = site.clinic(node, &format!("/detections?limit=500{cursor}"));
        for one in page["items"].as_array().into_iter().flatten() {
            let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
            let count = one["count"].as_u64().or_else(|| one["count"].as_str()?.parse().ok()).unwrap_or_default();
            *by_rule.entry(text("rule")).or_default().entry(text("who")).or_default() += count;
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return by_rule.into_values().max_by_key(BTreeMap::len).unwrap_or_default(),
        }
    }
}
