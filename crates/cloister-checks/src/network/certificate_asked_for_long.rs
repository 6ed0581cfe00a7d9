//! # What it does
//! Finds Certificates of cert-manager that ask for more than 398 days. Authorities are left out.
//!
//! # Why it matters
//! A key that is copied serves the thief until the certificate ends, since hardly anybody asks whether it was revoked;
//! public authorities refuse such requests, and browsers such certificates.
//!
//! # What to do
//! Leave `duration` away (90 days) and let cert-manager renew it.
//!
//! # References
//! GDPR Art. 32(1)(a). CA/Browser Forum, Baseline Requirements, section 6.3.2. cert-manager, `CertificateSpec.duration`.

use cloister_model::{Place, Severity};

use super::cert_manager::{CERTIFICATE, hours};
use crate::{Check, Run};

/// What browsers take (since September 2020).
const DAYS: i64 = 398;

pub(crate) const CHECK: Check = Check {
    name: "certificate-asked-for-long",
    title: "a certificate is asked for more than 398 days",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&[CERTIFICATE], |certificate, findings| {
        if certificate.root.bool_at("spec/isCA") == Some(true) {
            return findings.not_applicable();
        }
        let place = Place::whole(certificate).at("spec/duration");
        let days = place.node.as_str().filter(|_| place.missing.is_empty()).and_then(hours).map(|hours| hours / 24);
        if let Some(days) = days.filter(|days| *days > DAYS) {
            let message = format!("Certificate \"{}\" asks for {days} days", certificate.name);
            findings.report(place).message(message).fix("duration: 2160h");
        }
    }),
};
