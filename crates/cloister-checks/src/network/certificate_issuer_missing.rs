//! # What it does
//! Finds Certificates of cert-manager, and Ingresses and Gateways that ask it by annotation, whose issuer is not in
//! the input, where other issuers are.
//!
//! # Why it matters
//! Nothing is issued, and nothing renewed: the day on which the last certificate ends is the day on which people are
//! turned away or learn to click warnings away.
//!
//! # What to do
//! Create the Issuer in the same namespace, name one that is there, or say `kind: ClusterIssuer`.
//!
//! # References
//! GDPR Art. 32(1)(a). cert-manager, `CertificateSpec.issuerRef`.

use cloister_model::Severity;

use super::cert_manager::{CERTIFICATE, Reference};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "certificate-issuer-missing",
    title: "the issuer of a certificate is not there",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&[CERTIFICATE, "Ingress", "Gateway"], |resource, findings| {
        let inventory = findings.inventory();
        let Some(issuer) = Reference::of(resource).filter(|it| it.can_be_told(inventory)) else {
            return findings.not_applicable();
        };
        if issuer.found(inventory).is_none() {
            let message = format!(
                "{} \"{}\" names the {} \"{}\", which is not there",
                resource.kind, resource.name, issuer.kind, issuer.name
            );
            findings.report(issuer.place).message(message);
        }
    }),
};
