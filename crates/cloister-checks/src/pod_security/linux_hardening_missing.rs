//! # What it does
//! Finds containers with none of the four walls that Linux offers: seccomp,
//! SELinux, AppArmor, dropped capabilities.
//!
//! # Why it matters
//! Only namespaces stand between such a container and the node: one mistake of the
//! kernel or of the application is enough.
//!
//! # What to do
//! Set `seccompProfile.type: RuntimeDefault` for the pod and drop `ALL`
//! capabilities for each container.
//!
//! # References
//! GDPR Art. 32(1)(b). NSA/CISA Kubernetes Hardening Guidance, "Hardening applications".
//! Windows pods (`os.name: windows`) are exempt.

use cloister_inventory::Container;
use cloister_model::{Node, Severity};

use super::capabilities::dropped;
use super::seccomp::is_confined;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "linux-hardening-missing",
    title: "container has neither seccomp, SELinux, AppArmor nor dropped capabilities",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Container(|container, findings| {
        if container.pod.is_windows() {
            return findings.not_applicable();
        }
        let confined = container.security("seccompProfile").is_some_and(is_confined)
            || container.security("seLinuxOptions").is_some_and(|options| !options.is_empty())
            || container.security("appArmorProfile").is_some_and(is_confined)
            || is_annotated(container)
            || dropped(container).next().is_some();
        if !confined {
            findings
                .report(container.at("securityContext"))
                .message(format!(
                    "container \"{}\" has neither seccomp, SELinux, AppArmor nor dropped capabilities",
                    container.name()
                ))
                .fix("securityContext:\n  seccompProfile:\n    type: RuntimeDefault\n  capabilities:\n    drop: [ALL]");
        }
    }),
};

/// Whether the older annotation gives the container an AppArmor profile.
fn is_annotated(container: &Container<'_>) -> bool {
    let key = format!("container.apparmor.security.beta.kubernetes.io/{}", container.name());
    let annotations = container.pod.template.at("metadata/annotations");
    let profile = annotations.and_then(|annotations| annotations.get(&key)).and_then(Node::as_str);
    profile.is_some_and(|profile| !profile.is_empty() && profile != "unconfined")
}
