//! What the two checks for default-deny policies share.

use cloister_model::Severity;

use super::isolation::{Home, Isolation};
use super::policies::{self, Direction};
use crate::Findings;
use crate::namespaces::judged;

/// Reports the namespaces where a pod that no policy knows is not isolated.
pub(super) fn judge(findings: &mut Findings<'_>, direction: Direction) {
    let inventory = findings.inventory();
    let isolation = Isolation::of(inventory);
    for namespace in judged(inventory) {
        let home = Home::of(inventory, namespace.name);
        if !findings.examine(!isolation.denies_by_default(&home, direction)) {
            continue;
        }
        let mut pods = policies::policed_pods(inventory, namespace.name).peekable();
        let covered = pods.peek().is_some() && pods.all(|pod| isolation.isolates(&home, &pod, direction));
        let way = direction.field();
        let finding = findings.report(namespace.subject());
        finding.fix(fix(&isolation, &home, direction));
        if covered {
            finding.severity(Severity::Low).message(format!(
                "namespace {} isolates each workload it has for {way}, but not the next one",
                namespace.name
            ));
        } else {
            finding.message(format!("namespace {} has no default-deny policy for {way}", namespace.name));
        }
    }
}

/// The policy to write: one for both directions where there is none at all yet.
pub(super) fn fix(isolation: &Isolation<'_>, home: &Home<'_>, direction: Direction) -> String {
    if isolation.has_policy(home) {
        policy(home.name, &format!("default-deny-{}", direction.field()), direction.policy_type())
    } else {
        deny_all(home.name)
    }
}

/// The policy that denies everything in both directions.
pub(super) fn deny_all(namespace: &str) -> String {
    policy(namespace, "default-deny", "Ingress, Egress")
}

fn policy(namespace: &str, name: &str, types: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: {namespace}}}\n\
         spec:\n  podSelector: {{}}\n  policyTypes: [{types}]"
    )
}
