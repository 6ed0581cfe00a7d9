//! Writes the policies that allow what is needed and nothing else, and proves them.
//!
//! ```text
//! needs ─► units: workloads that labels tell apart, with their selectors    (units.rs, select.rs)
//!      ─► plan: who is let through, by unit and ports                        (plan.rs)
//!      ─► NetworkPolicies (write.rs), or ClusterNetworkPolicies (admin.rs)
//!      ─► parsed and evaluated again: what is wanted works, nothing else     (proof.rs)
//! ```

mod admin;
mod plan;
mod proof;
mod select;
mod units;
mod write;
mod yaml;

use std::collections::BTreeSet;

use cloister_inventory::{Inventory, scope_of};
use cloister_model::{Resource, ResourceRef};

pub use proof::{Impossible, Proof, Unknown};

use crate::addresses::AddressSet;
use crate::needs::{Needs, Question};
use crate::network::Network;
use plan::Plan;
use units::Units;

/// Kinds that decide who reaches whom.
const POLICIES: [&str; 4] =
    ["NetworkPolicy", "ClusterNetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy"];

/// How policies are written.
#[derive(Clone, Debug, Default)]
pub struct GenerateOptions {
    /// ClusterNetworkPolicies, and NetworkPolicies only for what those cannot say.
    pub admin: bool,
    /// Only for these namespaces; all but those of the system where none is named.
    pub namespaces: Vec<String>,
    /// The addresses that pods are given.
    pub pod_cidrs: Vec<String>,
}

/// The policies of one namespace.
#[derive(Clone, Debug)]
pub struct NamespaceFile {
    /// The namespace.
    pub namespace: String,
    /// YAML that can be applied.
    pub text: String,
}

/// What was written, and what is to be told of it.
#[derive(Debug)]
pub struct Generated {
    /// In the order of namespaces.
    pub files: Vec<NamespaceFile>,
    /// How many policies they hold.
    pub policies: usize,
    /// Policies of these namespaces that are not replaced by one of the same name: policies add up.
    pub obsolete: Vec<ResourceRef>,
    /// Policies of the whole cluster, which stay in force.
    pub cluster_wide: Vec<ResourceRef>,
    /// Workloads that no label tells apart: each is allowed what any of them needs.
    pub joined: Vec<Vec<String>>,
    /// Namespaces that get no policies.
    pub left_alone: Vec<String>,
    /// What only a person can say.
    pub questions: Vec<Question>,
    /// What was assumed.
    pub notes: Vec<String>,
    /// What the engine says of it.
    pub proof: Proof,
}

/// An inventory without policies, whose workloads the needs are about.
pub fn without_policies(inventory: &Inventory) -> Inventory {
    let kept = inventory.resources().iter().filter(|resource| !is_policy(resource));
    Inventory::new(kept.cloned().collect(), inventory.inputs().clone())
}

fn is_policy(resource: &Resource) -> bool {
    let group = resource.group();
    POLICIES.contains(&&*resource.kind) && (group == "networking.k8s.io" || group == "policy.networking.k8s.io")
}

/// Writes and proves. `network` and `bare` are without policies; `inventory` has those that are there now.
pub fn generate(
    network: &Network<'_>,
    bare: &Inventory,
    inventory: &Inventory,
    mut needs: Needs,
    options: &GenerateOptions,
) -> Generated {
    let units = Units::of(network, options);
    let plan = Plan::of(&units, network, &mut needs, options);
    let written = if options.admin { admin::write(&plan, network) } else { write::write(&plan, network) };
    let text: String = written.iter().map(|file| file.text.as_str()).collect();
    let proof = proof::prove(&plan, bare, &text, network, options);
    let names: BTreeSet<(String, String)> = proof.names.clone();
    let mut obsolete = Vec::new();
    let mut cluster_wide = Vec::new();
    for resource in inventory.resources().iter().filter(|resource| is_policy(resource)) {
        if scope_of(resource) != cloister_inventory::Scope::Namespaced {
            cluster_wide.push(resource.reference());
            continue;
        }
        let namespace = resource.namespace_or_default();
        let replaced = names.contains(&(namespace.to_owned(), resource.name.to_string()));
        if units.is_managed(namespace) && !replaced {
            obsolete.push(resource.reference());
        }
    }
    needs.questions.sort();
    Generated {
        policies: proof.policies,
        obsolete,
        cluster_wide,
        joined: units.joined(network),
        left_alone: units.left_alone.iter().cloned().collect(),
        questions: needs.questions,
        notes: needs.notes,
        files: written,
        proof,
    }
}

/// The addresses of pods, where they were said.
fn pod_addresses(options: &GenerateOptions) -> Option<AddressSet> {
    let blocks = options.pod_cidrs.iter().filter_map(|cidr| AddressSet::parse_cidr(cidr).ok());
    blocks.reduce(|one, other| one.union(&other))
}

#[cfg(test)]
mod tests;
