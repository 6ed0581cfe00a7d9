//! # What it does
//! Finds inputs whose Secrets come from nowhere but the cluster itself: no External
//! Secrets, Sealed Secrets, Vault, SOPS or CSI secrets store.
//!
//! # Why it matters
//! Secrets that live in the cluster alone are rotated by hand, which means never, and
//! are lost or leaked with it.
//!
//! # What to do
//! Keep them in a secret store, and let an operator or a CSI driver bring them in.
//!
//! # References
//! CIS 5.4.2. GDPR Art. 32(1)(a).

use cloister_model::Severity;

use cloister_inventory::Inventory;
use cloister_model::{Resource, Subject};

use super::secrets::references;
use crate::system::is_system_resource;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "external-secret-store-missing",
    title: "Secrets come from no secret store",
    severity: Severity::Info,
    needs: &[],
    run: Run::Inventory(&["Secret"], |findings| {
        let inventory = findings.inventory();
        let own = |secret: &&Resource| {
            let made = secret.root.str_at("type").is_some_and(|kind| {
                kind.starts_with("kubernetes.io/service-account")
                    || kind.starts_with("helm.sh/")
                    || kind.starts_with("bootstrap.")
            });
            !made && !is_system_resource(secret)
        };
        let used =
            inventory.of_kind("Secret").filter(own).count() + inventory.pods().flat_map(|pod| references(&pod)).count();
        if used == 0 {
            return;
        }
        if findings.examine(!has_store(inventory)) {
            findings.report(Subject::Absent).message("Secrets are used, and no secret store brings them in");
        }
    }),
};

fn has_store(inventory: &Inventory) -> bool {
    const KINDS: [&str; 9] = [
        "ExternalSecret.external-secrets.io",
        "ClusterExternalSecret.external-secrets.io",
        "SecretStore.external-secrets.io",
        "ClusterSecretStore.external-secrets.io",
        "SealedSecret.bitnami.com",
        "SecretProviderClass.secrets-store.csi.x-k8s.io",
        "VaultStaticSecret.secrets.hashicorp.com",
        "VaultDynamicSecret.secrets.hashicorp.com",
        "InfisicalSecret.secrets.infisical.com",
    ];
    let injected = || inventory.pods().any(|pod| pod.annotation("vault.hashicorp.com/agent-inject") == Some("true"));
    let mounted = || {
        let mut volumes = inventory.pods().flat_map(|pod| pod.volumes());
        volumes.any(|volume| volume.str_at("csi/driver") == Some("secrets-store.csi.k8s.io"))
    };
    let encrypted = || inventory.of_kind("Secret").any(|secret| secret.root.get("sops").is_some());
    KINDS.iter().any(|kind| inventory.has_kind(kind)) || injected() || mounted() || encrypted()
}
