//! # What it does
//! Finds StatefulSets that delete their volumes when they are deleted or scaled down.
//!
//! # Why it matters
//! A mistaken `kubectl delete` or one replica less, and the records are gone.
//!
//! # What to do
//! Set `whenDeleted` and `whenScaled` to Retain; delete claims by a procedure of your own.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(1)(c).

use cloister_model::Severity;

use cloister_model::Place;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "claim-deleted-with-stateful-set",
    title: "volumes are deleted with their StatefulSet",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["StatefulSet"], |set, findings| {
        if set.root.items_at("spec/volumeClaimTemplates").is_empty() {
            return findings.not_applicable();
        }
        for path in [
            "spec/persistentVolumeClaimRetentionPolicy/whenDeleted",
            "spec/persistentVolumeClaimRetentionPolicy/whenScaled",
        ] {
            if set.root.str_at(path) == Some("Delete") {
                findings
                    .report(Place::whole(set).at(path))
                    .message(format!("the volumes of {} are deleted with it or its replicas", set.name))
                    .fix("spec:\n  persistentVolumeClaimRetentionPolicy:\n    whenDeleted: Retain\n    whenScaled: Retain");
            }
        }
    }),
};
