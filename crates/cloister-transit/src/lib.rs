//! Encryption in transit: who talks plaintext to whom, by store of personal data.
//!
//! ```text
//! Network, Register ──▶ who reaches a port that a store serves     (cloister-purpose)
//! Istio's mesh, Linkerd, Cilium between nodes ──▶ what encrypts it (carriers.rs)
//! Linkerd's policies ──▶ whom its proxies refuse                   (linkerd/)
//! settings of the store and of its caller ──▶ what they leave in the clear, or encrypt (said.rs)
//! ```
//!
//! Nothing here reads, fetches or judges. A program may speak TLS by itself without saying so in any setting: where
//! nothing shows whether a connection is encrypted, it is unknown and neither.

mod carriers;
mod document;
mod linkerd;
mod said;

use cloister_inventory::Inventory;
use cloister_model::Resource;
use cloister_network::{Caller, Endpoint, Mesh, Narrowing, Network, PortSet, Workload};
use cloister_purpose::{Callers, Store, stores};
use cloister_register::Register;

pub use carriers::{Carriers, Wires};
pub use document::{Document, Flow, OfStore};

/// Whether a connection can be read on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transit {
    /// A setting says that it is in the clear, or may be, and nothing else encrypts it.
    Plaintext,
    /// Nothing shows it.
    Unknown,
    /// Something encrypts it.
    Encrypted,
}

impl Transit {
    /// The word for people and machines.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plaintext => "plaintext",
            Self::Unknown => "unknown",
            Self::Encrypted => "encrypted",
        }
    }
}

/// Somebody who reaches a store.
#[derive(Debug)]
pub struct Connection {
    /// The workload, as an endpoint.
    pub source: usize,
    /// The store, by number among those of the matrix.
    pub store: usize,
    /// The ports that are open to it.
    pub ports: PortSet,
    /// Whether it can be read.
    pub transit: Transit,
    /// Why, in words.
    pub why: String,
}

/// All of them, in the order of stores and of workloads.
#[derive(Debug)]
pub struct Matrix<'r, 'a> {
    /// The stores of personal data: declared in the register, or recognised.
    pub stores: Vec<Store<'r, 'a>>,
    /// Who reaches them.
    pub connections: Vec<Connection>,
    /// What encrypts between nodes.
    pub wires: Option<Wires>,
}

/// A setting of a workload about encryption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The check that finds what is in the clear: `postgres-tls-off`.
    pub check: String,
    /// What it says.
    pub said: String,
    /// What it does.
    pub does: Does,
}

/// What a setting does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// It leaves connections in the clear, or the other side may.
    LeavesClear,
    /// The workload opens connections to these hosts with TLS or not at all; to any where none is written beside it.
    AsksFor(Vec<String>),
    /// The workload takes connections with TLS alone.
    TakesAlone,
    /// The workload takes connections with TLS, and others.
    Offers,
}

/// Works it out. `settings` tells, of a workload, what it says of encryption of connections to databases.
pub fn matrix<'r, 'a>(
    network: &Network<'a>,
    inventory: &'a Inventory,
    register: &'r Register<'a>,
    settings: impl Fn(&Resource) -> Vec<Setting>,
) -> Matrix<'r, 'a> {
    let stores = stores(network, register);
    let mesh = Mesh::of(network, inventory);
    let carriers = Carriers::of(inventory);
    let linkerd = linkerd::Policies::of(inventory, &carriers);
    let callers = Callers::of(network, stores.iter().map(|store| store.endpoint));
    let mut connections = Vec::new();
    for (number, store) in stores.iter().enumerate() {
        let Some(to) = workload(network, store.endpoint) else { continue };
        let names = said::names(network, inventory, store.endpoint);
        for (source, ports) in callers.of_store(network, mesh.as_ref(), store.endpoint, &store.serves) {
            let Some(from) = workload(network, source) else { continue };
            let ports = ports.difference(&linkerd.refused(from, to));
            if ports.is_empty() {
                continue;
            }
            let by_istio = mesh.as_ref().map(|mesh| Istio::of(mesh, (source, store.endpoint), &ports));
            let said = || said::said(register, &settings, (from.resource, to.resource), &names);
            let (transit, why) = judge(by_istio.as_ref(), &carriers, (from.resource, to.resource), &ports, said);
            connections.push(Connection { source, store: number, ports, transit, why });
        }
    }
    Matrix { stores, connections, wires: carriers.wires }
}

