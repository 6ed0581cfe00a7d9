//! Istio: which workloads are in the mesh, what its proxies demand of connections to them, and what they refuse.
//!
//! Sources: the API documentation of `security.istio.io/v1` and `networking.istio.io/v1`, and how the control plane
//! composes PeerAuthentications (mesh, namespace, workload; the oldest of several wins). Proxies see TCP only.

mod alike;
mod authorization;
mod client;
mod matching;
mod membership;
mod mutual;
mod subset;
mod targets;
mod token;
mod told;
mod waypoint;

use cloister_inventory::{Inventory, Selector};
use cloister_model::Resource;

use crate::classes::Class;
use crate::endpoints::{Endpoint, Workload};
use crate::network::Network;
use crate::ports::{PortSet, Protocol};
use crate::verdict::Verdict;

pub(crate) use alike::{blocks, numbers};
pub use membership::Membership;
pub use mutual::{Mode, MutualTls};
pub(crate) use told::{Callers, Told};
pub use waypoint::Waypoint;

/// Where a connection comes from, as the mesh sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// An endpoint, by number.
    Endpoint(usize),
    /// Somebody outside of the mesh.
    Outside,
    /// Somebody of whom nothing is known.
    Unknown,
}

/// A condition that the mesh sets and that ports do not show.
#[derive(Clone, Debug)]
pub struct Condition<'a> {
    /// The policy that sets it.
    pub policy: &'a Resource,
    /// The ports that it is about.
    pub ports: PortSet,
    /// What it asks, in words.
    pub text: String,
}

/// What the mesh does with connections of one caller to one workload.
#[derive(Clone, Debug)]
pub struct Narrowing<'a> {
    /// Ports that it closes, with the policy that does.
    pub closed: Vec<(PortSet, &'a Resource)>,
    /// Ports that it perhaps closes, since the input does not tell who calls.
    pub perhaps: PortSet,
    /// What requests must fulfil on ports that stay open.
    pub conditions: Vec<Condition<'a>>,
    /// Whether the connection is encrypted by the mesh; `None` where the input does not tell.
    pub encrypted: Option<bool>,
    /// Ports on which it is not, though both ends are in the mesh.
    pub in_clear: PortSet,
    /// Ports on which that hangs on the route that a request takes.
    pub perhaps_in_clear: PortSet,
}

/// The mesh of an inventory.
#[derive(Debug)]
pub struct Mesh<'n, 'a> {
    network: &'n Network<'a>,
    inventory: &'a Inventory,
    /// The namespace whose policies are the whole mesh's.
    root: &'a str,
    memberships: Vec<Membership>,
}

