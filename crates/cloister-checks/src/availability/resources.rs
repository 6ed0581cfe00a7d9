//! Requests and limits as they take effect: the container's own, the pod's as a
//! whole, a limit that stands in for a request, and a LimitRange's defaults.

use cloister_inventory::{Container, Inventory};
use cloister_model::Node;

use crate::Findings;

/// Judges one resource of one container: `requests` or `limits`.
pub(crate) fn judge(container: &Container<'_>, findings: &mut Findings<'_>, want: &Wanted) {
    if !container.is_lasting() {
        return findings.not_applicable();
    }
    if is_set(container, findings.inventory(), want.list, want.name) {
        return;
    }
    findings
        .report(container.at(want.path))
        .message(format!("container \"{}\" has no {}", container.name(), want.says))
        .fix(want.fix);
}

/// What a container must have.
pub(crate) struct Wanted {
    /// `requests` or `limits`.
    pub list: &'static str,
    /// `cpu`, `memory` …
    pub name: &'static str,
    /// Where it is written.
    pub path: &'static str,
    /// Its name for people.
    pub says: &'static str,
    /// The lines to write.
    pub fix: &'static str,
}

fn is_set(container: &Container<'_>, inventory: &Inventory, list: &str, name: &str) -> bool {
    let own = |list: &str| has(container.node.get("resources"), list, name);
    let pod = |list: &str| has(container.pod.spec.get("resources"), list, name);
    // Where only a limit is written, it is the request too.
    let written = own(list) || pod(list) || (list == "requests" && (own("limits") || pod("limits")));
    written || by_default(container, inventory, list, name)
}

fn has(resources: Option<&Node>, list: &str, name: &str) -> bool {
    resources.and_then(|resources| resources.at(list)?.get(name)).is_some_and(|quantity| !quantity.is_empty())
}

/// A LimitRange of the namespace gives containers what they lack.
fn by_default(container: &Container<'_>, inventory: &Inventory, list: &str, name: &str) -> bool {
    let key = if list == "limits" { "default" } else { "defaultRequest" };
    let mut ranges = inventory.of_kind_in("LimitRange", container.pod.namespace());
    ranges.any(|range| {
        let limits = range.root.items_at("spec/limits").iter();
        let mut limits = limits.filter(|limit| limit.str_at("type") == Some("Container"));
        limits.any(|limit| {
            let given = |key: &str| limit.get(key).and_then(|values| values.get(name)).is_some();
            given(key) || (list == "requests" && given("default"))
        })
    })
}
