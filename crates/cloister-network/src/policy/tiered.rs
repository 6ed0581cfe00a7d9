//! What ClusterNetworkPolicy and the older kinds that it grew from have in common.

use cloister_model::{Node, Resource};

use super::peers::REFUSED;
use super::{Action, Compiler, Direction, Peer, Peers, Policy, Ports, Rule, Space, Tier};
use crate::addresses::AddressSet;

/// How a kind writes its rules.
pub(crate) struct Dialect {
    /// Its word for letting through.
    pub(crate) accept: &'static str,
    /// The field of its rules that names ports.
    pub(crate) field: &'static str,
    /// Reads the entries of that field.
    pub(crate) ports: fn(&Resource, &[Node], &mut Compiler<'_, '_>) -> Ports,
}

/// The highest priority that the API takes.
const LOWEST_PRIORITY: u16 = 1000;

/// `spec.priority`, from 0 to 1000.
pub(crate) fn priority(resource: &Resource, compiler: &mut Compiler<'_, '_>) -> Option<u16> {
    let node = resource.root.at("spec/priority");
    let number = node.and_then(Node::as_int).and_then(|number| u16::try_from(number).ok());
    let number = number.filter(|number| *number <= LOWEST_PRIORITY);
    if number.is_none() {
        let at = node.unwrap_or(&resource.root);
        compiler.problems.refused(resource, at, "its priority is no number from 0 to 1000", REFUSED);
    }
    number
}

/// Compiles a policy of this tier.
pub(crate) fn compile<'a>(
    resource: &'a Resource,
    tier: Tier,
    dialect: &Dialect,
    compiler: &mut Compiler<'a, '_>,
) -> Option<Policy<'a>> {
    let Some(node) = resource.root.at("spec/subject") else {
        compiler.problems.refused(resource, &resource.root, "it has no subject", REFUSED);
        return None;
    };
    let Some(subject) = pods(resource, node, compiler) else {
        compiler.problems.refused(resource, node, "its subject selects in no way that is known", REFUSED);
        return None;
    };
    let mut rules = |direction: Direction| {
        let list = resource.root.items_at(match direction {
            Direction::Ingress => "spec/ingress",
            Direction::Egress => "spec/egress",
        });
        let rules = list.iter().enumerate();
        let rules: Vec<Rule<'a>> =
            rules.filter_map(|(number, node)| rule(resource, direction, number, node, dialect, compiler)).collect();
        // Without rules it does not affect this direction.
        (!rules.is_empty()).then_some(rules)
    };
    let (ingress, egress) = (rules(Direction::Ingress), rules(Direction::Egress));
    Some(Policy { resource, tier, subject, ingress, egress })
}

/// `namespaces`, or `pods` with both selectors; `None` when it is neither or they cannot be read.
fn pods<'a>(resource: &'a Resource, node: &'a Node, compiler: &mut Compiler<'a, '_>) -> Option<usize> {
    let (namespaces, pods) = match (node.get("namespaces"), node.get("pods")) {
        (Some(namespaces), None) => (Some(namespaces), None),
        // Either selector left out is an empty one.
        (None, Some(both)) => (both.get("namespaceSelector"), both.get("podSelector")),
        _ => return None,
    };
    let space = match namespaces {
        Some(namespaces) => Space::Selected(compiler.selector(resource, namespaces)?),
        None => Space::Every,
    };
    let pods = match pods {
        Some(pods) => Some(compiler.selector(resource, pods)?),
        None => None,
    };
    Some(compiler.pool.atom(space, pods))
}

fn rule<'a>(
    resource: &'a Resource,
    direction: Direction,
    number: usize,
    node: &'a Node,
    dialect: &Dialect,
    compiler: &mut Compiler<'a, '_>,
) -> Option<Rule<'a>> {
    let action = match node.str_at("action") {
        Some(word) if word == dialect.accept => Action::Accept,
        Some("Deny") => Action::Deny,
        Some("Pass") => Action::Pass,
        _ => {
            let message = format!("a rule's action is none of {}, Deny and Pass", dialect.accept);
            compiler.problems.refused(resource, node.get("action").unwrap_or(node), message, REFUSED);
            return None;
        }
    };
    let list = node.items_at(match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    });
    if list.is_empty() {
        compiler.problems.refused(resource, node, "a rule names no peer", REFUSED);
        return None;
    }
    let mut peers = Vec::new();
    let mut unknown = false;
    for node in list {
        match peer(resource, direction, node, compiler) {
            Understood::Peers(more) => peers.extend(more),
            Understood::Refused => {}
            Understood::Unknown => unknown = true,
        }
    }
    // A peer of a kind that a later version of the API added fails closed: a rule that would accept matches nothing,
    // whatever else it names, and one that would deny or pass denies everything.
    if unknown {
        let denial = Rule { node, number, action: Action::Deny, peers: Peers::Everybody, ports: Ports::All };
        return (action != Action::Accept).then_some(denial);
    }
    let written = node.get(dialect.field);
    let ports = match written {
        None => Ports::All,
        Some(list) => (dialect.ports)(resource, list.items(), compiler),
    };
    Some(Rule { node, number, action, peers: Peers::Any(peers), ports })
}

/// What a peer came to.
enum Understood<'a> {
    Peers(Vec<Peer<'a>>),
    /// A field is known and its value cannot be.
    Refused,
    /// No field is known.
    Unknown,
}

fn peer<'a>(
    resource: &'a Resource,
    direction: Direction,
    node: &'a Node,
    compiler: &mut Compiler<'a, '_>,
) -> Understood<'a> {
    if node.get("namespaces").is_some() || node.get("pods").is_some() {
        return pods(resource, node, compiler)
            .map_or(Understood::Refused, |it| Understood::Peers(vec![Peer::Pods(it)]));
    }
    if direction == Direction::Egress {
        if let Some(networks) = node.get("networks") {
            let blocks =
                networks.items().iter().filter_map(|node| masked(resource, node, compiler)).collect::<Vec<_>>();
            return Understood::Peers(blocks.into_iter().map(|it| Peer::Block(compiler.pool.block(it))).collect());
        }
        if let Some(nodes) = node.get("nodes") {
            let selector = compiler.selector(resource, nodes);
            return selector.map_or(Understood::Refused, |it| Understood::Peers(vec![Peer::Nodes(it)]));
        }
        if node.get("domainNames").is_some() {
            return Understood::Peers(vec![Peer::DomainNames]);
        }
    }
    let help = "its rule fails closed: it accepts nothing, and where it would deny or pass, it denies everything";
    compiler.problems.odd(resource, node, "a peer is of no kind that this version of the API knows", help);
    Understood::Unknown
}

/// A CIDR without bits beyond its prefix, which these kinds do not take.
fn masked(resource: &Resource, node: &Node, compiler: &mut Compiler<'_, '_>) -> Option<AddressSet> {
    let addresses = compiler.cidr(resource, node)?;
    let written = node.as_str().and_then(|text| text.split_once('/')?.0.parse::<std::net::IpAddr>().ok());
    if addresses.ranges().next().map(|(first, _)| first) == written {
        return Some(addresses);
    }
    let message = format!("\"{}\" has bits beyond its prefix", node.as_str().unwrap_or_default());
    compiler.problems.refused(resource, node, message, REFUSED);
    None
}
