//! Whether what a question names is there; else which names are near.

use std::collections::BTreeSet;

use cloister_inventory::Inventory;
use cloister_questions::did_you_mean;
use cloister_rbac::{Catalogue, Policy, VERBS};

use crate::http::Problem;

/// Verbs that rules have beside those of requests for objects.
const OTHERS: [&str; 8] = ["approve", "attest", "bind", "escalate", "impersonate", "post", "sign", "use"];
/// So many names stand in an error.
const NAMED: usize = 8;

/// There is none of this name: with the near ones, or the first of those that are there.
pub fn no_such(what: &str, asked: &str, names: &BTreeSet<&str>) -> Problem {
    let near = did_you_mean(asked, names.iter().copied());
    let first: Vec<&str> = names.iter().copied().take(NAMED).collect();
    let more = if names.len() > NAMED { ", and others" } else { "" };
    let help = match (near, first.is_empty()) {
        (Some(near), _) => near,
        (None, false) => format!("there are {}{more}", first.join(", ")),
        (None, true) => format!("no {what} is in what was assessed"),
    };
    Problem::new(404, format!("no {what} is called so; {}", help.trim_end_matches('?')))
}

/// A verb that Kubernetes has, or that a rule names.
pub fn verb(asked: &str, policy: &Policy<'_>) -> Result<(), Problem> {
    let of_rules =
        policy.roles().iter().flat_map(|role| policy.rules_of(role)).flat_map(|rule| rule.verbs.iter().copied());
    let names: BTreeSet<&str> =
        VERBS.iter().copied().chain(OTHERS).chain(of_rules).filter(|verb| *verb != "*").collect();
    if names.contains(asked) { Ok(()) } else { Err(no_such("verb", asked, &names)) }
}

/// A resource that Kubernetes has, that a definition brings, or that a rule names; or a path of the server.
pub fn resource(asked: &str, catalogue: &Catalogue, policy: &Policy<'_>) -> Result<(), Problem> {
    let word = asked.split_once('/').map_or(asked, |(word, _)| word);
    let (name, group) = word.split_once('.').map_or((word, None), |(name, group)| (name, Some(group)));
    if asked.starts_with('/') || catalogue.find(name, group).is_some() {
        return Ok(());
    }
    let of_rules =
        policy.roles().iter().flat_map(|role| policy.rules_of(role)).flat_map(|rule| rule.resources.iter().copied());
    let of_rules = of_rules.filter(|name| *name != "*").map(|name| name.split_once('/').map_or(name, |(name, _)| name));
    let names: BTreeSet<&str> = catalogue.plurals().chain(of_rules).collect();
    if names.contains(name) { Ok(()) } else { Err(no_such("resource", name, &names)) }
}

/// A namespace that is there, as far as it is in view.
pub fn namespace(asked: &str, inventory: &Inventory) -> Result<(), Problem> {
    let names: BTreeSet<&str> = inventory.namespaces().map(|(name, _)| name).collect();
    if names.contains(asked) { Ok(()) } else { Err(no_such("namespace", asked, &names)) }
}
