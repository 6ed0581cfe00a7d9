//! # What it does
//! Finds hosts outside the cluster, in variables and arguments of containers and in
//! Services of type ExternalName, of which the register says not who runs them.
//!
//! # Why it matters
//! Where data goes to another organisation there must be a processor with an
//! agreement, and for a third country a safeguard. What is not in the record has neither.
//!
//! # What to do
//! Add the host to `hosts` of a `Processor`, or of the `Organisation` if it is your own.
//!
//! # References
//! GDPR Art. 28(1), 30(1)(d), 44.

use cloister_model::Severity;

use cloister_inventory::{Container, Inventory};
use cloister_model::{Node, Place};

use super::hosts::{external, is_declared};
use crate::{Check, Findings, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "external-destination-undeclared",
    title: "a destination outside the cluster is in no register",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(
        &["Service", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod", "Processor"],
        |findings| {
            for pod in findings.inventory().pods() {
                for container in pod.containers() {
                    judge_container(&container, findings);
                }
            }
            for service in findings.inventory().of_kind("Service") {
                if let Some(node) = service.root.at("spec/externalName") {
                    judge(Place::of(service, node), node, true, findings);
                }
            }
        },
    ),
};

fn judge_container(container: &Container<'_>, findings: &mut Findings<'_>) {
    for (name, entry) in container.env() {
        let is_host =
            ["HOST", "HOSTNAME", "SERVER", "ENDPOINT"].iter().any(|suffix| name.to_ascii_uppercase().ends_with(suffix));
        if let Some(node) = entry.get("value") {
            judge(container.place(node), node, is_host, findings);
        }
    }
    for node in container.words() {
        judge(container.place(node), node, false, findings);
    }
}

fn judge(place: Place<'_>, node: &Node, is_host: bool, findings: &mut Findings<'_>) {
    let Some(text) = node.as_str().filter(|text| text.len() < 4096) else { return };
    for host in external(text, is_host) {
        if is_service(host, findings.inventory()) {
            continue;
        }
        if findings.examine(!is_declared(host, findings.register())) {
            findings
                .report(place)
                .message(format!("{host} is outside the cluster, and the register says not who runs it"))
                .fix(format!("# in a Processor, or in the Organisation\nspec:\n  hosts: [{host}]"));
        }
    }
}

/// `name.namespace`: a Service of this cluster.
fn is_service(host: &str, inventory: &Inventory) -> bool {
    host.split_once('.').is_some_and(|(service, namespace)| {
        inventory.get("Service", namespace, service).is_some() || inventory.pods_in(namespace).next().is_some()
    })
}
