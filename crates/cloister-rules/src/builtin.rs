//! The rules that come with the program: every file of `data/`, as a test proves.

macro_rules! rules {
    ($($name:literal,)*) => {
        &[$((concat!($name, ".yaml"), include_str!(concat!("../data/", $name, ".yaml"))),)*]
    };
}

/// Names of files, and what stands in them.
pub(crate) const RULES: &[(&str, &str)] = rules![
    "admission-changed",
    "admission-removed",
    "admission-webhook-added",
    "anonymous-access",
    "audit-log-off",
    "break-glass-used",
    "certificate-approved",
    "cluster-admin-bound",
    "cluster-rights-changed",
    "denied-burst",
    "ephemeral-container-added",
    "events-deleted",
    "everybody-bound",
    "host-access-near-personal-data",
    "impersonation-used",
    "mass-listing",
    "network-policy-removed",
    "node-debugged",
    "node-identity-misused",
    "node-proxy-used",
    "person-from-new-address",
    "person-in-new-namespace",
    "personal-data-deleted",
    "pod-entered",
    "pod-entered-by-workload",
    "pod-logs-read",
    "pod-port-forwarded",
    "pod-security-weakened",
    "powerful-role-written",
    "privileged-identity-impersonated",
    "quota-removed",
    "record-of-processing-changed",
    "rights-near-personal-data-changed",
    "secret-read-by-person",
    "secrets-listed-everywhere",
    "secrets-read-in-bulk",
    "service-account-asks-its-rights",
    "service-account-by-hand",
    "service-account-from-outside",
    "service-exposed",
    "service-proxied",
    "sign-in-refused",
    "token-from-new-address",
    "token-requested",
    "volume-copied",
];
