//! # What it does
//! Finds PersistentVolumes on folders of nodes, on NFS, and of StorageClasses that do
//! not encrypt.
//!
//! # Why it matters
//! A disk that is copied, sold or returned gives all its records away.
//!
//! # What to do
//! Use a class whose driver encrypts; for local disks encrypt the disk itself (LUKS),
//! and accept the finding with that reason.
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
