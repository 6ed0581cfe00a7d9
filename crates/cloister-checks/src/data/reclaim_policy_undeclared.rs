//! # What it does
//! Finds StorageClasses and PersistentVolumes that are kept after their claim is gone,
//! while no store of the register says for how long.
//!
//! # Why it matters
//! `Retain` keeps the records of people who left, on a disk that nobody looks after.
//!
//! # What to do
//! State `retention` for the store, and delete released volumes by it; or use `Delete`.
//!
//! # References
//! GDPR Art. 5(1)(e).

use cloister_model::Severity;

use cloister_model::Place;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "reclaim-policy-undeclared",
    title: "volumes are kept, and nothing says for how long",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["StorageClass", "PersistentVolume"], |resource, findings| {
        let path =
            if &*resource.kind == "StorageClass" { "reclaimPolicy" } else { "spec/persistentVolumeReclaimPolicy" };
        if resource.root.str_at(path) != Some("Retain") {
            return;
        }
        let stores = findings.register().stores();
        let stated = !stores.is_empty()
            && stores.iter().all(|store| store.retention().value().is_some_and(|retention| retention.is_complete()));
        if !stated {
            findings.report(Place::whole(resource).at(path)).message(format!(
                "volumes of {} \"{}\" are kept after their claim, and nothing says for how long",
                resource.kind, resource.name
            ));
        }
    }),
};
