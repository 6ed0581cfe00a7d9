//! # What it does
//! Finds PersistentVolumes that are stored in the clear: by their own attributes, or by
//! their StorageClass.
//!
//! # Why it matters
//! A disk that is sold, stolen or snapshotted gives away every record on it.
//!
//! # What to do
//! Move the data to a volume of an encrypted StorageClass.
//!
//! # References
//! GDPR Art. 32(1)(a).

use cloister_model::Severity;

use cloister_model::Place;

use super::drivers::{Encryption, encryption};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "persistent-volume-unencrypted",
    title: "volume is stored in the clear",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["PersistentVolume"], |volume, findings| {
        let spec = Place::whole(volume).at("spec");
        if volume.root.at("spec/nfs").is_some() {
            findings
                .report(spec.at("nfs"))
                .message(format!("volume \"{}\" lies on NFS, which does not encrypt", volume.name));
            return;
        }
        let Some(driver) = volume.root.str_at("spec/csi/driver") else { return findings.not_applicable() };
        let class = volume.root.str_at("spec/storageClassName").unwrap_or("");
        let class = findings.inventory().get_cluster_wide("StorageClass", class);
        let by_class = class.map(|class| encryption(driver, class.root.get("parameters")));
        let own = encryption(driver, volume.root.at("spec/csi/volumeAttributes"));
        match (own, by_class) {
            (Encryption::On, _) | (_, Some(Encryption::On)) => {}
            (Encryption::Off { parameter: None }, _) | (_, Some(Encryption::Off { .. })) => {
                findings
                    .report(spec.at("csi/driver"))
                    .message(format!("volume \"{}\" ({driver}) is not encrypted", volume.name));
            }
            // Neither the class nor the attributes say: the disk itself may be encrypted.
            _ => findings.not_applicable(),
        }
    }),
};
