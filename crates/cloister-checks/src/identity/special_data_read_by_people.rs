//! # What it does
//! Finds people and groups whose rights in the cluster open a store of special categories of data: its Secrets, a
//! shell in its pods, its ports, a pod that mounts its volume, the kubelet of its node, or the name of somebody who can.
//! Rights are decided as the API server decides them.
//!
//! # Why it matters
//! Health, belief, origin and the like may be read by those who need them, and only on instruction. Whoever can open a
//! shell beside the database reads all of it, and no log of the application shows it.
//!
//! # What to do
//! Take the right away, or give it for the hour in which it is needed. Where somebody must have it, accept the finding
//! with the reason: that is the list of people with access which Art. 32(4) asks for.
//! `cloister rbac who-can read-personal-data STORE` shows every way with its proof.
//!
//! # References
//! GDPR Art. 32(4), 5(1)(f).

use cloister_model::Severity;
use cloister_rbac::Class;
use cloister_rbac::personal_data::Access;

use super::bindings::ACCESS;
use super::special_data::{each, ways};
use crate::check::Need;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "special-data-read-by-people",
    title: "somebody can read special categories of data through the cluster",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(ACCESS, |findings| {
        each(findings, |findings, store, data, found| {
            let people: Vec<&Access<'_, '_>> =
                found.iter().filter(|access| access.subject.class() == Class::Person).collect();
            // One who is nobody has held.
            findings.examine(false);
            for all in people.chunk_by(|one, next| one.subject.full_name() == next.subject.full_name()) {
                let Some(first) = all.first() else { continue };
                findings.examine(true);
                let (kind, name) = (first.subject.kind.as_str(), first.subject.name);
                findings.report(first.grant.subject_place().at("name")).message(format!(
                    "{kind} \"{name}\" can read {data} (store {}): {}",
                    store.name(),
                    ways(all)
                ));
            }
        });
    }),
};
