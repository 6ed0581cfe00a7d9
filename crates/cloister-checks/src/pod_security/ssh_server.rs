//! # What it does
//! Finds workloads that are reached by SSH: by a container's port or program, or
//! through a Service.
//!
//! # Why it matters
//! Who logs in by SSH appears in no audit log of the cluster, passes RBAC by, and
//! keeps keys that no one takes back.
//!
//! # What to do
//! Use `kubectl exec` and ephemeral containers. A server that speaks SSH as its
//! purpose (Git, SFTP) gets an exception that says so.
//!
//! # References
//! MITRE ATT&CK for Containers, "SSH server running inside container". GDPR Art. 32(1)(b).

use cloister_inventory::Pod;
use cloister_model::{Node, Resource, Severity};

use super::levels::report_in;
use crate::commands::commands;
use crate::{Check, Findings, Run};

const PORTS: [i64; 2] = [22, 2222];

pub(crate) const CHECK: Check = Check {
    name: "ssh-server",
    title: "workload is reached by SSH",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if !in_containers(pod, findings) {
            by_services(pod, findings);
        }
    }),
};

fn is_ssh(port: &Node, field: &str) -> bool {
    port.int_at(field).is_some_and(|number| PORTS.contains(&number)) || port.str_at(field) == Some("ssh")
}

/// Whether a Service's port is SSH's, or leads to it.
fn opens_ssh(port: &Node) -> bool {
    is_ssh(port, "port") || is_ssh(port, "targetPort")
}

fn in_containers(pod: &Pod<'_>, findings: &mut Findings<'_>) -> bool {
    let mut found = false;
    for container in pod.containers() {
        let ports = container.node.items_at("ports").iter().filter(|port| is_ssh(port, "containerPort"));
        let ports = ports.map(|port| container.place(port).at("containerPort"));
        let commands = commands(&container);
        let programs = commands.iter().filter(|command| matches!(command.program(), "sshd" | "dropbear"));
        for place in ports.chain(programs.map(|command| command.place(&container))) {
            found = true;
            report_in(&container, place, findings)
                .message(format!("container \"{}\" is reached by SSH", container.name()));
        }
    }
    found
}

fn by_services<'a>(pod: &Pod<'a>, findings: &mut Findings<'a>) {
    let opens = |service: &Resource| service.root.items_at("spec/ports").iter().any(opens_ssh);
    let namespace = pod.namespace();
    // Few namespaces have such a Service at all.
    if !findings.any_in("Service", namespace, opens) {
        return;
    }
    for service in findings.seen().services_of(pod) {
        for port in service.root.items_at("spec/ports") {
            if opens_ssh(port) {
                let place = cloister_model::Place::of(service, port).at("port");
                findings
                    .report(place)
                    .message(format!("Service \"{}\" opens SSH to {}", service.name, pod.resource.name));
            }
        }
    }
}
