//! Encryption in transit: who talks plaintext to whom, by store of personal data.
//!
//! ```text
//! Network, Register ──▶ who reaches a port that a store serves     (cloister-purpose)
//! Istio's mesh, Linkerd, Cilium between nodes ──▶ what encrypts it (carriers.rs)
//! settings of the store and of its caller ──▶ what they leave in the clear, or encrypt (said.rs)
//! ```
//!
//! Nothing here reads, fetches or judges. A program may speak TLS by itself without saying so in any setting: where
//! nothing shows whether a connection is encrypted, it is unknown and neither.

mod carriers;
mod document;
mod said;

use cloister_inventory::Inventory;
use cloister_model::Resource;
use cloister_network::{Caller, Endpoint, Mesh, Narrowing, Network, PortSet};
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
    let callers = Callers::of(network, stores.iter().map(|store| store.endpoint));
    let mut connections = Vec::new();
    for (number, store) in stores.iter().enumerate() {
        let Some(to) = workload(network, store.endpoint) else { continue };
        let names = said::names(network, inventory, store.endpoint);
        for (source, ports) in callers.of_store(network, mesh.as_ref(), store.endpoint, &store.serves) {
            let Some(from) = workload(network, source) else { continue };
            let by_mesh = mesh.as_ref().map(|mesh| mesh.between(Caller::Endpoint(source), store.endpoint));
            let by_mesh = by_mesh.as_ref();
            let said = || said::said(register, &settings, (from, to), &names);
            let (transit, why) = judge(by_mesh, &carriers, (from, to), &ports, said);
            connections.push(Connection { source, store: number, ports, transit, why });
        }
    }
    Matrix { stores, connections, wires: carriers.wires }
}

fn workload<'a>(network: &Network<'a>, endpoint: usize) -> Option<&'a Resource> {
    match network.endpoint(endpoint)? {
        Endpoint::Workload(workload) => Some(workload.resource),
        _ => None,
    }
}

fn judge(
    by_mesh: Option<&Narrowing<'_>>,
    carriers: &Carriers<'_>,
    (from, to): (&Resource, &Resource),
    ports: &PortSet,
    said: impl FnOnce() -> Option<(Transit, String)>,
) -> (Transit, String) {
    if by_mesh.is_some_and(|it| it.encrypts(ports) == Some(true)) {
        return (Transit::Encrypted, "mutual TLS of Istio's mesh".to_owned());
    }
    if carriers.linkerd(from, to, ports) {
        return (Transit::Encrypted, "mutual TLS of Linkerd".to_owned());
    }
    if let Some(wires) = carriers.wires {
        return (Transit::Encrypted, format!("between nodes, by Cilium's {}; not within one", wires.as_str()));
    }
    let switched_off = by_mesh.is_some_and(|it| !it.in_clear.intersection(ports).is_empty());
    match said() {
        Some(said) => said,
        None if switched_off => {
            (Transit::Unknown, "the mesh's mutual TLS is off there, and no setting shows other encryption".to_owned())
        }
        None => (Transit::Unknown, "no mesh and no setting shows that it is encrypted".to_owned()),
    }
}
