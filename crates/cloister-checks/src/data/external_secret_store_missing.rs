//! # What it does
//! Looks for a store outside the cluster from which Secrets come: External Secrets, the
//! Secrets Store CSI driver, Vault, Sealed Secrets, or files encrypted by SOPS.
//!
//! # Why it matters
//! Secrets in the cluster alone are rotated by hand, audited by nobody, and lie in etcd
//! for whoever reads it or its backup.
//!
//! # What to do
//! Install an operator for the store that the organisation has, and let it fill the
//! Secrets.
//!
//! # References
//! CIS Kubernetes Benchmark 5.4.2. GDPR Art. 32(1)(b).

use cloister_inventory::Inventory;
use cloister_model::{Severity, Subject};

use super::secret_references::references;
use crate::system::{is_system_pod, is_system_resource};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "external-secret-store-missing",
    title: "Secrets are kept in the cluster alone",
    severity: Severity::Low,
    needs: &[],
    run: Run::Inventory(&["Secret"], |findings| {
        let inventory = findings.inventory();
        let own = inventory.of_kind("Secret").any(|secret| {
            secret.root.str_at("type").is_none_or(|kind| kind == "Opaque") && !is_system_resource(secret)
        });
        let used = inventory
            .pods()
            .any(|pod| !is_system_pod(&pod) && references(&pod).iter().any(|reference| !reference.pulls_images));
        let outside = is_outside(inventory);
        if (own || used || outside) && findings.examine(!outside) {
            findings.report(Subject::Absent).message(
                "no store outside the cluster is used for Secrets (External Secrets, Secrets Store CSI, Vault, SOPS)",
            );
        }
    }),
};

/// Kinds of operators that bring Secrets from outside.
const KINDS: [&str; 10] = [
    "ExternalSecret.external-secrets.io",
    "ClusterExternalSecret.external-secrets.io",
    "SecretStore.external-secrets.io",
    "ClusterSecretStore.external-secrets.io",
    "SecretProviderClass.secrets-store.csi.x-k8s.io",
    "SealedSecret.bitnami.com",
    "VaultStaticSecret.secrets.hashicorp.com",
    "VaultDynamicSecret.secrets.hashicorp.com",
    "OnePasswordItem.onepassword.com",
    "InfisicalSecret.secrets.infisical.com",
];

fn is_outside(inventory: &Inventory) -> bool {
    KINDS.iter().any(|kind| inventory.has_kind(kind))
        || inventory.of_kind("Secret").any(|secret| secret.root.get("sops").is_some())
        || inventory.pods().any(|pod| {
            pod.volumes().iter().any(|volume| volume.str_at("csi/driver") == Some("secrets-store.csi.k8s.io"))
                || pod.annotation("vault.hashicorp.com/agent-inject") == Some("true")
        })
}
