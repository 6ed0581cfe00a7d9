//! # What it does
//! Finds Services whose selector selects no workload of their namespace, and
//! ports that go to a name which no container of the selected pods declares.
//!
//! # Why it matters
//! Callers get no answer; and whoever may create pods with those labels later
//! receives what was meant for others.
//!
//! # What to do
//! Write the labels of the pod template into `spec.selector`, and the name or
//! number of a container's port into `targetPort`; delete what nobody uses.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes API, `ServiceSpec.selector` and `ServicePort.targetPort`.

use cloister_inventory::Pod;
use cloister_model::{Node, Place, Resource, Severity};

use super::{operated, services};
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "service-selects-nothing",
    title: "Service selects no workload",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(
        &["Service", "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"],
        |findings| {
            let inventory = findings.inventory();
            let services = inventory.of_kind("Service").filter(|service| services::is_ours(service));
            for service in services.filter(|service| services::kind_of(service) != "ExternalName") {
                let selector = service.root.entries_at("spec/selector");
                if selector.is_empty() || operated::may_be_made(inventory, service.namespace_or_default(), selector) {
                    continue;
                }
                // One pod proves that there are some; the others matter for the names of ports.
                let named = services::ports(service).iter().any(|port| port.str_at("targetPort").is_some());
                let wanted = if named { usize::MAX } else { 1 };
                let pods: Vec<Pod<'_>> = services::pods_behind(inventory, service).take(wanted).collect();
                judge(service, &pods, findings);
            }
        },
    ),
};

fn judge(service: &Resource, pods: &[Pod<'_>], findings: &mut Findings<'_>) {
    let ports = services::ports(service);
    // A headless Service is a list of names: one port that is there is enough.
    let headless = service.root.str_at("spec/clusterIP") == Some("None");
    let enough = pods.is_empty() || headless && ports.iter().any(|port| is_declared(port, pods));
    let dangling = ports.iter().find(|port| !enough && !is_declared(port, pods));
    if !findings.examine(pods.is_empty() || dangling.is_some()) {
        return;
    }
    if let Some(port) = dangling {
        let name = port.str_at("targetPort").unwrap_or("");
        let message = format!("Service \"{}\" goes to port \"{name}\", which no container declares", service.name);
        findings.report(Place::of(service, port).at("targetPort")).message(message);
    } else {
        let namespace = service.namespace_or_default();
        let message = format!("Service \"{}\" selects no workload of namespace {namespace}", service.name);
        findings.report(Place::whole(service).at("spec/selector")).message(message);
    }
}

/// Whether a port by name is one of the pods'; a number needs no declaration.
fn is_declared(port: &Node, pods: &[Pod<'_>]) -> bool {
    let Some(name) = port.str_at("targetPort").filter(|name| name.parse::<u16>().is_err()) else { return true };
    let protocol = port.str_at("protocol").unwrap_or("TCP");
    pods.iter().flat_map(Pod::containers).flat_map(|container| container.node.items_at("ports")).any(|declared| {
        declared.str_at("name") == Some(name) && declared.str_at("protocol").unwrap_or("TCP") == protocol
    })
}
