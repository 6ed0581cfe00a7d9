//! # What it does
//! Finds probes and lifecycle hooks that name a host to call.
//!
//! # Why it matters
//! The kubelet makes the call, from the node's network: whoever writes the pod
//! reaches what no NetworkPolicy lets the pod itself reach.
//!
//! # What to do
//! Remove `host`: the pod's own address is the default.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, baseline, "Host Probes / Lifecycle Hooks"
//! (from Kubernetes 1.34).

use cloister_model::Severity;

use crate::{Check, Run};

/// Where a host can be named. `tcpSocket` in a hook does nothing today, and is refused all the same.
const HOSTS: [&str; 10] = [
    "livenessProbe/httpGet/host",
    "livenessProbe/tcpSocket/host",
    "readinessProbe/httpGet/host",
    "readinessProbe/tcpSocket/host",
    "startupProbe/httpGet/host",
    "startupProbe/tcpSocket/host",
    "lifecycle/postStart/httpGet/host",
    "lifecycle/postStart/tcpSocket/host",
    "lifecycle/preStop/httpGet/host",
    "lifecycle/preStop/tcpSocket/host",
];

pub(crate) const CHECK: Check = Check {
    name: "host-probe",
    title: "probe or lifecycle hook names a host",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        for path in HOSTS {
            if let Some(host) = container.node.str_at(path).filter(|host| !host.is_empty()) {
                let who = path.split('/').find(|step| *step != "lifecycle").unwrap_or(path);
                findings.report(container.at(path)).message(format!(
                    "{who} of container \"{}\" calls the host {host} from the node",
                    container.name()
                ));
            }
        }
    }),
};
