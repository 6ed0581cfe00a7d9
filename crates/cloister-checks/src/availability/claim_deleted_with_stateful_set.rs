//! # What it does
//! Finds StatefulSets that delete the claims of their pods, and with them the data,
//! when they are deleted or scaled down.
//!
//! # Why it matters
//! One wrong command, or a rollback of a deployment tool, destroys the database
//! (Art. 32(1)(b) and (c), loss of availability).
//!
//! # What to do
//! Use `Retain`, and delete claims by hand once a backup is there.
//!
//! # References
//! GDPR Art. 5(1)(f), 32(1)(c). Kubernetes, "StatefulSets", "PersistentVolumeClaim retention".

use cloister_model::{Place, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "claim-deleted-with-stateful-set",
    title: "data is deleted with the StatefulSet",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["StatefulSet"], |set, findings| {
        if set.root.items_at("spec/volumeClaimTemplates").is_empty() {
            return findings.not_applicable();
        }
        for (path, when) in [("whenDeleted", "is deleted"), ("whenScaled", "shrinks")] {
            let place = Place::whole(set).at("spec/persistentVolumeClaimRetentionPolicy").at(path);
            if place.missing.is_empty() && place.node.as_str() == Some("Delete") {
                findings
                    .report(place)
                    .message(format!("data of StatefulSet \"{}\" is deleted when it {when}", set.name))
                    .fix(format!("{path}: Retain"));
            }
        }
    }),
};
