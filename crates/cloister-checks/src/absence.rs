//! Checks that find something missing. Where what they look for could not be listed they would find what is only unseen:
//! then they do not run, and are not evaluated.

/// What may be missing, and who says so.
type Missing = (&'static [&'static str], &'static [&'static str]);

const WORKLOADS: &[&str] = &["Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];

const ALL: &[Missing] = &[
    (
        &[
            "Namespace",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
        &["admission-policy-missing", "image-verification-missing"],
    ),
    (
        &["NetworkPolicy", "CiliumNetworkPolicy"],
        &[
            "metadata-service-reachable",
            "namespace-without-default-deny-egress",
            "namespace-without-default-deny-ingress",
            "namespace-without-network-policy",
            "personal-data-egress-unrestricted",
            "purpose-crosses-network",
            "sandbox-egress-unrestricted",
            "store-reachable-from-internet",
            "store-reachable-from-other-namespaces",
            "store-reachable-without-purpose",
            "tenant-egress-unrestricted",
            "workload-without-network-policy",
        ],
    ),
    (
        WORKLOADS,
        &[
            "activity-selects-nothing",
            "alert-route-missing",
            "autoscaler-target-missing",
            "external-secret-store-missing",
            "network-policy-selects-nothing",
            "service-selects-nothing",
            "store-selects-nothing",
            "store-without-backup",
        ],
    ),
    (&["ClusterRole", "Role"], &["binding-without-role"]),
    (&["LimitRange"], &["namespace-without-limit-range", "no-cpu-limit", "no-cpu-request"]),
    (&["LimitRange"], &["no-ephemeral-storage-limit", "no-memory-limit", "no-memory-request"]),
    (&["PodDisruptionBudget"], &["no-disruption-budget"]),
    (&["ResourceQuota"], &["namespace-without-quota"]),
    (&["Secret"], &["secret-missing", "tls-secret-missing"]),
    (&["Service"], &["ingress-backend-missing", "route-backend-missing"]),
    (&["ServiceAccount"], &["service-account-missing"]),
    (&["ClusterRoleBinding", "RoleBinding", "ServiceAccount"], &["token-automounted"]),
];

/// What this check may find missing: none of it may be unseen.
pub(crate) fn looked_for(check: &str) -> &'static [&'static str] {
    ALL.iter().find(|(_, checks)| checks.contains(&check)).map_or(&[], |(kinds, _)| kinds)
}

#[cfg(test)]
mod tests {
    use super::{ALL, looked_for};

    #[test]
    fn each_of_them_is_a_check_and_stands_here_once() {
        let mut names: Vec<&str> = ALL.iter().flat_map(|(_, checks)| checks.iter().copied()).collect();
        assert!(names.iter().all(|name| crate::by_name(name).is_some()), "{names:?}");
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(looked_for("namespace-without-quota"), ["ResourceQuota"]);
        assert!(looked_for("privileged-container").is_empty());
    }
}
