//! # What it does
//! Finds containers that take a port of their node.
//!
//! # Why it matters
//! The port is reachable wherever the node is, past Services and Ingresses and,
//! with many network plugins, past NetworkPolicies.
//!
//! # What to do
//! Remove `hostPort` and publish the port with a Service.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Host Ports". CIS 5.2.12. NSA/CISA
//! Kubernetes Hardening Guidance, "Container hostPort".

use cloister_model::{Node, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "host-port",
    title: "container takes a port of its node",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        for port in container.node.items_at("ports") {
            // 0 is what an absent port looks like to the API server.
            if let Some(number) = port.get("hostPort").and_then(Node::as_int).filter(|number| *number != 0) {
                findings
                    .report(container.place(port).at("hostPort"))
                    .message(format!("container \"{}\" takes port {number} of its node", container.name()));
            }
        }
    }),
};
