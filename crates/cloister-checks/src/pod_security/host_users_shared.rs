//! # What it does
//! Finds pods in which a container runs as root or adds a capability, and which have
//! no user namespace of their own.
//!
//! # Why it matters
//! Without one, root in the container has the user id of root on the node: if it
//! breaks out, it is root there. In a user namespace of its own it would be a user
//! whom the node gives nothing.
//!
//! # What to do
//! Set `hostUsers: false`, which Kubernetes takes without a feature gate from 1.33 on
//! (the default stays `true`), or do without root and added capabilities.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes documentation, "User Namespaces" (KEP-127). Pods that
//! share another namespace of the node, or run privileged, are exempt: what they do needs
//! the node's own.

use cloister_inventory::Pod;
use cloister_model::{Node, Severity};

use super::capabilities::added;
use super::levels::in_user_namespace;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "host-users-shared",
    title: "pod with root or added capabilities has no user namespace of its own",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if pod.is_windows() || is_of_the_node(pod) || !is_powerful(pod) {
            return findings.not_applicable();
        }
        if !in_user_namespace(pod) {
            findings.report(pod.at("hostUsers")).fix("hostUsers: false");
        }
    }),
};

/// Whether any container says that it is root or more than an ordinary user.
fn is_powerful(pod: &Pod<'_>) -> bool {
    pod.containers().any(|container| {
        container.security("runAsUser").and_then(Node::as_int) == Some(0)
            || added(&container).any(|(name, _)| name != "NET_BIND_SERVICE")
    })
}

/// Whether the pod works on the node itself.
fn is_of_the_node(pod: &Pod<'_>) -> bool {
    let privileged = |node: &Node| node.bool_at("securityContext/privileged") == Some(true);
    ["hostNetwork", "hostPID", "hostIPC"].iter().any(|field| pod.spec.bool_at(field) == Some(true))
        || pod.containers().any(|container| privileged(container.node))
}
