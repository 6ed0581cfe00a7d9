//! # What it does
//! Finds namespaces with personal data for which nothing raises an alarm: no
//! PrometheusRule or AlertmanagerConfig (or their VictoriaMetrics kin) in the
//! namespace, and nothing that watches all of the cluster, such as Falco, Tetragon or
//! Tracee.
//!
//! # Why it matters
//! The 72 hours of Art. 33 begin when the controller becomes aware. Who has no alarm
//! becomes aware from the newspaper.
//!
//! # What to do
//! Watch the runtime of the nodes (Falco, Tetragon), or write rules for the namespace,
//! and send the alarm to somebody who is there.
//!
//! # References
//! GDPR Art. 33(1). NSA/CISA Kubernetes Hardening Guidance, "Threat detection".

use std::cmp::Reverse;

use cloister_inventory::Inventory;
use cloister_model::{PersonalData, Severity, Subject};
use cloister_register::Exposure;

use crate::system::is_system_namespace;
use crate::{Check, Findings, Run};

/// Rules and routes of alarms in a namespace.
const RULES: [&str; 4] = [
    "PrometheusRule.monitoring.coreos.com",
    "AlertmanagerConfig.monitoring.coreos.com",
    "VMRule.operator.victoriametrics.com",
    "VMAlertmanagerConfig.operator.victoriametrics.com",
];

/// Kinds of what watches every node.
const WATCHES: [&str; 4] = [
    "TracingPolicy.cilium.io",
    "Falco.instance.falcosecurity.dev",
    "Falco.artifact.falcosecurity.dev",
    "KubeArmorConfig.operator.kubearmor.com",
];

/// Images of what watches every node.
const WATCHERS: [&str; 7] =
    ["falco", "tetragon", "tracee", "kubearmor", "sysdig/agent", "wazuh-agent", "cloister-sensor"];

/// So many namespaces are named in one sentence.
const MOST_NAMED: usize = 5;

fn has_rules(inventory: &Inventory, namespace: &str) -> bool {
    RULES.iter().any(|kind| inventory.of_kind(kind).any(|rule| rule.namespace.as_deref() == Some(namespace)))
}

fn is_watched(inventory: &Inventory) -> bool {
    WATCHES.iter().any(|kind| inventory.has_kind(kind))
        || inventory.pods().filter(|pod| &*pod.resource.kind == "DaemonSet").any(|pod| {
            pod.containers().any(|container| WATCHERS.iter().any(|watcher| container.image().contains(watcher)))
        })
}

pub(crate) const CHECK: Check = Check {
    name: "alert-route-missing",
    title: "nobody is told of a breach",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(&["Pod", "DaemonSet", "Deployment"], |findings| {
        let inventory = findings.inventory();
        let held = with_personal_data(findings);
        let watched = is_watched(inventory);
        let is_silent = |namespace: &Held<'_>| !watched && !has_rules(inventory, namespace.name);
        let silent: Vec<_> = held.iter().filter(|namespace| is_silent(namespace)).collect();
        for namespace in &held {
            findings.examine(is_silent(namespace));
        }
        // Where nothing is watched at all, one step helps all of them.
        if silent.len() == held.len() && silent.len() > 1 {
            let message = format!(
                "nothing raises an alarm for the {} namespaces with personal data: {}",
                silent.len(),
                named(&silent)
            );
            findings.report(Subject::Absent).message(message);
            return;
        }
        for Held { name, subject, .. } in silent {
            let message = format!("nothing raises an alarm for namespace \"{name}\", which holds personal data");
            findings.report(subject.clone()).message(message);
        }
    }),
};

/// A namespace that holds personal data.
struct Held<'a> {
    name: &'a str,
    level: PersonalData,
    subject: Subject<'a>,
}

/// Those with the most sensitive data by name, the others by number.
fn named(namespaces: &[&Held<'_>]) -> String {
    let mut order: Vec<&&Held<'_>> = namespaces.iter().collect();
    order.sort_by_key(|held| (Reverse(held.level), held.name));
    let (shown, rest) = order.split_at(order.len().min(MOST_NAMED));
    let names: Vec<&str> = shown.iter().map(|held| held.name).collect();
    match rest.len() {
        0 => names.join(", "),
        others => format!("{} and {others} more", names.join(", ")),
    }
}

/// The namespaces that hold personal data, as far as is known.
fn with_personal_data<'a>(findings: &Findings<'a>) -> Vec<Held<'a>> {
    let inventory = findings.inventory();
    let exposure = Exposure::new(findings.register(), inventory);
    let namespaces = inventory.namespaces().filter(|(name, _)| !is_system_namespace(name));
    let judged = namespaces.filter_map(|(name, object)| {
        let reference = Inventory::namespace_reference(name);
        let at_risk = object.map_or_else(|| exposure.of_reference(&reference), |it| exposure.of_resource(it));
        let subject = || object.map_or(Subject::Named(reference), Subject::from);
        (at_risk.level != PersonalData::None).then(|| Held { name, level: at_risk.level, subject: subject() })
    });
    judged.collect()
}
