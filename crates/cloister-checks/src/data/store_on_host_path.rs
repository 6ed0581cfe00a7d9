//! # What it does
//! Finds databases whose data folder is a hostPath.
//!
//! # Why it matters
//! Whoever is root on the node reads it, past RBAC and every policy; and it is lost
//! with the node.
//!
//! # What to do
//! Use a PersistentVolumeClaim of an encrypted StorageClass.
//!
//! # References
//! GDPR Art. 32(1)(b), 5(1)(f).

use cloister_model::Severity;

use cloister_model::Place;

use super::store_volumes::data_volumes;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-on-host-path",
    title: "database keeps its data in a folder of the node",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let Some((engine, volumes)) = data_volumes(pod) else { return findings.not_applicable() };
        if volumes.is_empty() && pod.resource.root.items_at("spec/volumeClaimTemplates").is_empty() {
            return findings.not_applicable();
        }
        for volume in volumes {
            if let Some(entry) = volume.entry("hostPath") {
                let says = format!("{} keeps its {} data in a folder of the node", pod.resource.name, engine.meaning());
                findings.report(Place { mark: entry.mark, ..pod.place(&entry.node) }).message(says);
            }
        }
    }),
};
