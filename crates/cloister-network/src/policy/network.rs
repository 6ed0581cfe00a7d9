//! `networking.k8s.io/v1`, NetworkPolicy.

use cloister_model::{Node, Resource};

use super::peers::{REFUSED, is_port_name};
use super::{Action, Compiler, Direction, Peer, Peers, Policy, Ports, Rule, Space, Tier};
use crate::addresses::AddressSet;
use crate::ports::{PortSet, Protocol};

/// Compiles one.
pub(crate) fn compile<'a>(resource: &'a Resource, compiler: &mut Compiler<'a, '_>) -> Option<Policy<'a>> {
    let spec = resource.root.get("spec");
    let namespace = resource.namespace_or_default();
    let pods = match spec.and_then(|spec| spec.get("podSelector")) {
        Some(node) => Some(compiler.selector(resource, node)?),
        // Missing is the same as empty.
        None => None,
    };
    let (ingress, egress) = types(resource, spec, compiler);
    let mut rules = |direction, applies: bool| {
        applies.then(|| {
            let list = spec.map(|spec| spec.items_at(direction_field(direction))).unwrap_or_default();
            let numbered = list.iter().enumerate();
            numbered.map(|(number, node)| rule(resource, direction, number, node, compiler)).collect()
        })
    };
    let (ingress, egress) = (rules(Direction::Ingress, ingress), rules(Direction::Egress, egress));
    let subject = compiler.pool.atom(Space::One(namespace), pods);
    Some(Policy { resource, tier: Tier::Network, subject, ingress, egress })
}

fn direction_field(direction: Direction) -> &'static str {
    direction.as_str()
}

/// Which directions it is about. Unwritten, every policy is about ingress, and one with egress rules about egress too
/// (`SetDefaults_NetworkPolicy`).
fn types(resource: &Resource, spec: Option<&Node>, compiler: &mut Compiler<'_, '_>) -> (bool, bool) {
    let written = spec.map(|spec| spec.items_at("policyTypes")).unwrap_or_default();
    if written.is_empty() {
        let egress = spec.is_some_and(|spec| !spec.items_at("egress").is_empty());
        return (true, egress);
    }
    let mut found = (false, false);
    for node in written {
        match node.as_str() {
            Some("Ingress") => found.0 = true,
            Some("Egress") => found.1 = true,
            _ => {
                let word = node.scalar().unwrap_or_default();
                compiler.problems.refused(
                    resource,
                    node,
                    format!("\"{word}\" is no policy type"),
                    "write Ingress or Egress; this entry counts for nothing here, and the rest is computed",
                );
            }
        }
    }
    found
}

fn rule<'a>(
    resource: &'a Resource,
    direction: Direction,
    number: usize,
    node: &'a Node,
    compiler: &mut Compiler<'a, '_>,
) -> Rule<'a> {
    let list = node.items_at(match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    });
    // Empty or missing: everybody, and every port.
    let peers = if list.is_empty() {
        Peers::Everybody
    } else {
        Peers::Any(list.iter().filter_map(|node| peer(resource, node, compiler)).collect())
    };
    let ports = node.items_at("ports");
    let ports = if ports.is_empty() { Ports::All } else { listed(resource, ports, compiler) };
    Rule { node, number, action: Action::Accept, peers, ports }
}

fn peer<'a>(resource: &'a Resource, node: &'a Node, compiler: &mut Compiler<'a, '_>) -> Option<Peer<'a>> {
    let (pods, namespaces) = (node.get("podSelector"), node.get("namespaceSelector"));
    match (node.get("ipBlock"), pods.or(namespaces)) {
        (Some(block), None) => {
            let addresses = block_addresses(resource, block, compiler)?;
            Some(Peer::Block(compiler.pool.block(addresses)))
        }
        (Some(block), Some(_)) => {
            let message = "a peer is either an ipBlock or pods, not both";
            compiler.problems.refused(resource, block, message, REFUSED);
            None
        }
        (None, None) => {
            let message = "a peer names neither pods nor namespaces nor an ipBlock";
            compiler.problems.refused(resource, node, message, REFUSED);
            None
        }
        (None, Some(_)) => {
            let pods = match pods {
                Some(pods) => Some(compiler.selector(resource, pods)?),
                None => None,
            };
            let space = match namespaces {
                Some(namespaces) => Space::Selected(compiler.selector(resource, namespaces)?),
                None => Space::One(resource.namespace_or_default()),
            };
            Some(Peer::Pods(compiler.pool.atom(space, pods)))
        }
    }
}

/// An ipBlock: its cidr without its exceptions, which must lie within it.
fn block_addresses(resource: &Resource, block: &Node, compiler: &mut Compiler<'_, '_>) -> Option<AddressSet> {
    let Some(cidr) = block.get("cidr") else {
        compiler.problems.refused(resource, block, "an ipBlock has no cidr", REFUSED);
        return None;
    };
    let whole = compiler.cidr(resource, cidr)?;
    let mut addresses = whole.clone();
    for node in block.items_at("except") {
        let Some(except) = compiler.cidr(resource, node) else { continue };
        if !except.is_subset(&whole) || except == whole {
            let message = "an exception does not lie strictly within its cidr";
            compiler.problems.refused(resource, node, message, "its common part is left out all the same");
        }
        addresses = addresses.difference(&except);
    }
    Some(addresses)
}

fn listed(resource: &Resource, list: &[Node], compiler: &mut Compiler<'_, '_>) -> Ports {
    let mut numbers = PortSet::default();
    let mut names = Vec::new();
    for node in list {
        let Some(protocol) = compiler.protocol(resource, node.get("protocol")) else { continue };
        match (node.get("port"), node.get("endPort")) {
            (None, None) => numbers = numbers.union(&PortSet::all_of(protocol)),
            (Some(port), end) if port.as_str().is_some() => {
                names.extend(named(resource, protocol, port, end, compiler));
            }
            (Some(port), end) => {
                let range = compiler.port_range(resource, protocol, [port, end.unwrap_or(port)]);
                numbers = numbers.union(&range.unwrap_or_default());
            }
            (None, Some(end)) => {
                compiler.problems.refused(resource, end, "endPort stands without a port", REFUSED);
            }
        }
    }
    Ports::Listed { numbers, names }
}

fn named(
    resource: &Resource,
    protocol: Protocol,
    port: &Node,
    end: Option<&Node>,
    compiler: &mut Compiler<'_, '_>,
) -> Option<(Option<Protocol>, Box<str>)> {
    let name = port.as_str()?;
    if let Some(end) = end {
        compiler.problems.refused(resource, end, "endPort stands beside a port's name", REFUSED);
        return None;
    }
    if !is_port_name(name) {
        let help = "write a number without quotes, or a name of a-z, 0-9 and dashes; this entry counts for nothing";
        compiler.problems.refused(resource, port, format!("\"{name}\" can be no name of a port"), help);
        return None;
    }
    Some((Some(protocol), name.into()))
}
