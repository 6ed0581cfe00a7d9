//! # What it does
//! Finds validating webhooks with `failurePolicy: Ignore`.
//!
//! # Why it matters
//! While the webhook is down, slow or overloaded, everything it would refuse is let in,
//! and nobody notices.
//!
//! # What to do
//! Set `failurePolicy: Fail`, run the webhook with two replicas at least, and leave its
//! own namespace and kube-system out by `namespaceSelector`.
//!
//! # References
//! Kubernetes, "Dynamic Admission Control", failure policy. GDPR Art. 25(1).

use cloister_model::{Place, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "admission-webhook-fails-open",
    title: "policy is skipped when its webhook does not answer",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["ValidatingWebhookConfiguration"], |configuration, findings| {
        // In v1beta1 a webhook that said nothing failed open.
        let by_default = if configuration.api_version.ends_with("v1beta1") { "Ignore" } else { "Fail" };
        for webhook in configuration.root.items_at("webhooks").iter().filter(|webhook| webhook.is_map()) {
            if webhook.str_at("failurePolicy").unwrap_or(by_default) == "Ignore" {
                let name = webhook.str_at("name").unwrap_or("");
                findings
                    .report(Place::of(configuration, webhook).at("failurePolicy"))
                    .message(format!("webhook \"{name}\" is skipped when it does not answer"))
                    .fix("failurePolicy: Fail");
            }
        }
    }),
};
