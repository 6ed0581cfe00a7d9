//! # What it does
//! Finds databases whose data folder is an emptyDir.
//!
//! # Why it matters
//! The data is gone when the pod is; what must be corrected, handed out or proven can
//! then not be.
//!
//! # What to do
//! Use a PersistentVolumeClaim.
//!
//! # References
//! GDPR Art. 32(1)(b), 5(1)(f).

use cloister_model::Severity;

use cloister_model::Place;

use super::store_volumes::data_volumes;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-on-ephemeral-volume",
    title: "database keeps its data in an ephemeral volume",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let Some((engine, volumes)) = data_volumes(pod) else { return findings.not_applicable() };
        if volumes.is_empty() && pod.resource.root.items_at("spec/volumeClaimTemplates").is_empty() {
            return findings.not_applicable();
        }
        for volume in volumes {
            if let Some(entry) = volume.entry("emptyDir") {
                let says = format!("{} keeps its {} data in an ephemeral volume", pod.resource.name, engine.meaning());
                findings.report(Place { mark: entry.mark, ..pod.place(&entry.node) }).message(says);
            }
        }
    }),
};
