//! # What it does
//! Finds PersistentVolumes of the kinds `hostPath` and `local`.
//!
//! # Why it matters
//! The data are bound to one machine: they are lost with it, they stay on it when the
//! volume is deleted, and whoever is on the node reads them.
//!
//! # What to do
//! Use a driver for network storage; for `local`, replicate in the database and wipe
//! disks before they leave.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(1)(c). Pod Security Standards, "HostPath Volumes".

use cloister_model::{Place, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "persistent-volume-on-host",
    title: "a PersistentVolume is a folder of a node",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["PersistentVolume"], |resource, findings| {
        for source in ["hostPath", "local"] {
            if let Some(path) = resource.root.at("spec").and_then(|spec| spec.get(source)) {
                findings.report(Place::whole(resource).at("spec").at(source)).message(format!(
                    "volume \"{}\" is the folder {} of a node",
                    resource.name,
                    path.str_at("path").unwrap_or("?")
                ));
            }
        }
    }),
};
