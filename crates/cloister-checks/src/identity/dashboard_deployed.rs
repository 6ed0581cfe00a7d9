//! # What it does
//! Finds the Kubernetes dashboard, and bindings of its role to others.
//!
//! # Why it matters
//! The dashboard shows Secrets and opens shells with its own rights to whoever reaches
//! it; it has been the way into clusters more than once, and is no longer maintained.
//!
//! # What to do
//! Remove it. Use a tool that runs with the rights of the person who uses it.
//!
//! # References
//! MITRE ATT&CK for Containers, T1613 "Container and Resource Discovery". GDPR Art. 32(1)(b).

use cloister_inventory::Pod;
use cloister_model::{Place, Resource, Severity};

use super::bindings::{ACCESS, BINDINGS, role_ref, subjects};
use crate::{Check, Run};

const NAME: &str = "kubernetes-dashboard";

fn is_dashboard(pod: &Pod<'_>) -> bool {
    let labelled = ["k8s-app", "app.kubernetes.io/name"].iter().any(|key| pod.label(key) == Some(NAME));
    let image = |image: &str| {
        let (_, last) = image.rsplit_once('/').unwrap_or(("", image));
        image.contains("kubernetesui/dashboard") || last.starts_with(NAME)
    };
    labelled || pod.service_account() == NAME || pod.containers().any(|container| image(container.image()))
}

/// The dashboard's role, given to anybody but the dashboard.
fn is_handed_on(binding: &Resource) -> bool {
    role_ref(binding).is_some_and(|role| role.name == NAME)
        && subjects(binding).any(|subject| subject.service_account().is_none_or(|(_, account)| account != NAME))
}

pub(crate) const CHECK: Check = Check {
    name: "dashboard-deployed",
    title: "the Kubernetes dashboard is deployed",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(ACCESS, |findings| {
        let inventory = findings.inventory();
        for pod in inventory.pods() {
            if findings.examine(is_dashboard(&pod)) {
                findings
                    .report(pod.resource)
                    .message(format!("{} \"{}\" is the Kubernetes dashboard", pod.resource.kind, pod.resource.name));
            }
        }
        for binding in BINDINGS.iter().flat_map(|kind| inventory.of_kind(kind)) {
            if findings.examine(is_handed_on(binding)) {
                findings
                    .report(Place::whole(binding).at("roleRef/name"))
                    .message(format!("{} \"{}\" gives the dashboard's role to others", binding.kind, binding.name));
            }
        }
    }),
};
