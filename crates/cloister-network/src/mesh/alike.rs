//! What the mesh tells endpoints apart by: workloads by who they are to it and by what applies to them, addresses by the
//! blocks that its policies name.

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Node, Resource};
use foldhash::HashMap;

use super::{Membership, authorization, client, matching, membership, policies, root_namespace};
use crate::addresses::AddressSet;
use crate::endpoints::Workload;
use crate::namespaces::Namespaces;

/// Whether it is a gateway, the namespace, the service account, and what may apply to a member of the mesh.
type Key<'a> = (Membership, bool, &'a str, &'a str, Vec<*const Resource>);

/// A number for each workload, the same for those that are alike to the mesh; 0 for those that are not in it.
pub(crate) fn numbers<'a>(
    inventory: &'a Inventory,
    workloads: &[Workload<'a>],
    namespaces: &Namespaces<'a>,
) -> Vec<usize> {
    let root = root_namespace(inventory);
    let any_rule = inventory.of_kind("DestinationRule.networking.istio.io").next().is_some();
    let mut known: HashMap<Key<'a>, usize> = HashMap::default();
    let mut number = |workload: &Workload<'a>| {
        let membership = membership::of(workload, namespaces);
        if membership == Membership::None {
            return 0;
        }
        let kinds = [authorization::KIND, "PeerAuthentication.security.istio.io"];
        let mut applied: Vec<*const Resource> = kinds
            .into_iter()
            .flat_map(|kind| policies(inventory, root, kind, workload))
            .chain(services(inventory, workload).filter(|_| any_rule))
            .map(std::ptr::from_ref)
            .collect();
        applied.sort_unstable();
        let account = client::account(workload);
        let next = known.len().saturating_add(1);
        *known
            .entry((membership, membership::is_gateway(workload), workload.namespace, account, applied))
            .or_insert(next)
    };
    workloads.iter().map(&mut number).collect()
}

/// Services that select a workload: a DestinationRule may speak of them.
fn services<'a>(inventory: &'a Inventory, workload: &Workload<'a>) -> impl Iterator<Item = &'a Resource> + use<'a> {
    let labels = workload.labels.clone();
    inventory
        .of_kind_in("Service", workload.namespace)
        .filter(move |service| service.root.at("spec/selector").is_some_and(|it| Selector::Map(it).matches(&labels)))
}

/// The blocks of addresses that AuthorizationPolicies name.
pub(crate) fn blocks(inventory: &Inventory) -> Vec<AddressSet> {
    let rules = inventory.of_kind(authorization::KIND).flat_map(|policy| policy.root.items_at("spec/rules"));
    let texts = rules.flat_map(|rule| {
        let sources = rule.items_at("from").iter().filter_map(|from| from.get("source"));
        let of_source = sources.flat_map(|it| it.items_at("ipBlocks").iter().chain(it.items_at("notIpBlocks")));
        let when = rule.items_at("when").iter().filter(|it| it.str_at("key") == Some("source.ip"));
        of_source.chain(when.flat_map(|it| it.items_at("values").iter().chain(it.items_at("notValues"))))
    });
    texts.filter_map(Node::as_str).filter_map(matching::block).collect()
}
