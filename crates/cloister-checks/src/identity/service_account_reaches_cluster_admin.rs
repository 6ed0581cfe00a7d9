//! # What it does
//! Finds service accounts that can become cluster-admin by a path: by what they may do, what the pods, tokens and nodes
//! give that they reach so, and so on. Of several ways, the shortest that Pod Security and admission policies surely do
//! not cut is told, else the shortest that they may let through; what the others begin with is told with it.
//! `cloister rbac escalate` shows every step with its binding and rule. One that is cluster-admin already:
//! cluster-admin-binding.
//!
//! # Why it matters
//! No single role looks dangerous, and together they are everything: whoever breaks into the workload is a few commands
//! away from all personal data of the cluster.
//!
//! # What to do
//! Cut the first step of every way: take away the rights that they begin with, or name the objects that they are meant
//! for.
//!
//! # References
//! CIS 5.1.1, 5.1.8. GDPR Art. 32(1)(b). MITRE ATT&CK T1078.003.

use cloister_model::Severity;

use super::bindings::CLIMBED;
use crate::{Check, Run};

/// Beginnings that are named; more are counted.
const NAMED: usize = 3;

pub(crate) const CHECK: Check = Check {
    name: "service-account-reaches-cluster-admin",
    title: "service account can become cluster-admin",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(CLIMBED, |findings| {
        let climbs = findings.climbs();
        climbs.examine(climbs.accounts, climbs.to_admin.len(), findings);
        for climb in &climbs.to_admin {
            let steps = if climb.steps == 1 { "step" } else { "steps" };
            let (who, count, way) = (&climb.who, climb.steps, &climb.way);
            let others = also(&climb.others);
            climb.report(findings, format!("{who} can become cluster-admin in {count} {steps}: {way}{others}"));
        }
    }),
};

fn also(others: &[String]) -> String {
    let named = others.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = others.len().saturating_sub(NAMED);
    match (others.len(), more) {
        (0, _) => String::new(),
        (1, _) => format!(". Another way begins with {named}"),
        (_, 0) => format!(". Other ways begin with {named}"),
        _ => format!(". Other ways begin with {named}, and {more} more"),
    }
}
