//! # What it does
//! Finds rules that create pods, or create or change what makes pods: Deployments,
//! StatefulSets, DaemonSets, ReplicaSets, Jobs, CronJobs.
//!
//! # Why it matters
//! Who makes a pod may mount every Secret, ConfigMap and volume of the namespace and
//! run as any of its service accounts; without enforced Pod Security the pod takes the
//! node as well.
//!
//! # What to do
//! Leave it to the deployment pipeline and to controllers, in single namespaces, and
//! enforce Pod Security there.
//!
//! # References
//! CIS 5.1.4. GDPR Art. 32(1)(b). Kubernetes, "Role Based Access Control Good
//! Practices", workload creation.

use cloister_model::Severity;

use super::rights::{CHANGES, MAKERS, PODS, ROLES, report_with};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "role-creates-pods",
    title: "role makes pods",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(ROLES, |role, findings| {
        report_with(
            role,
            findings,
            |rule| rule.grants(&PODS, &["create"]).or_else(|| rule.grants(&MAKERS, CHANGES)),
            |_, _| {},
        );
    }),
};