impl<'n, 'a> Mesh<'n, 'a> {
    /// Finds who is in the mesh; `None` where nobody is.
    pub fn of(network: &'n Network<'a>, inventory: &'a Inventory) -> Option<Mesh<'n, 'a>> {
        let member = |endpoint: &Endpoint<'a>| match endpoint {
            Endpoint::Workload(workload) => membership::of(workload, &network.namespaces),
            _ => Membership::None,
        };
        let memberships: Vec<Membership> = network.endpoints().iter().map(member).collect();
        let any = memberships.iter().any(|it| *it != Membership::None);
        any.then(|| Mesh { network, inventory, root: root_namespace(inventory), memberships })
    }

    /// The network that it is in.
    pub(crate) fn network(&self) -> &'n Network<'a> {
        self.network
    }

    /// How an endpoint is in the mesh.
    pub fn membership(&self, endpoint: usize) -> Membership {
        self.memberships.get(endpoint).copied().unwrap_or(Membership::None)
    }

    /// Which mutual TLS is in force for connections to a workload; `None` for what is not in the mesh, and for gateways,
    /// whose servers say it themselves.
    pub fn mutual_tls(&self, endpoint: usize) -> Option<MutualTls<'a>> {
        let workload = self.workload(endpoint).filter(|it| !membership::is_gateway(it))?;
        (self.membership(endpoint) != Membership::None).then(|| mutual::of(self, workload))
    }

    /// The waypoints that are named for a workload in ambient mode and for its Services.
    pub fn waypoints(&self, endpoint: usize) -> Vec<Waypoint<'a>> {
        let ambient = self.workload(endpoint).filter(|_| self.membership(endpoint) == Membership::Ambient);
        ambient.into_iter().flat_map(|it| waypoint::named(self, it)).filter_map(|(_, waypoint)| waypoint).collect()
    }

    /// The namespace whose policies are the whole mesh's.
    pub fn root(&self) -> &'a str {
        self.root
    }

    /// DestinationRules by which callers speak something else than mutual TLS to members, in whole or in part.
    pub fn rules_in_the_way(&self) -> Vec<&'a Resource> {
        client::rules_in_the_way(self)
    }

    /// Whether requests to a workload must carry a token that a RequestAuthentication can check.
    pub fn asks_for_token(&self, endpoint: usize) -> bool {
        let member = self.membership(endpoint) != Membership::None;
        self.workload(endpoint).is_some_and(|workload| member && token::is_asked(self, workload))
    }

    /// The ports of a workload, in the mesh or not, on which the proxy of a caller speaks TLS of its own (`SIMPLE` or
    /// `MUTUAL`), each with the DestinationRule that says so.
    pub fn own_tls(&self, source: usize, destination: usize) -> Vec<(PortSet, &'a Resource)> {
        self.workload(destination).map(|workload| client::own_tls(self, source, workload)).unwrap_or_default()
    }

    /// What the mesh does with connections of a caller to a workload.
    pub fn between(&self, caller: Caller, destination: usize) -> Narrowing<'a> {
        let narrowing = Narrowing { encrypted: Some(false), ..Narrowing::encrypted() };
        let Some(workload) = self.workload(destination) else { return narrowing };
        if self.membership(destination) == Membership::None || caller == Caller::Endpoint(destination) {
            return narrowing;
        }
        let client::Clear { surely, perhaps } = client::in_clear(self, caller, destination, workload);
        let identity = client::identity(self, caller);
        let mut found = self.of_identity(caller, destination, workload, &identity);
        if !perhaps.is_empty() {
            let unknown = client::identity(self, Caller::Unknown);
            let unknown = self.of_identity(caller, destination, workload, &unknown);
            found = Narrowing { perhaps_in_clear: perhaps.clone(), ..found.with(unknown, &perhaps) };
        }
        if surely.is_empty() {
            return found;
        }
        let plain = self.of_identity(caller, destination, workload, &identity.in_the_clear());
        let encrypted = if surely == all_ports() { Some(false) } else { found.encrypted };
        Narrowing { encrypted, in_clear: surely.clone(), ..found.with(plain, &surely) }
    }

    /// Likewise, for a caller of whom is known whether it speaks mutual TLS.
    fn of_identity(
        &self,
        caller: Caller,
        destination: usize,
        workload: &Workload<'a>,
        identity: &client::Identity<'a>,
    ) -> Narrowing<'a> {
        let mut narrowing = Narrowing { encrypted: identity.is_mutual, ..Narrowing::encrypted() };
        self.strict(workload, identity, &mut narrowing);
        let by_node = self.membership(destination) == Membership::Ambient;
        authorization::apply(self, workload, (identity, by_node), &mut narrowing);
        match caller {
            Caller::Endpoint(source) => waypoint::narrowed(self, (source, destination), workload, identity, narrowing),
            _ => narrowing,
        }
    }

    /// Ports that take mutual TLS only are closed to those who do not speak it.
    fn strict(&self, workload: &Workload<'a>, identity: &client::Identity<'a>, narrowing: &mut Narrowing<'a>) {
        if identity.is_mutual == Some(true) || membership::is_gateway(workload) {
            return;
        }
        for (ports, by) in mutual::of(self, workload).strict() {
            match identity.is_mutual {
                Some(false) => narrowing.closed.extend(by.map(|by| (ports, by))),
                _ => narrowing.perhaps = narrowing.perhaps.union(&ports),
            }
        }
    }

    fn workload(&self, endpoint: usize) -> Option<&'n Workload<'a>> {
        match self.network.endpoint(endpoint)? {
            Endpoint::Workload(workload) => Some(workload),
            _ => None,
        }
    }

    /// Policies of a kind that apply to a workload by namespace and selector, those of the whole mesh too.
    fn policies<'w>(
        &self,
        kind: &'static str,
        workload: &'w Workload<'a>,
    ) -> impl Iterator<Item = &'a Resource> + use<'w, 'a> {
        policies(self.inventory, self.root, kind, workload)
    }

    /// What may pass from one endpoint to another after policies and the mesh have spoken. What hangs on a request is
    /// unknown.
    pub fn verdict(&self, source: usize, destination: usize) -> Verdict {
        let verdict = self.network.between(source, destination);
        self.between(Caller::Endpoint(source), destination).decided().narrow(&verdict)
    }

    /// What the mesh closes between members of two classes.
    pub(crate) fn between_classes(&self, from: &Class<'a>, to: &Class<'a>) -> Decided {
        let destination = to.members.iter().find(|it| Some(*it) != from.members.first() || to.members.len() < 2);
        let ends = from.members.first().zip(destination);
        ends.map(|(from, to)| self.between(Caller::Endpoint(*from), *to).decided()).unwrap_or_default()
    }
}

