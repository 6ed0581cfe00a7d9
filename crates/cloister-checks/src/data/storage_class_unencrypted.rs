//! # What it does
//! Finds StorageClasses of the known drivers whose volumes are not encrypted at rest.
//! What the provider always encrypts is held; what a class cannot show is not judged.
//! Classes of folders on nodes (local-path, OpenEBS and the like) are held where facts of
//! every node show those folders under dm-crypt.
//!
//! # Why it matters
//! A disk that is copied, sold or returned gives all its records away. Art. 34(3)(a)
//! spares the communication of a breach when the data were encrypted.
//!
//! # What to do
//! Set the driver's parameter, as the finding says it, and move the data: existing
//! volumes stay as they are. Of folders on nodes, encrypt the disk (LUKS) and scan with
//! the nodes' facts (`cloister node collect`).
//!
//! # References
//! GDPR Art. 32(1)(a), 34(3)(a). Documentation of the CSI drivers.

use cloister_model::Severity;

use super::at_rest::{AtRest, storage_class};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "storage-class-unencrypted",
    title: "a StorageClass makes volumes that are not encrypted",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["StorageClass"], |resource, findings| match storage_class(resource, findings.inventory()) {
        AtRest::Unknown => findings.not_applicable(),
        AtRest::Encrypted => {}
        AtRest::Plain { place, why, fix } => {
            let finding = findings.report(place);
            finding.message(format!("volumes of class \"{}\" are not encrypted: {why}", resource.name));
            if let Some(fix) = fix {
                finding.fix(fix);
            }
        }
    }),
};
