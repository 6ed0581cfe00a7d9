//! Requests and limits as they take effect: a container's own, its pod's, or
//! what a LimitRange of the namespace adds at admission.

use cloister_inventory::Container;
use cloister_model::{Node, Resource};

use crate::Findings;
use crate::system::is_system_pod;

/// Limit or request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// `resources.limits`.
    Limit,
    /// `resources.requests`.
    Request,
}

/// One bound that a container should have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Limit or request.
    pub(super) bound: Bound,
    /// `memory`, `cpu` or `ephemeral-storage`.
    pub(super) resource: &'static str,
    /// The path in the container.
    pub(super) path: &'static str,
    /// A value for the fix.
    pub(super) example: &'static str,
}

/// Reports the container when it runs without the bound.
pub(super) fn judge(container: &Container<'_>, findings: &mut Findings<'_>, wanted: &Wanted) {
    if !container.is_lasting() || is_system_pod(&container.pod) {
        return findings.not_applicable();
    }
    if takes_effect(container, findings, wanted) {
        return;
    }
    let (word, key) = match wanted.bound {
        Bound::Limit => ("limit", "limits"),
        Bound::Request => ("request", "requests"),
    };
    let what = match wanted.resource {
        "cpu" => "CPU",
        "ephemeral-storage" => "ephemeral storage",
        other => other,
    };
    let place = container.at(wanted.path);
    let message = match place.node.scalar().filter(|_| place.missing.is_empty()) {
        Some(value) => {
            format!("{what} {word} \"{value}\" of container \"{}\" means none", container.name())
        }
        None => format!("container \"{}\" has no {what} {word}", container.name()),
    };
    findings
        .report(place)
        .message(message)
        .fix(format!("resources:\n  {key}:\n    {}: {}", wanted.resource, wanted.example));
}

/// A limit that is missing comes from the pod or a LimitRange; a request that
/// is missing is the limit.
fn takes_effect(container: &Container<'_>, findings: &mut Findings<'_>, wanted: &Wanted) -> bool {
    let pod = container.pod.spec;
    let set = |node: &Node, path: &str| {
        let quantity = node.at(path).and_then(|bounds| bounds.get(wanted.resource));
        quantity.is_some_and(|quantity| !is_nothing(quantity, wanted.resource))
    };
    let limited = set(container.node, "resources/limits") || set(pod, "resources/limits");
    let requested = set(container.node, "resources/requests") || set(pod, "resources/requests");
    let own = match wanted.bound {
        Bound::Limit => limited,
        Bound::Request => requested || limited,
    };
    let added = |range: &Node| {
        let speaks_of_containers = range.str_at("type") == Some("Container");
        let request = wanted.bound == Bound::Request && set(range, "defaultRequest");
        speaks_of_containers && (set(range, "default") || request)
    };
    let namespace = container.pod.namespace();
    let adds = |range: &Resource| range.root.items_at("spec/limits").iter().any(added);
    own || findings.any_in("LimitRange", namespace, adds)
}

/// Thousandths of a byte in a kibibyte.
const KIBIBYTE_IN_THOUSANDTHS: f64 = 1_024_000.0;

/// Zero, in whatever unit, means none. So do so few thousandths of a byte that
/// `m` was meant to be `Mi`; the Vertical Pod Autoscaler, however, writes whole
/// gibibytes in them (`1073741824000m`).
fn is_nothing(quantity: &Node, resource: &str) -> bool {
    let text = quantity.scalar().unwrap_or_default();
    let digits: String = text.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
    let Ok(number) = digits.parse::<f64>() else { return false };
    let few_thousandths = resource != "cpu" && text.ends_with('m') && number < KIBIBYTE_IN_THOUSANDTHS;
    number == 0.0 || few_thousandths
}
