//! # What it does
//! Finds workloads that are part of no activity which uses a store of special categories of data, and whose service
//! account opens that store all the same.
//!
//! # Why it matters
//! Data is kept for a purpose. A workload of another purpose that can read it is one bug away from doing so, and whoever
//! breaks into it has the data at once.
//!
//! # What to do
//! Take the right from the service account, or give the workload one of its own; where it does use the store, say so in
//! the register. `cloister rbac who-can read-personal-data STORE` shows every way with its proof.
//!
//! # References
//! GDPR Art. 32(4), 5(1)(b).

use cloister_inventory::Pod;
use cloister_model::Severity;
use cloister_rbac::Class;
use cloister_rbac::personal_data::Access;
use cloister_register::{PersonalDataStore, Register};

use super::accounts::holds_token;
use super::bindings::ACCESS;
use super::rules::is_clusters_own;
use super::special_data::{each, ways};
use crate::check::Need;
use crate::{Check, Run};

/// Whether a pod runs as the service account, or in the group of them, that a subject is.
fn is_meant(access: &Access<'_, '_>, pod: &Pod<'_>) -> bool {
    let name = access.subject.full_name();
    let (namespace, account) = (pod.namespace(), pod.service_account());
    name == format!("system:serviceaccount:{namespace}:{account}")
        || name == format!("system:serviceaccounts:{namespace}")
        || name == "system:serviceaccounts"
}

fn belongs(pod: &Pod<'_>, store: &PersonalDataStore<'_>, register: &Register<'_>) -> bool {
    let activities = register.activities_using(store.name());
    let uses = |name: &str| activities.iter().any(|activity| activity.name() == name);
    register.stores_of(pod.resource).iter().any(|own| own.name() == store.name())
        || register.activities_of(pod.resource).iter().any(|activity| uses(activity.name()))
}

pub(crate) const CHECK: Check = Check {
    name: "special-data-read-by-others",
    title: "a workload of another purpose can read special categories of data through the cluster",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(ACCESS, |findings| {
        each(findings, |findings, store, data, found| {
            let (inventory, register) = (findings.inventory(), findings.register());
            let workloads: Vec<&Access<'_, '_>> =
                found.iter().filter(|access| access.subject.class() == Class::Workload).collect();
            for pod in inventory.pods().filter(|pod| !is_clusters_own(inventory.inputs(), pod.namespace())) {
                if belongs(&pod, store, register) || !holds_token(&findings.seen(), &pod) {
                    continue;
                }
                let all: Vec<&Access<'_, '_>> =
                    workloads.iter().copied().filter(|access| is_meant(access, &pod)).collect();
                if findings.examine(!all.is_empty()) {
                    findings.report(pod.at("serviceAccountName")).message(format!(
                        "{} \"{}\" runs as service account \"{}\", which can read {data} (store {}): {}",
                        pod.resource.kind,
                        pod.resource.name,
                        pod.service_account(),
                        store.name(),
                        ways(&all)
                    ));
                }
            }
        });
    }),
};
