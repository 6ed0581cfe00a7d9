//! # What it does
//! Finds pods that mount credentials of their node: of a cloud, of Kubernetes, of
//! SSH or of an image registry.
//!
//! # Why it matters
//! With them the pod acts as the node or as one of its users, in the cloud or in
//! the cluster: past its own rights, and past the log of who did what.
//!
//! # What to do
//! Give the workload an identity of its own: a service account with the rights it
//! needs, bound to the cloud's roles (workload identity).
//!
//! # References
//! GDPR Art. 32(1)(b). MITRE ATT&CK for Containers, T1552.001 "Credentials In Files".

use cloister_model::Severity;

use super::host_paths::host_paths;
use crate::{Check, Run};

/// Ends of paths in anyone's home directory, or at the root.
const IN_HOMES: [(&str, &str); 14] = [
    ("/.aws", "credentials of AWS"),
    ("/.aws/config", "credentials of AWS"),
    ("/.aws/credentials", "credentials of AWS"),
    ("/.azure", "credentials of Azure"),
    ("/.azure/accessTokens.json", "credentials of Azure"),
    ("/.azure/msal_token_cache.json", "credentials of Azure"),
    ("/.config/gcloud", "credentials of Google Cloud"),
    ("/.config/gcloud/application_default_credentials.json", "credentials of Google Cloud"),
    ("/.docker", "credentials of image registries"),
    ("/.docker/config.json", "credentials of image registries"),
    ("/.kube", "credentials of clusters"),
    ("/.kube/config", "credentials of clusters"),
    ("/.netrc", "passwords for other hosts"),
    ("/.ssh", "SSH keys"),
];

/// Files and directories with a fixed place.
const FIXED: [(&str, &str); 14] = [
    ("/etc/kubernetes/admin.conf", "the credentials of the cluster's administrator"),
    ("/etc/kubernetes/azure.json", "credentials of Azure"),
    ("/etc/kubernetes/cloud.conf", "credentials of the cloud"),
    ("/etc/kubernetes/kubelet.conf", "the kubelet's credentials"),
    ("/etc/kubernetes/pki", "the cluster's own keys"),
    ("/etc/kubernetes/super-admin.conf", "the credentials of the cluster's administrator"),
    ("/etc/rancher/k3s/k3s.yaml", "the credentials of the cluster's administrator"),
    ("/etc/rancher/rke2/rke2.yaml", "the credentials of the cluster's administrator"),
    ("/gcloud/application_default_credentials.json", "credentials of Google Cloud"),
    ("/var/lib/kubelet/config.json", "credentials of image registries"),
    ("/var/lib/kubelet/kubeconfig", "the kubelet's credentials"),
    ("/var/lib/kubelet/pki", "the kubelet's keys"),
    ("/var/run/secrets/kubernetes.io/serviceaccount", "a service account's token"),
    ("/run/secrets/kubernetes.io/serviceaccount", "a service account's token"),
];

pub(crate) const CHECK: Check = Check {
    name: "host-path-credentials",
    title: "pod mounts credentials of its node",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let mut paths = host_paths(pod).peekable();
        if paths.peek().is_none() {
            return findings.not_applicable();
        }
        for mounted in paths {
            let home = IN_HOMES.iter().find(|(end, _)| mounted.path.ends_with(end));
            let fixed = || FIXED.iter().find(|(path, _)| mounted.path == *path);
            if let Some((_, what)) = home.or_else(fixed) {
                findings
                    .report(pod.place(mounted.volume).at("hostPath/path"))
                    .message(format!("volume \"{}\" gives the pod {}: {what}", mounted.name, mounted.written));
            }
        }
    }),
};
