//! # What it does
//! Finds PersistentVolumes on folders of nodes, on NFS, and of StorageClasses that do
//! not encrypt. A folder of a node is held where facts of that node (the one that the
//! volume's affinity names) show it under dm-crypt.
//!
//! # Why it matters
//! A disk that is copied, sold or returned gives all its records away.
//!
//! # What to do
//! Use a class whose driver encrypts; for local disks encrypt the disk itself (LUKS),
//! and scan with the node's facts: `cloister node collect --folder PATH` shows it.
//!
//! # References
//! GDPR Art. 32(1)(a), 34(3)(a).

use cloister_model::Severity;

use super::at_rest::{AtRest, persistent_volume};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "persistent-volume-unencrypted",
    title: "a PersistentVolume is not encrypted",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["PersistentVolume"], |resource, findings| {
        match persistent_volume(resource, findings.inventory()) {
            AtRest::Unknown => findings.not_applicable(),
            AtRest::Encrypted => {}
            AtRest::Plain { place, why, .. } => {
                findings.report(place).message(format!("volume \"{}\" is not encrypted: {why}", resource.name));
            }
        }
    }),
};
