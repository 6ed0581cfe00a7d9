//! # What it does
//! Finds Pods that no controller owns. Static pods of a node, and pods that Helm
//! runs as tests or hooks, are left out.
//!
//! # Why it matters
//! When its node fails or is drained the pod is gone, and nothing brings it back.
//!
//! # What to do
//! Write a Deployment, StatefulSet or Job with the pod as its template.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Configuration Best Practices", naked pods.

use cloister_model::{Place, Severity};

use crate::system::is_system_resource;
use crate::{Check, Run};

/// Annotations of pods that something else than a controller looks after.
const LOOKED_AFTER: [&str; 4] =
    ["kubernetes.io/config.mirror", "kubernetes.io/config.source", "helm.sh/hook", "argocd.argoproj.io/hook"];

pub(crate) const CHECK: Check = Check {
    name: "pod-without-controller",
    title: "no controller brings this pod back",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["Pod"], |pod, findings| {
        let looked_after = LOOKED_AFTER.iter().any(|key| pod.annotation(key).is_some());
        if looked_after || is_system_resource(pod) {
            return findings.not_applicable();
        }
        if pod.root.items_at("metadata/ownerReferences").is_empty() {
            findings.report(Place::whole(pod)).message(format!("no controller brings pod \"{}\" back", pod.name));
        }
    }),
};
