//! # What it does
//! Finds bindings to `system:anonymous` or `system:unauthenticated`, beside those for
//! health, version and joining nodes that Kubernetes ships.
//!
//! # Why it matters
//! No password and no certificate stands before what this role may do: on a reachable
//! API server it is public.
//!
//! # What to do
//! Remove the subject; bind a person's group or a service account.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b), 32(4).

use cloister_model::{Resource, Severity};

use super::bindings::{BINDINGS, gives_cluster_role, role_ref, subjects};
use crate::{Check, Run};

/// By the role that is given, since a binding can be called anything.
fn is_shipped(binding: &Resource) -> bool {
    let joins_nodes = binding.namespace_or_default() == "kube-public"
        && role_ref(binding).is_some_and(|role| role.name == "kubeadm:bootstrap-signer-clusterinfo");
    gives_cluster_role(binding, "system:public-info-viewer") || joins_nodes
}

pub(crate) const CHECK: Check = Check {
    name: "anonymous-binding",
    title: "whoever reaches the API server is bound to a role",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Resource(BINDINGS, |binding, findings| {
        if is_shipped(binding) {
            return findings.not_applicable();
        }
        for subject in subjects(binding) {
            if (subject.kind == "User" && subject.name == "system:anonymous")
                || subject.is_group("system:unauthenticated")
            {
                findings.report(subject.place()).message(format!(
                    "{} \"{}\" binds \"{}\", which is everybody",
                    binding.kind, binding.name, subject.name
                ));
            }
        }
    }),
};
