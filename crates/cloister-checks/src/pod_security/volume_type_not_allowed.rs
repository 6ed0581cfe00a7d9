//! # What it does
//! Finds volumes that are attached directly, past storage classes and claims.
//!
//! # Why it matters
//! Whoever may write such a pod names the server or the disk himself, and reaches
//! data that nobody granted to this namespace. Most of these types are retired,
//! and none of them knows encryption or access rules of the cluster.
//!
//! # What to do
//! Claim storage with a PersistentVolumeClaim or a generic ephemeral volume.
//!
//! # References
//! GDPR Art. 32(1)(b). Pod Security Standards, restricted, "Volume Types".

use cloister_model::Severity;

use crate::{Check, Run};

/// What the restricted level lets a pod mount. A volume that names no type is an `emptyDir`.
const ALLOWED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// All other types that the API knows in 1.37.
const REFUSED: [&str; 21] = [
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "hostPath",
    "iscsi",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
];

pub(crate) const CHECK: Check = Check {
    name: "volume-type-not-allowed",
    title: "pod mounts a type of volume that is not allowed",
    severity: Severity::Low,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        for volume in pod.volumes() {
            if ALLOWED.iter().any(|kind| volume.get(kind).is_some()) {
                continue;
            }
            for kind in REFUSED.iter().filter(|kind| volume.get(kind).is_some()) {
                findings
                    .report(pod.place(volume).at(kind))
                    .message(format!("volume \"{}\" is of the type {kind}", volume.str_at("name").unwrap_or("")));
            }
        }
    }),
};
