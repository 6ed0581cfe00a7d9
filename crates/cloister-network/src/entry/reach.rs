//! From where a controller's own pods are reached: what it serves is open to no more.

use cloister_inventory::Selector;
use cloister_model::Resource;

use super::guard::Guard;
use super::lead::Ways;
use super::{direct, host};
use crate::addresses::AddressSet;

impl<'a> Ways<'_, 'a> {
    /// The guard that the Services and ports of nodes of these pods are; nothing is known where none of them opens to
    /// the outside.
    pub(super) fn reach(&self, pods: &[usize]) -> Guard {
        let mut guard = Guard::open();
        let opened: Vec<Guard> = pods.iter().flat_map(|pod| self.opened(*pod)).collect();
        if opened.is_empty() {
            return guard;
        }
        guard.from = opened.iter().fold(AddressSet::default(), |all, it| all.union(&it.from));
        // What one of them opens for certain, others need not.
        let certain = opened.iter().filter(|it| it.perhaps.is_empty());
        let certain = certain.fold(AddressSet::default(), |all, it| all.union(&it.from));
        let doubtful = opened.iter().filter(|it| !it.from.is_subset(&certain));
        let doubts = doubtful.flat_map(|it| &it.perhaps);
        doubts.for_each(|what| guard.perhaps(what.clone()));
        guard
    }

    fn opened(&self, pod: usize) -> Vec<Guard> {
        let Some(workload) = self.network.endpoint(pod).and_then(|it| it.workload()) else { return Vec::new() };
        let services = self.inventory.of_kind_in("Service", workload.namespace);
        let selects = |service: &&Resource| {
            service.root.at("spec/selector").is_some_and(|it| Selector::Map(it).matches(&workload.labels))
        };
        services.filter(selects).flat_map(direct::guards).chain(host::opened(workload)).collect()
    }
}
