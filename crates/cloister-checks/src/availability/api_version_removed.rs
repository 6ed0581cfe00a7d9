//! # What it does
//! Finds objects in an API version that Kubernetes no longer serves.
//!
//! # Why it matters
//! They cannot be applied: the policy or budget that they describe does not exist.
//!
//! # What to do
//! Write the version that replaces it, and compare the fields.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes, "Deprecated API Migration Guide".

use cloister_model::Severity;

use cloister_model::{Origin, Place};

use super::api_versions::find;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-version-removed",
    title: "API version is no longer served",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(&[], |findings| {
        let resources = findings.inventory().resources();
        for resource in
            resources.iter().filter(|resource| matches!(resource.origin, Origin::File(_) | Origin::Rendered { .. }))
        {
            let gone = find(&resource.api_version, &resource.kind);
            findings.examine(gone.is_some());
            if let Some(gone) = gone {
                let finding = findings.report(Place::whole(resource).at("apiVersion"));
                finding.message(format!(
                    "{} of {} is not served since Kubernetes 1.{}",
                    gone.api_version, resource.kind, gone.since
                ));
                if !gone.instead.is_empty() {
                    finding.fix(format!("apiVersion: {}", gone.instead));
                }
            }
        }
    }),
};
