//! # What it does
//! Finds VolumeSnapshotClasses with `deletionPolicy: Retain`.
//!
//! # Why it matters
//! Who deletes a snapshot, to erase what is in it, deletes only its name: the copy
//! stays in the storage, and nobody lists it any more (Art. 17).
//!
//! # What to do
//! Use `deletionPolicy: Delete`, or write down who removes the copies and when.
//!
//! # References
//! GDPR Art. 5(1)(e), 17. Kubernetes, "Volume Snapshot Classes".

use cloister_model::{Place, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "volume-snapshot-kept",
    title: "deleted volume snapshots are kept",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["VolumeSnapshotClass"], |class, findings| {
        if class.root.str_at("deletionPolicy") == Some("Retain") {
            findings
                .report(Place::whole(class).at("deletionPolicy"))
                .message(format!("class \"{}\" keeps the copies of deleted snapshots", class.name))
                .fix("deletionPolicy: Delete");
        }
    }),
};
