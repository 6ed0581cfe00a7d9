//! # What it does
//! Finds containers that nothing keeps from running as root.
//!
//! # Why it matters
//! If the image runs as root, so does whoever breaks into it: files of mounted
//! volumes are open, and the way to the node is shorter. `runAsNonRoot` makes the
//! kubelet refuse such an image.
//!
//! # What to do
//! Set `runAsNonRoot: true` once for the pod.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, restricted, "Running as Non-root". CIS
//! 5.2.7. Pods in a user namespace of their own (`hostUsers: false`) are exempt from
//! Kubernetes 1.35.

use cloister_inventory::{Container, Pod};
use cloister_model::{Node, Severity};

use super::levels::{in_user_namespace, levels, report_in};
use crate::{Check, Findings, Run};

const FIX: &str = "securityContext:\n  runAsNonRoot: true";

pub(crate) const CHECK: Check = Check {
    name: "may-run-as-root",
    title: "container may run as root",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if in_user_namespace(pod) {
            return;
        }
        explicit(pod, findings);
        // What the pod says holds for containers that say nothing, be it yes or no.
        if pod.security("runAsNonRoot").and_then(Node::as_bool).is_none() {
            pod.containers().filter(says_nothing).for_each(|container| {
                report_in(&container, container.at("securityContext/runAsNonRoot"), findings)
                    .message(format!("container \"{}\" may run as root", container.name()))
                    .fix(FIX);
            });
        }
    }),
};

/// Pod and containers that say `runAsNonRoot: false` aloud; the pod also where
/// each container overrides it, since the next container will not.
fn explicit(pod: &Pod<'_>, findings: &mut Findings<'_>) {
    for level in levels(pod) {
        if level.field("runAsNonRoot").and_then(Node::as_bool) == Some(false) {
            level
                .report(findings, "securityContext/runAsNonRoot")
                .message(format!("{} is allowed to run as root", level.who()))
                .fix(FIX);
        }
    }
}

fn says_nothing(container: &Container<'_>) -> bool {
    container.own_security("runAsNonRoot").and_then(Node::as_bool).is_none()
}
