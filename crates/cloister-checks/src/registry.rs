//! Every check there is, by family.

use crate::{
    Entry, availability, control_plane, data, governance, identity, network, node, pod_security, supply_chain,
};

/// All checks: families in the order of the documentation, names in order within.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        pod_security::CHECKS,
        identity::CHECKS,
        network::CHECKS,
        data::CHECKS,
        availability::CHECKS,
        supply_chain::CHECKS,
        control_plane::CHECKS,
        node::CHECKS,
        governance::CHECKS,
    ]
    .into_iter()
    .flatten()
}

/// The check of this name.
pub fn by_name(name: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.check.name == name)
}
