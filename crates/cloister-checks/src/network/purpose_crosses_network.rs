//! # What it does
//! Finds stores of personal data that workloads of another purpose reach on the ports that they serve, as all policies
//! together decide (and Istio's, where it is in force): workloads of processing activities, none of which uses the
//! store or is declared compatible with one that does.
//!
//! # Why it matters
//! Data that was collected for one purpose must not be used for another. Where the network lets the other purpose in,
//! one leaked password, one copied query or one new feature is all that keeps them apart, and no record shows when it
//! happened. Where a policy keeps them apart, this is the proof.
//!
//! # What to do
//! Isolate the store by a NetworkPolicy that lets in only the workloads of the activities that use it; `cloister network
//! purposes` tells for each connection why it passes and what closes it. Where the other purpose needs the data, add the
//! store to its activity; where the purposes are compatible, say why in `compatibleWith` (Art. 6(4)).
//!
//! # References
//! GDPR Art. 5(1)(b), 6(4), 25(2). Kubernetes documentation, "Network Policies".

use std::collections::HashSet;

use cloister_model::{Place, Resource, Severity};
use cloister_network::Endpoint;
use cloister_purpose::{Store, stores};
use cloister_register::Register;

use super::reach::{self, Callers, KINDS};
use crate::{Check, Findings, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "purpose-crosses-network",
    title: "store can be reached by workloads of another purpose",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(KINDS, |findings| {
        if !has_store_in_use(findings.register(), findings) {
            return;
        }
        for (resource, bad) in judged(findings) {
            if findings.examine(bad.is_some())
                && let Some(message) = bad
            {
                findings.report(Place::whole(resource)).message(message);
            }
        }
    }),
};

/// Without a store that some activity uses nobody has another purpose, and nothing need be known of the network.
fn has_store_in_use(register: &Register<'_>, findings: &Findings<'_>) -> bool {
    findings.inventory().pods().any(|pod| {
        let declared = register.stores_of(pod.resource);
        match declared.is_empty() {
            false => declared.iter().any(|store| !register.activities_using(store.name()).is_empty()),
            true => register.recognised(pod.resource).is_some() && !register.activities_of(pod.resource).is_empty(),
        }
    })
}

/// Each store that some activity uses, and what is wrong with it.
fn judged<'a>(findings: &Findings<'a>) -> Vec<(&'a Resource, Option<String>)> {
    let (reach, register) = (findings.reach(), findings.register());
    let callers = Callers::of(findings);
    // A workload with several kinds of pods is one store.
    let mut seen = HashSet::new();
    let mut said = Vec::new();
    for store in stores(&reach.network, register).iter().filter(|store| !store.activities.is_empty()) {
        let Some(Endpoint::Workload(workload)) = reach.network.endpoint(store.endpoint) else { continue };
        if !seen.insert(std::ptr::from_ref(workload.resource)) || reach.is_decided_elsewhere(workload.namespace) {
            continue;
        }
        let strangers = strangers(store, callers.of_workload(workload.resource), reach, register);
        let bad = (!strangers.is_empty()).then(|| {
            let who = reach::few(strangers.into_iter(), |it| it);
            format!("{} can be reached by workloads of another purpose: {who}", phrase(store))
        });
        said.push((workload.resource, bad));
    }
    said
}

fn phrase(store: &Store<'_, '_>) -> String {
    match store.declared {
        true => format!("the store {}", store.name),
        false => format!("the store {} ({})", store.name, store.holds),
    }
}

/// Those of another purpose, each with its activities.
fn strangers(
    store: &Store<'_, '_>,
    callers: Vec<usize>,
    reach: &reach::Reach<'_>,
    register: &Register<'_>,
) -> Vec<String> {
    let stranger = |number: usize| {
        let workload = reach.network.endpoint(number)?.workload()?;
        let activities = register.activities_of(workload.resource);
        store.is_crossed_by(workload.resource, &activities, register).then(|| {
            let activities: Vec<&str> = activities.iter().map(|activity| activity.name()).collect();
            format!("{}/{} ({})", workload.namespace, workload.name, activities.join(", "))
        })
    };
    callers.into_iter().filter_map(stranger).collect()
}
