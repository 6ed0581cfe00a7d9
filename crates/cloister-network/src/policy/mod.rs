//! Policies of every kind, compiled to one form that keeps the place of each rule.

mod admin;
mod cluster;
mod network;
mod peers;
mod pool;
mod tiered;

use cloister_inventory::Inventory;
use cloister_model::{Location, Node, Resource};

pub(crate) use pool::{Atom, Pool, Space};

use crate::endpoints::NamedPort;
use crate::ports::{PortSet, Protocol};
use crate::problems::Problems;

/// Which way a connection goes, seen from the pod that a policy selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To the pod.
    Ingress,
    /// From the pod.
    Egress,
}

impl Direction {
    /// The word of the API, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        }
    }
}

/// What is asked first: `Admin`, then `NetworkPolicy`, then `Baseline`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Decides before NetworkPolicies; lower priorities first.
    Admin(u16),
    /// NetworkPolicies: what none of them allows to a pod that one selects is denied.
    Network,
    /// Decides where no NetworkPolicy selects the pod; lower priorities first.
    Baseline(u16),
}

/// What a rule does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Lets it through (`Accept`; `Allow` in the older kinds; every rule of a NetworkPolicy).
    Accept,
    /// Stops it.
    Deny,
    /// Leaves it to the next tier.
    Pass,
}

impl Action {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Accept => "accept",
            Action::Deny => "deny",
            Action::Pass => "pass",
        }
    }
}

/// A policy.
#[derive(Debug)]
pub struct Policy<'a> {
    /// As it was read.
    pub resource: &'a Resource,
    /// When it is asked.
    pub tier: Tier,
    /// The pods that it is about.
    pub(crate) subject: usize,
    /// Its rules for what comes in; `None` where it says nothing of that.
    pub(crate) ingress: Option<Vec<Rule<'a>>>,
    /// Its rules for what goes out; `None` where it says nothing of that.
    pub(crate) egress: Option<Vec<Rule<'a>>>,
}

impl<'a> Policy<'a> {
    /// The rules for one direction; `None` where the policy says nothing of it.
    pub fn rules(&self, direction: Direction) -> Option<&[Rule<'a>]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

/// A rule of a policy.
#[derive(Debug)]
pub struct Rule<'a> {
    /// As it is written.
    pub node: &'a Node,
    /// Its number in its list, from 0.
    pub number: usize,
    /// What it does.
    pub action: Action,
    pub(crate) peers: Peers<'a>,
    pub(crate) ports: Ports,
}

impl<'a> Rule<'a> {
    /// The name that it was given.
    pub fn name(&self) -> Option<&'a str> {
        self.node.str_at("name")
    }

    /// Where it is written, in the file of its policy.
    pub fn location(&self, policy: &Policy<'_>) -> Option<Location> {
        policy.resource.locate(self.node.mark)
    }
}

/// The other sides that a rule speaks of.
#[derive(Debug)]
pub(crate) enum Peers<'a> {
    /// Everybody, inside and outside of the cluster.
    Everybody,
    /// Those that one of these matches.
    Any(Vec<Peer<'a>>),
}

/// One of them.
#[derive(Debug)]
pub(crate) enum Peer<'a> {
    /// Pods, by a selector of the pool.
    Pods(usize),
    /// Addresses, by a block of the pool.
    Block(usize),
    /// Nodes, by their labels.
    Nodes(&'a Node),
    /// Addresses outside that a name server would tell.
    DomainNames,
}

/// The ports that a rule speaks of.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ports {
    /// All of them.
    All,
    /// These, and those that the destination calls so (of any protocol where none is named).
    Listed { numbers: PortSet, names: Vec<(Option<Protocol>, Box<str>)> },
}

impl Ports {
    /// The numbers of these ports at a destination with these names.
    pub(crate) fn at(&self, named: &[NamedPort<'_>]) -> PortSet {
        let Ports::Listed { numbers, names } = self else { return PortSet::everything() };
        let mut ports = numbers.clone();
        for (protocol, name) in names {
            for port in named.iter().filter(|port| port.name == &**name) {
                if protocol.is_none_or(|protocol| protocol == port.protocol) {
                    ports = ports.union(&PortSet::one(port.protocol, port.port));
                }
            }
        }
        ports
    }

    /// The names that must be looked up.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let names: &[(Option<Protocol>, Box<str>)] = match self {
            Ports::All => &[],
            Ports::Listed { names, .. } => names,
        };
        names.iter().map(|(_, name)| &**name)
    }
}

/// What policies are compiled with.
pub(crate) struct Compiler<'a, 'c> {
    pub(crate) pool: &'c mut Pool<'a>,
    pub(crate) problems: &'c mut Problems,
}

/// Every policy that is in force, in the order in which they are asked.
pub(crate) fn policies<'a>(inventory: &'a Inventory, compiler: &mut Compiler<'a, '_>) -> Vec<Policy<'a>> {
    let mut policies: Vec<Policy<'a>> = Vec::new();
    for (kind, compile) in [
        ("NetworkPolicy", network::compile as fn(&'a Resource, &mut Compiler<'a, '_>) -> Option<Policy<'a>>),
        ("ClusterNetworkPolicy", cluster::compile),
        ("AdminNetworkPolicy", admin::compile),
        ("BaselineAdminNetworkPolicy", admin::compile_baseline),
    ] {
        let mut last: Option<&'a Resource> = None;
        let mut found: Vec<&'a Resource> = Vec::new();
        for resource in inventory.of_kind(kind) {
            // The inventory has those of one name side by side; what is applied last stands.
            let again = last.is_some_and(|last| {
                last.name == resource.name && last.namespace_or_default() == resource.namespace_or_default()
            });
            if again && !resource.name.is_empty() {
                compiler.problems.odd(
                    resource,
                    &resource.root,
                    "another policy has the same kind, namespace and name",
                    "the one that is applied last stands, and that one is taken; give each its own name",
                );
                found.pop();
            }
            last = Some(resource);
            found.push(resource);
        }
        policies.extend(found.into_iter().filter_map(|resource| compile(resource, compiler)));
    }
    policies.sort_by_cached_key(|policy| (policy.tier, policy.resource.reference()));
    policies
}
