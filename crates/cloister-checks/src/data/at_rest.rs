//! Whether volumes are encrypted at rest, by driver.

use cloister_inventory::Inventory;
use cloister_model::{Place, Resource};

/// What is known.
#[derive(Clone, Debug)]
pub(crate) enum AtRest<'a> {
    /// Encrypted, by parameter or always by the provider.
    Encrypted,
    /// Not encrypted.
    Plain { place: Place<'a>, why: &'static str, fix: Option<&'static str> },
    /// Nothing here can tell.
    Unknown,
}

/// Drivers whose provider encrypts every disk, whatever the class says.
const ALWAYS: [&str; 9] = [
    "pd.csi.storage.gke.io",
    "filestore.csi.storage.gke.io",
    "kubernetes.io/gce-pd",
    "disk.csi.azure.com",
    "file.csi.azure.com",
    "blob.csi.azure.com",
    "kubernetes.io/azure-disk",
    "kubernetes.io/azure-file",
    "dobs.csi.digitalocean.com",
];

/// Drivers with a parameter: driver, parameter, values that encrypt, line to write.
const BY_PARAMETER: [(&str, &str, &[&str], &str); 14] = [
    ("ebs.csi.aws.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("ebs.csi.eks.amazonaws.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("kubernetes.io/aws-ebs", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("rbd.csi.ceph.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("cephfs.csi.ceph.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("driver.longhorn.io", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("io.openebs.csi-mayastor", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("zfs.csi.openebs.io", "encryption", &["on", "aes-256-gcm"], "parameters:\n  encryption: \"on\""),
    ("pxd.portworx.com", "secure", &["true"], "parameters:\n  secure: \"true\""),
    ("kubernetes.io/portworx-volume", "secure", &["true"], "parameters:\n  secure: \"true\""),
    (
        "linodebs.csi.linode.com",
        "linodebs.csi.linode.com/luks-encrypted",
        &["true"],
        "parameters:\n  linodebs.csi.linode.com/luks-encrypted: \"true\"",
    ),
    ("csi.vultr.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("diskplugin.csi.alibabacloud.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("csi.scaleway.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
];

/// Drivers that write to a folder of a node or to a server, as it is.
const NEVER: [&str; 12] = [
    "rancher.io/local-path",
    "k8s.io/minikube-hostpath",
    "docker.io/hostpath",
    "microk8s.io/hostpath",
    "openebs.io/local",
    "local.csi.openebs.io",
    "device.csi.openebs.io",
    "topolvm.io",
    "hostpath.csi.k8s.io",
    "nfs.csi.k8s.io",
    "smb.csi.k8s.io",
    "cluster.local/nfs-subdir-external-provisioner",
];

/// What a StorageClass makes.
pub(crate) fn storage_class(resource: &Resource) -> AtRest<'_> {
    let provisioner = resource.root.str_at("provisioner").unwrap_or("");
    let driver = suffix(provisioner);
    if ALWAYS.contains(&driver) {
        return AtRest::Encrypted;
    }
    if driver == "csi.hetzner.cloud" {
        let key = resource.root.at("parameters").and_then(|all| all.get("csi.storage.k8s.io/node-publish-secret-name"));
        return if key.is_some() {
            AtRest::Encrypted
        } else {
            let place = Place::whole(resource).at("provisioner");
            let fix = "parameters:\n  csi.storage.k8s.io/node-publish-secret-name: encryption-secret\n  csi.storage.k8s.io/node-publish-secret-namespace: kube-system";
            AtRest::Plain { place, why: "no passphrase for LUKS is named", fix: Some(fix) }
        };
    }
    if NEVER.contains(&driver) {
        let place = Place::whole(resource).at("provisioner");
        return AtRest::Plain { place, why: "they are folders of a node or a server, written as they are", fix: None };
    }
    let Some((_, parameter, values, fix)) = BY_PARAMETER.iter().find(|(own, ..)| *own == driver) else {
        return AtRest::Unknown;
    };
    by_parameter(resource, parameter, values, fix)
}

fn by_parameter<'a>(resource: &'a Resource, parameter: &str, values: &[&str], fix: &'static str) -> AtRest<'a> {
    let parameters = resource.root.get("parameters");
    let written = parameters.and_then(|all| all.entry(parameter));
    let value = written.and_then(|entry| entry.node.scalar()).map(|value| value.to_ascii_lowercase());
    if value.as_deref().is_some_and(|value| values.contains(&value)) {
        return AtRest::Encrypted;
    }
    let (place, why) = match written {
        Some(entry) => (Place::of(resource, &entry.node), "its parameter says so"),
        None => (
            Place::whole(resource).at(if parameters.is_some() { "parameters" } else { "provisioner" }),
            "the parameter that switches it on is missing",
        ),
    };
    AtRest::Plain { place, why, fix: Some(fix) }
}

/// Portworx and others put an instance's name before the driver's.
fn suffix(provisioner: &str) -> &str {
    let known = ["rbd.csi.ceph.com", "cephfs.csi.ceph.com"];
    known.into_iter().find(|driver| provisioner.ends_with(driver)).unwrap_or(provisioner)
}

/// What a PersistentVolume is.
pub(crate) fn persistent_volume<'a>(resource: &'a Resource, inventory: &Inventory) -> AtRest<'a> {
    let Some(spec) = resource.root.get("spec") else { return AtRest::Unknown };
    for source in ["hostPath", "local", "nfs"] {
        if spec.get(source).is_some() {
            let why = if source == "nfs" { "NFS keeps files as they are" } else { "it is a folder of a node" };
            return AtRest::Plain { place: Place::whole(resource).at("spec").at(source), why, fix: None };
        }
    }
    let driver = spec.str_at("csi/driver").unwrap_or("");
    if spec.get("gcePersistentDisk").is_some() || spec.get("azureDisk").is_some() || ALWAYS.contains(&driver) {
        return AtRest::Encrypted;
    }
    if spec.at("csi/volumeAttributes").and_then(|all| all.get("encrypted")).and_then(|value| value.as_str())
        == Some("true")
    {
        return AtRest::Encrypted;
    }
    let Some(class) = spec.str_at("storageClassName") else { return AtRest::Unknown };
    match inventory.get_cluster_wide("StorageClass", class).map(storage_class) {
        Some(AtRest::Encrypted) => AtRest::Encrypted,
        Some(AtRest::Plain { .. }) => AtRest::Plain {
            place: Place::whole(resource).at("spec/storageClassName"),
            why: "its StorageClass does not encrypt",
            fix: None,
        },
        _ => AtRest::Unknown,
    }
}
