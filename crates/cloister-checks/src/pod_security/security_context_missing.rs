//! # What it does
//! Finds containers for which neither they nor their pod have a security context.
//!
//! # Why it matters
//! Nobody decided with which rights the container runs: the image's author and the
//! node's settings did.
//!
//! # What to do
//! Write a `securityContext` for the pod and one for each container.
//!
//! # References
//! GDPR Art. 32(1)(b). CIS 5.6.3.

use cloister_model::Severity;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "security-context-missing",
    title: "container has no security context",
    severity: Severity::Low,
    needs: &[],
    run: Run::Container(|container, findings| {
        let pod = container.pod.spec.get("securityContext");
        let own = container.node.get("securityContext");
        // An empty one, as the API server adds it to pods, decides nothing.
        if [pod, own].into_iter().flatten().all(|context| context.is_empty()) {
            findings
                .report(container.at("securityContext"))
                .message(format!("neither container \"{}\" nor its pod has a security context", container.name()))
                .fix(
                    "securityContext:\n  runAsNonRoot: true\n  allowPrivilegeEscalation: false\n  \
                     readOnlyRootFilesystem: true\n  capabilities:\n    drop: [ALL]\n  seccompProfile:\n    \
                     type: RuntimeDefault",
                );
        }
    }),
};
