//! # What it does
//! Finds HorizontalPodAutoscalers whose target is not there.
//!
//! # Why it matters
//! The service that people think grows under load does not.
//!
//! # What to do
//! Correct `scaleTargetRef`.
//!
//! # References
//! GDPR Art. 32(1)(b).

use cloister_model::Severity;

use cloister_model::Place;

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "autoscaler-target-missing",
    title: "autoscaler has no target",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(&["HorizontalPodAutoscaler", "Deployment", "StatefulSet", "ReplicaSet"], |findings| {
        let inventory = findings.inventory();
        for scaler in inventory.of_kind("HorizontalPodAutoscaler") {
            let target = scaler.root.at("spec/scaleTargetRef");
            let (Some(kind), Some(name)) =
                (target.and_then(|it| it.str_at("kind")), target.and_then(|it| it.str_at("name")))
            else {
                continue;
            };
            // Kinds of others may live where this input does not reach.
            if !["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"].contains(&kind) {
                continue;
            }
            if findings.examine(inventory.get(kind, scaler.namespace_or_default(), name).is_none()) {
                findings
                    .report(Place::whole(scaler).at("spec/scaleTargetRef"))
                    .message(format!("autoscaler \"{}\" scales {kind} {name}, which is not there", scaler.name));
            }
        }
    }),
};
