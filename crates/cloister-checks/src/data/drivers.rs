//! Whether the storage of a driver is encrypted, as far as its parameters say.

use cloister_model::Node;

/// What a driver's parameters show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// The parameters ask for it, or the provider encrypts whatever it stores.
    On,
    /// It is off: by parameter, by default, or because the driver has none.
    Off {
        /// The parameter that switches it on, if there is one.
        parameter: Option<&'static str>,
    },
    /// The driver is not known.
    Unknown,
}

/// Drivers with a parameter that switches encryption on, and whether it is on without it.
const BY_PARAMETER: [(&str, &str, bool); 12] = [
    ("ebs.csi.aws.com", "encrypted", false),
    ("kubernetes.io/aws-ebs", "encrypted", false),
    ("efs.csi.aws.com", "encrypted", false),
    ("rbd.csi.ceph.com", "encrypted", false),
    ("cephfs.csi.ceph.com", "encrypted", false),
    ("driver.longhorn.io", "encrypted", false),
    ("pxd.portworx.com", "secure", false),
    ("kubernetes.io/portworx-volume", "secure", false),
    ("linodebs.csi.linode.com", "linodebs.csi.linode.com/luks-encrypted", false),
    ("csi.hetzner.cloud", "csi.storage.k8s.io/node-publish-secret-name", false),
    ("csi.scaleway.com", "encrypted", false),
    ("diskplugin.csi.alibabacloud.com", "encrypted", false),
];

/// Providers that encrypt at rest whatever their parameters say.
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

/// Drivers that store in the clear: encryption, if any, lies beneath them.
const NEVER: [&str; 9] = [
    "rancher.io/local-path",
    "k8s.io/minikube-hostpath",
    "hostpath.csi.k8s.io",
    "docker.io/hostpath",
    "nfs.csi.k8s.io",
    "smb.csi.k8s.io",
    "cluster.local/nfs-subdir-external-provisioner",
    "openebs.io/local",
    "microk8s.io/hostpath",
];

/// Judges a driver with its parameters.
pub(crate) fn encryption(driver: &str, parameters: Option<&Node>) -> Encryption {
    if let Some((_, parameter, default)) = BY_PARAMETER.iter().find(|(name, ..)| *name == driver) {
        let value = parameters.and_then(|all| all.get(parameter)).and_then(Node::scalar);
        let on = value.map_or(*default, |value| !matches!(value.as_str(), "false" | "no" | "0" | ""));
        return if on { Encryption::On } else { Encryption::Off { parameter: Some(parameter) } };
    }
    if ALWAYS.contains(&driver) {
        return Encryption::On;
    }
    if NEVER.contains(&driver) { Encryption::Off { parameter: None } } else { Encryption::Unknown }
}
