//! # What it does
//! Finds databases, recognised by image and other marks, whose data folder is on an
//! `emptyDir` volume.
//!
//! # Why it matters
//! The records are gone with the pod: availability and restore are part of security.
//!
//! # What to do
//! Use a PersistentVolumeClaim of a class that encrypts. A cache that may be lost is a
//! reason for an exception.
//!
//! # References
//! GDPR Art. 32(1)(b) and (c).

use cloister_model::Severity;
use cloister_register::recognise::Engine;

use super::stores::data_volumes;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-on-ephemeral-volume",
    title: "a store keeps its data where a restart loses them",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let Some(store) = findings.store(pod.resource) else { return findings.not_applicable() };
        // A cache may lose what it holds: that is what it is for.
        if matches!(store.engine, Engine::Redis | Engine::Valkey | Engine::Memcached | Engine::Nats) {
            return findings.not_applicable();
        }
        for volume in data_volumes(pod, store.engine).into_iter().filter(|volume| volume.get("emptyDir").is_some()) {
            findings.report(pod.place(volume)).message(format!(
                "{} keeps its data on volume \"{}\", which is empty after each restart of the pod",
                store.engine.meaning(),
                volume.str_at("name").unwrap_or("")
            ));
        }
    }),
};
