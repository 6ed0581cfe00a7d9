//! Where pods refer to Secrets.

use cloister_inventory::{Inventory, Pod};
use cloister_model::Node;

/// One reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference<'a> {
    pub name: &'a str,
    /// Its name, as written.
    pub node: &'a Node,
    /// The pod starts without it.
    pub optional: bool,
    /// For pulling images: no door of a program.
    pub pulls_images: bool,
}

/// The Secrets that a pod refers to.
pub(crate) fn references<'a>(pod: &Pod<'a>) -> Vec<Reference<'a>> {
    let mut found: Vec<Reference<'a>> = Vec::new();
    let mut add = |node: Option<&'a Node>, key: &str, pulls_images: bool| {
        let Some(node) = node else { return };
        if let Some(name) = node.str_at(key).filter(|name| !name.is_empty()) {
            let optional = node.bool_at("optional") == Some(true);
            let node = node.get(key).unwrap_or(node);
            found.push(Reference { name, node, optional, pulls_images });
        }
    };
    for container in pod.containers() {
        container.env().for_each(|(_, entry)| add(entry.at("valueFrom/secretKeyRef"), "name", false));
        container.node.items_at("envFrom").iter().for_each(|entry| add(entry.get("secretRef"), "name", false));
    }
    for volume in pod.volumes() {
        add(volume.get("secret"), "secretName", false);
        volume.items_at("projected/sources").iter().for_each(|source| add(source.get("secret"), "name", false));
    }
    pod.spec.items_at("imagePullSecrets").iter().for_each(|entry| add(Some(entry), "name", true));
    found
}

/// Kinds that make Secrets, and where their name stands; without one written it is their own.
const MAKERS: [(&str, &[&str]); 9] = [
    ("ExternalSecret.external-secrets.io", &["spec/target/name"]),
    ("ClusterExternalSecret.external-secrets.io", &["spec/externalSecretName", "spec/externalSecretSpec/target/name"]),
    ("SealedSecret.bitnami.com", &["spec/template/metadata/name"]),
    ("Certificate.cert-manager.io", &["spec/secretName"]),
    ("VaultStaticSecret.secrets.hashicorp.com", &["spec/destination/name"]),
    ("VaultDynamicSecret.secrets.hashicorp.com", &["spec/destination/name"]),
    ("OnePasswordItem.onepassword.com", &[]),
    ("SecretProviderClass.secrets-store.csi.x-k8s.io", &["spec/secretObjects/0/secretName"]),
    ("InfisicalSecret.secrets.infisical.com", &["spec/managedSecretReference/secretName"]),
];

/// Whether an operator will make the Secret `name`.
pub(crate) fn made_later(inventory: &Inventory, namespace: &str, name: &str) -> bool {
    MAKERS.iter().any(|(kind, paths)| {
        inventory.of_kind(kind).any(|maker| {
            let written = paths.iter().find_map(|path| maker.root.str_at(path)).unwrap_or(&maker.name);
            let here = maker.namespace.is_none() || maker.namespace_or_default() == namespace;
            here && written == name
        })
    })
}
