//! # What it does
//! Finds nodes whose folders of data (etcd's store, volumes of pods, images) lie on a disk
//! that the host does not encrypt.
//!
//! # Why it matters
//! A disk that is stolen, sold or returned gives up every Secret and every file of every
//! store on it. Encryption by the host is what stands between; where a storage provider
//! encrypts below it, the host cannot see that.
//!
//! # What to do
//! Put the folder on a volume under dm-crypt (LUKS), or accept the finding with the name of
//! what encrypts below.
//!
//! # References
//! GDPR Art. 32(1)(a).

use cloister_model::Severity;
use cloister_node::Facts;

use super::files::FACTS;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "data-disk-not-encrypted",
    title: "Data of the node lies on a disk that is not encrypted",
    severity: Severity::Medium,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| {
        let Some(facts) = Facts::of(resource) else { return };
        let known: Vec<_> = facts.disks().iter().filter_map(|disk| Some((disk, disk.bool_at("encrypted")?))).collect();
        if known.is_empty() {
            return findings.not_applicable();
        }
        for (disk, _) in known.into_iter().filter(|(_, encrypted)| !encrypted) {
            let word = |key: &str| disk.str_at(key).unwrap_or("?").to_owned();
            let message = format!("{} lies on {}, which the host does not encrypt", word("path"), word("device"));
            findings.report(facts.place(disk).at("encrypted")).message(message);
        }
    }),
};
