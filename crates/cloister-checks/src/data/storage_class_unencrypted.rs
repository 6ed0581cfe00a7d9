//! # What it does
//! Finds StorageClasses whose volumes are stored in the clear, for the drivers that
//! people use. What an unknown driver does is not guessed.
//!
//! # Why it matters
//! A disk that is sold, stolen or snapshotted gives away every record on it.
//!
//! # What to do
//! Set the parameter of the driver that encrypts (`encrypted: "true"` for most), or
//! encrypt beneath it (LUKS), and move the volumes.
//!
//! # References
//! GDPR Art. 32(1)(a).

use cloister_model::Severity;

use cloister_model::Place;

use super::drivers::{Encryption, encryption};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "storage-class-unencrypted",
    title: "storage class stores volumes in the clear",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["StorageClass"], |class, findings| {
        let driver = class.root.str_at("provisioner").unwrap_or("");
        match encryption(driver, class.root.get("parameters")) {
            Encryption::On => {}
            Encryption::Unknown => findings.not_applicable(),
            Encryption::Off { parameter: Some(parameter) } => {
                let place = class.root.at("parameters").and_then(|all| all.get(parameter));
                let place = place.map_or_else(|| Place::whole(class).at("parameters"), |node| Place::of(class, node));
                findings
                    .report(place)
                    .message(format!("volumes of the class \"{}\" ({driver}) are not encrypted", class.name))
                    .fix(format!("parameters:\n  {parameter}: \"true\""));
            }
            Encryption::Off { parameter: None } => {
                findings
                    .report(Place::whole(class).at("provisioner"))
                    .message(format!("{driver}, the driver of the class \"{}\", does not encrypt", class.name));
            }
        }
    }),
};
