//! How long checks take after a change, beside everything judged anew: of 10,000 resources as a cluster would list them, or
//! of `again RESOURCES`. Both in turns, so that a busy machine is as hard on one as on the other.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing, reason = "a program that measures")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cloister_assessment::Judged;
use cloister_checks::{Context, Entry, entries, run_and_tell};
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_register::Register;

/// Rounds of each, of which the fastest counts.
const ROUNDS: usize = 5;
/// So many checks are named.
const NAMED: usize = 25;

fn read(text: &str, interner: &mut Interner) -> Vec<Resource> {
    parse(text, &Origin::Cluster("c".into()), 1, interner).resources
}

/// Namespaces of twenty resources: what a shop and its database are made of. As `e2e/tests/hub_load.rs` makes them.
fn cluster(resources: usize, interner: &mut Interner) -> Vec<Resource> {
    let mut all = Vec::with_capacity(resources);
    for number in 0..resources / 20 {
        let namespace = format!("shop-{number}");
        let mut text = format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}}}\n");
        let mut add = |head: &str, name: &str, rest: &str| {
            text += &format!(
                "---\n{head}\nmetadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}\n{rest}\n"
            );
        };
        for part in 0..4 {
            let name = format!("part-{part}");
            add("apiVersion: v1\nkind: ServiceAccount", &name, "");
            let container = format!(
                "{{name: main, image: 'registry.example/{name}:1', args: ['--port=80'], env: [{{name: LOG_LEVEL, value: info}}], \
                 volumeMounts: [{{name: data, mountPath: /data}}]}}"
            );
            let template = format!(
                "{{metadata: {{labels: {{app: {name}}}}}, spec: {{serviceAccountName: {name}, containers: [{container}], \
                 volumes: [{{name: data, emptyDir: {{}}}}]}}}}"
            );
            let spec =
                format!("spec: {{replicas: 1, selector: {{matchLabels: {{app: {name}}}}}, template: {template}}}");
            add("apiVersion: apps/v1\nkind: Deployment", &name, &spec);
            add(
                "apiVersion: v1\nkind: Service",
                &name,
                &format!("spec: {{selector: {{app: {name}}}, ports: [{{port: 80}}]}}"),
            );
            add("apiVersion: v1\nkind: ConfigMap", &name, "data: {app.conf: \"mode = fast\\nsize = 3\"}");
        }
        let rbac = "apiVersion: rbac.authorization.k8s.io/v1\nkind:";
        let rules = "rules: [{apiGroups: [''], resources: [configmaps], verbs: [get, list]}]";
        add(&format!("{rbac} Role"), "reader", rules);
        let binds = format!(
            "roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}}\n\
             subjects: [{{kind: ServiceAccount, name: part-0, namespace: {namespace}}}]"
        );
        add(&format!("{rbac} RoleBinding"), "reader", &binds);
        let deny = "spec: {podSelector: {}, policyTypes: [Ingress]}";
        add("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy", "deny", deny);
        all.extend(read(&text, interner));
    }
    all
}

fn pod(number: usize, interner: &mut Interner) -> Resource {
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: load-{number}, namespace: load}}\n\
         spec: {{containers: [{{name: a, image: a, securityContext: {{privileged: true}}}}]}}"
    );
    read(&text, interner).remove(0)
}

/// Of one kind of change, after everything was judged: what it costs now, and what it would cost.
struct Measured {
    again: Duration,
    fresh: Duration,
}

fn timed(resources: &[Resource], entries: &[&'static Entry], judged: Option<&mut Judged>) -> Duration {
    let inputs = Inputs { cluster: true, server_version: Some("v1.37.2".into()), ..Inputs::default() };
    let inventory = Inventory::new(resources.to_vec(), inputs);
    let (register, _) = Register::from_inventory(&inventory);
    let today = jiff::civil::date(2026, 11, 27);
    let context = Context { inventory: &inventory, register: &register, today, profile: None };
    let start = Instant::now();
    let outcomes = run_and_tell(entries, &context, &mut Vec::new(), judged);
    let took = start.elapsed();
    drop(outcomes);
    took
}

/// So many pods come, and as many go in the next round.
fn measure(resources: &mut Vec<Resource>, pods: &[Resource], entries: &[&'static Entry]) -> Measured {
    let mut judged = Judged::default();
    timed(resources, entries, Some(&mut judged));
    let mut best = Measured { again: Duration::MAX, fresh: Duration::MAX };
    for round in 0..ROUNDS {
        match round % 2 {
            0 => resources.extend_from_slice(pods),
            _ => resources.truncate(resources.len() - pods.len()),
        }
        best.again = best.again.min(timed(resources, entries, Some(&mut judged)));
        best.fresh = best.fresh.min(timed(resources, entries, None));
    }
    if ROUNDS % 2 == 1 {
        resources.truncate(resources.len() - pods.len());
    }
    best
}

fn main() {
    let count = std::env::args().nth(1).map_or(10_000, |number| number.parse().unwrap());
    let mut interner = Interner::default();
    let mut resources = cluster(count, &mut interner);
    let pods: Vec<Resource> = (0..70).map(|number| pod(number, &mut interner)).collect();
    let all: Vec<&'static Entry> = entries().collect();
    let mut judged = Judged::default();
    timed(&resources, &all, Some(&mut judged));
    println!("{} resources; {}", resources.len(), judged.size());
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    for changes in [0, 1, 70] {
        let one = measure(&mut resources, &pods[..changes], &all);
        let ratio = one.fresh.as_secs_f64() / one.again.as_secs_f64();
        println!("{changes} changes: {:.1} ms instead of {:.1} ms, {ratio:.1} times", ms(one.again), ms(one.fresh));
    }
    println!("checks alone, one change:");
    let mut costs: BTreeMap<Duration, (&str, Duration)> = BTreeMap::new();
    for entry in all {
        let one = measure(&mut resources, &pods[..1], &[entry]);
        costs.insert(one.again, (entry.check.name, one.fresh));
    }
    for (again, (name, fresh)) in costs.iter().rev().take(NAMED) {
        println!("{:8.2} ms instead of {:8.2} ms  {name}", ms(*again), ms(*fresh));
    }
}
