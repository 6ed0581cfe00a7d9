//! AuthorizationPolicies of a workload: CUSTOM is asked first, then DENY, then ALLOW; AUDIT only writes down.

use cloister_model::Resource;

use super::client::Identity;
use super::matching::{self, Matched};
use super::{Condition, Mesh, Narrowing, all_ports};
use crate::endpoints::Workload;
use crate::ports::PortSet;

pub(super) const KIND: &str = "AuthorizationPolicy.security.istio.io";

/// Policies that are only tried out refuse nothing.
pub(super) fn is_tried(policy: &Resource) -> bool {
    policy.annotation("istio.io/dry-run") == Some("true")
}

/// `spec.action`; ALLOW where none is written.
pub(super) fn action(policy: &Resource) -> &str {
    policy.root.str_at("spec/action").unwrap_or("ALLOW")
}

/// What the policies of a workload say to a caller, who is told with whether the proxy of a node asks: that sees no
/// requests, and what hangs on one is then not known.
pub(super) fn apply<'a>(
    mesh: &Mesh<'_, 'a>,
    workload: &Workload<'a>,
    caller: (&Identity<'a>, bool),
    narrowing: &mut Narrowing<'a>,
) {
    decide(mesh.policies(KIND, workload), caller, narrowing);
}

/// Likewise, of these policies.
pub(super) fn decide<'a>(
    policies: impl Iterator<Item = &'a Resource>,
    (identity, by_node): (&Identity<'a>, bool),
    narrowing: &mut Narrowing<'a>,
) {
    let mut allowing: Vec<(&'a Resource, Matched)> = Vec::new();
    for policy in policies.filter(|policy| !is_tried(policy)) {
        let mut matched = matching::policy(policy, identity);
        if by_node && action(policy) != "CUSTOM" {
            matched.unknown = matched.unknown.union(&matched.conditional());
        }
        match action(policy) {
            "DENY" => deny(policy, matched, narrowing),
            "CUSTOM" => custom(policy, &matched, narrowing),
            "ALLOW" => allowing.push((policy, matched)),
            _ => {}
        }
    }
    allow(&allowing, narrowing);
}

fn deny<'a>(policy: &'a Resource, matched: Matched, narrowing: &mut Narrowing<'a>) {
    if !matched.sure.is_empty() {
        narrowing.closed.push((matched.sure.clone(), policy));
    }
    narrowing.perhaps = narrowing.perhaps.union(&matched.unknown);
    for (ports, text) in matched.conditions {
        narrowing.conditions.push(Condition { policy, ports, text: format!("refused: {text}") });
    }
}

/// A program of the mesh's operator decides.
fn custom<'a>(policy: &'a Resource, matched: &Matched, narrowing: &mut Narrowing<'a>) {
    let ports = matched.sure.union(&matched.unknown).union(&matched.conditional());
    let provider = policy.root.str_at("spec/provider/name").unwrap_or("a provider");
    if !ports.is_empty() {
        let text = format!("only as \"{provider}\" decides");
        narrowing.conditions.push(Condition { policy, ports, text });
    }
}

/// Where there is one, what none matches is refused.
fn allow<'a>(allowing: &[(&'a Resource, Matched)], narrowing: &mut Narrowing<'a>) {
    let Some((first, _)) = allowing.first() else { return };
    let join = |part: fn(&Matched) -> PortSet| {
        allowing.iter().fold(PortSet::default(), |all, (_, matched)| all.union(&part(matched)))
    };
    let (sure, unknown) = (join(|it| it.sure.clone()), join(|it| it.unknown.clone()));
    let conditional = join(Matched::conditional);
    let closed = all_ports().difference(&sure).difference(&unknown).difference(&conditional);
    if !closed.is_empty() {
        narrowing.closed.push((closed, first));
    }
    narrowing.perhaps = narrowing.perhaps.union(&unknown.difference(&sure));
    for (policy, matched) in allowing {
        for (ports, text) in &matched.conditions {
            let ports = ports.difference(&sure);
            if !ports.is_empty() {
                narrowing.conditions.push(Condition { policy, ports, text: format!("only {text}") });
            }
        }
    }
}