/// Policies of a kind that apply to a workload.
fn policies<'w, 'a>(
    inventory: &'a Inventory,
    root: &'a str,
    kind: &'static str,
    workload: &'w Workload<'a>,
) -> impl Iterator<Item = &'a Resource> + use<'w, 'a> {
    let (namespace, labels) = (workload.namespace, workload.labels.clone());
    let of_root = inventory.of_kind_in(kind, root).filter(move |_| namespace != root);
    // Where none is written it is `default`. All of a kind are many, and others are not asked for them.
    let everywhere = (namespace == "default").then(|| inventory.of_kind(kind)).into_iter().flatten();
    let unplaced = everywhere.filter(|it| it.namespace.is_none());
    let all = inventory.of_kind_in(kind, namespace).chain(of_root).chain(unplaced);
    all.filter(move |policy| {
        let selector = policy.root.at("spec/selector/matchLabels").filter(|it| !it.entries().is_empty());
        match targets::are_named(policy) {
            true => targets::hold(policy, workload, root),
            false => selector.is_none_or(|it| Selector::Map(it).matches(&labels)),
        }
    })
}

/// Ports that the mesh closes, and those of which ports and ends alone do not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Decided {
    closed: PortSet,
    perhaps: PortSet,
}

impl Decided {
    pub(crate) fn is_empty(&self) -> bool {
        self.closed.is_empty() && self.perhaps.is_empty()
    }

    pub(crate) fn narrow(&self, verdict: &Verdict) -> Verdict {
        let open = Verdict {
            allow: verdict.allow.difference(&self.closed),
            deny: verdict.deny.union(&self.closed.intersection(&verdict.allow)),
        };
        Verdict { deny: open.deny.union(&self.perhaps.intersection(&open.allow)), ..open }
    }
}

impl<'a> Narrowing<'a> {
    /// Nothing is closed to a connection that the mesh encrypts.
    fn encrypted() -> Narrowing<'a> {
        let (closed, conditions) = (Vec::new(), Vec::new());
        let (perhaps, in_clear, perhaps_in_clear) = (PortSet::default(), PortSet::default(), PortSet::default());
        Narrowing { closed, perhaps, conditions, encrypted: Some(true), in_clear, perhaps_in_clear }
    }

    /// This, and on these ports the other.
    fn with(self, other: Narrowing<'a>, ports: &PortSet) -> Narrowing<'a> {
        let cut = |mut it: Narrowing<'a>, kept: &dyn Fn(&PortSet) -> PortSet| {
            it.perhaps = kept(&it.perhaps);
            it.closed.iter_mut().for_each(|(own, _)| *own = kept(own));
            it.conditions.iter_mut().for_each(|own| own.ports = kept(&own.ports));
            it
        };
        let mut all = cut(self, &|own| own.difference(ports));
        let other = cut(other, &|own| own.intersection(ports));
        all.perhaps = all.perhaps.union(&other.perhaps);
        all.closed.extend(other.closed);
        all.conditions.extend(other.conditions);
        all.closed.retain(|(own, _)| !own.is_empty());
        all.conditions.retain(|own| !own.ports.is_empty());
        all
    }

    /// Whether the mesh encrypts the connection on all of these ports; `None` where the input does not tell.
    pub fn encrypts(&self, ports: &PortSet) -> Option<bool> {
        let meets = |own: &PortSet| !own.intersection(ports).is_empty();
        match (meets(&self.in_clear), meets(&self.perhaps_in_clear)) {
            (true, _) => Some(false),
            (false, true) => self.encrypted.filter(|encrypted| !encrypted),
            (false, false) => self.encrypted,
        }
    }

    /// All ports that are closed for certain.
    pub fn closed_ports(&self) -> PortSet {
        self.closed.iter().fold(PortSet::default(), |all, (ports, _)| all.union(ports))
    }

    /// What is left of a verdict, where every request fulfils what is asked.
    pub fn narrow(&self, verdict: &Verdict) -> Verdict {
        Decided { closed: self.closed_ports(), perhaps: self.perhaps.clone() }.narrow(verdict)
    }

    /// With what hangs on requests as unknown.
    fn decided(&self) -> Decided {
        let perhaps = self.conditions.iter().fold(self.perhaps.clone(), |all, it| all.union(&it.ports));
        Decided { closed: self.closed_ports(), perhaps }
    }
}

/// Every port that proxies see.
fn all_ports() -> PortSet {
    PortSet::all_of(Protocol::Tcp)
}

/// `rootNamespace` of the mesh's configuration.
fn root_namespace(inventory: &Inventory) -> &str {
    let is_config = |map: &&Resource| &*map.name == "istio" || map.name.starts_with("istio-");
    let texts = inventory.of_kind("ConfigMap").filter(is_config).filter_map(|map| map.root.at("data")?.str_at("mesh"));
    let named = texts.flat_map(str::lines).find_map(|line| line.trim().strip_prefix("rootNamespace:"));
    named.map_or("istio-system", |name| name.trim().trim_matches('"'))
}
