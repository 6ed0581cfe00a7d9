//! Whether volumes are encrypted at rest, by driver.

use cloister_inventory::Inventory;
use cloister_model::{Place, Resource};
use cloister_node::OnDisk;

use super::on_nodes;

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
/// Sources: the drivers' own documentation and code; of Mayastor, OpenEBS' proposal 3843 (`encrypted` puts replicas on
/// encrypted pools alone).
const BY_PARAMETER: [(&str, &str, &[&str], &str); 13] = [
    ("ebs.csi.aws.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("ebs.csi.eks.amazonaws.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("kubernetes.io/aws-ebs", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("rbd.csi.ceph.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("cephfs.csi.ceph.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("driver.longhorn.io", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("io.openebs.csi-mayastor", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("pxd.portworx.com", "secure", &["true"], "parameters:\n  secure: \"true\""),
    ("kubernetes.io/portworx-volume", "secure", &["true"], "parameters:\n  secure: \"true\""),
    (
        "linodebs.csi.linode.com",
        "linodebs.csi.linode.com/luks-encrypted",
        &["true"],
        "parameters:\n  linodebs.csi.linode.com/luks-encrypted: \"true\"",
    ),
    ("diskplugin.csi.alibabacloud.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("csi.scaleway.com", "encrypted", &["true"], "parameters:\n  encrypted: \"true\""),
    ("storage.csi.upcloud.com", "encryption", &["data-at-rest"], "parameters:\n  encryption: data-at-rest"),
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

/// Values of ZFS' property `encryption` that switch it on (OpenZFS, `zfsprops`).
const ZFS: [&str; 7] = ["on", "aes-128-ccm", "aes-192-ccm", "aes-256-ccm", "aes-128-gcm", "aes-192-gcm", "aes-256-gcm"];

/// What a StorageClass makes.
pub(crate) fn storage_class<'a>(resource: &'a Resource, inventory: &'a Inventory) -> AtRest<'a> {
    let provisioner = resource.root.str_at("provisioner").unwrap_or("");
    let driver = suffix(provisioner);
    if driver == "kubernetes.io/no-provisioner" {
        return made_by_hand(resource, inventory);
    }
    if driver == "zfs.csi.openebs.io" {
        return zfs(resource);
    }
    if let Some(state) = on_nodes::class(resource, driver, inventory) {
        return match state {
            OnDisk::Encrypted => AtRest::Encrypted,
            OnDisk::Plain(_) => folder(Place::whole(resource).at("provisioner"), PLAIN_DISK),
            OnDisk::Unknown => folder(Place::whole(resource).at("provisioner"), NO_FACTS),
        };
    }
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
        let why = "they are folders of a node or a server, written as they are";
        return folder(Place::whole(resource).at("provisioner"), why);
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

const PLAIN_DISK: &str = "they are folders of a node whose disk the host does not encrypt";
const NO_FACTS: &str = "they are folders of a node, and no facts of it show their disk encrypted";

fn folder<'a>(place: Place<'a>, why: &'static str) -> AtRest<'a> {
    AtRest::Plain { place, why, fix: None }
}

/// A class whose volumes somebody makes beforehand: what is known of all of those in the input.
fn made_by_hand<'a>(class: &'a Resource, inventory: &'a Inventory) -> AtRest<'a> {
    let own = |volume: &&Resource| volume.root.str_at("spec/storageClassName") == Some(&class.name);
    let mut all = AtRest::Unknown;
    for volume in inventory.of_kind("PersistentVolume").filter(own) {
        match persistent_volume(volume, inventory) {
            AtRest::Encrypted => all = AtRest::Encrypted,
            AtRest::Unknown => return AtRest::Unknown,
            AtRest::Plain { why, .. } => return folder(Place::whole(class).at("provisioner"), why),
        }
    }
    all
}

/// What a dataset is not told it takes from its pool, which nothing here shows. The driver reads keys in any case.
fn zfs(resource: &Resource) -> AtRest<'_> {
    let written = resource.root.entries_at("parameters").iter().find(|it| it.key.eq_ignore_ascii_case("encryption"));
    let Some(entry) = written else { return AtRest::Unknown };
    match entry.node.as_str() {
        Some(value) if ZFS.contains(&value) => AtRest::Encrypted,
        _ => AtRest::Plain {
            place: Place::of(resource, &entry.node),
            why: "its parameter says so",
            fix: Some("parameters:\n  encryption: \"on\"\n  keyformat: raw\n  keylocation: file:///etc/zfs/key"),
        },
    }
}

/// Portworx and others put an instance's name before the driver's.
fn suffix(provisioner: &str) -> &str {
    let known = ["rbd.csi.ceph.com", "cephfs.csi.ceph.com"];
    known.into_iter().find(|driver| provisioner.ends_with(driver)).unwrap_or(provisioner)
}

/// What a PersistentVolume is.
pub(crate) fn persistent_volume<'a>(resource: &'a Resource, inventory: &'a Inventory) -> AtRest<'a> {
    let Some(spec) = resource.root.get("spec") else { return AtRest::Unknown };
    for source in ["hostPath", "local", "nfs"] {
        let Some(named) = spec.get(source) else { continue };
        let place = Place::whole(resource).at("spec").at(source);
        let path = named.str_at("path").unwrap_or_default();
        return match (source, on_nodes::volume(spec, path, inventory)) {
            ("nfs", _) => folder(place, "NFS keeps files as they are"),
            (_, OnDisk::Encrypted) => AtRest::Encrypted,
            (_, OnDisk::Plain(_)) => folder(place, "it is a folder of a node whose disk the host does not encrypt"),
            (_, OnDisk::Unknown) => {
                folder(place, "it is a folder of a node, and no facts of it show its disk encrypted")
            }
        };
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
    match inventory.get_cluster_wide("StorageClass", class).map(|class| storage_class(class, inventory)) {
        Some(AtRest::Encrypted) => AtRest::Encrypted,
        Some(AtRest::Plain { .. }) => AtRest::Plain {
            place: Place::whole(resource).at("spec/storageClassName"),
            why: "its StorageClass does not encrypt",
            fix: None,
        },
        _ => AtRest::Unknown,
    }
}
