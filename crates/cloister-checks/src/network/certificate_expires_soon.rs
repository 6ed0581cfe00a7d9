//! # What it does
//! Finds certificates in TLS Secrets that end within 30 days and that nothing is seen to renew: cert-manager
//! marks the Secrets that it renews.
//!
//! # Why it matters
//! A certificate that ends takes the service down for everybody whose data it serves.
//!
//! # What to do
//! Renew it, and let that happen by itself: cert-manager's `Certificate` or the controller's own ACME.
//!
//! # References
//! GDPR Art. 32(1)(a). RFC 5280 section 4.1.2.5.

use cloister_model::Severity;
use jiff::SignedDuration;

use super::certificates::{is_renewed, kept, title};
use crate::moments::{day, moment};
use crate::{Check, Run};

const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(crate) const CHECK: Check = Check {
    name: "certificate-expires-soon",
    title: "certificate ends within 30 days",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Secret"], |secret, findings| {
        let Some(kept) = kept(secret).filter(|kept| !kept.bundle.certificates.is_empty()) else {
            return findings.not_applicable();
        };
        let now = moment(findings.today());
        for own in kept.bundle.certificates.iter().filter(|own| !own.is_expired(now) && own.left(now) < SOON) {
            if !is_renewed(secret) {
                let end = day(own.not_after);
                let message = format!("certificate for {} in Secret \"{}\" ends on {end}", title(own), secret.name);
                findings.report(kept.place).message(message);
            }
        }
    }),
};
