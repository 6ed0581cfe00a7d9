//! # What it does
//! Finds EncryptionConfigurations that leave kinds in the clear in which personal data
//! are found: ConfigMaps, and custom resources of the input.
//!
//! # Why it matters
//! Secrets alone are mostly encrypted. Personal data that stand in other objects lie in
//! etcd and its backups as they are.
//!
//! # What to do
//! Take the data out of the objects; else name their kind in the configuration (or
//! `*.*` for everything) and write the objects anew.
//!
//! # References
//! GDPR Art. 32(1)(a). Kubernetes, "Encrypting Confidential Data at Rest".

use cloister_encryption::at_rest::{Configuration, GroupResource};
use cloister_model::{Place, Severity};

use super::personal_kinds::personal_kinds;
use crate::control_plane::at_rest::{KINDS, NEEDS};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "personal-data-not-encrypted-at-rest",
    title: "objects with personal data are stored in the clear",
    severity: Severity::Medium,
    needs: NEEDS,
    run: Run::Inventory(KINDS, |findings| {
        let inventory = findings.inventory();
        let kinds = personal_kinds(inventory);
        for resource in inventory.of_kind("EncryptionConfiguration") {
            let configuration = Configuration::of(resource);
            let clear = |(name, _): &(&(String, String), &usize)| {
                let stored = configuration.stored(GroupResource { group: &name.0, resource: &name.1 });
                !stored.is_encrypted()
            };
            let open: Vec<_> = kinds.iter().filter(clear).collect();
            // Without personal data in objects there is nothing to hold.
            if !kinds.is_empty() {
                findings.examine(!open.is_empty());
            }
            for ((group, plural), count) in open {
                let name = GroupResource { group, resource: plural };
                findings.report(Place::whole(resource).at("resources")).message(format!(
                    "{name} are stored in the clear, and {count} of them in the input {} personal data",
                    if *count == 1 { "holds" } else { "hold" }
                ));
            }
        }
    }),
};
