//! `policy.networking.k8s.io/v1alpha1`: AdminNetworkPolicy and BaselineAdminNetworkPolicy, which ClusterNetworkPolicy
//! replaces.

use cloister_model::{Node, Resource};

use super::peers::REFUSED;
use super::tiered::{self, Dialect, priority};
use super::{Compiler, Policy, Ports, Tier};
use crate::ports::PortSet;

const DIALECT: Dialect = Dialect { accept: "Allow", field: "ports", ports };
/// After every ClusterNetworkPolicy of that tier.
const LAST: u16 = u16::MAX;

/// Compiles an AdminNetworkPolicy.
pub(crate) fn compile<'a>(resource: &'a Resource, compiler: &mut Compiler<'a, '_>) -> Option<Policy<'a>> {
    let priority = priority(resource, compiler)?;
    tiered::compile(resource, Tier::Admin(priority), &DIALECT, compiler)
}

/// Compiles the BaselineAdminNetworkPolicy; there is one, and it is called `default`.
pub(crate) fn compile_baseline<'a>(resource: &'a Resource, compiler: &mut Compiler<'a, '_>) -> Option<Policy<'a>> {
    if &*resource.name != "default" {
        let message = "the one BaselineAdminNetworkPolicy of a cluster is called \"default\"";
        compiler.problems.refused(resource, &resource.root, message, REFUSED);
        return None;
    }
    tiered::compile(resource, Tier::Baseline(LAST), &DIALECT, compiler)
}

fn ports(resource: &Resource, list: &[Node], compiler: &mut Compiler<'_, '_>) -> Ports {
    let mut numbers = PortSet::default();
    let mut names = Vec::new();
    for node in list {
        if let Some(name) = node.str_at("namedPort") {
            names.push((None, name.into()));
            continue;
        }
        let (inner, ends) = match (node.get("portNumber"), node.get("portRange")) {
            (Some(inner), None) => (inner, [inner.get("port"), inner.get("port")]),
            (None, Some(inner)) => (inner, [inner.get("start"), inner.get("end")]),
            _ => (node, [None, None]),
        };
        let [Some(first), Some(last)] = ends else {
            let message = "a port is none of portNumber, portRange and namedPort, or lacks its number";
            compiler.problems.refused(resource, node, message, REFUSED);
            continue;
        };
        let Some(protocol) = compiler.protocol(resource, inner.get("protocol")) else { continue };
        let range = compiler.port_range(resource, protocol, [first, last]);
        numbers = numbers.union(&range.unwrap_or_default());
    }
    Ports::Listed { numbers, names }
}
