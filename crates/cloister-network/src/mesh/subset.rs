//! Subsets of DestinationRules: pods of a Service by their labels, to which VirtualServices route, with a traffic policy of
//! their own. What no route names is never used.
//!
//! Source: API documentation of `networking.istio.io/v1` (DestinationRule, Subset: a subset's policy overrides that of the
//! host; VirtualService: `destination.subset`).

use cloister_inventory::Selector;
use cloister_model::{Node, Resource};

use super::{Mesh, client};
use crate::endpoints::Workload;

/// The traffic policies of subsets that a workload is in and that some route names.
pub(super) fn policies<'a>(
    mesh: &Mesh<'_, 'a>,
    rule: &'a Resource,
    service: &Resource,
    workload: &Workload<'a>,
) -> Vec<&'a Node> {
    let holds = |subset: &&Node| subset.get("labels").is_none_or(|it| Selector::Map(it).matches(&workload.labels));
    let is_routed = |subset: &&Node| subset.str_at("name").is_some_and(|name| routed(mesh, service, name));
    let own = rule.root.items_at("spec/subsets").iter().filter(|subset| subset.get("trafficPolicy").is_some());
    own.filter(holds).filter(is_routed).filter_map(|subset| subset.get("trafficPolicy")).collect()
}

/// Whether a VirtualService routes something to a subset of a Service.
fn routed(mesh: &Mesh<'_, '_>, service: &Resource, subset: &str) -> bool {
    mesh.inventory.of_kind("VirtualService.networking.istio.io").any(|routes| {
        let home = routes.namespace_or_default();
        let rules = ["spec/http", "spec/tls", "spec/tcp"].into_iter().flat_map(|kind| routes.root.items_at(kind));
        let ways = rules.flat_map(|rule| rule.items_at("route"));
        ways.filter_map(|way| way.get("destination")).any(|to| {
            let is_host = to.str_at("host").is_some_and(|host| client::is_host(host, home, service));
            is_host && to.str_at("subset") == Some(subset)
        })
    })
}
