//! # What it does
//! Finds certificates in TLS Secrets, authorities of their chain included, whose last day is over or whose
//! first has not come.
//!
//! # Why it matters
//! Clients refuse the connection, or people learn to click the warning away: then nobody notices when somebody
//! else stands in the middle.
//!
//! # What to do
//! Renew it, and let that happen by itself: cert-manager's `Certificate` or the controller's own ACME.
//!
//! # References
//! GDPR Art. 32(1)(a). RFC 5280 section 4.1.2.5. PCI DSS 4.2.1.

use cloister_model::Severity;

use super::certificates::{kept, title};
use crate::moments::{day, moment};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-expired",
    title: "certificate is not valid today",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["Secret"], |secret, findings| {
        let Some(kept) = kept(secret).filter(|kept| !kept.bundle.certificates.is_empty()) else {
            return findings.not_applicable();
        };
        let now = moment(findings.today());
        for own in &kept.bundle.certificates {
            let told = if own.is_expired(now) {
                format!("ended on {}", day(own.not_after))
            } else if own.is_early(now) {
                format!("begins on {}", day(own.not_before))
            } else {
                continue;
            };
            let message = format!("certificate for {} in Secret \"{}\" {told}", title(own), secret.name);
            findings.report(kept.place).message(message);
        }
    }),
};
