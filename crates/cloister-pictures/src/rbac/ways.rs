//! Ways up, marked in the picture.

use std::collections::BTreeSet;

use cloister_graph::Highlight;
use cloister_inventory::Inventory;
use cloister_rbac::escalation::{Closure, Evidence, Path, Vertex};
use cloister_rbac::{Policy, ServerRules};

use super::ids;

/// More candidates than a picture can mark, since it may show a part only.
const MOST: usize = 4096;

/// What stands before and behind each step of a way in words.
pub(super) const STEP: &str = " —";
const TO: &str = "→ ";

/// The kinds of the steps of a way in words.
pub(super) fn kinds(way: &str) -> impl Iterator<Item = &str> {
    way.split(STEP).skip(1).map(|step| step.split_once(TO).map_or(step, |(kind, _)| kind))
}

/// Ways to mark, and how many subjects have one.
#[derive(Clone, Debug, Default)]
pub struct WaysUp {
    /// The shortest.
    pub ways: Vec<Highlight>,
    /// All of them.
    pub all: usize,
}

/// The ways by which somebody comes to be cluster-admin, the shortest first. Whoever is so without a step, or holds
/// only what Kubernetes gave them, is left out.
pub fn ways(policy: &Policy<'_>, inventory: &Inventory) -> WaysUp {
    let closure = Closure::new(policy, inventory, ServerRules::of(inventory), &[]);
    let subjects = policy.bindings().iter().flat_map(|binding| &binding.subjects);
    let people: BTreeSet<Vertex<'_>> = subjects.map(Vertex::of).collect();
    let steps = people.iter().filter_map(|person| Some((closure.steps_to_admin(person)?, *person)));
    let mut climbers: Vec<(u32, Vertex<'_>)> = steps.filter(|(steps, _)| *steps > 0).collect();
    climbers.retain(|(_, person)| !closure.is_built_in(person));
    climbers.sort();
    let paths = climbers.iter().take(MOST).filter_map(|(_, person)| closure.path_to_admin(person));
    let mut paths: Vec<Path<'_, '_>> = paths.collect();
    paths.sort_by_key(|path| (path.length(), !path.conditions().is_certain(), closure.name(&path.from)));
    WaysUp { ways: paths.iter().map(|path| way(&closure, path)).collect(), all: climbers.len() }
}

fn way(closure: &Closure<'_, '_>, path: &Path<'_, '_>) -> Highlight {
    let mut nodes = Vec::new();
    let grants = path.steps.iter().flat_map(|step| &step.proof).filter_map(|evidence| match evidence {
        Evidence::Grant { grant, .. } => Some(grant),
        Evidence::Rule(_) | Evidence::Object(_) => None,
    });
    for grant in grants {
        let binding = grant.binding;
        nodes.extend([ids::subject(grant.subject, binding), ids::binding(binding), ids::role(binding)]);
    }
    let steps = path.steps.iter().map(|step| format!("{STEP}{}{TO}{}", step.kind.says(), closure.name(&step.to)));
    let steps: String = steps.collect();
    let conditions = path.conditions().says();
    let hangs = if conditions.is_empty() { conditions } else { format!(", {conditions}") };
    Highlight { name: String::new(), full: format!("{}{steps}{hangs}", closure.name(&path.from)), nodes }
}
