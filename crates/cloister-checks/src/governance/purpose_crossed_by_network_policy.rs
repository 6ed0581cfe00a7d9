//! # What it does
//! Finds network policies that let workloads of another purpose reach a store of
//! personal data.
//!
//! # Why it matters
//! Purpose limitation is only as strong as the network: what can connect to the
//! database can read it with one leaked password.
//!
//! # What to do
//! Name in the rule only the workloads of the activities that use the store; or add
//! the store to the other activity, if its purpose needs it.
//!
//! # References
//! GDPR Art. 5(1)(b).

use cloister_model::Severity;

use cloister_inventory::Selector;
use cloister_model::{Node, Place, Resource};
use cloister_register::{PersonalDataStore, Workload};

use crate::{Check, Findings, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "purpose-crossed-by-network-policy",
    title: "a network policy lets another purpose reach a store",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&["NetworkPolicy", "ProcessingActivity", "PersonalDataStore"], |findings| {
        for policy in findings.inventory().of_kind("NetworkPolicy") {
            for store in stores_behind(policy, findings) {
                judge(policy, store, findings);
            }
        }
    }),
};

/// The declared stores whose pods the policy selects.
fn stores_behind<'a>(policy: &Resource, findings: &Findings<'a>) -> Vec<&'a PersonalDataStore<'a>> {
    let Some(selector) = policy.root.at("spec/podSelector") else { return Vec::new() };
    let selected = |workload: &&Workload<'_>| {
        workload.namespace() == policy.namespace_or_default()
            && workload.pods.iter().any(|pod| Selector::Labels(selector).matches(pod.labels()))
    };
    let register = findings.register();
    let stores = register.stores().iter();
    stores.filter(|store| register.workloads_of_store(store).iter().any(&selected)).collect()
}

/// Each peer of each ingress rule, against each workload of a purpose that does not use the store.
fn judge(policy: &Resource, store: &PersonalDataStore<'_>, findings: &mut Findings<'_>) {
    let strangers = strangers(store, findings);
    for peer in policy.root.items_at("spec/ingress").iter().flat_map(|rule| rule.items_at("from")) {
        if peer.get("podSelector").is_none() && peer.get("namespaceSelector").is_none() {
            continue;
        }
        let admitted = strangers.iter().find(|(workload, _)| admits(peer, policy, workload, findings));
        findings.examine(admitted.is_some());
        if let Some((workload, activity)) = admitted {
            findings.report(Place::of(policy, peer)).message(format!(
                "this rule lets {} of the activity \"{activity}\" reach the store \"{}\", which it does not use",
                workload.phrase(),
                store.name()
            ));
        }
    }
}

/// Workloads that belong to activities, none of which uses the store or is
/// compatible with one that does.
fn strangers<'a>(store: &PersonalDataStore<'_>, findings: &Findings<'a>) -> Vec<(&'a Workload<'a>, &'a str)> {
    let register = findings.register();
    let using = register.activities_using(store.name());
    let stranger = |workload: &'a Workload<'a>| {
        let own = register.activities_of(workload.resource);
        let first = own.first()?;
        let may = own.iter().any(|activity| using.iter().any(|other| activity.is_compatible_with(other)));
        let is_store = register.stores_of(workload.resource).iter().any(|other| other.name() == store.name());
        (!may && !is_store).then(|| (workload, first.name()))
    };
    register.workloads().iter().filter_map(stranger).collect()
}

fn admits(peer: &Node, policy: &Resource, workload: &Workload<'_>, findings: &Findings<'_>) -> bool {
    let namespace = workload.namespace();
    let in_namespace = match peer.get("namespaceSelector") {
        None => namespace == policy.namespace_or_default(),
        Some(selector) => {
            let selector = Selector::Labels(selector);
            let object = findings.inventory().namespace(namespace);
            selector.is_everything() || object.is_some_and(|object| selector.matches(object.labels()))
        }
    };
    let pods = |selector| workload.pods.iter().any(|pod| Selector::Labels(selector).matches(pod.labels()));
    in_namespace && peer.get("podSelector").is_none_or(pods)
}
