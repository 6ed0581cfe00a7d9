//! # What it does
//! Finds Certificates of cert-manager that keep their key when they are renewed (`rotationPolicy: Never`).
//!
//! # Why it matters
//! Who has once copied the key reads along for years: each renewal makes it good again.
//!
//! # What to do
//! Say `rotationPolicy: Always`, which is the default since cert-manager 1.18, unless clients pin the key.
//!
//! # References
//! GDPR Art. 32(1)(a). NIST SP 800-57 part 1, section 5.3. cert-manager, `CertificatePrivateKey.rotationPolicy`.

use cloister_model::{Place, Severity};

use super::cert_manager::CERTIFICATE;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-key-kept",
    title: "a certificate keeps its key when it is renewed",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&[CERTIFICATE], |certificate, findings| {
        let place = Place::whole(certificate).at("spec/privateKey/rotationPolicy");
        if place.missing.is_empty() && place.node.as_str() == Some("Never") {
            let message = format!("Certificate \"{}\" keeps its key when it is renewed", certificate.name);
            findings.report(place).message(message).fix("rotationPolicy: Always");
        }
    }),
};
