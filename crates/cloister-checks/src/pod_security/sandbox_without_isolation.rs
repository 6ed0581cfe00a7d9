//! # What it does
//! Finds sandboxes of agent-sandbox, and templates for them, whose pods share the
//! kernel of their node: no RuntimeClass, or one of an ordinary runtime.
//!
//! # Why it matters
//! A sandbox runs what a model or a user wrote. Between that and every other pod of
//! the node, with its personal data, then stands one kernel with all its gaps.
//!
//! # What to do
//! Name a RuntimeClass with a kernel of its own in `podTemplate.spec.runtimeClassName`:
//! gVisor or Kata Containers.
//!
//! # References
//! agent-sandbox, "Sandbox". Kubernetes, "Runtime Class". GDPR Art. 32(1)(b).

use cloister_inventory::Pod;
use cloister_model::Severity;

use crate::sight::Seen;
use crate::{Check, Run};

/// Runtimes that start containers on the node's own kernel.
const ORDINARY: [&str; 6] = ["runc", "crun", "youki", "nvidia", "runhcs-wcow-process", "docker"];

/// The runtime behind a class: its handler where the class was read, else what its name says.
fn handler<'a>(seen: &Seen<'a>, class: &'a str) -> &'a str {
    let read = seen.get_cluster_wide("RuntimeClass", class);
    read.and_then(|class| class.root.str_at("handler")).unwrap_or(class)
}

fn is_sandbox(pod: &Pod<'_>) -> bool {
    matches!(&*pod.resource.kind, "Sandbox" | "SandboxTemplate") && pod.resource.group().ends_with("agents.x-k8s.io")
}

pub(crate) const CHECK: Check = Check {
    name: "sandbox-without-isolation",
    title: "sandbox shares the kernel of its node",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        if !is_sandbox(pod) {
            return findings.not_applicable();
        }
        let class = pod.spec.str_at("runtimeClassName").filter(|class| !class.is_empty());
        let shared = class.is_none_or(|class| ORDINARY.contains(&handler(&findings.seen(), class)));
        if shared {
            let what = class.map_or("names no RuntimeClass".to_owned(), |class| format!("runs with \"{class}\""));
            findings
                .report(pod.at("runtimeClassName"))
                .message(format!(
                    "{} \"{}\" {what}: it shares the kernel of its node",
                    pod.resource.kind, pod.resource.name
                ))
                .fix("runtimeClassName: gvisor");
        }
    }),
};
