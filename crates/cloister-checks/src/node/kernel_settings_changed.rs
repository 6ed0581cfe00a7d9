//! # What it does
//! Finds nodes whose kernel is set otherwise than the kubelet sets it or asks for when it starts: `vm.overcommit_memory`,
//! `vm.panic_on_oom`, `kernel.panic`, `kernel.panic_on_oops` and the limits of the kernel's keys. Something changed them
//! since, or will be changed by the next start.
//!
//! # Why it matters
//! With `protectKernelDefaults` the kubelet does not start again. Without it, the settings are its own again after the
//! next start, and whoever hardened the host does not learn of it.
//!
//! # What to do
//! Set them as the kubelet wants them, in a file of `/etc/sysctl.d`.
//!
//! # References
//! Kubernetes 1.37, `setupKernelTunables` of `pkg/kubelet/cm` and `k8s.io/component-helpers/node/util/sysctl`.
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;
use cloister_node::Facts;

use super::files::FACTS;
use super::kernel;
use crate::{Check, Need, Run};

/// Settings and the values that the kubelet gives them.
const EXPECTED: [(&str, &str); 6] = [
    ("vm.overcommit_memory", "1"),
    ("vm.panic_on_oom", "0"),
    ("kernel.panic", "10"),
    ("kernel.panic_on_oops", "1"),
    ("kernel.keys.root_maxkeys", "1000000"),
    ("kernel.keys.root_maxbytes", "25000000"),
];

pub(crate) const CHECK: Check = Check {
    name: "kernel-settings-changed",
    title: "the kernel is set otherwise than the kubelet sets it",
    severity: Severity::Low,
    needs: &[Need::NodeOf("kubelet")],
    run: Run::Resource(FACTS, |resource, findings| {
        let Some(facts) = Facts::of(resource).filter(|facts| facts.runs("kubelet")) else {
            return findings.not_applicable();
        };
        kernel::judge(findings, &facts, &EXPECTED, |name, value, expected| {
            format!("{name} is {value}, and the kubelet sets it to {expected}")
        });
    }),
};
