//! # What it does
//! Finds PersistentVolumes, StorageClasses and places for backups by Velero in a region
//! or zone outside the European Economic Area, to which the register states no transfer
//! with a safeguard.
//!
//! # Why it matters
//! Stored data stands where its disk stands: in a third country that is a transfer
//! (Art. 44 to 49), for backups too.
//!
//! # What to do
//! Choose a region inside the EEA, or state the transfer and its safeguard in the
//! register.
//!
//! # References
//! GDPR Art. 30(1)(e), 44. Commission Decision (EU) 2026/179 and its forerunners, for
//! adequacy.

use cloister_model::{Place, Resource, Severity};

use super::topology::{in_expressions, in_labels, in_terms, report};
use crate::{Check, Run};

const KINDS: &[&str] =
    &["PersistentVolume", "StorageClass", "BackupStorageLocation.velero.io", "VolumeSnapshotLocation.velero.io"];

fn places(resource: &Resource) -> Vec<Place<'_>> {
    let root = &resource.root;
    let topologies = root.items_at("allowedTopologies").iter();
    let mut places = in_terms(resource, root.at("spec/nodeAffinity/required"));
    places.extend(in_expressions(resource, topologies.flat_map(|it| it.items_at("matchLabelExpressions"))));
    places.extend(in_labels(resource, root.at("metadata/labels")));
    let named = ["parameters/zone", "parameters/region", "spec/config/region"].iter().filter_map(|path| root.at(path));
    places.extend(named.map(|node| Place::of(resource, node)));
    places
}

pub(crate) const CHECK: Check = Check {
    name: "volume-outside-eea",
    title: "data is stored outside the EEA",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(KINDS, |resource, findings| {
        let places = places(resource);
        if places.is_empty() {
            return findings.not_applicable();
        }
        report(&places, &format!("{} \"{}\" keeps data in", resource.kind, resource.name), findings);
    }),
};
