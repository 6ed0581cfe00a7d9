//! # What it does
//! Finds PersistentVolumes that are folders of a node.
//!
//! # Why it matters
//! Whoever is root on that node reads them; they are lost with it, and nobody erases
//! them when the volume is released.
//!
//! # What to do
//! Use a StorageClass with a driver of its own.
//!
//! # References
//! GDPR Art. 32(1)(a), 32(1)(b).

use cloister_model::Severity;

use cloister_model::Place;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "persistent-volume-on-host",
    title: "volume is a folder of a node",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["PersistentVolume"], |volume, findings| {
        for (key, what) in [("hostPath", "a folder of whichever node its pod runs on"), ("local", "a disk of one node")]
        {
            if let Some(entry) = volume.root.at("spec").and_then(|spec| spec.get(key)) {
                findings
                    .report(Place::of(volume, entry).at("path"))
                    .message(format!("volume \"{}\" is {what}", volume.name));
            }
        }
    }),
};