fn workload<'n, 'a>(network: &'n Network<'a>, endpoint: usize) -> Option<&'n Workload<'a>> {
    match network.endpoint(endpoint)? {
        Endpoint::Workload(workload) => Some(workload),
        _ => None,
    }
}

/// What Istio does with a connection.
struct Istio<'a> {
    narrowing: Narrowing<'a>,
    /// Ports on which the caller's proxy speaks TLS that is not the mesh's.
    own_tls: Vec<(PortSet, &'a Resource)>,
}

impl<'a> Istio<'a> {
    fn of(mesh: &Mesh<'_, 'a>, (from, to): (usize, usize), ports: &PortSet) -> Self {
        let narrowing = mesh.between(Caller::Endpoint(from), to);
        let is_mutual = narrowing.encrypts(ports) == Some(true);
        let own_tls = if is_mutual { Vec::new() } else { mesh.own_tls(from, to) };
        Self { narrowing, own_tls }
    }

    /// Why it is encrypted on all of these ports, where it is.
    fn encrypts(&self, ports: &PortSet) -> Option<String> {
        if self.narrowing.encrypts(ports) == Some(true) {
            return Some("mutual TLS of Istio's mesh".to_owned());
        }
        let not_by_mesh = match self.narrowing.encrypted {
            Some(true) => ports.intersection(&self.narrowing.in_clear.union(&self.narrowing.perhaps_in_clear)),
            _ => ports.clone(),
        };
        let mut meant = self.own_tls.iter().filter(|(own, _)| !own.intersection(ports).is_empty());
        let all = self.own_tls.iter().fold(PortSet::default(), |all, (own, _)| all.union(own));
        let (_, rule) = meant.next().filter(|_| not_by_mesh.is_subset(&all))?;
        Some(format!("TLS of the caller's proxy (DestinationRule {}/{})", rule.namespace_or_default(), rule.name))
    }

    /// What it leaves open, for whom nothing else shows it.
    fn leaves(&self, ports: &PortSet) -> Option<&'static str> {
        let meets = |own: &PortSet| !own.intersection(ports).is_empty();
        if meets(&self.narrowing.in_clear) {
            return Some("the mesh's mutual TLS is off there, and no setting shows other encryption");
        }
        meets(&self.narrowing.perhaps_in_clear).then_some(
            "the mesh's mutual TLS hangs on the route there (subsets of a DestinationRule), and no setting shows other \
             encryption",
        )
    }
}

fn judge(
    by_istio: Option<&Istio<'_>>,
    carriers: &Carriers<'_>,
    (from, to): (&Resource, &Resource),
    ports: &PortSet,
    said: impl FnOnce() -> Option<(Transit, String)>,
) -> (Transit, String) {
    if let Some(why) = by_istio.and_then(|it| it.encrypts(ports)) {
        return (Transit::Encrypted, why);
    }
    if carriers.linkerd(from, to, ports) {
        return (Transit::Encrypted, "mutual TLS of Linkerd".to_owned());
    }
    if let Some(wires) = carriers.wires {
        return (Transit::Encrypted, format!("between nodes, by Cilium's {}; not within one", wires.as_str()));
    }
    let left = by_istio.and_then(|it| it.leaves(ports));
    let nothing = left.unwrap_or("no mesh and no setting shows that it is encrypted");
    said().unwrap_or_else(|| (Transit::Unknown, nothing.to_owned()))
}
