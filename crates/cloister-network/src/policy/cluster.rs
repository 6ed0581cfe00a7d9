//! `policy.networking.k8s.io`, ClusterNetworkPolicy (v1alpha2 and v1beta1, which are the same).

use cloister_model::{Node, Resource};

use super::peers::REFUSED;
use super::tiered::{self, Dialect, priority};
use super::{Compiler, Policy, Ports, Tier};
use crate::ports::{PortSet, Protocol};

const DIALECT: Dialect = Dialect { accept: "Accept", field: "protocols", ports };

/// Compiles one.
pub(crate) fn compile<'a>(resource: &'a Resource, compiler: &mut Compiler<'a, '_>) -> Option<Policy<'a>> {
    let priority = priority(resource, compiler)?;
    let node = resource.root.at("spec/tier");
    let tier = match node.and_then(Node::as_str) {
        Some("Admin") => Tier::Admin(priority),
        Some("Baseline") => Tier::Baseline(priority),
        _ => {
            let at = node.unwrap_or(&resource.root);
            compiler.problems.refused(resource, at, "its tier is neither Admin nor Baseline", REFUSED);
            return None;
        }
    };
    tiered::compile(resource, tier, &DIALECT, compiler)
}

fn ports(resource: &Resource, list: &[Node], compiler: &mut Compiler<'_, '_>) -> Ports {
    let mut numbers = PortSet::default();
    let mut names = Vec::new();
    for node in list {
        if let Some(name) = node.str_at("destinationNamedPort") {
            names.push((None, name.into()));
            continue;
        }
        let protocol = [("tcp", Protocol::Tcp), ("udp", Protocol::Udp), ("sctp", Protocol::Sctp)];
        let written = protocol.into_iter().find_map(|(field, protocol)| Some((protocol, node.get(field)?)));
        match written {
            Some((protocol, matching)) => {
                let range = of_protocol(resource, protocol, matching, compiler);
                numbers = numbers.union(&range.unwrap_or_default());
            }
            None => compiler.problems.refused(
                resource,
                node,
                "a protocol is none of tcp, udp, sctp and destinationNamedPort",
                REFUSED,
            ),
        }
    }
    Ports::Listed { numbers, names }
}

fn of_protocol(
    resource: &Resource,
    protocol: Protocol,
    matching: &Node,
    compiler: &mut Compiler<'_, '_>,
) -> Option<PortSet> {
    let Some(port) = matching.get("destinationPort") else { return Some(PortSet::all_of(protocol)) };
    let both = (port.at("range/start"), port.at("range/end"));
    match (port.get("number"), both) {
        (Some(number), (None, None)) => compiler.port_range(resource, protocol, [number, number]),
        (None, (Some(start), Some(end))) => compiler.port_range(resource, protocol, [start, end]),
        _ => {
            let message = "a destinationPort is either a number or a range with start and end";
            compiler.problems.refused(resource, port, message, REFUSED);
            None
        }
    }
}
