//! # What it does
//! Finds databases, recognised by image and other marks, whose data folder is on a
//! `hostPath` volume.
//!
//! # Why it matters
//! Whoever is on the node, or may mount its folders, reads the records; they are lost
//! with the node and stay on it when the store is deleted.
//!
//! # What to do
//! Use a PersistentVolumeClaim of a class that encrypts. A cache that may be lost is a
//! reason for an exception.
//!
//! # References
//! GDPR Art. 32(1)(b) and (c).

use cloister_model::Severity;

use super::stores::data_volumes;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-on-host-path",
    title: "a store keeps its data in a folder of the node",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let Some(store) = findings.store(pod.resource) else { return findings.not_applicable() };
        for volume in data_volumes(pod, store.engine).into_iter().filter(|volume| volume.get("hostPath").is_some()) {
            findings.report(pod.place(volume)).message(format!(
                "{} keeps its data on volume \"{}\", a folder of the node",
                store.engine.meaning(),
                volume.str_at("name").unwrap_or("")
            ));
        }
    }),
};
